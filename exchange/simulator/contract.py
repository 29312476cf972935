"""Holds what both sides of the contracts share: headers, the form of a selectievraag, answers and errors.

The checks follow the six contracts to the letter. They do not use the code with which the portal reads a
question: a stand-in that shared the portal's mistakes would not show them.
"""

import functools
import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

import redis
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from exchange.interfaces import current
from exchange.standard import KVK_PATROON, POSTCODE_PATROON, Soort, is_oin
from exchange.vum3.fouten import Afgewezen, NietGeautoriseerd
from exchange.vum3.headers import Partijen
from um_portal.machines import strict_json

logger = logging.getLogger(__name__)

# The version that the stand-in speaks; only its headers, errors and addresses are used here.
INTERFACE: Final = current()
_FOUTEN: Final = INTERFACE.fouten


# --- Headers -----------------------------------------------------------------------------------------------


def check_parties(request: HttpRequest, ontvanger: str, *more: str) -> Partijen:
    """Reads the parties of a call to `ontvanger`; every header of the contract must be present and right."""
    partijen = INTERFACE.check_headers(request.META, *more)
    if partijen.naar != ontvanger:
        raise Afgewezen(
            _FOUTEN.ongeldig, f"Header {INTERFACE.headers.naar} noemt een andere partij dan deze."
        )
    return partijen


def check_method(request: HttpRequest, method: str) -> None:
    """Refuses a method that the contract does not know for this address."""
    if request.method != method:
        raise Afgewezen(_FOUTEN.ongeldig.with_status(405), f"Gebruik hier {method}.")


# --- The form of a selectievraag ---------------------------------------------------------------------------

# Gets a value and its place in the question, and raises Afgewezen.
_Check: TypeAlias = Callable[[Any, str], None]


def _wrong(pad: str, expected: str) -> Afgewezen:
    return Afgewezen(_FOUTEN.ongeldig, f"{pad}: hier hoort {expected}.")


def _text(max_length: int | None = None, pattern: str | None = None, expected: str = "tekst") -> _Check:
    compiled = re.compile(pattern) if pattern else None

    def check(value: Any, pad: str) -> None:
        if not isinstance(value, str) or (compiled and not compiled.fullmatch(value)):
            raise _wrong(pad, expected)
        if max_length is not None and len(value) > max_length:
            raise _wrong(pad, f"{expected} van hoogstens {max_length} tekens")

    return check


