"""Reads the tables of a web page, which many systems save under the name .xls as a spreadsheet."""

import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from uploads.sandbox.kept import Bewaard
from uploads.sandbox.sheets import (
    DOORGEHAALD,
    MAX_SHEETS,
    VERBORGEN,
    Blad,
    Cells,
    Grenzen,
    Leesprobleem,
    Merk,
    gemerkt,
)

_CELLS = ("td", "th")
# A number of a footnote is no part of the number before it.
_BREAK = frozenset({"br", "p", "div", "li", "sup"})
_PARTS_OF_TABLE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "template"})
_LINE_THROUGH = re.compile(r"text-decoration[\w-]*\s*:[^;}]*line-through", re.IGNORECASE)
_STRIKES = frozenset({"s", "strike", "del"})
# The parts of a form in which a person sees something, and the kinds of fields with a tick or without any text.
_FIELDS = frozenset({"input", "select", "option", "img"})
_TICKS, _NO_TEXT = frozenset({"checkbox", "radio"}), frozenset({"hidden", "password", "image", "file"})
# A rule of a style sheet for a class, as a spreadsheet program writes it.
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
# A selector that is one class and nothing else. In any other it depends on more whether an element is shown.
_ONE_CLASS = re.compile(r"\s*(?:[A-Za-z]\w*)?\.([A-Za-z_][\w-]*)\s*")
# Rules that hold on paper or on another screen only.
_ELSEWHERE = re.compile(r"@[^@{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
# The elements that end without being told so.
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


class _Tabel:
    """A table that is being read."""

    def __init__(self, blad: Bewaard) -> None:
        self.blad = blad
        self.row: Cells | None = None
        # Per column: the number of rows in which a cell from above still takes its place.
        self.down: dict[int, int] = {}
        self.verborgen = False
        self.text: list[str] | None = None
        self.spans = (1, 1)
        # The columns of the row that are struck through, whether this cell and the row are, and the open elements of
        # the cell that strike through.
        self.doorgehaald: list[int] = []
        self.cel_doorgehaald = self.rij_doorgehaald = False
        self.strepen: list[str] = []
        # In this cell: ticks, the words for pictures, and the options of a list of choices that is being read.
        self.vinkjes: list[bool] = []
        self.alt: list[str] = []
        self.keuzes: list[tuple[bool, list[str]]] | None = None


class Webpagina:
    """The tables of a page, each as a sheet."""

    epoch_1904 = False

    def __init__(self, inhoud: bytes, grenzen: Grenzen, codering: str) -> None:
        self._grenzen = grenzen
        self._bladen: list[Bewaard] = []
        self._open: list[_Tabel] = []
        self._unseen = 0
        # The open elements from the one in a cell on that is not shown: often it is there to sort by.
        self._depth = 0
        # The classes of which a style sheet says that they strike through, or are not shown.
        self._struck: set[str] = set()
        self._hidden: set[str] = set()
        self._sheet: list[str] | None = None
        self._read(inhoud, codering)
        self._bladen = [blad for blad in self._bladen if blad.hoogte]
        if not self._bladen:
            raise Leesprobleem("geen_tabel")
        self.bladen: list[Blad] = [blad.blad(index) for index, blad in enumerate(self._bladen)]

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows of one table."""
        return self._bladen[index].rijen(start)

    def _read(self, inhoud: bytes, codering: str) -> None:
        page = inhoud.replace(b"\0", b"").lower()
        if page.rfind(b"</table") < page.rfind(b"<tr"):
            # A browser would show the part that is there, but here the missing rows would be
            # taken for withdrawn.
            raise Leesprobleem("beschadigd")
        del page
        target: Any = self
        parser: Any = etree.HTMLParser(target=target, no_network=True, huge_tree=False, remove_comments=True)
        # Parsed as text, so that the encoding that the page itself states does not count.
        stream = io.TextIOWrapper(io.BytesIO(inhoud), codering, errors="replace")
        try:
            while piece := stream.read(1 << 16):
                parser.feed(piece)
            parser.close()
        except etree.XMLSyntaxError:
            raise Leesprobleem("beschadigd") from None

    # The methods that the parser calls.

    def start(self, tag: str, attrib: Any) -> None:
        """Starts an element."""
        if self._depth or self._is_unseen_in_cell(tag, attrib):
            self._depth += 1
        elif tag in _UNSEEN:
            self._unseen += 1
            if tag == "style":
                self._sheet = []
        elif tag == "table":
            self._begin_table()
        elif not self._open:
            return
        elif tag == "tr":
            self._end_row()
            self._begin_row()
            self._open[-1].verborgen = _is_hidden(attrib) or self._has_class(attrib, self._hidden)
            self._open[-1].rij_doorgehaald = self._strikes(tag, attrib)
        elif tag in _CELLS:
            self._end_cell()
            self._begin_row()
            self._open[-1].text = []
            self._open[-1].spans = (_span(attrib, "colspan"), _span(attrib, "rowspan"))
            self._open[-1].strepen = []
            self._open[-1].vinkjes, self._open[-1].alt, self._open[-1].keuzes = [], [], None
            self._open[-1].cel_doorgehaald = self._open[-1].rij_doorgehaald or self._strikes(tag, attrib)
        else:
            if tag in _BREAK:
                self.data("\n" if tag == "br" else " ")
            if tag in _FIELDS:
                self._fill_in(tag, attrib)
            if tag not in _VOID and self._strikes(tag, attrib):
                self._open[-1].strepen.append(tag)

    def end(self, tag: str) -> None:
        """Ends an element."""
        if self._depth:
            self._depth -= 1
        elif tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
            if tag == "style" and self._sheet is not None:
                self._struck |= _classes_with(_LINE_THROUGH, "".join(self._sheet))
                self._hidden |= _classes_hidden(_ELSEWHERE.sub("", "".join(self._sheet)))
                self._sheet = None
        elif not self._open:
            return
        elif tag == "table":
            self._end_row()
            self._open.pop()
        elif tag == "tr":
            self._end_row()
        elif tag in _CELLS:
            self._end_cell()
        elif tag == "select":
            self._end_select()
        elif tag in (open_lines := self._open[-1].strepen):
            open_lines.remove(tag)

    def data(self, text: str) -> None:
        """Takes the text between elements."""
        if self._sheet is not None:
            self._sheet.append(text)
        if (
            self._open
            and not self._unseen
            and not self._depth
            and (gathered := self._open[-1].text) is not None
        ):
            if (options := self._open[-1].keuzes) is not None:
                # Of a list of choices only the chosen one is seen.
                if options:
                    options[-1][1].append(text)
                return
            gathered.append(text)
            if self._open[-1].strepen and text.strip():
                self._open[-1].cel_doorgehaald = True

    def _is_unseen_in_cell(self, tag: str, attrib: Any) -> bool:
        """Tells whether this element, a part of the text of a cell, is not shown."""
        if not self._open or self._open[-1].text is None or tag in _PARTS_OF_TABLE:
            return False
        return _is_hidden(attrib) or self._has_class(attrib, self._hidden)

    def _has_class(self, attrib: Any, classes: set[str]) -> bool:
        return bool(classes) and not classes.isdisjoint((attrib.get("class") or "").split())

    def _fill_in(self, tag: str, attrib: Any) -> None:
        """Takes what a person sees in a field of a form, or in a picture with a word for it."""
        table = self._open[-1]
        if tag == "input":
            kind = (attrib.get("type") or "text").casefold()
            if kind in _TICKS:
                table.vinkjes.append("checked" in attrib)
            elif kind not in _NO_TEXT:
                self.data(attrib.get("value") or "")
        elif tag == "img":
            table.alt.append(attrib.get("alt") or "")
        elif tag == "select":
            table.keuzes = []
        elif tag == "option" and table.keuzes is not None:
            table.keuzes.append(("selected" in attrib, []))

    def _end_select(self) -> None:
        """Takes the option that is chosen; where none is, a page shows the first."""
        table = self._open[-1]
        options, table.keuzes = table.keuzes or [], None
        chosen = [text for is_chosen, text in options if is_chosen] or [text for _, text in options[:1]]
        for text in chosen:
            self.data(" ".join(text))

    def _strikes(self, tag: str, attrib: Any) -> bool:
        """Tells whether this element has a line through its text."""
        if tag in _STRIKES:
            return True
        if self._has_class(attrib, self._struck):
            return True
        return "style" in attrib and _LINE_THROUGH.search(attrib["style"]) is not None

    def close(self) -> None:
        """Ends the page."""
        while self._open:
            self._end_row()
            self._open.pop()

    def _begin_table(self) -> None:
        blad = Bewaard(f"Tabel {len(self._bladen) + 1}", self._grenzen)
        if len(self._bladen) < MAX_SHEETS:
            self._bladen.append(blad)
        self._open.append(_Tabel(blad))

    def _begin_row(self) -> None:
        table = self._open[-1]
        if table.row is None:
            table.row = []
            self._skip_from_above(table, table.row)

    def _end_row(self) -> None:
        table = self._open[-1]
        self._end_cell()
        if table.row is not None:
            row = table.row
            if table.verborgen and any(row):
                table.blad.verborgen_rijen += 1
                row = gemerkt(row, Merk(VERBORGEN))
            if table.doorgehaald:
                table.blad.doorgehaald = True
                row = gemerkt(row, Merk(DOORGEHAALD, tuple(table.doorgehaald)))
                table.doorgehaald = []
            table.blad.voeg_toe(row)
            table.row, table.verborgen, table.rij_doorgehaald = None, False, False

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.text is None or table.row is None:
            table.text = None
            return
        row, (across, down) = table.row, table.spans
        number, column = table.blad.hoogte, len(row)
        # One too many is enough to know that there are too many.
        across = min(across, max(self._grenzen.kolommen + 1 - column, 1))
        if across > 1 or down > 1:
            table.blad.voeg_samen(number, column, number + down - 1, column + across - 1)
        if table.keuzes is not None:
            self._end_select()
        text: Any = "".join(table.text).strip() or " ".join(table.alt).strip()
        if not text and len(table.vinkjes) == 1:
            # As in a workbook: a tick is yes, and a box without one is no.
            text = table.vinkjes[0]
        if table.cel_doorgehaald and text:
            table.doorgehaald.append(column)
        row.append(text)
        row.extend([""] * (across - 1))
        if down > 1:
            table.down.update(dict.fromkeys(range(column, column + across), down - 1))
        table.text = None
        self._skip_from_above(table, row)

    def _skip_from_above(self, table: _Tabel, row: Cells) -> None:
        while (left := table.down.get(len(row), 0)) and len(row) <= self._grenzen.kolommen:
            if left == 1:
                del table.down[len(row)]
            else:
                table.down[len(row)] = left - 1
            row.append("")


def _classes_with(looks: "re.Pattern[str]", sheet: str) -> set[str]:
    """Gives the classes to which this style sheet gives these looks."""
    return {
        name
        for selectors, properties in _RULE.findall(sheet)
        if looks.search(properties)
        for name in _CLASS.findall(selectors)
    }


def _classes_hidden(sheet: str) -> set[str]:
    """Gives the classes of which this style sheet shows no element, wherever it stands."""
    return {
        match[1]
        for selectors, properties in _RULE.findall(sheet)
        if _NOT_SHOWN.search(properties)
        for one in selectors.split(",")
        if (match := _ONE_CLASS.fullmatch(one))
    }


def _is_hidden(attrib: Any) -> bool:
    """Tells whether a row of a page is not shown."""
    return "hidden" in attrib or _NOT_SHOWN.search(attrib.get("style") or "") is not None


def _span(attrib: Any, name: str) -> int:
    text = (attrib.get(name) or "").strip()
    return max(min(int(text), 100_000), 1) if text.isascii() and text.isdigit() and len(text) < 10 else 1
