"""Talks to the exchange, as the contracts VUM-Bemiddelaar-* say.

Every failure becomes a `UitwisselingFout` with a Dutch sentence for the jobcoach. The answer is checked
before it is used: the exchange is trusted no more than any other party.
"""

import json
import logging
import math
import re
import time
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote

import orjson
from django.conf import settings
from django.utils import timezone

from exchange.interfaces import current
from exchange.standard import VUM_ID_PATROON, Foutcode, Soort, validate, without_empties, zoekprofiel
from exchange.vum3.headers import Partijen
from um_portal import kenmerk, metingen, outward
from um_portal.errors import FoutMetMelding

logger = logging.getLogger(__name__)

_MAX_ANTWOORD: Final = 64 * 1024 * 1024
_MAX_DETAIL: Final = 1024 * 1024
_MAX_CONTACTMOMENTEN: Final = 8 * 1024 * 1024
_LANGSTE_WACHT: Final = timedelta(days=1)
# The advice at the end of a sentence, for whoever has to ask again without help of the portal.
STRAKS: Final = "Probeer het over een paar minuten opnieuw."
_ONBRUIKBAAR = f"De uitwisseling gaf geen bruikbaar antwoord. {STRAKS}"
_ZOEKVRAAG_TE_GROOT = "De uitwisseling gaf een onverwacht groot antwoord. Verklein het gebied."
_DETAIL_TE_GROOT = (
    "De bron stuurde meer dan 1 MB. Zo groot mag een detail niet zijn, daarom is het weggegooid. "
    "Neem contact op met VNG-support."
)
_VRAAG_ID = re.compile(r"[^\x00\ud800-\udfff]{1,100}")
_VUM_ID = re.compile(VUM_ID_PATROON)
# These stand in the JSON of whatever holds something empty, and seldom in that of anything else.
_EMPTY: Final = (b'""', b"null", b"[]", b"{}")


class UitwisselingFout(FoutMetMelding):
    """The exchange gave no usable answer; `melding` is for the jobcoach.

    `onbekend`: it may have answered all the same, and count that. `opgebruikt`: it says that this question, or
    this municipality, has had all it may ask. `herhaalbaar`: asking again may help. `voorbijgaand`: it
    is likely to pass within a minute. `wacht`: the time that it asks to wait.
    """

    def __init__(
        self,
        melding: str,
        *,
        onbekend: bool = False,
        opgebruikt: bool = False,
        herhaalbaar: bool = True,
        voorbijgaand: bool = False,
        wacht: timedelta | None = None,
    ) -> None:
        super().__init__(melding)
        self.onbekend = onbekend
        self.opgebruikt = opgebruikt
        self.herhaalbaar = herhaalbaar
        self.voorbijgaand = voorbijgaand
        self.wacht = wacht

    @property
    def uitkomst(self) -> str:
        """Gives the failure in one word, for whoever counts them."""
        if self.onbekend:
            return "onbekend"
        if self.opgebruikt:
            return "opgebruikt"
        return "voorbijgaand" if self.voorbijgaand else "mislukt"


@dataclass(frozen=True, slots=True)
class Match:
    """One match: the exchange's id and the search profile without it."""

    vum_id: str
    profiel: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Antwoord:
    """The exchange's answer to a search. `onbruikbaar` counts the matches that break the contract."""

    vraag_id: str
    matches: list[Match]
    maximum_bereikt: bool
    onbruikbaar: int


@dataclass(frozen=True, slots=True)
class Contactmomenten:
    """The answer to a question for werkgeverscontactmomenten, with names and numbers of people: stored nowhere.

    `onbruikbaar` counts those that break the contract, or are about another employer.
    """

    momenten: list[dict[str, Any]]
    maximum_bereikt: bool
    onbruikbaar: int

    def __repr__(self) -> str:
        return "Contactmomenten(…)"


