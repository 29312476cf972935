"""Reads delimited text (csv), and finds out the delimiter, the quotes and the encoding by itself."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.conf import settings

from uploads.readers.rows import Bestand, Formaat, Onleesbaar, Rij, Tabel
from uploads.readers.text import Tekst, open_text

_DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 100
_SAMPLE = 256 * 1024
# A backslash before a quote keeps the quote from ending its cell; at the end of a
# cell it is only a backslash.
_ESCAPED_QUOTE = re.compile(r'\\"(?![;,\t|\r\n]|$)')
# With this form a system keeps Excel from removing the zeros: ="0012".
_AS_TEXT = re.compile(r'="([^"]*)"')


class Schrijfwijze(NamedTuple):
    """The way in which the rows are written.

    `omhuld`: each row as a whole stands between quotes, as one cell.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    omhuld: bool = False

    def reader(self, lines: Iterable[str]) -> Any:
        """Makes a csv reader of these lines."""
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, escapechar=self.escape)


def open_csv(inhoud: bytes) -> Bestand:
    """Opens delimited text. Raises Onleesbaar when it is not text."""
    tekst = open_text(inhoud)
    sample = tekst.stream().read(_SAMPLE)
    declared, skip = _declared_delimiter(sample)
    sample = sample[skip:]
    wijze = find_dialect(sample, declared)
    about = tekst.count("\n") or tekst.count("\r")
    unwrap = tekst.count('="') > 0
    return Bestand(Formaat.CSV, (Tabel("", max(about, 1), lambda: _rows(tekst, skip, wijze, unwrap=unwrap)),))


def find_dialect(sample: str, delimiter: str = "") -> Schrijfwijze:
    """Finds the way in which these rows are written; a known `delimiter` is taken as it is."""
    quote = _quote(sample)
    escape = (
        "\\" if quote == '"' and _ESCAPED_QUOTE.search(sample) and not _has_double_quotes(sample) else None
    )
    if delimiter:
        return Schrijfwijze(delimiter, quote, escape)
    tried = [_try(Schrijfwijze(one, quote, escape), sample) for one in _DELIMITERS]
    # max takes the first of equals.
    best = max(tried, key=lambda proef: proef.score(tried))
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


def split_cell(cell: str, delimiter: str) -> list[str]:
    """Splits a row that stands in one cell.

    It stays one cell when it cannot be split, or gives too many cells.
    """
    try:
        row = next(csv.reader([cell], delimiter=delimiter), [])
    except csv.Error:
        return [cell]
    return row if len(row) <= settings.UM_MAX_KOLOMMEN else [cell]


class _Proef(NamedTuple):
    """The sample read in one way: its usual number of columns, and the part of the rows with that number."""

    wijze: Schrijfwijze
    rijen: list[list[str]]
    breedte: int
    aandeel: float

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
    return re.search(r'[^;,\t|\r\n"\\]""', sample) is not None


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

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._lines.readline()
        if not line:
            self.exhausted = True
            raise StopIteration
        return line


def _rows(tekst: Tekst, skip: int, wijze: Schrijfwijze, *, unwrap: bool) -> Iterator[Rij]:
    lines = _Lines(tekst, skip)
    reader = wijze.reader(lines)
    nummer = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            raise Onleesbaar(
                f"Rond rij {nummer + 1} is het bestand niet te lezen. Waarschijnlijk staat daar een aanhalingsteken "
                "te veel of te weinig. Sla het bestand op als xlsx en upload het opnieuw."
            ) from None
        if row is None:
            return
        nummer += 1
        if lines.exhausted:
            # The reader asked for more in the middle of a row: everything after the quote would
            # become one cell.
            raise Onleesbaar(
                f"In rij {nummer} begint een tekst met een aanhalingsteken dat nergens eindigt. "
                "Herstel dat in uw programma, of sla het bestand op als xlsx."
            )
        if nummer > settings.UM_MAX_RIJEN:
            raise Onleesbaar(
                f"Dit bestand heeft meer dan {settings.UM_MAX_RIJEN} rijen. Verwijder rijen zonder gegevens "
                "onderaan en upload opnieuw."
            )
        if wijze.omhuld and len(row) == 1:
            row = split_cell(row[0], wijze.delimiter)
        if len(row) > settings.UM_MAX_KOLOMMEN:
            raise Onleesbaar(
                f"Rij {nummer} heeft meer dan {settings.UM_MAX_KOLOMMEN} kolommen. "
                "Controleer of u het goede bestand koos."
            )
        yield Rij(nummer, [_without_wrap(cell) for cell in row] if unwrap else row)


def _without_wrap(cell: str) -> str:
    match = _AS_TEXT.fullmatch(cell) if cell.startswith('="') else None
    return match[1] if match else cell
