"""Guards every page: asks for the second factor, ends sessions in time, and keeps pages out of caches.

In this order: `SessionMiddleware` finds the session, `SessieduurMiddleware` ends it in time, django-allauth's own
does its work, `TweedeFactorMiddleware` shows who has no second factor where to set one up.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from um_portal.accounts import tweede_factor
from um_portal.accounts.models import Gebruiker
from um_portal.accounts.sessions import BEGIN, SEEN, SessionStore

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

# Being seen is written down at most this often: a page needs no write.
_SEEN_EVERY = 60
# What somebody can reach who has no second factor yet: setting it up, logging out, help.
_WITHOUT_SECOND_FACTOR = frozenset(
    {
        "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate",
        "accounts:login", "accounts:logout", "account_login", "account_logout",
        "accounts:uitnodiging", "accounts:uitnodiging-wachtwoord",
        "hulp:index", "hulp:openbaar", "privacy", "toegankelijkheid",
    }
)  # fmt: skip


class NoStoreMiddleware:
    """Every page of somebody who is logged in is `no-store`: not in the browser's cache, nor a proxy's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Adds the header after the view has run."""
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response


class SessionMiddleware(DjangoSessionMiddleware):
    """Finds the session by the hash of its cookie; only here the cookie's own value is known."""

    def process_request(self, request: HttpRequest) -> None:
        """Puts the session on the request."""
        request.session = SessionStore.of_cookie(request.COOKIES.get(settings.SESSION_COOKIE_NAME))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Saves the session, and sends the cookie with the token where Django put the key."""
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        session = request.session
        if cookie is not None and cookie.value and isinstance(session, SessionStore):
            response.cookies[settings.SESSION_COOKIE_NAME] = session.token or ""
        return response


class SessieduurMiddleware:
    """Logs out who was idle too long, or logged in too long ago: VNG support sooner than others."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Looks before the view runs."""
        if isinstance(request.user, Gebruiker):
            self._look(request, request.user)
        return self.get_response(request)

    def _look(self, request: HttpRequest, gebruiker: Gebruiker) -> None:
        now = time.time()
        # A session that does not say when it began is over.
        begin, seen = request.session.get(BEGIN, 0), request.session.get(SEEN, 0)
        minutes = idle_minutes(gebruiker)
        if now - begin > settings.SESSION_COOKIE_AGE or now - seen > 60 * minutes:
            request.session.flush()
            request.user = AnonymousUser()
            messages.info(
                request, "U bent uitgelogd, omdat u lang niets deed of lang ingelogd was. Log opnieuw in."
            )
        elif now - seen > _SEEN_EVERY and not _asked_by_itself(request):
            request.session[SEEN] = int(now)


def _asked_by_itself(request: HttpRequest) -> bool:
    """Tells whether the page asks this, to show how far something is, and not somebody who pressed a link."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and request.method == "GET"


def idle_minutes(gebruiker: Gebruiker) -> int:
    """Returns after how many minutes without a page somebody is logged out."""
    minutes: int = (
        settings.UM_SESSIE_STIL_MINUTEN_SUPPORT
        if gebruiker.is_vng_support
        else settings.UM_SESSIE_STIL_MINUTEN
    )
    return minutes


class TweedeFactorMiddleware:
    """Sends who has no second factor to the page that sets one up, from whatever page there is or will be."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on; around a view there is nothing to do."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answers in the place of a view that may not be seen yet."""
        if not request.user.is_authenticated or not tweede_factor.required(request):
            return None
        if tweede_factor.factors(request.user).exists():
            # Logged in before there was one. Whoever this is has to show it, and must not add another instead.
            logout(request)
            messages.info(request, "Log opnieuw in, met uw tweede factor.")
            return redirect("accounts:login")
        if request.resolver_match and request.resolver_match.view_name in _WITHOUT_SECOND_FACTOR:
            return None
        return redirect("mfa_index")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answers for what django-allauth leaves: a form that came too late, and a Redis that is away."""
        if isinstance(exception, ReauthenticationRequired) and request.method == "POST":
            # The library would keep what was sent in the session, passwords too. The page asks again instead.
            messages.warning(
                request,
                "Wat u invulde, is niet verstuurd. Laat eerst opnieuw zien wie u bent. Vul het daarna opnieuw in.",
            )
            return HttpResponseRedirect(request.get_full_path())
        if isinstance(exception, RedisError | OperationalError):
            # Attempts cannot be counted and no mail can be asked for, so nobody tries.
            logger.error("Redis antwoordt niet, en is hier nodig")
            return render(request, "503.html", status=503)
        return None
