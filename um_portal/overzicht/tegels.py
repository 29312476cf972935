"""Makes the tiles of the start page: one for each thing that this person may do, with its count."""

from dataclasses import dataclass

from django.urls import reverse

from exchange.bemiddelaar.searching import visible
from exchange.bron.models import Stand
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente
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
        if may(request, Recht.GEPUBLICEERD):
            counts = dict(Stand.objects.values_list("soort", "aantal"))
            for soort in (Soort.WERKZOEKENDEN, Soort.VACATURES):
                found.append(
                    Tegel(
                        f"Gepubliceerde {soort.label.lower()}",
                        "Hierop antwoordt uw gemeente als bron.",
                        f"{reverse('uploads:gepubliceerd')}?soort={soort}",
                        counts.get(soort.value, 0),
                        "op dit moment",
                    )
                )
    return found


def support_tiles(request: GemeenteRequest) -> list[Tegel]:
    """Lists the tiles of VNG support."""
    found = []
    gemeenten, landelijk = may(request, Recht.GEMEENTEN), may(request, Recht.LANDELIJK_BEKIJKEN)
    if not (gemeenten or landelijk):
        return []
    with als_support():
        municipalities = Gemeente.objects.count()
        put_forward = LandelijkeWaarde.objects.filter(status=LandelijkeWaarde.Status.VOORGEDRAGEN).count()
    if gemeenten:
        found.append(
            Tegel(
                "Gemeenten",
                "Bekijk welke gemeenten meedoen en hoeveel zij publiceren.",
                reverse("gemeenten:lijst"),
                municipalities,
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
