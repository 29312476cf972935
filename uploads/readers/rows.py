"""Defines the result of every reader: tables of rows, the same for each kind of file.

A row keeps the number that people see in their own program, because findings refer to that number.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from um_portal.errors import FoutMetMelding
from uploads.sandbox.sheets import (
    AANHALING,
    DOORGEHAALD,
    FOUT,
    FOUTTEKST,
    GEHEELD,
    MAX_MERGED,
    ONLEESBAAR,
    ONZICHTBAAR,
    REGELS,
    VERBORGEN,
    VREEMD,
    ZONDER_UITKOMST,
    Formaat,
    Merk,
)

__all__ = [
    "AANHALING",
    "DOORGEHAALD",
    "FOUT",
    "FOUTTEKST",
    "GEHEELD",
    "MAX_MERGED",
    "ONLEESBAAR",
    "ONZICHTBAAR",
    "REGELS",
    "VERBORGEN",
    "VREEMD",
    "ZONDER_UITKOMST",
    "Afgebroken",
    "Bestand",
    "Formaat",
    "Merk",
    "Onleesbaar",
    "Rij",
    "Tabel",
]


class Onleesbaar(FoutMetMelding):
    """The file cannot be read; `melding` is a Dutch sentence for the user: what is wrong and what to do.

    `bestand` is the name of the file that it is about, when two came in together and it is about one of them.
    """

    def __init__(self, melding: str, bestand: str = "") -> None:
        super().__init__(melding)
        self.bestand = bestand


class Afgebroken(Onleesbaar):
    """Somebody or something ended the reading process: the file may be all right, and be read another time."""


class Rij(NamedTuple):
    """One row: its number (from 1, as in the spreadsheet) and its cells; for JSON the record itself.

    `merken` tells what the cells do not: that the row is hidden, or that a cell could not be read.
    """

    nummer: int
    waarden: Any
    merken: tuple[Merk, ...] = ()


@dataclass(frozen=True, slots=True)
class Tabel:
    """One sheet, or the only table of a file.

    `rijen` starts from the top each time it is called, and may raise Onleesbaar on the way. `aantal` is the
    number of rows, as far as it is known beforehand. The first cell of a row is always in the first column,
    also when that column is empty. `samengevoegd` has, for cells that are merged into one, the first row,
    first column, last row and last column (from 0), as far as the format tells them; the first cell has the
    value. `ongelijk`: rows differ in length, so a row may have cells beyond the headers;
    `breedte` is the usual length. `regels` is the
    number of lines, of a text. `verborgen_kolommen` has the places (from 0) of hidden columns, and
    `verborgen_rijen` the number of hidden rows, as far as the format tells them. `onderdeel` is the place (from
    0) of its file, when two files came in together. `niet_nagegaan`: it could not be found out (in full) which rows
    and columns are hidden, and which numbers are shown in another way. `gevuld` is the number of rows that are not
    empty, when somebody counted them. `doorgehaald`: cells may be struck through; the rows tell which.
    `streep_bij_voorwaarde`: so may others, by a condition, and it is not known which. Of more merged
    cells than `MAX_MERGED` there is one more than that.
    """

    naam: str
    aantal: int | None
    rijen: Callable[[], Iterator[Rij]]
    verborgen: bool = False
    samengevoegd: tuple[tuple[int, int, int, int], ...] = ()
    ongelijk: bool = False
    breedte: int = 0
    regels: int = 0
    verborgen_kolommen: tuple[int, ...] = ()
    verborgen_rijen: int = 0
    onderdeel: int = 0
    niet_nagegaan: bool = False
    gevuld: int | None = None
    doorgehaald: bool = False
    streep_bij_voorwaarde: bool = False


@dataclass(frozen=True, slots=True)
class Bestand:
    """An opened file; use it in a `with`. After that its rows cannot be read any more.

    `te_groot` says why sheets were left out, if any were. `tabellen` has the sheets in the order of the file,
    hidden ones last. `epoch_1904`: a bare number that stands for a day counts from 1904 instead of 1900.
    """

    formaat: Formaat
    tabellen: tuple[Tabel, ...]
    te_groot: str = ""
    epoch_1904: bool = False
    sluit: Callable[[], object] = field(default=lambda: None, repr=False, compare=False)

    @property
    def is_tweetal(self) -> bool:
        """Tells whether these are two files that came in together."""
        return self.formaat is Formaat.TWEETAL

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.sluit()
