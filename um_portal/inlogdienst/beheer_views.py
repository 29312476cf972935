"""Serves the page on which VNG support keeps the login service of a municipality."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from um_portal.inlogdienst import regels
from um_portal.inlogdienst.forms import InlogdienstForm, stamp
from um_portal.inlogdienst.models import Identiteit, Inlogdienst
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht


@requires(Recht.GEMEENTEN_BESLUITEN)
@reauthentication_required
@sensitive_post_parameters("geheim")
@require_http_methods(["GET", "POST"])
def service(request: GemeenteRequest, oin: str) -> HttpResponse:
    """Changes the login service of a municipality; the secret is never shown."""
    gemeente = get_object_or_404(Gemeente.objects.exclude(status=Gemeentestatus.VERTROKKEN), oin=oin)
    with voor_gemeente(gemeente):
        dienst = Inlogdienst.objects.first()
        gekoppeld = Identiteit.objects.count()
    form = InlogdienstForm(gemeente, dienst, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["stempel"] != stamp(form.dienst):
            verder = reverse("gemeenten:inlogdienst", args=[oin])
            return render(request, "gemeenten/intussen.html", {"verder": verder}, status=409)
        changed = form.apply()
        if changed:
            regels.change(gemeente, form.dienst, request.user, changed)
        messages.success(request, "Het inloggen via de gemeente is bewaard.")
        return redirect("gemeenten:gemeente", oin=oin)
    context = {
        "gemeente": gemeente,
        "form": form,
        "gekoppeld": gekoppeld,
        "terug_adres": regels.address_to_come_back(gemeente),
        "uitlog_adres": regels.address_after_logging_out(gemeente),
        "afmeld_adres": regels.address_for_notices(gemeente),
    }
    return render(request, "inlogdienst/beheer.html", context, status=422 if form.errors else 200)
