"""Shares between the addresses for machines the way in, the reading of a call, and the making of an answer.

The exchange calls one of them, a municipality's own system the other. Each has errors of its own.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from um_portal.onderdelen import UNIX

# No header has this name.
_MACHINE = "um.machine"
_LENGTH = re.compile(r"[0-9]{1,15}")


def is_trusted_proxy(address: str) -> bool:
    """Tells whether the other end of a connection is a proxy that is believed; no address is a unix socket."""
    return (address or UNIX) in settings.UM_VERTROUWDE_PROXIES


def contact() -> dict[str, str]:
    """Gives whom somebody who builds against one of them can turn to, as OpenAPI writes it."""
    known = {"url": settings.UM_CONTACT_URL, "email": settings.UM_CONTACT_EMAIL}
    return {"name": "Beheer van dit portaal", **{name: value for name, value in known.items() if value}}


class ShortWay(ABC):
    """Answers every call below a prefix (or one of several), before all that is for people: sessions, CSRF, hosts."""

    # What its calls are counted as.
    naam: ClassVar[str]
    prefix: str | tuple[str, ...]

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers a call below the prefix, and passes every other call on."""
        if request.path_info.startswith(self.prefix):
            request.META[_MACHINE] = self.naam
            return self.answer(request)
        return self.get_response(request)

    @staticmethod
    def of(request: HttpRequest) -> str | None:
        """Gives the name of the short way that this request took; None when it took none."""
        return request.META.get(_MACHINE)

    @abstractmethod
    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answers one call; never raises."""


def announced_length(request: HttpRequest, otherwise: int | None = None) -> int | None:
    """Gives the announced number of bytes: `otherwise` when absent, None when it is not a number."""
    said = request.META.get("CONTENT_LENGTH") or ""
    if not said:
        return otherwise
    return int(said) if _LENGTH.fullmatch(said) else None


def read_body(request: HttpRequest, most: int) -> bytes | None:
    """Reads the body, at most `most` bytes: empty when the connection broke, None when it is too long."""
    length = announced_length(request, 0)
    if length is None or length > most:
        return None
    try:
        return request.read(most + 1)
    except OSError:
        return b""


def strict_json(text: str | bytes) -> Any:
    """Reads JSON, without the Infinity and NaN that Python accepts. Raises ValueError and RecursionError."""
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    """Raises ValueError."""
    raise ValueError(name)


def respond(
    body: bytes, status: int, mediatype: str | None, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Makes an answer that is not cached, unless `headers` say otherwise; no content without `mediatype`."""
    response = HttpResponse(body, status=status, content_type=mediatype)
    if mediatype is None:
        del response["Content-Type"]
    response["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response
