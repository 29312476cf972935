"""Speaks OpenID Connect with the login service of a municipality, and believes only what it can check.

Every address it uses is on the list (`adressen`), also those that the service names itself; every answer is
bounded in time and size, and no redirect is followed (`outward`). What it says about itself and its keys is kept
in the memory of this process for a while.
"""

import base64
import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings

from um_portal import outward
from um_portal.accounts.sealing import ZegelFout
from um_portal.inlogdienst import adressen
from um_portal.inlogdienst.models import Inlogdienst

logger = logging.getLogger(__name__)

_LIMITS: Final = outward.Limits(whole=8.0, silence=5.0, size=256 * 1024, connect=4.0)
_KEEP_SECONDS: Final = 600
# An unknown key makes the portal look again, not more often than this.
_LOOK_AGAIN_SECONDS: Final = 30
# So many threads of a process ask a service at once who comes in. Who finds no place waits so long for one; a failure
# that took longer than the second number counts as hanging, and then nobody asks for so long.
_AT_ONCE: Final = 3
_WAIT_SECONDS: Final = 1.0
_SLOW_SECONDS: Final = 2.0
_QUIET_SECONDS: Final = 10.0
_CLOCK_SECONDS: Final = 60
_OLDEST_SECONDS: Final = 600
# Signed with a key pair: with a shared secret, or "none", whoever knows the client could write one.
ALGORITMEN: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_KIND: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
_SMALLEST_RSA: Final = 2048
# A notice that somebody logged out there: sent at once, so an older one was kept by somebody.
_OLDEST_NOTICE_SECONDS: Final = 180
# So long a notice that was followed is remembered: until it is too old, with both clocks off.
REMEMBER_SECONDS: Final = _OLDEST_NOTICE_SECONDS + 2 * _CLOCK_SECONDS
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
# What a notice may say that it is: some services write what any token is, or nothing.
_LOGOUT_TYPES: Final = frozenset({"logout+jwt", "application/logout+jwt", "jwt", ""})
# The reason when the service gives no answer, which says nothing of whoever logs in.
ONBEREIKBAAR: Final = "inlogdienst niet bereikbaar"


class InloggenMislukt(Exception):
    """Logging in did not succeed; `reden` is a word of ours for the log, and says nothing of anybody."""

    def __init__(self, reden: str) -> None:
        super().__init__(reden)
        self.reden = reden


@dataclass(frozen=True, slots=True)
class Inlogverzoek:
    """The things that an answer of the service has to fit: they stay in the session of whoever left."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Inlogverzoek":
        """Makes three secrets of 256 bits."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


# --- What the service says about itself ------------------------------------------------------------------


class _Patience:
    """The threads that wait for an address of a service: a few at once, and none for a while after it hung.

    So the people of one municipality, whose service hangs, leave the threads to those of the others.
    """

    quiet_until: dict[str, float] = {}
    _places: dict[str, threading.BoundedSemaphore] = {}

    @classmethod
    @contextmanager
    def place(cls, address: str, places: int) -> Iterator[None]:
        """Takes one of so many places while this lasts; raises InloggenMislukt when there is none."""
        free = cls._places.setdefault(address, threading.BoundedSemaphore(places))
        if time.monotonic() < cls.quiet_until.get(address, 0) or not free.acquire(timeout=_WAIT_SECONDS):
            raise InloggenMislukt(ONBEREIKBAAR)
        begun = time.monotonic()
        try:
            yield
        except InloggenMislukt:
            if time.monotonic() - begun > _SLOW_SECONDS:
                cls.quiet_until[address] = time.monotonic() + _QUIET_SECONDS
            raise
        finally:
            free.release()


class _Memory:
    """The documents of services by address, with the moment that they were fetched.

    Anybody can make the portal ask for one, so one thread asks.
    """

    documents: dict[str, tuple[float, dict[str, Any]]] = {}

    @classmethod
    def get(cls, address: str, *, younger_than: float = _KEEP_SECONDS) -> dict[str, Any]:
        if (found := cls._known(address, younger_than)) is not None:
            return found
        with _Patience.place(address, 1):
            # Another thread may have asked meanwhile.
            found = cls._known(address, younger_than)
            if found is None:
                found = _fetch("GET", address)
                cls.documents[address] = (time.monotonic(), found)
            return found

    @classmethod
    def _known(cls, address: str, younger_than: float) -> dict[str, Any] | None:
        found = cls.documents.get(address)
        return found[1] if found is not None and time.monotonic() - found[0] <= younger_than else None


def forget() -> None:
    """Forgets what services said about themselves, and which ones kept somebody waiting."""
    _Memory.documents.clear()
    _Patience.quiet_until.clear()


def discover(uitgever: str) -> dict[str, Any]:
    """Returns what the service says about itself; raises InloggenMislukt."""
    document = _Memory.get(uitgever.rstrip("/") + "/.well-known/openid-configuration")
    if document.get("issuer") != uitgever:
        raise InloggenMislukt("andere uitgever")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _checked(document.get(name))
    methods = document.get("code_challenge_methods_supported")
    if methods is not None and not (isinstance(methods, list) and "S256" in methods):
        raise InloggenMislukt("geen PKCE")
    return document


