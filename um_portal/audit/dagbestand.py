"""Adds lines to files outside the database, one per day, which every process of the portal writes together."""

import os
from pathlib import Path

from django.utils import timezone


def append(directory: Path, text: str, *, on_disk: bool = False) -> None:
    """Adds whole lines to the file of today; with `on_disk` they are there also when the machine stops at this moment.

    A file or directory that root makes, in an operator's command, belongs to whom the directory above belongs to. It
    would be closed to the portal for the rest of the day otherwise. Raises OSError.
    """
    new = [place for place in (directory, *directory.parents) if not place.exists()]
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    for place in reversed(new):
        _give(place, place.parent)
    path = directory / f"{timezone.localdate():%Y-%m-%d}.jsonl"
    # One write to the end of a file is whole, also when several processes do so at once. A link in the place of the
    # file leads root nowhere.
    flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW
    try:
        file, is_new = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o640), True
    except FileExistsError:
        file, is_new = os.open(path, flags), False
    try:
        os.write(file, text.encode())
        if on_disk:
            os.fsync(file)
        if is_new:
            _give(file, directory)
    finally:
        os.close(file)


def files(directory: Path) -> list[Path]:
    """Lists the files, from the oldest on; none when there is no directory yet. Raises OSError."""
    try:
        # `glob` finds nothing in a directory that may not be read.
        names = os.listdir(directory)
    except FileNotFoundError:
        return []
    return sorted(directory / name for name in names if name.endswith(".jsonl"))


def _give(what: Path | int, above: Path) -> None:
    """Gives a new file or directory to the owner of the directory above it; only root can, and only root has to."""
    if os.geteuid() == 0:
        owner = above.stat()
        os.chown(what, owner.st_uid, owner.st_gid, follow_symlinks=isinstance(what, int))
