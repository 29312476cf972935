"""Answers the calls of the exchange, as the contracts VUM-Bron-* describe them.

This module is thin: it authenticates the caller, reads headers and body, calls `answer`, and writes the
answer or the error of the contract. Every failure becomes an error of the contract, which never repeats what
was sent.
"""

import ipaddress
import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from exchange.bron.answer import Matches, find_contactmomenten, find_detail, find_matches
from exchange.bron.columns import as_json
from exchange.interfaces import Interface, current, interface_at
from exchange.selection import Onvolledig, VraagFout
from exchange.standard import ID_PATROON, Soort, is_oin
from exchange.vum3.fouten import Afgewezen, NietGeautoriseerd, VumFout
from exchange.vum3.headers import wsgi_name
from um_portal import metingen, tegelijk
from um_portal.audit import brontelling
from um_portal.audit.models import Uitkomst
from um_portal.gemeenten import daglimieten
from um_portal.machines import is_trusted_proxy, read_body, respond, strict_json
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_oin
from um_portal.toegang.rechten import Recht, is_open, takes_part

logger = logging.getLogger(__name__)

_SOORT = {soort.api_naam: soort for soort in Soort}
_ID = re.compile(ID_PATROON)
# Headers that proxies and tunnels add, and browsers when a page calls.
_DOORGESTUURD = (
    "HTTP_X_FORWARDED",
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_REAL_IP",
    "HTTP_CF_",
    "HTTP_ORIGIN",
)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_direct(request: HttpRequest) -> bool:
    """Tells whether a program on this machine calls this machine by its own name, with nothing in between.

    A stranger's page in a browser here calls another name that leads here; a tunnel says for whom it forwards.
    """
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and not any(
        name.startswith(_DOORGESTUURD) for name in request.META
    )


def authenticate(request: HttpRequest) -> None:
    """Lets the exchange in: by its certificate's OIN from a trusted proxy, or from this machine in a demonstration.

    Raises NietGeautoriseerd.
    """
    meta = request.META
    address = meta.get("REMOTE_ADDR", "")
    oin = meta.get(wsgi_name(settings.UM_CLIENTCERT_HEADER))
    if oin is not None and is_trusted_proxy(address):
        if oin in settings.UM_BRON_BEVRAGERS:
            return
        raise NietGeautoriseerd
    if settings.UM_DEMO and _is_direct(request):
        return
    raise NietGeautoriseerd


def _check_municipality(interface: Interface, gemeente: Gemeente | None, soort: Soort) -> Gemeente:
    header = interface.headers.naar
    outside = {Gemeentestatus.AANGEMELD, Gemeentestatus.VERTROKKEN}
    if gemeente is None or gemeente.status in outside or not takes_part(gemeente, Recht.BRON, soort.value):
        raise Afgewezen(interface.fouten.ongeldig, f"De partij in {header} is hier geen bron.")
    if not is_open(Recht.BRON, gemeente, soort.value):
        raise Afgewezen(interface.fouten.niet_beschikbaar, f"De partij in {header} is tijdelijk geen bron.")
    return gemeente


def _body(interface: Interface, request: HttpRequest) -> bytes:
    """Reads the body that was sent, empty when the connection broke. Raises Afgewezen when it is too long."""
    sent = read_body(request, settings.UM_MAX_VRAAG_BYTES)
    if sent is None:
        raise Afgewezen(
            interface.fouten.ongeldig, f"De aanroep is groter dan {settings.UM_MAX_VRAAG_BYTES} bytes."
        )
    return sent


def _question(interface: Interface, soort: Soort, sent: bytes) -> Any:
    try:
        body = strict_json(sent)
    except (ValueError, RecursionError):
        raise Afgewezen(interface.fouten.ongeldig, "De aanroep is geen geldige JSON.") from None
    if not isinstance(body, dict):
        raise Afgewezen(interface.fouten.ongeldig, "De aanroep moet een JSON-object zijn.")
    if "vraagObject" not in body:
        raise Afgewezen(interface.fouten.onvolledig, "vraagObject ontbreekt.")
    if len(body) > 1 and soort not in interface.ruime_aanroep:
        raise Afgewezen(interface.fouten.ongeldig, "Naast vraagObject hoort niets in de aanroep.")
    return body["vraagObject"]


def _matches(
    interface: Interface, gemeente: Gemeente, soort: Soort, sent: bytes, suwi: bool
) -> tuple[str, int]:
    """Gives the answer to a selectievraag, and the number of records in it. Raises Afgewezen."""
    asked, may_know = _question(interface, soort, sent), suwi or gemeente.niet_suwi_toegestaan
    found: Matches[str] = Matches([], False)
    try:
        vraag = interface.parse(soort, asked)
        _count_ignored(vraag.genegeerd)
        if may_know and soort is Soort.WERKGEVERSCONTACTMOMENTEN:
            found = find_contactmomenten(gemeente, vraag, suwi=suwi)
        elif may_know:
            found = find_matches(gemeente, vraag)
    except VraagFout as fout:
        fouten = interface.fouten
        raise Afgewezen(
            fouten.onvolledig if isinstance(fout, Onvolledig) else fouten.ongeldig,
            f"{fout.pad}: {fout.uitleg}.",
        ) from None
    reached = "true" if found.maximum_bereikt else "false"
    answer = f'{{"maximumAantalResultatenBereikt":{reached},"matches":[{",".join(found.profielen)}]}}'
    return answer, len(found.profielen)


def _count_ignored(number: int) -> None:
    """Logs how many conditions this version does not know, for the operator; never the conditions."""
    if number:
        logger.info("bron: %d onderdelen van een selectievraag zijn onbekend en hadden geen gevolg", number)


