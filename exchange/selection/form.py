"""The typed form of a selectievraag, and the two ways in which one can be wrong."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from exchange.standard import Soort


class VraagFout(ValueError):
    """A selectievraag that cannot be answered; `pad` names the place, `uitleg` what is wrong there."""

    code = "400.01"

    def __init__(self, pad: str, uitleg: str) -> None:
        super().__init__(uitleg)
        self.pad = pad
        self.uitleg = uitleg


class Ongeldig(VraagFout):
    """Something has another form than the contract gives it."""


class Onvolledig(VraagFout):
    """Something that the contract requires is missing."""

    code = "400.02"


class Veld(StrEnum):
    """What a single value is compared with; the names are those of the source's columns."""

    ONREGELMATIG = "onregelmatig"
    KANTOORTIJDEN = "kantoortijden"
    UREN_MAXIMAAL = "uren_maximaal"
    UREN_MINIMAAL = "uren_minimaal"
    AANVANG = "aanvang"
    BEROEP = "beroep"
    DENKNIVEAU = "denkniveau"


@dataclass(frozen=True, slots=True)
class Vergelijking:
    """A field compared with a value, in MongoDB's meaning; `operator` is one of $eq $gte $lte $lt."""

    veld: Veld
    operator: str
    waarde: int | float | str | date


@dataclass(frozen=True, slots=True)
class Taaleis:
    """A language, with the least level (inclusive) spoken and written where that is asked."""

    taal: str
    mondeling: int | float | None = None
    schriftelijk: int | float | None = None


@dataclass(frozen=True, slots=True)
class Selectievraag:
    """A selectievraag, understood. Empty tuples ask nothing; everything listed must hold.

    Of `beroepen` and `contractvormen` one must be had, of `rijbewijzen` and `talen` all.
    `genegeerd` counts the keys and operators that the contract does not know and that had no effect.
    """

    soort: Soort
    postcode: str
    afstand: int
    vergelijkingen: tuple[Vergelijking, ...] = ()
    beroepen: tuple[str, ...] = ()
    contractvormen: tuple[str, ...] = ()
    rijbewijzen: tuple[str, ...] = ()
    talen: tuple[Taaleis, ...] = ()
    genegeerd: int = 0


@dataclass(frozen=True, slots=True)
class Contactmomentvraag:
    """A question for contacts with an employer, understood: of this KvK number, on or after `vanaf`."""

    nummer_kvk: str
    vanaf: date | None = None
    genegeerd: int = 0
