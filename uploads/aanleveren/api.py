"""Answers the API with which a municipality's own system delivers, as the document in `openapi` describes it.

This module is thin: it authenticates the key, reads headers, fields and file, calls a verb, and writes the
answer or the problem. It runs before sessions, cookies and everything else that is for people (see
`middleware`). Every failure becomes a problem of the document; nothing that was sent is repeated back or
logged.
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import redis
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from um_portal.accounts.throttling import client_address
from um_portal.machines import announced_length, respond
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import Recht, is_open
from uploads.aanleveren import deliver, problems, sleutels
from uploads.aanleveren.openapi import (
    API_VERSIE,
    BESTAND,
    KOPPELING,
    MAX_PAGINA,
    PAD,
    PUBLICEER,
    SOORT,
    VELDEN,
    WIJZE,
    document,
)
from uploads.aanleveren.problems import Geweigerd, Invoerfout, invalid
from uploads.leveringen.upload_handler import (
    MemoryOnlyUploadHandler,
    busy,
    max_bytes,
    too_large_message,
    was_too_large,
)
from uploads.mapping.model import Ernst
from uploads.models import Aanleversleutel, Bevinding, Levering, Leveringstatus, RedenStop, Wijze
from uploads.readers import Onleesbaar
from uploads.tasks import enqueue

logger = logging.getLogger(__name__)

PREFIX = f"{PAD}/"
LEVERINGEN_PER_PAGINA = 50
BEVINDINGEN_PER_PAGINA = 100
# The fields that a form takes beside the file.
_ROOM_FOR_FIELDS = 100_000
_MAX_NAAM = 60
_ID = r"[1-9][0-9]{0,17}"
_CODE = re.compile(r"[a-z0-9_.-]{1,40}")
_UNAVAILABLE = (DatabaseError, redis.RedisError)
_MINUTE, _HOUR = 60, 3600

_SLEUTELPROBLEMEN = {
    sleutels.Weigerreden.ONBEKEND: (
        problems.SLEUTEL_ONGELDIG,
        "Deze sleutel bestaat niet. Controleer of hij helemaal is overgenomen.",
    ),
    sleutels.Weigerreden.INGETROKKEN: (
        problems.SLEUTEL_INGETROKKEN,
        "Deze sleutel is ingetrokken. Vraag de functioneel beheerder van uw gemeente om een nieuwe.",
    ),
    sleutels.Weigerreden.VERLOPEN: (
        problems.SLEUTEL_VERLOPEN,
        "Deze sleutel is verlopen. Vraag de functioneel beheerder van uw gemeente om een nieuwe.",
    ),
    sleutels.Weigerreden.NETWERK: (
        problems.VERKEERD_NETWERK,
        "Deze sleutel werkt niet vanaf het adres waar deze aanroep vandaan komt. De functioneel beheerder van uw "
        "gemeente kan een sleutel maken die daar wel werkt.",
    ),
}


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Antwoord:
    """A successful answer, so one that is not a problem."""

    inhoud: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] | None = None


def handle(request: HttpRequest) -> HttpResponse:
    """Answers one call; never raises."""
    try:
        answer = _route(request)
        return _respond(request, answer.status, answer.inhoud, "application/json", answer.headers)
    except Geweigerd as refusal:
        return _problem(request, refusal)
    except _UNAVAILABLE as error:
        logger.error("aanleveren: database of Redis niet beschikbaar (%s)", type(error).__name__)
        return _problem(request, _unavailable())
    except Exception:
        logger.exception("aanleveren: onverwachte fout")
        return _problem(
            request,
            Geweigerd(problems.INTERN, "Er ging iets mis bij het portaal. Probeer het later opnieuw."),
        )


# --- Finding the route -----------------------------------------------------------------------------------------


def _route(request: HttpRequest) -> Antwoord:
    path = request.path_info.removeprefix(PREFIX)
    for pattern, methods in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match is None:
            continue
        # A caller that asks only for the headers (HEAD) gets those of the answer to GET.
        view = methods.get("GET" if request.method == "HEAD" else str(request.method))
        if view is None:
            allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else [])])
            raise Geweigerd(problems.METHODE, f"Gebruik hier {allowed}.", headers={"Allow": allowed})
        return view(request, *match.groups())
    raise Geweigerd(
        problems.NIET_GEVONDEN, f"Dit adres bestaat niet. Kijk in {PAD}/openapi.json wat er wel is."
    )


def _openapi(request: HttpRequest) -> Antwoord:
    # Anybody may read this from anywhere: tools in somebody's browser read it too.
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
    return Antwoord(document(), headers=headers)


def _deliver(request: HttpRequest) -> Antwoord:
    _refuse_by_length(request)
    sleutel = _authenticate(request)
    _spend(sleutel, "leveringen", settings.UM_AANLEVER_PER_UUR, _HOUR)
    bestand, keuzes = _read_form(request, sleutel)
    try:
        levering, is_new = deliver.deliver(
            sleutel, keuzes, inhoud=bestand.read(), bestandsnaam=bestand.name or ""
        )
    except Onleesbaar as problem:
        raise Geweigerd(problems.ONLEESBAAR, problem.melding) from None
    except deliver.OnbekendeKoppeling:
        raise invalid(
            Invoerfout(
                "body", KOPPELING, "onbekend",
                "Deze koppeling is er niet. Kijk in het portaal welke koppelingen zijn bewaard, of laat dit veld weg.",
            )
        ) from None  # fmt: skip
    except deliver.AndereSoort:
        raise Geweigerd(
            problems.ANDERE_SOORT, f"Deze koppeling is niet voor {sleutel.soort}, en deze sleutel wel."
        ) from None
    except deliver.AlBezig:
        raise Geweigerd(
            problems.AL_BEZIG,
            "Dit bestand wordt al verwerkt, met een andere koppeling, wijze of publiceer. Wacht tot dat klaar is.",
        ) from None
    except sleutels.SleutelGeweigerd as problem:
        raise _refused_key(problem) from None
    if is_new:
        enqueue(levering.pk, sleutel.gemeente_id)
    headers = {"Location": _address(levering.pk)}
    return Antwoord(_levering(levering, redenen=True), 201 if is_new else 200, headers)


def _list(request: HttpRequest) -> Antwoord:
    sleutel = _authenticate(request)
    query = _query(request, "status")
    status = _choice(query, "status", [status.value for status in Leveringstatus])
    with voor_gemeente(sleutel.gemeente):
        found = Levering.objects.light().filter(aanleversleutel=sleutel)
        if status:
            found = found.filter(status=status)
        return _page(request, found, query, LEVERINGEN_PER_PAGINA, lambda one: _levering(one, redenen=False))


def _detail(request: HttpRequest, pk: str) -> Antwoord:
    sleutel = _authenticate(request)
    _query(request)
    with voor_gemeente(sleutel.gemeente):
        return Antwoord(_levering(_find(sleutel, pk), redenen=True))


def _findings(request: HttpRequest, pk: str) -> Antwoord:
    sleutel = _authenticate(request)
    query = _query(request, "ernst", "code")
    ernst = _choice(query, "ernst", [ernst.value for ernst in Ernst])
    code = query.get("code", "")
    if "code" in query and not _CODE.fullmatch(code):
        raise invalid(Invoerfout("query", "code", "ongeldig", "code is geen code van een bevinding."))
    with voor_gemeente(sleutel.gemeente):
        found = Bevinding.objects.filter(levering=_find(sleutel, pk)).order_by("rij", "pk")
        if ernst:
            found = found.filter(ernst=ernst)
        if code:
            found = found.filter(code=code)
        return _page(request, found, query, BEVINDINGEN_PER_PAGINA, _finding)


View = Callable[..., Antwoord]
_ROUTES: tuple[tuple[str, dict[str, View]], ...] = (
    (r"openapi\.json", {"GET": _openapi}),
    (r"leveringen", {"GET": _list, "POST": _deliver}),
    (rf"leveringen/({_ID})", {"GET": _detail}),
    (rf"leveringen/({_ID})/bevindingen", {"GET": _findings}),
)


# --- Authentication and limits ---------------------------------------------------------------------------------


def _refuse_by_length(request: HttpRequest) -> None:
    """Refuses a call by the length that it announces, before anything else is done or read."""
    length = announced_length(request)
    if length is None:
        raise Geweigerd(
            problems.LENGTE_ONTBREEKT,
            "Stuur de header Content-Length mee, en geen Transfer-Encoding: chunked.",
        )
    if length > max_bytes() + _ROOM_FOR_FIELDS:
        raise Geweigerd(problems.TE_GROOT, too_large_message())


def _authenticate(request: HttpRequest) -> Aanleversleutel:
    """Gives the key of this call, after counting it against the key's limit. Raises Geweigerd."""
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        # People are redirected here, a system is refused: its key has travelled unprotected, and its owner
        # must hear that.
        raise Geweigerd(
            problems.HTTPS_VERPLICHT,
            "Deze aanroep kwam onbeveiligd binnen. Gebruik https, en trek deze sleutel in: anderen kunnen hem "
            "hebben gelezen.",
        )
    scheme, _, tekst = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not tekst.strip():
        raise Geweigerd(
            problems.SLEUTEL_ONTBREEKT,
            "Stuur de aanleversleutel mee in de header Authorization, na het woord Bearer.",
            headers={"WWW-Authenticate": 'Bearer realm="aanleveren"'},
        )
    try:
        sleutel = sleutels.authenticate(tekst.strip(), client_address(request))
    except sleutels.SleutelGeweigerd as problem:
        raise _refused_key(problem) from None
    if not is_open(Recht.AANLEVEREN_API, sleutel.gemeente, sleutel.soort):
        raise Geweigerd(
            problems.NIET_TOEGELATEN,
            "Uw gemeente is nu niet toegelaten tot de uitwisseling, of doet hier niet aan mee. Neem contact op met "
            "VNG-support.",
        )
    _spend(sleutel, "aanroepen", settings.UM_AANLEVER_AANROEPEN_PER_MINUUT, _MINUTE)
    return sleutel


