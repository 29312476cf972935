"""A process that writes rows as a Schrijver does, beside the one that started it: two processors share the work.

It gets records and gives rows over a pair of sockets that nobody else has, and ends when the one who started it is
gone. Its keys it finds itself; nothing about a record is in its arguments, and it says nothing anywhere else.
"""

import gc
import logging
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
    """Such a process. Ends when nothing refers to it any more."""

    def __init__(self, gemeente_id: int, soort: Soort, stapel: int) -> None:
        ours, theirs = Pipe()
        with theirs:
            handle = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(handle), str(gemeente_id), soort.value, str(stapel)],
                pass_fds=[handle],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
            )
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


def _end(process: "subprocess.Popen[bytes]", connection: Connection) -> None:
    connection.close()
    process.kill()
    process.wait()


def main(handle: str, gemeente_id: str, soort: str, stapel: str) -> None:
    """Answer until nobody asks any more."""
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
