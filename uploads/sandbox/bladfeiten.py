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
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, Final, NamedTuple

from lxml import etree

from uploads.sandbox.ole import Ole
from uploads.sandbox.sheets import GEEN_WAARDE
from uploads.sandbox.weergave import Weergave, ways_of

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SHEET, _ROW, _COLUMN = _TABLE + "table", _TABLE + "table-row", _TABLE + "table-column"
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_CALCULATED = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_KIND, _VALUE = _OFFICE + "value-type", _OFFICE + "value"
# An ods in which a number may be shown in another way: as a percentage, or with digits that it does not have.
_OTHERWISE = re.compile(
    rb"value-type=[\"']percentage|<number:text>[^<]*[0-9]|min-integer-digits=[\"'](?:[2-9]|[0-9]{2})"
)
# A line through letters, unless it is said that there is none; and a number of which nothing is shown.
_LINE_THROUGH = re.compile(rb"text-line-through-(?:style|type)=[\"'](?!none)")
_NOTHING_SHOWN = b"<text:p/></table:table-cell>"
# The style that cells get which meet a condition.
_BY_CONDITION = re.compile(rb"apply-style-name=[\"']([^\"']*)[\"']")
_STYLE_OF, _DEFAULT_STYLE = _TABLE + "style-name", _TABLE + "default-cell-style-name"
_TEXT_NS = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE_NS = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DIGITS_AND_SIGNS = re.compile(r"[0-9][0-9 /()+:\-]*|[(+][0-9 /()+:\-]*")
# A cell that repeats itself more often is the empty rest of a row.
_MOST_REPEATED = 100
_VISIBILITY = _TABLE + "visibility"
_DOWN, _ACROSS = _TABLE + "number-rows-spanned", _TABLE + "number-columns-spanned"
_SPANNED = re.compile(rb"number-rows-spanned=[\"'](?:[2-9]|[0-9]{2})")
_ROWS, _COLUMNS = _TABLE + "number-rows-repeated", _TABLE + "number-columns-repeated"
# Beyond these no sheet is read.
_MOST_ROWS, MOST_COLUMNS = 1 << 20, 1 << 14

# The number of the error that there is no value (#N/A).
NO_VALUE: Final = 0x2A
# In xls: a cell with yes or no, or with an error.
_BOOLERR = 0x0205
# In xls: the start of a sheet, where it is told, a row, and the widths of columns.
_BOF, _EOF, _BOUNDSHEET, _XLS_ROW, _COLINFO = 0x0809, 0x0A, 0x85, 0x208, 0x7D
_ROW_IS_HIDDEN, _COLUMN_IS_HIDDEN = 0x20, 0x01
# The version in the first record of a workbook of Excel 97 or later.
_BIFF8 = b"\x00\x06"
# The format of numbers, the style of cells, and the cells with numbers: one, a short one, and a row of those.
_FORMAT, _STYLE, _NUMBER, _RK, _RKS = 0x041E, 0xE0, 0x0203, 0x027E, 0xBD
# A font, in the workbooks of two ages, with the bit that strikes through; no font has the number 4.
_FONTS, _FONT_IS_STRUCK, _NO_FONT = frozenset({0x31, 0x231}), 0x08, 4
# A formula, the text that is its result, and what may stand between the two: the formula of a group of cells.
_FORMULA, _TEXT, _GROUPS = 0x06, 0x0207, frozenset({0x04BC, 0x0221, 0x0236})
# Cells with something in them: a text in three forms, a number, a formula, yes or no.
_FILLED = frozenset({0xFD, 0x0204, 0xD6, _NUMBER, _RK, _FORMULA, _BOOLERR})
# The bytes of a result that is no number: the first tells which kind it is, and the last two are these.
_IS_TEXT, _IS_ERROR, _IS_EMPTY, _NO_NUMBER = b"\0", b"\x02", b"\x03", b"\xff\xff"
# The last step of a formula that always gives a number: + - * / ^, a sign or a percentage; or one of these
# functions (COUNT, SUM, AVERAGE, MIN, MAX, ABS, INT, ROUND, LEN, VALUE, DATE, DAY, MONTH, YEAR, NOW, DATEVALUE,
# TODAY), called with a fixed or another number of values.
_SUMS: Final = frozenset({0x03, 0x04, 0x05, 0x06, 0x07, 0x13, 0x14})
_NUMERIC: Final = frozenset({0, 4, 5, 6, 7, 24, 25, 27, 32, 33, 65, 67, 68, 69, 74, 140, 221})
_CALL, _CALL_WITH_ANY = frozenset({0x21, 0x41, 0x61}), frozenset({0x22, 0x42, 0x62})


