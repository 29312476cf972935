"""Writes the first sheet of an annotated workbook, which explains the remarks."""

from collections.abc import Iterator
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from um_portal.workbooks.cells import put
from um_portal.workbooks.writer import GEWOON, KOP, Opmaak, fit_to_width, make_room
from uploads.controle.plan import CELOPMAAK, GEVOLGEN, KLEUREN, MAX_COMMENTS, TITEL, Leveringuitkomst
from uploads.mapping.eigen import EIGEN_BLAD, KOP_REDEN
from uploads.mapping.model import Ernst


def explain(workbook: Any, sheet: Worksheet, uitkomst: Leveringuitkomst, *, anew: bool) -> Any:
    """Adds a first sheet to the workbook that says what was found and what to do."""
    uitleg = workbook.create_sheet(TITEL, 0)
    fit_to_width(uitleg)
    workbook.active = 0
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is uitleg
    for letter, width in zip("ABCD", (12, 16, 32, 100), strict=True):
        uitleg.column_dimensions[letter].width = width
    lines = _lines(sheet.title, uitkomst, anew)
    for nummer, line in enumerate(lines, start=1):
        for kolom, (value, look) in enumerate(line, start=1):
            cell = uitleg.cell(nummer, kolom)
            put(cell, value)
            look.apply(cell)
        if len(line) > 2:
            make_room(uitleg, nummer, len(line))
    return workbook


_VET = Opmaak(vet=True)


_BOVEN = Opmaak(omloop=True)


_Regel = list[tuple[Any, Opmaak]]


def _lines(blad: str, uitkomst: Leveringuitkomst, anew: bool) -> Iterator[_Regel]:
    """Gives the lines of the first sheet; each is a list of cells."""
    for text in (EIGEN_BLAD, ""):
        yield [(text or None, GEWOON)]
    yield [(f"Opmerkingen bij {uitkomst.bestandsnaam}", _VET)]
    yield [
        (
            f"{uitkomst.gelezen} rijen gelezen = {uitkomst.omgezet} gaan mee + {uitkomst.overgeslagen} overgeslagen "
            f"+ {uitkomst.afgekeurd} afgekeurd",
            GEWOON,
        )
    ]
    yield []
    yield [("Wat u nu doet", _VET)]
    steps = (
        f"1. Ga naar het blad {blad}. Achter elke rij staat wat ermee gebeurt, en waarom.",
        "2. Verbeter de gekleurde cellen. Bij de cel staat een opmerking met de reden.",
        "3. Sla het bestand op en lever het opnieuw aan. De kolommen en kleuren van het portaal mogen blijven staan.",
        "4. Verbeter het ook in uw eigen systeem. Anders staat de fout er de volgende keer weer.",
        "Dit bestand bevat persoonsgegevens. Bewaar het niet langer dan nodig is en mail het niet rond.",
    )
    for step in steps:
        yield [(step, GEWOON)]
    for note in _notes(uitkomst, anew):
        yield [(note, GEWOON)]
    yield []
    yield [("Kleur", _VET), ("Betekenis", _VET)]
    meanings = {
        Ernst.AFGEKEURD: "Dit klopt niet. De rij gaat niet mee.",
        Ernst.OVERGESLAGEN: "Hierom gaat de rij niet mee, bijvoorbeeld omdat er geen toestemming is.",
        Ernst.WAARSCHUWING: "De rij gaat mee, maar dit gegeven niet of maar voor een deel, of u moet erop letten.",
    }
    for ernst, meaning in meanings.items():
        yield [(GEVOLGEN[ernst], CELOPMAAK[ernst]), (meaning, GEWOON)]
    if uitkomst.redenen:
        yield []
        yield [(kop, KOP) for kop in ("Aantal", "Gevolg", "Waar", "Wat er is, en wat u kunt doen")]
    for reden in uitkomst.redenen:
        yield [
            (reden.aantal, _BOVEN),
            (GEVOLGEN[reden.ernst], Opmaak(vulling=KLEUREN[reden.ernst], omloop=True)),
            (reden.kolom or "(hele rij)", _BOVEN),
            (reden.melding, _BOVEN),
        ]


def _notes(uitkomst: Leveringuitkomst, anew: bool) -> Iterator[str]:
    if anew:
        yield "In dit bestand staan de waarden van het blad met de gegevens, zonder de opmaak van uw eigen bestand."
    for reden in uitkomst.redenen:
        if reden.getoond < reden.aantal:
            yield (
                f"De waarschuwing bij {reden.kolom or 'hele rijen'} komt {reden.aantal} keer voor. "
                f"Alleen de eerste {reden.getoond} keer staat zij bij de rij."
            )
    if sum(reden.getoond for reden in uitkomst.redenen) > MAX_COMMENTS:
        yield (
            f"Bij ten hoogste {MAX_COMMENTS} cellen staat een opmerking. Bij de andere cellen ziet u alleen de kleur; "
            f"de reden staat in de kolom {KOP_REDEN}."
        )
