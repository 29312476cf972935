"""What a header row turned out to be, and what can tell that: a preset, or a koppeling that the municipality saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from exchange.standard import Soort
from uploads.mapping.cells.freetext import looks_personal
from uploads.mapping.eigen import is_eigen_kop
from uploads.mapping.kolommen import kolomkoppen
from uploads.mapping.regels import Regels


@dataclass(frozen=True, slots=True)
class Herkenning:
    """A koppeling, a kind, and which headers are used.

    `score` counts the headers that were understood. `mist` says in Dutch what is missing to work with it.
    `ontbreekt` names columns that it can do without. `regels` is None for records, which have no columns.
    `versie` is the id of the saved version.
    """

    koppeling: str
    soort: Soort
    score: int
    gebruikt: tuple[str, ...] = ()
    ongebruikt: tuple[str, ...] = ()
    mist: str = ""
    regels: Regels | None = None
    ontbreekt: tuple[str, ...] = ()
    versie: int | None = None


class Preset(Protocol):
    """A way of reading spreadsheets with a header row."""

    @property
    def naam(self) -> str:
        """The name by which it can be asked for."""

    @property
    def label(self) -> str:
        """The name on screen."""

    def herken(self, koppen: Sequence[str], soort: Soort) -> Herkenning | None:
        """Whether these headers are of this koppeling, for this kind."""


def looks_like_data(kop: str) -> bool:
    """Whether a header is rather what stands in a cell: somebody's name, number or address."""
    return looks_personal(kop) or sum(character.isdigit() for character in kop) >= 6


def shown_header(kop: str) -> str:
    """A header as we keep and show it; one that looks like data is not shown."""
    return "(kolomnaam niet getoond)" if looks_like_data(kop) else kop[:60]


def herkenning(
    naam: str, koppen: Sequence[str], regels: Regels, score: int, mist: str = "", versie: int | None = None
) -> Herkenning:
    """These rules as what the headers turned out to be."""
    wanted = regels.kolommen
    columns = kolomkoppen(koppen)
    present = {kolom.sleutel for kolom in columns}
    return Herkenning(
        koppeling=naam,
        soort=regels.soort,
        score=score,
        gebruikt=tuple(kolom.naam for kolom in columns if kolom.sleutel in wanted),
        ongebruikt=tuple(
            kolom.naam
            for kolom in columns
            if kolom.kop and kolom.sleutel not in wanted and not is_eigen_kop(kolom.kop)
        ),
        mist=mist,
        regels=regels,
        ontbreekt=tuple(key for key in wanted if key not in present),
        versie=versie,
    )
