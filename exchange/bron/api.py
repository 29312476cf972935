"""The API that the exchange calls, as the contracts VUM-Bron-* say.

Thin: it authenticates the caller, reads headers and body, calls `answer`, and writes the contract's
answer or error. Whatever goes wrong gets an error of the contract; nothing sent in is ever repeated back.
"""

import ipaddress
import logging
import re
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from exchange.bron.answer import Matches, find_contactmomenten, find_detail, find_matches
from exchange.bron.columns import as_json
from exchange.selection import VraagFout
from exchange.standard import ID_PATROON, Soort
from exchange.vum3.headers import (
    INTERN,
    NIET_BESCHIKBAAR,
    ONGELDIG,
    ONVOLLEDIG,
    SUWI_HEADER,
    VERSIE_HEADERS,
    Afgewezen,
    NietGeautoriseerd,
    VumFout,
    check_headers,
    read_parties,
    read_suwi,
    wsgi_name,
)
from exchange.vum3.parse import parse, parse_contactmomenten
from um_portal.machines import read_body, respond, strict_json
from um_portal.tenants.models import Gemeente, Gemeentestatus, is_oin
from um_portal.tenants.scope import voor_oin

logger = logging.getLogger(__name__)

PREFIX = "/vum/bron/v3/"
_SOORT = {soort.api_naam: soort for soort in Soort}
_ID = re.compile(ID_PATROON)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def authenticate(meta: dict[str, Any]) -> None:
    """Let through the exchange: by its certificate's OIN from a trusted proxy, or loopback in demonstration mode.

    Raises NietGeautoriseerd.
    """
    address = meta.get("REMOTE_ADDR", "")
    oin = meta.get(wsgi_name(settings.UM_CLIENTCERT_HEADER))
    if oin is not None and address in settings.UM_VERTROUWDE_PROXIES:
        if oin in settings.UM_BRON_BEVRAGERS:
            return
        raise NietGeautoriseerd
    if settings.UM_DEMO and _is_loopback(address):
        return
    raise NietGeautoriseerd


def _check_municipality(gemeente: Gemeente | None) -> Gemeente:
    if gemeente is None or gemeente.status in {Gemeentestatus.AANGEMELD, Gemeentestatus.VERTROKKEN}:
        raise Afgewezen(ONGELDIG, "De partij in X-VUM-toParty is hier geen bron.")
    if not gemeente.is_toegelaten:
        raise Afgewezen(NIET_BESCHIKBAAR, "De partij in X-VUM-toParty is tijdelijk geen bron.")
    return gemeente


def _body(request: HttpRequest) -> bytes:
    """What was sent; nothing when it broke off."""
    sent = read_body(request, settings.UM_MAX_VRAAG_BYTES)
    if sent is None:
        raise Afgewezen(ONGELDIG, f"De aanroep is groter dan {settings.UM_MAX_VRAAG_BYTES} bytes.")
    return sent


def _question(sent: bytes) -> Any:
    try:
        body = strict_json(sent)
    except (ValueError, RecursionError):
        raise Afgewezen(ONGELDIG, "De aanroep is geen geldige JSON.") from None
    if not isinstance(body, dict):
        raise Afgewezen(ONGELDIG, "De aanroep moet een JSON-object zijn.")
    if "vraagObject" not in body:
        raise Afgewezen(ONVOLLEDIG, "vraagObject ontbreekt.")
    return body["vraagObject"]


