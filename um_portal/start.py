"""The start page and the health check."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from exchange.bemiddelaar.searching import visible
from exchange.bron.models import Stand
from exchange.standard import Soort
from um_portal.presentation.navigation import BEHEERDERS, ZOEKERS
from um_portal.toegang.access import GemeenteRequest, attach
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.models import LandelijkeWaarde


@dataclass(frozen=True, slots=True)
class Tegel:
    """A tile on the start page."""

    titel: str
    tekst: str
    url: str
    cijfer: int | None = None
    eenheid: str = ""


def _tiles(request: GemeenteRequest) -> list[Tegel]:
    rol = request.lidmaatschap.rol
    found = []
    with voor_gemeente(request.gemeente):
        if rol in ZOEKERS:
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
        if rol in BEHEERDERS:
            found.append(
                Tegel("Leveringen", "Lever een bestand uit uw eigen systeem aan.", reverse("uploads:lijst"))
            )
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


@login_required
def start(request: GemeenteRequest) -> HttpResponse:
    """The start page: tiles for what this person may do."""
    attach(request)
    tegels: list[Tegel] = []
    if request.lidmaatschap:
        tegels = _tiles(request)
    if request.user.is_vng_support:
        tegels.append(
            Tegel(
                "Gemeenten",
                "Bekijk welke gemeenten meedoen en hoeveel zij publiceren.",
                reverse("tenants:lijst"),
                Gemeente.objects.count(),
                "gemeenten",
            )
        )
        tegels.append(
            Tegel(
                "Landelijke waarden",
                "Besluit over de woorden die gemeenten voordragen.",
                reverse("uploads:landelijk"),
                LandelijkeWaarde.objects.filter(status=LandelijkeWaarde.Status.VOORGEDRAGEN).count(),
                "voorgedragen",
            )
        )
    return render(request, "start.html", {"tegels": tegels})


def health(request: HttpRequest) -> JsonResponse:
    """Whether database and Redis answer: 200 or 503. Tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("gezond")
    except Exception:  # whatever it is, this process cannot serve
        return JsonResponse({"gezond": False}, status=503)
    return JsonResponse({"gezond": True})
