"""Reads delimited text (csv), and finds out the delimiter, the quotes and the encoding by itself."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import islice
from typing import Any, NamedTuple

from uploads.sandbox.sheets import (
    AANHALING,
    GEHEELD,
    REGELS,
    Blad,
    Cells,
    Gemerkt,
    Grenzen,
    Inhoud,
    Leesprobleem,
    Merk,
    gemerkt,
    head_length,
)
from uploads.sandbox.text import Tekst, open_text

_DELIMITERS = (";", ",", "\t", "|")
# These also stand in texts, so they count only where nearly every row has the same number of them. Times have colons
# too; over a column of those stands a header without any.
_RARE = ("^", "~", ":")
_FEWEST_OF_RARE, _MOST_ROWS_OF_RARE = 3, 0.9
_SAMPLE_ROWS = 100
_SAMPLE = 256 * 1024
# A backslash before a quote keeps the quote from ending its cell; at the end of a
# cell it is only a backslash.
_ESCAPED_QUOTE = re.compile(r'\\"(?![;,\t|^~:\r\n]|$)')
# With this form a system keeps Excel from removing the zeros: ="0012".
_LETTERS, _DIGITS = re.compile(r"[^\W\d_]+"), re.compile(r"[0-9]+")
_FEW = 4
_AS_TEXT = re.compile(r'="([^"]*)"')


class Schrijfwijze(NamedTuple):
    """The way in which the rows are written.

    `omhuld`: each row as a whole stands between quotes, as one cell. `spatie`: a space may stand before the quote of
    a cell.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    omhuld: bool = False
    spatie: bool = False

    def reader(self, lines: Iterable[str]) -> Any:
        """Makes a csv reader of these lines."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            skipinitialspace=self.spatie,
        )


class Gescheiden:
    """An opened text: one sheet.

    Every line of the text is in exactly one row: as a whole, or as part of a cell with several lines.
    """

    epoch_1904 = False

    def __init__(self, inhoud: bytes, grenzen: Grenzen) -> None:
        self._grenzen = grenzen
        self._tekst = open_text(inhoud)
        sample = self._tekst.stream().read(_SAMPLE)
        declared, self._skip = _declared_delimiter(sample)
        sample = sample[self._skip :]
        self._wijze = find_dialect(sample, declared)
        self._breedte, self._beginnings = _usual_rows(self._wijze, sample)
        self._unwrap = self._tekst.count('="') > 0
        # It is read once to find what is wrong with it, before anybody uses a row of it.
        head: list[Cells] = []
        longest = head_length(self._breedte)
        hoogte = 0
        for row in self._rows():
            hoogte += 1
            if len(head) < longest:
                head.append(row)
        self.bladen = [
            Blad(0, "", hoogte, self._breedte, False, head, [], regels=self._lines_read, ongelijk=True)
        ]

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows from this one on."""
        return islice(self._rows(), start, None)

    def _rows(self) -> Iterator[Cells]:
        unwrap, wijze, most = self._unwrap, self._wijze, self._grenzen.kolommen
        for number, row in enumerate(self._records(), start=1):
            if number > self._grenzen.rijen:
                raise Leesprobleem("csv_rijen", self._grenzen.rijen)
            if wijze.omhuld and len(row) == 1:
                row = split_cell(row[0], wijze.delimiter, most)
            if len(row) > most and any(row[most:]):
                raise Leesprobleem("csv_kolommen", number, most)
            if len(row) > most:
                del row[most:]
            if unwrap:
                row[:] = map(_without_wrap, row)
            yield row

    def _records(self) -> Iterator[Cells]:
        """Yields the cells of each row; a row that may be several rows is told apart, and marked."""
        lines = _Lines(self._tekst, self._skip)
        reader = self._wijze.reader(lines)
        number = 0
        # Above the first row there may be a line that names the delimiter.
        above = 1 if self._skip else 0
        while True:
            first = reader.line_num
            del lines.taken[:]
            try:
                row = next(reader, None)
            except csv.Error:
                raise Leesprobleem("csv_fout", number + 1) from None
            if row is None:
                self._lines_read = reader.line_num + above
                return
            number += 1
            if lines.exhausted:
                # The reader asked for more in the middle of a row: everything after the quote would
                # become one cell.
                raise Leesprobleem("csv_open", number)
            last = reader.line_num
            if last == first + 1:
                if number != last + above:
                    row = gemerkt(row, Merk(REGELS, (last + above, last + above)))
                yield row
                continue
            places = (first + 1 + above, last + above)
            parts, certain = _taken_apart(row, lines.taken, self._wijze, self._breedte, self._beginnings)
            if parts:
                merk = Merk(GEHEELD if certain else AANHALING, places)
                for part in parts:
                    yield gemerkt(part, merk)
                number += len(parts) - 1
            else:
                yield gemerkt(row, Merk(REGELS, places))


def _usual_rows(wijze: Schrijfwijze, sample: str) -> tuple[int, frozenset[str]]:
    """Gives the usual number of cells of a row, and the shapes of the first cells of such rows."""
    if wijze.omhuld:
        return 1, frozenset()
    proef = _try(wijze, sample)
    full = [row for row in proef.rijen if len(row) == proef.breedte]
    # The first of them has the headers.
    return proef.breedte, frozenset(_shape(row[0]) for row in full[1:])