def _refused_key(problem: sleutels.SleutelGeweigerd) -> Geweigerd:
    probleem, uitleg = _SLEUTELPROBLEMEN[problem.reden]
    headers = {}
    if probleem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="aanleveren", error="invalid_token"'
    return Geweigerd(probleem, uitleg, headers=headers)


def _spend(sleutel: Aanleversleutel, wat: str, most: int, seconds: int) -> None:
    """Counts one more within this minute or hour.

    INCR is atomic: of many calls at once exactly `most` get through.
    """
    now = time.time()
    window = int(now // seconds)
    name = f"aanleveren:{sleutel.pk}:{wat}:{window}"
    cache.add(name, 0, timeout=2 * seconds)
    try:
        spent = cache.incr(name)
    except ValueError:  # Emptied just now.
        raise _unavailable() from None
    if spent > most:
        wait = (window + 1) * seconds - now
        per = "minuut" if seconds == _MINUTE else "uur"
        raise Geweigerd(
            problems.TE_VAAK,
            f"Met deze sleutel kunnen {most} {wat} per {per}. Wacht het aantal seconden in de header Retry-After.",
            headers={"Retry-After": str(int(wait) + 1)},
        )


# --- Reading what was sent -------------------------------------------------------------------------------------


def _read_form(
    request: HttpRequest, sleutel: Aanleversleutel
) -> tuple["UploadedFile[bytes]", deliver.Aanleverkeuzes]:
    """Reads the file and the choices from the form. Raises Geweigerd."""
    if request.content_type != "multipart/form-data":
        raise Geweigerd(
            problems.GEEN_MULTIPART,
            f"Stuur het bestand als veld {BESTAND} van een formulier, met Content-Type multipart/form-data.",
        )
    request.upload_handlers = [MemoryOnlyUploadHandler(request, f"sleutel {sleutel.pk}")]
    try:
        fields, files = request.POST, request.FILES
    except (
        MultiPartParserError,
        BadRequest,
        SuspiciousOperation,
        UnreadablePostError,
        ValueError,
        LookupError,  # A charset that is no encoding of text.
    ):
        raise Geweigerd(
            problems.AANROEP_ONGELDIG,
            "Het formulier is niet te lezen. Controleer of het helemaal is verstuurd.",
        ) from None
    if (refusal := busy(request)) is not None:
        raise Geweigerd(
            problems.NIET_BESCHIKBAAR,
            "Er komen nu te veel grote bestanden tegelijk binnen. Dit bestand is niet ontvangen. Wacht het aantal "
            "seconden in de header Retry-After.",
            headers={"Retry-After": str(refusal.wacht)},
        )
    if was_too_large(request):
        raise Geweigerd(problems.TE_GROOT, too_large_message())
    faults = [*_unknown(fields, files), *_twice(fields, files)]
    bestand = files.get(BESTAND)
    if bestand is None:
        uitleg = f"Stuur het bestand mee als veld {BESTAND}, met een bestandsnaam."
        faults.append(Invoerfout("body", BESTAND, "verplicht", uitleg))
    wijze = _one_of(fields, WIJZE, {one.value: one for one in Wijze}, Wijze.VOLLEDIG, faults)
    publiceer = _one_of(fields, PUBLICEER, {"true": True, "false": False}, True, faults)
    koppeling = fields.get(KOPPELING, "").strip()
    if len(koppeling) > _MAX_NAAM or "\x00" in koppeling:
        uitleg = f"De naam van een koppeling heeft hoogstens {_MAX_NAAM} tekens."
        faults.append(Invoerfout("body", KOPPELING, "ongeldig", uitleg))
    if faults or bestand is None:
        raise invalid(*faults)
    if fields.get(SOORT, sleutel.soort) != sleutel.soort:
        raise Geweigerd(problems.ANDERE_SOORT, f"Met deze sleutel kunt u alleen {sleutel.soort} aanleveren.")
    return bestand, deliver.Aanleverkeuzes(koppeling, wijze, publiceer)


def _unknown(fields: QueryDict, files: Any) -> list[Invoerfout]:
    """Finds the fields that the API does not know: a misspelt name would silently mean the default value.

    For instance, `publiseer=false` must not publish.
    """
    known = set(files) <= {BESTAND} and set(fields) <= set(VELDEN) - {BESTAND}
    uitleg = f"Gebruik alleen deze velden: {', '.join(VELDEN)}. Alleen {BESTAND} is een bestand."
    return [] if known else [Invoerfout("body", "", "onbekend", uitleg)]


def _twice(fields: QueryDict, files: Any) -> list[Invoerfout]:
    return [
        Invoerfout("body", name, "dubbel", f"Het veld {name} staat er meer dan een keer in.")
        for name in VELDEN
        if len(fields.getlist(name)) + len(files.getlist(name)) > 1
    ]


def _one_of(fields: QueryDict, name: str, choices: dict[str, T], default: T, faults: list[Invoerfout]) -> T:
    given = fields.get(name)
    if given is not None and given not in choices:
        uitleg = f"Het veld {name} is {' of '.join(choices)}."
        faults.append(Invoerfout("body", name, "ongeldig", uitleg))
    return choices.get(given or "", default)


def _query(request: HttpRequest, *names: str) -> dict[str, str]:
    """Reads the parameters of the address, each at most once; `pagina` is allowed beside other names.

    Raises Geweigerd.
    """
    known = (*names, "pagina") if names else ()
    try:
        given = request.GET
    except (BadRequest, SuspiciousOperation):
        raise Geweigerd(problems.AANROEP_ONGELDIG, "De parameters zijn niet te lezen.") from None
    if set(given) - set(known):
        uitleg = (
            f"Gebruik alleen deze parameters: {', '.join(known)}." if known else "Hier zijn geen parameters."
        )
        raise invalid(Invoerfout("query", "", "onbekend", uitleg))
    for name in known:
        if len(given.getlist(name)) > 1:
            raise invalid(Invoerfout("query", name, "dubbel", f"{name} staat er meer dan een keer in."))
    return given.dict()


def _choice(query: dict[str, str], name: str, choices: list[str]) -> str:
    given = query.get(name)
    if given is not None and given not in choices:
        raise invalid(
            Invoerfout("query", name, "ongeldig", f"{name} is {', '.join(choices[:-1])} of {choices[-1]}.")
        )
    return given or ""


# --- Writing the answer ----------------------------------------------------------------------------------------


def _find(sleutel: Aanleversleutel, pk: str) -> Levering:
    levering = Levering.objects.unencrypted().filter(aanleversleutel=sleutel, pk=int(pk)).first()
    if levering is None:
        raise Geweigerd(
            problems.NIET_GEVONDEN, "Er is geen levering met dit nummer die met deze sleutel is aangeleverd."
        )
    return levering


def _levering(levering: Levering, *, redenen: bool) -> dict[str, Any]:
    gestopt = RedenStop(levering.gestopt_om) if levering.gestopt_om and not levering.is_af else None
    is_published = levering.status == Leveringstatus.GEPUBLICEERD
    optional = {
        "melding": levering.melding,
        "gestopt": gestopt and {"code": gestopt.value, "melding": gestopt.label},
        "koppeling": levering.koppeling,
        "gepubliceerdOp": levering.gepubliceerd_op and levering.gepubliceerd_op.isoformat(),
        "teruggedraaidOp": levering.teruggedraaid_op and levering.teruggedraaid_op.isoformat(),
        "publicatie": is_published
        and {
            "nieuw": levering.nieuw or 0,
            "gewijzigd": levering.gewijzigd or 0,
            "gelijk": levering.gelijk or 0,
            "weg": levering.weg or 0,
            "tegengehouden": levering.tegengehouden or 0,
        },
    }
    totaal = {} if levering.rijen_totaal is None else {"rijenTotaal": levering.rijen_totaal}
    return {
        "id": levering.pk,
        "url": _address(levering.pk),
        "soort": levering.soort,
        "status": levering.status,
        "bezig": levering.is_bezig or levering.gaat_vanzelf_verder,
        "bestandsnaam": levering.bestandsnaam,
        "bestandsgrootte": levering.bestandsgrootte,
        "wijze": levering.wijze,
        "publiceer": levering.publiceer_vanzelf,
        "aangemaaktOp": levering.aangemaakt_op.isoformat(),
        "voortgang": {"rijenGedaan": levering.rijen_gedaan, **totaal},
        "aantallen": {
            "gelezen": levering.gelezen,
            "omgezet": levering.omgezet,
            "overgeslagen": levering.overgeslagen,
            "afgekeurd": levering.afgekeurd,
            "legeRijen": levering.lege_rijen,
            "waarschuwingen": levering.waarschuwingen,
        },
        "bevindingen": f"{_address(levering.pk)}/bevindingen",
        **{name: value for name, value in optional.items() if value},
        **({"redenen": [_reason(reden) for reden in levering.redenen]} if redenen else {}),
    }


def _reason(reden: dict[str, Any]) -> dict[str, Any]:
    return {name: reden[name] for name in ("ernst", "code", "kolom", "melding", "aantal")}


def _finding(finding: Bevinding) -> dict[str, Any]:
    return {
        "rij": finding.rij,
        "blad": finding.blad,
        "kolom": finding.kolom,
        "ernst": finding.ernst,
        "code": finding.code,
        "melding": finding.melding,
    }


def _page(
    request: HttpRequest,
    found: "QuerySet[Any]",
    query: dict[str, str],
    size: int,
    shown: Callable[[Any], dict[str, Any]],
) -> Antwoord:
    given = query.get("pagina", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", given) or int(given) > MAX_PAGINA:
        uitleg = f"pagina is een getal van 1 tot en met {MAX_PAGINA}."
        raise invalid(Invoerfout("query", "pagina", "ongeldig", uitleg))
    number = int(given)
    pages = Paginator(found, size)
    rows = pages.page(number).object_list if number <= pages.num_pages else []

    def link(to: int) -> str:
        params = QueryDict(mutable=True)
        params.update({**query, "pagina": str(to)})
        return f"{request.path_info}?{params.urlencode()}"

    around = {}
    if number < pages.num_pages:
        around["volgende"] = link(number + 1)
    if number > 1:
        around["vorige"] = link(min(number - 1, pages.num_pages))
    return Antwoord(
        {
            "aantal": pages.count,
            "pagina": number,
            "aantalPaginas": pages.num_pages,
            "resultaten": [shown(row) for row in rows],
            **around,
        }
    )


def _address(pk: int) -> str:
    # The address has no host, so it does not depend on what a proxy passes on.
    return f"{PAD}/leveringen/{pk}"


def _unavailable() -> Geweigerd:
    uitleg = "Het portaal is er tijdelijk niet. Probeer het over een paar minuten opnieuw."
    return Geweigerd(problems.NIET_BESCHIKBAAR, uitleg, headers={"Retry-After": "60"})


def _problem(request: HttpRequest, refusal: Geweigerd) -> HttpResponse:
    probleem, instance = refusal.probleem, f"urn:uuid:{uuid.uuid4()}"
    body: dict[str, Any] = {
        "type": probleem.type,
        "title": probleem.titel,
        "status": probleem.status,
        "detail": refusal.uitleg,
        "instance": instance,
    }
    if refusal.fouten:
        body["errors"] = [fout.as_json() for fout in refusal.fouten]
    logger.info("aanleveren: %s %s", probleem.naam, instance)
    return _respond(request, probleem.status, body, problems.MEDIATYPE, refusal.headers)


def _respond(
    request: HttpRequest,
    status: int,
    inhoud: Mapping[str, Any],
    mediatype: str,
    headers: Mapping[str, str] | None,
) -> HttpResponse:
    body = json.dumps(inhoud, ensure_ascii=False).encode()
    # The headers that the middleware for pages would add.
    usual = {
        "Content-Length": str(len(body)),
        "API-Version": API_VERSIE,
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if settings.SECURE_HSTS_SECONDS and request.is_secure():
        usual["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    shown = b"" if request.method == "HEAD" else body
    return respond(shown, status, mediatype, {**usual, **(headers or {})})
