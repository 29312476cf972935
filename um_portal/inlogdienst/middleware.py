"""Guards a session that the login service of a municipality opened.

It stays with that municipality (`toegang.access`), does not touch the own password and second factor, and lasts
only as long as the service keeps confirming it. Stands after `SessieduurMiddleware`.
"""

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from um_portal.accounts import gemeentesessie, tweede_factor
from um_portal.accounts.gemeentesessie import Gemeentesessie
from um_portal.accounts.models import Gebruiker
from um_portal.inlogdienst import regels
from um_portal.toegang.access import memberships

_MUST_JOIN: Final = "moet_koppelen"
_POSTPONED: Final = "inlogdienst_uitstel"
_POSTPONE_SECONDS: Final = 60
# The pages of the own login: a login service must not get at a password or second factor that opens more.
_OWN_LOGIN: Final = ("mfa_", "account_change_password", "account_reauthenticate")
_ALWAYS: Final = frozenset(
    {
        "accounts:login", "accounts:logout", "account_login", "account_logout", "accounts:uitnodiging",
        "accounts:uitnodiging-wachtwoord", "help", "privacy", "toegankelijkheid",
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
        """Ends, before the view runs, a session that was not confirmed for too long or is not what it says."""
        sessie = gemeentesessie.of(request)
        if sessie is not None and isinstance(request.user, Gebruiker):
            age = time.time() - sessie.gezien
            if request.user.is_vng_support or age > 60 * settings.UM_SSO_EINDE_MINUTEN:
                request.session.flush()
                request.user = AnonymousUser()
                messages.info(request, "U bent uitgelogd. Log opnieuw in via uw gemeente.")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answers in the place of a view that has to wait, or that is closed to a session of a login service."""
        name = request.resolver_match.view_name if request.resolver_match else ""
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
            query = urlencode({"naar": request.get_full_path()[:500]})
            return redirect(f"{reverse('inlogdienst:hercontrole')}?{query}")
        return None


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
