"""Asks sources, all at once and each with its own time limit.

A source that does not answer, answers too late, sends nonsense or too much data does not disturb the others:
that one answer has failed, and the log says which one and why.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from exchange.simulator.contract import INTERFACE, as_json, parse_json
from exchange.simulator.parties import Bron, Partij
from exchange.vum3.headers import Partijen
from um_portal import outward

logger = logging.getLogger(__name__)

MAX_BYTES: Final = 10 * 1024 * 1024


class Mislukt(Exception):
    """The source gave no answer of the contract; the text says why and holds nothing that the source sent."""


@dataclass(frozen=True, slots=True)
class Antwoord:
    """The answer of a source: `body` is its JSON, or None when it is not an answer of the contract.

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
    """Asks all these sources the same thing on behalf of `partij`, at once; answers in the order given.

    `via` is the processor of the asking party, for sources without one of their own. Takes at most `seconds`,
    and never raises.
    """
    if not bronnen:
        return []
    content = None if body is None else as_json(body)

    def ask_one(bron: Bron) -> Antwoord:
        return _ask_one(bron, method, path, partij, bron.via or via, seconds, content)

    # A thread for each source: with a queue one source would wait for another.
    with ThreadPoolExecutor(len(bronnen)) as threads:
        return list(threads.map(ask_one, bronnen))


def _ask_one(
    bron: Bron, method: str, path: str, partij: Partij, via: str, seconds: float, content: bytes | None
) -> Antwoord:
    headers = {
        **INTERFACE.headers.write(Partijen(van=partij.oin, naar=bron.oin, via=via)),
        INTERFACE.headers.suwi: "true" if partij.suwi else "false",
        "Accept": "application/json",
        "Connection": "close",
        **({"Content-Type": "application/json"} if content is not None else {}),
    }
    limits = outward.Limits(whole=seconds, silence=seconds, connect=seconds, size=MAX_BYTES)
    try:
        # A thread that was done early asks a second source: what it kept open would just then be closed.
        with outward.call(
            method, f"{bron.url}{path}", headers=headers, limits=limits, body=content, kept=False
        ) as response:
            return _read(bron, response)
    except (Mislukt, outward.GeenAntwoord) as failure:
        reason = str(failure)
    except Exception as error:
        reason = f"onverwacht ({type(error).__name__})"
    logger.warning("simulator: bron %s valt uit: %s", bron.oin, reason)
    return Antwoord(bron, 0)


def _read(bron: Bron, response: outward.Response) -> Antwoord:
    """Reads the answer of one source, up to the allowed size. Raises Mislukt and outward.GeenAntwoord."""
    sender = response.headers.get(INTERFACE.headers.van)
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
