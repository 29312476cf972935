"""Talks to the exchange, as the contracts VUM-Bemiddelaar-* say.

Every failure becomes a `UitwisselingFout` with a Dutch sentence for the jobcoach. The answer is checked
before it is used: the exchange is trusted no more than any other party.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings

from exchange.interfaces import current
from exchange.standard import VUM_ID_PATROON, Soort
from exchange.vum3.headers import Partijen
from um_portal import outward
from um_portal.errors import FoutMetMelding

_MAX_ANTWOORD = 64 * 1024 * 1024
_ONBRUIKBAAR = "De uitwisseling gaf geen bruikbaar antwoord. Probeer het over een paar minuten opnieuw."
_VRAAG_ID = re.compile(r"[^\x00\ud800-\udfff]{1,100}")
_VUM_ID = re.compile(VUM_ID_PATROON)


class UitwisselingFout(FoutMetMelding):
    """The exchange gave no usable answer; `melding` is for the jobcoach."""


class Geweigerd(UitwisselingFout):
    """The exchange said no, so that nothing was delivered; after another failure that is not certain."""


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


def _call(method: str, path: str, oin: str, seconds: float, body: Any = None) -> dict[str, Any]:
    parties = Partijen(van=oin, naar=settings.UM_EXCHANGE_OIN, via=settings.UM_EIGEN_OIN)
    headers = current().headers.write(parties)
    headers["Accept"] = "application/json"
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        with outward.call(
            method,
            f"{settings.UM_EXCHANGE_URL}/{path}",
            headers=headers,
            body=None if body is None else json.dumps(body).encode(),
            # The exchange sends nothing while it waits for its sources.
            limits=outward.Limits(whole=seconds, silence=seconds, size=_MAX_ANTWOORD),
            tls=outward.Tls(
                settings.UM_EXCHANGE_CERTIFICAAT, settings.UM_EXCHANGE_SLEUTEL, settings.UM_EXCHANGE_CA
            ),
        ) as response:
            return _read(response.status, response.read())
    except outward.TeGroot:
        raise UitwisselingFout(
            "De uitwisseling gaf een onverwacht groot antwoord. Verklein het gebied."
        ) from None
    except outward.TeLaat:
        raise UitwisselingFout(
            "De uitwisseling antwoordde niet op tijd. Probeer het over een paar minuten opnieuw."
        ) from None
    except outward.Ingepakt:
        raise UitwisselingFout(_ONBRUIKBAAR) from None
    except outward.GeenAntwoord:
        raise UitwisselingFout(
            "De uitwisseling is niet bereikbaar. Probeer het over een paar minuten opnieuw."
        ) from None


def _read(status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        answer = None
    if status == 200 and isinstance(answer, dict):
        return answer
    code = answer.get("code") if isinstance(answer, dict) else None
    if status == 429 and code == current().fouten.limiet.code:
        raise Geweigerd("De uitwisseling geeft op deze zoekvraag geen details meer.")
    if status == 429:
        raise Geweigerd("De uitwisseling heeft het te druk. Probeer het over een paar minuten opnieuw.")
    if status == 401:
        raise Geweigerd("Uw gemeente is bij de uitwisseling niet bekend. Neem contact op met VNG-support.")
    if status == 400:
        raise Geweigerd("De uitwisseling kent dit gegeven niet of niet meer.")
    raise UitwisselingFout(_ONBRUIKBAAR)


def ask(soort: Soort, vraag_object: dict[str, Any], oin: str) -> Antwoord:
    """Puts a selectievraag to the exchange for the municipality with this OIN.

    Raises UitwisselingFout. Matches without a usable id or profile are left out.
    """
    answer = _call(
        "POST", f"{soort.api_naam}/matches", oin, settings.UM_ZOEK_TIJDSLIMIET, {"vraagObject": vraag_object}
    )
    vraag_id, matches = answer.get("vraagID"), answer.get("matches")
    if not isinstance(vraag_id, str) or not _VRAAG_ID.fullmatch(vraag_id) or not isinstance(matches, list):
        raise UitwisselingFout(_ONBRUIKBAAR)
    found = []
    for match in matches:
        if not isinstance(match, dict):
            continue
        vum_id = match.get("vumID")
        if isinstance(vum_id, str) and vum_id and _VUM_ID.fullmatch(vum_id):
            found.append(Match(vum_id, {name: value for name, value in match.items() if name != "vumID"}))
    return Antwoord(vraag_id, found, answer.get("maximumAantalResultatenBereikt") is True)


def fetch_detail(soort: Soort, vum_id: str, oin: str) -> tuple[str, dict[str, Any]]:
    """Gives the OIN of the source and the whole record of one match. Raises UitwisselingFout."""
    answer = _call("GET", f"{soort.api_naam}/{quote(vum_id, safe='')}", oin, settings.UM_DETAIL_TIJDSLIMIET)
    record = answer.get(soort.enkelvoud)
    if not isinstance(record, dict):
        raise UitwisselingFout(
            "De bron gaf geen bruikbaar antwoord. Probeer het over een paar minuten opnieuw."
        )
    source = answer.get("bronID")
    return (source if isinstance(source, str) else ""), record
