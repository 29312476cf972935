"""Serves the search form."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from exchange.bemiddelaar import searching, tasks
from exchange.bemiddelaar.forms import ZoekForm
from exchange.standard import Soort
from exchange.waardelijsten.models import BEROEPEN, Code
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.tenants.models import Gemeente
from um_portal.toegang.access import DoetNietMee, GemeenteRequest, requires
from um_portal.toegang.rechten import Recht, takes_part

ZOEKBARE_SOORTEN = (Soort.WERKZOEKENDEN, Soort.VACATURES)
_MAX_SUGGESTIES = 20


def _kinds(gemeente: Gemeente) -> list[Soort]:
    """Lists the kinds that this municipality searches."""
    return [soort for soort in ZOEKBARE_SOORTEN if takes_part(gemeente, Recht.ZOEKEN, soort.value)]


@requires(Recht.ZOEKEN)
@require_http_methods(["GET", "POST"])
def new(request: GemeenteRequest) -> HttpResponse:
    """Shows the search form; a valid one becomes a search and a job."""
    kinds = _kinds(request.gemeente)
    asked = request.POST.get("soort") or request.GET.get("soort")
    soort = next((soort for soort in kinds if soort == asked), kinds[0])
    if request.method == "POST" and asked in ZOEKBARE_SOORTEN and asked != soort:
        # The page was made before the municipality stopped searching this kind.
        raise DoetNietMee(request.gemeente)
    form, status = ZoekForm(request.POST or None, soort=soort), 0
    if request.method == "POST" and form.is_valid():
        try:
            found = searching.open_search(
                request.gemeente, request.user, soort, form.criteria, form.cleaned_data["naam"]
            )
        except DaglimietBereikt as limiet:
            form.add_error(None, limiet.melding)
            status = HTTPStatus.TOO_MANY_REQUESTS
        else:
            tasks.enqueue(found.pk, request.gemeente.pk)
            return redirect("bemiddelaar:zoekvraag", pk=found.pk)
    context = {"form": form, "soort": soort, "soorten": kinds}
    return render(
        request, "bemiddelaar/nieuw.html", context, status=status or (422 if form.errors else HTTPStatus.OK)
    )


@requires(Recht.ZOEKEN)
@require_GET
def occupations(request: GemeenteRequest) -> HttpResponse:
    """Gives names of occupations with these words in them, as options for the search form."""
    words = request.GET.get("q", "")
    found = (
        Code.objects.filter(lijst=BEROEPEN).geldig().zoek(words)[:_MAX_SUGGESTIES] if words.strip() else []
    )
    return render(request, "bemiddelaar/_beroepen.html", {"beroepen": found})
