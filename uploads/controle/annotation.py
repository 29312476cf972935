"""Annotates the clerk's own workbook: colours cells that need attention, adds reasons and each row's result.

It takes the file as it came in and the findings, and gives an xlsx; it uses no database and no HTTP. A small
xlsx is annotated in place, so that it keeps its own looks. Any other file is written anew, value for value,
on the same rows. The result can be corrected and delivered again as it is.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from um_portal.workbooks.writer import KOP, Opmaak, Rijenstroom, to_bytes
from uploads.controle.annotate_in_place import annotate_in_place
from uploads.controle.explanation import explain
from uploads.controle.plan import (
    AUTEUR,
    CELOPMAAK,
    ROWS_PER_STEP,
    Leveringuitkomst,
    NietTeAnnoteren,
    Plan,
    Volg,
    by_row,
    comment_size,
    finish_sheet,
    per_cell,
    reasons_of,
)
from uploads.mapping.cells.text import is_empty_list
from uploads.mapping.eigen import KOP_LOT, KOP_REDEN
from uploads.mapping.model import Lot, Rijopmerking, lot_of
from uploads.readers import Bestand, Formaat, Tabel, open_file

# Warnings of openpyxl may contain a cell's value, and warnings end up in the log.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")

# Loading a workbook to annotate it in place costs about a millisecond per 40 cells, and 1 MB per 1000.
IN_PLACE_CELLS: Final = 300_000
# The largest unpacked size of such a workbook, in bytes per allowed cell.
_BYTES_PER_CELL = 120
# Workbooks with more cells are not written: they take minutes of work, and are too large to open with ease.
MAX_CELLS: Final = 12_000_000


def annotate(
    inhoud: bytes,
    uitkomst: Leveringuitkomst,
    meldingen: Iterable[Rijopmerking],
    *,
    in_place: int = IN_PLACE_CELLS,
    volg: Volg | None = None,
) -> bytes:
    """Gives the annotated workbook. `meldingen` come in the order of their rows; they are read once.

    A workbook of at most `in_place` cells keeps its looks. `volg` is called now and then with the row's
    number. Raises Onleesbaar when the file cannot be read after all, NietTeAnnoteren when it is no table.
    """
    with open_file(inhoud) as bestand:
        tabel = _table(bestand, uitkomst.blad)
        plan = Plan.of(tabel, uitkomst.kopregel, bestand.formaat)
        if plan.laatste_rij * plan.breedte > MAX_CELLS:
            raise NietTeAnnoteren
        if (
            _is_zip(inhoud)
            and bestand.formaat is Formaat.XLSX
            and _fits(inhoud, in_place)
            and _cells(bestand, plan) <= in_place
        ):
            # The list is kept, because both ways of annotating may need it.
            known = list(meldingen)
            annotated = annotate_in_place(inhoud, tabel, plan, uitkomst, known, volg)
            if annotated is not None:
                return annotated
            meldingen = known
        return _anew(tabel, plan, uitkomst, meldingen, volg)


# --- Size ---------------------------------------------------------------------------------------------------


def _table(bestand: Bestand, blad: str) -> Tabel:
    if bestand.formaat is Formaat.JSON:
        raise NietTeAnnoteren
    found = next((tabel for tabel in bestand.tabellen if tabel.naam[:60] == blad), None)
    if found is None:
        raise NietTeAnnoteren
    return found


def _cells(bestand: Bestand, plan: Plan) -> int:
    """Estimates the number of cells of the workbook: other sheets are taken to be as wide as this one."""
    return sum(tabel.aantal or 0 for tabel in bestand.tabellen) * plan.breedte


def _is_zip(inhoud: bytes) -> bool:
    """Tells whether a workbook lies open; one with the password of Excel itself does not."""
    return inhoud.startswith(b"PK")


def _fits(inhoud: bytes, cells: int) -> bool:
    """Tells whether the memory for loading the workbook is bounded, and its XML defines nothing."""
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > 200_000 + cells * _BYTES_PER_CELL:
            return False
        for part in parts:
            if part.filename.endswith((".xml", ".rels", ".vml")):
                with archive.open(part) as opened:
                    # UTF-16 would hide a definition.
                    if b"<!" in opened.read(4096).replace(b"\0", b"").replace(b"<!--", b""):
                        return False
    return True


# --- Written anew -------------------------------------------------------------------------------------------


def _anew(
    tabel: Tabel,
    plan: Plan,
    uitkomst: Leveringuitkomst,
    meldingen: Iterable[Rijopmerking],
    volg: Volg | None,
) -> bytes:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = _sheet_name(tabel.naam) or "Gegevens"
    stroom = Rijenstroom(sheet, plan.breedte, laatste_rij=plan.laatste_rij)
    stroom.rijen = _rows(tabel, plan, meldingen, stroom, volg)
    for index, kop in enumerate(plan.koppen):
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(max(len(kop) + 3, 11), 40)
    finish_sheet(sheet, plan)
    file = explain(workbook, sheet, uitkomst, anew=True)
    return to_bytes(file, [stroom])


def _rows(
    tabel: Tabel, plan: Plan, meldingen: Iterable[Rijopmerking], stroom: Rijenstroom, volg: Volg | None
) -> Iterator[tuple[int, Sequence[Any], Mapping[int, Opmaak]]]:
    of = by_row(meldingen)
    nothing: Mapping[int, Opmaak] = {}
    header = dict.fromkeys(range(plan.breedte), KOP)
    for nummer, waarden, _ in tabel.rijen():
        if volg is not None and nummer % ROWS_PER_STEP == 0:
            volg(nummer)
        if nummer < plan.kopregel:
            yield nummer, waarden, nothing
            continue
        row = [*waarden[: plan.breedte], *([None] * (plan.breedte - len(waarden)))]
        if nummer == plan.kopregel:
            row[plan.lot], row[plan.reden] = KOP_LOT, KOP_REDEN
            yield nummer, row, header
            continue
        row[plan.lot] = row[plan.reden] = None
        if is_empty_list(row):
            yield nummer, row, nothing
            continue
        said = of(nummer)
        if not said:
            row[plan.lot] = Lot.MEE.capitalize()
            yield nummer, row, nothing
            continue
        lot = lot_of(one.ernst for one in said)
        row[plan.lot], row[plan.reden] = lot.capitalize(), reasons_of(said)
        looks: dict[int, Opmaak] = {plan.lot: CELOPMAAK[lot.ernst]} if lot.ernst else {}
        for place, worst, text in per_cell(plan, said):
            looks[place] = CELOPMAAK[worst]
            if plan.may_comment():
                stroom.comment(nummer, place, text, AUTEUR, *comment_size(text))
        yield nummer, row, looks


def _sheet_name(naam: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", naam).strip("' ")[:31]
