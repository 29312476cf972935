"""What the reading process finds in a file: sheets, each with its size, its first rows, and the rest on demand."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol

Cells = list[Any]

# The first rows of every sheet go along at once: where the header row is, is found out from these.
HEAD_ROWS: Final = 150
_HEAD_CELLS = 15_000
MAX_SHEETS: Final = 200
MAX_MERGED: Final = 200


class Leesprobleem(Exception):
    """The file cannot be read; the argument is one of the keys of `uploads.readers.process.MELDINGEN`."""


class Grenzen(NamedTuple):
    """How large a sheet may be."""

    rijen: int
    kolommen: int


class Blad(NamedTuple):
    """One sheet; `volgnummer` is its place in the file.

    `samengevoegd` has first row, first column, last row and last column (from 0) of merged cells.
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
        """The rows of one sheet from this one on (counted from 0)."""


def head_length(breedte: int) -> int:
    """How many first rows of a sheet of this width go along at once."""
    return max(1, min(HEAD_ROWS, _HEAD_CELLS // max(breedte, 1)))
