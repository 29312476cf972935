"""Asking sources, all at once and each with its own time limit.

Whatever a source does (nothing, too late, nonsense, a mountain of data), it costs nobody else anything: it
is a failed answer of that one source, and the log says which one and why.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from exchange.simulator.contract import as_json, parse_json
from exchange.simulator.parties import Bron, Partij
from exchange.vum3.headers import SUWI_HEADER, Partijen
from um_portal import outward

logger = logging.getLogger(__name__)

MAX_BYTES: Final = 10 * 1024 * 1024


class Mislukt(Exception):
    """The source gave no answer of the contract; the text says why and holds nothing of what it sent."""


@dataclass(frozen=True, slots=True)
class Antwoord:
    """What a source answered: `body` is its JSON, or None when it gave none that the contract knows.

    `status` is the HTTP status, 0 when there was no answer of the contract at all.
    """

    bron: Bron
    status: int
    body: Any = None


def ask(
    bronnen: Sequence[Bron],
    method: str,
    path: str,
    partij: Partij,
    via: str,
    seconds: float,
    body: Any = None,
) -> list[Antwoord]:
    """Ask all these sources the same thing on behalf of `partij`, at the same time; in the order given.

    `via` is the processor of the asking party, for sources without one of their own. Takes at most `seconds`,
    and never raises.
    """
    if not bronnen:
        return []
    content = None if body is None else as_json(body)

    def ask_one(bron: Bron) -> Antwoord:
        return _ask_one(bron, method, path, partij, bron.via or via, seconds, content)

    # A thread each: no queue in which one source waits for another.
    with ThreadPoolExecutor(len(bronnen)) as threads:
        return list(threads.map(ask_one, bronnen))


def _ask_one(
    bron: Bron, method: str, path: str, partij: Partij, via: str, seconds: float, content: bytes | None
) -> Antwoord:
    headers = {
        **Partijen(van=partij.oin, naar=bron.oin, via=via).as_headers(),
        SUWI_HEADER: "true" if partij.suwi else "false",
        "Accept": "application/json",
        "Connection": "close",  # the thread ends with the call
        **({"Content-Type": "application/json"} if content is not None else {}),
    }
    limits = outward.Limits(whole=seconds, silence=seconds, connect=seconds, size=MAX_BYTES)
    try:
        with outward.call(
            method, f"{bron.url}{path}", headers=headers, limits=limits, body=content
        ) as response:
            return _read(bron, response)
    except (Mislukt, outward.GeenAntwoord) as failure:
        reason = str(failure)
    except Exception as error:
        reason = f"onverwacht ({type(error).__name__})"
    logger.warning("simulator: bron %s valt uit: %s", bron.oin, reason)
    return Antwoord(bron, 0)


def _read(bron: Bron, response: outward.Response) -> Antwoord:
    """The answer of one source, read no further than is allowed. Raises Mislukt and outward.GeenAntwoord."""
    sender = response.headers.get("X-VUM-fromParty")
    if sender is not None and sender != bron.oin:
        raise Mislukt("antwoordt in naam van een ander")
    if response.status != 200:
        if response.status not in {400, 401, 429, 500, 503}:
            raise Mislukt(f"status {response.status}")
        logger.info("simulator: bron %s antwoordt met status %s", bron.oin, response.status)
        return Antwoord(bron, response.status)
    if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Mislukt("geen application/json")
    try:
        return Antwoord(bron, 200, parse_json(response.read()))
    except (ValueError, RecursionError):
        raise Mislukt("geen geldige JSON") from None
