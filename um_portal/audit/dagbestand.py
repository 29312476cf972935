"""Adds lines to files outside the database, one per day, which every process of the portal writes together."""

import os
from collections.abc import Iterator
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


def lines(directory: Path, unreadable: type[Exception]) -> Iterator[tuple[str, str]]:
    """Yields each line with its place ("2026-01-01.jsonl, regel 3"), from the oldest file on; none without a directory.

    Raises `unreadable` with the name of what cannot be read.
    """
    try:
        # `glob` finds nothing in a directory that may not be read.
        names = sorted(name for name in os.listdir(directory) if name.endswith(".jsonl"))
    except FileNotFoundError:
        return
    except OSError:
        raise unreadable(f"{directory} mag deze gebruiker niet lezen") from None
    for name in names:
        try:
            text = (directory / name).read_text()
        except OSError:
            raise unreadable(f"{name} mag deze gebruiker niet lezen") from None
        except UnicodeDecodeError:
            raise unreadable(name) from None
        for number, line in enumerate(text.splitlines(), start=1):
            yield f"{name}, regel {number}", line


def _give(what: Path | int, above: Path) -> None:
    """Gives a new file or directory to the owner of the directory above it; only root can, and only root has to."""
    if os.geteuid() == 0:
        owner = above.stat()
        os.chown(what, owner.st_uid, owner.st_gid, follow_symlinks=isinstance(what, int))
