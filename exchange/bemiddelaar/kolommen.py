"""Holds the columns of the list of results: which there are, which somebody chose, and their texts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from exchange.bemiddelaar.models import Kolomkeuze, Resultaat
from exchange.standard import Soort
from um_portal.accounts.models import Gebruiker
from um_portal.presentation.templatetags.um import datum
from um_portal.tenants.models import Gemeente


@dataclass(frozen=True, slots=True)
class Kolom:
    """One column; `sorteer` is the order of `beeld` that its header gives, empty when it gives none."""

    sleutel: str
    kop: str
    tekst: Callable[[Resultaat], str]
    sorteer: str = ""
    standaard: bool = True


def _waar(resultaat: Resultaat) -> str:
    return ", ".join(filter(None, (resultaat.waar, resultaat.afstand_tekst)))


_WAAR: Final = Kolom("waar", "Waar", _waar, "afstand")
_UREN: Final = Kolom("uren", "Uren per week", lambda r: r.uren_tekst, "uren")
_RIJBEWIJS: Final = Kolom("rijbewijs", "Rijbewijs", lambda r: ", ".join(r.rijbewijzen))
_VERVOER: Final = Kolom("vervoer", "Vervoer", lambda r: r.vervoer_tekst, standaard=False)
_NIVEAU: Final = Kolom("niveau", "Niveau", lambda r: r.niveau_label, "niveau")


def _dag(resultaat: Resultaat) -> str:
    return str(datum(resultaat.vanaf)) if resultaat.vanaf else ""


KOLOMMEN: Final[Mapping[Soort, tuple[Kolom, ...]]] = {
    Soort.WERKZOEKENDEN: (
        _WAAR,
        _UREN,
        Kolom("vanaf", "Beschikbaar", _dag, "vanaf"),
        Kolom(
            "reis", "Reist tot", lambda r: f"{r.reisafstand} km" if r.reisafstand is not None else "", "reis"
        ),
        _RIJBEWIJS,
        _VERVOER,
        _NIVEAU,
    ),
    Soort.VACATURES: (
        Kolom("werkgever", "Werkgever", lambda r: r.werkgever, "werkgever"),
        _WAAR,
        _UREN,
        Kolom("vanaf", "Begint", _dag, "vanaf", standaard=False),
        Kolom("sluit", "Sluit", lambda r: str(datum(r.sluit_op)) if r.sluit_op else "", "sluit"),
        _RIJBEWIJS,
        _VERVOER,
        _NIVEAU,
    ),
}


def chosen(gebruiker: Gebruiker, soort: Soort) -> list[Kolom]:
    """Gives the columns that this person chose, else those of everybody; call inside `voor_gemeente`."""
    kept = (
        Kolomkeuze.objects.filter(gebruiker=gebruiker, soort=soort).values_list("kolommen", flat=True).first()
    )
    return [
        kolom for kolom in KOLOMMEN[soort] if (kolom.standaard if kept is None else kolom.sleutel in kept)
    ]


def choose(gemeente: Gemeente, gebruiker: Gebruiker, soort: Soort, sleutels: Iterable[str]) -> None:
    """Remembers the columns of this person; unknown ones count for nothing. Call inside `voor_gemeente`."""
    known = [kolom.sleutel for kolom in KOLOMMEN[soort]]
    asked = set(sleutels)
    Kolomkeuze.objects.bulk_create(
        [
            Kolomkeuze(
                gemeente=gemeente,
                gebruiker=gebruiker,
                soort=soort,
                kolommen=[sleutel for sleutel in known if sleutel in asked],
            )
        ],
        update_conflicts=True,
        unique_fields=["gemeente", "gebruiker", "soort"],
        update_fields=["kolommen"],
    )


def phone_line(soort: Soort, resultaat: Resultaat) -> str:
    """Gives the line below the title where there is no room for columns."""
    hours = f"{resultaat.uren_tekst} uur" if resultaat.uren_tekst else ""
    parts = (
        (resultaat.werkgever, _waar(resultaat), hours)
        if soort is Soort.VACATURES
        else (_waar(resultaat), hours, resultaat.niveau_label)
    )
    return " · ".join(filter(None, parts))
