"""Runs the PostgreSQL and Redis that come with pip, for the demonstration and the tests.

`servers` starts each server that the environment does not name, and stops it again. A real installation uses
servers of its own and needs nothing from here.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from um_portal.embedded.postgresql import PostgreSQL
from um_portal.embedded.processes import AlInGebruik, Child, Register, StartMislukt, exclusive
from um_portal.embedded.redis_server import USES, Redis
from um_portal.geheimen import ACHTER, is_given

__all__ = ["AlInGebruik", "StartMislukt", "Werkmap", "run_servers", "servers", "werkmap"]

REDIS = ("REDIS_URL", *(use.setting for use in USES))


@dataclass(frozen=True)
class Werkmap:
    """A data directory that no other process uses as long as `werkmap` lasts."""

    path: Path
    register: Register

    @property
    def logs(self) -> Path:
        """Gives the directory in which every child writes its log."""
        return self.path / "logs"


@contextlib.contextmanager
def werkmap(data_dir: Path) -> Iterator[Werkmap]:
    """Makes and holds the data directory, and ends the processes that a killed run left behind in it.

    Raises AlInGebruik when another process holds it and StartMislukt when it cannot be written.
    """
    path = data_dir.expanduser().resolve()
    with contextlib.ExitStack() as stack:
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (path / "logs").mkdir(mode=0o700, exist_ok=True)
            stack.enter_context(exclusive(path))
        except OSError as error:
            raise StartMislukt(
                f"In de map {path} kan niet worden geschreven ({error.strerror}). "
                "Kies met UM_DATA_DIR een andere map, of start als de gebruiker van wie de map is."
            ) from None
        register = Register(path / "processen.json")
        register.end_leftovers()
        yield Werkmap(path, register)


def _as_given(*names: str) -> dict[str, str]:
    given = (name + behind for name in names for behind in ("", ACHTER))
    return {name: os.environ[name] for name in given if os.environ.get(name)}


@contextlib.contextmanager
def run_servers(place: Werkmap, *, for_tests: bool = False) -> Iterator[tuple[dict[str, str], list[Child]]]:
    """Starts the servers that the environment does not name; yields the variables and the children."""
    env: dict[str, str] = {}
    children: list[Child] = []
    with contextlib.ExitStack() as stack:
        if is_given("DATABASE_URL", os.environ):
            env |= _as_given("DATABASE_URL")
        else:
            postgresql = PostgreSQL(place.path, place.logs, place.register, for_tests=for_tests)
            stack.callback(postgresql.stop)
            postgresql.start()
            env["DATABASE_URL"] = postgresql.url
            env["DATABASE_EIGENAAR_URL"] = postgresql.owner_url
            children.append(postgresql.child)
        if any(is_given(name, os.environ) for name in REDIS):
            env |= _as_given(*REDIS)
        else:
            redis = Redis(place.logs, place.register)
            redis.start()
            stack.callback(redis.stop)
            env |= redis.urls()
            if for_tests:
                # Tests look everywhere, and empty it.
                env["REDIS_URL"] = redis.url
            children.append(redis.child)
        yield env, children


@contextlib.contextmanager
def servers(data_dir: Path, *, for_tests: bool = False) -> Iterator[dict[str, str]]:
    """Yields the URLs of running servers as settings; those already set are left as they are.

    Raises StartMislukt with a Dutch sentence.
    """
    with werkmap(data_dir) as place, run_servers(place, for_tests=for_tests) as (env, _):
        yield env
