"""Finds what calamine does not tell of sheets: hidden rows and columns in ods and xls, numbers that
those show in another way, and, in xls, formulas without a stored result.

A program that writes an xls without calculating says that the result of a formula is a text, and leaves the
text out; Excel always writes the text behind the formula. Or it says that the result is an empty text, which a
formula can have: only where the formula ends in something that always gives a number is that told.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from lxml import etree

from uploads.sandbox.ole import Ole
from uploads.sandbox.weergave import Weergave, ways_of

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SHEET, _ROW, _COLUMN = _TABLE + "table", _TABLE + "table-row", _TABLE + "table-column"
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_KIND, _VALUE = _OFFICE + "value-type", _OFFICE + "value"
# An ods in which a number may be shown in another way: as a percentage, or with digits that it does not have.
_OTHERWISE = re.compile(
    rb"value-type=[\"']percentage|<number:text>[^<]*[0-9]|min-integer-digits=[\"'](?:[2-9]|[0-9]{2})"
)
_DIGITS_AND_SIGNS = re.compile(r"[0-9][0-9 /()+:\-]*|[(+][0-9 /()+:\-]*")
# A cell that repeats itself more often is the empty rest of a row.
_MOST_REPEATED = 100
_VISIBILITY = _TABLE + "visibility"
_ROWS, _COLUMNS = _TABLE + "number-rows-repeated", _TABLE + "number-columns-repeated"
# Beyond these no sheet is read.
_MOST_ROWS, MOST_COLUMNS = 1 << 20, 1 << 14

# In xls: the start of a sheet, where it is told, a row, and the widths of columns.
_BOF, _EOF, _BOUNDSHEET, _XLS_ROW, _COLINFO = 0x0809, 0x0A, 0x85, 0x208, 0x7D
_ROW_IS_HIDDEN, _COLUMN_IS_HIDDEN = 0x20, 0x01
# The format of numbers, the style of cells, and the cells with numbers: one, a short one, and a row of those.
_FORMAT, _STYLE, _NUMBER, _RK, _RKS = 0x041E, 0xE0, 0x0203, 0x027E, 0xBD
# A formula, the text that is its result, and what may stand between the two: the formula of a group of cells.
_FORMULA, _TEXT, _GROUPS = 0x06, 0x0207, frozenset({0x04BC, 0x0221, 0x0236})
# The bytes of a result that is a text: the first is 0, and the last two are these.
_IS_TEXT, _IS_EMPTY, _NO_NUMBER = b"\0", b"\x03", b"\xff\xff"
# The last step of a formula that always gives a number: + - * / ^, a sign or a percentage; or one of these
# functions (COUNT, SUM, AVERAGE, MIN, MAX, ABS, INT, ROUND, LEN, VALUE, DATE, DAY, MONTH, YEAR, NOW, DATEVALUE,
# TODAY), called with a fixed or another number of values.
_SUMS: Final = frozenset({0x03, 0x04, 0x05, 0x06, 0x07, 0x13, 0x14})
_NUMERIC: Final = frozenset({0, 4, 5, 6, 7, 24, 25, 27, 32, 33, 65, 67, 68, 69, 74, 140, 221})
_CALL, _CALL_WITH_ANY = frozenset({0x21, 0x41, 0x61}), frozenset({0x22, 0x42, 0x62})


class Bladfeiten(NamedTuple):
    """The numbers (from 0) of the hidden rows and columns of a sheet.

    `zonder_uitkomst` has, by row, the columns of the formulas without a stored result. `getoond` has, by row
    and column, the text of a number that is shown in another way than as that number.
    """

    rijen: set[int]
    kolommen: set[int]
    zonder_uitkomst: dict[int, list[int]]
    getoond: dict[int, dict[int, str]]


def no_facts() -> Bladfeiten:
    """Gives the description of a sheet in which nothing is hidden."""
    return Bladfeiten(set(), set(), {}, {})


def facts_in_ods(inhoud: bytes) -> Iterator[Bladfeiten]:
    """Yields what is hidden or shown otherwise in each sheet; nothing when that holds for none."""
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        names = {info.filename.replace("\\", "/").casefold(): info for info in archive.infolist()}
        data = archive.read(names["content.xml"])
    otherwise = _OTHERWISE.search(data) is not None
    if b"table:visibility" not in data and not otherwise:
        return
    events = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        # Looking at every cell takes long.
        tag=(_SHEET, _ROW, _COLUMN, *(_CELLS if otherwise else ())),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    found = no_facts()
    row = column = place = 0
    for event, element in events:
        if element.tag == _SHEET:
            if event == "start":
                found, row, column, place = no_facts(), 0, 0, 0
            else:
                yield found
                element.clear()
        elif event == "end" and element.tag in _CELLS:
            number = int(element.get(_COLUMNS) or 1)
            if number <= _MOST_REPEATED and (text := _shown_in(element)) is not None:
                found.getoond.setdefault(row, {}).update(dict.fromkeys(range(place, place + number), text))
            place += number
        elif event == "end":
            hidden = element.get(_VISIBILITY) in {"collapse", "filter"}
            if element.tag == _ROW:
                number = int(element.get(_ROWS) or 1)
                if hidden:
                    found.rijen.update(range(row, min(row + number, _MOST_ROWS)))
                if row in found.getoond and number <= _MOST_REPEATED:
                    found.getoond.update(dict.fromkeys(range(row, row + number), found.getoond[row]))
                row += number
                place = 0
            else:
                number = int(element.get(_COLUMNS) or 1)
                if hidden:
                    found.kolommen.update(range(column, min(column + number, MOST_COLUMNS)))
                column += number
            element.clear()


def _shown_in(cell: etree._Element) -> str | None:
    """Gives the text that an ods shows for the number in this cell; None when that is the number itself."""
    # A remark in the cell is a child too.
    text = "".join(str(text) for one in cell.iterchildren(_PARAGRAPH) for text in one.itertext()).strip()
    if cell.get(_KIND) == "percentage":
        return text or None
    value = cell.get(_VALUE) or ""
    if cell.get(_KIND) != "float" or not value.isdigit() or not _DIGITS_AND_SIGNS.fullmatch(text):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    return text if digits != value and digits.endswith(value) else None


def facts_in_xls(inhoud: bytes) -> Iterator[Bladfeiten]:
    """Yields what is hidden, shown otherwise or without a result in each sheet."""
    ole = Ole(inhoud)
    data = ole.stream(next((one for one in ("workbook", "book") if one in ole.names), ""))
    whole = list(_records(data, 0))
    ways = ways_of(
        dict(_format(value) for kind, value in whole if kind == _FORMAT),
        [struct.unpack_from("<H", value, 2)[0] for kind, value in whole if kind == _STYLE],
    )
    for place in [struct.unpack_from("<I", value)[0] for kind, value in whole if kind == _BOUNDSHEET]:
        found = no_facts()
        waits: tuple[int, int] | None = None
        for kind, value in _records(data, place):
            if waits is not None and kind not in _GROUPS:
                if kind != _TEXT:
                    found.zonder_uitkomst.setdefault(waits[0], []).append(waits[1])
                waits = None
            if kind == _XLS_ROW and len(value) >= 14:
                (number,) = struct.unpack_from("<H", value)
                if value[12] & _ROW_IS_HIDDEN:
                    found.rijen.add(number)
            elif kind == _COLINFO and len(value) >= 10:
                first, last, _, _, options = struct.unpack_from("<5H", value)
                if options & _COLUMN_IS_HIDDEN:
                    found.kolommen.update(range(first, min(last + 1, MOST_COLUMNS)))
            elif kind == _FORMULA and value[6:7] == _IS_TEXT and value[12:14] == _NO_NUMBER:
                waits = struct.unpack_from("<2H", value)
            elif kind == _FORMULA and value[6:7] == _IS_EMPTY and value[12:14] == _NO_NUMBER:
                if _gives_a_number(value):
                    row, column = struct.unpack_from("<2H", value)
                    found.zonder_uitkomst.setdefault(row, []).append(column)
            elif ways:
                _show(kind, value, ways, found)
        if waits is not None:
            # The last record of the sheet.
            found.zonder_uitkomst.setdefault(waits[0], []).append(waits[1])
        yield found


def _gives_a_number(value: bytes) -> bool:
    """Tells whether the formula in this record ends in a step that always gives a number."""
    (size,) = struct.unpack_from("<H", value, 20)
    steps = value[22 : 22 + size]
    if not steps or steps[-1] in _SUMS:
        return bool(steps)
    calls = (len(steps) >= 3 and steps[-3] in _CALL) or (len(steps) >= 4 and steps[-4] in _CALL_WITH_ANY)
    return calls and int.from_bytes(steps[-2:], "little") in _NUMERIC


def _show(kind: int, value: bytes, ways: Mapping[int, Weergave], found: Bladfeiten) -> None:
    """Notes the numbers in this record that are shown in another way."""
    for row, column, style, number in _numbers(kind, value):
        if style in ways and (text := ways[style](repr(number))) is not None:
            found.getoond.setdefault(row, {})[column] = text


def _numbers(kind: int, value: bytes) -> Iterator[tuple[int, int, int, float]]:
    """Yields the row, column, style and number of the cells in a record; nothing of another record."""
    if kind == _NUMBER or (kind == _FORMULA and value[12:14] != _NO_NUMBER):
        yield struct.unpack_from("<3Hd", value)
    elif kind == _RK:
        row, column, style, short = struct.unpack_from("<3HI", value)
        yield row, column, style, short_number(short)
    elif kind == _RKS:
        row, first = struct.unpack_from("<2H", value)
        for place in range((len(value) - 6) // 6):
            style, short = struct.unpack_from("<HI", value, 4 + 6 * place)
            yield row, first + place, style, short_number(short)


def short_number(short: int) -> float:
    """Gives the number of the short form: the two lowest bits tell hundredths, and a whole number."""
    if short & 2:
        whole = short >> 2
        number = float(whole - (1 << 30) if whole >= 1 << 29 else whole)
    else:
        (number,) = struct.unpack("<d", bytes(4) + struct.pack("<I", short & ~3))
    return number / 100 if short & 1 else number


def _format(value: bytes) -> tuple[int, str]:
    """Gives the number of a format of numbers, and the format."""
    kind, length, wide = struct.unpack_from("<HHB", value)
    text = value[5 : 5 + length * (2 if wide & 1 else 1)]
    return kind, text.decode("utf-16-le" if wide & 1 else "latin-1")


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
