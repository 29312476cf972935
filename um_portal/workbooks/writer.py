"""Writes workbooks (xlsx) in memory, and large sheets row by row.

openpyxl saves through temporary files, in which the contents of people's cells would be readable on a disk;
and it takes a minute for a hundred thousand rows. Here nothing leaves the memory, and the rows of a large
sheet are written directly. Everything around them (styles, widths, comments, filters) is still written by
openpyxl.
"""

import io
import queue
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from math import isfinite
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from um_portal.formulas import can_be_formula
from um_portal.workbooks.cells import Waarde, escaped, storable

_ROWS_PER_PIECE = 250
# The size of the pieces that go from thread to thread, in bytes, and the greatest number of them that wait.
_PIECE = 64 * 1024
_PIECES_AHEAD = 8
_SECONDS = 0.5
# The first day that a workbook can write as a date.
_FIRST_DAY = date(1900, 3, 1)
DATUM_VORM = "dd-mm-yyyy"
_MOMENT_VORM = "dd-mm-yyyy hh:mm:ss"
_TIJD_VORM = "hh:mm:ss"
_DUUR_VORM = "[h]:mm:ss"
_TEKST_VORM = "@"


@dataclass(frozen=True, slots=True)
class Opmaak:
    """The look of a cell, apart from its content: colours as six hexadecimal digits."""

    vulling: str = ""
    letter: str = ""
    vet: bool = False
    schuin: bool = False
    omloop: bool = False

    def apply(self, cell: Any) -> None:
        """Gives a cell of openpyxl this look; the other properties of the cell stay."""
        if self.vulling:
            cell.fill = PatternFill("solid", fgColor=self.vulling)
        if self.letter or self.vet or self.schuin:
            # Not a new font: that has no name, and programs would use another one.
            own = cell.font
            cell.font = Font(own.name, own.sz, b=self.vet, i=self.schuin, color=self.letter or own.color)
        if self.omloop:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


GEWOON = Opmaak()
KOP = Opmaak(vulling="DCE6F1", vet=True)


@dataclass(slots=True)
class Rijenstroom:
    """A large sheet, whose rows are made while it is written, so that they are never in memory together.

    `rijen` gives (number, cells, looks by place). Comments that it adds with `comment` on the way are written
    too.
    """

    # Any: many attributes that a writer needs are not in the types of openpyxl.
    sheet: Any
    breedte: int
    rijen: Iterable[tuple[int, Sequence[Waarde], Mapping[int, Opmaak]]] = ()
    laatste_rij: int = 0
    _letters: list[str] = field(default_factory=list)
    _styles: dict[tuple[Opmaak, str, bool], str] = field(default_factory=dict)
    _serials: dict[Any, str] = field(default_factory=dict)

    def comment(self, rij: int, kolom: int, tekst: str, auteur: str, height: int, width: int) -> None:
        """Adds a comment to a cell; `kolom` counts from 0, height and width are in points."""
        record = CommentRecord(f"{self._letter(kolom)}{rij}", author=auteur, height=height, width=width)
        record.text.t = escaped(storable(tekst))
        self.sheet._comments.append(record)

    def pieces(self) -> Iterator[bytes]:
        """Yields the rows as XML, some at a time."""
        for index in range(self.breedte):
            self._letter(index)
        lines: list[str] = []
        for nummer, waarden, opmaken in self.rijen:
            lines.append(self._row(nummer, waarden, opmaken))
            if len(lines) >= _ROWS_PER_PIECE:
                yield "".join(lines).encode()
                lines.clear()
        yield "".join(lines).encode()

    def _letter(self, index: int) -> str:
        while len(self._letters) <= index:
            self._letters.append(get_column_letter(len(self._letters) + 1))
        return self._letters[index]

    def _row(self, nummer: int, waarden: Sequence[Waarde], opmaken: Mapping[int, Opmaak]) -> str:
        self._letter(len(waarden))
        parts = [f'<row r="{nummer}">']
        for index, (letter, value) in enumerate(zip(self._letters, waarden, strict=False)):
            if value is None or value == "":
                if index not in opmaken:
                    continue
                parts.append(f'<c r="{letter}{nummer}" s="{self._style(opmaken[index], "")}"/>')
                continue
            look = opmaken.get(index, GEWOON) if opmaken else GEWOON
            parts.append(self._cell(f"{letter}{nummer}", value, look))
        parts.append("</row>")
        return "".join(parts)

    def _cell(self, place: str, value: Waarde, look: Opmaak) -> str:
        kind = value.__class__
        if kind is str:
            assert isinstance(value, str)
            text = storable(value)
            style = self._style(look, _TEKST_VORM, can_be_formula(text))
            inner = escape(escaped(text))
            # A carriage return that is not written as a reference is read back as a line feed.
            inner = inner.replace("\r", "&#13;") if "\r" in inner else inner
            return (
                f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{inner}</t></is></c>'
            )
        if kind is int or (kind is float and isfinite(value)):  # type: ignore[arg-type]
            return f'<c r="{place}" s="{self._style(look, "")}"><v>{value!r}</v></c>'
        if kind is bool:
            return f'<c r="{place}" s="{self._style(look, "")}" t="b"><v>{int(bool(value))}</v></c>'
        if kind is float:
            return self._cell(place, str(value), look)
        return self._moment(place, value, look)

    def _moment(self, place: str, value: Any, look: Opmaak) -> str:
        day = value.date() if isinstance(value, datetime) else value
        if isinstance(day, date) and day < _FIRST_DAY:
            return self._cell(place, value.isoformat(), look)
        serial = self._serials.get(value)
        if serial is None:
            if len(self._serials) > 50_000:
                self._serials.clear()
            serial = self._serials[value] = repr(to_excel(value))
        return f'<c r="{place}" s="{self._style(look, vorm_van(value))}"><v>{serial}</v></c>'

    def _style(self, look: Opmaak, vorm: str, prefix: bool = False) -> str:
        key = (look, vorm, prefix)
        found = self._styles.get(key)
        if found is None:
            cell = Cell(self.sheet, 1, 1)
            look.apply(cell)
            if vorm:
                cell.number_format = vorm
            if prefix:
                cell.quotePrefix = True
            found = self._styles[key] = str(cell.style_id)
        return found


