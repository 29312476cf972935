"""Serves switching municipality, and the pages on which VNG support keeps municipalities.

Support sees names, states, conditions and numbers, never records. Thin: the verbs are in the modules beside.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import TextChoices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.errors import FoutMetMelding
from um_portal.gemeenten import admission, dossier, instellingen, overzicht, tasks, vertrek, voorwaarden
from um_portal.gemeenten.admission import Hervatreden, NietToegelaten, Reden, Toelatingsreden
from um_portal.gemeenten.forms import (
    DeelnameForm,
    InschrijfForm,
    RedenForm,
    VertrekForm,
    VoorwaardeForm,
    initial_of,
)
from um_portal.gemeenten.models import Intrekreden, Voorwaarde, Voorwaardesoort
from um_portal.gemeenten.vertrek import KanNietVertrekken, Vertrekreden
from um_portal.gemeenten.voorwaarden import DEFINITIES, NietVastgelegd, Punt, Staat
from um_portal.paths import is_own
from um_portal.tenants.models import Gemeente, Gemeentestatus, Scenario
from um_portal.tenants.scope import als_support, voor_gemeente
from um_portal.toegang.access import SESSIE_SLEUTEL, GemeenteRequest, may, requires
from um_portal.toegang.rechten import Recht

PER_PAGINA = 50
_besluit = requires(Recht.GEMEENTEN_BESLUITEN)


@requires(Recht.PORTAAL)
@require_POST
def switch(request: GemeenteRequest) -> HttpResponse:
    """Makes another municipality of this user the one to work for."""
    chosen = request.POST.get("gemeente", "")
    found = next((m for m in request.lidmaatschappen if str(m.gemeente_id) == chosen), None)
    if found is None:
        raise PermissionDenied
    request.session[SESSIE_SLEUTEL] = found.gemeente_id
    messages.success(request, f"U werkt nu voor {found.gemeente.naam}.")
    naar = request.POST.get("naar", "")
    return redirect(naar if is_own(naar) else "start")


# --- Looking -----------------------------------------------------------------------------------------------


@requires(Recht.GEMEENTEN)
@require_GET
def municipalities(request: GemeenteRequest) -> HttpResponse:
    """Shows all municipalities, for VNG support; with `stand` or `aandacht` some of them."""
    with als_support():
        rows = overzicht.rows()
    totals = {
        "aandacht_aantal": sum(bool(row.aandacht) for row in rows),
        "standen": [
            (status, sum(row.gemeente.status == status for row in rows)) for status in Gemeentestatus
        ],
        "alle": len(rows),
    }
    stand, aandacht = request.GET.get("stand", ""), bool(request.GET.get("aandacht"))
    if stand in Gemeentestatus.values:
        rows = [row for row in rows if row.gemeente.status == stand]
    if aandacht:
        rows = [row for row in rows if row.aandacht]
    page = Paginator(rows, PER_PAGINA).get_page(request.GET.get("pagina"))
    context = {
        "mag_besluiten": may(request, Recht.GEMEENTEN_BESLUITEN),
        "page_obj": page,
        "stand": stand,
        "aandacht": aandacht,
        **totals,
    }
    return render(request, "gemeenten/lijst.html", context)


def _gemeente(oin: str) -> Gemeente:
    return get_object_or_404(Gemeente, oin=oin)


def badges(punten: list[Punt]) -> list[dict[str, Any]]:
    """Gives each line of a checklist with the kind of its badge."""
    kinds = {Staat.VERVULD: "ok", Staat.VERLOOPT: "waarschuwing", Staat.VERLOPEN: "fout"}
    return [
        {"punt": punt, "staat": punt.staat.value.capitalize(), "badge": kinds.get(punt.staat, "neutraal")}
        for punt in punten
    ]


@requires(Recht.GEMEENTEN)
@require_GET
def municipality(request: GemeenteRequest, oin: str) -> HttpResponse:
    """Shows one municipality: its state, checklist, settings, history and departure."""
    gemeente = _gemeente(oin)
    with als_support():
        punten, eerder = dossier.conditions(gemeente)
        context = {
            "gemeente": gemeente,
            "punten": badges(punten),
            "compleet": not any(punt.staat in (Staat.ONTBREEKT, Staat.VERLOPEN) for punt in punten),
            "geschiedenis": dossier.history(gemeente),
            "vertrek": dossier.departure(gemeente),
            "eerder": eerder,
            "aantallen": overzicht.published_counts().get(gemeente.pk, {}),
        }
    context["mag_besluiten"] = may(request, Recht.GEMEENTEN_BESLUITEN)
    context["scenarios"] = [Scenario(value).label for value in gemeente.scenarios]
    return render(request, "gemeenten/gemeente.html", context)


# --- Deciding ----------------------------------------------------------------------------------------------


@_besluit
@require_http_methods(["GET", "POST"])
def register(request: GemeenteRequest) -> HttpResponse:
    """Registers a municipality."""
    form = InschrijfForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            gemeente = admission.register(form.cleaned_data["oin"], form.cleaned_data["naam"], request.user)
        except ValidationError as problem:
            for name, texts in instellingen.as_errors(problem).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, f"{gemeente.naam} is ingeschreven. Vul nu de voorwaarden in.")
            return redirect("gemeenten:gemeente", oin=gemeente.oin)
    context = {"form": form}
    return render(request, "gemeenten/inschrijven.html", context, status=422 if form.errors else 200)


@_besluit
@require_http_methods(["GET", "POST"])
def condition(request: GemeenteRequest, oin: str, soort: str) -> HttpResponse:
    """Records that a condition is met, or met again."""
    gemeente, definitie = _gemeente(oin), DEFINITIES[Voorwaardesoort(soort).value]
    with voor_gemeente(gemeente):
        present = Voorwaarde.objects.filter(soort=soort, ingetrokken_op=None).first()
    form = VoorwaardeForm(definitie, present, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "bevestigd"}
        try:
            voorwaarden.record(gemeente, definitie.soort, request.user, **values)
        except NietVastgelegd as problem:
            form.add_error(None, problem.melding)
        else:
            messages.success(request, f"{definitie.soort.label} is vastgelegd.")
            return redirect("gemeenten:gemeente", oin=oin)
    context = {"gemeente": gemeente, "definitie": definitie, "huidig": present, "form": form}
    return render(request, "gemeenten/voorwaarde.html", context, status=422 if form.errors else 200)


def _decide(
    request: GemeenteRequest,
    gemeente: Gemeente,
    redenen: type[TextChoices],
    do: Callable[[Any], str],
    **context: Any,
) -> HttpResponse:
    """Asks for a reason and does what was asked: `do` takes the reason and gives the sentence about success.

    A refusal that `do` raises (FoutMetMelding) is shown on the page.
    """
    form = RedenForm(redenen, request.POST or None)
    back = reverse("gemeenten:gemeente", args=[gemeente.oin])
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, do(redenen(form.cleaned_data["reden"])))
        except FoutMetMelding as problem:
            form.add_error(None, problem.melding)
        else:
            return redirect(back)
    context |= {"form": form, "terug_url": back, "gemeente": gemeente}
    return render(request, "gemeenten/besluit.html", context, status=422 if form.errors else 200)


@_besluit
@require_http_methods(["GET", "POST"])
def withdraw_condition(request: GemeenteRequest, oin: str, soort: str) -> HttpResponse:
    """Withdraws a condition, which suspends a municipality that was admitted."""
    gemeente, definitie = _gemeente(oin), DEFINITIES[Voorwaardesoort(soort).value]

    def do(reden: Intrekreden) -> str:
        if not admission.withdraw_condition(gemeente, definitie.soort, reden, request.user):
            raise NietVastgelegd("Deze voorwaarde staat er niet meer. Iemand anders was u voor.")
        return f"{definitie.soort.label} is ingetrokken."

    gevolgen = ["De vastlegging blijft te zien in de geschiedenis."]
    if gemeente.is_toegelaten:
        gevolgen.insert(
            0, "De deelname van de gemeente wordt meteen opgeschort: bron, zoeken, aanleveren en sleutels."
        )
    return _decide(
        request,
        gemeente,
        Intrekreden,
        do,
        titel=f"Intrekken: {definitie.soort.label}",
        tekst=f"{gemeente.naam} voldoet dan niet meer aan deze voorwaarde.",
        gevolgen=gevolgen,
        bevestig_tekst="Intrekken",
        gevaar=True,
    )


@dataclass(frozen=True, slots=True)
class Besluit:
    """A decision about a whole municipality, in words ({0} is its name), with the verb that takes it.

    `take` raises FoutMetMelding when it cannot be taken now.
    """

    redenen: type[TextChoices]
    take: Callable[[Gemeente, Any, Gebruiker], object]
    titel: str
    tekst: str
    knop: str
    gelukt: str
    gevolgen: tuple[str, ...] = ()
    gevaar: bool = False


def _suspend(gemeente: Gemeente, reden: Reden, door: Gebruiker) -> None:
    if not admission.suspend(gemeente, reden, door):
        raise NietToegelaten("Dat kan nu niet: deze gemeente is niet toegelaten, of al opgeschort.")


# By the name of the address.
BESLUITEN: Final = {
    "toelaten": Besluit(
        Toelatingsreden,
        admission.admit,
        "{0} toelaten",
        "De gemeente kan daarna meteen zoeken, aanleveren en publiceren, en antwoordt als bron.",
        "Toelaten",
        "{0} is toegelaten tot de uitwisseling.",
    ),
    "opschorten": Besluit(
        Reden,
        _suspend,
        "{0} opschorten",
        "De deelname stopt meteen.",
        "Opschorten",
        "De deelname van {0} is opgeschort.",
        (
            "De gemeente antwoordt niet meer als bron, en kan niet zoeken, aanleveren of publiceren.",
            "Aanleversleutels werken niet meer tot de deelname wordt hervat.",
            "Wat gepubliceerd is, blijft staan en verloopt gewoon. Intrekken en downloaden kan de gemeente nog wel.",
        ),
        gevaar=True,
    ),
    "hervatten": Besluit(
        Hervatreden,
        admission.resume,
        "Deelname van {0} hervatten",
        "De gemeente antwoordt meteen weer als bron, en kan weer zoeken, aanleveren en publiceren.",
        "Hervatten",
        "{0} doet weer mee.",
    ),
    "vertrek": Besluit(
        Vertrekreden,
        vertrek.announce,
        "Vertrek van {0} aankondigen",
        "Dit is de eerste van twee stappen. Er wordt nog niets gewist.",
        "Aankondigen",
        "Het vertrek van {0} is aangekondigd. Er is nog niets gewist.",
        (
            "De functioneel beheerder ziet dat de gemeente vertrekt, en kan haar gegevens downloaden.",
            "In de tweede stap bevestigt u het vertrek. Daarna wordt alles van de gemeente gewist.",
        ),
    ),
}


@_besluit
@require_http_methods(["GET", "POST"])
def decide(request: GemeenteRequest, oin: str, besluit: str) -> HttpResponse:
    """Takes one of the decisions about a municipality, with its reason."""
    gemeente, found = _gemeente(oin), BESLUITEN[besluit]

    def do(reden: TextChoices) -> str:
        found.take(gemeente, reden, request.user)
        return found.gelukt.format(gemeente.naam)

    return _decide(
        request,
        gemeente,
        found.redenen,
        do,
        titel=found.titel.format(gemeente.naam),
        tekst=found.tekst,
        gevolgen=found.gevolgen,
        bevestig_tekst=found.knop,
        gevaar=found.gevaar,
    )


@_besluit
@require_http_methods(["GET", "POST"])
def participation(request: GemeenteRequest, oin: str) -> HttpResponse:
    """Changes the name of a municipality and what it takes part in."""
    gemeente = _gemeente(oin)
    fields = initial_of(DeelnameForm, gemeente)
    form = DeelnameForm(
        request.POST or None, initial={**fields, "stempel": instellingen.stamp(gemeente, fields)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            instellingen.change(
                gemeente,
                request.user,
                form.waarden,
                form.cleaned_data["stempel"],
                Handeling.GEMEENTE_GEWIJZIGD,
            )
        except instellingen.IntussenGewijzigd:
            return render(
                request,
                "gemeenten/intussen.html",
                {"verder": reverse("gemeenten:deelname", args=[oin])},
                status=409,
            )
        except ValidationError as problem:
            form.add_error(None, problem.messages)
        else:
            messages.success(request, "De naam en de deelname zijn bewaard.")
            return redirect("gemeenten:gemeente", oin=oin)
    context = {"gemeente": gemeente, "form": form}
    return render(request, "gemeenten/deelname.html", context, status=422 if form.errors else 200)


# --- Leaving -----------------------------------------------------------------------------------------------


@_besluit
@require_POST
def call_off(request: GemeenteRequest, oin: str) -> HttpResponse:
    """Takes the announcement of a departure back."""
    gemeente = _gemeente(oin)
    if vertrek.call_off(gemeente, request.user):
        messages.success(request, f"Het vertrek van {gemeente.naam} gaat niet door.")
    else:
        messages.error(request, "Dat kan niet meer: het vertrek is al bevestigd of al afgeblazen.")
    return redirect("gemeenten:gemeente", oin=oin)


@_besluit
@reauthentication_required
@require_http_methods(["GET", "POST"])
def leave(request: GemeenteRequest, oin: str) -> HttpResponse:
    """Confirms that a municipality leaves, after its name was typed; then a worker erases everything."""
    gemeente = _gemeente(oin)
    form = VertrekForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            vertrek.confirm(gemeente, form.cleaned_data["naam"], request.user)
        except KanNietVertrekken as problem:
            form.add_error(None, problem.melding)
        else:
            tasks.enqueue_erasure(gemeente.pk)
            messages.success(
                request, f"{gemeente.naam} is vertrokken. Alles van de gemeente wordt nu gewist."
            )
            return redirect("gemeenten:gemeente", oin=oin)
    context = {
        "titel": f"{gemeente.naam} laten vertrekken",
        "tekst": f"Alles van {gemeente.naam} wordt gewist. Dat is niet terug te draaien.",
        "gevolgen": [
            "Gepubliceerde gegevens, leveringen, koppelingen, woorden, sleutels en zoekvragen worden gewist.",
            "Collega's die bij geen andere gemeente horen, verliezen hun account.",
            "Over blijven de naam, het logboek en een verslag met aantallen en tijden.",
        ],
        "form": form,
        "gemeente": gemeente,
        "bevestig_tekst": "Definitief laten vertrekken",
        "terug_url": reverse("gemeenten:gemeente", args=[oin]),
        "gevaar": True,
    }
    return render(request, "gemeenten/besluit.html", context, status=422 if form.errors else 200)
