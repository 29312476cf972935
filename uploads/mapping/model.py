"""Defines the parts of reading a file: readers of cells, setters in a record, and remarks.

A message is for the person who uploaded the file. It never repeats the content of a cell, which may be
personal data.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from exchange.standard import Soort

Record = dict[str, Any]


class Ernst(StrEnum):
    """The severity of a finding: its effect on the row."""

    AFGEKEURD = "afgekeurd"
    OVERGESLAGEN = "overgeslagen"
    WAARSCHUWING = "waarschuwing"


class Opmerking(NamedTuple):
    """A remark on a cell. `code` is stable; `melding` is Dutch: what is wrong and what to do."""

    ernst: Ernst
    code: str
    melding: str


class Lot(StrEnum):
    """The outcome of a row: its record goes along, or the row is skipped or refused."""

    MEE = "gaat mee"
    OVERGESLAGEN = "overgeslagen"
    AFGEKEURD = "afgekeurd"

    @property
    def ernst(self) -> Ernst | None:
        """Gives the severity of the remark that decided it; None for a row that goes along."""
        return None if self is Lot.MEE else Ernst(self.value)


def lot_of(ernsten: Iterable[Ernst]) -> Lot:
    """Decides the outcome of a row that got remarks of these severities. Warnings change nothing."""
    found = set(ernsten)
    if Ernst.OVERGESLAGEN in found:
        return Lot.OVERGESLAGEN
    return Lot.AFGEKEURD if Ernst.AFGEKEURD in found else Lot.MEE


@dataclass(frozen=True, slots=True)
class Rijopmerking:
    """A remark with its place: the row's number (from 1) and the column's header; '' for the whole row."""

    rij: int
    kolom: str
    opmerking: Opmerking

    @property
    def ernst(self) -> Ernst:
        """Gives the severity of the remark."""
        return self.opmerking.ernst

    @property
    def melding(self) -> str:
        """Gives the sentence for the person who uploaded the file."""
        return self.opmerking.melding


class Cel(NamedTuple):
    """The result of a cell: a value (None: absent), a remark, or both.

    `onbekend` has the values that a list does not know, as (list, value), to count.
    """

    waarde: Any = None
    opmerking: Opmerking | None = None
    onbekend: tuple[tuple[str, str], ...] = ()


AFWEZIG = Cel()

Lees = Callable[[object], Cel]
Zet = Callable[[Record, Any], None]
Meld = Callable[[str, Opmerking], None]


@dataclass(frozen=True, slots=True)
class Omgeving:
    """The facts of the municipality and the country that a translation needs, as plain functions and tables.

    `codes` has, per value list (by its name as `doelen.list_of` gives it), the code of every known value by
    its key (`cells.text.woordsleutel`): all of an external list, and the values that the municipality mapped
    itself. An empty code means that the value is left out on purpose. `ligt_ergens` tells whether a distance
    can be measured from a postcode. `afwezig` has the words (as keys) that mean that there is nothing; None:
    the usual ones. `eigen_nummers` takes the municipality's own number behind each pseudonym that is made of it, until
    the row is done; never a BSN.
    """

    pseudoniem: Callable[[str], str]
    ligt_ergens: Callable[[str], bool]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    afwezig: frozenset[str] | None = None
    eigen_nummers: dict[str, str] = field(default_factory=dict)


MeldOnbekend = Callable[[str, tuple[str, str]], None]


class Vertaling(Protocol):
    """A translation made for one file."""

    soort: Soort

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """Gives the record of one row, not yet validated; None when `meld` was told why there is none."""

    def finish(self, record: Record) -> Record:
        """Gives an approved record as it goes along: with only the empty values that were meant to be there."""

    def kop_van(self, pad: str) -> str:
        """Gives the header of the column behind the attribute at this path, or else the path.

        The path has positions.
        """

    def vorm(self) -> Hashable:
        """Gives the attributes of the last record, in a form that is cheap to count."""

    def paden(self, vorm: Any) -> Iterable[str]:
        """Gives the paths (without positions) of the attributes in such a form."""
