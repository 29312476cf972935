"""Which address a request comes from, and how often somebody may try to log in.

Three counts, of attempts that failed: of a name at an address (tight), of an address (wide: a whole town hall
may be one), and of a name over all addresses (wide). A browser that this person logged in with before is
counted by itself instead, so that nobody elsewhere, nor behind the same address, can lock a colleague out.
"""

import ipaddress
from dataclasses import dataclass

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest

from um_portal.accounts import toestellen

_APP = "allauth.account"


def client_address(request: HttpRequest) -> str:
    """Returns the address of whoever asks: told by trusted proxies, or that of the connection.

    X-Forwarded-For is read from its end, for as long as a trusted proxy wrote it: the rest anybody can make
    up. What is no address is not believed.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while address in settings.UM_VERTROUWDE_PROXIES and told:
        try:
            address = str(ipaddress.ip_address(told.pop().strip()))
        except ValueError:
            break
    return address


@dataclass(frozen=True, slots=True)
class Poging:
    """An attempt to log in that was let through; it counts as failed until it is said to be right."""

    tight: str
    wide: tuple[ratelimit.RateLimitUsage, ...]

    def succeeded(self, request: HttpRequest) -> None:
        """Forgets the failures of this name here; those of the address stay."""
        for usage in self.wide:
            usage.rollback()
        ratelimit.clear(request, app=_APP, action="login_failed", key=self.tight)


def attempt(request: HttpRequest, name: str) -> Poging:
    """Counts an attempt to log in with this name; raises ImmediateHttpResponse with 429 when it is one too many."""
    name = name.lower()
    if toestel := toestellen.known(request, name):
        tight = f"toestel:{toestel}"
        _consume(request, "login_failed", tight)
        return Poging(tight, ())
    tight = f"naam:{name}:{ratelimit.get_ip(request)}"
    _consume(request, "login_failed", tight)
    return Poging(
        tight,
        (
            _consume(request, "login_failed_address", None),
            _consume(request, "login_failed_name", name),
        ),
    )


def _consume(request: HttpRequest, action: str, key: str | None) -> ratelimit.RateLimitUsage:
    usage = ratelimit.consume(request, app=_APP, action=action, key=key)
    if usage is None:
        raise ImmediateHttpResponse(ratelimit.respond_429(request))
    return usage
