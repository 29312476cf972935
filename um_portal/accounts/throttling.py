"""Finds the address that a request comes from, and limits how often somebody may try to log in.

Three counts, of attempts that failed: of a name at an address (tight), of an address (wide: a whole town hall
may be one), and of a name over all addresses (wide). A browser that this person logged in with before is
counted by itself instead, so that nobody elsewhere, nor behind the same address, can lock a colleague out.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from um_portal.accounts import toestellen
from um_portal.cache import count, uncount

_QUARTER, _HOUR = 15 * 60, 3600


def client_address(request: HttpRequest) -> str:
    """Returns the address of whoever asks: told by trusted proxies, or that of the connection.

    X-Forwarded-For is read from its end, for as long as a trusted proxy wrote it: the rest anybody can make
    up. What is no address is not believed.
    """
    address = _plain(request.META.get("REMOTE_ADDR", ""))
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while address in settings.UM_VERTROUWDE_PROXIES and told:
        if not (before := _plain(told.pop().strip())):
            break
        address = before
    return address


def _plain(text: str) -> str:
    """Returns the address; empty for what is none.

    What listens on IPv6 writes 192.0.2.1 as ::ffff:192.0.2.1. That is the same address, and all of these would be one
    network. The part after a % names a cable of the machine, and no place in the database has room for it.
    """
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


@dataclass(frozen=True, slots=True)
class Poging:
    """An attempt to log in that was let through; it counts as failed until it is said to be right."""

    tight: str
    wide: tuple[str, ...]

    def succeeded(self) -> None:
        """Forgets the failures of this name here; those of others at the address stay."""
        cache.delete(self.tight)
        for name in self.wide:
            uncount(name)


def attempt(request: HttpRequest, name: str) -> Poging:
    """Counts an attempt to log in with this name; raises ImmediateHttpResponse (429) when it is one too many.

    Raises RedisError when there is nothing to count with.
    """
    name, network = name.lower(), _network(client_address(request))
    limits = [(f"{name} {network}", settings.UM_INLOGPOGINGEN, _QUARTER)]
    if toestel := toestellen.known(request, name):
        limits = [(f"toestel {toestel}", settings.UM_INLOGPOGINGEN, _QUARTER)]
    else:
        limits += [
            (network, settings.UM_INLOGPOGINGEN_ADRES, _QUARTER),
            (name, settings.UM_INLOGPOGINGEN_NAAM, _HOUR),
        ]
    for what, most, seconds in limits:
        if count(_key(what), seconds) > most:
            raise ImmediateHttpResponse(respond_429(request))
    tight, *wide = (_key(what) for what, _, _ in limits)
    return Poging(tight, tuple(wide))


def _network(address: str) -> str:
    """Returns what counts as one address: of IPv6 the network that one subscriber has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address


def _key(what: str) -> str:
    # Who tries to log in is not for whoever reads the cache.
    digest = hmac.new(settings.SECRET_KEY.encode(), f"inloggen {what}".encode(), hashlib.sha256)
    return f"inloggen:{digest.hexdigest()[:32]}"
