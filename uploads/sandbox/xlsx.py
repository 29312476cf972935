"""Reads a workbook in xlsx with calamine, a slice of rows at a time.

calamine builds a whole sheet before it gives the first row. That takes ten times the memory of the file, and
some seconds in which no row comes. Here the sheet is cut between its rows, and each slice is read as a small
workbook with the styles and texts it needs. Only calamine decides the meaning of a cell. A sheet that cannot
be cut with certainty is read as a whole, from the row where that shows.
"""

import io
import posixpath
import re
import zipfile
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from uploads.sandbox.bijzonderheden import counts_from_1904
from uploads.sandbox.opmaak import Opmaak, has_own_background, opmaak_in, struck_texts, texts_with_own_letters
from uploads.sandbox.sheets import (
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
from uploads.sandbox.weergave import Weergave, weergaven
from uploads.sandbox.werkmap import Werkmap
from uploads.sandbox.werkmapdelen import known_errors, usable, without_strange_errors

_ROOT, _WORKBOOK, _RELATIONS = "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STYLES, _TEXTS = "xl/styles.xml", "xl/sharedStrings.xml"
_THEME = "xl/theme/theme1.xml"
_USUAL = {"styles": _STYLES, "sharedStrings": _TEXTS}
_PIECE, _SLICE = 1 << 18, 1 << 20
# Before the rows come the widths of columns, after them the other parts of a sheet.
_MOST_AROUND = 16 << 20
# The element of the sheet itself comes within so many bytes.
_MOST_BEFORE = 1 << 16

_SHEET_DATA = re.compile(rb"<sheetData(?:\s[^>]*)?/?>")
_ROW = re.compile(rb"<row\s(?:[^>]*\s)?r=\"([0-9]{1,7})\"")
_CELL = re.compile(rb"<c\s(?:[^>]*\s)?r=\"([A-Z]{1,3})([0-9]+)\"")
# No text holds this: in a text the < of an element is written otherwise. Every other reference to a text
# has at least one of the marks.
_TEXT_CELL = re.compile(rb"( t=\"s\"[^<>]*><v>)([0-9]+)(?=</v>)")
_MARKS = (b'"s"', b"'s'")
_TEXT_END = re.compile(rb"</si>|<si\s*/>")
# A row that somebody or a filter hid, or that has no height; a column likewise.
_HIDDEN_ROW = re.compile(
    rb"<row\s(?=[^>]*\b(?:hidden=[\"'](?:1|true)[\"']|ht=[\"']0(?:\.0+)?[\"']))"
    rb"(?:[^>]*\s)?r=\"([0-9]{1,7})\"[^>]*[^/]>"
)
_HIDDEN_COLUMNS = re.compile(
    rb"<col\s(?=[^>]*\b(?:hidden=[\"'](?:1|true)[\"']|width=[\"']0(?:\.0+)?[\"']))[^>]*>"
)
_FIRST, _LAST = re.compile(rb"\bmin=\"([0-9]{1,5})\""), re.compile(rb"\bmax=\"([0-9]{1,5})\"")
_FORMULA = rb"<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)"
_PLACE = rb"<c\s(?:[^>]*\s)?r=\"([A-Z]{1,3})([0-9]{1,7})\""
# A formula without the result that belongs to it. Of a text the result may be empty.
_NO_RESULT = re.compile(_PLACE + rb"([^>]*)>\s*" + _FORMULA + rb"\s*(<v\s*/>|<v></v>)?\s*</c>")
# An error that stands where a value should be; that there is no value (#N/A) is no error.
_ERROR_IN_CELL = re.compile(
    rb"(?=<c\s[^>]*\bt=[\"']e[\"'])" + _PLACE + rb"[^>]*>\s*(?:" + _FORMULA + rb")?\s*<v>(?!#N/A<)[^<]"
)
_IS_TEXT = (b't="str"', b"t='str'")
# What a part of a workbook raises that is written in another form.
_UNKNOWN = (
    KeyError, ValueError, IndexError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, etree.XMLSyntaxError,
)  # fmt: skip
# What may stand before the names of all elements of a sheet, as the library of Microsoft for .NET writes it.
_PREFIX = re.compile(rb"<([A-Za-z_][\w.\-]*:)worksheet[\s>]")
_REFERENCE = re.compile(_PLACE)
_FILLED_CELL = re.compile(_PLACE + rb"[^>]*(?<!/)>(.*?)</c\s*>", re.DOTALL)
# A hidden row that does not say which one it is.
_HIDDEN_SOMEWHERE = re.compile(
    rb"<row\b(?![^>]*\sr=\"[0-9])(?=[^>]*\b(?:hidden=[\"'](?:1|true)[\"']|ht=[\"']0(?:\.0+)?[\"']))"
)
_END_ROW, _END_DATA = b"</row>", b"</sheetData></worksheet>"


class _NotSliceable(Exception):
    """The file is written in a form that this module does not cut; calamine reads it as a whole."""


class _Omtrek(NamedTuple):
    """The parts of a sheet around its rows, and its number of rows and columns."""

    head: bytes
    tail: bytes
    hoogte: int
    breedte: int
    verborgen_rijen: int = 0
    doorgehaald: bool = False


class _Bijzonder(NamedTuple):
    """The extras of a row that calamine does not tell: other cells, by their place, and marks."""

    cellen: dict[int, Any]
    merken: list[Merk]


class Xlsx:
    """An opened workbook."""

    bladen: list[Blad]
    epoch_1904: bool

    def __init__(self, inhoud: bytes, grenzen: Grenzen) -> None:
        self._inhoud, self._grenzen = inhoud, grenzen
        self._whole: Werkmap | None = None
        self._weergaven: dict[int, Weergave] = {}
        self._opmaak = Opmaak()
        try:
            self._inhoud = usable(inhoud)
            self._open()
        except (Leesprobleem, MemoryError):
            raise
        except Exception:
            # Anything unusual or wrong about the file is left to calamine.
            self._read_whole()

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows of one sheet."""
        number = start
        if self._whole is None:
            try:
                for row in self._rows(index, start):
                    yield row
                    number += 1
            except _NotSliceable:
                pass
            else:
                return
        rows = self._read_whole().rijen(index, number)
        yield from self._with_more(rows, number, self._whole_more.get(index, {}))

    def _read_whole(self) -> Werkmap:
        if self._whole is None:
            try:
                self._whole = Werkmap(self._inhoud, "xlsx", self._grenzen)
            except CalamineError:
                self._whole = Werkmap(without_strange_errors(self._inhoud), "xlsx", self._grenzen)
            self.bladen, self.epoch_1904 = self._whole.bladen, self._whole.epoch_1904
            self._whole_more: dict[int, dict[int, _Bijzonder]] = {}
            self._look_at_whole()
        return self._whole

    def _look_at_whole(self) -> None:
        """Finds what the sheets have beside their cells, where calamine reads them as a whole.

        Of a sheet where that is not told in a form that is known here, it is told that it was not found.
        """
        try:
            archive = zipfile.ZipFile(io.BytesIO(self._inhoud))
            places, shared = _places({name: archive.read(name) for name in (_WORKBOOK, _RELATIONS)})
        except _UNKNOWN:
            self.bladen[:] = [blad._replace(niet_nagegaan=True) for blad in self.bladen]
            return
        styles_known = True
        try:
            if (styles := shared.get("styles", _STYLES)) in archive.NameToInfo:
                self._weergaven = weergaven(archive.read(styles))
                self._opmaak = opmaak_in(archive.read(styles), _theme(archive))
            if (texts := shared.get("sharedStrings", _TEXTS)) in archive.NameToInfo:
                self._know_texts(archive.read(texts))
        except _UNKNOWN:
            styles_known = False
        for number, blad in enumerate(self.bladen):
            try:
                self.bladen[number] = self._looked_at(blad, archive.read(places[blad.volgnummer]))
            except _UNKNOWN:
                self.bladen[number] = blad._replace(niet_nagegaan=True)
            if not styles_known:
                self.bladen[number] = self.bladen[number]._replace(niet_nagegaan=True)

    def _looked_at(self, blad: Blad, data: bytes) -> Blad:
        """Gives a sheet with what stands beside its cells; `data` is how it is written.

        Raises Leesprobleem when a row is there twice with other values in a cell: calamine gives the last one.
        """
        if prefix := _PREFIX.search(data[:_MOST_BEFORE]):
            data = data.replace(b"<" + prefix[1], b"<").replace(b"</" + prefix[1], b"</")
        _check_rows(data)
        _check_places(data)
        begin = _SHEET_DATA.search(data)
        before, after = data[: begin.start()] if begin else data, data[data.rfind(b"</sheetData>") :]
        more = self._more(data, own_background=has_own_background(before + after))
        hidden = sum(
            place < blad.hoogte and any(merk.code == VERBORGEN for merk in one.merken)
            for place, one in more.items()
        )
        self._whole_more[blad.volgnummer] = more
        return blad._replace(
            kop=list(self._with_more(iter(blad.kop), 0, more)),
            verborgen_rijen=hidden,
            verborgen_kolommen=_hidden_columns(data[: begin.start()] if begin else b"", blad.breedte),
            niet_nagegaan=begin is None or _HIDDEN_SOMEWHERE.search(data) is not None,
            doorgehaald=self._opmaak.may_be_struck or b"<strike" in data,
            streep_bij_voorwaarde=self._opmaak.may_strike_by_condition(data),
        )

    def _with_more(self, rows: Iterator[Cells], start: int, more: dict[int, _Bijzonder]) -> Iterator[Cells]:
        """Yields these rows, the first of which has this number (from 0), with what they have beside them."""
        for number, row in enumerate(rows, start=start):
            if more and (own := more.get(number)) is not None:
                for place, value in own.cellen.items():
                    if place < len(row):
                        row[place] = value
                yield gemerkt(row, *own.merken) if own.merken else row
            else:
                yield row

    def _know_texts(self, data: bytes) -> None:
        """Keeps what the part with the texts that cells share tells of their looks."""
        own = texts_with_own_letters(data) if self._opmaak.als_achtergrond else frozenset[int]()
        self._opmaak = self._opmaak._replace(teksten=struck_texts(data), eigen_letters=own)

    def _more(self, rows: bytes, *, own_background: bool) -> dict[int, _Bijzonder]:
        """Finds what rows have beside their cells, as they are written; by the number of the row (from 0).

        `own_background`: see `has_own_background`.
        """
        found: dict[int, _Bijzonder] = {}

        def of(number: bytes) -> _Bijzonder:
            return found.setdefault(int(number) - 1, _Bijzonder({}, []))

        if b"hidden=" in rows or b'ht="0' in rows:
            for row in _HIDDEN_ROW.finditer(rows):
                of(row[1]).merken.append(Merk(VERBORGEN))
        if b"<f" in rows:
            for cell in _NO_RESULT.finditer(rows):
                if not (cell[4] and any(mark in cell[0] for mark in _IS_TEXT)):
                    of(cell[2]).merken.append(Merk(ZONDER_UITKOMST, (_column(cell[1]) - 1,)))
        if b't="e"' in rows:
            for cell in _ERROR_IN_CELL.finditer(rows):
                of(cell[2]).merken.append(Merk(FOUT, (_column(cell[1]) - 1,)))
        for code, letters, number in self._opmaak.cells(rows, own_background=own_background):
            column = _column(letters) - 1
            of(number).merken.append(Merk(code, (column,)))
            if code == ONZICHTBAAR:
                of(number).cellen[column] = ""
        if self._weergaven:
            for style, letters, number, text in _shown_cells(rows, self._weergaven):
                shown = self._weergaven[style](text)
                if shown is not None:
                    # What nobody sees stays so.
                    of(number).cellen.setdefault(_column(letters) - 1, shown)
        return found

    # --- What it consists of --------------------------------------------------------------------------------

    def _open(self) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(self._inhoud))
        self._parts = {name: self._archive.read(name) for name in (_ROOT, _WORKBOOK, _RELATIONS)}
        if _STYLES in self._archive.NameToInfo:
            self._parts[_STYLES] = self._archive.read(_STYLES)
            self._weergaven = weergaven(self._parts[_STYLES])
            self._opmaak = opmaak_in(self._parts[_STYLES], _theme(self._archive))
        elif any(name.replace("\\", "/").casefold() == _STYLES for name in self._archive.NameToInfo):
            # calamine does find it.
            raise _NotSliceable
        self._texts: _Teksten | None = None
        if _TEXTS in self._archive.NameToInfo:
            # Without a text in it, as some programs write it, it only matters when a cell refers to one.
            with suppress(_NotSliceable):
                self._texts = _Teksten(self._archive)
                self._know_texts(self._texts.data)
        self.epoch_1904 = counts_from_1904(self._inhoud, "xlsx")
        self._places = _places_of_sheets(self._parts)
        self._omtrek: dict[int, _Omtrek] = {}
        self.bladen = []
        for index, metadata in enumerate(self._workbook({}).sheets_metadata):
            if metadata.typ != SheetTypeEnum.WorkSheet:
                continue
            if len(self.bladen) == MAX_SHEETS:
                break
            omtrek = self._omtrek[index] = self._measure(index)
            fits = omtrek.hoogte <= self._grenzen.rijen and omtrek.breedte <= self._grenzen.kolommen
            head = list(islice(self._rows(index, 0), head_length(omtrek.breedte))) if fits else []
            merged: list[Any] = []
            if b"mergeCell" in omtrek.tail:
                around = omtrek.head + b"</sheetData>" + omtrek.tail
                merged = self._sheet(index, around).merged_cell_ranges or []
            self.bladen.append(
                Blad(
                    index,
                    metadata.name,
                    omtrek.hoogte,
                    omtrek.breedte,
                    metadata.visible != SheetVisibleEnum.Visible,
                    head,
                    [(*first, *last) for first, last in merged if is_kept(first[0], last[0])][
                        : MAX_MERGED + 1
                    ],
                    verborgen_rijen=omtrek.verborgen_rijen,
                    doorgehaald=self._opmaak.may_be_struck or omtrek.doorgehaald,
                    streep_bij_voorwaarde=self._opmaak.may_strike_by_condition(omtrek.tail),
                    verborgen_kolommen=_hidden_columns(omtrek.head, omtrek.breedte),
                )
            )

    def _workbook(self, more: dict[str, bytes]) -> CalamineWorkbook:
        """Makes a workbook of the shared parts and these, and no others."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, data in {**self._parts, **more}.items():
                archive.writestr(name, data)
        stream.seek(0)
        return CalamineWorkbook.from_filelike(stream)

    def _sheet(self, index: int, sheet: bytes, texts: bytes = b"") -> Any:
        more = {self._places[index]: sheet}
        if texts:
            more[_TEXTS] = texts
        return self._workbook(more).get_sheet_by_index(index)

    # --- Its rows -------------------------------------------------------------------------------------------

    def _pieces(self, index: int) -> Iterator[bytes]:
        with self._archive.open(self._places[index]) as part:
            while piece := part.read(_PIECE):
                yield piece

    def _measure(self, index: int) -> _Omtrek:
        """Finds the size of a sheet from all of its rows, without reading the cells. Raises _NotSliceable."""
        pieces = self._pieces(index)
        buffer = b""
        while (begin := _SHEET_DATA.search(buffer)) is None:
            piece = next(pieces, b"")
            if not piece or len(buffer) > _MOST_AROUND:
                raise _NotSliceable
            buffer += piece
        if b"<!" in buffer[: begin.start()]:
            raise _NotSliceable
        if begin[0].endswith(b"/>"):
            return _Omtrek(buffer[: begin.start()] + b"<sheetData>", b"", 0, 0)
        head, buffer = buffer[: begin.end()], buffer[begin.end() :]
        columns: dict[bytes, int] = {}
        number = height = width = hidden = 0
        struck = b"<strike" in buffer
        while True:
            *rows, buffer = buffer.split(_END_ROW)
            for row in rows:
                # Before it there may be empty rows, which have no end tag of their own.
                found = _ROW.match(row, row.rfind(b"<row"))
                if found is None or int(found[1]) <= number:
                    raise _NotSliceable
                number = int(found[1])
                if (end := row.rfind(b"</c")) < 0:
                    continue
                cell = _CELL.match(row, row.rfind(b"<c ", 0, end))
                if cell is None or cell[2] != found[1]:
                    raise _NotSliceable
                height = number
                if (b"hidden=" in row or b'ht="0' in row) and _HIDDEN_ROW.match(row, found.start()):
                    hidden += 1
                letters = cell[1]
                column = columns.get(letters) or columns.setdefault(letters, _column(letters))
                width = max(width, column)
            if not (piece := next(pieces, b"")):
                break
            if len(buffer) > _MOST_AROUND:
                raise _NotSliceable
            buffer += piece
            struck = struck or b"<strike" in buffer
        tail = buffer.partition(b"</sheetData>")
        if not tail[1] or b"<c " in tail[0] or not tail[2].rstrip().endswith(b"</worksheet>"):
            raise _NotSliceable
        return _Omtrek(head, tail[2], height, width, hidden, struck)

    def _slices(self, index: int) -> Iterator[bytes]:
        """Yields the rows as they are written, about a megabyte at a time."""
        pieces, head = self._pieces(index), self._omtrek[index].head
        buffer, seen = b"", len(head)
        for piece in pieces:
            buffer += piece
            if seen:
                skipped = min(seen, len(buffer))
                buffer, seen = buffer[skipped:], seen - skipped
            if len(buffer) >= _SLICE:
                end = buffer.rfind(_END_ROW) + len(_END_ROW)
                if end >= len(_END_ROW):
                    yield buffer[:end]
                    buffer = buffer[end:]
        if (end := buffer.rfind(_END_ROW)) >= 0:
            yield buffer[: end + len(_END_ROW)]

    def _rows(self, index: int, start: int) -> Iterator[Cells]:
        """Yields every row from this one on, as wide as the sheet. Raises _NotSliceable."""
        more: dict[int, _Bijzonder] = {}
        return self._with_more(self._bare_rows(index, start, more), start, more)

    def _bare_rows(self, index: int, start: int, more: dict[int, _Bijzonder]) -> Iterator[Cells]:
        """Yields the same rows as calamine gives them; `more` gets what they have beside their cells."""
        omtrek = self._omtrek[index]
        empty: Cells = [""] * omtrek.breedte
        own_background = has_own_background(omtrek.head + omtrek.tail)
        number, last_row = start, 0
        for rows in self._slices(index):
            last = _ROW.match(rows, rows.rfind(b"<row"))
            if last is None or b"<!" in rows:
                raise _NotSliceable
            before_these, last_row = last_row, int(last[1])
            if last_row <= start:
                continue
            # What belongs to the rows before these has been used.
            more.clear()
            more.update(self._more(rows, own_background=own_background))
            try:
                sheet = self._read_slice(index, omtrek.head, rows)
            except CalamineError:
                raise _NotSliceable from None
            if sheet.start is None:
                continue
            top, left = sheet.start
            # A cell that names another row than the one it stands in may belong to another slice.
            if top < before_these or sheet.end[0] >= last_row:
                raise _NotSliceable
            values = sheet.to_python()
            _check_cells(rows, values)
            if top < number:
                values, top = values[number - top :], number
            for _ in range(number, top):
                yield empty.copy()
            number = top + len(values)
            # Adds empty cells up to the width of the sheet.
            before, after = empty[:left], empty[left + sheet.width :]
            if before or after:
                values = (before + row + after for row in values)
            yield from values
        for _ in range(number, omtrek.hoogte):
            yield empty.copy()

    def _read_slice(self, index: int, head: bytes, rows: bytes) -> Any:
        texts = b""
        rows = known_errors(rows)
        if any(mark in rows for mark in _MARKS):
            if self._texts is None:
                raise _NotSliceable
            rows, texts = self._texts.taken_by(rows)
        return self._sheet(index, head + rows + _END_DATA, texts)


class _Teksten:
    """The texts that cells refer to by number, as they are written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.data = archive.read(_TEXTS)
        begin = self.data.find(b"<si")
        if begin < 0 or b"<!" in self.data:
            raise _NotSliceable
        self._head = self.data[:begin]
        # The end of each text; the first text starts after the head.
        self._ends = array("Q", [begin])
        self._ends.extend(found.end() for found in _TEXT_END.finditer(self.data))
        if self.data.count(b"<si") != len(self._ends) - 1:
            raise _NotSliceable

    def taken_by(self, rows: bytes) -> tuple[bytes, bytes]:
        """Gives these rows with their texts numbered anew, and those texts. Raises _NotSliceable."""
        # In turn: the part before a number, the mark of its cell, and the number.
        pieces = _TEXT_CELL.split(rows)
        referred = pieces[2::3]
        data, ends = self.data, self._ends
        places = {number: int(number) for number in dict.fromkeys(referred)}
        marked = sum(map(rows.count, _MARKS))
        if len(referred) != marked or max(places.values(), default=0) >= len(ends) - 1:
            raise _NotSliceable
        anew = {number: b"%d" % new for new, number in enumerate(places)}
        pieces[2::3] = map(anew.__getitem__, referred)
        texts = [data[ends[place] : ends[place + 1]] for place in places.values()]
        return b"".join(pieces), self._head + b"".join(texts) + b"</sst>"


def _check_cells(rows: bytes, values: Iterable[Cells]) -> None:
    """Raises Leesprobleem when a cell is there twice in one row, with other values: calamine gives the last one.

    More cells with an end tag than there are values make that possible; only then is every cell looked at.
    """
    if rows.count(b"</c>") > sum(len(row) - row.count("") for row in values):
        _check_places(rows)


def _check_places(data: bytes) -> None:
    places = Counter(_REFERENCE.findall(data))
    twice = {place for place, times in places.items() if times > 1}
    cells: dict[tuple[bytes, bytes], bytes] = {}
    for found in _FILLED_CELL.finditer(data) if twice else ():
        letters, number, content = found.groups()
        if content and (letters, number) in twice and cells.setdefault((letters, number), content) != content:
            raise Leesprobleem("dubbele_cel_in_rij", int(number))


def _check_rows(data: bytes) -> None:
    numbers = Counter(found[1] for found in _ROW.finditer(data))
    twice = {number for number, times in numbers.items() if times > 1}
    if not twice:
        return
    cells: dict[tuple[bytes, bytes], bytes] = {}
    for found in _FILLED_CELL.finditer(data):
        letters, number, content = found.groups()
        if number in twice and cells.setdefault((letters, number), content) != content:
            raise Leesprobleem("dubbele_cel", int(number))


def _places_of_sheets(parts: dict[str, bytes]) -> list[str]:
    """Gives the part of every sheet, in the order of the workbook. Raises _NotSliceable."""
    sheets, shared = _places(parts)
    if any(place != _USUAL[kind] for kind, place in shared.items()):
        raise _NotSliceable
    return sheets


def _places(parts: dict[str, bytes]) -> tuple[list[str], dict[str, str]]:
    """Gives the part of every sheet, in the order of the workbook, and of what they share, by its kind."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    targets: dict[str, str] = {}
    shared: dict[str, str] = {}
    for relation in etree.fromstring(parts[_RELATIONS], parser).iterfind("{*}Relationship"):
        place = posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        targets[relation.get("Id", "")] = place
        kind = relation.get("Type", "").rpartition("/")[2]
        if kind in _USUAL:
            shared[kind] = place
    sheets = etree.fromstring(parts[_WORKBOOK], parser).iterfind("{*}sheets/{*}sheet")
    return [targets[str(sheet.xpath("string(@*[local-name() = 'id'])"))] for sheet in sheets], shared


def _theme(archive: zipfile.ZipFile) -> bytes:
    return archive.read(_THEME) if _THEME in archive.NameToInfo else b""


def _hidden_columns(head: bytes, width: int) -> list[int]:
    """Gives the places (from 0) of the hidden columns, of a sheet of this width."""
    found: list[int] = []
    for column in _HIDDEN_COLUMNS.finditer(head):
        first, last = _FIRST.search(column[0]), _LAST.search(column[0])
        if first and last:
            found.extend(range(int(first[1]) - 1, min(int(last[1]), width)))
    return found


def _shown_cells(rows: bytes, styles: Iterable[int]) -> Iterator[tuple[int, bytes, bytes, str]]:
    """Yields the style, the column, the row and the number of each cell with a number in one of these styles."""
    any_style = b"|".join(b"%d" % style for style in styles)
    pattern = re.compile(
        rb"(?=<c\s[^>]*\bs=\"(" + any_style + rb")\")(?!<c\s[^>]*\bt=\"(?!n\"))" + _PLACE
        + rb"[^>]*>(?:" + _FORMULA + rb")?<v>([^<]{1,40})</v>"
    )  # fmt: skip
    for cell in pattern.finditer(rows):
        yield int(cell[1]), cell[2], cell[3], cell[4].decode("ascii", "replace")


def _column(letters: bytes) -> int:
    """Gives the number of a column; A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
