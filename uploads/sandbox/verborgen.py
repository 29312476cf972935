"""Finds the hidden rows and columns of sheets in ods and xls, of which calamine tells nothing."""

import io
import struct
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from uploads.sandbox.ole import Ole
from uploads.sandbox.sheets import Leesprobleem

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SHEET, _ROW, _COLUMN = _TABLE + "table", _TABLE + "table-row", _TABLE + "table-column"
_VISIBILITY = _TABLE + "visibility"
_ROWS, _COLUMNS = _TABLE + "number-rows-repeated", _TABLE + "number-columns-repeated"
# Beyond these no sheet is read.
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14

# In xls: the start of a sheet, where it is told, a row, and the widths of columns.
_BOF, _EOF, _BOUNDSHEET, _XLS_ROW, _COLINFO = 0x0809, 0x0A, 0x85, 0x208, 0x7D
_ROW_IS_HIDDEN, _COLUMN_IS_HIDDEN = 0x20, 0x01


class Onzichtbaar(NamedTuple):
    """The numbers (from 0) of the hidden rows and columns of a sheet."""

    rijen: set[int]
    kolommen: set[int]


def hidden_in(inhoud: bytes, formaat: str) -> dict[int, Onzichtbaar]:
    """Gives what is hidden in each sheet, by its place in the file; nothing where that is not found."""
    try:
        if formaat == "ods":
            return dict(enumerate(_in_ods(inhoud)))
        if formaat == "xls":
            ole = Ole(inhoud)
            naam = next((one for one in ("workbook", "book") if one in ole.names), "")
            return dict(enumerate(_in_xls(ole.stream(naam))))
    except (KeyError, ValueError, struct.error, zipfile.BadZipFile, etree.XMLSyntaxError, Leesprobleem):
        pass
    return {}


def _in_ods(inhoud: bytes) -> Iterator[Onzichtbaar]:
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        names = {info.filename.replace("\\", "/").casefold(): info for info in archive.infolist()}
        data = archive.read(names["content.xml"])
    if b"table:visibility" not in data:
        return
    events = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        tag=(_SHEET, _ROW, _COLUMN),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    found = Onzichtbaar(set(), set())
    row = column = 0
    for event, element in events:
        if element.tag == _SHEET:
            if event == "start":
                found, row, column = Onzichtbaar(set(), set()), 0, 0
            else:
                yield found
                element.clear()
        elif event == "end":
            hidden = element.get(_VISIBILITY) in {"collapse", "filter"}
            if element.tag == _ROW:
                number = int(element.get(_ROWS) or 1)
                if hidden:
                    found.rijen.update(range(row, min(row + number, _MOST_ROWS)))
                row += number
            else:
                number = int(element.get(_COLUMNS) or 1)
                if hidden:
                    found.kolommen.update(range(column, min(column + number, _MOST_COLUMNS)))
                column += number
            element.clear()


def _in_xls(data: bytes) -> Iterator[Onzichtbaar]:
    sheets = [struct.unpack_from("<I", value)[0] for kind, value in _records(data, 0) if kind == _BOUNDSHEET]
    for place in sheets:
        found = Onzichtbaar(set(), set())
        for kind, value in _records(data, place):
            if kind == _XLS_ROW and len(value) >= 14:
                (number,) = struct.unpack_from("<H", value)
                if value[12] & _ROW_IS_HIDDEN:
                    found.rijen.add(number)
            elif kind == _COLINFO and len(value) >= 10:
                first, last, _, _, options = struct.unpack_from("<5H", value)
                if options & _COLUMN_IS_HIDDEN:
                    found.kolommen.update(range(first, min(last + 1, _MOST_COLUMNS)))
        yield found


def _records(data: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """Yields the records from here to the end of this part; a part inside it (a chart) is passed over."""
    depth = 0
    while position <= len(data) - 4:
        kind, size = struct.unpack_from("<HH", data, position)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
        if depth == 1:
            yield kind, data[position + 4 : position + 4 + size]
        if depth <= 0:
            return
        position += 4 + size
