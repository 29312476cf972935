"""Finds the address that a request comes from, and limits how often somebody may try to log in.

Three counts, of attempts that failed: of a name at an address (tight), of an address (wide: a whole town hall
may be one), and of a name over all addresses (wide). A browser that this person logged in with before is
counted by itself instead, so that nobody elsewhere, nor behind the same address, can lock a colleague out.

Codes of the second factor are counted likewise: whoever knows a password cannot use up the codes of its owner.
"""

import ipaddress
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from um_portal.accounts import toestellen
from um_portal.cache import count, hidden, uncount
from um_portal.machines import is_trusted_proxy

logger = logging.getLogger(__name__)

_QUARTER, _HOUR = 15 * 60, 3600


def client_address(request: HttpRequest) -> str:
    """Returns the address of whoever asks: told by trusted proxies, or that of the connection.

    X-Forwarded-For is read from its end, for as long as a trusted proxy wrote it: the rest anybody can make
    up. What is no address is not believed. Over a unix socket there is no address, and everybody is one, unless
    UM_VERTROUWDE_PROXIES says `unix`.
    """
    address = _plain(request.META.get("REMOTE_ADDR", ""))
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if not address and not is_trusted_proxy(address):
        logger.warning(
            "De verbinding heeft geen adres, dus iedereen telt als één adres. Zet unix in UM_VERTROUWDE_PROXIES."
        )
    while is_trusted_proxy(address) and told:
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
    """An attempt that was let through; it counts as failed until it is said to be right."""

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
    poging = _count(limits)
    if poging is None:
        raise ImmediateHttpResponse(respond_429(request))
    return poging


def attempt_elsewhere(request: HttpRequest) -> Poging | None:
    """Counts leaving for the login service of a municipality; None is one too many from this network.

    A town hall is one network, and the password is counted there; this keeps a stranger from making work only.
    """
    return _count(
        [(f"elders {_network(client_address(request))}", 5 * settings.UM_INLOGPOGINGEN_ADRES, _QUARTER)]
    )


def attempt_notice(request: HttpRequest) -> Poging | None:
    """Counts a notice that says to come from a login service; None is one too many from this network.

    Those that were right are not counted: a service that logs everybody out sends many at once. Raises RedisError when
    there is nothing to count with.
    """
    return _count(
        [(f"afmelding {_network(client_address(request))}", 5 * settings.UM_INLOGPOGINGEN_ADRES, _QUARTER)]
    )


def attempt_code(request: HttpRequest, name: str) -> Poging | None:
    """Counts an attempt to show a second factor, by somebody whose password was right; None is one too many.

    Raises RedisError when there is nothing to count with.
    """
    name = name.lower()
    if toestel := toestellen.known(request, name):
        return _count([(f"code toestel {toestel}", settings.UM_INLOGPOGINGEN, _QUARTER)])
    return _count(
        [
            (f"code {name} {_network(client_address(request))}", settings.UM_INLOGPOGINGEN, _QUARTER),
            # Narrow: three of a million codes are good, and whoever guesses from many addresses has the password.
            (f"code {name}", 3 * settings.UM_INLOGPOGINGEN, _HOUR),
        ]
    )


def _count(limits: Iterable[tuple[str, int, int]]) -> Poging | None:
    """Counts one more of each: what, the most there may be, and in how many seconds."""
    names = []
    for what, most, seconds in limits:
        names.append(hidden("inloggen", what))
        if count(names[-1], seconds) > most:
            return None
    return Poging(names[0], tuple(names[1:]))


def who_tries(request: HttpRequest, name: str) -> str:
    """Returns who counts as one while a password is checked: a browser that is known, or else the address."""
    if toestel := toestellen.known(request, name.lower()):
        return f"toestel {toestel}"
    return _network(client_address(request))


def _network(address: str) -> str:
    """Returns what counts as one address: of IPv6 the network that one subscriber has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address
