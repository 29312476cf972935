"""Serves the detail of a match."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from exchange.bemiddelaar import details, searching
from exchange.bemiddelaar.client import UitwisselingFout
from exchange.bemiddelaar.views.zoekvragen import own_result
from exchange.display import as_pairs
from um_portal import tegelijk
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht


@never_cache
@requires(Recht.ZOEKEN, transactie=False)
@require_http_methods(["GET", "POST"])
def detail(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Requests the detail of a match and shows it once; it goes to this one response and nowhere else."""
    if request.method == "GET":
        # A visitor who had to log in first comes back with a GET; asking again is up to them.
        return redirect("bemiddelaar:resultaat", pk=pk, nummer=nummer)
    with voor_gemeente(request.gemeente):
        resultaat = own_result(request, pk, nummer)
    zoekvraag = resultaat.zoekvraag
    context: dict[str, Any] = {
        "zoekvraag": zoekvraag,
        "resultaat": resultaat,
        "max_details": settings.UM_MAX_DETAILS,
    }
    status = 200
    try:
        with tegelijk.DETAILS.occupied_by(request.user.pk):
            found = details.request_detail(request.gemeente, request.user, resultaat)
        context["gegevens"] = as_pairs(zoekvraag.soort_van, found.record)
        context["bron"] = Gemeente.objects.filter(oin=found.bron_oin).first()
        context["bron_oin"] = found.bron_oin
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
        context["details_over"] = details.details_left(zoekvraag)
    # htmx swaps only answers that succeeded; the page tells what went wrong either way.
    if request.htmx:
        return render(request, "bemiddelaar/_detail.html", context)
    response = render(request, "bemiddelaar/detail.html", context, status=status)
    if "bezet" in context:
        response["Retry-After"] = str(context["bezet"].wacht)
    return response
