"""Serves what only the owner of a search may do with it: share it, hand it over, keep it longer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from exchange.bemiddelaar import delen
from exchange.bemiddelaar.beeld import read_number
from exchange.bemiddelaar.views.zoekvragen import owned_search
from um_portal.presentation.templatetags.um import datum
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht


@requires(Recht.ZOEKEN)
@require_http_methods(["GET", "POST"])
def share(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows with whom a search is shared; what is sent replaces that."""
    zoekvraag = owned_search(request, pk)
    if request.method == "POST":
        asked = [
            number for text in request.POST.getlist("collega") if (number := read_number(text)) is not None
        ]
        aantal = delen.share(request.gemeente, zoekvraag, asked)
        told = (
            "De zoekvraag is nu alleen van u."
            if not aantal
            else "Eén collega ziet deze zoekvraag nu ook."
            if aantal == 1
            else f"{aantal} collega's zien deze zoekvraag nu ook."
        )
        messages.success(request, told)
        return redirect("bemiddelaar:zoekvraag", pk=pk)
    context = {
        "zoekvraag": zoekvraag,
        "collegas": delen.colleagues(zoekvraag),
        "gedeeld": set(delen.shared_with(zoekvraag).values_list("pk", flat=True)),
    }
    return render(request, "bemiddelaar/delen.html", context)


@requires(Recht.ZOEKEN)
@require_POST
def hand_over(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Hands a search over to a colleague."""
    zoekvraag = owned_search(request, pk)
    try:
        heir = delen.hand_over(
            request.gemeente,
            zoekvraag,
            request.user,
            read_number(request.POST.get("collega")) or 0,
            notities=request.POST.get("notities") == "ja",
        )
    except delen.NietOvergedragen as fout:
        messages.error(request, fout.melding)
        return redirect("bemiddelaar:delen", pk=pk)
    messages.success(request, f"De zoekvraag is nu van {heir}. U ziet hem niet meer.")
    return redirect("bemiddelaar:lijst")


@requires(Recht.ZOEKEN)
@require_POST
def prolong(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Keeps a search longer, once."""
    zoekvraag = owned_search(request, pk)
    if delen.prolong(request.gemeente, zoekvraag, request.user):
        messages.success(request, f"De zoekvraag blijft tot {datum(zoekvraag.landelijk_einde)}.")
    else:
        messages.warning(request, "Deze zoekvraag kan niet langer bewaard worden.")
    return redirect("bemiddelaar:zoekvraag", pk=pk)