def _matches(gemeente: Gemeente, soort: Soort, sent: bytes, suwi: bool) -> str:
    asked, may_know = _question(sent), suwi or gemeente.niet_suwi_toegestaan
    found: Matches[str] = Matches([], False)
    try:
        if soort is Soort.WERKGEVERSCONTACTMOMENTEN:
            contact = parse_contactmomenten(asked)
            _count_ignored(contact.genegeerd)
            if may_know:
                found = find_contactmomenten(gemeente, contact, suwi=suwi)
        else:
            vraag = parse(soort, asked)
            _count_ignored(vraag.genegeerd)
            if may_know:
                found = find_matches(gemeente, vraag)
    except VraagFout as fout:
        raise Afgewezen(
            ONVOLLEDIG if fout.code == ONVOLLEDIG.code else ONGELDIG, f"{fout.pad}: {fout.uitleg}."
        ) from None
    reached = "true" if found.maximum_bereikt else "false"
    return f'{{"maximumAantalResultatenBereikt":{reached},"matches":[{",".join(found.profielen)}]}}'


def _count_ignored(number: int) -> None:
    """Tell the operator that somebody asks for what this version does not know; how much, not what."""
    if number:
        logger.info("bron: %d onderdelen van een selectievraag zijn onbekend en hadden geen gevolg", number)


def _detail(gemeente: Gemeente, soort: Soort, id_bron: str, suwi: bool) -> str:
    record = None
    if id_bron and _ID.fullmatch(id_bron) and (suwi or gemeente.niet_suwi_toegestaan):
        record = find_detail(gemeente, soort, id_bron, suwi=suwi)
    if record is None:
        raise Afgewezen(ONGELDIG, f"Er is geen {soort.enkelvoud} met deze id.")
    return as_json(record)


def _route(request: HttpRequest) -> str:
    """Find out what is asked; answer with JSON or raise a refusal."""
    name, slash, rest = request.path_info.removeprefix(PREFIX).partition("/")
    soort = _SOORT.get(name)
    if soort is None or not slash:
        raise Afgewezen(VumFout(404, ONGELDIG.code, ONGELDIG.message), "Dit adres bestaat niet.")
    asked = "POST" if rest == "matches" else "GET"
    if request.method != asked:
        raise Afgewezen(VumFout(405, ONGELDIG.code, ONGELDIG.message), f"Gebruik hier {asked}.")
    if asked == "GET" and soort.id_pad is None:
        raise Afgewezen(ONGELDIG, f"Van {soort.label} is geen detail op te vragen.")
    parties = check_headers(request.META, SUWI_HEADER)
    suwi = read_suwi(request.META)
    # Read to the end first: a caller who sends slowly keeps no connection to the database waiting.
    sent = _body(request) if asked == "POST" else b""
    with voor_oin(parties.naar, using=settings.UM_LEESDATABASE) as found:
        gemeente = _check_municipality(found)
        if rest == "matches":
            return _matches(gemeente, soort, sent, suwi)
        return _detail(gemeente, soort, rest, suwi)


def handle(request: HttpRequest) -> HttpResponse:
    """Answer one call of the exchange; never raises."""
    try:
        authenticate(request.META)
    except NietGeautoriseerd:
        return _respond(request, 401, b"")
    try:
        return _respond(request, 200, _route(request).encode())
    except Afgewezen as refusal:
        return _error(request, refusal.fout, refusal.details)
    except DatabaseError as error:
        logger.error("bron: database niet beschikbaar (%s)", type(error).__name__)
        return _error(request, NIET_BESCHIKBAAR)
    except Exception:
        logger.exception("bron: onverwachte fout")
        return _error(request, INTERN)


def _error(request: HttpRequest, fout: VumFout, details: str = "") -> HttpResponse:
    response = _respond(request, fout.status, as_json(fout.body(details)).encode())
    if fout.status == 405:
        response["Allow"] = "POST" if request.path_info.endswith("/matches") else "GET"
    return response


def _respond(request: HttpRequest, status: int, body: bytes) -> HttpResponse:
    response = respond(body, status, "application/json" if body else None)
    parties = read_parties(request.META).reply()
    for name, value in parties.as_headers().items():
        # A header that was not an OIN is not sent back.
        response[name] = value if not value or name in VERSIE_HEADERS or is_oin(value) else ""
    return response