def _number(least: int, most: int) -> _Check:
    def check(value: Any, pad: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _wrong(pad, f"een geheel getal van {least} tot en met {most}")

    return check


def _choice(*values: int | str) -> _Check:
    def check(value: Any, pad: str) -> None:
        if isinstance(value, bool) or value not in values or type(value) is not type(values[0]):
            raise _wrong(pad, f"een van {', '.join(map(str, values))}")

    return check


def _date(value: Any, pad: str) -> None:
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        date.fromisoformat(value)
    except ValueError:
        raise _wrong(pad, "een datum als jjjj-mm-dd") from None


def _group(checks: Mapping[str, _Check], required: tuple[str, ...] = ()) -> _Check:
    """Makes a check of a group: required parts are there, known parts are right, others do not matter."""

    def check(value: Any, pad: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(pad, "een object")
        for name in required:
            if name not in value:
                raise Afgewezen(_FOUTEN.onvolledig, f"{pad}.{name} ontbreekt.")
        for name, check_value in checks.items():
            if name in value:
                check_value(value[name], f"{pad}.{name}")

    return check


def _list(check_item: _Check, least: int = 0) -> _Check:
    def check(value: Any, pad: str) -> None:
        if not isinstance(value, list) or len(value) < least:
            raise _wrong(pad, "een lijst" if not least else "een lijst die niet leeg is")
        for place, item in enumerate(value):
            check_item(item, f"{pad}[{place}]")

    return check


def _minimum_level(value: Any, pad: str) -> None:
    """Checks the level: from a level up to the unknown one ($gte, $lt), or the unknown one ($eq)."""
    _group({})(value, pad)
    if "$lt" in value:
        _group({"$lt": _choice("7"), "$gte": _choice("1", "2", "3", "4", "5", "6")})(value, pad)
        if set(value) - {"$lt", "$gte"}:
            raise _wrong(pad, "naast $lt alleen $gte")
    else:
        _group({"$eq": _choice("7")})(value, pad)


_URI: Final = _text(200)
_LICENCES: Final = _choice(
    *("A", "A1", "A2", "AM", "B", "B+", "C1", "C", "D1", "D", "BE", "C1E", "CE", "D1E", "DE", "T")
)
_LEVEL: Final = _group({"$gte": _choice(2, 3, 4)})
_JA_NEE: Final = _group({"$eq": _choice(1, 2)})
_RIJBEWIJS: Final = _group(
    {
        "$all": _list(
            _group({"$elemMatch": _group({"codeSoortRijbewijs": _group({"$eq": _LICENCES})})}), least=1
        )
    }
)
_TAAL: Final = _group(
    {
        "codeTaal": _group({"$eq": _text(pattern=r"[a-z]{3}", expected="een taal van drie letters")}),
        "codeNiveauTaalbeheersingMondeling": _LEVEL,
        "codeNiveauTaalbeheersingSchriftelijk": _LEVEL,
    },
    required=("codeTaal",),
)
_TALEN: Final = _group({"$all": _list(_group({"$elemMatch": _TAAL}), least=1)})
_GEBIED: Final = _group(
    {
        "afstand": _number(0, 999),
        "postcode": _text(pattern=POSTCODE_PATROON, expected="een postcode als 1234AB"),
    },
    required=("afstand", "postcode"),
)
_BOTH: Final = {
    "selectiegebied": _GEBIED,
    "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": _JA_NEE,
    "werktijden.aantalWerkurenPerWeekMaximaal": _group({"$gte": _number(1, 99)}),
    "werktijden.aantalWerkurenPerWeekMinimaal": _group({"$lte": _number(1, 99)}),
}
_VRAAG: Final = {
    Soort.WERKZOEKENDEN: _group(
        {
            **_BOTH,
            "bemiddelingsberoep": _group(
                {
                    "$elemMatch": _group(
                        {"$or": _list(_group({"beroep.codeBeroepsnaam": _group({"$eq": _URI})}))}
                    )
                }
            ),
            "contractvorm": _group(
                {
                    "$elemMatch": _group(
                        {
                            "$or": _list(
                                _group({"codeTypeArbeidscontract": _group({"$eq": _choice("O", "B")})}),
                                least=1,
                            )
                        }
                    )
                }
            ),
            "arbeidsmarktkwalificatie.rijbewijs": _RIJBEWIJS,
            "arbeidsmarktkwalificatie.taalbeheersing": _TALEN,
            "datumAanvangBeschikbaarVoorWerk": _group({"$lte": _date}),
            "werktijden.indicatieKantoortijden": _JA_NEE,
        },
        required=("selectiegebied",),
    ),
    Soort.VACATURES: _group(
        {
            **_BOTH,
            "beroep.codeBeroepsnaam": _group({"$eq": _URI}),
            "codeWerkEnDenkniveauMinimaal": _minimum_level,
            "datumAanvangWerkzaamheden": _group({"$gte": _date}),
            "rijbewijs": _RIJBEWIJS,
            "taalbeheersing": _TALEN,
        },
        required=("selectiegebied",),
    ),
    Soort.WERKGEVERSCONTACTMOMENTEN: _group(
        {
            "datum": _group({"$gte": _date}),
            "werkgever.nummerKvk": _group(
                {"$eq": _text(pattern=KVK_PATROON, expected="een KvK-nummer van acht cijfers")}
            ),
        },
        required=("werkgever.nummerKvk",),
    ),
}
# Of a body that is too large this much is taken in, in pieces, to keep the connection open: 16 MB.
_PIECE: Final = 64 * 1024
_MOST_PIECES: Final = 256
# Only the contract for vacancies allows other properties beside vraagObject.
_MORE_ALLOWED: Final = {Soort.VACATURES}


def check_question(soort: Soort, vraag_object: Any) -> None:
    """Raises Afgewezen unless the question has the form of the contract; unknown combinations are allowed."""
    _VRAAG[soort](vraag_object, "vraagObject")


def read_question(soort: Soort, request: HttpRequest) -> dict[str, Any]:
    """Reads the `vraagObject` of a request, and checks it."""
    if (request.content_type or "").lower() != "application/json":
        raise Afgewezen(_FOUTEN.ongeldig, "De aanroep moet application/json zijn.")
    try:
        raw = request.body
    except (RequestDataTooBig, RawPostDataException, UnreadablePostError):
        raise Afgewezen(_FOUTEN.ongeldig, "De aanroep is te groot of niet compleet.") from None
    if len(raw) > settings.UM_MAX_VRAAG_BYTES:
        raise Afgewezen(_FOUTEN.ongeldig, f"De aanroep is groter dan {settings.UM_MAX_VRAAG_BYTES} bytes.")
    try:
        body = parse_json(raw)
    except (ValueError, RecursionError):
        raise Afgewezen(_FOUTEN.ongeldig, "De aanroep is geen geldige JSON.") from None
    if not isinstance(body, dict):
        raise Afgewezen(_FOUTEN.ongeldig, "De aanroep moet een JSON-object zijn.")
    if "vraagObject" not in body:
        raise Afgewezen(_FOUTEN.onvolledig, "vraagObject ontbreekt.")
    if len(body) > 1 and soort not in _MORE_ALLOWED:
        raise Afgewezen(_FOUTEN.ongeldig, "Naast vraagObject hoort niets in de aanroep.")
    check_question(soort, body["vraagObject"])
    vraag: dict[str, Any] = body["vraagObject"]
    return vraag


def parse_json(body: bytes) -> Any:
    """Reads strict JSON in UTF-8. Raises ValueError or RecursionError for anything else."""
    return strict_json(body.decode())


def as_json(value: Any) -> bytes:
    """Writes JSON as it is sent: without spaces, and in ASCII, which can carry every text."""
    return json.dumps(value, separators=(",", ":")).encode()


# --- Answers -----------------------------------------------------------------------------------------------


def answers_as(own_oin: Callable[..., str]) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """Wraps a view that returns a JSON value or raises: the caller always gets an answer of the contract.

    `own_oin` gives the OIN in whose name the view answers, from the view's own arguments.
    """

    def decorator(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            own = own_oin(*args, **kwargs)
            _take_in(request)
            try:
                return _respond(request, own, 200, view(request, *args, **kwargs))
            except NietGeautoriseerd:
                return _respond(request, own, 401, None)
            except Afgewezen as refusal:
                fout, details = refusal.fout, refusal.details
            except (redis.RedisError, DatabaseError) as error:
                logger.error("simulator: opslag niet bereikbaar (%s)", type(error).__name__)
                fout, details = _FOUTEN.niet_beschikbaar, ""
            except Exception:
                logger.exception("simulator: onverwachte fout")
                fout, details = _FOUTEN.intern, ""
            return _respond(request, own, fout.status, fout.body(details))

        return answer

    return decorator


def _take_in(request: HttpRequest) -> None:
    """Reads the whole body, also of a call that will be refused without it.

    What is left of it would make the web server close a connection that the caller keeps open for the next call.
    """
    try:
        _ = request.body
    except RequestDataTooBig:
        for _ in range(_MOST_PIECES):
            if not request.read(_PIECE):
                break
    except UnreadablePostError:
        pass


def _respond(request: HttpRequest, own: str, status: int, value: Any) -> HttpResponse:
    """Makes the answer with the contract's headers; repeats only valid OINs of the asking parties."""
    response = HttpResponse(b"" if value is None else as_json(value), status=status)
    if value is None:
        del response["Content-Type"]
    else:
        response["Content-Type"] = "application/json"
    asker = INTERFACE.headers.read(request.META)
    headers = INTERFACE.headers.write(Partijen(van=own, naar=asker.van, via=asker.via))
    for name, header in headers.items():
        if name in INTERFACE.headers.versie or is_oin(header):
            response[name] = header
    response["Cache-Control"] = "no-store"
    return response
