"""Serves the settings of the own municipality, for the functioneel beheerder, and its image, for everybody there."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from um_portal.gemeenten import instellingen, voorwaarden
from um_portal.gemeenten.forms import (
    BewaarForm,
    ContactForm,
    DaglimietForm,
    DetailForm,
    GestempeldForm,
    KopForm,
    LogoForm,
    initial_of,
)
from um_portal.gemeenten.logo import OngeldigLogo
from um_portal.gemeenten.models import Logo, Vertrek
from um_portal.gemeenten.views import badges
from um_portal.tenants.models import Gemeente, Scenario
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

_ONDERDELEN: dict[str, tuple[str, type[GestempeldForm]]] = {
    "contact": ("Contactgegevens", ContactForm),
    "bewaren": ("Bewaartermijnen", BewaarForm),
    "daglimieten": ("Daglimieten", DaglimietForm),
    "details": ("Details opvragen", DetailForm),
    "naam": ("Naam boven de pagina", KopForm),
}
_LOGO = "logo"
_toegang = requires(Recht.INSTELLINGEN)


@_toegang
@require_GET
def index(request: GemeenteRequest) -> HttpResponse:
    """Shows the settings, the conditions for taking part, and what the municipality takes part in."""
    return render(
        request,
        "gemeenten/instellingen.html",
        {
            "punten": badges(voorwaarden.checklist()),
            "scenarios": [
                (scenario.label, scenario.value in request.gemeente.scenarios) for scenario in Scenario
            ],
            "vertrek": Vertrek.objects.first(),
        },
    )


def _changed_meanwhile(request: GemeenteRequest, onderdeel: str) -> HttpResponse:
    verder = reverse("gemeenten:instelling", args=[onderdeel])
    return render(request, "gemeenten/intussen.html", {"verder": verder}, status=409)


@_toegang
@require_http_methods(["GET", "POST"])
def edit(request: GemeenteRequest, onderdeel: str) -> HttpResponse:
    """Changes one group of settings."""
    if onderdeel == _LOGO:
        return _edit_logo(request)
    if onderdeel not in _ONDERDELEN:
        raise Http404
    titel, form_class = _ONDERDELEN[onderdeel]
    fields = initial_of(form_class, request.gemeente)
    stempel = instellingen.stamp(request.gemeente, fields)
    form = form_class(request.POST or None, initial={**fields, "stempel": stempel})
    if request.method == "POST" and form.is_valid():
        try:
            instellingen.change(request.gemeente, request.user, form.waarden, form.cleaned_data["stempel"])
        except instellingen.IntussenGewijzigd:
            return _changed_meanwhile(request, onderdeel)
        except ValidationError as problem:
            form.add_error(None, problem.messages)
        else:
            messages.success(request, "De instellingen zijn bewaard.")
            return redirect("gemeenten:instellingen")
    return _page(request, titel, form)


def _edit_logo(request: GemeenteRequest) -> HttpResponse:
    stempel = instellingen.stamp(request.gemeente, ["logo"])
    remove = "verwijderen" in request.POST
    form = LogoForm(request.POST or None, request.FILES or None, initial={"stempel": stempel})
    if request.method == "POST" and (form.is_valid() or (remove and "stempel" not in form.errors)):
        bestand = None if remove else form.cleaned_data["bestand"].read()
        try:
            instellingen.change_logo(request.gemeente, request.user, bestand, form.cleaned_data["stempel"])
        except instellingen.IntussenGewijzigd:
            return _changed_meanwhile(request, _LOGO)
        except OngeldigLogo as problem:
            form.add_error("bestand", problem.melding)
        else:
            messages.success(request, "Het logo is verwijderd." if remove else "Het logo is bewaard.")
            return redirect("gemeenten:instellingen")
    return _page(request, "Logo", form, is_logo=True)


def _page(request: GemeenteRequest, titel: str, form: GestempeldForm, **more: Any) -> HttpResponse:
    context = {"titel": titel, "form": form, **more}
    return render(request, "gemeenten/instelling.html", context, status=422 if form.errors else 200)


@requires(Recht.PORTAAL)
@require_GET
def image(request: GemeenteRequest) -> HttpResponse:
    """Gives the image of the municipality that the user works for. It is a PNG that the portal wrote itself."""
    gemeente: Gemeente | None = request.gemeente
    if gemeente is None or not gemeente.logo:
        raise Http404
    with voor_gemeente(gemeente):
        found = Logo.objects.first()
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.inhoud), content_type="image/png")
