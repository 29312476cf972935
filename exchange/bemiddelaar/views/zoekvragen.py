"""Serves the jobcoach's own searches: the list of them, and putting one again or erasing it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange.bemiddelaar import searching, tasks
from exchange.bemiddelaar.models import Resultaat, Zoekvraag
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

PER_PAGINA = 25


def own_search(request: GemeenteRequest, pk: int) -> Zoekvraag:
    """Gives a search of the person who asks; raises Http404 for any other."""
    return get_object_or_404(searching.visible(request.user), pk=pk)


def own_result(request: GemeenteRequest, pk: int, nummer: int) -> Resultaat:
    """Gives a result of such a search, with the search loaded; raises Http404 for any other."""
    zoekvraag = own_search(request, pk)
    found: Resultaat = get_object_or_404(
        Resultaat.objects.filter(zoekvraag=zoekvraag).select_related("vervolg"), volgnummer=nummer
    )
    found.zoekvraag = zoekvraag
    return found


@requires(Recht.ZOEKEN)
@require_GET
def overview(request: GemeenteRequest) -> HttpResponse:
    """Shows the jobcoach's own searches, as long as they are kept."""
    page = Paginator(searching.visible(request.user), PER_PAGINA).get_page(request.GET.get("pagina"))
    return render(
        request, "bemiddelaar/lijst.html", {"page_obj": page, "bewaardagen": request.gemeente.bewaartermijn}
    )


@requires(Recht.ZOEKEN)
@require_POST
def repeat(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Puts a failed search again."""
    zoekvraag = own_search(request, pk)
    if searching.repeat_search(request.gemeente, zoekvraag):
        tasks.enqueue(zoekvraag.pk, request.gemeente.pk)
    return redirect("bemiddelaar:zoekvraag", pk=pk)


@requires(Recht.ZOEKEN)
@require_http_methods(["GET", "POST"])
def erase(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Erases a search and its results before they expire."""
    zoekvraag = own_search(request, pk)
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
