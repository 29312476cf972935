"""Serves logging in through a municipality, and joining an account to its login service.

Whoever leaves for a login service does so from a page of its own, which goes on by itself: a browser does not
follow a form to another site (`form-action` in the Content Security Policy).
"""

import json
import logging
import secrets
import time
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import parse_qs

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from redis.exceptions import RedisError

from um_portal import machines
from um_portal.accounts import gemeentesessie, throttling, tweede_factor, uitnodigingen
from um_portal.accounts.gemeentesessie import Gemeentesessie
from um_portal.accounts.models import Gebruiker
from um_portal.accounts.views import INVITATION
from um_portal.inlogdienst import afmelden, bezig, middleware, regels, uitgever
from um_portal.inlogdienst.adapter import MERK
from um_portal.inlogdienst.bezig import Doel, Onderweg
from um_portal.inlogdienst.models import Identiteit, Inlogdienst
from um_portal.inlogdienst.uitgever import InloggenMislukt, Inlogverzoek
from um_portal.paths import is_own
from um_portal.tenants.models import Gemeente
from um_portal.toegang.access import memberships

logger = logging.getLogger(__name__)

_NOTICE_BYTES = 32 * 1024
_FORM = "application/x-www-form-urlencoded"
_TE_KOPPELEN = "inlogdienst_koppelen"
_UITLOGGEN = "inlogdienst_uitloggen"
# Answers of a service that could not do without asking somebody something.
_ASK = frozenset({"login_required", "interaction_required", "consent_required", "account_selection_required"})
# Where a browser says that it came from, when that was a page of somebody else.
_BY_OTHERS = frozenset({"cross-site", "same-site"})
_UITLEG = {
    "niet gekoppeld": (
        "Uw account bij de gemeente is nog niet gekoppeld aan een account van het portaal. Hebt u een uitnodiging? "
        "Open dan eerst de link in die mail. Hebt u al een account? Log in met uw wachtwoord, en kies bij Mijn account "
        "Inloggen via uw gemeente."
    ),
    "geen toegang": "U hebt geen toegang tot het portaal voor deze gemeente. Vraag het uw functioneel beheerder.",
    "geen rol": "Uw gemeente geeft u geen rol in het portaal. Vraag het de afdeling ICT van uw gemeente.",
    "twee rollen": (
        "Uw gemeente geeft u twee rollen in het portaal. Dat kan niet. Vraag het de afdeling ICT van uw gemeente."
    ),
    "geen uitnodiging van deze gemeente": (
        "Uw uitnodiging is van een andere gemeente, is al gebruikt of is verlopen. Vraag uw collega om een nieuwe."
    ),
    "van een ander account": (
        "Dit account van de gemeente is al gekoppeld aan een ander account van het portaal. Vraag het uw functioneel "
        "beheerder."
    ),
    uitgever.ONBEREIKBAAR: "De inlogdienst van uw gemeente antwoordt niet. Probeer het over een paar minuten.",
    "niet opnieuw ingelogd": (
        "De inlogdienst van uw gemeente laat niet zien dat u net opnieuw hebt ingelogd. Vraag het de afdeling ICT."
    ),
    "verlopen": "Dit inloggen duurde te lang of is al gebruikt. Begin opnieuw.",
}
_ANDERS = "De inlogdienst van uw gemeente gaf geen goed antwoord. Begin opnieuw. Blijft dit zo? Meld het ICT."


def _failed(request: HttpRequest, reden: str, gemeente: Gemeente | None = None) -> HttpResponse:
    if gemeente is not None:
        regels.log_failure(gemeente, reden)
    context = {"uitleg": _UITLEG.get(reden, _ANDERS), "gemeente": gemeente}
    return render(request, "inlogdienst/mislukt.html", context, status=403)


def _with_service(oin: str) -> tuple[Gemeente, Inlogdienst]:
    gemeente = get_object_or_404(Gemeente, oin=oin)
    dienst = regels.service_of(gemeente)
    if dienst is None:
        raise Http404
    return gemeente, dienst


def _safe(naar: str) -> str:
    return naar[:500] if is_own(naar) else ""


