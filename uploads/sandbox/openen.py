"""Opens the file in the reading process, and answers requests for its rows.

This module imports what every opened file needs, and `opener` what only some need.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from uploads.sandbox.bericht import LONGEST_NAME, MAX_BYTES
from uploads.sandbox.delimited import Gescheiden, Uitgesplitst
from uploads.sandbox.frames import judged, pack, pack_rows, rows_message
from uploads.sandbox.herkenning import OLE, Begin, recognise
from uploads.sandbox.sheets import Blad, Cells, Formaat, Grenzen, Inhoud, Leesprobleem

# Small enough that an answer that waits is small, whatever its cells hold.
_BYTES = MAX_BYTES // 2
# What the first rows of all sheets may take together.
_HEAD_BYTES = MAX_BYTES // 2

Opener = Callable[[bytes, Formaat], Inhoud]


def opener(opdracht: dict[str, Any]) -> Opener:
    """Gives the function that opens a file that begins like this, with everything that it needs imported.

    That function raises Leesprobleem, and any exception that a broken file causes in a library.
    """
    begin = Begin(opdracht["begin"])
    if begin is Begin.TEKST:
        from uploads.sandbox.records import Records
    # A zip may hold two files that begin in any way; neither of them is JSON.
    if begin in (Begin.OPMAAK, Begin.ZIP):
        from uploads.sandbox.text import encoding_of
        from uploads.sandbox.webpagina import Webpagina
        from uploads.sandbox.xml2003 import Xml2003
    if begin in (Begin.OLE, Begin.ZIP):
        from uploads.sandbox.werkmap import Werkmap
        from uploads.sandbox.xlsx import Xlsx
    if begin is Begin.ZIP:
        from uploads.sandbox.tweetal import Tweetal
    if begin is Begin.OLE:
        # A file in a zip is not opened with that password.
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
                    if begin is not Begin.OLE:
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


def description(inhoud: Inhoud, formaat: Formaat) -> bytes:
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
            # Only a zip of two files has names.
            "namen": [naam[:LONGEST_NAME] for naam in getattr(inhoud, "namen", ())],
        }
    )


def _told(blad: Blad) -> dict[str, Any]:
    return {
        **blad._asdict(),
        "naam": blad.naam[:LONGEST_NAME].replace("\0", ""),
        "kop": rows_message(list(map(judged, blad.kop))),
    }
