"""Serves the page on which VNG support decides on value mappings for the whole country.

It shows no municipality's own.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from um_portal.presentation.templatetags.um import telwoord
from um_portal.tenants.scope import als_support
from um_portal.toegang.access import GemeenteRequest, may, require, requires
from um_portal.toegang.rechten import Recht
from uploads.models import LandelijkeWaarde
from uploads.views.waarden import clean_ids, clean_text
from uploads.waarden import national
from uploads.waarden.lists import Codes, Codestand, keuzelijsten

PER_PAGINA = 50


@requires(Recht.LANDELIJK_BEKIJKEN)
@require_http_methods(["GET", "POST"])
def index(request: GemeenteRequest) -> HttpResponse:
    """Shows what municipalities put forward, most often first, and what was decided. For VNG support only."""
    asked = request.GET.get("status", "")
    status = asked if asked in national.Landelijk.values else national.Landelijk.VOORGEDRAGEN.value
    if request.method == "POST":
        require(request, Recht.LANDELIJK_BESLUITEN)
        wat = national.BESLUITEN.get(request.POST.get("besluit", ""))
        if wat is not None:
            _tell(request, wat, national.decide(clean_ids(request.POST.getlist("kies")), wat, request.user))
        return HttpResponseRedirect(f"{reverse('uploads:landelijk')}?{urlencode({'status': status})}")
    with als_support():
        context = _rows(clean_text(request.GET.get("q", "")), status, request.GET.get("pagina"))
    context["mag_besluiten"] = may(request, Recht.LANDELIJK_BESLUITEN)
    return render(request, "uploads/waarden/besluiten.html", context)


def _rows(words: str, status: str, number: str | None) -> dict[str, Any]:
    """Reads what the page shows; call inside `als_support`."""
    page = Paginator(national.find(words, status), PER_PAGINA).get_page(number)
    codes = Codes((row.lijst, row.code) for row in page.object_list)
    aantallen = dict(LandelijkeWaarde.objects.order_by().values_list("status").annotate(Count("pk")))
    return {
        "page_obj": page,
        "rijen": [
            {
                "waarde": row,
                "lijst": keuzelijsten().get(row.lijst),
                "label": codes.label(row.lijst, row.code),
                "is_bruikbaar": codes.stand(row.lijst, row.code) is Codestand.GELDIG,
            }
            for row in page.object_list
        ],
        "q": words,
        "status": status,
        "standen": [(value, label, aantallen.get(value, 0)) for value, label in national.Landelijk.choices],
        "besluiten": [wat for wat in national.BESLUITEN.values() if status in wat.van],
    }


def _tell(request: GemeenteRequest, wat: national.Besluit, done: national.Besloten) -> None:
    if done.gedaan:
        messages.success(request, f"{telwoord(done.gedaan, 'waarde is,waarden zijn')} {wat.gedaan}.")
    if done.dubbel:
        messages.error(
            request,
            f"{telwoord(done.dubbel, 'waarde heeft,waarden hebben')} al een andere vastgestelde code. "
            "Trek die eerst in.",
        )
    if done.onbruikbaar:
        messages.error(
            request,
            f"{telwoord(done.onbruikbaar, 'waarde kan,waarden kunnen')} niet worden vastgesteld: de code geldt niet "
            "(meer), of de waarde lijkt op een naam of nummer.",
        )
    if done.al_anders:
        messages.info(request, "Over een deel had een collega al besloten. Daar is niets aan veranderd.")
    if not (done.gedaan or done.dubbel or done.onbruikbaar or done.al_anders):
        messages.error(request, "Kruis eerst aan over welke waarden u besluit.")