@dataclass(frozen=True, slots=True)
class _Zinnen:
    """The word and the sentences that differ between a search and a detail request."""

    vraag: str
    te_groot: str
    afgewezen: str
    limiet: str


_ZOEKVRAAG: Final = _Zinnen(
    vraag="zoekvraag",
    te_groot=_ZOEKVRAAG_TE_GROOT,
    afgewezen="De uitwisseling wijst deze zoekvraag af. Stel een andere zoekvraag, of neem contact op met "
    "VNG-support.",
    limiet="De uitwisseling neemt nu geen zoekvragen van uw gemeente meer aan: het maximum is bereikt. Deze vraag "
    "opnieuw stellen helpt niet. Stel later een nieuwe zoekvraag.",
)
_DETAIL: Final = _Zinnen(
    vraag="detail",
    te_groot=_DETAIL_TE_GROOT,
    afgewezen="De uitwisseling kent dit gegeven niet of niet meer. Stel de zoekvraag opnieuw.",
    limiet="De uitwisseling geeft op deze zoekvraag geen details meer: bij haar zijn ze allemaal opgevraagd.",
)

_CONTACTMOMENTEN: Final = _Zinnen(
    vraag="contactmomenten",
    te_groot="De uitwisseling gaf een onverwacht groot antwoord. Vraag alleen wat er sinds kort was.",
    afgewezen="De uitwisseling wijst deze vraag af. Controleer het KvK-nummer, of neem contact op met VNG-support.",
    limiet="De uitwisseling beantwoordt nu geen vragen van uw gemeente meer: het maximum is bereikt. Probeer het "
    "later opnieuw.",
)


def _call(
    method: str, path: str, oin: str, seconds: float, size: int, zinnen: _Zinnen, body: Any = None
) -> dict[str, Any]:
    """Calls the exchange, and tells how that went in the log and the figures: in one word, and how long it took."""
    begin, uitkomst = time.monotonic(), "fout"
    try:
        answer = _put(method, path, oin, seconds, size, zinnen, body)
        uitkomst = "gelukt"
        return answer
    except UitwisselingFout as fout:
        uitkomst = fout.uitkomst
        raise
    finally:
        took = time.monotonic() - begin
        metingen.count_call(zinnen.vraag, uitkomst, took)
        logger.info(
            "uitwisseling",
            extra={"vraag": zinnen.vraag, "uitkomst": uitkomst, "duur_ms": round(took * 1000)},
        )


def _put(
    method: str, path: str, oin: str, seconds: float, size: int, zinnen: _Zinnen, body: Any
) -> dict[str, Any]:
    parties = Partijen(van=oin, naar=settings.UM_EXCHANGE_OIN, via=settings.UM_EIGEN_OIN)
    headers = current().headers.write(parties)
    headers["Accept"] = "application/json"
    if settings.UM_EXCHANGE_TRACEPARENT:
        headers["traceparent"] = kenmerk.traceparent()
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        with outward.call(
            method,
            f"{settings.UM_EXCHANGE_URL}/{path}",
            headers=headers,
            body=None if body is None else json.dumps(body).encode(),
            # The exchange sends nothing while it waits for its sources.
            limits=outward.Limits(whole=seconds, silence=seconds, size=size),
            tls=outward.Tls(
                settings.UM_EXCHANGE_CERTIFICAAT, settings.UM_EXCHANGE_SLEUTEL, settings.UM_EXCHANGE_CA
            ),
            # A detail counts, also when its answer is lost: it is never asked twice by itself.
            kept=method != "GET",
        ) as response:
            if response.status == 200:
                return _read(response.read())
            raise _refusal(response, zinnen)
    except outward.TeGroot:
        raise UitwisselingFout(zinnen.te_groot, onbekend=True, herhaalbaar=False) from None
    except outward.TeLaat as failure:
        raise UitwisselingFout(
            f"De uitwisseling antwoordde niet op tijd. {STRAKS}", onbekend=failure.bereikt
        ) from None
    except outward.Ingepakt:
        raise UitwisselingFout(_ONBRUIKBAAR, onbekend=True) from None
    except outward.GeenAntwoord as failure:
        if failure.bereikt:
            raise UitwisselingFout(
                f"De verbinding met de uitwisseling brak af. {STRAKS}", onbekend=True, voorbijgaand=True
            ) from None
        raise UitwisselingFout(f"De uitwisseling is niet bereikbaar. {STRAKS}", voorbijgaand=True) from None


