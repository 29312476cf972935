"""Guards a session that the login service of a municipality opened.

It stays with that municipality (`toegang.access`), does not touch the own password and second factor, and opens
nothing unless the service confirmed it a short while ago. Unconfirmed it is locked: nobody is logged in, and what a
form sends goes back to whoever filled it in, to be sent when it is confirmed. Stands after `SessieduurMiddleware`.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers

from um_portal.accounts import gemeentesessie, tweede_factor
from um_portal.accounts.gemeentesessie import Gemeentesessie
from um_portal.accounts.models import Gebruiker
from um_portal.inlogdienst import regels
from um_portal.toegang.access import memberships

_MUST_JOIN: Final = "moet_koppelen"
_POSTPONED: Final = "inlogdienst_uitstel"
_POSTPONE_SECONDS: Final = 60
_CONFIRM_HEADER: Final = "X-UM-Bevestigen"
_LOCKED: Final = "_inlogdienst_op_slot"
# In a locked session somebody can confirm it, and end it.
_WHILE_LOCKED: Final = frozenset(
    {
        "inlogdienst:starten", "inlogdienst:terug", "inlogdienst:hercontrole", "inlogdienst:bevestigen",
        "accounts:logout", "account_logout",
    }
)  # fmt: skip
# The pages of the own login: a login service must not get at a password or second factor that opens more.
_OWN_LOGIN: Final = ("mfa_", "account_change_password", "account_reauthenticate")
_ALWAYS: Final = frozenset(
    {
        "accounts:login", "accounts:logout", "account_login", "account_logout", "accounts:uitnodiging",
        "accounts:uitnodiging-wachtwoord", "hulp:index", "hulp:openbaar", "privacy", "toegankelijkheid",
    }
)  # fmt: skip


def must_join(request: HttpRequest, gebruiker: Gebruiker | None) -> None:
    """Remembers that somebody with a password first has to join the account to the login service."""
    request.session.pop(_MUST_JOIN, None)
    if gebruiker is not None and regels.password_off_at(gebruiker) is not None:
        request.session[_MUST_JOIN] = True


def has_to_join(request: HttpRequest) -> bool:
    """Tells whether the account has to be joined to the login service before anything else."""
    return bool(request.session.get(_MUST_JOIN))


def joined(request: HttpRequest) -> None:
    """Lets somebody go on who joined the account."""
    request.session.pop(_MUST_JOIN, None)


def postpone(request: HttpRequest) -> None:
    """Leaves a login service that does not answer alone for a minute; the end of the session stays where it is."""
    request.session[_POSTPONED] = int(time.time()) + _POSTPONE_SECONDS


class InlogdienstMiddleware:
    """Ends or renews a session of a login service in time, and keeps it off the pages of the own login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Ends, before the view runs, a session that is not what it says; locks one that is not confirmed."""
        sessie = gemeentesessie.of(request)
        if sessie is not None and isinstance(request.user, Gebruiker):
            if request.user.is_vng_support or sessie == gemeentesessie.VREEMD:
                request.session.flush()
                request.user = AnonymousUser()
                messages.info(request, "U bent uitgelogd. Log opnieuw in via uw gemeente.")
            elif is_locked(sessie) and not _confirms_or_ends(request):
                setattr(request, _LOCKED, True)
                request.user = AnonymousUser()
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answers in the place of a view that has to wait, or that is closed to a session of a login service."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if hasattr(request, _LOCKED):
            # Django's own check of the form has passed by now: a form of a stranger does not come this far.
            return None if name in _ALWAYS else _ask_to_confirm(request)
        if name in _ALWAYS or name.startswith("inlogdienst:") or not isinstance(request.user, Gebruiker):
            return None
        sessie = gemeentesessie.of(request)
        if sessie is None:
            second_factor = name.startswith("mfa_") or name.startswith("account_reauth")
            if has_to_join(request) and not second_factor:
                return redirect("inlogdienst:koppelen")
            return None
        if name.startswith(_OWN_LOGIN) and not _may_set_up(request, request.user, sessie):
            messages.info(
                request,
                "U bent ingelogd via uw gemeente. Uw wachtwoord en tweede factor van het portaal wijzigt u na inloggen "
                "met uw wachtwoord.",
            )
            return redirect("accounts:mijn")
        old = time.time() - sessie.gezien > 60 * settings.UM_SSO_HERCONTROLE_MINUTEN
        if old and time.time() > request.session.get(_POSTPONED, 0) and _is_navigation(request):
            return redirect(_address_to_confirm(request.get_full_path()))
        return None


def is_locked(sessie: Gemeentesessie) -> bool:
    """Tells whether the login service has to confirm the session before it opens anything."""
    return bool(time.time() - sessie.gezien > 60 * settings.UM_SSO_EINDE_MINUTEN)


def _confirms_or_ends(request: HttpRequest) -> bool:
    try:
        name: str = resolve(request.path_info).view_name
    except Resolver404:
        return False
    return name in _WHILE_LOCKED


def _address_to_confirm(naar: str) -> str:
    return f"{reverse('inlogdienst:hercontrole')}?{urlencode({'naar': naar[:500]})}"


def _ask_to_confirm(request: HttpRequest) -> HttpResponse:
    """Sends a page past the login service; gives back what a form sent, which the server does not keep."""
    if _is_navigation(request):
        return redirect(_address_to_confirm(request.get_full_path()))
    htmx: Any = getattr(request, "htmx", None)
    if request.method != "POST" or htmx or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        # A part of a page: the page stays as it is, and says what to do (static/um/htmx.js).
        return HttpResponse(status=HTTPStatus.CONFLICT, headers={_CONFIRM_HEADER: "ja"})
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    context = {
        "velden": fields,
        "bestanden": bool(request.FILES),
        "bevestigen": _address_to_confirm(reverse("inlogdienst:bevestigd")),
        "opnieuw": _address_to_confirm(request.path),
        "minuten": settings.UM_SSO_EINDE_MINUTEN,
    }
    response = render(request, "inlogdienst/op_slot.html", context, status=HTTPStatus.CONFLICT)
    add_never_cache_headers(response)
    return response


def _may_set_up(request: HttpRequest, gebruiker: Gebruiker, sessie: Gemeentesessie) -> bool:
    """Tells whether somebody may set up the first second factor here: who belongs to this municipality alone."""
    if not tweede_factor.required(request) or tweede_factor.factors(gebruiker).exists():
        return False
    return [one.gemeente_id for one in memberships(gebruiker)] == [sessie.gemeente]


def _is_navigation(request: HttpRequest) -> bool:
    """Tells whether the whole page can go somewhere else: a link that somebody pressed, and no part or form."""
    htmx: Any = getattr(request, "htmx", None)
    return (
        request.method == "GET"
        and not htmx
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    )
