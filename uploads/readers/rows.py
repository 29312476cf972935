"""What every reader yields: tables of rows, whatever the file looked like.

A row keeps its number as people see it in their own program, because that is how findings are told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Self

from um_portal.errors import FoutMetMelding


class Onleesbaar(FoutMetMelding):
    """The file cannot be read; `melding` is a Dutch sentence for who uploaded it: what is wrong, what to do."""


class Formaat(StrEnum):
    """What a file is, judged by its content."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    XML2003 = "xml2003"
    HTML = "html"
    CSV = "csv"
    JSON = "json"

    @property
    def is_werkmap(self) -> bool:
        """Whether it has sheets (the tables of a web page are sheets too)."""
        return self not in {Formaat.CSV, Formaat.JSON}


class Rij(NamedTuple):
    """One row: its number (from 1, as in the spreadsheet) and its cells; for JSON the record itself."""

    nummer: int
    waarden: Any


@dataclass(frozen=True, slots=True)
class Tabel:
    """One sheet, or the only table of a file.

    `rijen` starts from the top each time it is called and may raise Onleesbaar on the way.
    `aantal` is how many rows there are, as far as that is known beforehand. The first cell of a row is that of the
    first column, also when that column is empty. `samengevoegd` has first row, first column, last row and last column
    (counted from 0) of cells that are merged into one, as far as the format tells; the value is in the first cell.
    """

    naam: str
    aantal: int | None
    rijen: Callable[[], Iterator[Rij]]
    verborgen: bool = False
    samengevoegd: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Bestand:
    """An opened file; use it in a `with`, after which its rows cannot be read any more.

    `te_groot` holds why sheets were left out, if any were.

    `tabellen` has the sheets in the order of the file, hidden ones last. `epoch_1904`: a bare number that stands for
    a day is counted from 1904 instead of 1900.
    """

    formaat: Formaat
    tabellen: tuple[Tabel, ...]
    te_groot: str = ""
    epoch_1904: bool = False
    sluit: Callable[[], object] = field(default=lambda: None, repr=False, compare=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.sluit()
