"""The typed form of a selectievraag, and the two ways in which one can be wrong."""

from dataclasses import dataclass
from datetime import date

from exchange.standard import Soort


class VraagFout(ValueError):
    """A selectievraag that cannot be answered; `pad` names the place, `uitleg` what is wrong there."""

    def __init__(self, pad: str, uitleg: str) -> None:
        super().__init__(uitleg)
        self.pad = pad
        self.uitleg = uitleg


class Ongeldig(VraagFout):
    """Something has another form than the contract gives it."""


class Onvolledig(VraagFout):
    """Something that the contract requires is missing."""


# What a selectievraag can demand of a record; each is about one column of the source.


@dataclass(frozen=True, slots=True)
class Vergelijking:
    """A single value compared with another, in MongoDB's meaning; `operator` is one of $eq $gte $lte $lt."""

    kolom: str
    operator: str
    waarde: int | float | str | date


@dataclass(frozen=True, slots=True)
class EenVan:
    """A list of codes of which at least one must be among these."""

    kolom: str
    waarden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alle:
    """A list of codes that must have all of these."""

    kolom: str
    waarden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taaleis:
    """A list of languages with this one in it, at least at the level (inclusive) spoken and written that is asked."""

    kolom: str
    taal: str
    mondeling: int | float | None = None
    schriftelijk: int | float | None = None


Eis = Vergelijking | EenVan | Alle | Taaleis


@dataclass(frozen=True, slots=True)
class Selectievraag:
    """A selectievraag, understood: an area, and what must hold besides, all of it.

    `postcode` is empty for a kind that is not asked by area; `afstand` counts kilometres around it.
    `genegeerd` counts the keys and operators that the contract does not know and that had no effect.
    """

    soort: Soort
    eisen: tuple[Eis, ...] = ()
    postcode: str = ""
    afstand: int = 0
    genegeerd: int = 0