def vorm_van(value: object) -> str:
    """Gives the number format of a date, time or duration."""
    if isinstance(value, datetime):
        return DATUM_VORM if value.time() == time() else _MOMENT_VORM
    if isinstance(value, date):
        return DATUM_VORM
    return _DUUR_VORM if isinstance(value, timedelta) else _TIJD_VORM


def fit_to_width(sheet: Worksheet) -> None:
    """Makes the sheet print in landscape, as wide as the paper, on as many pages as it needs."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0


def make_room(sheet: Worksheet, rij: int, kolommen: int) -> None:
    """Makes a row high enough for its texts, which not every program does by itself."""
    lines = 1
    for index in range(1, kolommen + 1):
        width = sheet.column_dimensions[get_column_letter(index)].width
        value = sheet.cell(rij, index).value
        if isinstance(value, str):
            # Words that do not fit go to the next line as a whole.
            lines = max(lines, sum(1 + int(len(line) * 1.05 // width) for line in value.split("\n")))
    if lines > 1:
        sheet.row_dimensions[rij].height = 15 * lines


def to_bytes(workbook: Workbook, stromen: Sequence[Rijenstroom] = ()) -> bytes:
    """Gives the workbook as a file; sheets that are streams get their rows from there."""
    file = io.BytesIO()
    _write(workbook, stromen, file)
    return file.getvalue()


def in_pieces(workbook: Workbook, stromen: Sequence[Rijenstroom]) -> Iterator[bytes]:
    """Yields the workbook as a file in pieces, while a thread makes it.

    The thread stops when nobody reads any further. The streams must not query the database.
    """
    file = _Pijp()
    writing = threading.Thread(
        target=file.fill, args=(partial(_write, workbook, stromen, file),), daemon=True
    )
    writing.start()
    try:
        yield from file.pieces()
    finally:
        file.close()
        writing.join()


def _write(workbook: Workbook, stromen: Sequence[Rijenstroom], file: Any) -> None:
    # Twice as fast as the usual level, for a file that is a tenth larger.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=2) as archive:
        _Writer(workbook, archive, {id(stroom.sheet): stroom for stroom in stromen}).write_data()


class _Afgebroken(Exception):
    """Nobody reads any further."""


class _Pijp:
    """A file that one thread writes and another reads; the writer stays at most a few pieces ahead."""

    def __init__(self) -> None:
        self._queue: queue.Queue[bytes | BaseException | None] = queue.Queue(_PIECES_AHEAD)
        self._buffer: list[bytes] = []
        self._size = 0
        self._closed = threading.Event()

    def write(self, data: bytes) -> int:
        """Takes some bytes; waits when the reader is far behind."""
        self._buffer.append(bytes(data))
        self._size += len(data)
        if self._size >= _PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Hands over the bytes that wait."""
        if self._buffer:
            self._put(b"".join(self._buffer))
            self._buffer.clear()
            self._size = 0

    def fill(self, write: Callable[[], None]) -> None:
        """Runs the writer to its end, and tells the reader how that ended."""
        try:
            write()
            self.flush()
            self._put(None)
        except _Afgebroken:
            return
        except BaseException as problem:
            self._put(problem)

    def _put(self, item: bytes | BaseException | None) -> None:
        while not self._closed.is_set():
            try:
                self._queue.put(item, timeout=_SECONDS)
            except queue.Full:
                continue
            return
        raise _Afgebroken

    def pieces(self) -> Iterator[bytes]:
        """Yields the written pieces until the end. Raises the exception that stopped the writer."""
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def close(self) -> None:
        """Stops the writer: nobody reads any further."""
        self._closed.set()


class _Writer(ExcelWriter):
    """The writer of openpyxl, which here writes directly into the archive."""

    def __init__(
        self, workbook: Workbook, archive: zipfile.ZipFile, stromen: Mapping[int, Rijenstroom]
    ) -> None:
        super().__init__(workbook, archive)
        self._zip = archive
        self._stromen = stromen

    def write_worksheet(self, ws: Any) -> None:
        """Writes one sheet directly into the archive, without a temporary file."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts = ws._charts
        ws._drawing.images = ws._images
        stroom = self._stromen.get(id(ws))
        with self._zip.open(ws.path[1:], "w") as part:
            writer: Any = WorksheetWriter(ws, part) if stroom is None else _StreamWriter(stroom, part)
            writer.write()
        ws._rels = writer._rels
        self.manifest.append(ws)


class _StreamWriter(WorksheetWriter):
    """The writer of a sheet whose rows come from a stream."""

    def __init__(self, stroom: Rijenstroom, out: Any) -> None:
        super().__init__(stroom.sheet, out)
        self._part = out
        self._stroom = stroom

    def write_dimensions(self) -> None:
        """Writes the size of the sheet, which the sheet itself does not know."""
        last = f"{get_column_letter(max(self._stroom.breedte, 1))}{max(self._stroom.laatste_rij, 1)}"
        self.xf.send(SheetDimension(f"A1:{last}").to_tree())

    def write_rows(self) -> None:
        """Writes all rows of the stream."""
        xf: Any = self.xf.send(True)
        with xf.element("sheetData"):
            xf.flush()
            for piece in self._stroom.pieces():
                self._part.write(piece)
        self.xf.send(None)
