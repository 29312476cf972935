"""Makes the Excel templates: headers that the portal recognises, drop-downs, and an explanation per column.

The content follows from `exchange.standard`. `columns` only chooses the attributes that get a column, their
number and their order, by what people fill in; it also reads the codes that others keep. This module knows no
database.
"""

from collections.abc import Mapping
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from exchange.standard import Attribuut, Gegevenstype, Soort
from um_portal.workbooks.cells import put
from um_portal.workbooks.writer import DATUM_VORM, KOP, Opmaak, fit_to_width, to_bytes
from uploads.mapping.doelen import list_of
from uploads.mapping.eigen import EIGEN_BLAD
from uploads.sjablonen.columns import (
    BANDEN,
    Lijstopties,
    Sjabloonkolom,
    example_of,
    kolommen,
    options_of,
    remaining,
)
from uploads.sjablonen.explanation import comment_of, write_explanation

# The last row in which drop-downs, dates and lengths are checked.
_LAATSTE_RIJ: Final = 20_000
_AUTEUR = "UM-portaal"
_VERPLICHT = "1F3864"
_VOORBEELD = Opmaak(letter="7F7F7F", schuin=True)


# --- The workbook -------------------------------------------------------------------------------------------


def make(soort: Soort, lijsten: Lijstopties) -> bytes:
    """Makes the template as a workbook. Raises KeyError for a kind without one."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = soort.label.capitalize()
    uitleg = workbook.create_sheet("Uitleg")
    offered = _write_lists(workbook.create_sheet("Lijsten"), soort, lijsten)
    _write_columns(sheet, soort, lijsten, offered)
    write_explanation(uitleg, soort, lijsten)
    fit_to_width(uitleg)
    return to_bytes(workbook)


def _write_lists(sheet: Worksheet, soort: Soort, lijsten: Lijstopties) -> dict[str, str]:
    """Writes every list in two columns; gives, per list, the cells with its options."""
    put(sheet.cell(1, 1), EIGEN_BLAD)
    places: dict[str, str] = {}
    column = 1
    for leaf in [*(kolom.veld for kolom in kolommen(soort)), *remaining(soort)]:
        attribuut = leaf.attribuut
        name = list_of(attribuut)
        options = options_of(attribuut, lijsten)
        if not options or name in places:
            continue
        title = attribuut.waardelijst.naam if attribuut.waardelijst is not None else name
        for offset, text in enumerate((title, "Betekenis of code")):
            cell = sheet.cell(3, column + offset)
            put(cell, text)
            KOP.apply(cell)
        for row, (value, meaning) in enumerate(options, start=4):
            for offset, text in enumerate((value, meaning)):
                cell = sheet.cell(row, column + offset)
                put(cell, text)
                cell.number_format = "@"
        letter = get_column_letter(column)
        places[name] = f"Lijsten!${letter}$4:${letter}${3 + len(options)}"
        longest = max(len(value) for value, _ in options)
        sheet.column_dimensions[letter].width = min(max(longest, len(title), 10) + 2, 60)
        sheet.column_dimensions[get_column_letter(column + 1)].width = 30
        column += 3
    sheet.freeze_panes = "A4"
    return places


def _write_columns(sheet: Worksheet, soort: Soort, lijsten: Lijstopties, offered: Mapping[str, str]) -> None:
    for index, kolom in enumerate(kolommen(soort), start=1):
        letter = get_column_letter(index)
        head = sheet.cell(1, index)
        put(head, kolom.kop)
        _head_look(head, kolom)
        text = comment_of(kolom, lijsten)
        head.comment = Comment(
            text, _AUTEUR, height=60 + 15 * (text.count("\n") + len(text) // 45), width=330
        )
        dimension = sheet.column_dimensions[letter]
        dimension.width = _width(kolom)
        dimension.number_format = _number_format(kolom.veld.attribuut)
        validation = _validation(kolom, offered.get(list_of(kolom.veld.attribuut)))
        if validation is not None:
            validation.add(f"{letter}2:{letter}{_LAATSTE_RIJ}")
            sheet.add_data_validation(validation)
        example = sheet.cell(2, index)
        put(example, example_of(kolom, soort, lijsten))
        _VOORBEELD.apply(example)
        example.number_format = _number_format(kolom.veld.attribuut)
    sheet.row_dimensions[1].height = 48
    # The id and the postcode stay in sight.
    sheet.freeze_panes = "B2"


def _head_look(cell: Any, kolom: Sjabloonkolom) -> None:
    if kolom.veld.verplicht:
        look = Opmaak(vulling=_VERPLICHT, letter="FFFFFF", vet=True, omloop=True)
    else:
        look = Opmaak(vulling=BANDEN[kolom.band % 2], vet=True, omloop=True)
    look.apply(cell)


def _width(kolom: Sjabloonkolom) -> float:
    attribuut = kolom.veld.attribuut
    if attribuut.vrije_tekst and (attribuut.lengte or 0) > 200:
        return 40
    return 24 if attribuut.type in {Gegevenstype.CODE, Gegevenstype.TEKST} else 16


def _number_format(attribuut: Attribuut) -> str:
    if attribuut.type is Gegevenstype.DATUM:
        return DATUM_VORM
    # As text: a number that is typed keeps its first zeros.
    return "General" if attribuut.type is Gegevenstype.GETAL else "@"


def _validation(kolom: Sjabloonkolom, cells: str | None) -> DataValidation | None:
    """Gives the check that a spreadsheet program does during typing; None when there is none.

    It warns and does not forbid: the portal decides in the end.
    """
    attribuut = kolom.veld.attribuut
    common: dict[str, Any] = {"allow_blank": True, "errorStyle": "warning", "showErrorMessage": True}
    if cells is not None:
        return DataValidation(
            type="list",
            formula1=cells,
            errorTitle="Niet in de lijst",
            error="Kies een waarde uit de lijst. Staat uw eigen woord er niet bij, dan kunt u het na het aanleveren "
            "in het portaal koppelen.",
            **common,
        )
    if attribuut.type is Gegevenstype.DATUM:
        return DataValidation(
            type="date",
            operator="between",
            formula1="1",
            formula2="2958465",
            errorTitle="Geen datum",
            error="Vul een datum in als dag-maand-jaar, zoals 31-12-2026.",
            **common,
        )
    if attribuut.json_type == "integer" and attribuut.maximum is not None:
        return DataValidation(
            type="whole",
            operator="between",
            formula1=str(attribuut.minimum or 0),
            formula2=str(attribuut.maximum),
            errorTitle="Geen goed getal",
            error=f"Vul een heel getal in van {attribuut.minimum or 0} tot en met {attribuut.maximum}.",
            **common,
        )
    if attribuut.lengte is not None:
        return DataValidation(
            type="textLength",
            operator="lessThanOrEqual",
            formula1=str(attribuut.lengte),
            errorTitle="Te lang",
            error=f"Gebruik ten hoogste {attribuut.lengte} tekens.",
            **common,
        )
    return None
