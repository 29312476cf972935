"""Serves the results of a search, and one match."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F, Func, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from exchange.bemiddelaar import details
from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.bemiddelaar.summary import shortcomings
from exchange.bemiddelaar.views.details import match_context
from exchange.bemiddelaar.views.zoekvragen import PER_PAGINA, own_result, own_search
from exchange.display import as_pairs
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

_SORTEERBAAR: dict[str, F | Func] = {
    "nummer": F("volgnummer"),
    "omschrijving": Lower("omschrijving"),
    "afstand": F("afstand_km"),
    "uren": F("uren"),
    "niveau": F("niveau"),
}


def _sorted(results: "QuerySet[Resultaat]", order: str) -> "QuerySet[Resultaat]":
    key = _SORTEERBAAR.get(order.removeprefix("-"))
    if key is None:
        return results
    descending = order.startswith("-")
    return results.order_by(
        key.desc(nulls_last=True) if descending else key.asc(nulls_last=True), "volgnummer"
    )


def _search_context(request: GemeenteRequest, zoekvraag: Zoekvraag) -> dict[str, Any]:
    context: dict[str, Any] = {
        "zoekvraag": zoekvraag,
        "max_details": settings.UM_MAX_DETAILS,
        "max_pogingen": settings.UM_ZOEK_POGINGEN,
    }
    if zoekvraag.status == Zoekstatus.KLAAR:
        apart = request.GET.get("apart") == "ja" and zoekvraag.niet_passend > 0
        results = (
            Resultaat.objects.filter(zoekvraag=zoekvraag, past=not apart)
            .select_related("zoekvraag", "vervolg")
            .defer("profiel", "zoekvraag__vraag_object")
        )
        words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        if words:
            results = results.filter(omschrijving__icontains=words)
        results = _sorted(results, request.GET.get("sorteer", ""))
        context["page_obj"] = Paginator(results, PER_PAGINA).get_page(request.GET.get("pagina"))
        context["q"] = words
        context["apart"] = apart
        context["details_over"] = details.details_left(zoekvraag)
        for resultaat in context["page_obj"]:
            resultaat.mist = shortcomings(zoekvraag.soort_van, resultaat.tekorten)
    return context


@requires(Recht.ZOEKEN)
@require_GET
def search(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows one search: its state while under way, then its results."""
    zoekvraag = own_search(request, pk)
    return render(request, "bemiddelaar/zoekvraag.html", _search_context(request, zoekvraag))


@requires(Recht.ZOEKEN)
@require_GET
def state(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows the part of the search's page that refreshes by itself; asked every second while under way."""
    zoekvraag = own_search(request, pk)
    return render(request, "bemiddelaar/_stand.html", _search_context(request, zoekvraag))


@requires(Recht.ZOEKEN)
@require_GET
def result(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Shows one match: its search profile, and the button to request its detail."""
    resultaat = own_result(request, pk, nummer)
    zoekvraag = resultaat.zoekvraag
    context = {
        "zoekvraag": zoekvraag,
        "resultaat": resultaat,
        "gegevens": as_pairs(zoekvraag.soort_van, resultaat.profiel),
        "mist": shortcomings(zoekvraag.soort_van, resultaat.tekorten),
        **match_context(request, resultaat),
    }
    return render(request, "bemiddelaar/resultaat.html", context)
