"""Serves the pages of uploading. Thin: they read the request, call a verb of this app, and render."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange.bron.models import Stand
from um_portal.tenants import keys
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht
from uploads.gepubliceerd import publication
from uploads.leveringen import erasure, intake
from uploads.leveringen.forms import NieuweLeveringForm
from uploads.leveringen.intake import receive, recognisable, short_name, together
from uploads.leveringen.upload_handler import as_busy, broken_off
from uploads.mapping.doelen import SOORTEN
from uploads.models import Bronbestand, Levering
from uploads.omzetten import leesvragen, processing
from uploads.readers import Onleesbaar
from uploads.tasks import enqueue
from uploads.views import controle

LEVERINGEN_PER_PAGINA = 25
_LIJSTEN = {"beroepen": "Beroepen", "competenties": "Competenties", "sbi": "Sectoren"}

_toegang = requires(Recht.AANLEVEREN)


_PERSONEN = ("gebruiker", "gepubliceerd_door", "aanleversleutel")


def _levering(pk: int) -> Levering:
    return get_object_or_404(Levering.objects.unencrypted().select_related(*_PERSONEN), pk=pk)


@_toegang
@require_GET
def index(request: GemeenteRequest) -> HttpResponse:
    """Shows all leveringen, newest first, and what is published now."""
    page = Paginator(Levering.objects.light().select_related(*_PERSONEN), LEVERINGEN_PER_PAGINA).get_page(
        request.GET.get("pagina")
    )
    standen = Stand.objects.filter(gepubliceerd_op__isnull=False).order_by("-soort")
    return render(request, "uploads/leveringen/lijst.html", {"page_obj": page, "standen": standen})


@_toegang
@require_http_methods(["GET", "POST"])
def new(request: GemeenteRequest) -> HttpResponse:
    """Asks for a file, or two that belong together; good ones become a levering that is being converted."""
    if request.method != "POST":
        form = NieuweLeveringForm()
    else:
        form = NieuweLeveringForm(request.POST, request.FILES, afgebroken=broken_off(request))
        if form.is_valid():
            bestanden = form.bestanden()
            bestandsnaam, inhoud = bestanden[0] if len(bestanden) == 1 else together(bestanden)
            try:
                levering = receive(
                    request.gemeente,
                    inhoud=inhoud,
                    bestandsnaam=bestandsnaam,
                    gebruiker=request.user,
                    kenmerk=keys.kenmerk(request.gemeente, recognisable(bestanden)),
                )
            except Onleesbaar as problem:
                about_second = len(bestanden) == 2 and problem.bestand == short_name(bestanden[1][0])
                form.add_error("tweede" if about_second else "bestand", problem.melding)
            else:
                enqueue(levering.pk, request.gemeente.pk)
                return redirect("uploads:levering", pk=levering.pk)
    context = {"form": form, "max_mb": settings.UM_MAX_BESTAND_MB, "uren": settings.UM_BRONBESTAND_UREN}
    response = render(request, "uploads/leveringen/nieuw.html", context, status=422 if form.errors else 200)
    return as_busy(request, response)


@_toegang
@require_GET
def detail(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows one levering: its progress, what was recognised, and the result of every row."""
    levering = get_object_or_404(
        Levering.objects.select_related(
            "gemeente", "gebruiker", "gepubliceerd_door", "teruggedraaid_door", "aanleversleutel"
        ).annotate(heeft_bestand=Exists(Bronbestand.objects.filter(levering=OuterRef("pk")))),
        pk=pk,
    )
    context: dict[str, Any] = {
        "levering": levering,
        "soorten": SOORTEN,
        "heeft_bestand": levering.heeft_bestand,
        "kan_terug": publication.undoable(levering) is not None,
        "eerder": intake.delivered_before(levering),
    }
    if not levering.is_mislukt and not levering.is_bezig:
        context |= controle.findings(request, levering)
        context["beeld"] = controle.fill_rates(levering, request.gemeente)
        unknown = processing.unknown_values(levering)
        context["onbekend"] = [
            (_LIJSTEN.get(lijst, lijst), list(waarden.items())[:100], sum(waarden.values()))
            for lijst, waarden in unknown.items()
        ]
        context["onbekende_woorden"] = sum(map(len, unknown.values()))
    return render(request, "uploads/leveringen/levering.html", context)


@_toegang
@require_GET
def progress(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows the part of the page that refreshes by itself.

    The page asks for it every second until the work is done.
    """
    levering = _levering(pk)
    response = render(request, "uploads/leveringen/_voortgang.html", {"levering": levering})
    if not levering.is_bezig:
        response["HX-Refresh"] = "true"
    return response


@_toegang
@require_http_methods(["GET", "POST"])
def withdraw(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Asks for confirmation, then withdraws a levering that is not published."""
    levering = _levering(pk)
    terug = reverse("uploads:levering", args=[pk])
    if request.method == "POST":
        if erasure.withdraw(request.gemeente, pk, request.user):
            messages.success(
                request, "De levering is weggegooid. Het bestand en de omgezette gegevens zijn gewist."
            )
            return redirect("uploads:lijst")
        messages.error(
            request, "Deze levering is al gepubliceerd of vervallen en kan niet meer worden weggegooid."
        )
        return redirect(terug)
    return render(
        request,
        "componenten/bevestigen.html",
        {
            "titel": "Levering weggooien",
            "tekst": f"U gooit de levering van {levering.bestandsnaam} weg.",
            "gevolgen": [
                "Het bestand en de omgezette gegevens worden meteen gewist.",
                "Wat nu gepubliceerd is, verandert niet.",
            ],
            "bevestig_tekst": "Weggooien",
            "terug_url": terug,
            "gevaar": True,
        },
    )


@_toegang
@require_POST
def again(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Converts a levering again, with the kind that somebody chose or the answer that somebody gave, if any."""
    _levering(pk)
    if not {"blad", "verborgen", "doorgehaald", "bijblad"}.isdisjoint(request.POST):
        answered = leesvragen.answer(
            request.gemeente,
            pk,
            request.user,
            blad=request.POST.get("blad", ""),
            verborgen=request.POST.get("verborgen", ""),
            doorgehaald=request.POST.get("doorgehaald", ""),
            bijblad=request.POST.get("bijblad", ""),
        )
        if answered:
            enqueue(pk, request.gemeente.pk)
        else:
            messages.error(
                request,
                "Uw antwoord kwam te laat, of het bestand is gewist. Hieronder ziet u hoe het nu staat.",
            )
        return redirect("uploads:levering", pk=pk)
    soort = next((kind for kind in SOORTEN if kind.value == request.POST.get("soort")), None)
    if processing.retry(request.gemeente, pk, request.user, soort):
        enqueue(pk, request.gemeente.pk)
    else:
        messages.error(request, "Deze levering kan niet opnieuw worden omgezet. Upload het bestand opnieuw.")
    return redirect("uploads:levering", pk=pk)
