"""A process that writes rows as a Schrijver does, beside the one that started it: two processors share the work.

It gets records and gives rows over a pair of sockets that nobody else has, and ends when the one who started it is
gone. Its keys it finds itself; nothing about a record is in its arguments, and it says nothing anywhere else.
"""

import gc
import logging
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import weakref
from collections.abc import Collection, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import orjson
from django.conf import settings

from exchange.standard import Soort

if TYPE_CHECKING:
    from exchange.bron.writing import MetBeleid

# A part takes a fraction of a second. Who waits longer than this does it alone.
_PATIENCE = 20.0

logger = logging.getLogger(__name__)


class Weggevallen(RuntimeError):
    """The process is not there any more, or does not answer."""


class Schrijfproces:
    """Such a process. Ends when nothing refers to it any more. Raises Weggevallen when it cannot be started."""

    def __init__(self, gemeente_id: int, soort: Soort, stapel: int) -> None:
        ours, theirs = Pipe()
        _be_patient(ours)
        with theirs:
            handle = theirs.fileno()
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__, str(handle), str(gemeente_id), soort.value, str(stapel)],
                    pass_fds=[handle],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=settings.BASE_DIR,
                )
            except OSError as problem:
                ours.close()
                logger.warning("bron: het schrijfproces start niet (%s)", problem.strerror)
                raise Weggevallen from None
        self._connection = ours
        self._ready = False
        self.sluit = weakref.finalize(self, _end, self._process, ours)

    def is_ready(self) -> bool:
        """Whether it has started, so that it takes records at once. Raises Weggevallen."""
        if not self._ready and self._connection.poll():
            self.result()
            self._ready = True
        return self._ready

    def begin(self, records: "Sequence[MetBeleid]", without: Collection[str]) -> None:
        """Let it write these (see `Schrijver.write`). Take the `result` of what it has first. Raises Weggevallen."""
        given = orjson.dumps([list(map(tuple, records)), list(without)])
        try:
            self._connection.send_bytes(given)
        except OSError:
            raise self._gone() from None

    def result(self) -> bytes:
        """What it wrote. Raises Weggevallen."""
        try:
            if self._connection.poll(_PATIENCE):
                return self._connection.recv_bytes()
        except (EOFError, OSError):
            pass
        raise self._gone()

    def _gone(self) -> Weggevallen:
        self.sluit()
        logger.warning("bron: het schrijfproces viel weg (%s)", self._process.returncode)
        return Weggevallen()


def _be_patient(connection: Connection) -> None:
    """Let an OSError come of giving or taking in which nothing moves for too long."""
    seconds = struct.pack("ll", int(_PATIENCE), 0)
    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds)


def _end(process: "subprocess.Popen[bytes]", connection: Connection) -> None:
    connection.close()
    process.kill()
    process.wait()


def main(handle: str, gemeente_id: str, soort: str, stapel: str) -> None:
    """Answer until nobody asks any more."""
    # Who stops a worker often tells all of its processes. The worker finishes what it does, and we end with that.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Records and keys are not to lie on a disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    import django

    django.setup()

    from exchange.bron.writing import MetBeleid, Schrijver
    from um_portal.tenants.models import Contactbeleid, Gemeente

    # Records have no cycles, and this process has nothing else.
    gc.disable()
    with Connection(int(handle)) as connection:
        schrijver = Schrijver(Gemeente.objects.get(pk=gemeente_id), Soort(soort), int(stapel))
        connection.send_bytes(b"")
        while True:
            try:
                given, without = orjson.loads(connection.recv_bytes())
            except EOFError:
                return
            records = [MetBeleid(record, policy and Contactbeleid(policy)) for record, policy in given]
            connection.send_bytes(b"".join(schrijver.write(records, frozenset(without))))


if __name__ == "__main__":
    main(*sys.argv[1:])
