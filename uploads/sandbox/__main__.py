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

from uploads.sandbox.archive import check_actual
from uploads.sandbox.confinement import confine
from uploads.sandbox.frames import LENGTH, MAX_BYTES, judged, pack, pack_rows, rows_message
from uploads.sandbox.herkenning import OLE, recognise
from uploads.sandbox.sheets import Blad, Cells, Formaat, Grenzen, Inhoud, Leesprobleem
from uploads.sandbox.tweetal import Tweetal, parts_of

# Small enough that an answer that waits is small, whatever its cells hold.
_BYTES = MAX_BYTES // 2
# What the first rows of all sheets may take together.
_HEAD_BYTES = MAX_BYTES // 2
_NAME = 255
# Python looks up an encoding in files at its first use. The first is that of the names in a zip.
_ENCODINGS = (
    "cp437", "ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be",
    "cp1252", "latin-1", "cp850", "mac-roman",
)  # fmt: skip


def limit(megabytes: int, seconds: int) -> None:
    """Limits this process to this memory and this processor time; it cannot undo that."""
    # At the first number it is told by a signal of its own; SIGKILL means that somebody else ended it.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for kind, most in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


Opener = Callable[[bytes, Formaat], Inhoud]


def opener(opdracht: dict[str, Any]) -> Opener:
    """Gives the function that opens the file, with everything that it needs imported.

    That function raises Leesprobleem, and any exception that a broken file causes in a library.
    """
    from uploads.sandbox.delimited import Gescheiden, Uitgesplitst
    from uploads.sandbox.records import Records
    from uploads.sandbox.text import encoding_of
    from uploads.sandbox.webpagina import Webpagina
    from uploads.sandbox.werkmap import Werkmap
    from uploads.sandbox.xlsx import Xlsx
    from uploads.sandbox.xml2003 import Xml2003

    if opdracht["ole"]:
        # It takes time to import, and few files need it. A file in a zip is not opened with that password.
        from uploads.sandbox.standaardwachtwoord import decrypted

    grenzen = Grenzen(opdracht["rijen"], opdracht["kolommen"], opdracht["uitgepakt"])
    ids = frozenset(opdracht["ids"])

    def open_werkmap(inhoud: bytes, formaat: Formaat) -> Inhoud:
        match formaat:
            case Formaat.XML2003:
                return Xml2003(inhoud, grenzen)
            case Formaat.HTML:
                return Webpagina(inhoud, grenzen, encoding_of(inhoud))
            case Formaat.XLSX:
                if inhoud.startswith(OLE):
                    if not opdracht["ole"]:
                        raise Leesprobleem("wachtwoord")
                    inhoud = decrypted(inhoud)
                    if recognise(inhoud, grenzen.uitgepakt) is not Formaat.XLSX:
                        raise Leesprobleem("beschadigd")
                return Xlsx(inhoud, grenzen)
        return Werkmap(inhoud, formaat, grenzen)

    def open_inhoud(inhoud: bytes, formaat: Formaat) -> Inhoud:
        if formaat is Formaat.CSV:
            return Gescheiden(inhoud, grenzen)
        if formaat is Formaat.JSON:
            return Records(inhoud, grenzen, ids)
        if formaat is Formaat.TWEETAL:
            return Tweetal(inhoud, grenzen, open_inhoud)
        return Uitgesplitst(open_werkmap(inhoud, formaat), grenzen)

    return open_inhoud


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
        data = pack_rows(rows)
        while len(data) > _BYTES and len(rows) > 1:
            half = len(rows) // 2
            rows, rest = rows[:half], rows[half:] + rest
            data = pack_rows(rows)
        self._left, self._place = rest, (index, start + len(rows))
        return data


def _description(inhoud: Inhoud, formaat: Formaat) -> bytes:
    """Gives the sheets, packed, with as many of their first rows as fit."""
    room = _HEAD_BYTES
    sheets = []
    for blad in inhoud.bladen:
        head = list(blad.kop)
        size = len(pack_rows(head))
        while size > room and head:
            head = head[: len(head) // 2]
            size = len(pack_rows(head))
        room -= size
        sheets.append(blad._replace(kop=head))
    return pack(
        {
            "formaat": formaat,
            "epoch_1904": inhoud.epoch_1904,
            "bladen": [_told(blad) for blad in sheets],
            "namen": [naam[:_NAME] for naam in inhoud.namen] if isinstance(inhoud, Tweetal) else [],
        }
    )


def _told(blad: Blad) -> dict[str, Any]:
    return {
        **blad._asdict(),
        "naam": blad.naam[:_NAME].replace("\0", ""),
        "kop": rows_message(list(map(judged, blad.kop))),
    }


def main(opdracht: dict[str, Any]) -> None:
    """Reads the file and answers until no more requests come."""
    # This comes first, because after `confine` no file can be read or written.
    open_inhoud = opener(opdracht)
    for codering in _ENCODINGS:
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
        gelezen = vragen.read(size)
        only_format = opdracht["alleen_formaat"]
        formaat = recognise(gelezen, opdracht["uitgepakt"], thoroughly=not only_format)
        if only_format:
            if formaat is Formaat.XLSX and gelezen.startswith(OLE):
                # That it has a password is told at once.
                open_inhoud(gelezen, formaat)
            if formaat is Formaat.TWEETAL:
                check_actual(gelezen, opdracht["uitgepakt"])
                parts_of(gelezen, opdracht["uitgepakt"], thoroughly=False)
            _send(antwoorden, pack({"formaat": formaat}))
            return
        inhoud = open_inhoud(gelezen, formaat)
        del gelezen
        _send(antwoorden, _description(inhoud, formaat))
        antwoord = Antwoord(inhoud)
        for vraag in vragen:
            index, start, number = map(int, vraag.split())
            _send(antwoorden, antwoord.rijen(index, start, number))
    except Leesprobleem as fout:
        _send(
            antwoorden,
            pack({"fout": fout.args[0], "getallen": fout.args[1:], "bestand": fout.bestand[:_NAME]}),
        )
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
