"""Explains in Dutch how to fill in the columns of a template."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Final

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exchange.standard import Attribuut, Gegevenstype, Profiel, Soort, Veld, veld_op
from um_portal.workbooks.cells import put
from um_portal.workbooks.writer import Opmaak, make_room
from uploads.mapping.eigen import EIGEN_BLAD, VOORBEELD_ID
from uploads.sjablonen.columns import (
    BANDEN,
    VANZELF,
    Lijstopties,
    Sjabloonkolom,
    example_of,
    kolommen,
    options_of,
    remaining,
)


def how_to_fill(attribuut: Attribuut, lijsten: Lijstopties) -> str:
    """Says in one or two Dutch sentences what to type in a cell."""
    lijst = attribuut.waardelijst
    if lijst is not None and options_of(attribuut, lijsten):
        return f"Kies een waarde uit de lijst {lijst.naam}; zie het blad Lijsten."
    if lijst is not None:
        what = "het nummer" if lijst.numeriek or attribuut.vorm == "alleen cijfers" else "de code"
        return (
            f"Vul {what} in uit de lijst {lijst.naam}{_limit(attribuut)}. In het gegevenswoordenboek van het portaal "
            "kunt u zoeken in de lijst."
        )
    match attribuut.type:
        case Gegevenstype.DATUM:
            return "Een datum: dag-maand-jaar, zoals 31-12-2026."
        case Gegevenstype.GETAL:
            return f"Een heel getal van {attribuut.minimum} tot en met {attribuut.maximum}."
        case _:
            return f"Tekst{_limit(attribuut)}."


def _limit(attribuut: Attribuut) -> str:
    if attribuut.vorm is not None:
        return f": {attribuut.vorm}"
    return f" van ten hoogste {attribuut.lengte} tekens" if attribuut.lengte is not None else ""


def _who_sees(leaf: Veld) -> str:
    return "Iedereen die zoekt" if leaf.profiel is Profiel.ZOEK else "Alleen wie een detail opvraagt"


def comment_of(kolom: Sjabloonkolom, lijsten: Lijstopties) -> str:
    leaf = kolom.veld
    lines = [leaf.volledig_label, leaf.attribuut.uitleg, how_to_fill(leaf.attribuut, lijsten)]
    if leaf.verplicht:
        lines.append("Verplicht: zonder dit gegeven gaat de rij niet mee.")
    if leaf.zoekbaar:
        lines.append("Hierop wordt gezocht.")
    lines.append(f"Wie ziet het: {_who_sees(leaf).lower()}.")
    if leaf.gevoelig:
        lines.append("Gevoelig: dit zegt iets over gezondheid of een beperking.")
    if leaf.vrije_tekst:
        lines.append("Schrijf hier geen namen, telefoonnummers of een BSN.")
    return "\n".join(lines)


_WERKWIJZE: Final = (
    "Vul op het eerste blad één rij per {een} in. Verander de namen van de kolommen niet; de volgorde mag wel anders.",
    "Kolommen met een * en een donkere kop zijn verplicht. De andere mag u leeg laten, maar hoe meer u invult, hoe "
    "beter er gevonden wordt.",
    "Weet u iets niet? Laat de cel dan leeg.",
    "De grijze rij is een verzonnen voorbeeld. Zolang er {id} staat, gaat die rij nooit mee.",
    "Een genummerde kolom, zoals {kolom}, is er voor als er meer dan één is. Begin bij 1.",
)
_TOESTEMMING: Final = (
    "Er is geen kolom voor toestemming: alles op dit blad gaat mee. "
    "Zet er alleen mensen in die toestemming gaven."
)
_BSN: Final = (
    "Zet nergens een BSN in. Gebruik als kenmerk het nummer uit uw eigen systeem, elke keer hetzelfde."
)


def _instructions(soort: Soort) -> Iterator[str]:
    first = next(kolom.kop for kolom in kolommen(soort) if kolom.kop.endswith(" 1"))
    for line in _WERKWIJZE:
        yield line.format(een=soort.enkelvoud, id=VOORBEELD_ID, kolom=first)
    if soort is Soort.WERKZOEKENDEN:
        yield _TOESTEMMING
        yield _BSN
    yield "Sla het bestand op en lever het in het portaal aan bij Leveringen. Het portaal herkent de kolommen vanzelf."


_UITLEG_KOPPEN: Final = (
    ("Sjabloonkolom", 38),
    ("Wat het is", 60),
    ("Zo vult u het in", 60),
    ("Verplicht", 11),
    ("Hierop wordt gezocht", 14),
    ("Wie ziet het", 28),
    ("Gevoelig", 11),
    ("Voorbeeld", 30),
    ("Naam in de standaard", 60),
)


def write_explanation(sheet: Worksheet, soort: Soort, lijsten: Lijstopties) -> None:
    for index, (_, width) in enumerate(_UITLEG_KOPPEN, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    rows: list[tuple[Sequence[Any], bool]] = [([EIGEN_BLAD], False), ([], False)]
    rows.append(([f"Zo vult u dit sjabloon voor {soort.label} in"], True))
    rows += [([f"{number}. {line}"], False) for number, line in enumerate(_instructions(soort), start=1)]
    rows += [([], False), (["Wat er in elke kolom hoort"], True)]
    rows.append(([kop for kop, _ in _UITLEG_KOPPEN], True))
    seen: set[str] = set()
    for kolom in kolommen(soort):
        if kolom.veld.pad not in seen:
            seen.add(kolom.veld.pad)
            rows.append((_explained(kolom, soort, lijsten), False))
    rows += [([], False), (["Wat niet in dit sjabloon staat"], True)]
    rows.append(
        (
            [
                "Hebt u deze gegevens ook, voeg dan zelf een kolom toe met precies deze naam als kop. "
                "Kan het er meer dan één zijn, zet er dan een nummer achter."
            ],
            False,
        )
    )
    rows += [
        ([leaf.volledig_label, leaf.attribuut.uitleg, how_to_fill(leaf.attribuut, lijsten)], False)
        for leaf in remaining(soort)
    ]
    rows += [([veld_op(soort, pad).volledig_label, waarom], False) for pad, waarom in VANZELF[soort].items()]
    for number, (values, bold) in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(number, column)
            put(cell, value)
            several = len(values) > 1
            Opmaak(vulling=BANDEN[0] if bold and several else "", vet=bold, omloop=several).apply(cell)
        if len(values) > 1:
            make_room(sheet, number, len(values))


def _explained(kolom: Sjabloonkolom, soort: Soort, lijsten: Lijstopties) -> list[Any]:
    leaf = kolom.veld
    example = example_of(kolom, soort, lijsten)
    highest = max(other.nummer for other in kolommen(soort) if other.veld.pad == leaf.pad)
    name = kolom.kop.removesuffix(" *")
    return [
        f"{name} tot en met {highest}" if highest > 1 else name,
        leaf.attribuut.uitleg,
        how_to_fill(leaf.attribuut, lijsten),
        "Verplicht" if leaf.verplicht else "",
        "Ja" if leaf.zoekbaar else "",
        _who_sees(leaf),
        "Gevoelig" if leaf.gevoelig else "",
        example.strftime("%d-%m-%Y") if isinstance(example, dt.date) else str(example or ""),
        leaf.pad,
    ]
