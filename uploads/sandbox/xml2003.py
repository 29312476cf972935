"""Reads XML Spreadsheet 2003 ("XML-werkblad 2003"), which many systems save under the name .xls.

The file is read from front to back, and each part is freed after it is read. Entities are not looked up, the
network is not used, and a document type (in which bombs are declared) is refused: no spreadsheet program
writes one.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from lxml import etree

from uploads.sandbox.kept import Bewaard
from uploads.sandbox.sheets import (
    DOORGEHAALD,
    FOUT,
    GEEN_WAARDE,
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
)
from uploads.sandbox.weergave import Weergave, weergave

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_WORKSHEET, _ROW, _CELL, _DATA = _SS + "Worksheet", _SS + "Row", _SS + "Cell", _SS + "Data"
_VISIBLE, _DATE1904 = _X + "Visible", _X + "Date1904"
_INDEX, _SPAN, _TYPE, _NAME = _SS + "Index", _SS + "Span", _SS + "Type", _SS + "Name"
_FORMULA = _SS + "Formula"
_HIDDEN, _COLUMN, _HEIGHT = _SS + "Hidden", _SS + "Column", _SS + "Height"
_STYLE, _STYLE_ID, _ID = _SS + "Style", _SS + "StyleID", _SS + "ID"
_FONT, _STRIKE, _PARENT = _SS + "Font", _SS + "StrikeThrough", _SS + "Parent"
_NUMBER_FORMAT, _FORMAT = _SS + "NumberFormat", _SS + "Format"
# The formats with a name that show a number in another way.
_NAMED_FORMATS = {"Percent": "0.00%"}
# The looks of cells that meet a condition, as a style of a web page.
_LOOKS, _LOOKS_STYLE = _X + "Format", ("Style", _X + "Style")
_LINE_THROUGH = re.compile(r"text-line-through\s*:\s*(?!none)[a-z]", re.IGNORECASE)
_ACROSS, _DOWN = _SS + "MergeAcross", _SS + "MergeDown"
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
# A larger place or span is past every limit too.
_MOST = 1_000_000_000


class Xml2003:
    """An opened file."""

    def __init__(self, inhoud: bytes, grenzen: Grenzen) -> None:
        self.epoch_1904 = False
        self._bladen: list[Bewaard] = []
        self._grenzen = grenzen
        self._read(inhoud)
        self.bladen: list[Blad] = [blad.blad(index) for index, blad in enumerate(self._bladen)]

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows of one sheet."""
        return self._bladen[index].rijen(start)

    def _read(self, inhoud: bytes) -> None:
        events = etree.iterparse(
            # Nothing may stand before the declaration, but old systems put empty lines there.
            io.BytesIO(inhoud.lstrip(b" \t\r\n")),
            events=("start", "end"),
            tag=(_WORKSHEET, _ROW, _COLUMN, _VISIBLE, _DATE1904, _STYLE, _LOOKS),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        sheet: Bewaard | None = None
        ways: dict[str, Weergave] = {}
        struck: set[str] = set()
        checked = False
        try:
            for event, element in events:
                if not checked:
                    # It is declared before the first element, so it is known by now.
                    checked = True
                    if element.getroottree().docinfo.internalDTD is not None:
                        raise Leesprobleem("dtd")
                if event == "start":
                    if element.tag == _WORKSHEET:
                        sheet = Bewaard(element.get(_NAME) or "", self._grenzen)
                        if len(self._bladen) < MAX_SHEETS:
                            self._bladen.append(sheet)
                    continue
                if element.tag == _ROW:
                    if sheet is not None:
                        _take_row(sheet, element, self._grenzen, ways, struck)
                    _forget(element)
                elif element.tag == _COLUMN:
                    if sheet is not None:
                        _take_column(sheet, element, self._grenzen)
                elif element.tag == _VISIBLE:
                    if sheet is not None:
                        sheet.verborgen = "hidden" in (element.text or "").casefold()
                elif element.tag == _LOOKS:
                    if sheet is not None and any(
                        _LINE_THROUGH.search(element.get(name, "")) for name in _LOOKS_STYLE
                    ):
                        sheet.streep_bij_voorwaarde = True
                elif element.tag == _STYLE:
                    ways |= _ways_of(element)
                    if _strikes(element, struck):
                        struck.add(element.get(_ID) or "")
                elif element.tag == _DATE1904:
                    self.epoch_1904 = True
                else:
                    sheet = None
                    _forget(element)
        except etree.XMLSyntaxError:
            raise Leesprobleem("beschadigd") from None


def _forget(element: Any) -> None:
    """Frees an element and everything before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _take_column(sheet: Bewaard, element: Any, grenzen: Grenzen) -> None:
    """Notes the place of a hidden column; a column without a place follows the one before it."""
    first = (_number(element, _INDEX) or sheet.kolom + 1) - 1
    sheet.kolom = min(first + 1 + _number(element, _SPAN), grenzen.kolommen)
    if style := element.get(_STYLE_ID):
        sheet.stijlen.update(dict.fromkeys(range(first, sheet.kolom), style))
    if element.get(_HIDDEN) == "1":
        sheet.verborgen_kolommen.extend(range(first, sheet.kolom))


def _ways_of(style: Any) -> dict[str, Weergave]:
    """Gives the way in which this style shows numbers, by its name; nothing when it shows them as they are."""
    for one in style:
        if one.tag == _NUMBER_FORMAT and (code := one.get(_FORMAT)):
            way = weergave(_NAMED_FORMATS.get(code, code))
            if way is not None:
                return {style.get(_ID) or "": way}
    return {}


def _strikes(style: Any, struck: Set[str]) -> bool:
    """Tells whether this style strikes through; one that does not say so does as its parent."""
    fonts = [one.get(_STRIKE) for one in style if one.tag == _FONT and one.get(_STRIKE) is not None]
    return fonts[-1] == "1" if fonts else style.get(_PARENT) in struck


def _take_row(
    sheet: Bewaard, element: Any, grenzen: Grenzen, ways: Mapping[str, Weergave], struck: Set[str]
) -> None:
    place = _number(element, _INDEX)
    if place:
        if place <= sheet.hoogte:
            raise Leesprobleem("beschadigd")
        sheet.sla_over(place - 1 - sheet.hoogte)
    row: Cells = []
    unknown: list[int] = []
    wrong: list[int] = []
    through: list[int] = []
    unseen: list[int] = []
    number = sheet.hoogte
    for cell in element:
        if cell.tag != _CELL:
            continue
        across = down = 0
        if cell.attrib:
            column = _number(cell, _INDEX)
            across, down = _number(cell, _ACROSS), _number(cell, _DOWN)
            if column:
                if column <= len(row):
                    raise Leesprobleem("beschadigd")
                _pad(row, column - 1, grenzen)
        if across or down:
            sheet.voeg_samen(number, len(row), number + down, len(row) + across)
        value = _value_of(cell)
        if ways and isinstance(value, int | float) and not isinstance(value, bool):
            style = cell.get(_STYLE_ID) or element.get(_STYLE_ID) or sheet.stijlen.get(len(row), "")
            shown = ways[style](repr(value)) if style in ways else None
            if shown == "" and value:
                unseen.append(len(row))
            value = value if shown is None else shown
        if struck and value != "":
            style = cell.get(_STYLE_ID) or element.get(_STYLE_ID) or sheet.stijlen.get(len(row), "")
            if style in struck:
                through.append(len(row))
        if value == "" and any(data.tag == _DATA and data.get(_TYPE) == "Error" for data in cell):
            if _text_of(cell) not in GEEN_WAARDE:
                wrong.append(len(row))
        elif value == "" and cell.get(_FORMULA) and not any(data.tag == _DATA for data in cell):
            unknown.append(len(row))
        row.append(value)
        if across:
            _pad(row, len(row) + across, grenzen)
    for code, places in (
        (ZONDER_UITKOMST, unknown),
        (FOUT, wrong),
        (DOORGEHAALD, through),
        (ONZICHTBAAR, unseen),
    ):
        if places:
            row = gemerkt(row, Merk(code, tuple(places)))
    sheet.doorgehaald = sheet.doorgehaald or bool(through)
    if (element.get(_HIDDEN) == "1" or element.get(_HEIGHT) == "0") and any(value != "" for value in row):
        sheet.verborgen_rijen += 1
        row = gemerkt(row, Merk(VERBORGEN))
    sheet.voeg_toe(row)
    if span := _number(element, _SPAN):
        sheet.sla_over(span)


def _pad(row: Cells, length: int, grenzen: Grenzen) -> None:
    # One too many is enough to know that there are too many.
    row.extend([""] * (min(length, grenzen.kolommen + 1) - len(row)))


def _number(element: Any, name: str) -> int:
    text = element.get(name)
    if text is None:
        return 0
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _value_of(cell: Any) -> Any:
    for data in cell:
        if data.tag == _DATA:
            text = data.text or ""
            if len(data):
                text = "".join(data.itertext())
            return _typed(text, data.get(_TYPE))
    return ""


def _text_of(cell: Any) -> str:
    return "".join(text for data in cell if data.tag == _DATA for text in data.itertext()).strip()


def _typed(text: str, kind: str | None) -> Any:
    if kind == "String":
        return text
    if kind == "Number":
        if _WHOLE.fullmatch(text):
            return int(text)
        try:
            number = float(text)
        except ValueError:
            return text
        return number if abs(number) < float("inf") else text
    if kind == "DateTime":
        return _moment(text)
    if kind == "Boolean":
        return text.strip() in {"1", "true", "True"} if text.strip() else ""
    # The same as in other workbooks: a cell with an error is empty.
    return "" if kind == "Error" else text


def _moment(text: str) -> Any:
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return moment.date() if moment.time() == dt.time() else moment.replace(tzinfo=None)
