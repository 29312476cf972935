"""The VUM headers and errors, as the contracts write them; shared by everybody who speaks the interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.standard import is_oin

BERICHT_VERSIE = "3.0.0"
VERSIE_HEADERS = ("X-VUM-berichtVersie", "API-Version")
PARTIJ_HEADERS = ("X-VUM-fromParty", "X-VUM-toParty", "X-VUM-viaParty")
SUWI_HEADER = "X-VUM-SUWIparty"


@dataclass(frozen=True, slots=True)
class Partijen:
    """Who sends a message to whom, through whom: OINs of 20 digits."""

    van: str
    naar: str
    via: str

    def as_headers(self) -> dict[str, str]:
        """As the headers of a message."""
        return {
            **dict.fromkeys(VERSIE_HEADERS, BERICHT_VERSIE),
            "X-VUM-fromParty": self.van,
            "X-VUM-toParty": self.naar,
            "X-VUM-viaParty": self.via,
        }

    def reply(self) -> "Partijen":
        """The parties of the answer."""
        return Partijen(van=self.naar, naar=self.van, via=self.via)


@dataclass(frozen=True, slots=True)
class VumFout:
    """An error of the contracts: HTTP status, code and message."""

    status: int
    code: str
    message: str

    def body(self, details: str = "") -> dict[str, str]:
        """The contract's `Error`; `details` is cut at the contract's 2,000 characters."""
        body = {"code": self.code, "message": self.message}
        return {**body, "details": details[:2000]} if details else body


ONGELDIG = VumFout(400, "400.01", "Ongeldige aanroep")
ONVOLLEDIG = VumFout(400, "400.02", "Onvolledige aanroep")
LIMIET = VumFout(429, "429.01", "Limiet overschreden")
INTERN = VumFout(500, "500.1", "Interne serverfout")
NIET_BESCHIKBAAR = VumFout(503, "500.3", "Service niet beschikbaar")


def wsgi_name(header: str) -> str:
    """The name of a header in `request.META`."""
    return "HTTP_" + header.upper().replace("-", "_")


def read_parties(meta: Mapping[str, str]) -> Partijen:
    """The parties from `request.META`; empty where a header is missing."""
    return Partijen(
        van=meta.get(wsgi_name("X-VUM-fromParty"), ""),
        naar=meta.get(wsgi_name("X-VUM-toParty"), ""),
        via=meta.get(wsgi_name("X-VUM-viaParty"), ""),
    )


class Afgewezen(Exception):
    """The call gets this error of the contract; `details` never repeats what was sent."""

    def __init__(self, fout: VumFout, details: str = "") -> None:
        super().__init__(fout.code)
        self.fout = fout
        self.details = details


class NietGeautoriseerd(Exception):
    """The caller is not who may call: 401, without a body."""


def check_headers(meta: Mapping[str, Any], *more: str) -> Partijen:
    """The parties of a call, from `request.META`; `more` are headers that must be there besides.

    Raises Afgewezen when a header is missing, has another version or is no OIN.
    """
    missing = [name for name in (*VERSIE_HEADERS, *PARTIJ_HEADERS, *more) if not meta.get(wsgi_name(name))]
    if missing:
        raise Afgewezen(ONVOLLEDIG, f"Deze headers ontbreken: {', '.join(missing)}.")
    for name in VERSIE_HEADERS:
        if meta[wsgi_name(name)] != BERICHT_VERSIE:
            raise Afgewezen(ONGELDIG, f"Header {name} moet {BERICHT_VERSIE} zijn.")
    for name in PARTIJ_HEADERS:
        if not is_oin(meta[wsgi_name(name)]):
            raise Afgewezen(ONGELDIG, f"Header {name} moet een OIN van 20 cijfers zijn.")
    return read_parties(meta)


def read_suwi(meta: Mapping[str, Any]) -> bool:
    """Whether the exchange says that the asking party is a SUWI party. Raises Afgewezen for another word."""
    suwi = {"true": True, "false": False}.get(str(meta[wsgi_name(SUWI_HEADER)]).lower())
    if suwi is None:
        raise Afgewezen(ONGELDIG, f"Header {SUWI_HEADER} moet true of false zijn.")
    return suwi