def _read(content: bytes) -> dict[str, Any]:
    """Reads the answer; what JSON does not have (NaN, infinity) is absent, and 36.0 is 36."""
    try:
        answer = json.loads(content, parse_constant=lambda _: None, parse_float=_number)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise UitwisselingFout(_ONBRUIKBAAR)
    return answer


def _number(text: str) -> float | int | None:
    value = float(text)
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _refusal(response: outward.Response, zinnen: _Zinnen) -> UitwisselingFout:
    """Gives the failure that goes with an answer other than 200."""
    status, wacht = response.status, _retry_after(response.headers.get("Retry-After", ""))
    if status == 429 and _code(response) == current().fouten.limiet.code:
        return UitwisselingFout(zinnen.limiet, opgebruikt=True, herhaalbaar=False)
    if status == 429:
        return UitwisselingFout(
            f"De uitwisseling heeft het te druk. {STRAKS}", voorbijgaand=True, wacht=wacht
        )
    if status == 401:
        return UitwisselingFout(
            "Uw gemeente is bij de uitwisseling niet bekend. Neem contact op met VNG-support.",
            herhaalbaar=False,
        )
    if status == 400:
        return UitwisselingFout(zinnen.afgewezen, herhaalbaar=False)
    # A gateway in between knows no more than we do.
    return UitwisselingFout(
        _ONBRUIKBAAR, onbekend=status in {502, 504}, voorbijgaand=status == 503, wacht=wacht
    )


def _code(response: outward.Response) -> Any:
    try:
        answer = json.loads(response.read())
    except (ValueError, RecursionError, outward.GeenAntwoord):
        return None
    return answer.get("code") if isinstance(answer, dict) else None


def _retry_after(header: str) -> timedelta | None:
    """Reads the header Retry-After: seconds or a date; None without one, or for what cannot be read."""
    text = header.strip()
    try:
        if text.isascii() and text.isdigit():
            wacht = timedelta(seconds=int(text[:9]))
        else:
            wacht = parsedate_to_datetime(text) - timezone.now()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wacht, timedelta(0)), _LANGSTE_WACHT)


def ask(soort: Soort, vraag_object: dict[str, Any], oin: str) -> dict[str, Any]:
    """Puts a selectievraag to the exchange for the municipality with this OIN, and gives what it said (`read_answer`).

    Raises UitwisselingFout.
    """
    return _call(
        "POST",
        f"{soort.api_naam}/matches",
        oin,
        settings.UM_ZOEK_TIJDSLIMIET,
        _MAX_ANTWOORD,
        _ZOEKVRAAG,
        {"vraagObject": vraag_object},
    )


def read_answer(soort: Soort, answer: dict[str, Any]) -> Antwoord:
    """Reads what the exchange said to a selectievraag. Raises UitwisselingFout.

    Matches that break the contract are left out and counted; of matches with the same vumID the first one counts.
    """
    vraag_id, matches = answer.get("vraagID"), answer.get("matches")
    if not isinstance(vraag_id, str) or not _VRAAG_ID.fullmatch(vraag_id) or not isinstance(matches, list):
        raise UitwisselingFout(_ONBRUIKBAAR)
    found: dict[str, Match] = {}
    wrong = 0
    for given in matches:
        match = _match_of(soort, given)
        if match is None:
            wrong += 1
        else:
            found.setdefault(match.vum_id, match)
    return Antwoord(
        vraag_id, list(found.values()), answer.get("maximumAantalResultatenBereikt") is True, wrong
    )