def _detail(
    interface: Interface, gemeente: Gemeente, soort: Soort, id_bron: str, suwi: bool
) -> tuple[str, int]:
    """Gives the answer to a detailvraag, which is one record. Raises Afgewezen."""
    record = None
    if id_bron and _ID.fullmatch(id_bron) and (suwi or gemeente.niet_suwi_toegestaan):
        record = find_detail(gemeente, soort, id_bron, suwi=suwi)
    if record is None:
        raise Afgewezen(interface.fouten.ongeldig, f"Er is geen {soort.enkelvoud} met deze id.")
    return as_json(record), 1


def _count_within(interface: Interface, gemeente: Gemeente, partij: str, vraag: str, records: int) -> bool:
    """Counts the answer at once where the source stops at a daily limit, and tells whether it did.

    Raises Afgewezen when this party has had today what it may have.
    """
    if settings.UM_BRON_DAGLIMIET != "stop":
        return False
    is_detail = vraag.startswith(brontelling.DETAILVRAAG)
    limiet = settings.UM_BRON_DAG_DETAILS if is_detail else settings.UM_BRON_DAG_RECORDS
    if not brontelling.count_within(
        gemeente.pk, partij, vraag, sinds=daglimieten.day_begin(), records=records, limiet=limiet
    ):
        raise Afgewezen(
            interface.fouten.limiet, "De daglimiet van deze bron voor de vragende partij is bereikt."
        )
    return True


@contextmanager
def _turn(interface: Interface, partij: str, sent: bytes) -> Iterator[None]:
    """Lets long questions wait for each other, so that the usual ones keep threads and processors. Raises Afgewezen."""
    if len(sent) <= settings.UM_ZWARE_VRAAG_BYTES:
        yield
        return
    with ExitStack() as turn:
        try:
            turn.enter_context(tegelijk.ZWARE_VRAGEN.occupied_by(partij))
        except tegelijk.Bezet as bezet:
            raise Afgewezen(interface.fouten.niet_beschikbaar, bezet.melding) from None
        yield


def _route(interface: Interface, request: HttpRequest) -> str:
    """Finds out what is asked and gives the answer as JSON. Raises a refusal."""
    fouten = interface.fouten
    name, slash, rest = request.path_info.removeprefix(f"{interface.bron_adres}/").partition("/")
    soort = _SOORT.get(name)
    if soort is None or not slash:
        raise Afgewezen(fouten.ongeldig.with_status(404), "Dit adres bestaat niet.")
    asked = "POST" if rest == "matches" else "GET"
    if request.method != asked:
        raise Afgewezen(fouten.ongeldig.with_status(405), f"Gebruik hier {asked}.")
    if asked == "GET" and soort.id_pad is None:
        raise Afgewezen(fouten.ongeldig, f"Van {soort.label} is geen detail op te vragen.")
    parties = interface.check_headers(request.META, interface.headers.suwi)
    suwi = interface.read_suwi(request.META)
    if asked == "POST" and (request.content_type or "").lower() != "application/json":
        raise Afgewezen(fouten.ongeldig, "De aanroep moet application/json zijn.")
    # Read to the end first: a caller who sends slowly must not keep a connection to the database waiting.
    sent = _body(interface, request) if asked == "POST" else b""
    # Likewise before there is a connection: for its turn, when the question is a long one.
    with _turn(interface, parties.van, sent), voor_oin(parties.naar, using=settings.UM_LEESDATABASE) as found:
        gemeente = _check_municipality(interface, found, soort)
        uitkomst, records, counted = Uitkomst.MISLUKT, 0, False
        kind = brontelling.SELECTIEVRAAG if rest == "matches" else brontelling.DETAILVRAAG
        vraag = f"{kind} {soort.value}"
        try:
            if rest == "matches":
                answer, records = _matches(interface, gemeente, soort, sent, suwi)
            else:
                answer, records = _detail(interface, gemeente, soort, rest, suwi)
            counted = _count_within(interface, gemeente, parties.van, vraag, records)
            uitkomst = Uitkomst.GELUKT
        finally:
            metingen.BRON.labels(vraag, uitkomst.value).inc()
            if not counted:
                given = records if uitkomst is Uitkomst.GELUKT else 0
                brontelling.count(gemeente.pk, parties.van, vraag, uitkomst=uitkomst, records=given)
        return answer


def handle(request: HttpRequest) -> HttpResponse:
    """Answers one call of the exchange; never raises."""
    interface = interface_at(request.path_info) or current()
    fouten = interface.fouten
    try:
        authenticate(request)
    except NietGeautoriseerd:
        return _respond(interface, request, 401, b"")
    try:
        return _respond(interface, request, 200, _route(interface, request).encode())
    except Afgewezen as refusal:
        return _error(interface, request, refusal.fout, refusal.details)
    except DatabaseError as error:
        logger.error("bron: database niet beschikbaar (%s)", type(error).__name__)
        return _error(interface, request, fouten.niet_beschikbaar)
    except Exception:
        logger.exception("bron: onverwachte fout")
        return _error(interface, request, fouten.intern)


def _error(interface: Interface, request: HttpRequest, fout: VumFout, details: str = "") -> HttpResponse:
    response = _respond(interface, request, fout.status, as_json(fout.body(details)).encode())
    if fout.status == 405:
        response["Allow"] = "POST" if request.path_info.endswith("/matches") else "GET"
    return response


def _respond(interface: Interface, request: HttpRequest, status: int, body: bytes) -> HttpResponse:
    response = respond(body, status, "application/json" if body else None)
    headers = interface.headers
    for name, value in headers.write(headers.read(request.META).reply()).items():
        # A header that held something other than an OIN is not sent back.
        response[name] = value if not value or name in headers.versie or is_oin(value) else ""
    return response
