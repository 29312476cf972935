"""What reading a file is made of: readers of cells, setters in a record, and what there is to say.

A message is for who uploaded the file. It never holds what a cell holds, because that may be personal.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from exchange.standard import Soort

Record = dict[str, Any]


class Ernst(StrEnum):
    """What a finding means for its row."""

    AFGEKEURD = "afgekeurd"
    OVERGESLAGEN = "overgeslagen"
    WAARSCHUWING = "waarschuwing"


class Opmerking(NamedTuple):
    """What there is to say about a cell. `code` is stable; `melding` is Dutch: what is wrong and what to do."""

    ernst: Ernst
    code: str
    melding: str


class Lot(StrEnum):
    """What becomes of a row: its record goes along, or the row is skipped or refused."""

    MEE = "gaat mee"
    OVERGESLAGEN = "overgeslagen"
    AFGEKEURD = "afgekeurd"

    @property
    def ernst(self) -> Ernst | None:
        """The severity of the remark that decided it; None for a row that goes along."""
        return None if self is Lot.MEE else Ernst(self.value)


def lot_of(ernsten: Iterable[Ernst]) -> Lot:
    """Decides what becomes of a row that got remarks of these severities. Warnings change nothing."""
    found = set(ernsten)
    if Ernst.OVERGESLAGEN in found:
        return Lot.OVERGESLAGEN
    return Lot.AFGEKEURD if Ernst.AFGEKEURD in found else Lot.MEE


@dataclass(frozen=True, slots=True)
class Rijopmerking:
    """A remark with its place: the row's number (from 1) and the column's header; '' when it is about the whole row."""

    rij: int
    kolom: str
    opmerking: Opmerking

    @property
    def ernst(self) -> Ernst:
        """How bad it is."""
        return self.opmerking.ernst

    @property
    def melding(self) -> str:
        """The sentence for who uploaded the file."""
        return self.opmerking.melding


class Cel(NamedTuple):
    """What a cell came to: a value (None: absent), a remark, or both; and the unknown values of lists, to count."""

    waarde: Any = None
    opmerking: Opmerking | None = None
    onbekend: tuple[tuple[str, str], ...] = ()


AFWEZIG = Cel()

Lees = Callable[[object], Cel]
Zet = Callable[[Record, Any], None]
Meld = Callable[[str, Opmerking], None]


@dataclass(frozen=True, slots=True)
class Omgeving:
    """What a translation needs to know of the municipality and the country, as plain functions and tables.

    `codes` has per value list (named as `regels.lijst_van` does) the code of every value that is known, under
    `values.sleutel`: all of an external list, and what the municipality itself mapped; an empty code says that the
    value is left out on purpose. `ligt_ergens` tells whether a distance can be measured from a postcode. `afwezig`
    has the words (as `values.sleutel`) that mean nothing is there; None: the usual ones.
    """

    pseudoniem: Callable[[str], str]
    ligt_ergens: Callable[[str], bool]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    afwezig: frozenset[str] | None = None


MeldOnbekend = Callable[[str, tuple[str, str]], None]


class Vertaling(Protocol):
    """A translation made for one file. `vol` says that its records never hold empty values."""

    soort: Soort
    vol: bool

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """The record of one row, not yet validated; None when `meld` was told why there is none."""

    def kop_van(self, pad: str) -> str:
        """The header of the column that the attribute at this path (with positions) came from, or else the path."""

    def vorm(self) -> Hashable:
        """Which attributes the last record got, in a form that is cheap to count."""

    def paden(self, vorm: Any) -> Iterable[str]:
        """The paths (without positions) of the attributes in such a form."""
