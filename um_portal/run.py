"""Runs `python -m um_portal.run PART`: becomes one of the portal's kinds of process.

This is the one command for every part, in the demonstration, in a container and on a plain machine. It
replaces itself by gunicorn or Celery; nothing of it stays behind. Reading the settings, they refuse to start
with a configuration that is wrong.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from um_portal.onderdelen import ONDERDELEN, Klok, Web, Werker
from um_portal.voorrang import step_back

_METINGEN = "um-metingen-"

PROJECT = Path(__file__).resolve().parents[1]


def command(naam: str, environ: Mapping[str, str]) -> list[str]:
    """Gives the program of this part with its arguments. Raises KeyError for what is no part."""
    # Quiet: the banner is no event, and no JSON.
    celery = [sys.executable, "-m", "celery", "-A", "um_portal", "--quiet"]
    match ONDERDELEN[naam]:
        case Web():
            settings = str(PROJECT / "deploy" / "gunicorn.conf.py")
            return [sys.executable, "-m", "gunicorn", "-c", settings, "um_portal.wsgi:application"]
        case Werker(wachtrijen=wachtrijen, soort=soort, tegelijk=tegelijk):
            # Its queue for questions has its name, and the user in Redis may touch names that begin so.
            return [
                *celery, "worker", "--hostname", f"celery-{naam}@%h", "--queues", ",".join(wachtrijen),
                "--pool", soort, "--concurrency", environ.get("UM_WERK_TEGELIJK") or str(tegelijk),
                "--loglevel", "INFO", "--without-gossip", "--without-mingle",
            ]  # fmt: skip
        case Klok():
            place = Path(environ.get("UM_DATA_DIR") or PROJECT / ".data")
            # It holds when each was done last; without it everything is only done once more.
            schedule = environ.get("UM_KLOK_BESTAND") or str(place / "celerybeat-schedule")
            return [*celery, "beat", "--schedule", schedule, "--loglevel", "WARNING", "--pidfile="]


def make_place_for_figures() -> str:
    """Makes the directory in which the processes of this part write their figures, in memory where that can be.

    It has the number of this process, which stays the same; what is left of a killed one goes.
    """
    memory = "/dev/shm"  # noqa: S108
    top = Path(memory if os.access(memory, os.W_OK) else tempfile.gettempdir())
    for left in top.glob(f"{_METINGEN}*"):
        if not Path(f"/proc/{left.name.removeprefix(_METINGEN)}").exists():
            shutil.rmtree(left, ignore_errors=True)
    place = top / f"{_METINGEN}{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    return str(place)


def main(arguments: list[str]) -> NoReturn:
    """Becomes the part that is named; stops with a Dutch sentence when that cannot be."""
    if len(arguments) != 1 or arguments[0] not in ONDERDELEN:
        sys.exit(f"Gebruik: python -m um_portal.run ONDERDEEL\nOnderdelen: {', '.join(ONDERDELEN)}")
    naam = arguments[0]
    deel = ONDERDELEN[naam]
    os.environ["UM_COMPONENT"] = naam
    os.chdir(PROJECT)
    # The library reads this when it is imported.
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    if os.environ.get("UM_METINGEN_ADRES") and not isinstance(deel, Klok):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = make_place_for_figures()
    if isinstance(deel, Web | Werker):
        step_back(deel.stappen_terug)
    argv = command(naam, os.environ)
    os.execv(argv[0], argv)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
