"""Runs parts of the portal with the command that an installation runs them with, and calls them."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.places import ROOT
from tests.processes import wait_until

READY_WITHIN = 60


@contextlib.contextmanager
def a_part(
    naam: str, log: Path, *without: str, code: Path = ROOT, **env: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs one part of this code until this is over, without these variables and with those."""
    # No part gets the login of the owner, and none starts with it.
    left_out = {*without, "DATABASE_EIGENAAR_URL"}
    known = {name: value for name, value in os.environ.items() if name not in left_out}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "um_portal.run", naam],
            cwd=code,
            env={**known, "PYTHONPATH": str(code), **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)


class UnixConnection(http.client.HTTPConnection):
    """A connection to a socket in the file system."""

    def __init__(self, path: Path) -> None:
        """Remembers where the socket is; it opens with the first call."""
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def call(path: Path, address: str, method: str = "GET", **more: Any) -> tuple[int, str, bytes]:
    """Calls a part over its socket; gives the status, the content type and the body."""
    connection = UnixConnection(path)
    try:
        connection.request(method, address, **more)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    finally:
        connection.close()


@contextlib.contextmanager
def a_web_part(naam: str, place: Path, *without: str, code: Path = ROOT, **env: str) -> Iterator[Path]:
    """Runs one web part on a socket in `place`, and gives the socket when it answers."""
    path, log = place / f"{naam}.sock", place / f"{naam}.log"
    more = {"UM_BIND": f"unix:{path}", "UM_WEB_PROCESSEN": "1", **env}
    with a_part(naam, log, *without, code=code, **more) as process:

        def lives() -> bool:
            assert process.poll() is None, log.read_text()
            with contextlib.suppress(OSError):
                return call(path, "/health/live")[0] == 200
            return False

        wait_until(lives, f"{naam} answers", READY_WITHIN)
        yield path
