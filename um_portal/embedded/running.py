"""Where a running demonstration can be found: its servers, secrets and ports, for programs beside it.

The demonstration writes them down in its data directory as long as it runs, readable by its user alone. What
its own environment gave it is not written down: whoever gave that can give it to the other program too.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from um_portal.embedded.processes import is_alive

PROJECT = Path(__file__).resolve().parents[2]
# A program that is given any of these knows where it belongs.
GIVEN = (
    "DATABASE_URL",
    "DATABASE_EIGENAAR_URL",
    "DATABASE_REPLICA_URL",
    "REDIS_URL",
    "UM_SECRET_KEY",
    "UM_MASTER_KEY",
)
TOLD = (
    "DATABASE_URL",
    "REDIS_URL",
    "UM_SECRET_KEY",
    "UM_MASTER_KEY",
    "UM_DEMO",
    "UM_DATA_DIR",
    "UM_PORT",
    "UM_SIMULATOR_PORT",
)


def data_dir(environ: Mapping[str, str]) -> Path:
    """The data directory of a demonstration with this environment."""
    return Path(environ.get("UM_DATA_DIR") or PROJECT / ".data").expanduser().resolve()


@contextlib.contextmanager
def announced(env: Mapping[str, str]) -> Iterator[None]:
    """Let other programs find this process and its servers, as long as this lasts."""
    if any(os.environ.get(name) for name in GIVEN):
        yield
        return
    file = _file(Path(env["UM_DATA_DIR"]))
    me = psutil.Process()
    written = {
        "proces": [me.pid, me.create_time()],
        "omgeving": {name: env[name] for name in TOLD},
    }
    # Made anew, and under its own name only when it is whole: it holds the password of Redis and the secrets.
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
    """The variables that connect a program to the demonstration that runs; None when it shall not, or none runs.

    A program is not connected when it was given a server or a secret, or UM_DEMO=0. A demonstration that was
    killed, and another process that has its number now, are told apart by the time at which it was started.
    """
    if any(environ.get(name) for name in GIVEN) or environ.get("UM_DEMO") not in {None, "", "1"}:
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
