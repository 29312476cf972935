"""Writes the remarks into the clerk's own workbook, which keeps its looks."""

import io
import logging
import re
from collections.abc import Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from um_portal.jobs import LeaseVerloren
from um_portal.workbooks.cells import neutralise, put
from um_portal.workbooks.writer import KOP, to_bytes
from uploads.controle.explanation import explain
from uploads.controle.plan import (
    AUTEUR,
    CELOPMAAK,
    KLEUREN,
    MERK,
    ROWS_PER_STEP,
    TITEL,
    Leveringuitkomst,
    Plan,
    Volg,
    by_row,
    comment_size,
    finish_sheet,
    per_cell,
    reasons_of,
)
from uploads.mapping.cells.text import is_empty_list
from uploads.mapping.eigen import KOP_LOT, KOP_REDEN, is_eigen_blad, without_own
from uploads.mapping.model import Rijopmerking, lot_of
from uploads.readers import Onleesbaar, Tabel

logger = logging.getLogger(__name__)

_VEILIGE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


def annotate_in_place(
    inhoud: bytes,
    tabel: Tabel,
    plan: Plan,
    uitkomst: Leveringuitkomst,
    meldingen: Sequence[Rijopmerking],
    volg: Volg | None,
) -> bytes | None:
    """Gives the clerk's own workbook with the annotations in it; None when openpyxl cannot load it."""
    try:
        # The values are loaded instead of the formulas, without links to other files and without macros.
        workbook = load_workbook(io.BytesIO(inhoud), data_only=True, keep_links=False, keep_vba=False)
        sheet = workbook[tabel.naam]
        _make_harmless(workbook)
        _annotate_sheet(sheet, tabel, plan, meldingen, volg)
        finish_sheet(sheet, plan)
        return to_bytes(explain(workbook, sheet, uitkomst, anew=False))
    except (Onleesbaar, LeaseVerloren):
        raise
    # Many programs write workbooks that openpyxl cannot load, each in its own way; its message may hold a
    # value.
    except Exception as problem:
        logger.info("A workbook could not be annotated in place: %s", type(problem).__name__)
        plan.opmerkingen = 0
        return None


def _make_harmless(workbook: Any) -> None:
    """Removes formulas, and everything that leads to another file or program."""
    workbook.template = False
    before = [
        sheet
        for sheet in workbook.worksheets
        if sheet.title.startswith(TITEL) and is_eigen_blad([sheet.cell(1, 1).value])
    ]
    for sheet in before:
        workbook.remove(sheet)
    for sheet in workbook.worksheets:
        sheet._pivots = []
        for cell in sheet._cells.values():
            if isinstance(cell, MergedCell):
                continue
            neutralise(cell)
            link = cell.hyperlink
            if link is not None and link.target and not _VEILIGE_LINK.match(link.target):
                cell.hyperlink = None
            if before:
                _clean_up(cell)
        for table in sheet.tables.values():
            for column in table.tableColumns:
                column.calculatedColumnFormula = None
                column.totalsRowFormula = None
        rules = sheet.data_validations
        rules.dataValidation = [
            rule for rule in rules.dataValidation if not _leads_out(rule.formula1, rule.formula2)
        ]
    for names in (workbook.defined_names, *(sheet.defined_names for sheet in workbook.worksheets)):
        for name in [name for name, defined in names.items() if _computes(defined.value)]:
            del names[name]


def _leads_out(*formulas: str | None) -> bool:
    """Tells whether one of these formulas uses another file or program."""
    return any(formula and ("|" in formula or "[" in formula) for formula in formulas)


def _computes(formula: str | None) -> bool:
    """Tells whether a name stands for more than a range of cells."""
    return _leads_out(formula) or "(" in (formula or "")


def _clean_up(cell: Any) -> None:
    """Removes the colour and the comment that an earlier annotation gave this cell."""
    if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb)[2:] in KLEUREN.values():
        cell.fill = PatternFill()
    if cell.comment is not None and MERK in cell.comment.text:
        own = cell.comment.text.partition(MERK)[0].strip()
        cell.comment = Comment(own, cell.comment.author) if own else None


def _annotate_sheet(
    sheet: Worksheet, tabel: Tabel, plan: Plan, meldingen: Sequence[Rijopmerking], volg: Volg | None
) -> None:
    of = by_row(meldingen)
    for nummer, waarden, _ in tabel.rijen():
        if volg is not None and nummer % ROWS_PER_STEP == 0:
            volg(nummer)
        if nummer < plan.kopregel:
            continue
        if nummer == plan.kopregel:
            _write_headers(sheet, plan)
            continue
        for place in plan.eigen:
            _put(sheet, nummer, place, None)
        _restore_numbers(sheet, nummer, waarden)
        if is_empty_list(without_own(waarden, plan.eigen)):
            continue
        said = of(nummer)
        lot = lot_of(one.ernst for one in said)
        fate = _put(sheet, nummer, plan.lot, lot.capitalize())
        if lot.ernst is not None:
            CELOPMAAK[lot.ernst].apply(fate)
        if said:
            _put(sheet, nummer, plan.reden, reasons_of(said))
        for place, worst, text in per_cell(plan, said):
            cell = _cell(sheet, nummer, place)
            CELOPMAAK[worst].apply(cell)
            if plan.may_comment():
                _add_comment(cell, text)


def _write_headers(sheet: Worksheet, plan: Plan) -> None:
    """Writes our two headers, with the looks of the header before them."""
    left = [index for index, kop in enumerate(plan.koppen) if kop and index not in plan.eigen]
    for place, kop in ((plan.lot, KOP_LOT), (plan.reden, KOP_REDEN)):
        cell = _put(sheet, plan.kopregel, place, kop)
        if left:
            cell._style = _cell(sheet, plan.kopregel, left[-1])._style.__copy__()
        if cell.fill.fill_type is None:
            KOP.apply(cell)


def _put(sheet: Worksheet, nummer: int, place: int, value: str | None) -> Any:
    cell = _cell(sheet, nummer, place)
    put(cell, value)
    if value is None:
        cell.fill = PatternFill()
    return cell


def _cell(sheet: Worksheet, nummer: int, place: int) -> Any:
    """Gives the cell at this place; of merged cells the one that holds the value."""
    cell = sheet.cell(nummer, place + 1)
    if isinstance(cell, MergedCell):
        for merged in sheet.merged_cells.ranges:
            if cell.coordinate in merged:
                return sheet.cell(merged.min_row, merged.min_col)
    return cell


def _restore_numbers(sheet: Worksheet, nummer: int, waarden: Sequence[Any]) -> None:
    """Writes back numbers that are formatted as dates but are none: openpyxl reads them as errors."""
    for index, value in enumerate(waarden):
        cell: Any = sheet._cells.get((nummer, index + 1))
        if (
            cell is not None
            and cell.data_type == "e"
            and isinstance(value, int | float)
            and not isinstance(value, bool)
        ):
            cell._value, cell.data_type = value, "n"
            cell.number_format = "General"


def _add_comment(cell: Any, text: str) -> None:
    own = f"{cell.comment.text}\n\n" if cell.comment is not None else ""
    height, width = comment_size(own + text)
    cell.comment = Comment(own + text, AUTEUR, height=height, width=width)
