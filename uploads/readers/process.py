"""Reads files in a separate process with little memory and time, which gives rows on demand.

A hostile file can make a library ask for more memory than there is, which ends the process; a reading process
may end that way, but a worker may not. A file that takes over the reading process finds nothing there: the
process is confined before it reads the first byte of the file (`uploads.sandbox.confinement`). It also reads
on while the worker converts, and the worker holds a few rows instead of all.
"""

import json
import logging
import os
import selectors
import signal
import struct
import subprocess
import sys
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings

from exchange.standard import Soort
from uploads.readers.meldingen import AFGEBROKEN, BESCHADIGD, GESTOPT, TE_GROOT, melding_of
from uploads.readers.namen import LONGEST_OF_TWO, safe_name, stem_of
from uploads.readers.rows import Afgebroken, Bestand, Formaat, Onleesbaar, Rij, Tabel
from uploads.sandbox.bericht import LENGTH, MAX_BYTES
from uploads.sandbox.confinement import LANDLOCK, SECCOMP
from uploads.sandbox.frames import GeenFrame, rows_of, unpack
from uploads.sandbox.herkenning import begin_of
from uploads.sandbox.sheets import HEAD_ROWS, MAX_MERGED, MAX_SHEETS, Blad, Cells, Gemerkt

logger = logging.getLogger(__name__)

_SCRIPT = Path(__file__).resolve().parents[1] / "sandbox" / "__main__.py"
_CELLS_PER_BATCH = 40_000
_ROWS_PER_BATCH = 1000
_SECONDS_BETWEEN = 0.5
_PIECE = 1 << 20
# How often the format of a file is looked for when the process that looks is ended from outside.
_TRIES = 3
# The part of the name of a sheet that is the name of its file.
_LONGEST_STEM = 26
# More parts than this has no zip that somebody packed of two files, with what a system adds; and none of these, which
# every spreadsheet in a zip has.
_PARTS_OF_TWO = 12
_OF_SPREADSHEET = (b"[Content_Types].xml", b"mimetype")

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
# The exits of a process that crashed. A library that gets no memory, or no more stack, crashes as one does on a
# broken file. Every other exit means too much memory or too much time.
_CRASHES = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE, -signal.SIGABRT}


class Zandbak(StrEnum):
    """The values of UM_LEES_ZANDBAK: the rule for a kernel that cannot confine the reading process."""

    VERPLICHT = "verplicht"
    INDIEN_MOGELIJK = "indien-mogelijk"


Wacht = Callable[[], None]


