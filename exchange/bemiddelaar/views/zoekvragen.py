"""Serves the jobcoach's own searches: the list of them, and putting one again or erasing it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange.bemiddelaar import herhalen, onderdelen, searching, tasks
from exchange.bemiddelaar.beeld import read_number
from exchange.bemiddelaar.forms import Eigenform
from exchange.bemiddelaar.models import Resultaat, Stopreden, Zoekherhaling, Zoekvraag
from exchange.bemiddelaar.views.berichten import follow
from um_portal.audit.handelingen import Handeling
from um_portal.audit.wissingen import Wat, log_erasure
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.presentation.templatetags.um import datumtijd
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

PER_PAGINA = 25


def own_search(request: GemeenteRequest, pk: int) -> Zoekvraag:
    """Gives a search that the person who asks may see; raises Http404 for any other."""
    return get_object_or_404(searching.visible(request.user), pk=pk)


def owned_search(request: GemeenteRequest, pk: int) -> Zoekvraag:
    """Gives a search of the person who asks; raises Http404 for any other, also for one shared by a colleague."""
    return get_object_or_404(searching.owned(request.user), pk=pk)


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
    searches = list(page.object_list)
    context = {
        "page_obj": page,
        "rijen": list(zip(searches, onderdelen.parts(searches), strict=True)),
        "bewaardagen": request.gemeente.bewaartermijn,
        "herhalingen": herhalen.shown_to(request.user),
    }
    return render(request, "bemiddelaar/lijst.html", context)


@requires(Recht.ZOEKEN)
@require_POST
def repeat(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Puts a failed search again."""
    zoekvraag = owned_search(request, pk)
    if searching.repeat_search(request.gemeente, zoekvraag):
        tasks.enqueue(zoekvraag.pk, request.gemeente.pk)
        follow(request, request.gemeente, zoekvraag.pk)
    return redirect("bemiddelaar:zoekvraag", pk=pk)


@requires(Recht.ZOEKEN)
@require_POST
def copy(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Asks the same question anew, as a search of its own."""
    zoekvraag = own_search(request, pk)
    eigen: dict[str, Any] = {**zoekvraag.texts_of(request.user)}
    criteria = onderdelen.criteria_of(zoekvraag)
    try:
        found = searching.open_search(request.gemeente, request.user, zoekvraag.soort_van, criteria, **eigen)
    except DaglimietBereikt as limiet:
        messages.error(request, limiet.melding)
        return redirect("bemiddelaar:zoekvraag", pk=pk)
    tasks.enqueue(found.pk, request.gemeente.pk)
    follow(request, request.gemeente, found.pk)
    return redirect("bemiddelaar:zoekvraag", pk=found.pk)


@requires(Recht.ZOEKEN)
@require_POST
def weekly(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Lets a search be put again every week."""
    zoekvraag = owned_search(request, pk)
    try:
        made = herhalen.turn_on(request.gemeente, zoekvraag)
    except herhalen.NietHerhaald as fout:
        messages.error(request, fout.melding)
    else:
        messages.success(
            request,
            f"Deze vraag wordt nu vanzelf herhaald, {made.keren_over} keer. De eerste keer is rond "
            f"{datumtijd(made.volgende_op)}. U vindt het antwoord dan bij Mijn zoekvragen.",
        )
    return redirect("bemiddelaar:zoekvraag", pk=pk)


@requires(Recht.ZOEKEN)
@require_POST
def stop(request: GemeenteRequest, nummer: int) -> HttpResponse:
    """Stops a weekly repeat of the person who asks, and goes back to the search or the list."""
    repeat = get_object_or_404(Zoekherhaling, pk=nummer, gebruiker=request.user)
    herhalen.stop(request.gemeente, repeat.pk, Stopreden.ZELF)
    messages.success(request, "Deze vraag wordt niet meer herhaald. Wat u al kreeg, blijft staan.")
    back = read_number(request.POST.get("van"))
    if back is not None and searching.visible(request.user).filter(pk=back).exists():
        return redirect("bemiddelaar:zoekvraag", pk=back)
    return redirect("bemiddelaar:lijst")


@requires(Recht.ZOEKEN)
@require_http_methods(["GET", "POST"])
def note(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Lets the jobcoach who asked change the name, the reference and the note of a search."""
    zoekvraag = own_search(request, pk)
    known = zoekvraag.texts_of(request.user)
    if not known:
        raise Http404
    form = Eigenform(request.POST or None, initial=known)
    if form.is_valid():
        searching.note(request.gemeente, zoekvraag, **form.cleaned_data)
        herhalen.rename(zoekvraag, form.cleaned_data["naam"])
        messages.success(request, "Bewaard.")
        return redirect("bemiddelaar:zoekvraag", pk=pk)
    context = {"form": form, "zoekvraag": zoekvraag}
    return render(request, "bemiddelaar/notitie.html", context, status=422 if form.errors else 200)


@requires(Recht.ZOEKEN)
@require_http_methods(["GET", "POST"])
def erase(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Erases a search and its results before they expire."""
    zoekvraag = owned_search(request, pk)
    if request.method == "POST":
        herhalen.erase_search(request.gemeente, zoekvraag)
        log_erasure(
            request.gemeente,
            Handeling.ZOEKVRAAG_GEWIST,
            Wat.ZOEKVRAAG,
            [pk],
            gebruiker=request.user,
            onderwerp=f"zoekvraag {pk}",
        )
        messages.success(request, "De zoekvraag en de resultaten zijn gewist.")
        return redirect("bemiddelaar:lijst")
    context = {
        "titel": "Zoekvraag wissen",
        "tekst": "De zoekvraag en alle resultaten worden gewist. Dat kunt u niet ongedaan maken."
        + (" De wekelijkse herhaling stopt dan ook." if herhalen.repeats(zoekvraag) else ""),
        "gevaar": True,
        "bevestig_tekst": "Wissen",
        "terug_url": reverse("bemiddelaar:zoekvraag", args=[pk]),
    }
    return render(request, "componenten/bevestigen.html", context)
