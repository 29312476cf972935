"""Serves the pages on which the account of a person is erased, by the own municipality or by VNG support."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from um_portal.accounts.models import Gebruiker
from um_portal.gemeenten import erasure
from um_portal.gemeenten.forms import WisForm
from um_portal.tenants.models import Gemeente, Lidmaatschap
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

_GEVOLGEN = [
    "De persoon is meteen uitgelogd en kan niet meer inloggen.",
    "Naam, e-mailadres, rollen, tweede factoren en zoekvragen worden gewist. Dat is niet terug te draaien.",
    "Leveringen en publicaties blijven. In het logboek blijft staan wat er is gedaan, zonder de naam.",
]


@requires(Recht.COLLEGA_WISSEN, transactie=False)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def colleague(request: GemeenteRequest) -> HttpResponse:
    """Erases the account of a colleague who works for no other municipality."""
    return _page(request, request.gemeente, reverse("gemeenten:instellingen"))


@requires(Recht.GEMEENTEN_BESLUITEN)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def anybody(request: GemeenteRequest) -> HttpResponse:
    """Erases the account of anybody but oneself, from every municipality."""
    return _page(request, None, reverse("gemeenten:lijst"))


def _page(request: GemeenteRequest, only: Gemeente | None, back: str) -> HttpResponse:
    form = WisForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refused = _erase(form.cleaned_data["adres"], only, request.user)
        if not refused:
            messages.success(request, "Het account is gewist.")
            return redirect(back)
        form.add_error("adres", refused)
    context = {
        "eigen": only is not None,
        "titel": "Account wissen",
        "tekst": "Dit wist het account van een persoon, voorgoed.",
        "gevolgen": _GEVOLGEN,
        "form": form,
        "bevestig_tekst": "Account wissen",
        "terug_url": back,
        "gevaar": True,
    }
    return render(request, "gemeenten/account_wissen.html", context, status=422 if form.errors else 200)


def _erase(adres: str, only: Gemeente | None, door: Gebruiker) -> str:
    """Erases the account with this address; gives the sentence about why not, or ''."""
    if adres == door.username:
        return "Dit is uw eigen account. Vraag een collega om het te wissen."
    found = Gebruiker.objects.filter(username=adres).first()
    if only is not None and (found is None or not _is_colleague(found, only)):
        return "Er is geen collega met dit adres bij uw gemeente. Controleer het adres."
    if found is None or not erasure.erase_user(found, only=only, door=door):
        return (
            "Dit account bestaat niet."
            if only is None
            else "Deze collega werkt ook voor een andere gemeente of voor VNG-support. Haal alleen de rol bij uw "
            "gemeente weg, of vraag VNG-support."
        )
    return ""


def _is_colleague(gebruiker: Gebruiker, gemeente: Gemeente) -> bool:
    with voor_gemeente(gemeente):
        return bool(Lidmaatschap.objects.filter(gebruiker=gebruiker).exists())
