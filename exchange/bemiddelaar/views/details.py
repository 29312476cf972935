"""Serves the detail of a match, and takes what comes of it: the outcome, and that something is wrong."""

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from exchange.bemiddelaar import contactkaart, details, partijen, searching, signalen, vervolg
from exchange.bemiddelaar.beeld import Beeld
from exchange.bemiddelaar.client import UitwisselingFout
from exchange.bemiddelaar.models import Resultaat, Signaalreden
from exchange.bemiddelaar.views.zoekvragen import own_result
from exchange.display import as_pairs
from um_portal import tegelijk
from um_portal.gemeenten import daglimieten
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.gemeenten.models import Verbruikssoort
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

# Without JavaScript nobody can ask for more time, so that is asked before: this many times the usual time.
LANGER: Final = (1, 3, 10)


def minutes_open(request: GemeenteRequest) -> int:
    """Gives the number of minutes that a page with a detail stays open."""
    standard: int = settings.UM_DETAIL_MINUTEN
    asked = request.POST.get("minuten", "")
    choices = {str(standard * times): standard * times for times in LANGER}
    return choices.get(asked, standard)


def match_context(request: GemeenteRequest, resultaat: Resultaat) -> dict[str, Any]:
    """Gives what the parts about the detail need on the page of a match; call inside `voor_gemeente`."""
    stand = details.standing(request.gemeente, resultaat)
    return {
        "detailstand": stand,
        "minuten": settings.UM_DETAIL_MINUTEN,
        "minuten_keuze": [settings.UM_DETAIL_MINUTEN * times for times in LANGER],
        "vandaag": daglimieten.room(request.gemeente, request.user, Verbruikssoort.DETAILS),
        "vervolgkeuzes": vervolg.choices(),
        "afvalredenen": vervolg.reasons(),
        "signaalredenen": Signaalreden.choices,
        "eigen_bron": stand.bron_oin == request.gemeente.oin,
    }