def _shape(cell: str) -> str:
    """Gives the kinds of characters of a cell, in turn: K005 is like W1."""
    return _DIGITS.sub("9", _LETTERS.sub("a", cell.strip()))


def _taken_apart(
    row: Cells, lines: Sequence[str], wijze: Schrijfwijze, width: int, beginnings: Set[str]
) -> tuple[list[Cells], bool]:
    """Gives the rows that a quote has joined to this one, and whether that is certain; none when none were.

    A quote that stands alone makes a program read on until the next one, which may stand in another row. The
    lines then look like full rows by themselves, while the row as a whole may have the usual number of cells.
    """
    if width < 2 or wijze.omhuld or wijze.escape:
        return [], False
    apart = [_read_alone(line, wijze) for line in lines]
    # A line that opens a quote itself is read without it.
    freed = [
        cells if cells is not None else _read_alone(_without_open_quote(line, wijze) or line, wijze)
        for cells, line in zip(apart, lines, strict=True)
    ]
    # With few columns a sentence easily has as many commas as a row.
    if not any(
        cells is not None and len(cells) == width and (width > _FEW or _shape(cells[0]) in beginnings)
        for cells in freed[1:]
    ):
        return [], False
    first = freed[0]
    if len(row) == width and (first is None or len(first) != width or _quotes_by_habit(lines, wijze)):
        # A cell in which somebody put a few lines of another table.
        return [], False
    # Only the first may open the quote; another that does leaves more than one way.
    certain = (
        len(row) != width
        and all(cells is not None and len(cells) == width for cells in freed)
        and None not in apart[1:]
    )
    literal = [
        cells
        if cells is not None
        else next(csv.reader([line], delimiter=wijze.delimiter, quoting=csv.QUOTE_NONE), [])
        for cells, line in zip(freed, lines, strict=True)
    ]
    if certain:
        literal = [[_without_single(cell, wijze.quote) for cell in one] for one in literal]
    return literal, certain


def _without_single(cell: str, quote: str) -> str:
    return cell.strip(quote) if cell.count(quote) == 1 else cell


def _read_alone(line: str, wijze: Schrijfwijze) -> Cells | None:
    """Gives the cells of one line; None when a quote in it does not end."""
    one = _Once(line)
    try:
        row: Cells = next(wijze.reader(one), [])
    except csv.Error:
        return None
    return None if one.asked_more and row else row


def _without_open_quote(line: str, wijze: Schrijfwijze) -> str | None:
    """Gives the line without the quote that does not end in it; None when there is no such quote."""
    place = len(line)
    while (place := line.rfind(wijze.quote, 0, place)) >= 0:
        if place == 0 or line[place - 1] == wijze.delimiter:
            without = line[:place] + line[place + 1 :]
            if _read_alone(without, wijze) is not None:
                return without
    return None


def _quotes_by_habit(lines: Sequence[str], wijze: Schrijfwijze) -> bool:
    """Tells whether a cell in these lines has quotes that it does not need."""
    quote, delimiter = re.escape(wijze.quote), re.escape(wijze.delimiter)
    needless = rf"(?:^|{delimiter}){quote}[^{quote}{delimiter}\r\n]*{quote}(?:{delimiter}|[\r\n]|$)"
    return any(re.search(needless, line) for line in lines)


class _Once:
    """One line, which notes whether a reader asked for more."""

    def __init__(self, line: str) -> None:
        self._line: str | None = line
        self.asked_more = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, self._line = self._line, None
        if line is None:
            self.asked_more = True
            raise StopIteration
        return line


