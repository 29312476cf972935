"""Delimited text (csv): the delimiter and the encoding are found out, not asked."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from django.conf import settings

from uploads.readers.rows import Bestand, Formaat, Onleesbaar, Rij, Tabel
from uploads.readers.text import decode

_DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 100


def open_csv(inhoud: bytes) -> Bestand:
    """Open delimited text. Raises Onleesbaar when it is not text."""
    text = decode(inhoud)
    declared, text = _declared_delimiter(text)
    delimiter = declared or _find_delimiter(text)
    about = text.count("\n") + (not text.endswith("\n"))
    if text.count("\n") == 0:
        about = max(about, text.count("\r"))
    return Bestand(Formaat.CSV, (Tabel("", about, lambda: _rows(text, delimiter)),))


def _declared_delimiter(text: str) -> tuple[str, str]:
    """Excel's own first line `sep=;`, which is not a row."""
    first, newline, rest = text.partition("\n")
    name, _, delimiter = first.strip('\r" ').partition("=")
    if newline and name.casefold() == "sep" and len(delimiter) == 1:
        return delimiter, rest
    return "", text


def _find_delimiter(text: str) -> str:
    """The delimiter that cuts the most rows into the same, largest number of columns."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for row in csv.reader(io.StringIO(text[: 256 * 1024], newline=""), delimiter=delimiter):
                if any(row):
                    widths[len(row)] += 1
                if sum(widths.values()) >= _SAMPLE_ROWS:
                    break
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        score = (width - 1) * count / sum(widths.values())
        if score > best_score:
            best, best_score = delimiter, score
    return best


class _Lines:
    """The lines, remembering whether somebody asked for one more than there are."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.exhausted = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._lines.readline()
        if not line:
            self.exhausted = True
            raise StopIteration
        return line


def _rows(text: str, delimiter: str) -> Iterator[Rij]:
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
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
            # The reader asked for more in the middle of a row: everything after the quote would be one cell.
            raise Onleesbaar(
                f"In rij {nummer} begint een tekst met een aanhalingsteken dat nergens eindigt. "
                "Herstel dat in uw programma, of sla het bestand op als xlsx."
            )
        if len(row) > settings.UM_MAX_KOLOMMEN:
            raise Onleesbaar(
                f"Rij {nummer} heeft meer dan {settings.UM_MAX_KOLOMMEN} kolommen. "
                "Controleer of u het goede bestand koos."
            )
        yield Rij(nummer, row)
