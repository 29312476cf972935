"""Defines the content of a file: sheets with their size and first rows, and the other rows on demand."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

Cells = list[Any]

# The first rows of every sheet are sent along at once, because the header row is found in them.
HEAD_ROWS: Final = 150
_HEAD_CELLS = 15_000
MAX_SHEETS: Final = 200
MAX_MERGED: Final = 50_000


def is_kept(row: int, last_row: int) -> bool:
    """Tells whether merged cells mean something: among the headers, or over several rows.

    Some programs merge cells beside each other on every row, which is only how it looks.
    """
    return row < HEAD_ROWS or last_row > row


class Formaat(StrEnum):
    """The format of a file, judged by its content."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    XML2003 = "xml2003"
    HTML = "html"
    CSV = "csv"
    JSON = "json"
    # A zip of two files that belong together; the sheets of both are its sheets.
    TWEETAL = "tweetal"

    @property
    def is_werkmap(self) -> bool:
        """Tells whether the format has sheets (the tables of a web page are sheets too)."""
        return self not in {Formaat.CSV, Formaat.JSON}


class Leesprobleem(Exception):
    """The file cannot be read.

    The first argument is one of the keys of `uploads.readers.meldingen.MELDINGEN`; the others are the numbers
    in that message. `bestand` is the name of the file in a zip that has the problem; '' when there is one file.
    """

    bestand = ""


class Grenzen(NamedTuple):
    """The greatest size of a sheet in rows and columns, and of a zip when it is unpacked, in megabytes."""

    rijen: int
    kolommen: int
    uitgepakt: int = 1000


class Merk(NamedTuple):
    """Something about a row that its cells do not tell; the numbers depend on the code.

    `AANHALING`, `GEHEELD`: the first and last line of the text that belong together. `ZONDER_UITKOMST`,
    `FOUT`, `ONLEESBAAR`, `VREEMD`, `DOORGEHAALD`, `ONZICHTBAAR`: the columns (from 0). `REGELS`: the first and last
    line of the text in which the row stands, when that is not the number of the row. `VERBORGEN`: none.
    """

    code: str
    getallen: tuple[int, ...] = ()


# A quote that stands alone may have joined these lines; they cannot be told apart with certainty.
AANHALING: Final = "aanhaling"
# The same, but there is one way to tell them apart.
GEHEELD: Final = "geheeld"
# A formula of which the file does not have the result.
ZONDER_UITKOMST: Final = "zonder_uitkomst"
# The error of a formula that there is no value; LibreOffice writes it as its Dutch user sees it.
GEEN_WAARDE: Final = frozenset({"#N/A", "#N/B"})
# A cell in which another error of a formula stands.
FOUT: Final = "fout"
# The text of such an error, in any language: #VERW!, #DEEL/0!, #GETTING_DATA, Err:502.
FOUTTEKST: Final = re.compile(
    r"#(?:[A-Z0-9/_.]{2,20}[!?]|[A-Z]{1,3}/[A-Z]{1,3}|[A-Z]+(?:_[A-Z]+)+)|Err:[0-9]{3}", re.IGNORECASE
)
# A cell with characters that no text has.
ONLEESBAAR: Final = "onleesbaar"
# A cell with letters that another program decoded wrongly.
VREEMD: Final = "vreemd"
# A row that is hidden, by hand or by a filter.
VERBORGEN: Final = "verborgen"
REGELS: Final = "regels"
# A cell that somebody struck through, or a part of its text.
DOORGEHAALD: Final = "doorgehaald"
# A cell that shows nothing of what stands in it.
ONZICHTBAAR: Final = "onzichtbaar"
MERKEN: Final = frozenset(
    {
        AANHALING,
        GEHEELD,
        ZONDER_UITKOMST,
        FOUT,
        ONLEESBAAR,
        VREEMD,
        VERBORGEN,
        REGELS,
        DOORGEHAALD,
        ONZICHTBAAR,
    }
)


class Gemerkt(list[Any]):
    """The cells of a row that has something to tell beside them."""

    merken: tuple[Merk, ...] = ()


def gemerkt(cells: Cells, *merken: Merk) -> Gemerkt:
    """Gives these cells with these marks, beside the ones that they have."""
    row = Gemerkt(cells)
    row.merken = (*(cells.merken if isinstance(cells, Gemerkt) else ()), *merken)
    return row


class Blad(NamedTuple):
    """One sheet; `volgnummer` is its place in the file.

    `samengevoegd` has the first row, first column, last row and last column (from 0) of merged cells.
    `regels` is the number of lines, of a text. `ongelijk` tells that rows differ in length, as in a text.
    `verborgen_kolommen` has the places (from 0) of hidden columns. `onderdeel` is the place (from 0) of its file
    in a zip of two. `niet_nagegaan`: it could not be found out (in full) what is hidden, or shown in another way.
    `doorgehaald`: cells may be struck through; `streep_bij_voorwaarde`: a program strikes cells through that meet a
    condition, and the file does not tell which. Of more merged cells than `MAX_MERGED` there is one more than that.
    """

    volgnummer: int
    naam: str
    hoogte: int
    breedte: int
    verborgen: bool
    kop: Sequence[Cells]
    samengevoegd: Sequence[tuple[int, int, int, int]]
    regels: int = 0
    ongelijk: bool = False
    verborgen_kolommen: Sequence[int] = ()
    verborgen_rijen: int = 0
    onderdeel: int = 0
    niet_nagegaan: bool = False
    doorgehaald: bool = False
    streep_bij_voorwaarde: bool = False


class Inhoud(Protocol):
    """An opened file."""

    bladen: list[Blad]
    epoch_1904: bool

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows of one sheet from this one on (counted from 0)."""


def head_length(breedte: int) -> int:
    """Gives the number of first rows that are sent along at once, for a sheet of this width."""
    return max(1, min(HEAD_ROWS, _HEAD_CELLS // max(breedte, 1)))