class Uitgesplitst:
    """An opened workbook, in which a sheet of one column with delimited text has that text in columns.

    Somebody opened a file of delimited text and saved it as a workbook.
    """

    def __init__(self, inhoud: Inhoud, grenzen: Grenzen) -> None:
        self._inhoud, self._grenzen = inhoud, grenzen
        self.epoch_1904 = inhoud.epoch_1904
        self._delimiters: dict[int, str] = {}
        self.bladen = list(map(self._look, inhoud.bladen))

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows of one sheet."""
        rows = self._inhoud.rijen(index, start)
        delimiter = self._delimiters.get(index)
        return map(self._split(delimiter), rows) if delimiter else rows

    def _look(self, blad: Blad) -> Blad:
        if blad.breedte != 1:
            return blad
        texts = [row[0] for row in blad.kop if row and isinstance(row[0], str) and row[0]]
        delimiter = inner_delimiter(texts)
        if not delimiter:
            return blad
        self._delimiters[blad.volgnummer] = delimiter
        return blad._replace(kop=list(map(self._split(delimiter), blad.kop)), ongelijk=True)

    def _split(self, delimiter: str) -> Callable[[Cells], Cells]:
        def split(row: Cells) -> Cells:
            cell = row[0] if row else ""
            if not isinstance(cell, str):
                return row
            cells = split_cell(cell, delimiter, self._grenzen.kolommen)
            return gemerkt(cells, *row.merken) if isinstance(row, Gemerkt) else cells

        return split


def find_dialect(sample: str, delimiter: str = "") -> Schrijfwijze:
    """Finds the way in which these rows are written; a known `delimiter` is taken as it is."""
    quote = _quote(sample)
    escape = (
        "\\" if quote == '"' and _ESCAPED_QUOTE.search(sample) and not _has_double_quotes(sample) else None
    )

    def way(one: str) -> Schrijfwijze:
        spaced = rf"{re.escape(one)} +{quote}[^{quote}\r\n]+{quote}(?:{re.escape(one)}|[\r\n]|$)"
        return Schrijfwijze(one, quote, escape, spatie=re.search(spaced, sample) is not None)

    if delimiter:
        return way(delimiter)
    tried = [_try(way(one), sample) for one in _DELIMITERS]
    # max takes the first of equals.
    best = max(tried, key=lambda proef: proef.score(tried))
    rare = [proef for one in _RARE if (proef := _try(way(one), sample)).is_regular()]
    best = max([best, *rare], key=lambda proef: proef.score(tried))
    if best.breedte > 1:
        return best.wijze
    inner = inner_delimiter([row[0] for row in best.rijen if row])
    return Schrijfwijze(inner, omhuld=True) if inner else best.wijze


def inner_delimiter(cells: Sequence[str]) -> str:
    """Finds the delimiter inside the cells of a single column; '' when it is really one column."""
    if len(cells) < 2:
        return ""
    tried = [_try(Schrijfwijze(delimiter), "\n".join(cells)) for delimiter in _DELIMITERS]
    best = max(tried, key=lambda proef: proef.score(tried))
    # Nearly all rows must have it, because text may hold a comma too.
    return best.wijze.delimiter if best.breedte > 1 and best.aandeel > 0.9 else ""


def split_cell(cell: str, delimiter: str, most: int) -> list[str]:
    """Splits a row that stands in one cell.

    It stays one cell when it cannot be split, or gives too many cells.
    """
    try:
        row = next(csv.reader([cell], delimiter=delimiter), [])
    except csv.Error:
        return [cell]
    return row if len(row) <= most else [cell]


class _Proef(NamedTuple):
    """The sample read in one way: its usual number of columns, and the part of the rows with that number."""

    wijze: Schrijfwijze
    rijen: list[list[str]]
    breedte: int
    aandeel: float

    def is_regular(self) -> bool:
        """Tells whether nearly all rows have the same number of columns, of three or more; of a colon the first too."""
        return (
            self.breedte >= _FEWEST_OF_RARE
            and self.aandeel > _MOST_ROWS_OF_RARE
            and len(self.rijen) > 1
            and (self.wijze.delimiter != ":" or len(self.rijen[0]) == self.breedte)
        )

    def score(self, others: Sequence["_Proef"]) -> float:
        """Scores many columns in many rows high, and lower when another delimiter occurs in the headers."""
        score = (self.breedte - 1) * self.aandeel
        header = next((row for row in self.rijen if len(row) == self.breedte), [])
        rivals = [other.wijze.delimiter for other in others if other is not self and other.breedte > 1]
        cut = any(rival in cell for rival in rivals for cell in header)
        return score / 10 if cut else score


def _try(wijze: Schrijfwijze, sample: str) -> _Proef:
    rows: list[list[str]] = []
    try:
        for row in wijze.reader(io.StringIO(sample, newline="")):
            if any(row):
                rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        rows = []
    widths = Counter(map(len, rows))
    if not widths:
        return _Proef(wijze, rows, 1, 0.0)
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    return _Proef(wijze, rows, width, count / len(rows))


def _quote(sample: str) -> str:
    if '"' in sample:
        return '"'
    first = next((line for line in sample.splitlines() if line.strip()), "").strip()
    return "'" if len(first) > 2 and first[0] == first[-1] == "'" else '"'


def _has_double_quotes(sample: str) -> bool:
    """Tells whether a quote inside a cell is written as two quotes."""
    return re.search(r'[^;,\t|^~:\r\n"\\]""', sample) is not None


def _declared_delimiter(text: str) -> tuple[str, int]:
    """Gives the delimiter in Excel's own first line `sep=;`, and the length of that line; ('', 0) without it.

    That line is not a row.
    """
    line = text.splitlines(keepends=True)[0] if text else ""
    name, _, delimiter = line.strip('\r\n" ').partition("=")
    if name.casefold() == "sep" and len(delimiter) == 1 and len(line) < len(text):
        return delimiter, len(line)
    return "", 0


class _Lines:
    """The lines of a text, which note whether a reader asked for one more than there are."""

    def __init__(self, tekst: Tekst, skip: int) -> None:
        self._lines = tekst.stream()
        self._lines.read(skip)
        self.exhausted = False
        # The lines since somebody emptied this.
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._lines.readline()
        if not line:
            self.exhausted = True
            raise StopIteration
        self.taken.append(line)
        return line


def _without_wrap(cell: str) -> str:
    match = _AS_TEXT.fullmatch(cell) if cell.startswith('="') else None
    return match[1] if match else cell
