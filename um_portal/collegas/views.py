"""Serves the pages about the colleagues of a municipality, for the functioneel beheerder."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from um_portal.accounts import gemeentesessie
from um_portal.collegas import leden, overzicht, toetsen
from um_portal.collegas.forms import RolForm, ToetsForm, UitnodigenForm
from um_portal.collegas.models import Genodigde, Rolvoorstel
from um_portal.errors import FoutMetMelding
from um_portal.herstel import herstellen
from um_portal.tenants.models import Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, may, requires
from um_portal.toegang.rechten import Recht

_toegang = requires(Recht.COLLEGAS)
_VOORGESTELD = "Het voorstel is gedaan. {wie} Pas daarna verandert er iets."


def _proposed(request: GemeenteRequest, voorstel: Rolvoorstel) -> None:
    others = [
        lid
        for lid in leden.members(request.gemeente).values()
        if lid.rol == Rol.FUNCTIONEEL_BEHEERDER and lid.gebruiker.is_active and lid.gebruiker != request.user
    ]
    wie = (
        "Een andere functioneel beheerder moet het bevestigen."
        if others
        else "Er is geen andere functioneel beheerder, dus VNG-support moet het bevestigen."
    )
    messages.info(request, _VOORGESTELD.format(wie=wie))


def _explained(rows: list[overzicht.Collega]) -> int | None:
    """Gives the number of days after which somebody is marked as silent; None when nobody is."""
    return settings.UM_TOEGANG_STIL_DAGEN if any(row.is_stil for row in rows) else None


@_toegang
@require_GET
def index(request: GemeenteRequest) -> HttpResponse:
    """Shows the colleagues, who was invited, and what waits for a second pair of eyes."""
    laatste = toetsen.last(request.gemeente)
    rows = overzicht.collegas(request.gemeente)
    context = {
        "collegas": rows,
        "genodigden": overzicht.genodigden(),
        "voorstellen": overzicht.voorstellen(request.gemeente, request.user),
        "laatste_toets": laatste,
        "toets_nodig": toetsen.is_due(request.gemeente, laatste.gedaan_op if laatste else None),
        "stil_dagen": _explained(rows),
    }
    return render(request, "collegas/lijst.html", context)


@_toegang
@reauthentication_required
@require_http_methods(["GET", "POST"])
def invite(request: GemeenteRequest) -> HttpResponse:
    """Asks for an address and a role, and invites."""
    form = UitnodigenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, rol = form.cleaned_data["email"], Rol(form.cleaned_data["rol"])
        try:
            made = leden.invite(request.gemeente, email, rol, request.user)
        except FoutMetMelding as problem:
            form.add_error("email", problem.melding)
        else:
            if isinstance(made, Rolvoorstel):
                _proposed(request, made)
            else:
                messages.success(request, f"De uitnodiging aan {email.lower()} is verstuurd.")
            return redirect("collegas:lijst")
    context = {"form": form, "dagen": settings.UM_UITNODIGING_DAGEN}
    return render(request, "collegas/uitnodigen.html", context)


@_toegang
@reauthentication_required
@require_http_methods(["GET", "POST"])
def colleague(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows one colleague; changes the role or removes."""
    lid = get_object_or_404(Lidmaatschap.objects.select_related("gebruiker"), pk=pk)
    herstel = herstellen.open_of(lid.gebruiker)
    actie = request.POST.get("actie", "")
    form = RolForm(request.POST if actie == "rol" else None, initial={"rol": lid.rol})
    zelf = lid.gebruiker_id == request.user.pk
    try:
        if actie == "rol" and form.is_valid():
            rol = Rol(form.cleaned_data["rol"])
            voorstel = leden.change_role(request.gemeente, pk, rol, request.user)
            if voorstel is not None:
                _proposed(request, voorstel)
            else:
                messages.success(request, f"{lid.gebruiker} is nu {rol.label.lower()}.")
            # Whoever gave up the own role may no longer see the list.
            return redirect("start" if zelf and rol != Rol.FUNCTIONEEL_BEHEERDER else "collegas:lijst")
        if actie == "verwijderen":
            if "bevestigd" not in request.POST:
                return render(request, "componenten/bevestigen.html", _remove_question(request, lid))
            leden.remove(request.gemeente, pk, request.user)
            messages.success(
                request, f"{lid.gebruiker} is verwijderd en heeft geen toegang meer tot {request.gemeente}."
            )
            return redirect("start" if zelf else "collegas:lijst")
    except FoutMetMelding as problem:
        messages.error(request, problem.melding)
        return redirect("collegas:collega", pk=pk)
    collega = next(one for one in overzicht.collegas(request.gemeente) if one.lid.pk == pk)
    context = {
        "collega": collega,
        "form": form,
        "herstel": herstel,
        "zelf": zelf,
        "mag_wissen": not zelf and may(request, Recht.COLLEGA_WISSEN),
    }
    return render(request, "collegas/collega.html", context)


