"""Describes what a header row was recognised as: a preset, or a koppeling that the municipality saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from exchange.standard import Soort
from exchange.standard.persoonsgegevens import looks_personal
from uploads.mapping.eigen import is_eigen_kop
from uploads.mapping.kolommen import kolomkoppen
from uploads.mapping.regels import Regels


@dataclass(frozen=True, slots=True)
class Herkenning:
    """The koppeling and kind of a header row, and the headers that are used.

    `score` counts the headers that were understood. `mist` says in Dutch what is missing to work with it.
    `ontbreekt` names columns of the koppeling that the file lacks and that are not needed. `regels` is None
    for records, which have no columns. `versie` is the id of the saved version.
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
        """Gives the name by which it can be asked for."""

    @property
    def label(self) -> str:
        """Gives the name on screen."""

    def herken(self, koppen: Sequence[str], soort: Soort) -> Herkenning | None:
        """Recognises these headers as this koppeling, for this kind; None when they are not."""


def looks_like_data(kop: str) -> bool:
    """Tells whether a header looks like the content of a cell: somebody's name, number or address."""
    return looks_personal(kop) or sum(character.isdigit() for character in kop) >= 6


def shown_header(kop: str) -> str:
    """Gives a header as the portal keeps and shows it; one that looks like data is not shown."""
    return "(kolomnaam niet getoond)" if looks_like_data(kop) else kop[:60]


def shown_sheet(naam: str) -> str:
    """Gives the name of a sheet as the portal keeps and shows it; one that looks like data is not shown."""
    return "(naam niet getoond)" if looks_like_data(naam) else naam[:60]


def herkenning(
    naam: str, koppen: Sequence[str], regels: Regels, score: int, mist: str = "", versie: int | None = None
) -> Herkenning:
    """Makes the description of a header row that these rules fit."""
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
