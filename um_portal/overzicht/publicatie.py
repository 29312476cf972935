"""Tells a clerk in one look how what is published stands: how fresh, what waits for a decision, what came in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse

from exchange.bron import versheid
from exchange.bron.models import Stand
from exchange.bron.versheid import Versheid
from exchange.bron.withdrawal import returned
from exchange.standard import Soort
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, may
from um_portal.toegang.rechten import Recht
from uploads.gepubliceerd.soorten import own_kinds
from uploads.models import Levering, Leveringstatus

# So many leveringen are shown: the last ones, and those that wait.
LAATSTE: Final = 5
_WACHT: Final = 10
# Per state in which a levering waits for somebody: what that person does.
_KNOPPEN: Final = {
    Leveringstatus.KOPPELEN: ("Kolommen kiezen", "uploads:koppelen"),
    Leveringstatus.MISLUKT: ("Bekijken", "uploads:levering"),
    Leveringstatus.OMGEZET: ("Controleren", "uploads:levering"),
}


@dataclass(frozen=True, slots=True)
class Soortstand:
    """A kind: how many of it are published, since when and by whom (in words), and how fresh that is."""

    soort: Soort
    aantal: int
    sinds: datetime | None
    door: str
    versheid: Versheid | None


@dataclass(frozen=True, slots=True)
class Wacht:
    """Something that waits for a decision: in words, with the button that leads to it."""

    tekst: str
    knop: str
    url: str


@dataclass(frozen=True, slots=True)
class Publicatiebeeld:
    """All that a clerk sees of it; `is_goed` tells whether nothing needs anybody."""

    standen: list[Soortstand] = field(default_factory=list)
    wachtend: list[Wacht] = field(default_factory=list)
    leveringen: list[Levering] = field(default_factory=list)

    @property
    def is_goed(self) -> bool:
        """Tells whether nothing waits and every set that is published is fresh."""
        fresh = all(one.versheid is None or not one.versheid.is_oud for one in self.standen)
        return fresh and not self.wachtend and any(one.aantal for one in self.standen)


def picture(request: GemeenteRequest) -> Publicatiebeeld | None:
    """Gives the picture for who may deliver and publish; None for others."""
    if not may(request, Recht.GEPUBLICEERD):
        return None
    with voor_gemeente(request.gemeente):
        delivers = may(request, Recht.AANLEVEREN)
        return Publicatiebeeld(
            _standen(request),
            [*(_leveringen() if delivers else []), *_returned(request)],
            list(_light()[:LAATSTE]) if delivers else [],
        )


def _light() -> "QuerySet[Levering]":
    found: QuerySet[Levering] = Levering.objects.light().select_related(
        "gebruiker", "gepubliceerd_door", "aanleversleutel"
    )
    return found


def _standen(request: GemeenteRequest) -> list[Soortstand]:
    standen = {stand.soort: stand for stand in Stand.objects.all()}
    last = {
        levering.soort: levering
        for levering in _light()
        .filter(status=Leveringstatus.GEPUBLICEERD, teruggedraaid_op=None)
        .order_by("soort", "-gepubliceerd_op")
        .distinct("soort")
    }
    found = []
    for soort in own_kinds(request.gemeente, {kind: one.aantal for kind, one in standen.items()}):
        stand = standen.get(soort.value)
        if soort is Soort.WERKGEVERSCONTACTMOMENTEN and (stand is None or not stand.aantal):
            continue
        levering = last.get(soort.value)
        found.append(
            Soortstand(
                soort,
                stand.aantal if stand else 0,
                stand.gepubliceerd_op if stand else None,
                _by(levering) if levering else "",
                versheid.of_stand(stand) if stand else None,
            )
        )
    return found


def _by(levering: Levering) -> str:
    return f"door {levering.gepubliceerd_door}" if levering.gepubliceerd_door else levering.ingebracht_door


def _leveringen() -> list[Wacht]:
    waiting = _light().filter(status__in=list(_KNOPPEN))[:_WACHT]
    return [
        Wacht(
            f"{levering.bestandsnaam}: {_said(levering)}",
            _KNOPPEN[Leveringstatus(levering.status)][0],
            reverse(_KNOPPEN[Leveringstatus(levering.status)][1], args=[levering.pk]),
        )
        for levering in waiting
        if not levering.gaat_vanzelf_verder
    ]


def _said(levering: Levering) -> str:
    if levering.gestopt_om:
        return str(levering.get_gestopt_om_display())
    if levering.status == Leveringstatus.MISLUKT:
        return (
            "er is een vraag over het bestand."
            if levering.vraag or levering.vraagt_soort
            else "niet omgezet."
        )
    if levering.status == Leveringstatus.KOPPELEN:
        return "vertel wat er in de kolommen staat."
    return "klaar om te publiceren." if levering.is_publiceerbaar else "niets om te publiceren."


def _returned(request: GemeenteRequest) -> list[Wacht]:
    if not may(request, Recht.INTREKKEN):
        return []
    found = []
    for soort in Soort:
        number = returned(soort).filter(besluit="").count()
        if number:
            who = (
                f"1 eerder ingetrokken {soort.enkelvoud} staat"
                if number == 1
                else (f"{number} eerder ingetrokken {soort.label} staan")
            )
            found.append(
                Wacht(
                    f"{who} weer in een later bestand.",
                    "Besluiten",
                    f"{reverse('uploads:ingetrokken')}?soort={soort.value}",
                )
            )
    return found