def _checked(address: object) -> str:
    try:
        return adressen.check(address)
    except adressen.OngeldigAdres:
        raise InloggenMislukt("adres niet toegestaan") from None


def _fetch(method: str, address: str, *, body: bytes | None = None, **headers: str) -> dict[str, Any]:
    """Calls the service and returns the object that it answers; raises InloggenMislukt."""
    _checked(address)
    host = urlsplit(address).hostname or ""
    sent = {"Accept": "application/json", **headers}
    try:
        with outward.call(
            method,
            address,
            headers=sent,
            body=body,
            limits=_LIMITS,
            only_public=not adressen.is_loopback(host),
        ) as response:
            if response.status != 200:
                raise InloggenMislukt("geweigerd door de inlogdienst")
            found = json.loads(response.read())
    except outward.GeenAntwoord:
        raise InloggenMislukt(ONBEREIKBAAR) from None
    except (ValueError, RecursionError):
        raise InloggenMislukt("antwoord niet te lezen") from None
    if not isinstance(found, dict):
        raise InloggenMislukt("antwoord niet te lezen")
    return found


# --- Going there and coming back --------------------------------------------------------------------------


def address_to_log_in(dienst: Inlogdienst, verzoek: Inlogverzoek, terug: str, **more: str) -> str:
    """Returns the address at the service to send somebody to; raises InloggenMislukt."""
    endpoint = discover(dienst.uitgever)["authorization_endpoint"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verzoek.verifier.encode()).digest()).rstrip(b"=")
    query = {
        "response_type": "code",
        "response_mode": "query",
        "client_id": dienst.client_id,
        "redirect_uri": terug,
        "scope": "openid",
        "state": verzoek.state,
        "nonce": verzoek.nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
        **({"acr_values": " ".join(dienst.acr)} if dienst.acr else {}),
        **more,
    }
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"


def check_sender(dienst: Inlogdienst, iss: str | None) -> None:
    """Checks that an answer comes from this service, as far as it says so itself; raises InloggenMislukt."""
    promised = discover(dienst.uitgever).get("authorization_response_iss_parameter_supported") is True
    if iss != dienst.uitgever and (iss is not None or promised):
        raise InloggenMislukt("andere uitgever")


def exchange(dienst: Inlogdienst, code: str, verzoek: Inlogverzoek, terug: str) -> dict[str, Any]:
    """Returns the claims of the ID token that the service gives for a code; raises InloggenMislukt."""
    document = discover(dienst.uitgever)
    try:
        secret = dienst.secret
    except ZegelFout:
        raise InloggenMislukt("geheim niet te openen") from None
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": terug,
        "code_verifier": verzoek.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    methods = document.get("token_endpoint_auth_methods_supported")
    if isinstance(methods, list) and methods and "client_secret_basic" not in methods:
        body |= {"client_id": dienst.client_id, "client_secret": secret}
    else:
        pair = f"{quote(dienst.client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    address = document["token_endpoint"]
    with _Patience.place(address, _AT_ONCE):
        answer = _fetch("POST", address, body=urlencode(body).encode(), **headers)
    return verify(dienst, answer.get("id_token"), nonce=verzoek.nonce)


def logs_out(dienst: Inlogdienst) -> bool:
    """Tells whether one can log out at the service; raises InloggenMislukt."""
    return "end_session_endpoint" in discover(dienst.uitgever)


def address_to_log_out(dienst: Inlogdienst, state: str, terug: str) -> str:
    """Returns the address at the service where somebody logs out there, and comes back from; raises InloggenMislukt.

    It carries no ID token: that is not kept, and would stand in an address.
    """
    document = discover(dienst.uitgever)
    endpoint = _checked(document.get("end_session_endpoint"))
    own = {urlsplit(address).netloc for address in (dienst.uitgever, document["authorization_endpoint"])}
    if urlsplit(endpoint).netloc not in own:
        # On the list, but of somebody else.
        raise InloggenMislukt("adres niet toegestaan")
    query = {"client_id": dienst.client_id, "post_logout_redirect_uri": terug, "state": state}
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"


# --- The ID token, and the notice that somebody logged out -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Afmelding:
    """A notice that somebody logged out at the service: of all that a subject has open, of one session, or both.

    `onderwerp` or `sid` is empty when it does not name one; `nummer` is that of the notice itself.
    """

    onderwerp: str
    sid: str
    nummer: str


def verify_notice(dienst: Inlogdienst, token: object) -> Afmelding:
    """Returns what a logout token says that this service signed for us, just now; raises InloggenMislukt.

    Whether it was followed before is for the caller. An ID token is none, and the other way round.
    """
    claims = _read(dienst, token, ["iss", "aud", "iat", "jti", "events"], types=_LOGOUT_TYPES)
    events = claims["events"]
    if "nonce" in claims or not isinstance(events, dict) or not isinstance(events.get(_LOGOUT_EVENT), dict):
        raise InloggenMislukt("geen afmelding")
    _check_for_us(dienst, claims, _OLDEST_NOTICE_SECONDS)
    named = {name: claims[name] for name in ("sub", "sid", "jti") if claims.get(name) is not None}
    if not named.keys() >= {"jti"} or len(named) == 1 or not all(map(_is_name, named.values())):
        raise InloggenMislukt("geen afmelding")
    return Afmelding(named.get("sub", ""), named.get("sid", ""), named["jti"])


