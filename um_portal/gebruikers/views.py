"""Serves VNG support's pages about users.

A person is found by the whole e-mail address only, and then has an address that works for an hour, for whoever
searched. There is no list to browse, and no number to count up.
"""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from um_portal.accounts import tweede_factor
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.cache import count
from um_portal.collegas import leden, toetsen
from um_portal.collegas.models import Genodigde, Rolvoorstel
from um_portal.errors import FoutMetMelding
from um_portal.gebruikers import blokkeren, support
from um_portal.gebruikers.forms import BeheerderForm, SupportForm, ZoekForm
from um_portal.herstel import herstellen
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, may, memberships, require, requires
from um_portal.toegang.rechten import Recht

_SALT = "um_portal.gebruikers"
_SECONDS = 3600
# Per person and hour: enough for a desk, too little to try out addresses.
_MOST_SEARCHES = 60


def _kenmerk(gebruiker: Gebruiker, door: Gebruiker) -> str:
    return signing.dumps([gebruiker.pk, door.pk], salt=_SALT)


def _of_kenmerk(kenmerk: str, door: Gebruiker) -> Gebruiker:
    try:
        pk, searcher = signing.loads(kenmerk, salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404 from None
    if searcher != door.pk:
        raise Http404
    return get_object_or_404(Gebruiker, pk=pk)


@requires(Recht.GEBRUIKERS)
@require_http_methods(["GET", "POST"])
def search(request: GemeenteRequest) -> HttpResponse:
    """Finds one person by the whole e-mail address."""
    form = ZoekForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if count(f"gebruikers:{request.user.pk}", _SECONDS) > _MOST_SEARCHES:
            form.add_error(
                "email", f"U zocht meer dan {_MOST_SEARCHES} keer in een uur. Probeer het straks opnieuw."
            )
        else:
            found = support.find(form.cleaned_data["email"], request.user)
            if found is not None:
                return redirect("gebruikers:gebruiker", kenmerk=_kenmerk(found, request.user))
            form.add_error(
                "email", "Er is geen gebruiker met precies dit adres. Vraag met welk adres iemand inlogt."
            )
    context = {"form": form, "beslist": may(request, Recht.GEBRUIKERS_BESLUITEN)}
    return render(request, "gebruikers/zoeken.html", context)


@requires(Recht.GEBRUIKERS)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def user(request: GemeenteRequest, kenmerk: str) -> HttpResponse:
    """Shows one person: state, roles and second factor; blocks, lets in, or starts a recovery."""
    gebruiker = _of_kenmerk(kenmerk, request.user)
    if request.method == "POST":
        try:
            _act(request, gebruiker, request.POST.get("actie", ""))
        except FoutMetMelding as problem:
            messages.error(request, problem.melding)
        return redirect(request.path)
    context = {
        "gebruiker": gebruiker,
        "lidmaatschappen": memberships(gebruiker),
        "genodigden": leden.open_invitations(gebruiker),
        "tweede_factor": tweede_factor.factors(gebruiker).exists(),
        "herstel": herstellen.open_of(gebruiker),
        "beslist": may(request, Recht.GEBRUIKERS_BESLUITEN),
        "zelf": gebruiker.pk == request.user.pk,
        "mag_blokkeren": not gebruiker.is_vng_support or may(request, Recht.GEBRUIKERS_BESLUITEN),
    }
    return render(request, "gebruikers/gebruiker.html", context)


def _act(request: GemeenteRequest, gebruiker: Gebruiker, actie: str) -> None:
    if actie == "blokkeren":
        blokkeren.block(gebruiker, request.user)
        messages.success(request, f"{gebruiker} is geblokkeerd en overal uitgelogd.")
        return
    require(request, Recht.GEBRUIKERS_BESLUITEN)
    if actie == "deblokkeren":
        blokkeren.unblock(gebruiker, request.user)
        messages.success(request, f"{gebruiker} is niet meer geblokkeerd.")
    elif actie == "herstel":
        herstellen.ask(gebruiker, request.user)
        messages.success(
            request, "Het herstel is gevraagd. De gebruiker en de functioneel beheerders krijgen een mail."
        )
    elif actie == "support-weg":
        support.remove(gebruiker, request.user)
        messages.success(request, f"{gebruiker} werkt niet meer voor VNG-support.")


# --- What waits for a second person --------------------------------------------------------------------


def _role_proposals(door: Gebruiker) -> list[tuple[Gemeente, Rolvoorstel, bool]]:
    """Returns the open proposals of municipalities that have no other beheerder, and whether to confirm them."""
    waiting = [pk for pk, stand in toetsen.stand().items() if stand["voorstellen"]]
    found = []
    for gemeente in Gemeente.objects.filter(pk__in=waiting):
        with voor_gemeente(gemeente, alleen_lezen=True):
            now = leden.members(gemeente)
            for voorstel in Rolvoorstel.objects.filter(verloopt_op__gt=timezone.now()).select_related(
                "gemaakt_door"
            ):
                others = [one for one in leden.who_can_manage(now) if one.pk != voorstel.gemaakt_door_id]
                if not others:
                    found.append((gemeente, voorstel, leden.may_confirm(now, voorstel, door)))
    return found


@requires(Recht.GEBRUIKERS_BESLUITEN)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def waiting(request: GemeenteRequest) -> HttpResponse:
    """Shows what one asked and another has to approve, and takes the decision."""
    if request.method == "POST":
        try:
            _decide(request)
        except FoutMetMelding as problem:
            messages.error(request, problem.melding)
        return redirect("gebruikers:wachtend")
    context = {
        "herstellen": herstellen.all_open(),
        "rolvoorstellen": _role_proposals(request.user),
        "supportvoorstellen": support.open_proposals(),
    }
    return render(request, "gebruikers/wachtend.html", context)


def _decide(request: GemeenteRequest) -> None:
    soort, pk = request.POST.get("soort"), _number(request.POST.get("pk"))
    ja = request.POST.get("besluit") == "ja"
    if soort == "herstel":
        if ja:
            herstellen.approve(pk, request.user)
            messages.success(
                request, "Het herstel is goedgekeurd. Na de wachttijd krijgt de gebruiker een link."
            )
        else:
            herstellen.stop(pk, request.user)
            messages.success(request, "Het herstel is gestopt.")
    elif soort == "support":
        support.decide(pk, request.user, bevestigen=ja)
        messages.success(request, "Het besluit is uitgevoerd.")
    elif soort == "rol":
        gemeente = get_object_or_404(Gemeente, pk=_number(request.POST.get("gemeente")))
        if ja:
            leden.confirm(gemeente, pk, request.user)
        else:
            leden.reject(gemeente, pk, request.user)
        messages.success(request, "Het besluit is uitgevoerd.")


def _number(text: str | None) -> int:
    # Larger numbers do not fit the database's.
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else 0


# --- Municipalities and their people -------------------------------------------------------------------


@requires(Recht.GEBRUIKERS)
@require_GET
def access_overview(request: GemeenteRequest) -> HttpResponse:
    """Shows per municipality how many people there are, and when access was last reviewed; no names."""
    stand = toetsen.stand()
    rows = []
    for gemeente in Gemeente.objects.exclude(status=Gemeentestatus.VERTROKKEN):
        row: dict[str, Any] = stand.get(gemeente.pk, {})
        rows.append(
            {"gemeente": gemeente, **row, "te_laat": toetsen.is_due(gemeente, row.get("laatste_toets"))}
        )
    context = {"rijen": rows, "beslist": may(request, Recht.GEBRUIKERS_BESLUITEN)}
    return render(request, "gebruikers/toegang.html", context)


@requires(Recht.GEBRUIKERS_BESLUITEN)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def first_beheerder(request: GemeenteRequest) -> HttpResponse:
    """Invites a functioneel beheerder for a municipality that has none, or sends that invitation again."""
    form = BeheerderForm(request.POST or None, initial={"gemeente": _number(request.GET.get("gemeente"))})
    if request.method == "POST" and form.is_valid():
        gemeente, email = form.cleaned_data["gemeente"], form.cleaned_data["email"]
        try:
            made = leden.invite_first(gemeente, email, request.user)
        except FoutMetMelding as problem:
            form.add_error(None, problem.melding)
        else:
            if isinstance(made, Genodigde):
                messages.success(request, f"De uitnodiging voor {gemeente} is verstuurd.")
            else:
                messages.info(request, "Het voorstel is gedaan. Een beslissende collega moet het bevestigen.")
            return redirect("gebruikers:toegang")
    return render(request, "gebruikers/beheerder.html", {"form": form})


@requires(Recht.GEBRUIKERS)
@require_GET
def support_colleagues(request: GemeenteRequest) -> HttpResponse:
    """Shows who work for VNG support."""
    found = support.colleagues()
    with_factor = tweede_factor.who_have_one(one.pk for one in found)
    rows = [(one, one.pk in with_factor, _kenmerk(one, request.user)) for one in found]
    context = {"rijen": rows, "beslist": may(request, Recht.GEBRUIKERS_BESLUITEN)}
    return render(request, "gebruikers/support.html", context)


@requires(Recht.GEBRUIKERS_BESLUITEN)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def invite_support(request: GemeenteRequest) -> HttpResponse:
    """Invites somebody to VNG support, or gives a colleague another role there."""
    form = SupportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            voorstel = support.invite(
                form.cleaned_data["email"], Supportrol(form.cleaned_data["rol"]), request.user
            )
        except FoutMetMelding as problem:
            form.add_error("email", problem.melding)
        else:
            if voorstel is None:
                messages.success(
                    request, "Uw collega werkt nu voor VNG-support, of krijgt daarvoor een mail."
                )
            else:
                messages.info(
                    request, "Het voorstel is gedaan. Een andere beslissende collega moet het bevestigen."
                )
            return redirect("gebruikers:support")
    return render(request, "gebruikers/support_uitnodigen.html", {"form": form})
