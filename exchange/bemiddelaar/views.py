"""Serves the pages of searching. Thin: they read the request, call a verb of `searching`, and render."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Func, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange.bemiddelaar import searching, tasks
from exchange.bemiddelaar.client import UitwisselingFout
from exchange.bemiddelaar.forms import ZoekForm
from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.bemiddelaar.summary import shortcomings
from exchange.display import as_pairs
from exchange.standard import Soort
from exchange.waardelijsten.models import BEROEPEN, Code
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.gemeenten import daglimieten
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.gemeenten.models import Verbruikssoort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import DoetNietMee, GemeenteRequest, requires
from um_portal.toegang.rechten import Recht, takes_part

PER_PAGINA = 25
ZOEKBARE_SOORTEN = (Soort.WERKZOEKENDEN, Soort.VACATURES)
_SORTEERBAAR: dict[str, F | Func] = {
    "nummer": F("volgnummer"),
    "omschrijving": Lower("omschrijving"),
    "afstand": F("afstand_km"),
    "uren": F("uren"),
    "niveau": F("niveau"),
}
_MAX_SUGGESTIES = 20


def _kinds(gemeente: Gemeente) -> list[Soort]:
    """Lists the kinds that this municipality searches."""
    return [soort for soort in ZOEKBARE_SOORTEN if takes_part(gemeente, Recht.ZOEKEN, soort.value)]


def _own(request: GemeenteRequest, pk: int) -> Zoekvraag:
    return get_object_or_404(searching.visible(request.user), pk=pk)


@requires(Recht.ZOEKEN)
@require_http_methods(["GET", "POST"])
def new(request: GemeenteRequest) -> HttpResponse:
    """Shows the search form; a valid one becomes a search and a job."""
    kinds = _kinds(request.gemeente)
    asked = request.POST.get("soort") or request.GET.get("soort")
    soort = next((soort for soort in kinds if soort == asked), kinds[0])
    if request.method == "POST" and asked in ZOEKBARE_SOORTEN and asked != soort:
        # The page was made before the municipality stopped searching this kind.
        raise DoetNietMee(request.gemeente)
    form, status = ZoekForm(request.POST or None, soort=soort), 0
    if request.method == "POST" and form.is_valid():
        try:
            found = searching.open_search(
                request.gemeente, request.user, soort, form.criteria, form.cleaned_data["naam"]
            )
        except DaglimietBereikt as limiet:
            form.add_error(None, limiet.melding)
            status = HTTPStatus.TOO_MANY_REQUESTS
        else:
            tasks.enqueue(found.pk, request.gemeente.pk)
            return redirect("bemiddelaar:zoekvraag", pk=found.pk)
    context = {"form": form, "soort": soort, "soorten": kinds}
    return render(
        request, "bemiddelaar/nieuw.html", context, status=status or (422 if form.errors else HTTPStatus.OK)
    )


@requires(Recht.ZOEKEN)
@require_GET
def occupations(request: GemeenteRequest) -> HttpResponse:
    """Gives names of occupations with these words in them, as options for the search form."""
    words = request.GET.get("q", "")
    found = (
        Code.objects.filter(lijst=BEROEPEN).geldig().zoek(words)[:_MAX_SUGGESTIES] if words.strip() else []
    )
    return render(request, "bemiddelaar/_beroepen.html", {"beroepen": found})


@requires(Recht.ZOEKEN)
@require_GET
def overview(request: GemeenteRequest) -> HttpResponse:
    """Shows the jobcoach's own searches, as long as they are kept."""
    page = Paginator(searching.visible(request.user), PER_PAGINA).get_page(request.GET.get("pagina"))
    return render(
        request, "bemiddelaar/lijst.html", {"page_obj": page, "bewaardagen": request.gemeente.bewaartermijn}
    )


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
            .select_related("zoekvraag")
            .defer("profiel", "zoekvraag__vraag_object")
        )
        words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        if words:
            results = results.filter(omschrijving__icontains=words)
        results = _sorted(results, request.GET.get("sorteer", ""))
        context["page_obj"] = Paginator(results, PER_PAGINA).get_page(request.GET.get("pagina"))
        context["q"] = words
        context["apart"] = apart
        context["details_over"] = searching.details_left(zoekvraag)
        for resultaat in context["page_obj"]:
            resultaat.mist = shortcomings(zoekvraag.soort_van, resultaat.tekorten)
    return context


