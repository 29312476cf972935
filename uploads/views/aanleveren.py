"""Serves the pages for aanleversleutels, which only the functioneel beheerder may use."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from exchange.standard import Soort
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht
from uploads.aanleveren import sleutels
from uploads.aanleveren.forms import SleutelForm
from uploads.aanleveren.openapi import PAD
from uploads.models import Aanleversleutel

SLEUTELS_PER_PAGINA = 25

_toegang = requires(Recht.SLEUTELS)


@_toegang
@require_GET
def index(request: GemeenteRequest) -> HttpResponse:
    """Shows all keys: those that work first, then the newest."""
    found = Aanleversleutel.objects.select_related("gemaakt_door").order_by(
        F("ingetrokken_op").desc(nulls_first=True), "-pk"
    )
    page = Paginator(found, SLEUTELS_PER_PAGINA).get_page(request.GET.get("pagina"))
    return render(request, "uploads/aanleveren/sleutels.html", {"page_obj": page, "api_pad": PAD})


@_toegang
@reauthentication_required
@require_http_methods(["GET", "POST"])
def new(request: GemeenteRequest) -> HttpResponse:
    """Makes a key.

    Its text is only in the response to this request: not in the session, nor in an address.
    """
    form = SleutelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = sleutels.make(
                request.gemeente,
                naam=form.cleaned_data["naam"],
                soort=Soort(form.cleaned_data["soort"]),
                netwerken=form.cleaned_data["netwerken"],
                verloopt_op=form.verloopt_op,
                gebruiker=request.user,
            )
        except sleutels.NaamBestaat:
            form.add_error(
                "naam",
                "Er is al een sleutel met deze naam. Kies een andere naam, of trek die sleutel eerst in.",
            )
        else:
            context = {"sleutel": made.sleutel, "tekst": made.tekst, "api_pad": PAD}
            return render(request, "uploads/aanleveren/sleutel_gemaakt.html", context)
    return render(
        request, "uploads/aanleveren/sleutel_nieuw.html", {"form": form}, status=422 if form.errors else 200
    )


@_toegang
@require_http_methods(["GET", "POST"])
def revoke(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Asks for confirmation, then revokes a key."""
    sleutel = get_object_or_404(Aanleversleutel, pk=pk)
    if request.method == "POST":
        if sleutels.revoke(request.gemeente, pk, request.user):
            messages.success(request, f"De sleutel {sleutel.naam} is ingetrokken en werkt niet meer.")
        else:
            messages.info(request, f"De sleutel {sleutel.naam} was al ingetrokken.")
        return redirect("uploads:sleutels")
    context: dict[str, Any] = {
        "titel": "Sleutel intrekken",
        "tekst": f"U trekt de sleutel {sleutel.naam} in.",
        "gevolgen": [
            "Het systeem dat deze sleutel gebruikt, kan meteen niets meer aanleveren.",
            "Wat ermee is aangeleverd en gepubliceerd, verandert niet.",
            "Intrekken is niet terug te draaien. U kunt wel een nieuwe sleutel maken.",
        ],
        "bevestig_tekst": "Intrekken",
        "terug_url": reverse("uploads:sleutels"),
        "gevaar": True,
    }
    return render(request, "componenten/bevestigen.html", context)