def _match_of(soort: Soort, match: Any) -> Match | None:
    """Gives a match that keeps to the contract, with what a search profile may hold; None for any other.

    What the standard does not know is left out: another version may know it.
    """
    vum_id = match.get("vumID") if isinstance(match, dict) else None
    if not isinstance(vum_id, str) or not vum_id or not _VUM_ID.fullmatch(vum_id):
        return None
    profiel = {name: value for name, value in match.items() if name != "vumID"}
    # A match has the exchange's id in the place of the source's own.
    whole = {**profiel, soort.id_pad or "": vum_id[:200]}
    if any(fout.code is not Foutcode.ONBEKEND_VELD for fout in validate(soort, whole)):
        return None
    profiel.pop(soort.id_pad or "", None)
    return Match(vum_id, _filled(zoekprofiel(soort, profiel)))


def _filled(profiel: dict[str, Any]) -> dict[str, Any]:
    """Gives a search profile without its empty values, itself when its JSON shows none."""
    try:
        written = orjson.dumps(profiel)
    except TypeError:  # such as a number that is too large
        return without_empties(profiel)
    return without_empties(profiel) if any(empty in written for empty in _EMPTY) else profiel


def fetch_detail(soort: Soort, vum_id: str, oin: str) -> tuple[str, dict[str, Any]]:
    """Gives the OIN of the source and the whole record of one match, without empty values.

    Raises UitwisselingFout, also for a record that holds nothing.
    """
    answer = _call(
        "GET",
        f"{soort.api_naam}/{quote(vum_id, safe='')}",
        oin,
        settings.UM_DETAIL_TIJDSLIMIET,
        _MAX_DETAIL,
        _DETAIL,
    )
    record = answer.get(soort.enkelvoud)
    if not isinstance(record, dict):
        raise UitwisselingFout(f"De bron gaf geen bruikbaar antwoord. {STRAKS}")
    filled = without_empties(record)
    if not filled:
        raise UitwisselingFout(f"De bron gaf een leeg detail: er staat niets in. {STRAKS}")
    source = answer.get("bronID")
    return (source if isinstance(source, str) else ""), filled


def fetch_contactmomenten(nummer_kvk: str, sinds: date | None, oin: str) -> Contactmomenten:
    """Asks who had contact with the employer of this KvK number, since a day when one is given; the newest first.

    Raises UitwisselingFout.
    """
    soort = Soort.WERKGEVERSCONTACTMOMENTEN
    vraag_object = current().compose_contactmomenten(nummer_kvk, sinds)
    answer = _call(
        "POST",
        f"{soort.api_naam}/matches",
        oin,
        settings.UM_DETAIL_TIJDSLIMIET,
        _MAX_CONTACTMOMENTEN,
        _CONTACTMOMENTEN,
        {"vraagObject": vraag_object},
    )
    matches = answer.get("matches")
    if not isinstance(matches, list):
        raise UitwisselingFout(_ONBRUIKBAAR)
    right = [match for match in matches if _is_moment(match)]
    # A source may know fewer criteria than the question has.
    fitting = [
        moment
        for moment, tekorten in zip(right, current().narrow(soort, vraag_object, right), strict=True)
        if not tekorten
    ]
    momenten = [without_empties(zoekprofiel(soort, moment)) for moment in fitting]
    momenten.sort(key=lambda moment: str(moment.get("datum", "")), reverse=True)
    return Contactmomenten(
        momenten, answer.get("maximumAantalResultatenBereikt") is True, len(matches) - len(fitting)
    )


def _is_moment(match: Any) -> bool:
    faults = validate(Soort.WERKGEVERSCONTACTMOMENTEN, match)
    return isinstance(match, dict) and all(fout.code is Foutcode.ONBEKEND_VELD for fout in faults)
