"""Workbooks (xlsx, xlsb, xls, ods) through calamine, after a look at them in a process that may fail."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine
from django.conf import settings

from uploads.readers.archive import check_actual
from uploads.readers.rows import Bestand, Formaat, Onleesbaar, Rij, Tabel

_PROBE = Path(__file__).with_name("probe.py")
_PROBE_MEGABYTES = 2048
# Of computing; waiting for it takes at most twice that, which is less than a lease.
_PROBE_SECONDS = 20
# Sheets are held as a full grid: a single cell far away makes a small file large.
_MAX_CELLEN = 25_000_000

_BESCHADIGD = (
    "Deze spreadsheet is beschadigd of niet compleet. Open hem in uw programma, sla hem opnieuw op "
    "en upload hem dan."
)
_WACHTWOORD = "Deze spreadsheet is beveiligd met een wachtwoord. Haal het wachtwoord eraf en upload opnieuw."
_TE_GROOT = (
    "Deze spreadsheet is te groot om te lezen. Zet alleen het blad met de gegevens in een nieuw bestand, "
    "zonder lege opgemaakte rijen en kolommen, en upload dat."
)


def open_workbook(inhoud: bytes, formaat: Formaat) -> Bestand:
    """Open a workbook. Raises Onleesbaar when it is broken, protected or too large."""
    if formaat is not Formaat.XLS:
        check_actual(inhoud)
    sheets = _probe(inhoud)
    fitting = [sheet for sheet in sheets if sheet[2] and not _why_too_large(sheet[2], sheet[3])]
    why = next((text for sheet in sheets if (text := _why_too_large(sheet[2], sheet[3]))), "")
    if not fitting:
        raise Onleesbaar(why or "Deze spreadsheet heeft geen blad met gegevens.")
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(inhoud))
    except (python_calamine.CalamineError, OSError):
        raise Onleesbaar(_BESCHADIGD) from None
    tables = tuple(_table(workbook, index, name, height) for index, name, height, _ in fitting)
    return Bestand(formaat, tables, te_groot=why)


def _table(workbook: Any, index: int, name: str, height: int) -> Tabel:
    loaded: list[Any] = []

    def rows() -> Iterator[Rij]:
        try:
            if not loaded:
                loaded.append(workbook.get_sheet_by_index(index))
            for number, row in enumerate(loaded[0].iter_rows(), start=1):
                yield Rij(number, row)
        except python_calamine.CalamineError:
            raise Onleesbaar(_BESCHADIGD) from None

    return Tabel(name, height, rows)


def _probe(inhoud: bytes) -> list[tuple[int, str, int, int]]:
    """Index, name, rows and columns of every worksheet."""
    command = [sys.executable, "-I", str(_PROBE), str(_PROBE_MEGABYTES), str(_PROBE_SECONDS)]
    try:
        done = subprocess.run(
            command,
            input=inhoud,
            capture_output=True,
            timeout=2 * _PROBE_SECONDS,
            check=False,
            # It needs none of our secrets.
            env={"PATH": os.environ.get("PATH", "")},
        )
    except subprocess.TimeoutExpired:
        raise Onleesbaar(_TE_GROOT) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        # Ended in the middle: out of memory or out of time.
        raise Onleesbaar(_TE_GROOT) from None
    if answer.get("fout") == "wachtwoord":
        raise Onleesbaar(_WACHTWOORD)
    if "bladen" not in answer:
        raise Onleesbaar(_BESCHADIGD)
    return [(index, name, height, width) for index, name, height, width in answer["bladen"]]


def _why_too_large(height: int, width: int) -> str:
    if height > settings.UM_MAX_RIJEN:
        return (
            f"Een blad heeft meer dan {settings.UM_MAX_RIJEN} rijen. Verwijder rijen zonder gegevens onderaan "
            "en upload opnieuw."
        )
    if width > settings.UM_MAX_KOLOMMEN:
        return (
            f"Een blad heeft meer dan {settings.UM_MAX_KOLOMMEN} kolommen. Verwijder kolommen zonder gegevens "
            "rechts en upload opnieuw."
        )
    return _TE_GROOT if height * width > _MAX_CELLEN else ""
