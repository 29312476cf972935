"""Reads files in a separate process with little memory and time, which gives rows on demand.

A hostile file can make a library ask for more memory than there is, which ends the process; a reading process
may end that way, but a worker may not. A file that takes over the reading process finds nothing there: the
process is confined before it reads the first byte of the file (`uploads.sandbox.confinement`). It also reads
on while the worker converts, and the worker holds a few rows instead of all.
"""

import datetime as dt
import json
import logging
import os
import pickle
import selectors
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from uploads.readers.delimited import inner_delimiter, split_cell
from uploads.readers.rows import Bestand, Formaat, Onleesbaar, Rij, Tabel
from uploads.sandbox.frames import LENGTH, MAX_BYTES, unpack
from uploads.sandbox.sheets import HEAD_ROWS, MAX_SHEETS, Blad

logger = logging.getLogger(__name__)

_SCRIPT = Path(__file__).resolve().parents[1] / "sandbox" / "__main__.py"
_CELLS_PER_BATCH = 40_000
_ROWS_PER_BATCH = 1000
_SECONDS_BETWEEN = 0.5

_TE_GROOT = (
    "Deze spreadsheet is te groot om te lezen. Zet alleen het blad met de gegevens in een nieuw bestand, "
    "zonder lege opgemaakte rijen en kolommen, en upload dat."
)
_BESCHADIGD = (
    "Deze spreadsheet is beschadigd of niet compleet. Open hem in uw programma, sla hem opnieuw op "
    "en upload hem dan."
)
_GEEN_ZANDBAK = (
    "Het portaal kan nu geen bestanden lezen, door de inrichting van de server. Aan uw bestand ligt het niet. "
    "Geef dit door aan de beheerder van het portaal."
)
_GEWEIGERD = (
    "Een bestand is niet gelezen: de kernel mist %s, en UM_LEES_ZANDBAK is verplicht. "
    "Zie docs/beheer/privacy-en-beveiliging.md, 'Het leesproces'."
)
_ONBESCHERMD = (
    "BESTANDEN WORDEN GELEZEN ZONDER VOLLEDIGE ZANDBAK: de kernel mist %s. "
    "Zie docs/beheer/privacy-en-beveiliging.md, 'Het leesproces'."
)
# The problems that a reading process can report.
MELDINGEN: Final[Mapping[str, str]] = {
    "te_groot": _TE_GROOT,
    "beschadigd": _BESCHADIGD,
    "wachtwoord": (
        "Deze spreadsheet is beveiligd met een wachtwoord. Haal het wachtwoord eraf en upload opnieuw."
    ),
    "dtd": (
        "In dit XML-bestand staat een documenttype (DOCTYPE). Dat hoort niet in een spreadsheet en is niet veilig. "
        "Open het bestand in uw spreadsheetprogramma, sla het op als xlsx en upload dat bestand."
    ),
    "geen_tabel": (
        "Dit is een webpagina zonder tabel, ook als de naam op xls of csv eindigt. "
        "Exporteer de gegevens als xlsx of csv en upload dat bestand."
    ),
}
# The types that a cell can have.
_CELL_TYPES = {str, int, float, bool, dt.date, dt.datetime, dt.time, dt.timedelta}
# The exceptions of unpacking for bytes that are no plain values.
_NOT_A_FRAME = (
    pickle.UnpicklingError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    MemoryError,
)
# The exits of a process that crashed on the file. Every other exit means too much memory or too much time.
_CRASHES = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE}


class Zandbak(StrEnum):
    """The values of UM_LEES_ZANDBAK: the rule for a kernel that cannot confine the reading process."""

    VERPLICHT = "verplicht"
    INDIEN_MOGELIJK = "indien-mogelijk"


Wacht = Callable[[], None]