class Bladfeiten(NamedTuple):
    """The numbers (from 0) of the hidden rows and columns of a sheet.

    `zonder_uitkomst` has, by row, the columns of the formulas without a stored result. `getoond` has, by row
    and column, the text of a number that is shown in another way than as that number. `fouten` has, by row, the
    columns with an error in place of a value. `samengevoegd` has, of an ods, the first row, first column, last row and
    last column of cells that are merged over several rows. `doorgehaald` and `onzichtbaar` have, by row, the columns
    that are struck through, and those that show nothing of the number in them. `volledig` is False when a part of the
    sheet, or of what it needs, could not be looked at. `streep_bij_voorwaarde`, of an ods: a condition strikes cells
    through, of this sheet or another one.
    """

    rijen: set[int]
    kolommen: set[int]
    zonder_uitkomst: dict[int, list[int]]
    getoond: dict[int, dict[int, str]]
    fouten: dict[int, list[int]]
    samengevoegd: list[tuple[int, int, int, int]]
    doorgehaald: dict[int, list[int]]
    onzichtbaar: dict[int, list[int]]
    volledig: bool = True
    streep_bij_voorwaarde: bool = False

    def show(self, row: int, column: int, text: str, number: float) -> None:
        """Notes the text that is shown for this number; nothing at all for one that is not zero is told apart."""
        self.getoond.setdefault(row, {})[column] = text
        if not text and number:
            self.onzichtbaar.setdefault(row, []).append(column)


class Stijlen(NamedTuple):
    """The styles of the cells of a workbook, by their place.

    `weergaven` are their ways of showing numbers, and `doorgehaald` are the ones that strike through. `volledig` is
    False when not every one could be read.
    """

    weergaven: Mapping[int, Weergave]
    doorgehaald: Set[int]
    volledig: bool = True


# The faults that an odd record raises.
ODD: Final = (struct.error, ValueError, IndexError, KeyError)


def no_facts(*, volledig: bool = True) -> Bladfeiten:
    """Gives the description of a sheet in which nothing is hidden, or nothing that was found."""
    return Bladfeiten(set(), set(), {}, {}, {}, [], {}, {}, volledig)


def facts_in_ods(inhoud: bytes) -> Iterator[Bladfeiten]:
    """Yields what is hidden or shown otherwise in each sheet; nothing when that holds for none.

    Raises KeyError, zipfile.BadZipFile or etree.XMLSyntaxError from where the file is broken.
    """
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        names = {info.filename.replace("\\", "/").casefold(): info for info in archive.infolist()}
        data = archive.read(names["content.xml"])
        others = archive.read(names["styles.xml"]) if "styles.xml" in names else b""
    struck = _struck_styles(data, others)
    by_condition = bool(struck) and any(
        match[1].decode(errors="replace") in struck for match in _BY_CONDITION.finditer(data)
    )
    otherwise = _OTHERWISE.search(data) is not None
    otherwise = otherwise or b'calcext:value-type="error"' in data or _SPANNED.search(data) is not None
    otherwise = otherwise or bool(struck) or _NOTHING_SHOWN in data
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
                found = no_facts()._replace(streep_bij_voorwaarde=by_condition)
                row = column = place = 0
                columns: dict[int, str] = {}
            else:
                yield found
                element.clear()
        elif not found.volledig:
            # After a number of rows or columns that is none, it is not known any more which one this is.
            continue
        elif event == "end" and not _is_number(element.get(_ROWS if element.tag == _ROW else _COLUMNS)):
            found = found._replace(volledig=False)
        elif event == "end" and element.tag in _CELLS:
            number = int(element.get(_COLUMNS) or 1)
            down = element.get(_DOWN)
            if down and _is_number(down) and int(down) > 1:
                across = element.get(_ACROSS)
                last = place + (int(across) if across and _is_number(across) else 1) - 1
                found.samengevoegd.append((row, place, row + int(down) - 1, last))
            if element.get(_CALCULATED) == "error" and _text_in(element) not in GEEN_WAARDE:
                found.fouten.setdefault(row, []).extend(range(place, place + min(number, _MOST_REPEATED)))
            if number <= _MOST_REPEATED and (text := _shown_in(element)) is not None:
                for one in range(place, place + number):
                    found.show(row, one, text, 1)
            if struck and number <= _MOST_REPEATED and _is_struck(element, struck, columns, place):
                found.doorgehaald.setdefault(row, []).extend(range(place, place + number))
            place += number
        elif event == "end":
            hidden = element.get(_VISIBILITY) in {"collapse", "filter"}
            if element.tag == _ROW:
                number = int(element.get(_ROWS) or 1)
                if hidden:
                    found.rijen.update(range(row, min(row + number, _MOST_ROWS)))
                if number <= _MOST_REPEATED:
                    for told in (found.fouten, found.getoond, found.doorgehaald, found.onzichtbaar):
                        _repeat(told, row, number)
                row += number
                place = 0
            else:
                number = int(element.get(_COLUMNS) or 1)
                if (style := element.get(_DEFAULT_STYLE)) in struck:
                    columns.update(dict.fromkeys(range(column, min(column + number, MOST_COLUMNS)), style))
                if hidden:
                    found.kolommen.update(range(column, min(column + number, MOST_COLUMNS)))
                column += number
            element.clear()


