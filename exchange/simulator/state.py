"""Remembers a search in Redis: the source of every match, and the number of details given.

It holds only ids and OINs, never a profile or a detail, and everything expires. Several processes share it.
"""

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

import redis
from django.conf import settings

from exchange.standard import Soort
from um_portal import sentinel

BEWAARDAGEN: Final = 7
_SECONDS: Final = BEWAARDAGEN * 24 * 3600

# A slot is taken before the source is asked and given back when that fails. A process that dies in between
# gives nothing back; therefore a slot also has an end. KEYS: details given, slots taken. ARGV: now, end, own
# name, limit, seconds to keep.
_RESERVE: Final = """
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
local given = tonumber(redis.call('GET', KEYS[1]) or '0')
if given + redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then
    return 0
end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 1
"""
# KEYS: details given, slots taken. ARGV: own name, seconds to keep.
_COUNT: Final = """
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""


@dataclass(frozen=True, slots=True)
class Herkomst:
    """The origin of a match: the source and its own id, the search, and the party that searched."""

    soort: str
    bron: str
    id_bron: str
    vraag_id: str
    partij: str


@cache
def _client(url: str) -> redis.Redis:
    return sentinel.client(url, socket_timeout=5, socket_connect_timeout=5)


def client() -> redis.Redis:
    """Gives a connection to the simulator's Redis."""
    return _client(settings.UM_SIMULATOR_REDIS_URL)


def new_vraag_id() -> str:
    """Makes a random name for a search, from which nothing can be read."""
    return secrets.token_urlsafe(24)


def remember(soort: Soort, vraag_id: str, partij: str, found: Iterable[tuple[str, str]]) -> list[str]:
    """Gives every match (source's OIN, own id) a vumID that tells nothing; in the same order."""
    vum_ids: list[str] = []
    with client().pipeline(transaction=False) as pipeline:
        for bron, id_bron in found:
            vum_id = secrets.token_urlsafe(32)
            herkomst = Herkomst(soort.value, bron, id_bron, vraag_id, partij)
            pipeline.set(f"vum:match:{vum_id}", json.dumps(asdict(herkomst)), ex=_SECONDS)
            vum_ids.append(vum_id)
        pipeline.execute()
    return vum_ids


def recall(vum_id: str) -> Herkomst | None:
    """Gives the origin of the match with this vumID; None when it is not known (any more)."""
    stored = client().get(f"vum:match:{vum_id}")
    return Herkomst(**json.loads(stored)) if stored else None


class Detailplaats:
    """One of the details that a search may still ask for; when it was given it is counted, else released."""

    def __init__(self, vraag_id: str) -> None:
        self._keys = [f"vum:vraag:{vraag_id}:gegeven", f"vum:vraag:{vraag_id}:bezig"]
        self._name = secrets.token_hex(8)

    def reserve(self, limit: int, seconds: float) -> bool:
        """Takes the slot, for at most `seconds`; gives False when the search has no slot left."""
        now = time.time()
        return bool(client().eval(_RESERVE, 2, *self._keys, now, now + seconds, self._name, limit, _SECONDS))

    def count(self) -> None:
        """Counts the slot: the detail was given."""
        client().eval(_COUNT, 2, *self._keys, self._name, _SECONDS)

    def release(self) -> None:
        """Gives the slot back: no detail was given."""
        client().zrem(self._keys[1], self._name)
