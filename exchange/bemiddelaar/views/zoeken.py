"""Serves the search form: filling it in, keeping what was filled in, and asking."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange.bemiddelaar import concepten, hierbij, onderdelen, searching, tasks
from exchange.bemiddelaar.forms import (
    ZOEKBARE_SOORTEN,
    Eigenform,
    Velden,
    ZoekForm,
    as_fields,
    offered_occupations,
    offered_places,
)
from exchange.bemiddelaar.views.berichten import follow
from exchange.bemiddelaar.views.zoekvragen import own_search
from exchange.standard import Soort
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.tenants.models import Gemeente
from um_portal.toegang.access import DoetNietMee, GemeenteRequest, requires
from um_portal.toegang.rechten import Recht, takes_part


def _kinds(gemeente: Gemeente) -> list[Soort]:
    """Lists the kinds that this municipality searches."""
    return [soort for soort in ZOEKBARE_SOORTEN if takes_part(gemeente, Recht.ZOEKEN, soort.value)]


def _kind(gemeente: Gemeente, asked: str | None) -> Soort:
    """Gives the kind that was asked for, else the first; refuses one that this municipality does not search."""
    kinds = _kinds(gemeente)
    soort = next((soort for soort in kinds if soort == asked), kinds[0])
    if asked in ZOEKBARE_SOORTEN and asked != soort:
        # The page was made before the municipality stopped searching this kind.
        raise DoetNietMee(gemeente)
    return soort


@requires(Recht.ZOEKEN)
@require_http_methods(["GET", "POST"])
def new(request: GemeenteRequest) -> HttpResponse:
    """Shows the search form; a valid one becomes a search and a job."""
    if request.method == "GET":
        return _begin(request)
    soort = _kind(request.gemeente, request.POST.get("soort"))
    if "leeg" in request.POST:
        concepten.forget(request.gemeente, request.user)
        return redirect(_address(soort))
    if "vul_in" in request.POST:
        # Another page filled it in; nothing was asked yet.
        form = ZoekForm(soort=soort, velden=_velden(request))
        return _show(request, form, soort, herkomst=request.POST["vul_in"])
    if "kort" in request.POST:
        # The few fields of the start page: a longer question that somebody was working on stays as it is. The page may
        # have kept them half typed, so what is sent now is kept in the place of that.
        concepten.keep_short(request.gemeente, request.user, soort, _velden(request))
        return _ask(request, soort, kort=True)
    concepten.keep(request.gemeente, request.user, soort, _velden(request))
    if "naar" in request.POST:
        return redirect(_address(_kind(request.gemeente, request.POST["naar"])))
    if "kies" in request.POST:
        veld, _, tekst = request.POST["kies"].partition("=")
        velden = {**_velden(request), veld: [tekst]}
        concepten.keep(request.gemeente, request.user, soort, velden)
        return redirect(f"{_address(soort)}&{urlencode({'gekozen': veld})}")
    return _ask(request, soort)


def show_for_record(request: GemeenteRequest, soort: Soort, record: Mapping[str, Any]) -> HttpResponse:
    """Shows the form filled in with what goes with a search profile of this kind; nothing is asked yet."""
    asked = _kind(request.gemeente, hierbij.TEGENHANGER[soort])
    form = ZoekForm(soort=asked, velden=hierbij.fields_for(soort, record))
    return _show(request, form, asked, herkomst="gegevens")


def _address(soort: Soort) -> str:
    return f"{reverse('bemiddelaar:nieuw')}?soort={soort.value}"


def _velden(request: GemeenteRequest) -> dict[str, list[str]]:
    return {name: [str(text) for text in texts] for name, texts in request.POST.lists()}


def _begin(request: GemeenteRequest) -> HttpResponse:
    """Shows the form as an earlier question or as it was left; else empty."""
    number = request.GET.get("vraag", "")
    if number.isascii() and number.isdigit():
        zoekvraag = own_search(request, int(number[:18]))
        soort = _kind(request.gemeente, zoekvraag.soort)
        criteria = onderdelen.changed(zoekvraag, request.GET)
        eigen = {name: [text] for name, text in zoekvraag.texts_of(request.user).items()}
        velden: Velden = {**as_fields(soort, criteria), **eigen}
        return _show(request, ZoekForm(soort=soort, velden=velden), soort, herkomst="vraag", vraag=zoekvraag)
    concept = concepten.latest(request.user)
    kept = concept is not None and (not concept.gesteld or "laatste" in request.GET)
    asked = request.GET.get("soort") or (concept.soort if concept and kept else None)
    kinds = _kinds(request.gemeente)
    soort = next((soort for soort in kinds if soort == asked), kinds[0])
    velden = concept.velden if concept is not None and kept else {}
    form = ZoekForm(soort=soort, velden=velden)
    if (chosen := request.GET.get("gekozen")) in form.fields:
        form.fields[chosen].widget.attrs["autofocus"] = True
    herkomst = "concept" if any(velden.values()) else ""
    return _show(request, form, soort, herkomst=herkomst, concept=concept)


def _ask(request: GemeenteRequest, soort: Soort, *, kort: bool = False) -> HttpResponse:
    form = ZoekForm(request.POST, soort=soort)
    if not form.is_valid():
        return _show(request, form, soort, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    eigen = {name: form.cleaned_data[name] for name in Eigenform.base_fields}
    try:
        found = searching.open_search(request.gemeente, request.user, soort, form.criteria, **eigen)
    except DaglimietBereikt as limiet:
        form.add_error(None, limiet.melding)
        return _show(request, form, soort, status=HTTPStatus.TOO_MANY_REQUESTS)
    if kort:
        concepten.mark_short_put(request.gemeente, request.user)
    else:
        concepten.mark_put(request.gemeente, request.user)
    tasks.enqueue(found.pk, request.gemeente.pk)
    follow(request, request.gemeente, found.pk)
    return redirect("bemiddelaar:zoekvraag", pk=found.pk)


def _show(
    request: GemeenteRequest, form: ZoekForm, soort: Soort, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    context: Mapping[str, Any] = {"form": form, "soort": soort, "soorten": _kinds(request.gemeente), **more}
    return render(request, "bemiddelaar/nieuw.html", context, status=status)


@requires(Recht.ZOEKEN)
@require_POST
def keep(request: GemeenteRequest) -> HttpResponse:
    """Keeps what is filled in so far; the page sends it by itself a moment after each change."""
    soort = _kind(request.gemeente, request.POST.get("soort"))
    keep_fields = concepten.keep_short if "kort" in request.POST else concepten.keep
    keep_fields(request.gemeente, request.user, soort, _velden(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@requires(Recht.ZOEKEN)
@require_GET
def occupations(request: GemeenteRequest) -> HttpResponse:
    """Gives names of occupations with these words in them, as options for the search form."""
    return render(
        request, "bemiddelaar/_opties.html", {"opties": offered_occupations(request.GET.get("q", ""))}
    )


@requires(Recht.ZOEKEN)
@require_GET
def places(request: GemeenteRequest) -> HttpResponse:
    """Gives places and postcodes that begin with this text, as options for the search form."""
    return render(request, "bemiddelaar/_opties.html", {"opties": offered_places(request.GET.get("q", ""))})
