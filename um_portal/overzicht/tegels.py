"""Makes the tiles of the start page: one for each thing that this person may do, with its count."""

from dataclasses import dataclass

from django.urls import reverse

from exchange.bemiddelaar.searching import visible
from um_portal.gemeenten import overzicht, voorwaarden
from um_portal.gemeenten.models import Vertrek
from um_portal.gemeenten.overzicht import Rij
from um_portal.gemeenten.voorwaarden import Staat
from um_portal.tenants.scope import als_support, voor_gemeente
from um_portal.toegang.access import GemeenteRequest, may
from um_portal.toegang.rechten import Recht
from uploads.models import LandelijkeWaarde


@dataclass(frozen=True, slots=True)
class Tegel:
    """A tile on the start page."""

    titel: str
    tekst: str
    url: str
    cijfer: int | None = None
    eenheid: str = ""


def member_tiles(request: GemeenteRequest) -> list[Tegel]:
    """Lists the tiles of somebody who works for a municipality."""
    found = []
    with voor_gemeente(request.gemeente):
        if may(request, Recht.INSTELLINGEN):
            found += _settings_tiles()
        if may(request, Recht.ZOEKEN):
            found.append(
                Tegel(
                    "Zoeken",
                    "Zoek in heel Nederland naar werkzoekenden of vacatures.",
                    reverse("bemiddelaar:nieuw"),
                )
            )
            found.append(
                Tegel(
                    "Mijn zoekvragen",
                    "Uw zoekvragen en de resultaten, zolang ze bewaard worden.",
                    reverse("bemiddelaar:lijst"),
                    visible(request.user).count(),
                    "bewaard",
                )
            )
        if may(request, Recht.AANLEVEREN):
            found.append(
                Tegel("Leveringen", "Lever een bestand uit uw eigen systeem aan.", reverse("uploads:lijst"))
            )
    return found


def _settings_tiles() -> list[Tegel]:
    """Lists the tiles of who keeps the settings; call inside `voor_gemeente`."""
    ending = [punt for punt in voorwaarden.checklist() if punt.staat is not Staat.VERVULD]
    said = ", ".join(f"{punt.definitie.soort.label} ({punt.staat.value})" for punt in ending)
    found = []
    if Vertrek.objects.filter(bevestigd_op=None).exists():
        found.append(
            Tegel(
                "Uw gemeente vertrekt",
                "Download wat u wilt bewaren. Na de bevestiging wordt alles gewist.",
                reverse("gemeenten:instellingen"),
            )
        )
    if ending:
        found.append(
            Tegel(
                "Voorwaarden voor deelname",
                f"{said}. Stuur VNG-support het nieuwe bewijs.",
                reverse("gemeenten:instellingen"),
                len(ending),
                "vraagt aandacht" if len(ending) == 1 else "vragen aandacht",
            )
        )
    return found


_GENOEMD = 3


def _first_of(rows: list[Rij]) -> str:
    """Says why the first municipalities ask for attention."""
    said = [f"{row.gemeente.naam}: {', '.join(row.aandacht)}" for row in rows[:_GENOEMD]]
    return "; ".join([*said, *(["en meer"] if len(rows) > _GENOEMD else [])]) or "Niets op dit moment."


def support_tiles(request: GemeenteRequest) -> list[Tegel]:
    """Lists the tiles of VNG support."""
    found = []
    gemeenten, landelijk = may(request, Recht.GEMEENTEN), may(request, Recht.LANDELIJK_BEKIJKEN)
    if not (gemeenten or landelijk):
        return []
    with als_support():
        rows = overzicht.rows() if gemeenten else []
        put_forward = LandelijkeWaarde.objects.filter(status=LandelijkeWaarde.Status.VOORGEDRAGEN).count()
    if gemeenten:
        found.append(
            Tegel(
                "Vraagt aandacht",
                _first_of([row for row in rows if row.aandacht]),
                f"{reverse('gemeenten:lijst')}?aandacht=1",
                sum(bool(row.aandacht) for row in rows),
                "gemeenten",
            )
        )
        found.append(
            Tegel(
                "Gemeenten",
                "Bekijk welke gemeenten meedoen en hoeveel zij publiceren.",
                reverse("gemeenten:lijst"),
                len(rows),
                "gemeenten",
            )
        )
    if landelijk:
        found.append(
            Tegel(
                "Landelijke waarden",
                "Besluit over de woorden die gemeenten voordragen.",
                reverse("uploads:landelijk"),
                put_forward,
                "voorgedragen",
            )
        )
    return found
