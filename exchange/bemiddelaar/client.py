"""Talking to the exchange, as the contracts VUM-Bemiddelaar-* say.

Every way in which it can go wrong becomes a `UitwisselingFout` with a Dutch sentence for the jobcoach.
What comes back is checked before it is used: the exchange is trusted no more than any other party.
"""

import json
import re
import ssl
import time
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
from django.conf import settings

from exchange.standard import VUM_ID_PATROON, Soort
from exchange.vum3.headers import Partijen

_MAX_ANTWOORD = 64 * 1024 * 1024
_LIMIET_BEREIKT = "429.01"
_VRAAG_ID = re.compile(r"[^\x00\ud800-\udfff]{1,100}")
_VUM_ID = re.compile(VUM_ID_PATROON)


class UitwisselingFout(Exception):
    """The exchange gave no usable answer; `melding` is for the jobcoach, `blijvend` when repeating is vain."""

    def __init__(self, melding: str, *, blijvend: bool = False) -> None:
        super().__init__(melding)
        self.melding = melding
        self.blijvend = blijvend


class LimietBereikt(UitwisselingFout):
    """The exchange itself refuses another detail on this search."""


@dataclass(frozen=True, slots=True)
class Match:
    """One match: the exchange's id and the search profile without it."""

    vum_id: str
    profiel: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Antwoord:
    """The exchange's answer to a search."""

    vraag_id: str
    matches: list[Match]
    maximum_bereikt: bool


@cache
def _client() -> httpx.Client:
    """One client a process, with the portal's certificate where there is one."""
    verify: ssl.SSLContext | bool = True
    if settings.UM_EXCHANGE_URL.startswith("https:"):
        verify = ssl.create_default_context(cafile=settings.UM_EXCHANGE_CA or None)
        if settings.UM_EXCHANGE_CERTIFICAAT:
            verify.load_cert_chain(settings.UM_EXCHANGE_CERTIFICAAT, settings.UM_EXCHANGE_SLEUTEL or None)
    return httpx.Client(verify=verify, follow_redirects=False, trust_env=False)


def _call(method: str, path: str, oin: str, timeout: float, body: Any = None) -> dict[str, Any]:
    parties = Partijen(van=oin, naar=settings.UM_EXCHANGE_OIN, via=settings.UM_EIGEN_OIN)
    deadline = time.monotonic() + timeout
    try:
        with _client().stream(
            method,
            f"{settings.UM_EXCHANGE_URL}/{path}",
            headers=parties.as_headers(),
            json=body,
            timeout=timeout,
        ) as response:
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                # httpx limits each read; whoever drips must still be done in time.
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("te laat")
                if len(content) > _MAX_ANTWOORD:
                    raise UitwisselingFout(
                        "De uitwisseling gaf een onverwacht groot antwoord. Verklein het gebied."
                    )
            status = response.status_code
    except httpx.TimeoutException:
        raise UitwisselingFout(
            "De uitwisseling antwoordde niet op tijd. Probeer het over een paar minuten opnieuw."
        ) from None
    except httpx.HTTPError:
        raise UitwisselingFout(
            "De uitwisseling is niet bereikbaar. Probeer het over een paar minuten opnieuw."
        ) from None
    return _read(status, bytes(content))


def _read(status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        answer = None
    if status == 200 and isinstance(answer, dict):
        return answer
    code = answer.get("code") if isinstance(answer, dict) else None
    if status == 429 and code == _LIMIET_BEREIKT:
        raise LimietBereikt("De uitwisseling geeft op deze zoekvraag geen details meer.", blijvend=True)
    if status == 429:
        raise UitwisselingFout(
            "De uitwisseling heeft het te druk. Probeer het over een paar minuten opnieuw."
        )
    if status == 401:
        raise UitwisselingFout(
            "Uw gemeente is bij de uitwisseling niet bekend. Neem contact op met VNG-support.", blijvend=True
        )
    if status == 400:
        raise UitwisselingFout("De uitwisseling kent dit gegeven niet of niet meer.", blijvend=True)
    raise UitwisselingFout(
        "De uitwisseling gaf geen bruikbaar antwoord. Probeer het over een paar minuten opnieuw."
    )


def ask(soort: Soort, vraag_object: dict[str, Any], oin: str) -> Antwoord:
    """Put a selectievraag to the exchange for the municipality with this OIN.

    Raises UitwisselingFout. Matches without a usable id or profile are left out.
    """
    answer = _call(
        "POST", f"{soort.api_naam}/matches", oin, settings.UM_ZOEK_TIJDSLIMIET, {"vraagObject": vraag_object}
    )
    vraag_id, matches = answer.get("vraagID"), answer.get("matches")
    if not isinstance(vraag_id, str) or not _VRAAG_ID.fullmatch(vraag_id) or not isinstance(matches, list):
        raise UitwisselingFout(
            "De uitwisseling gaf geen bruikbaar antwoord. Probeer het over een paar minuten opnieuw."
        )
    found = []
    for match in matches:
        if not isinstance(match, dict):
            continue
        vum_id = match.get("vumID")
        if isinstance(vum_id, str) and vum_id and _VUM_ID.fullmatch(vum_id):
            found.append(Match(vum_id, {name: value for name, value in match.items() if name != "vumID"}))
    return Antwoord(vraag_id, found, answer.get("maximumAantalResultatenBereikt") is True)


def fetch_detail(soort: Soort, vum_id: str, oin: str) -> tuple[str, dict[str, Any]]:
    """The OIN of the source and the whole record of one match. Raises UitwisselingFout."""
    answer = _call("GET", f"{soort.api_naam}/{quote(vum_id, safe='')}", oin, settings.UM_DETAIL_TIJDSLIMIET)
    record = answer.get(soort.enkelvoud)
    if not isinstance(record, dict):
        raise UitwisselingFout(
            "De bron gaf geen bruikbaar antwoord. Probeer het over een paar minuten opnieuw."
        )
    source = answer.get("bronID")
    return (source if isinstance(source, str) else ""), record