class Leesproces:
    """A file that another process reads. That process ends when nothing refers to this object any more.

    `wacht` is called twice a second while there is nothing to read. With `alleen_formaat` the process tells
    the format and ends.
    """

    def __init__(self, inhoud: bytes, wacht: Wacht | None = None, *, alleen_formaat: bool = False) -> None:
        self._wacht = wacht
        self._ahead: tuple[int, int] | None = None
        # The seconds that are left to wait for this process.
        self._patience: float = 4 * settings.UM_LEES_SECONDEN
        task = json.dumps(_task(inhoud, alleen_formaat=alleen_formaat))
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_SCRIPT), task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # The process needs nothing from this environment, and must not see its secrets.
            env={},
            # Nothing of what is written may wait in between.
            bufsize=0,
        )
        self.sluit = weakref.finalize(self, _end, self._process)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        # A process that does not read may not hold up this one.
        os.set_blocking(self._in, False)
        # The parts that the process has not read yet.
        self._unsent: deque[memoryview] = deque([memoryview(LENGTH.pack(len(inhoud))), memoryview(inhoud)])

    def open(self) -> Mapping[str, Any]:
        """Gives the file as the process describes it. Raises Onleesbaar."""
        self._expect_confinement()
        found = self._answer()
        if not isinstance(found, dict):
            raise self._senseless()
        return found

    def _expect_confinement(self) -> None:
        """Reads the report of the process on its confinement.

        Raises Onleesbaar when the confinement is not complete and the settings require it.
        """
        lacking = self._answer()
        if not isinstance(lacking, list) or not all(one in (LANDLOCK, SECCOMP) for one in lacking):
            raise self._senseless()
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
            yield _row(number, row)
        while number < blad.hoogte:
            rows = self._batch(blad, number)
            if not rows:
                return
            for row in rows:
                number += 1
                yield _row(number, row)

    def _batch(self, blad: Blad, start: int) -> list[Cells]:
        size = max(1, min(_ROWS_PER_BATCH, _CELLS_PER_BATCH // max(blad.breedte, 1)))
        if self._ahead != (blad.volgnummer, start):
            if self._ahead is not None:
                # The last reader stopped halfway; the rows that are under way for it are of no use.
                self._ahead = None
                self._answer()
            self._ask(blad.volgnummer, start, size)
        self._ahead = None
        try:
            rows = rows_of(self._answer(), size)
        except GeenFrame:
            raise self._senseless() from None
        if rows and start + len(rows) < blad.hoogte:
            # The next rows are made while these are used.
            self._ask(blad.volgnummer, start + len(rows), size)
            self._ahead = (blad.volgnummer, start + len(rows))
        return rows

    def _ask(self, index: int, start: int, number: int) -> None:
        self._unsent.append(memoryview(b"%d %d %d\n" % (index, start, number)))
        try:
            self._send()
        except OSError:
            raise self._failure() from None

    def _send(self) -> None:
        """Writes as much as the process takes now. Raises OSError when it takes nothing any more."""
        while self._unsent:
            part = self._unsent[0]
            try:
                done = os.write(self._in, part[:_PIECE])
            except BlockingIOError:
                return
            if done == len(part):
                self._unsent.popleft()
            else:
                self._unsent[0] = part[done:]

    def _answer(self) -> Any:
        """Gives the next answer. Raises Onleesbaar when the process fails, or takes too long for it.

        On a busy machine a process gets only a share of the processor, so it may take twice its own time
        limit for one answer, and four times for all of them together.
        """
        begin = time.monotonic()
        deadline = begin + min(2 * settings.UM_LEES_SECONDEN, self._patience)
        try:
            (length,) = LENGTH.unpack(self._read(LENGTH.size, deadline))
            if length > MAX_BYTES:
                raise self._failure()
            answer = unpack(self._read(length, deadline))
        except GeenFrame:
            raise self._senseless() from None
        except OSError:
            raise self._failure() from None
        self._patience -= time.monotonic() - begin
        if isinstance(answer, dict) and "fout" in answer:
            self.sluit()
            melding = melding_of(answer["fout"], answer.get("getallen", []))
            raise _about(answer.get("bestand"), melding)
        return answer

    def _senseless(self) -> Onleesbaar:
        """Ends a process whose answer breaks the agreed form, and gives the exception to raise."""
        self.sluit()
        return Onleesbaar(BESCHADIGD)

    def _read(self, length: int, deadline: float) -> bytearray:
        """Reads this number of bytes, and meanwhile writes what the process has not read yet.

        Raises Onleesbaar when the process ends or the deadline passes, however many bytes it gave by then.
        """
        found = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            if self._unsent:
                selector.register(self._in, selectors.EVENT_WRITE)
            told = time.monotonic()
            while len(found) < length:
                ready = {key.fd for key, _ in selector.select(_SECONDS_BETWEEN)}
                now = time.monotonic()
                if now > deadline:
                    raise self._failure()
                if self._wacht is not None and now - told >= _SECONDS_BETWEEN:
                    told = now
                    self._wacht()
                if self._in in ready:
                    try:
                        self._send()
                    except OSError:
                        # The process ended before it had read everything; its output, or the lack of it,
                        # tells why.
                        self._unsent.clear()
                    if not self._unsent:
                        selector.unregister(self._in)
                if self._out in ready:
                    piece = os.read(self._out, min(length - len(found), _PIECE))
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
        ended = process.returncode
        self.sluit()
        if ended == -signal.SIGKILL:
            # Not by us: a person, or a system without memory. The file may be all right.
            return Afgebroken(AFGEBROKEN)
        return Onleesbaar(GESTOPT if ended in _CRASHES else TE_GROOT)


def _about(bestand: Any, melding: str) -> Onleesbaar:
    """Gives the problem with the name of the file that it is about, when there are two."""
    if type(bestand) is not str or not bestand:
        return Onleesbaar(melding)
    name = safe_name(bestand)
    return Onleesbaar(f"Over het bestand ‘{name}’: {melding}", name)


def _row(number: int, row: Cells) -> Rij:
    return Rij(number, row, row.merken) if isinstance(row, Gemerkt) else Rij(number, row)


_GEEN_BLAD = (
    "Deze spreadsheet heeft geen blad met gegevens. Open haar in uw programma en kijk waar de gegevens staan. Sla "
    "haar op en upload haar opnieuw, of kies een ander bestand."
)


def format_of(inhoud: bytes) -> Formaat:
    """Gives the format of a file, as a separate process recognises it.

    A process that something else ends is started again, a few times. Raises Onleesbaar.
    """
    return _format_in(_first_look(inhoud))


def digests_of_two(inhoud: bytes) -> list[bytes]:
    """Gives the SHA-256 of both files in a zip of two; [] for any other file. Raises Onleesbaar as `format_of` does."""
    end = inhoud.rfind(b"PK\x05\x06")
    if not inhoud.startswith(b"PK") or end < 0:
        return []
    number, size = struct.unpack("<HI", inhoud[end + 10 : end + 16].ljust(6, b"\0"))
    parts = inhoud[max(end - size, 0) : end]
    if number > _PARTS_OF_TWO or any(name in parts for name in _OF_SPREADSHEET):
        return []
    found = _first_look(inhoud)
    try:
        return [bytes.fromhex(one) for one in found.get("delen", [])]
    except (TypeError, ValueError):
        raise Onleesbaar(BESCHADIGD) from None


def _first_look(inhoud: bytes) -> Mapping[str, Any]:
    for left in reversed(range(_TRIES)):
        proces = Leesproces(inhoud, alleen_formaat=True)
        try:
            found = proces.open()
        except Afgebroken:
            if not left:
                raise
        else:
            break
    proces.sluit()
    return found


def open_apart(inhoud: bytes, wacht: Wacht | None = None) -> Bestand:
    """Opens a file in a separate process.

    Raises Onleesbaar when the file is broken, protected or too large.
    """
    proces = Leesproces(inhoud, wacht)
    found = proces.open()
    try:
        formaat = _format_in(found)
        # Hidden sheets come last: a sheet that somebody hid is rarely the one to deliver.
        sheets = sorted(map(_sheet, found["bladen"][: MAX_SHEETS + 1]), key=lambda blad: blad.verborgen)
        epoch_1904 = bool(found["epoch_1904"])
        if formaat is Formaat.TWEETAL:
            sheets = _named_after(found["namen"], sheets)
    except (KeyError, TypeError, ValueError, AttributeError):
        proces.sluit()
        raise Onleesbaar(BESCHADIGD) from None
    if not formaat.is_werkmap and any(blad.hoogte > settings.UM_MAX_RIJEN for blad in sheets):
        # An honest process refuses such a text itself.
        proces.sluit()
        raise Onleesbaar(BESCHADIGD)
    if formaat is Formaat.JSON:
        return Bestand(formaat, tuple(_records(proces, blad) for blad in sheets[:1]), sluit=proces.sluit)
    if formaat is Formaat.CSV:
        return Bestand(formaat, tuple(_table(proces, blad) for blad in sheets[:1]), sluit=proces.sluit)
    fitting = [blad for blad in sheets if blad.hoogte and not _why_too_large(blad)]
    why = next((text for blad in sheets if (text := _why_too_large(blad))), "")
    if not why and len(sheets) == MAX_SHEETS:
        why = f"Van deze spreadsheet zijn alleen de eerste {MAX_SHEETS} bladen gelezen."
    if not fitting:
        proces.sluit()
        raise Onleesbaar(why or _GEEN_BLAD)
    return Bestand(
        formaat,
        tuple(_table(proces, blad) for blad in fitting),
        te_groot=why,
        epoch_1904=epoch_1904,
        sluit=proces.sluit,
    )


def _format_in(found: Mapping[str, Any]) -> Formaat:
    try:
        return Formaat(found["formaat"])
    except (KeyError, ValueError, TypeError):
        raise Onleesbaar(BESCHADIGD) from None


def _sheet(found: Any) -> Blad:
    """Makes a sheet from its description by the process.

    Raises TypeError or ValueError for any other value.
    """
    blad = Blad(**found)
    lists = (blad.samengevoegd, blad.verborgen_kolommen, *blad.samengevoegd)
    if not all(type(one) is list for one in lists) or not all(len(one) == 4 for one in blad.samengevoegd):
        raise ValueError
    numbers = (
        blad.volgnummer,
        blad.hoogte,
        blad.breedte,
        blad.regels,
        blad.verborgen_rijen,
        blad.onderdeel,
        *blad.verborgen_kolommen,
        *chain.from_iterable(blad.samengevoegd),
    )
    if not (
        type(blad.naam) is str
        and all(type(number) is int and number >= 0 for number in numbers)
        and len(blad.samengevoegd) <= MAX_MERGED + 1
    ):
        raise ValueError
    return blad._replace(
        verborgen=blad.verborgen is True,
        ongelijk=blad.ongelijk is True,
        niet_nagegaan=blad.niet_nagegaan is True,
        doorgehaald=blad.doorgehaald is True,
        streep_bij_voorwaarde=blad.streep_bij_voorwaarde is True,
        kop=rows_of(blad.kop, HEAD_ROWS),
    )


def _named_after(namen: Any, sheets: Sequence[Blad]) -> list[Blad]:
    """Gives the sheets of two files the name of their file, with that of the sheet where a file has more.

    Raises TypeError or ValueError for names that are none.
    """
    first, second = namen
    stems = [stem_of(safe_name(naam)) for naam in (first, second)]
    if stems[0].casefold() == stems[1].casefold():
        stems = [f"{stem[:_LONGEST_STEM]} {number}" for number, stem in enumerate(stems, start=1)]
    seen = Counter(blad.onderdeel for blad in sheets if blad.hoogte and not blad.verborgen)
    named = []
    for blad in sheets:
        if blad.onderdeel > 1:
            raise ValueError
        stem = stems[blad.onderdeel]
        alone = seen[blad.onderdeel] == 1 and blad.hoogte and not blad.verborgen
        named.append(
            blad._replace(naam=stem[:LONGEST_OF_TWO] if alone else f"{stem[:_LONGEST_STEM]}: {blad.naam}")
        )
    return named


def _table(proces: Leesproces, blad: Blad) -> Tabel:
    return Tabel(
        blad.naam,
        blad.hoogte,
        lambda: proces.rijen(blad),
        verborgen=blad.verborgen,
        samengevoegd=tuple((a, b, c, d) for a, b, c, d in blad.samengevoegd),
        ongelijk=blad.ongelijk,
        breedte=blad.breedte,
        regels=blad.regels,
        verborgen_kolommen=tuple(blad.verborgen_kolommen),
        verborgen_rijen=blad.verborgen_rijen,
        onderdeel=blad.onderdeel,
        niet_nagegaan=blad.niet_nagegaan,
        doorgehaald=blad.doorgehaald,
        streep_bij_voorwaarde=blad.streep_bij_voorwaarde,
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _records(proces: Leesproces, blad: Blad) -> Tabel:
    """Gives the records that the process found, each as the value that its text stands for."""

    def rijen() -> Iterator[Rij]:
        for nummer, cells, _ in proces.rijen(blad):
            try:
                [text] = cells
                yield Rij(nummer, _DECODER.decode(text))
            except (ValueError, TypeError, RecursionError):
                proces.sluit()
                raise Onleesbaar(BESCHADIGD) from None

    return Tabel(blad.naam, blad.hoogte, rijen)


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


def _task(inhoud: bytes, *, alleen_formaat: bool) -> dict[str, Any]:
    return {
        "alleen_formaat": alleen_formaat,
        # The process imports no more than a file that begins like this can need.
        "begin": begin_of(inhoud),
        "megabytes": settings.UM_LEES_GEHEUGEN_MB,
        "seconden": settings.UM_LEES_SECONDEN,
        "uitgepakt": settings.UM_MAX_UITGEPAKT_MB,
        "rijen": settings.UM_MAX_RIJEN,
        "kolommen": settings.UM_MAX_KOLOMMEN,
        "ids": [soort.id_pad for soort in Soort if soort.id_pad],
        "zandbak_verplicht": settings.UM_LEES_ZANDBAK == Zandbak.VERPLICHT,
    }


@cache
def _warn(lacking: str) -> None:
    """Warns once per process, and not for every file."""
    logger.warning(_ONBESCHERMD, lacking)


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