def _earlier(request: GemeenteRequest) -> int | None:
    """Reads how many requests of this detail the page knew of."""
    text = request.POST.get("eerder", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


@never_cache
@requires(Recht.ZOEKEN, transactie=False)
@require_http_methods(["GET", "POST"])
def detail(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Requests the detail of a match and shows it once; it goes to this one response and nowhere else."""
    if request.method == "GET":
        # A visitor who had to log in first comes back with a GET; asking again is up to them.
        with voor_gemeente(request.gemeente):
            return _back(request, own_result(request, pk, nummer))
    with voor_gemeente(request.gemeente):
        resultaat = own_result(request, pk, nummer)
    zoekvraag = resultaat.zoekvraag
    context: dict[str, Any] = {
        "zoekvraag": zoekvraag,
        "resultaat": resultaat,
        "match_query": _query(request, resultaat),
        # When there is no detail, the form comes back as it was sent.
        "gekozen_doel": request.POST.get("doel", ""),
        "gekozen_minuten": minutes_open(request),
    }
    status = 200
    try:
        with tegelijk.DETAILS.occupied_by(request.user.pk):
            found = details.request_detail(
                request.gemeente,
                request.user,
                resultaat,
                doel=request.POST.get("doel", ""),
                eerder=_earlier(request),
            )
        context |= _shown(request, resultaat, found)
    except details.DoelOntbreekt:
        context["geen_doel"] = True
        status = 422
    except details.WordtOpgevraagd:
        context["onderweg"] = settings.UM_DETAIL_TIJDSLIMIET
        status = 409
    except details.AlOpgevraagd:
        context["al_opgevraagd"] = True
        status = 409
    except details.LimietBereikt:
        context["limiet"] = True
        status = 429
    except DaglimietBereikt as bereikt:
        context["daglimiet"] = bereikt.melding
        status = 429
    except UitwisselingFout as fout:
        context["fout"] = fout
        status = 429 if fout.opgebruikt else 503
    except tegelijk.Bezet as bezet:
        context["bezet"], status = bezet, 503
    with voor_gemeente(request.gemeente):
        # What is left may have changed with the answer.
        zoekvraag = context["zoekvraag"] = searching.visible(request.user).filter(pk=pk).first() or zoekvraag
        resultaat.zoekvraag = zoekvraag
        context |= match_context(request, resultaat)
        context["details_over"] = context["detailstand"].details_over
        context["max_details"] = settings.UM_MAX_DETAILS
        context["sluit_na"] = 60 * context["gekozen_minuten"]
        # htmx swaps only answers that succeeded; the page tells what went wrong either way.
        if request.htmx:
            return render(request, "bemiddelaar/_detail.html", context)
        response = render(request, "bemiddelaar/detail.html", context, status=status)
    if "bezet" in context:
        response["Retry-After"] = str(context["bezet"].wacht)
    return response


def _query(request: GemeenteRequest, resultaat: Resultaat) -> str:
    """Gives the parameters of the list that the match was opened from."""
    return Beeld.of(resultaat.zoekvraag, request.GET).query()


def _back(request: GemeenteRequest, resultaat: Resultaat) -> HttpResponse:
    """Goes back to the match, in the list that it was opened from."""
    address = reverse("bemiddelaar:resultaat", args=[resultaat.zoekvraag_id, resultaat.volgnummer])
    return redirect(address + _query(request, resultaat))


def _shown(request: GemeenteRequest, resultaat: Resultaat, found: details.Detail) -> dict[str, Any]:
    soort = resultaat.zoekvraag.soort_van
    return {
        "gegevens": as_pairs(soort, found.record),
        "contacten": contactkaart.contacts(soort, found.record),
        "bron": partijen.name_of(found.bron_oin),
    }


@requires(Recht.ZOEKEN)
@require_POST
def outcome(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Writes down what came of a match, changes it or undoes it."""
    resultaat = own_result(request, pk, nummer)
    try:
        new = vervolg.set_vervolg(request.gemeente, resultaat, request.POST.get("vervolg", "?"))
    except vervolg.OnbekendVervolg as fout:
        melding, soort, status = fout.melding, "fout", 422
    else:
        melding, soort, status = (
            f"Bewaard: {new.tekst.lower()}." if new else "Bewaard: nog niets.",
            "ok",
            200,
        )
    if request.htmx:
        fresh = own_result(request, pk, nummer)
        context = {"resultaat": fresh, "zoekvraag": fresh.zoekvraag, "melding": melding, "soort": soort}
        context |= {"vervolgkeuzes": vervolg.choices(), "afvalredenen": vervolg.reasons()}
        context["match_query"] = _query(request, fresh)
        return render(request, "bemiddelaar/_vervolg.html", context, status=status)
    (messages.success if status == 200 else messages.error)(request, melding)
    return _back(request, resultaat)


@requires(Recht.ZOEKEN)
@require_POST
def signal(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Tells VNG support that the record behind a match is wrong."""
    resultaat = own_result(request, pk, nummer)
    try:
        is_new = signalen.send_signal(
            request.gemeente, request.user, resultaat, request.POST.get("reden", "")
        )
    except signalen.OnbekendeReden as fout:
        melding, soort, status = fout.melding, "fout", 422
    else:
        melding = (
            "Gemeld bij VNG-support. Die geeft het door aan de bron. Bij Meldingen over gegevens ziet u hoe het staat."
            if is_new
            else "Dit is al gemeld en nog niet opgelost. Bij Meldingen over gegevens ziet u hoe het staat."
        )
        soort, status = "ok", 200
    if request.htmx:
        context = {
            "resultaat": resultaat,
            "zoekvraag": resultaat.zoekvraag,
            "melding": melding,
            "soort": soort,
            "match_query": _query(request, resultaat),
        }
        context |= {
            "signaalredenen": Signaalreden.choices,
            "eigen_bron": details.source_of(resultaat) == request.gemeente.oin,
        }
        return render(request, "bemiddelaar/_signaal.html", context, status=status)
    (messages.success if status == 200 else messages.error)(request, melding)
    return _back(request, resultaat)
