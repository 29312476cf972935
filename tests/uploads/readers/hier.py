"""Reads a file as the reading process does, but here: for tests that read hundreds of files."""

import json
from typing import Any

from django.conf import settings

from exchange.standard import Soort
from uploads.readers.meldingen import MELDINGEN, melding_of
from uploads.readers.rows import Bestand, Formaat, Onleesbaar, Rij, Tabel
from uploads.sandbox.bericht import MAX_BYTES
from uploads.sandbox.frames import rows_of, unpack
from uploads.sandbox.herkenning import begin_of, recognise
from uploads.sandbox.openen import Antwoord, opener
from uploads.sandbox.sheets import Gemerkt, Leesprobleem


def read_here(inhoud: bytes) -> tuple[Formaat, list[list[Rij]]]:
    """Gives the format, and the rows of every sheet. Raises Onleesbaar."""
    task: dict[str, Any] = {
        "begin": begin_of(inhoud),
        "rijen": settings.UM_MAX_RIJEN,
        "kolommen": settings.UM_MAX_KOLOMMEN,
        "uitgepakt": settings.UM_MAX_UITGEPAKT_MB,
        "ids": [soort.id_pad for soort in Soort if soort.id_pad],
    }
    try:
        formaat = recognise(inhoud, task["uitgepakt"])
        opened = opener(task)(inhoud, formaat)
        answers = Antwoord(opened)
        return formaat, [
            [_row(formaat, place, row) for place, row in enumerate(_all(answers, blad.volgnummer), start=1)]
            for blad in opened.bladen
        ]
    except Leesprobleem as problem:
        fout, *getallen = problem.args
        assert fout in MELDINGEN
        raise Onleesbaar(melding_of(fout, getallen)) from None


def open_here(inhoud: bytes) -> Bestand:
    """Gives a file of one sheet as `open_file` does. Raises Onleesbaar."""
    formaat, [rijen] = read_here(inhoud)
    return Bestand(formaat, (Tabel("", len(rijen), lambda: iter(rijen)),))


def _all(answers: Antwoord, index: int) -> list[list[Any]]:
    found: list[list[Any]] = []
    while rows := rows_of(unpack(answers.rijen(index, len(found), 1000)), MAX_BYTES):
        found += rows
    return found


def _row(formaat: Formaat, number: int, row: list[Any]) -> Rij:
    if formaat is Formaat.JSON:
        return Rij(number, json.loads(row[0]))
    return Rij(number, list(row), row.merken) if isinstance(row, Gemerkt) else Rij(number, row)
