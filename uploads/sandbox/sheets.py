"""Defines the content of a file: sheets with their size and first rows, and the other rows on demand."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol

Cells = list[Any]

# The first rows of every sheet are sent along at once, because the header row is found in them.
HEAD_ROWS: Final = 150
_HEAD_CELLS = 15_000
MAX_SHEETS: Final = 200
MAX_MERGED: Final = 200


class Leesprobleem(Exception):
    """The file cannot be read; the argument is one of the keys of `uploads.readers.process.MELDINGEN`."""


class Grenzen(NamedTuple):
    """The greatest size of a sheet, in rows and columns."""

    rijen: int
    kolommen: int


class Blad(NamedTuple):
    """One sheet; `volgnummer` is its place in the file.

    `samengevoegd` has the first row, first column, last row and last column (from 0) of merged cells.
    """

    volgnummer: int
    naam: str
    hoogte: int
    breedte: int
    verborgen: bool
    kop: Sequence[Cells]
    samengevoegd: Sequence[tuple[int, int, int, int]]


class Inhoud(Protocol):
    """An opened file."""

    bladen: list[Blad]
    epoch_1904: bool

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows of one sheet from this one on (counted from 0)."""


def head_length(breedte: int) -> int:
    """Gives the number of first rows that are sent along at once, for a sheet of this width."""
    return max(1, min(HEAD_ROWS, _HEAD_CELLS // max(breedte, 1)))