def _leave(
    request: HttpRequest, gemeente: Gemeente, dienst: Inlogdienst, doel: Doel, naar: str = "", **more: str
) -> HttpResponse:
    """Sends somebody to the login service, and remembers why; raises InloggenMislukt."""
    verzoek = Inlogverzoek.new()
    address = uitgever.address_to_log_in(dienst, verzoek, regels.address_to_come_back(gemeente), **more)
    bezig.remember(request.session, Onderweg(verzoek, gemeente.pk, doel, _safe(naar)))
    response = render(request, "inlogdienst/verder.html", {"gemeente": gemeente, "adres": address})
    response["Refresh"] = f"0;url={address}"
    return response


# --- Logging in --------------------------------------------------------------------------------------------


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Shows through which municipalities one can log in."""
    gemeenten = regels.with_service()
    if not gemeenten:
        raise Http404
    return render(
        request,
        "inlogdienst/kiezen.html",
        {"gemeenten": gemeenten, "naar": _safe(request.GET.get("next", ""))},
    )


@never_cache
@require_GET
def start(request: HttpRequest, oin: str) -> HttpResponse:
    """Sends somebody to log in at the municipality."""
    gemeente, dienst = _with_service(oin)
    naar = _safe(request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(naar or "start")
    if request.headers.get("Sec-Fetch-Site") in _BY_OTHERS:
        # Somebody who is logged in there would be in here, without having asked for it.
        return render(request, "inlogdienst/kiezen.html", {"gemeenten": [gemeente], "naar": naar})
    if not throttling.attempt_elsewhere(request):
        full: HttpResponse = respond_429(request)
        return full
    try:
        return _leave(request, gemeente, dienst, Doel.INLOGGEN, naar)
    except InloggenMislukt as problem:
        return _failed(request, problem.reden)


@never_cache
@require_GET
def come_back(request: HttpRequest, oin: str) -> HttpResponse:
    """Takes the answer of the login service, which counts once and only in the browser that left for it."""
    gemeente, dienst = _with_service(oin)
    onderweg = bezig.take(request.session, request.GET.get("state", ""))
    if onderweg is None or onderweg.gemeente != gemeente.pk:
        return _came_back_twice(request)
    try:
        uitgever.check_sender(dienst, request.GET.get("iss"))
        if error := request.GET.get("error"):
            if onderweg.doel is Doel.HERCONTROLE and error in _ASK:
                return _leave(request, gemeente, dienst, Doel.INLOGGEN, onderweg.naar)
            raise InloggenMislukt("geweigerd door de inlogdienst")
        code = request.GET.get("code", "")
        claims = uitgever.exchange(dienst, code, onderweg.verzoek, regels.address_to_come_back(gemeente))
        return _NEXT[onderweg.doel](request, gemeente, dienst, onderweg, claims)
    except InloggenMislukt as problem:
        sessie = gemeentesessie.of(request)
        if sessie is not None and onderweg.doel is not Doel.BEVESTIGEN:
            if problem.reden == uitgever.ONBEREIKBAAR:
                return _without_answer(request, sessie, onderweg.naar)
            # Who is not confirmed any more is out at once.
            request.session.flush()
        return _failed(request, problem.reden, gemeente)


def _came_back_twice(request: HttpRequest) -> HttpResponse:
    """Answers for an address that did its work, or is too old: most often somebody pressed the back button."""
    if not request.user.is_authenticated:
        return _failed(request, "verlopen")
    if gemeentesessie.of(request) is None and not tweede_factor.required(request):
        messages.info(
            request,
            "Dit inloggen duurde te lang of is al gebruikt. Hieronder ziet u hoe het er nu voor staat.",
        )
        return redirect("inlogdienst:koppelen")
    return redirect("start")


def _log_in(
    request: HttpRequest, gemeente: Gemeente, dienst: Inlogdienst, onderweg: Onderweg, claims: dict[str, Any]
) -> HttpResponse:
    if request.user.is_authenticated:
        # Confirmed with a question, or logged in meanwhile in another tab.
        if gemeentesessie.of(request) is not None:
            return _check_again(request, gemeente, dienst, onderweg, claims)
        return redirect(onderweg.naar or "start")
    uitnodiging = uitnodigingen.usable(request.session.get(INVITATION))
    if uitnodiging is None:
        identiteit = regels.recognise(gemeente, dienst, claims)
    else:
        identiteit = regels.accept_invitation(gemeente, dienst, uitnodiging, claims)
        del request.session[INVITATION]
    fresh = int(time.time()) if uitgever.is_fresh(claims) else 0
    sessie = regels.mark(
        identiteit,
        now=int(time.time()),
        bevestigd=fresh,
        sterk=uitgever.is_strong(dienst, claims),
        sid=uitgever.sid_of(claims),
    )
    setattr(request, MERK, sessie)
    login = Login(
        user=identiteit.gebruiker, redirect_url=onderweg.naar or None, signal_kwargs={MERK: asdict(sessie)}
    )
    response: HttpResponse = perform_login(request, login)
    return response


def _same(
    request: HttpRequest, gemeente: Gemeente, dienst: Inlogdienst, claims: dict[str, Any]
) -> Gemeentesessie:
    """Returns the mark of a session of which the service confirms that it is still the same person, as strong."""
    sessie = gemeentesessie.of(request)
    identiteit: Identiteit = regels.recognise(gemeente, dienst, claims)
    if sessie is None or (identiteit.pk, gemeente.pk) != (sessie.identiteit, sessie.gemeente):
        raise InloggenMislukt("iemand anders")
    if sessie.sterk and not uitgever.is_strong(dienst, claims):
        raise InloggenMislukt("geen tweede factor")
    # After logging in again it is another session there.
    return replace(sessie, gezien=int(time.time()), sid=uitgever.sid_of(claims) or sessie.sid)


def _check_again(
    request: HttpRequest, gemeente: Gemeente, dienst: Inlogdienst, onderweg: Onderweg, claims: dict[str, Any]
) -> HttpResponse:
    gemeentesessie.begin(request.session, _same(request, gemeente, dienst, claims))
    return redirect(onderweg.naar or "start")


def _confirm(
    request: HttpRequest, gemeente: Gemeente, dienst: Inlogdienst, onderweg: Onderweg, claims: dict[str, Any]
) -> HttpResponse:
    sessie = _same(request, gemeente, dienst, claims)
    if not uitgever.is_fresh(claims):
        raise InloggenMislukt("niet opnieuw ingelogd")
    gemeentesessie.begin(request.session, replace(sessie, bevestigd=int(time.time())))
    return redirect(onderweg.naar or "start")


# --- In a session of the login service -----------------------------------------------------------------------


def _of_session(request: HttpRequest) -> tuple[Gemeente, Inlogdienst]:
    sessie = gemeentesessie.of(request)
    if sessie is None:
        raise Http404
    gemeente = get_object_or_404(Gemeente, pk=sessie.gemeente)
    dienst = regels.service_of(gemeente)
    if dienst is None:
        # Switched off meanwhile.
        request.session.flush()
        raise InloggenMislukt("geen toegang")
    return gemeente, dienst


@never_cache
@login_required
@require_GET
def check_again(request: HttpRequest) -> HttpResponse:
    """Has the login service confirm that this is still somebody, without a question where it can."""
    naar = _safe(request.GET.get("naar", ""))
    try:
        gemeente, dienst = _of_session(request)
        return _leave(request, gemeente, dienst, Doel.HERCONTROLE, naar, prompt="none")
    except InloggenMislukt as problem:
        sessie = gemeentesessie.of(request)
        if sessie is not None:
            return _without_answer(request, sessie, naar)
        return _failed(request, problem.reden)


def _without_answer(request: HttpRequest, sessie: Gemeentesessie, naar: str) -> HttpResponse:
    """Lets a session go on that the service does not answer about, until it is locked."""
    if middleware.is_locked(sessie):
        request.user = AnonymousUser()
        return _failed(request, uitgever.ONBEREIKBAAR, Gemeente.objects.get(pk=sessie.gemeente))
    middleware.postpone(request)
    return redirect(naar or "start")


@never_cache
@login_required
@require_GET
def confirmed(request: HttpRequest) -> HttpResponse:
    """Says in a tab of its own that a session is confirmed, and that the page in the other tab can go on."""
    if gemeentesessie.of(request) is None:
        raise Http404
    return render(request, "inlogdienst/bevestigd.html")


@never_cache
@login_required
@require_GET
def confirm(request: HttpRequest) -> HttpResponse:
    """Has somebody log in again at the municipality, before something that matters."""
    try:
        gemeente, dienst = _of_session(request)
        naar = _safe(request.GET.get("next", ""))
        return _leave(request, gemeente, dienst, Doel.BEVESTIGEN, naar, prompt="login", max_age="0")
    except InloggenMislukt as problem:
        return _failed(request, problem.reden)


# --- Logging out ---------------------------------------------------------------------------------------------


@never_cache
@require_GET
def logged_out(request: HttpRequest, oin: str) -> HttpResponse:
    """Says that somebody is logged out of the portal, and offers to log out at the municipality as well."""
    if request.user.is_authenticated:
        return redirect("start")
    try:
        gemeente, dienst = _with_service(oin)
    except Http404:
        # Switched off meanwhile.
        return redirect("accounts:login")
    try:
        offered = uitgever.logs_out(dienst)
    except InloggenMislukt:
        offered = False
    return render(request, "inlogdienst/uitgelogd.html", {"gemeente": gemeente, "kan": offered})


@never_cache
@require_POST
def log_out_there(request: HttpRequest, oin: str) -> HttpResponse:
    """Sends somebody who is logged out of the portal to log out at the municipality."""
    gemeente, dienst = _with_service(oin)
    if not throttling.attempt_elsewhere(request):
        full: HttpResponse = respond_429(request)
        return full
    state = secrets.token_urlsafe(32)
    try:
        address = uitgever.address_to_log_out(dienst, state, regels.address_after_logging_out(gemeente))
    except InloggenMislukt:
        return render(
            request, "inlogdienst/uitgelogd.html", {"gemeente": gemeente, "mislukt": True}, status=502
        )
    request.session[_UITLOGGEN] = {"state": state, "sinds": int(time.time())}
    response = render(
        request, "inlogdienst/verder.html", {"gemeente": gemeente, "adres": address, "uitloggen": True}
    )
    response["Refresh"] = f"0;url={address}"
    return response


@never_cache
@require_GET
def logged_out_there(request: HttpRequest, oin: str) -> HttpResponse:
    """Takes back whoever logged out at the municipality; it is said only in the browser that left for it."""
    gemeente, _ = _with_service(oin)
    found = request.session.pop(_UITLOGGEN, None)
    if found and time.time() - found["sinds"] < 600 and found["state"] == request.GET.get("state"):
        messages.success(request, f"U bent ook uitgelogd bij {gemeente.naam}.")
    return redirect("accounts:login")


@csrf_exempt
@require_POST
def take_notice(request: HttpRequest, oin: str) -> HttpResponse:
    """Takes a notice of the login service itself that somebody logged out there (back-channel logout).

    200 says that it was followed, also when nobody was logged in; 400 that it does not count; 429 and 503 that the
    service can try again. Nothing says why: whoever calls is anybody.
    """
    try:
        poging = throttling.attempt_notice(request)
        if poging is None:
            return _to_service(429, "temporarily_unavailable", wacht=900)
        gemeente = Gemeente.objects.filter(oin=oin).first()
        dienst = regels.service_of(gemeente) if gemeente is not None else None
        token = _notice_in(request)
        if gemeente is None or dienst is None or token is None:
            return _to_service(400, "invalid_request")
        afmelden.follow(gemeente, dienst, token)
        poging.succeeded()
    except InloggenMislukt as problem:
        logger.warning("Een afmelding van een inlogdienst telt niet (%s).", problem.reden)
        if problem.reden == uitgever.ONBEREIKBAAR:
            # Its keys cannot be fetched now, so nobody knows.
            return _to_service(503, "temporarily_unavailable", wacht=30)
        return _to_service(400, "invalid_request")
    except RedisError:
        logger.error("Redis antwoordt niet, en is nodig om een afmelding één keer te laten tellen")
        return _to_service(503, "temporarily_unavailable", wacht=30)
    return machines.respond(b"", 200, None)


def _notice_in(request: HttpRequest) -> str | None:
    """Returns the one logout token in the body of a notice; None when it is no such body."""
    if request.content_type != _FORM:
        return None
    body = machines.read_body(request, _NOTICE_BYTES)
    try:
        fields = parse_qs((body or b"").decode("ascii"), strict_parsing=True, max_num_fields=10)
    except ValueError:
        return None
    found = fields.get("logout_token", [])
    return found[0] if len(found) == 1 else None


def _to_service(status: int, error: str, wacht: int = 0) -> HttpResponse:
    headers = {"Retry-After": str(wacht)} if wacht else {}
    return machines.respond(json.dumps({"error": error}).encode(), status, "application/json", headers)


# --- Joining an account ------------------------------------------------------------------------------------


def _own_login(request: HttpRequest) -> Gebruiker:
    """Returns who logged in with the own password and second factor; raises Http404."""
    gebruiker = request.user
    if not isinstance(gebruiker, Gebruiker) or gemeentesessie.of(request) or gebruiker.is_vng_support:
        raise Http404
    if tweede_factor.required(request):
        raise Http404
    return gebruiker


@never_cache
@login_required
@require_GET
@reauthentication_required
def joining(request: HttpRequest) -> HttpResponse:
    """Shows the own municipalities that have a login service, and whether the account is joined to it."""
    gebruiker = _own_login(request)
    gemeenten = [one.gemeente for one in memberships(gebruiker)]
    rijen = [
        (gemeente, regels.identity_of(gemeente, gebruiker))
        for gemeente in gemeenten
        if regels.service_of(gemeente) is not None
    ]
    return render(
        request, "inlogdienst/koppelen.html", {"rijen": rijen, "moet": middleware.has_to_join(request)}
    )


@never_cache
@login_required
@require_GET
def join(request: HttpRequest, oin: str) -> HttpResponse:
    """Sends somebody to log in at the municipality, to join that identity to the account."""
    gebruiker = _own_login(request)
    gemeente, dienst = _with_service(oin)
    if gemeente not in [one.gemeente for one in memberships(gebruiker)]:
        raise Http404
    if reauthentication.is_reauthentication_required(request, app="account"):
        return redirect("inlogdienst:koppelen")
    try:
        more = {"prompt": "login", "scope": "openid profile email"}
        return _leave(request, gemeente, dienst, Doel.KOPPELEN, **more)
    except InloggenMislukt as problem:
        return _failed(request, problem.reden)


def _ask_to_join(
    request: HttpRequest, gemeente: Gemeente, dienst: Inlogdienst, onderweg: Onderweg, claims: dict[str, Any]
) -> HttpResponse:
    """Asks whether this is the right account there: another may have been logged in on this machine."""
    gebruiker = _own_login(request)
    request.session[_TE_KOPPELEN] = {
        "gebruiker": gebruiker.pk,
        "gemeente": gemeente.pk,
        "uitgever": dienst.uitgever,
        "onderwerp": claims["sub"],
        "sinds": int(time.time()),
    }
    names = (claims.get(name) for name in ("preferred_username", "email", "name"))
    name = next((str(name)[:150] for name in names if isinstance(name, str) and name), "")
    return render(request, "inlogdienst/koppelen_bevestigen.html", {"gemeente": gemeente, "naam": name})


@never_cache
@login_required
@require_POST
def joined(request: HttpRequest) -> HttpResponse:
    """Joins the account to the identity that was shown a moment ago."""
    gebruiker = _own_login(request)
    found = request.session.pop(_TE_KOPPELEN, None)
    if not found or found["gebruiker"] != gebruiker.pk or time.time() - found["sinds"] > 600:
        return _failed(request, "verlopen")
    gemeente = get_object_or_404(Gemeente, pk=found["gemeente"])
    try:
        regels.join(gemeente, gebruiker, found["uitgever"], found["onderwerp"])
    except InloggenMislukt as problem:
        return _failed(request, problem.reden, gemeente)
    middleware.joined(request)
    messages.success(request, f"Uw account is gekoppeld. U kunt nu inloggen via {gemeente.naam}.")
    return redirect("accounts:mijn")


_NEXT = {
    Doel.INLOGGEN: _log_in,
    Doel.HERCONTROLE: _check_again,
    Doel.BEVESTIGEN: _confirm,
    Doel.KOPPELEN: _ask_to_join,
}
