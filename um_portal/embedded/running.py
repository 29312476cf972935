"""Tells other programs where a running demonstration is: its servers, secrets and ports.

The demonstration writes them in its data directory while it runs, readable by its user alone. Values that
came from its own environment are not written: whoever gave those can give them to the other program too.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from um_portal.embedded.processes import is_alive
from um_portal.geheimen import is_given

PROJECT = Path(__file__).resolve().parents[2]
# A program that has any of these is connected already.
GIVEN = (
    "DATABASE_URL",
    "DATABASE_EIGENAAR_URL",
    "DATABASE_REPLICA_URL",
    "REDIS_URL",
    "UM_REDIS_WACHTRIJ_URL",
    "UM_REDIS_CACHE_URL",
    "UM_REDIS_SIMULATOR_URL",
    "UM_SECRET_KEY",
    "UM_MASTER_KEY",
)
TOLD = (
    "DATABASE_URL",
    "DATABASE_EIGENAAR_URL",
    "UM_REDIS_WACHTRIJ_URL",
    "UM_REDIS_CACHE_URL",
    "UM_REDIS_SIMULATOR_URL",
    "UM_SECRET_KEY",
    "UM_MASTER_KEY",
    "UM_DEMO",
    "UM_DATA_DIR",
    "UM_PORT",
    "UM_SIMULATOR_PORT",
)


def data_dir(environ: Mapping[str, str]) -> Path:
    """Gives the data directory of a demonstration with this environment."""
    return Path(environ.get("UM_DATA_DIR") or PROJECT / ".data").expanduser().resolve()


@contextlib.contextmanager
def announced(env: Mapping[str, str]) -> Iterator[None]:
    """Lets other programs find this process and its servers, as long as this lasts."""
    if any(is_given(name, os.environ) for name in GIVEN):
        yield
        return
    file = _file(Path(env["UM_DATA_DIR"]))
    me = psutil.Process()
    written = {
        "proces": [me.pid, me.create_time()],
        "omgeving": {name: env[name] for name in TOLD},
    }
    # Written to a draft first, and renamed when it is complete: it holds the password of Redis and the
    # secrets.
    draft = file.with_suffix(".nieuw")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(written, out)
    draft.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def find(environ: Mapping[str, str]) -> dict[str, str] | None:
    """Gives the variables that connect a program to the running demonstration; None without a connection.

    A program is not connected when no demonstration runs, or when it was given a server or a secret, or
    UM_DEMO=0. A demonstration is known by its process id and start time, because another process may have
    that id after it was killed.
    """
    if any(is_given(name, environ) for name in GIVEN) or environ.get("UM_DEMO") not in {None, "", "1"}:
        return None
    try:
        written = json.loads(_file(data_dir(environ)).read_text())
        pid, created = written["proces"]
        found = {name: str(written["omgeving"][name]) for name in TOLD}
        return found if is_alive(int(pid), float(created)) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _file(directory: Path) -> Path:
    return directory / "demonstratie"
