"""Defines the typed form of a selectievraag, and the two errors that one can have."""

from dataclasses import dataclass
from datetime import date

from exchange.standard import Soort


class VraagFout(ValueError):
    """A selectievraag that cannot be answered; `pad` names the place, `uitleg` the error there."""

    def __init__(self, pad: str, uitleg: str) -> None:
        super().__init__(uitleg)
        self.pad = pad
        self.uitleg = uitleg


class Ongeldig(VraagFout):
    """A value has another form than the contract gives it."""


class Onvolledig(VraagFout):
    """Something that the contract requires is missing."""


# The demands that a selectievraag can make on a record; each is about one column of the source.


@dataclass(frozen=True, slots=True)
class Vergelijking:
    """A single value compared with another, in MongoDB's meaning; `operator` is one of $eq $gte $lte $lt."""

    kolom: str
    operator: str
    waarde: int | float | str | date


@dataclass(frozen=True, slots=True)
class EenVan:
    """The column holds a list of codes; at least one must be among these."""

    kolom: str
    waarden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alle:
    """The column holds a list of codes; it must have all of these."""

    kolom: str
    waarden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taaleis:
    """The column holds languages.

    This one must be among them, with at least (inclusive) the levels spoken and written.
    """

    kolom: str
    taal: str
    mondeling: int | float | None = None
    schriftelijk: int | float | None = None


Eis = Vergelijking | EenVan | Alle | Taaleis


@dataclass(frozen=True, slots=True)
class Selectievraag:
    """A selectievraag in typed form: an area, and further demands that must all hold.

    `postcode` is empty for a kind that is not asked by area; `afstand` counts kilometres around it.
    `genegeerd` counts the keys and operators that the contract does not know and that had no effect.
    """

    soort: Soort
    eisen: tuple[Eis, ...] = ()
    postcode: str = ""
    afstand: int = 0
    genegeerd: int = 0
