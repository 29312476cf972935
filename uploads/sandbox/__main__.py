"""Reads a file in the confined process, and answers requests for its rows.

Standard input holds the length of the file, the file, and then the rows that are wanted. Every answer is a
frame on standard output: first the mechanisms that the kernel lacks to confine this process, then the sheets
of the file, then the rows that were asked for. When the other side is gone, this process ends too. It is run
as a script, with the format and the limits as JSON.
"""

import codecs
import json
import os.path
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO

if __name__ == "__main__":
    # Without pathlib: its import takes longer than this process takes to confine itself.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))

from uploads.sandbox.confinement import confine
from uploads.sandbox.frames import LENGTH, MAX_BYTES, pack
from uploads.sandbox.sheets import Cells, Grenzen, Inhoud, Leesprobleem

# Small enough that an answer that waits is small, whatever its cells hold.
_BYTES = 8 << 20
_NUMBERS = frozenset({float, int, bool})
# The encoding of the names in a zip.
_ZIP = "cp437"


def limit(megabytes: int, seconds: int) -> None:
    """Limits this process to this memory and this processor time; it cannot undo that."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    for kind, most in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def opener(opdracht: dict[str, Any]) -> Callable[[bytes], Inhoud]:
    """Gives the function that opens the file.

    That function raises Leesprobleem, and any exception that a broken file causes in a library.
    """
    formaat = opdracht["formaat"]
    grenzen = Grenzen(opdracht["rijen"], opdracht["kolommen"])
    # Each of these takes time to import, and only one of them is needed.
    if formaat == "xml2003":
        from uploads.sandbox.xml2003 import Xml2003

        return lambda inhoud: Xml2003(inhoud, grenzen)
    if formaat == "html":
        from uploads.sandbox.webpagina import Webpagina

        return lambda inhoud: Webpagina(inhoud, grenzen, opdracht["codering"])
    if formaat == "xlsx":
        from uploads.sandbox.xlsx import Xlsx

        return lambda inhoud: Xlsx(inhoud, grenzen)
    from uploads.sandbox.werkmap import Werkmap

    return lambda inhoud: Werkmap(inhoud, formaat, grenzen)


class Antwoord:
    """Answers requests for rows. A request for the rows after the last answer is served without a search."""

    def __init__(self, inhoud: Inhoud) -> None:
        self._inhoud = inhoud
        self._place = (-1, 0)
        self._rows: Iterator[Cells] = iter(())
        self._left: list[Cells] = []

    def rijen(self, index: int, start: int, number: int) -> bytes:
        """Gives at most this number of rows from `start` on, packed; none when there are no more."""
        if self._place != (index, start):
            self._rows, self._left = self._inhoud.rijen(index, start), []
        rows = self._left[:number] or list(islice(self._rows, number))
        rest = self._left[number:]
        data = pack(_with_equals_as_one(rows))
        while len(data) > _BYTES and len(rows) > 1:
            half = len(rows) // 2
            rows, rest = rows[:half], rows[half:] + rest
            data = pack(rows)
        self._left, self._place = rest, (index, start + len(rows))
        return data


def _with_equals_as_one(rows: list[Cells]) -> list[Cells]:
    """Gives the same rows, in which equal texts and dates are one object.

    That makes them smaller to send and faster to look up.
    """
    known: dict[Any, Any] = {}
    one = known.setdefault
    # The numbers 1, 1.0 and True are equal, but not the same.
    return [[cell if cell.__class__ in _NUMBERS else one(cell, cell) for cell in row] for row in rows]


def main(opdracht: dict[str, Any]) -> None:
    """Reads the file and answers until no more requests come."""
    # This comes first, because after `confine` no file can be read or written.
    open_inhoud = opener(opdracht)
    # Python looks up an encoding in files at its first use.
    for codering in (_ZIP, opdracht["codering"]):
        codecs.lookup(codering)
    # A stop signal for a worker often reaches all of its processes. The worker finishes its work, and
    # this process ends with it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit(opdracht["megabytes"], opdracht["seconden"])
    vragen, antwoorden = sys.stdin.buffer, sys.stdout.buffer
    lacking = confine()
    _send(antwoorden, pack(lacking))
    if lacking and opdracht["zandbak_verplicht"]:
        return
    # Nothing from outside is read before this line.
    (size,) = LENGTH.unpack(vragen.read(LENGTH.size))
    try:
        inhoud = open_inhoud(vragen.read(size))
        _send(
            antwoorden,
            pack({"bladen": [tuple(blad) for blad in inhoud.bladen], "epoch_1904": inhoud.epoch_1904}),
        )
        antwoord = Antwoord(inhoud)
        for vraag in vragen:
            index, start, number = map(int, vraag.split())
            _send(antwoorden, antwoord.rijen(index, start, number))
    except Leesprobleem as fout:
        _send(antwoorden, pack({"fout": fout.args[0]}))
    except MemoryError:
        _send(antwoorden, pack({"fout": "te_groot"}))
    except BrokenPipeError:
        # The other side is gone.
        return
    # Any other exception that a broken file causes, also a panic of the library, has the same meaning.
    except BaseException:
        _send(antwoorden, pack({"fout": "beschadigd"}))


def _send(stream: BinaryIO, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        data = pack({"fout": "te_groot"})
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
