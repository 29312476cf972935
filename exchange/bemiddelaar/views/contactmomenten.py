"""Serves the question who had contact with an employer; the answer goes to one page and nowhere else."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from exchange.bemiddelaar import contactkaart
from exchange.bemiddelaar.client import UitwisselingFout
from exchange.bemiddelaar.contactmomenten import request_contactmomenten
from exchange.bemiddelaar.views.details import LANGER, minutes_open
from exchange.display import as_pairs
from exchange.standard import KVK_PATROON, Soort
from um_portal import tegelijk
from um_portal.gemeenten import daglimieten
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.gemeenten.models import Verbruikssoort
from um_portal.presentation.forms import DatumVeld
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

_KVK = re.compile(KVK_PATROON)
_FOUT = "Een KvK-nummer heeft acht cijfers. U vindt het op kvk.nl en op de site van het bedrijf."


class ContactmomentForm(forms.Form):
    """Asks for an employer, by its number at the Kamer van Koophandel."""

    nummer_kvk = forms.CharField(
        label="KvK-nummer",
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "um-breedte-kort"}
        ),
        help_text="Acht cijfers, zoals 12345678.",
        error_messages={"required": "Vul het KvK-nummer van de werkgever in.", "max_length": _FOUT},
    )
    sinds = DatumVeld(
        label="Vanaf",
        required=False,
        help_text="Alleen contact vanaf deze dag. Leeg: alles wat bronnen nog weten.",
    )

    def clean_nummer_kvk(self) -> str:
        """Gives the eight digits, without the spaces and points that people write in it."""
        number = re.sub(r"[\s.]", "", self.cleaned_data["nummer_kvk"])
        if not _KVK.fullmatch(number):
            raise ValidationError(_FOUT)
        return number

    def clean_sinds(self) -> Any:
        """Gives the day; one in the future finds nothing."""
        day = self.cleaned_data["sinds"]
        if day is not None and day > timezone.localdate():
            raise ValidationError("Deze dag moet nog komen. Kies een dag die geweest is.")
        return day


@never_cache
@requires(Recht.CONTACTMOMENTEN, transactie=False)
@require_http_methods(["GET", "POST"])
def contactmomenten(request: GemeenteRequest) -> HttpResponse:
    """Asks for the contacts with an employer, and shows them once."""
    form = ContactmomentForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "minuten": settings.UM_DETAIL_MINUTEN}
    status = 200
    if request.method == "POST":
        status = _answer(request, form, context) if form.is_valid() else 422
    with voor_gemeente(request.gemeente):
        context["vandaag"] = daglimieten.room(request.gemeente, request.user, Verbruikssoort.DETAILS)
        context["gekozen_minuten"] = minutes_open(request)
        context["minuten_keuze"] = [settings.UM_DETAIL_MINUTEN * times for times in LANGER]
        response = render(request, "bemiddelaar/contactmomenten.html", context, status=status)
    if "bezet" in context:
        response["Retry-After"] = str(context["bezet"].wacht)
    return response


def _answer(request: GemeenteRequest, form: ContactmomentForm, context: dict[str, Any]) -> int:
    """Fetches the contacts and puts them in the context; gives the status of the page."""
    given = form.cleaned_data
    try:
        # It waits for the exchange in the request, as a detail does, so it takes one of the same places.
        with tegelijk.DETAILS.occupied_by(request.user.pk):
            found = request_contactmomenten(
                request.gemeente, request.user, given["nummer_kvk"], given["sinds"]
            )
    except DaglimietBereikt as bereikt:
        context["daglimiet"] = bereikt.melding
        return 429
    except UitwisselingFout as fout:
        context["fout"] = fout
        return 429 if fout.opgebruikt else 503
    except tegelijk.Bezet as bezet:
        context["bezet"] = bezet
        return 503
    soort = Soort.WERKGEVERSCONTACTMOMENTEN
    context["antwoord"] = found
    context["momenten"] = [
        {
            "datum": moment.get("datum"),
            "contacten": contactkaart.contacts(soort, moment),
            "gegevens": as_pairs(soort, moment),
        }
        for moment in found.momenten
    ]
    context["sluit_na"] = 60 * minutes_open(request)
    return 200