@requires(Recht.COLLEGAS, transactie=False)
@require_POST
def object_to_recovery(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Stops the recovery of a colleague's second factor, at once: who objects is not asked who this is again.

    It is written in the log of every municipality of the colleague, so it works for none.
    """
    with voor_gemeente(request.gemeente):
        lid = get_object_or_404(Lidmaatschap.objects.select_related("gebruiker"), pk=pk)
    herstel = herstellen.open_of(lid.gebruiker)
    try:
        if herstel is None:
            raise herstellen.HerstelMislukt("Er loopt geen herstel meer voor deze collega.")
        herstellen.stop(herstel.pk, request.user)
        messages.success(request, "Het herstel is gestopt. Uw collega krijgt daarover een mail.")
    except FoutMetMelding as problem:
        messages.error(request, problem.melding)
    return redirect("collegas:lijst")


def _remove_question(request: GemeenteRequest, lid: Lidmaatschap) -> dict[str, object]:
    zelf = lid.gebruiker_id == request.user.pk
    return {
        "titel": "Uzelf verwijderen" if zelf else f"{lid.gebruiker} verwijderen",
        "tekst": (
            f"U hebt daarna geen toegang meer tot {request.gemeente}."
            if zelf
            else f"Uw collega heeft meteen geen toegang meer tot {request.gemeente}, ook niet als die nu is ingelogd."
        ),
        "gevolgen": [
            "Wat deze collega deed, blijft in het logboek staan.",
            "Uitnodigingen en voorstellen van deze collega vervallen.",
            "Uw collega krijgt een mail.",
        ],
        "bevestig_tekst": "Verwijderen",
        "gevaar": True,
        "velden": {"actie": "verwijderen", "bevestigd": "1"},
        "terug_url": request.path,
    }


@_toegang
@reauthentication_required
@require_http_methods(["GET", "POST"])
def invitee(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows one invitation; sends it again or withdraws it."""
    genodigde = get_object_or_404(Genodigde.objects.select_related("gebruiker", "gemaakt_door"), pk=pk)
    if request.method == "GET":
        context = {"genodigde": genodigde, "dagen": settings.UM_UITNODIGING_DAGEN}
        return render(request, "collegas/genodigde.html", context)
    email = genodigde.gebruiker.username
    try:
        if request.POST.get("actie") == "opnieuw":
            leden.resend(request.gemeente, pk, request.user)
            messages.success(request, f"De uitnodiging aan {email} is opnieuw verstuurd.")
        elif request.POST.get("actie") == "intrekken":
            leden.withdraw(request.gemeente, pk, request.user)
            messages.success(request, f"De uitnodiging aan {email} is ingetrokken.")
    except FoutMetMelding as problem:
        messages.error(request, problem.melding)
    return redirect("collegas:lijst")


@_toegang
@reauthentication_required
@require_http_methods(["GET", "POST"])
def proposal(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows a proposal for a functioneel beheerder; confirms, rejects or withdraws it."""
    found = Rolvoorstel.objects.select_related("gemaakt_door").filter(verloopt_op__gt=timezone.now())
    voorstel = get_object_or_404(found, pk=pk)
    mag = leden.may_confirm(leden.members(request.gemeente), voorstel, request.user)
    if request.method == "GET":
        context = {"voorstel": voorstel, "mag": mag, "eigen": voorstel.gemaakt_door == request.user}
        return render(request, "collegas/voorstel.html", context)
    try:
        if request.POST.get("actie") == "bevestigen":
            leden.confirm(request.gemeente, pk, request.user)
            messages.success(request, "Het voorstel is bevestigd.")
        elif request.POST.get("actie") == "afwijzen":
            leden.reject(request.gemeente, pk, request.user)
            messages.success(request, "Het voorstel is van de baan. Er is niets veranderd.")
    except FoutMetMelding as problem:
        messages.error(request, problem.melding)
    return redirect("collegas:lijst")


@_toegang
@reauthentication_required
@require_http_methods(["GET", "POST"])
def review(request: GemeenteRequest) -> HttpResponse:
    """Asks about everybody who has access whether that is still right, and records the answer."""
    rows = overzicht.collegas(request.gemeente)
    form = ToetsForm(request.POST or None, leden=[row.lid for row in rows], zelf=request.user.pk)
    if request.method == "POST" and form.is_valid():
        try:
            toets = toetsen.review(request.gemeente, form.besluiten, request.user)
        except FoutMetMelding as problem:
            messages.error(request, problem.melding)
            return redirect("collegas:toetsen")
        messages.success(
            request,
            f"De toets is vastgelegd: {toets.behouden} behouden, {toets.gewijzigd} gewijzigd of voorgesteld, "
            f"{toets.verwijderd} verwijderd.",
        )
        return redirect("collegas:lijst")
    context = {
        "form": form,
        "rijen": [(row, form[f"lid_{row.lid.pk}"]) for row in rows],
        "stil_dagen": _explained(rows),
        "genodigden": [one for one in overzicht.genodigden() if one.is_open],
    }
    return render(request, "collegas/toetsen.html", context)


@requires(Recht.PORTAAL)
@require_POST
def answer(request: GemeenteRequest) -> HttpResponse:
    """Accepts or declines an invitation of a municipality, by somebody who has an account already."""
    chosen = request.POST.get("gemeente", "")
    found = next(
        (one for one in leden.open_invitations(request.user) if str(one.gemeente_id) == chosen), None
    )
    aannemen = request.POST.get("antwoord") == "aannemen"
    sessie = gemeentesessie.of(request)
    if sessie is not None and found is not None and found.gemeente_id != sessie.gemeente:
        messages.error(
            request,
            "U bent ingelogd via een andere gemeente. Log in met uw wachtwoord en antwoord dan op de uitnodiging.",
        )
        return redirect("start")
    if found is None or not leden.answer(found.gemeente, request.user, aannemen=aannemen):
        messages.error(request, "Deze uitnodiging is er niet meer. Vraag uw collega om een nieuwe.")
    elif aannemen:
        messages.success(request, f"U hoort nu bij {found.gemeente}.")
    else:
        messages.info(request, f"U hebt de uitnodiging van {found.gemeente} afgewezen.")
    return redirect("start")