def sid_of(claims: Mapping[str, Any]) -> str:
    """Returns what the service calls the session there; empty when it does not say."""
    sid = claims.get("sid")
    return str(sid) if _is_name(sid) else ""


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255 and "\0" not in value


def verify(dienst: Inlogdienst, token: object, *, nonce: str) -> dict[str, Any]:
    """Returns the claims of an ID token that this service signed for us, just now and for this nonce.

    Raises InloggenMislukt.
    """
    claims = _read(dienst, token, ["iss", "sub", "aud", "exp", "iat", "nonce"])
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise InloggenMislukt("andere nonce")
    _check_for_us(dienst, claims, _OLDEST_SECONDS)
    if not _is_name(claims["sub"]):
        raise InloggenMislukt("geen onderwerp")
    return claims


def _read(
    dienst: Inlogdienst, token: object, required: list[str], types: frozenset[str] | None = None
) -> dict[str, Any]:
    """Returns the claims of a token that this service signed, of one of these types; raises InloggenMislukt."""
    if not isinstance(token, str) or len(token) > 64 * 1024:
        raise InloggenMislukt("geen token")
    try:
        header = jwt.get_unverified_header(token)
        if types is not None and str(header.get("typ", "")).lower() not in types:
            raise InloggenMislukt("token ongeldig")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(dienst, header),
            algorithms=list(ALGORITMEN),
            audience=dienst.client_id,
            issuer=dienst.uitgever,
            leeway=_CLOCK_SECONDS,
            options={"require": required},
        )
        # JSON can hold half of a character, which no database, page or hash takes: ValueError.
        json.dumps(claims, ensure_ascii=False).encode()
    except jwt.ExpiredSignatureError:
        raise InloggenMislukt("token verlopen") from None
    except (jwt.InvalidTokenError, jwt.PyJWKError, ValueError, TypeError, ArithmeticError, RecursionError):
        raise InloggenMislukt("token ongeldig") from None
    return claims


def _check_for_us(dienst: Inlogdienst, claims: Mapping[str, Any], oldest: int) -> None:
    """Raises InloggenMislukt for a token that was made for another, or longer ago than so many seconds."""
    audience = claims["aud"]
    others = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if others else dienst.client_id) != dienst.client_id:
        raise InloggenMislukt("voor een ander")
    if not isinstance(claims["iat"], int | float) or time.time() - claims["iat"] > oldest:
        raise InloggenMislukt("token te oud")


def _key(dienst: Inlogdienst, header: Mapping[str, Any]) -> jwt.PyJWK:
    """Returns the key of the service that this header names; looks again when it does not know it."""
    algorithm = header.get("alg")
    if algorithm not in ALGORITMEN:
        raise InloggenMislukt("algoritme niet toegestaan")
    address = discover(dienst.uitgever)["jwks_uri"]
    for age in (_KEEP_SECONDS, _LOOK_AGAIN_SECONDS):
        found = _usable(_Memory.get(address, younger_than=age).get("keys"), algorithm, header.get("kid"))
        if len(found) == 1:
            key = jwt.PyJWK(found[0], algorithm=algorithm)
            if getattr(key.key, "key_size", 0) < (_SMALLEST_RSA if found[0]["kty"] == "RSA" else 256):
                raise InloggenMislukt("sleutel te klein")
            return key
    raise InloggenMislukt("sleutel onbekend")


def _usable(keys: object, algorithm: str, kid: object) -> list[dict[str, Any]]:
    return [
        key
        for key in (keys if isinstance(keys, list) else [])
        if isinstance(key, dict)
        and key.get("kty") == _KIND[algorithm[:2]]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    ]


# --- What the claims say -----------------------------------------------------------------------------------


def is_strong(dienst: Inlogdienst, claims: Mapping[str, Any]) -> bool:
    """Tells whether this counts as a second factor: only by a value that was configured for it."""
    used = claims.get("amr")
    named = {value for value in used if isinstance(value, str)} if isinstance(used, list) else set()
    return claims.get("acr") in dienst.acr or not named.isdisjoint(dienst.amr)


def is_fresh(claims: Mapping[str, Any]) -> bool:
    """Tells whether somebody showed just now who they are, as the service says."""
    moment = claims.get("auth_time")
    return isinstance(moment, int) and abs(time.time() - moment) < settings.UM_SSO_BEVESTIG_SECONDEN


def values_of(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Returns the values of a claim; a name with dots goes inside, unless there is a claim with that whole name."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    several = found if isinstance(found, list) else [found]
    return frozenset(value for value in several if isinstance(value, str))