def _repeat(told: dict[int, Any], row: int, number: int) -> None:
    """Tells of this number of rows what is told of the first of them."""
    if row in told:
        told.update(dict.fromkeys(range(row, row + number), told[row]))


def _struck_styles(*parts: bytes) -> frozenset[str]:
    """Gives the names of the styles with a line through the letters; a style can take that over from its parent."""
    if not any(_LINE_THROUGH.search(part) for part in parts):
        return frozenset()
    parents: dict[str, str] = {}
    struck: dict[str, bool] = {}
    for part in filter(None, parts):
        events = etree.iterparse(
            io.BytesIO(part), tag=_STYLE_NS + "style", resolve_entities=False, no_network=True, load_dtd=False
        )
        for _, style in events:
            name = style.get(_STYLE_NS + "name") or ""
            parents[name] = style.get(_STYLE_NS + "parent-style-name") or ""
            for properties in style.iterchildren(_STYLE_NS + "text-properties"):
                lines = [
                    line
                    for kind in ("style", "type")
                    if (line := properties.get(f"{_STYLE_NS}text-line-through-{kind}")) is not None
                ]
                if lines:
                    struck[name] = "none" not in lines
            style.clear()

    def is_struck(name: str) -> bool:
        seen: set[str] = set()
        while name and name not in struck and name not in seen:
            seen.add(name)
            name = parents.get(name, "")
        return struck.get(name, False)

    return frozenset(filter(is_struck, parents))


def _is_struck(cell: etree._Element, struck: Set[str], columns: Mapping[int, str], place: int) -> bool:
    """Tells whether the letters in this cell have a line through them, or a part of them."""
    if not _text_in(cell):
        return False
    row = cell.getparent()
    style = (
        cell.get(_STYLE_OF) or (row.get(_DEFAULT_STYLE) if row is not None else None) or columns.get(place)
    )
    return style in struck or any(
        span.get(_TEXT_NS + "style-name") in struck
        # A remark in the cell is a child too.
        for paragraph in cell.iterchildren(_PARAGRAPH)
        for span in paragraph.iter(_TEXT_NS + "span")
    )


def _is_number(times: str | None) -> bool:
    return not times or (times.isascii() and times.isdigit() and len(times) < 10)


def _shown_in(cell: etree._Element) -> str | None:
    """Gives the text that an ods shows for the number in this cell; None when that is the number itself."""
    text = _text_in(cell)
    if cell.get(_KIND) == "percentage":
        return text or None
    value = cell.get(_VALUE) or ""
    if cell.get(_KIND) == "float" and not text and cell.find(_PARAGRAPH) is not None and value.strip("-0."):
        return ""
    if cell.get(_KIND) != "float" or not value.isdigit() or not _DIGITS_AND_SIGNS.fullmatch(text):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    return text if digits != value and digits.endswith(value) else None


def _text_in(cell: etree._Element) -> str:
    # A remark in the cell is a child too.
    return "".join(str(text) for one in cell.iterchildren(_PARAGRAPH) for text in one.itertext()).strip()


def facts_in_xls(inhoud: bytes) -> Iterator[Bladfeiten]:
    """Yields what is hidden, shown otherwise or without a result in each sheet.

    Raises Leesprobleem when the container is broken.
    """
    ole = Ole(inhoud)
    data = ole.stream(next((one for one in ("workbook", "book") if one in ole.names), ""))
    whole = list(_records(data, 0))
    stijlen = _styles_in(whole)
    for kind, value in whole:
        if kind == _BOUNDSHEET:
            place = int.from_bytes(value[:4], "little") if len(value) >= 4 else len(data)
            yield _facts_of_sheet(data, place, stijlen)


