"""Does the work of the exchange: puts a search to every source, a detail request to the match's own source.

It routes and it counts. It does not match, does not merge duplicates and keeps nothing of what it passes on.
"""

import logging
import random
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings

from exchange.simulator import state
from exchange.simulator.ask import Antwoord, Mislukt, ask
from exchange.simulator.contract import INTERFACE
from exchange.simulator.parties import Partij, find_source, sources
from exchange.standard import Foutcode, Soort, as_delivered, validate, zoekprofiel
from exchange.vum3.fouten import Afgewezen

logger = logging.getLogger(__name__)

DETAIL_SECONDS: Final = 10.0
_VUM_ID: Final = re.compile(r"[a-zA-Z0-9_.-]{1,500}")
_random: Final = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class _Matches:
    """The usable matches of one source; tells too whether it had more."""

    bron: str
    profielen: list[dict[str, Any]]
    maximum_bereikt: bool


def search(soort: Soort, vraag: dict[str, Any], partij: Partij, via: str) -> dict[str, Any]:
    """Gives the matches of all sources, in no order, as the contract answers a checked selectievraag.

    Raises Afgewezen when no source gave an answer that can be used.
    """
    seconds: float = settings.UM_SIMULATOR_TIJDSLIMIET
    answers = ask(
        sources(), "POST", f"/{soort.api_naam}/matches", partij, via, seconds, body={"vraagObject": vraag}
    )
    usable = [matches for answer in answers if (matches := _matches_of(soort, answer)) is not None]
    if not usable:
        raise Afgewezen(INTERFACE.fouten.niet_beschikbaar, "Geen enkele bron gaf antwoord.")
    vraag_id = state.new_vraag_id()
    found = [(matches.bron, profiel) for matches in usable for profiel in matches.profielen]
    _random.shuffle(found)
    profielen = [profiel for _, profiel in found]
    if soort.id_pad is not None:
        from_where = [(bron, profiel.pop(soort.id_pad)) for bron, profiel in found]
        vum_ids = state.remember(soort, vraag_id, partij.oin, from_where)
        for profiel, vum_id in zip(profielen, vum_ids, strict=True):
            profiel["vumID"] = vum_id
    return {
        "maximumAantalResultatenBereikt": any(matches.maximum_bereikt for matches in usable),
        "vraagID": vraag_id,
        "matches": profielen,
    }


def fetch_detail(soort: Soort, vum_id: str, partij: Partij, via: str) -> dict[str, Any]:
    """Fetches the whole record behind a match from its source, as the contract answers a detailvraag.

    Raises Afgewezen for a vumID that this party never got, for a search that has had all its details, and
    when the source does not answer. Only a detail that is given counts.
    """
    herkomst = state.recall(vum_id) if _VUM_ID.fullmatch(vum_id) else None
    if herkomst is None or herkomst.partij != partij.oin or herkomst.soort != soort:
        raise Afgewezen(INTERFACE.fouten.ongeldig, "Dit vumID is niet bekend.")
    bron = find_source(herkomst.bron)
    if bron is None:
        raise Afgewezen(INTERFACE.fouten.niet_beschikbaar, "De bron neemt nu niet deel.")
    plaats = state.Detailplaats(herkomst.vraag_id)
    if not plaats.reserve(settings.UM_MAX_DETAILS, DETAIL_SECONDS + 5):
        raise Afgewezen(
            INTERFACE.fouten.limiet, f"Voor deze zoekvraag zijn al {settings.UM_MAX_DETAILS} details gegeven."
        )
    try:
        # A dot on its own could be read as part of the path.
        place = quote(herkomst.id_bron, safe="").replace(".", "%2E")
        [answer] = ask([bron], "GET", f"/{soort.api_naam}/{place}", partij, via, DETAIL_SECONDS)
        record = _record_of(soort, herkomst.id_bron, answer)
    except BaseException:
        plaats.release()
        raise
    plaats.count()
    return {"bronID": bron.oin, soort.enkelvoud: record}


def _matches_of(soort: Soort, answer: Antwoord) -> _Matches | None:
    """Gives the matches of one source that keep to the contract; None when nothing of its answer does."""
    if answer.status != 200:
        return None
    try:
        return _read_matches(soort, answer.bron.oin, answer.body)
    except Mislukt as failure:
        _log_failure(answer.bron.oin, failure)
        return None


def _read_matches(soort: Soort, bron: str, body: Any) -> _Matches:
    """Reads the matches in an answer. Raises Mislukt."""
    if not isinstance(body, dict) or not isinstance(body.get("matches"), list):
        raise Mislukt("geen lijst van matches")
    maximum = body.get("maximumAantalResultatenBereikt")
    if not isinstance(maximum, bool):
        raise Mislukt("maximumAantalResultatenBereikt ontbreekt")
    given: list[Any] = body["matches"]
    if len(given) > settings.UM_MAX_RESULTATEN:
        given, maximum = _random.sample(given, settings.UM_MAX_RESULTATEN), True
    profielen = [profiel for match in given if (profiel := _profile_of(soort, match)) is not None]
    if given and not profielen:
        raise Mislukt("geen enkele match volgt de standaard")
    wrong = len(given) - len(profielen)
    if wrong:
        logger.warning(
            "simulator: bron %s: %s van %s matches volgen de standaard niet", bron, wrong, len(given)
        )
    return _Matches(bron, profielen, maximum)


def _log_failure(bron: str, reason: object) -> None:
    logger.warning("simulator: bron %s valt uit: %s", bron, reason)


def _profile_of(soort: Soort, match: Any) -> dict[str, Any] | None:
    """Gives the search profile in a match, without what has no place there; None when it is not right."""
    if validate(soort, match):
        return None
    profiel = zoekprofiel(soort, as_delivered(soort, match))
    return profiel if soort.id_pad is None or profiel.get(soort.id_pad) else None


def _record_of(soort: Soort, id_bron: str, answer: Antwoord) -> dict[str, Any]:
    """Gives the record in a source's answer to a detailvraag. Raises Afgewezen."""
    if answer.status == 400:
        raise Afgewezen(INTERFACE.fouten.ongeldig, f"De bron heeft deze {soort.enkelvoud} niet meer.")
    if answer.status != 200:
        raise Afgewezen(INTERFACE.fouten.niet_beschikbaar, "De bron gaf geen antwoord.")
    record = answer.body
    # The contract requires hardly anything in an answer to a detailvraag, but what is there must be right.
    faults = [fout for fout in validate(soort, record) if fout.code is not Foutcode.VERPLICHT]
    if faults or not isinstance(record, dict) or record.get(soort.id_pad, id_bron) != id_bron:
        _log_failure(answer.bron.oin, "het detail volgt de standaard niet")
        raise Afgewezen(INTERFACE.fouten.niet_beschikbaar, "De bron gaf geen bruikbaar antwoord.")
    return record
