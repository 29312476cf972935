"""Finds what calamine does not tell of the sheets of an xlsb: hidden rows and columns, and numbers that are shown
in another way.

An xlsb is a zip of parts that consist of records: a kind and a length of seven bits a byte, and then the data.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from lxml import etree

from uploads.sandbox.bladfeiten import (
    MOST_COLUMNS,
    NO_VALUE,
    ODD,
    Bladfeiten,
    Stijlen,
    no_facts,
    short_number,
)
from uploads.sandbox.weergave import ways_of

_WORKBOOK, _RELATIONS, _STYLES = "xl/workbook.bin", "xl/_rels/workbook.bin.rels", "xl/styles.bin"
# A row, its numbers (short, long, and the result of a formula), the widths of columns, and a sheet of the workbook.
_ROW, _SHORT, _LONG, _RESULT, _COLUMNS, _SHEET = 0, 2, 5, 9, 60, 156
# A cell with an error, also as the result of a formula.
_ERROR, _RESULT_IS_ERROR = 3, 11
# In the styles: a format of numbers, a style, and the part that has the styles of cells.
_FORMAT, _STYLE, _BEGIN_STYLES, _END_STYLES = 44, 47, 617, 618
# A font, with the bit that strikes through; and the cells with something in them.
_FONT, _FONT_IS_STRUCK = 43, 0x08
_FILLED: Final = frozenset(range(2, 12))
_ROW_IS_HIDDEN: Final = 0x10
_COLUMN_IS_HIDDEN: Final = 0x01


def facts_in_xlsb(inhoud: bytes) -> Iterator[Bladfeiten]:
    """Yields what is hidden or shown otherwise in each sheet, in the order of the workbook.

    Raises KeyError, ValueError, zipfile.BadZipFile or etree.XMLSyntaxError when the workbook as a whole is broken.
    """
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        names = {info.filename.replace("\\", "/").casefold(): info for info in archive.infolist()}
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        relations = etree.fromstring(archive.read(names[_RELATIONS]), parser)
        targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
        stijlen = _styles(archive.read(names[_STYLES])) if _STYLES in names else Stijlen({}, frozenset())
        for kind, data in _records(archive.read(names[_WORKBOOK])):
            if kind != _SHEET:
                continue
            try:
                part = posixpath.normpath(posixpath.join("/xl", targets[_text(data, 8)]))[1:]
                sheet = archive.read(names[part.casefold()])
            except (*ODD, zipfile.BadZipFile, zlib.error):
                yield no_facts(volledig=False)
            else:
                yield _facts(sheet, stijlen)


def _styles(styles: bytes) -> Stijlen:
    formats: dict[int, str] = {}
    kinds: list[int] = []
    fonts: list[int] = []
    struck: list[bool] = []
    volledig, of_cells = True, False
    try:
        for kind, data in _records(styles):
            if kind == _FORMAT:
                formats[struct.unpack_from("<H", data)[0]] = _text(data, 2)
            elif kind in {_BEGIN_STYLES, _END_STYLES}:
                of_cells = kind == _BEGIN_STYLES
            elif kind == _FONT:
                struck.append(bool(struct.unpack_from("<H", data, 2)[0] & _FONT_IS_STRUCK))
            elif kind == _STYLE and of_cells:
                number, font = struct.unpack_from("<2H", data, 2)
                kinds.append(number)
                fonts.append(font)
    except ODD:
        volledig = False
    through = {place for place, font in enumerate(fonts) if font < len(struck) and struck[font]}
    return Stijlen(ways_of(formats, kinds), through, volledig)


def _facts(data: bytes, stijlen: Stijlen) -> Bladfeiten:
    """Gives the facts of a sheet. An odd record is passed over, and told."""
    found, volledig = no_facts(), stijlen.volledig
    row = 0
    try:
        for kind, value in _records(data):
            try:
                if kind == _ROW:
                    (row,) = struct.unpack_from("<I", value)
                _note(kind, value, row, stijlen, found)
            except ODD:
                volledig = False
    except ValueError:
        volledig = False
    return found._replace(volledig=volledig)


def _note(kind: int, value: bytes, row: int, stijlen: Stijlen, found: Bladfeiten) -> None:
    """Notes what this record of a sheet tells. Raises struct.error or IndexError when it is cut off."""
    if stijlen.doorgehaald and kind in _FILLED:
        column, style = struct.unpack_from("<2I", value)
        if style & 0xFFFFFF in stijlen.doorgehaald:
            found.doorgehaald.setdefault(row, []).append(column)
    if kind == _ROW:
        if value[11] & _ROW_IS_HIDDEN:
            found.rijen.add(row)
    elif kind == _COLUMNS:
        first, last, width, _, options = struct.unpack_from("<4IH", value)
        if options & _COLUMN_IS_HIDDEN or not width:
            found.kolommen.update(range(first, min(last + 1, MOST_COLUMNS)))
    elif kind in {_ERROR, _RESULT_IS_ERROR}:
        if value[8] != NO_VALUE:
            found.fouten.setdefault(row, []).append(struct.unpack_from("<I", value)[0])
    elif stijlen.weergaven and kind in {_SHORT, _LONG, _RESULT}:
        column, style = struct.unpack_from("<2I", value)
        way = stijlen.weergaven.get(style & 0xFFFFFF)
        if way is None:
            return
        number = (
            short_number(struct.unpack_from("<I", value, 8)[0])
            if kind == _SHORT
            else struct.unpack_from("<d", value, 8)[0]
        )
        if (text := way(repr(number))) is not None:
            found.show(row, column, text, number)


def _text(data: bytes, place: int) -> str:
    (length,) = struct.unpack_from("<I", data, place)
    return data[place + 4 : place + 4 + 2 * length].decode("utf-16-le")


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields the kind and the content of each record. Raises ValueError where the data is cut off."""
    place = 0
    while place < len(data):
        kind, place = _number(data, place, 2)
        size, place = _number(data, place, 4)
        if place + size > len(data):
            raise ValueError
        yield kind, data[place : place + size]
        place += size


def _number(data: bytes, place: int, most: int) -> tuple[int, int]:
    """Gives a number of at most this many bytes, and the place after it. Raises ValueError where the data ends."""
    number = 0
    for count in range(most):
        if place + count >= len(data):
            raise ValueError
        byte = data[place + count]
        number |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return number, place + count + 1
    return number, place + most