def _styles_in(whole: Iterable[tuple[int, bytes]]) -> Stijlen:
    formats: dict[int, str] = {}
    kinds: list[int] = []
    styles: list[int] = []
    fonts = 0
    struck: set[int] = set()
    volledig = wide = True
    for kind, value in whole:
        try:
            if kind == _BOF:
                wide = value[:2] == _BIFF8
            elif kind == _FORMAT:
                number, code = _format(value) if wide else _narrow_format(value)
                formats[number] = code
            elif kind in _FONTS:
                if struct.unpack_from("<H", value, 2)[0] & _FONT_IS_STRUCK:
                    struck.add(fonts)
                fonts += 2 if fonts + 1 == _NO_FONT else 1
            elif kind == _STYLE:
                kinds.append(0)
                styles.append(0)
                styles[-1], kinds[-1] = struct.unpack_from("<2H", value)
        except ODD:
            volledig = False
    through = {place for place, font in enumerate(styles) if font in struck}
    return Stijlen(ways_of(formats, kinds), through, volledig)


def _facts_of_sheet(data: bytes, place: int, stijlen: Stijlen) -> Bladfeiten:
    """Gives the facts of the sheet that starts here. An odd record is passed over, and told."""
    found, volledig = no_facts(), stijlen.volledig
    waits: tuple[int, int] | None = None
    ended = False
    for kind, value in _records(data, place):
        ended = kind == _EOF
        if waits is not None and kind not in _GROUPS:
            if kind != _TEXT:
                found.zonder_uitkomst.setdefault(waits[0], []).append(waits[1])
            waits = None
        try:
            if stijlen.doorgehaald:
                _note_struck(kind, value, stijlen.doorgehaald, found)
            if kind == _FORMULA and value[6:7] == _IS_TEXT and value[12:14] == _NO_NUMBER:
                waits = struct.unpack_from("<2H", value)
            else:
                _note(kind, value, stijlen, found)
        except ODD:
            volledig = False
    if waits is not None:
        # The last record of the sheet.
        found.zonder_uitkomst.setdefault(waits[0], []).append(waits[1])
    return found._replace(volledig=volledig and ended)


def _note(kind: int, value: bytes, stijlen: Stijlen, found: Bladfeiten) -> None:
    """Notes what this record of a sheet tells. Raises struct.error or IndexError when it is cut off."""
    if kind == _XLS_ROW:
        (number,) = struct.unpack_from("<H", value)
        if value[12] & _ROW_IS_HIDDEN:
            found.rijen.add(number)
    elif kind == _COLINFO:
        first, last, width, _, options = struct.unpack_from("<5H", value)
        if options & _COLUMN_IS_HIDDEN or not width:
            found.kolommen.update(range(first, min(last + 1, MOST_COLUMNS)))
    elif kind == _FORMULA and value[6:7] == _IS_EMPTY and value[12:14] == _NO_NUMBER:
        if _gives_a_number(value):
            row, column = struct.unpack_from("<2H", value)
            found.zonder_uitkomst.setdefault(row, []).append(column)
    elif (kind == _BOOLERR and value[7]) or (
        kind == _FORMULA and value[6:7] == _IS_ERROR and value[12:14] == _NO_NUMBER
    ):
        if value[6 if kind == _BOOLERR else 8] != NO_VALUE:
            row, column = struct.unpack_from("<2H", value)
            found.fouten.setdefault(row, []).append(column)
    elif stijlen.weergaven:
        _show(kind, value, stijlen.weergaven, found)


def _note_struck(kind: int, value: bytes, struck: Set[int], found: Bladfeiten) -> None:
    """Notes the cells with something in them in this record that are struck through."""
    if kind in _FILLED:
        row, column, style = struct.unpack_from("<3H", value)
        if style in struck:
            found.doorgehaald.setdefault(row, []).append(column)
    elif kind == _RKS:
        for row, column, style, _ in _numbers(kind, value):
            if style in struck:
                found.doorgehaald.setdefault(row, []).append(column)


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
            found.show(row, column, text, number)


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


def _narrow_format(value: bytes) -> tuple[int, str]:
    """Gives the same of a workbook of before Excel 97."""
    kind, length = struct.unpack_from("<HB", value)
    return kind, value[3 : 3 + length].decode("latin-1")


def _records(data: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """Yields the records from here to the end of this part, and that end when it is there.

    A part inside it (a chart) is passed over.
    """
    depth = 0
    while position <= len(data) - 4:
        kind, size = struct.unpack_from("<HH", data, position)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
        if depth <= 1:
            yield kind, data[position + 4 : position + 4 + size]
        if depth <= 0:
            return
        position += 4 + size