@requires(Recht.ZOEKEN)
@require_GET
def search(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows one search: its state while under way, then its results."""
    zoekvraag = _own(request, pk)
    return render(request, "bemiddelaar/zoekvraag.html", _search_context(request, zoekvraag))


@requires(Recht.ZOEKEN)
@require_GET
def state(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows the part of the search's page that refreshes by itself; asked every second while under way."""
    zoekvraag = _own(request, pk)
    return render(request, "bemiddelaar/_stand.html", _search_context(request, zoekvraag))


@requires(Recht.ZOEKEN)
@require_POST
def repeat(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Puts a failed search again."""
    zoekvraag = _own(request, pk)
    if searching.repeat_search(request.gemeente, zoekvraag):
        tasks.enqueue(zoekvraag.pk, request.gemeente.pk)
    return redirect("bemiddelaar:zoekvraag", pk=pk)


@requires(Recht.ZOEKEN)
@require_http_methods(["GET", "POST"])
def erase(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Erases a search and its results before they expire."""
    zoekvraag = _own(request, pk)
    if request.method == "POST":
        zoekvraag.delete()
        log_act(
            request.gemeente, Handeling.ZOEKVRAAG_GEWIST, gebruiker=request.user, onderwerp=f"zoekvraag {pk}"
        )
        messages.success(request, "De zoekvraag en de resultaten zijn gewist.")
        return redirect("bemiddelaar:lijst")
    context = {
        "titel": "Zoekvraag wissen",
        "tekst": "De zoekvraag en alle resultaten worden gewist. Dat kunt u niet ongedaan maken.",
        "gevaar": True,
        "bevestig_tekst": "Wissen",
        "terug_url": reverse("bemiddelaar:zoekvraag", args=[pk]),
    }
    return render(request, "componenten/bevestigen.html", context)


def _result(request: GemeenteRequest, pk: int, nummer: int) -> Resultaat:
    zoekvraag = _own(request, pk)
    found: Resultaat = get_object_or_404(Resultaat.objects.filter(zoekvraag=zoekvraag), volgnummer=nummer)
    found.zoekvraag = zoekvraag
    return found


@requires(Recht.ZOEKEN)
@require_GET
def result(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Shows one match: its search profile, and the button to request its detail."""
    resultaat = _result(request, pk, nummer)
    zoekvraag = resultaat.zoekvraag
    context = {
        "zoekvraag": zoekvraag,
        "resultaat": resultaat,
        "gegevens": as_pairs(zoekvraag.soort_van, resultaat.profiel),
        "mist": shortcomings(zoekvraag.soort_van, resultaat.tekorten),
        "details_over": searching.details_left(zoekvraag),
        "details_onbekend": searching.details_unknown(zoekvraag),
        "max_details": settings.UM_MAX_DETAILS,
        "vandaag": daglimieten.room(request.gemeente, request.user, Verbruikssoort.DETAILS),
    }
    return render(request, "bemiddelaar/resultaat.html", context)


@never_cache
@requires(Recht.ZOEKEN, transactie=False)
@require_http_methods(["GET", "POST"])
def detail(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Requests the detail of a match and shows it once; it goes to this one response and nowhere else."""
    if request.method == "GET":
        # A visitor who had to log in first comes back with a GET; asking again is up to them.
        return redirect("bemiddelaar:resultaat", pk=pk, nummer=nummer)
    with voor_gemeente(request.gemeente):
        resultaat = _result(request, pk, nummer)
    zoekvraag = resultaat.zoekvraag
    context: dict[str, Any] = {
        "zoekvraag": zoekvraag,
        "resultaat": resultaat,
        "max_details": settings.UM_MAX_DETAILS,
    }
    status = 200
    try:
        found = searching.request_detail(request.gemeente, request.user, resultaat)
        context["gegevens"] = as_pairs(zoekvraag.soort_van, found.record)
        context["bron"] = Gemeente.objects.filter(oin=found.bron_oin).first()
        context["bron_oin"] = found.bron_oin
    except searching.LimietBereikt:
        context["limiet"] = True
        status = 429
    except DaglimietBereikt as bereikt:
        context["daglimiet"] = bereikt.melding
        status = 429
    except UitwisselingFout as fout:
        context["fout"] = fout
        status = 429 if fout.opgebruikt else 503
    with voor_gemeente(request.gemeente):
        # What is left may have changed with the answer.
        zoekvraag = context["zoekvraag"] = searching.visible(request.user).filter(pk=pk).first() or zoekvraag
        context["details_over"] = searching.details_left(zoekvraag)
    # htmx swaps only answers that succeeded; the page tells what went wrong either way.
    if request.htmx:
        return render(request, "bemiddelaar/_detail.html", context)
    return render(request, "bemiddelaar/detail.html", context, status=status)
