"""Reads workbooks (xlsx, xlsb, xls, ods) with calamine."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Set
from itertools import islice
from typing import Any

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from uploads.sandbox.bijzonderheden import Xls, counts_from_1904
from uploads.sandbox.bladfeiten import ODD, Bladfeiten, facts_in_ods, facts_in_xls, no_facts
from uploads.sandbox.sheets import (
    DOORGEHAALD,
    FOUT,
    MAX_MERGED,
    MAX_SHEETS,
    ONZICHTBAAR,
    VERBORGEN,
    ZONDER_UITKOMST,
    Blad,
    Cells,
    Grenzen,
    Leesprobleem,
    Merk,
    gemerkt,
    head_length,
    is_kept,
)
from uploads.sandbox.xlsb import facts_in_xlsb


class Werkmap:
    """An opened workbook. The largest sheet stays in memory, because most requests are for that one."""

    def __init__(self, inhoud: bytes, formaat: str, grenzen: Grenzen) -> None:
        self.epoch_1904 = counts_from_1904(inhoud, formaat)
        if formaat == "xls":
            xls = Xls(inhoud)
            if xls.has_password:
                raise Leesprobleem("wachtwoord")
            self.epoch_1904 = xls.epoch_1904
            inhoud = xls.readable()
        self._feiten, self._anders = facts_in(inhoud, formaat)
        try:
            self._workbook = CalamineWorkbook.from_filelike(io.BytesIO(inhoud))
        except PasswordError:
            raise Leesprobleem("wachtwoord") from None
        self.bladen: list[Blad] = []
        self._loaded: tuple[int, Any] | None = None
        most = -1
        broken: CalamineError | None = None
        for index, metadata in enumerate(self._workbook.sheets_metadata):
            if metadata.typ != SheetTypeEnum.WorkSheet:
                continue
            if len(self.bladen) == MAX_SHEETS:
                break
            try:
                sheet = self._workbook.get_sheet_by_index(index)
            except CalamineError as fault:
                if metadata.visible == SheetVisibleEnum.Visible:
                    # It may be the sheet that matters, while an older one beside it can be read.
                    raise
                # An odd sheet that nobody sees does not condemn the others.
                broken = broken or fault
                continue
            last_row, last_column = sheet.end or (-1, -1)
            height, width = last_row + 1, last_column + 1
            head = list(islice(_rows(sheet), head_length(width))) if width <= grenzen.kolommen else []
            unseen = self._feiten.get(index, self._anders)
            ranges = sheet.merged_cell_ranges or []
            merged = [(*first, *last) for first, last in ranges if is_kept(first[0], last[0])]
            merged = (merged or unseen.samengevoegd)[: MAX_MERGED + 1]
            hidden = metadata.visible != SheetVisibleEnum.Visible
            self.bladen.append(
                Blad(
                    index,
                    metadata.name,
                    height,
                    width,
                    hidden,
                    list(_marked(iter(head), 0, unseen)),
                    merged,
                    verborgen_rijen=_filled_among(unseen.rijen, sheet) if unseen.rijen else 0,
                    verborgen_kolommen=sorted(place for place in unseen.kolommen if place < width),
                    niet_nagegaan=not unseen.volledig,
                    doorgehaald=bool(unseen.doorgehaald),
                    streep_bij_voorwaarde=unseen.streep_bij_voorwaarde,
                )
            )
            if height * width > most and height <= grenzen.rijen and width <= grenzen.kolommen:
                self._loaded, most = (index, sheet), height * width

        if broken is not None and not self.bladen:
            raise broken

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows of one sheet."""
        if self._loaded is None or self._loaded[0] != index:
            self._loaded = None
            self._loaded = (index, self._workbook.get_sheet_by_index(index))
        rows = islice(_rows(self._loaded[1]), start, None)
        return _marked(rows, start, self._feiten.get(index, self._anders))


def facts_in(inhoud: bytes, formaat: str) -> tuple[dict[int, Bladfeiten], Bladfeiten]:
    """Gives what calamine does not tell of each sheet, by its place in the file, and that of any other sheet.

    From where the file is broken on, sheets are not complete.
    """
    find = {"ods": facts_in_ods, "xls": facts_in_xls, "xlsb": facts_in_xlsb}.get(formaat)
    found: dict[int, Bladfeiten] = {}
    if find is not None:
        try:
            for place, facts in enumerate(find(inhoud)):
                found[place] = facts
        except (
            *ODD,
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            EOFError,
            etree.XMLSyntaxError,
            Leesprobleem,
        ):
            return found, no_facts(volledig=False)
    return found, no_facts()


def _filled_among(numbers: Set[int], sheet: Any) -> int:
    """Counts the rows with these numbers in which something stands."""
    return sum(
        any(value != "" for value in row) for number, row in enumerate(_rows(sheet)) if number in numbers
    )


def _marked(rows: Iterator[Cells], start: int, unseen: Bladfeiten) -> Iterator[Cells]:
    """Gives these rows, the first of which has this number, and marks what calamine does not tell of them."""
    told = (
        unseen.rijen,
        unseen.zonder_uitkomst,
        unseen.getoond,
        unseen.fouten,
        unseen.doorgehaald,
        unseen.onzichtbaar,
    )
    if not any(told):
        return rows
    return (_with_marks(row, number, unseen) for number, row in enumerate(rows, start=start))


def _with_marks(row: Cells, number: int, unseen: Bladfeiten) -> Cells:
    for column, text in unseen.getoond.get(number, {}).items():
        if column < len(row):
            row[column] = text
    marks = [Merk(VERBORGEN)] if number in unseen.rijen else []
    if columns := unseen.zonder_uitkomst.get(number):
        marks.append(Merk(ZONDER_UITKOMST, tuple(columns)))
    if columns := _struck(row, number, unseen):
        marks.append(Merk(DOORGEHAALD, tuple(columns)))
    for code, places in ((FOUT, unseen.fouten), (ONZICHTBAAR, unseen.onzichtbaar)):
        if columns := places.get(number):
            marks.append(Merk(code, tuple(columns)))
    return gemerkt(row, *marks) if marks else row


def _struck(row: Cells, number: int, unseen: Bladfeiten) -> list[int]:
    """Gives the columns of this row that are struck through; through an empty text nobody sees a line."""
    columns = unseen.doorgehaald.get(number, [])
    # In these something stands that is not read.
    not_read = (
        {
            place
            for told in (unseen.zonder_uitkomst, unseen.fouten, unseen.onzichtbaar)
            for place in told.get(number, ())
        }
        if columns
        else set()
    )
    return [place for place in columns if place in not_read or (place < len(row) and row[place] != "")]


def _rows(sheet: Any) -> Iterator[Cells]:
    """Yields all rows, with the empty columns on the left that calamine leaves out."""
    left = sheet.start[1] if sheet.start else 0
    if not left:
        yield from sheet.iter_rows()
        return
    empty = [""] * left
    for row in sheet.iter_rows():
        yield empty + row