class Leesproces:
    """A file that another process reads. That process ends when nothing refers to this object any more.

    `wacht` is called twice a second while there is nothing to read.
    """

    def __init__(
        self, inhoud: bytes, formaat: Formaat, codering: str = "utf-8", wacht: Wacht | None = None
    ) -> None:
        self._wacht = wacht
        self._ahead: tuple[int, int] | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_SCRIPT), json.dumps(_task(formaat, codering))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # The process needs nothing from this environment, and must not see its secrets.
            env={},
        )
        self.sluit = weakref.finalize(self, _end, self._process)
        # A pipe holds less than a file; a thread fills it, so that this one can go on.
        self._feeder = threading.Thread(target=_feed, args=(self._process, inhoud), daemon=True)
        self._feeder.start()

    def open(self) -> Mapping[str, Any]:
        """Gives the sheets of the file, as the process describes them. Raises Onleesbaar."""
        self._expect_confinement()
        found = self._answer()
        self._feeder.join()
        if not isinstance(found, dict):
            raise self._senseless()
        return found

    def _expect_confinement(self) -> None:
        """Reads the report of the process on its confinement.

        Raises Onleesbaar when the confinement is not complete and the settings require it.
        """
        lacking = self._answer()
        if not lacking:
            return
        if settings.UM_LEES_ZANDBAK == Zandbak.VERPLICHT:
            logger.critical(_GEWEIGERD, " en ".join(lacking))
            self.sluit()
            raise Onleesbaar(_GEEN_ZANDBAK)
        _warn(" en ".join(lacking))

    def rijen(self, blad: Blad) -> Iterator[Rij]:
        """Yields all rows of a sheet from the top.

        Raises Onleesbaar when the reading process fails on the way.
        """
        number = 0
        for row in blad.kop:
            number += 1
            yield Rij(number, row)
        while number < blad.hoogte:
            rows = self._batch(blad, number)
            if not rows:
                return
            for row in rows:
                number += 1
                yield Rij(number, row)

    def _batch(self, blad: Blad, start: int) -> Any:
        size = max(1, min(_ROWS_PER_BATCH, _CELLS_PER_BATCH // max(blad.breedte, 1)))
        if self._ahead != (blad.volgnummer, start):
            if self._ahead is not None:
                # The last reader stopped halfway; the rows that are under way for it are of no use.
                self._ahead = None
                self._answer()
            self._ask(blad.volgnummer, start, size)
        self._ahead = None
        rows = self._answer()
        if not _are_rows(rows, size):
            raise self._senseless()
        if rows and start + len(rows) < blad.hoogte:
            # The next rows are made while these are used.
            self._ask(blad.volgnummer, start + len(rows), size)
            self._ahead = (blad.volgnummer, start + len(rows))
        return rows

    def _ask(self, index: int, start: int, number: int) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(b"%d %d %d\n" % (index, start, number))
            stdin.flush()
        except (OSError, ValueError):
            raise self._failure() from None

    def _answer(self) -> Any:
        (length,) = LENGTH.unpack(self._read(LENGTH.size))
        if length > MAX_BYTES:
            raise self._failure()
        try:
            answer = unpack(self._read(length))
        except _NOT_A_FRAME:
            raise self._senseless() from None
        if isinstance(answer, dict) and "fout" in answer:
            self.sluit()
            # As text only: of a list that holds the same list twice, and so on, the text has no end.
            fout = answer["fout"]
            raise Onleesbaar(MELDINGEN.get(fout, _BESCHADIGD) if type(fout) is str else _BESCHADIGD)
        return answer

    def _senseless(self) -> Onleesbaar:
        """Ends a process whose answer breaks the agreed form, and gives the exception to raise."""
        self.sluit()
        return Onleesbaar(_BESCHADIGD)

    def _read(self, length: int) -> bytearray:
        """Reads this number of bytes. Raises Onleesbaar when the process fails or takes too long.

        On a busy machine a process gets only a share of the processor, so it may take twice its own time
        limit.
        """
        stdout = self._process.stdout
        assert stdout is not None
        patience = time.monotonic() + 2 * settings.UM_LEES_SECONDEN
        found = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while len(found) < length:
                if not selector.select(_SECONDS_BETWEEN):
                    if time.monotonic() > patience:
                        raise self._failure()
                    if self._wacht is not None:
                        self._wacht()
                    continue
                piece = os.read(stdout.fileno(), min(length - len(found), 1 << 20))
                if not piece:
                    raise self._failure()
                found += piece
        return found

    def _failure(self) -> Onleesbaar:
        """Ends a process that gives nothing more, and gives the exception to raise."""
        process = self._process
        try:
            # At the end of its output the process ends soon, unless it is stuck.
            process.wait(1)
        except subprocess.TimeoutExpired:
            pass
        crashed = process.returncode in _CRASHES
        self.sluit()
        return Onleesbaar(_BESCHADIGD if crashed else _TE_GROOT)


def open_apart(
    inhoud: bytes,
    formaat: Formaat,
    codering: str = "utf-8",
    wacht: Wacht | None = None,
    intussen: Callable[[], None] | None = None,
) -> Bestand:
    """Opens a file with sheets in a separate process; `intussen` is called while that process reads.

    Raises Onleesbaar when the file is broken, protected or too large, or when `intussen` raises it.
    """
    proces = Leesproces(inhoud, formaat, codering, wacht)
    if intussen is not None:
        try:
            intussen()
        except Onleesbaar:
            proces.sluit()
            raise
    found = proces.open()
    try:
        # Hidden sheets come last: a sheet that somebody hid is rarely the one to deliver.
        sheets = sorted(map(_sheet, found["bladen"]), key=lambda blad: blad.verborgen)
        epoch_1904 = bool(found["epoch_1904"])
    except (KeyError, TypeError, ValueError):
        proces.sluit()
        raise Onleesbaar(_BESCHADIGD) from None
    fitting = [blad for blad in sheets if blad.hoogte and not _why_too_large(blad)]
    why = next((text for blad in sheets if (text := _why_too_large(blad))), "")
    if not why and len(sheets) == MAX_SHEETS:
        why = f"Van deze spreadsheet zijn alleen de eerste {MAX_SHEETS} bladen gelezen."
    if not fitting:
        proces.sluit()
        raise Onleesbaar(why or "Deze spreadsheet heeft geen blad met gegevens.")
    return Bestand(
        formaat,
        tuple(_table(proces, blad) for blad in fitting),
        te_groot=why,
        epoch_1904=epoch_1904,
        sluit=proces.sluit,
    )


def _sheet(found: Any) -> Blad:
    """Makes a sheet from its description by the process.

    Raises TypeError or ValueError for any other value.
    """
    blad = Blad(*found)
    if not all(len(merged) == 4 for merged in blad.samengevoegd):
        raise ValueError
    numbers = (blad.volgnummer, blad.hoogte, blad.breedte, *chain.from_iterable(blad.samengevoegd))
    if not (
        isinstance(blad.naam, str)
        and all(type(number) is int and number >= 0 for number in numbers)
        and _are_rows(blad.kop, HEAD_ROWS)
    ):
        raise ValueError
    return blad._replace(verborgen=bool(blad.verborgen))


def _are_rows(rows: Any, most: int) -> bool:
    """Tells whether these are rows of plain values, and no more than `most`.

    A process that a file took over may send anything else.
    """
    return (
        type(rows) is list
        and len(rows) <= most
        and all(type(row) is list for row in rows)
        # Rows that are one and the same take no room in a frame; every cell is looked at.
        and sum(map(len, rows)) <= MAX_BYTES
        and set(map(type, chain.from_iterable(rows))) <= _CELL_TYPES
    )


def _table(proces: Leesproces, blad: Blad) -> Tabel:
    # A file of delimited text that somebody opened and saved as a workbook has
    # everything in the first column.
    texts = [row[0] for row in blad.kop if row and isinstance(row[0], str) and row[0]]
    delimiter = inner_delimiter(texts) if blad.breedte == 1 else ""

    def rijen() -> Iterator[Rij]:
        return _cut(proces.rijen(blad), delimiter) if delimiter else proces.rijen(blad)

    return Tabel(
        blad.naam,
        blad.hoogte,
        rijen,
        verborgen=blad.verborgen,
        samengevoegd=tuple(blad.samengevoegd),
    )


def _cut(rijen: Iterator[Rij], delimiter: str) -> Iterator[Rij]:
    for nummer, cells in rijen:
        cell = cells[0]
        yield Rij(nummer, split_cell(cell, delimiter) if isinstance(cell, str) else cells)


def _why_too_large(blad: Blad) -> str:
    if blad.hoogte > settings.UM_MAX_RIJEN:
        return (
            f"Een blad heeft meer dan {settings.UM_MAX_RIJEN} rijen. Verwijder rijen zonder gegevens onderaan "
            "en upload opnieuw."
        )
    if blad.breedte > settings.UM_MAX_KOLOMMEN:
        return (
            f"Een blad heeft meer dan {settings.UM_MAX_KOLOMMEN} kolommen. Verwijder kolommen zonder gegevens "
            "rechts en upload opnieuw."
        )
    return ""


def _task(formaat: Formaat, codering: str) -> dict[str, Any]:
    return {
        "formaat": formaat.value,
        "codering": codering,
        "megabytes": settings.UM_LEES_GEHEUGEN_MB,
        "seconden": settings.UM_LEES_SECONDEN,
        "rijen": settings.UM_MAX_RIJEN,
        "kolommen": settings.UM_MAX_KOLOMMEN,
        "zandbak_verplicht": settings.UM_LEES_ZANDBAK == Zandbak.VERPLICHT,
    }


@cache
def _warn(lacking: str) -> None:
    """Warns once per process, and not for every file."""
    logger.warning(_ONBESCHERMD, lacking)


def _feed(process: "subprocess.Popen[bytes]", inhoud: bytes) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(LENGTH.pack(len(inhoud)))
        process.stdin.write(inhoud)
        process.stdin.flush()
    except (OSError, ValueError):
        # The process ended before it had read everything; its output, or the lack of it, tells why.
        return


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                # The rest of the input has no reader any more.
                pass
    process.wait()
