"""Asking sources, all at once and each with its own time limit.

Whatever a source does (nothing, too late, nonsense, a mountain of data), it costs nobody else anything: it
is a failed answer of that one source, and the log says which one and why.
"""

import asyncio
import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpx

from exchange.simulator.contract import as_json, parse_json
from exchange.simulator.parties import Bron, Partij
from exchange.vum3.headers import SUWI_HEADER, Partijen

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
    return asyncio.run(_ask_all(bronnen, method, path, partij, via, seconds, body))


async def _ask_all(
    bronnen: Sequence[Bron], method: str, path: str, partij: Partij, via: str, seconds: float, body: Any
) -> list[Antwoord]:
    content = None if body is None else as_json(body)
    # No proxies from the environment, no redirects, and no queue in which one source waits for another.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(
        verify=_tls(), trust_env=False, follow_redirects=False, timeout=seconds, limits=limits
    ) as client:
        return await asyncio.gather(
            *(
                _ask_one(client, bron, method, path, partij, bron.via or via, seconds, content)
                for bron in bronnen
            )
        )


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _ask_one(
    client: httpx.AsyncClient,
    bron: Bron,
    method: str,
    path: str,
    partij: Partij,
    via: str,
    seconds: float,
    content: bytes | None,
) -> Antwoord:
    headers = {
        **Partijen(van=partij.oin, naar=bron.oin, via=via).as_headers(),
        SUWI_HEADER: "true" if partij.suwi else "false",
        "Accept": "application/json",
        # An answer that unpacks to a thousand times its size would get past the limit on its size.
        "Accept-Encoding": "identity",
        **({"Content-Type": "application/json"} if content is not None else {}),
    }
    try:
        # httpx limits each read; a source that sends a byte now and then needs a limit on the whole.
        async with (
            asyncio.timeout(seconds),
            client.stream(method, f"{bron.url}{path}", headers=headers, content=content) as response,
        ):
            return await _read(bron, response)
    except TimeoutError:
        reason = "te laat"
    except Mislukt as failure:
        reason = str(failure)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        reason = f"niet bereikbaar ({type(error).__name__})"
    except Exception as error:
        reason = f"onverwacht ({type(error).__name__})"
    logger.warning("simulator: bron %s valt uit: %s", bron.oin, reason)
    return Antwoord(bron, 0)


async def _read(bron: Bron, response: httpx.Response) -> Antwoord:
    """The answer of one source, read no further than is allowed. Raises Mislukt."""
    sender = response.headers.get("X-VUM-fromParty")
    if sender is not None and sender != bron.oin:
        raise Mislukt("antwoordt in naam van een ander")
    if response.status_code != 200:
        if response.status_code not in {400, 401, 429, 500, 503}:
            raise Mislukt(f"status {response.status_code}")
        logger.info("simulator: bron %s antwoordt met status %s", bron.oin, response.status_code)
        return Antwoord(bron, response.status_code)
    if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Mislukt("geen application/json")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Mislukt("ingepakt antwoord")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Mislukt("antwoord te groot")
    try:
        return Antwoord(bron, 200, parse_json(bytes(body)))
    except (ValueError, RecursionError):
        raise Mislukt("geen geldige JSON") from None
