"""Writes values in the Redis cache as JSON, never as pickle, under keys that tell of nobody, and counts there.

Reading a pickle runs the code that is in it, so whoever writes in Redis would run code in the portal.
"""

import json
from typing import Any, Final

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError


class JSONSerializer:
    """Writes and reads the values of Django's Redis cache; a tuple comes back as a list.

    A whole number is written as its digits, so that Redis can count with it.
    """

    def dumps(self, obj: Any) -> bytes:
        """Returns the value as JSON; raises TypeError for what JSON has no form for."""
        return json.dumps(obj, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        """Returns the value; raises ValueError when it is not JSON."""
        return json.loads(data)


# The names of the portal itself, made by `hidden`, of a hash, or of the number of a key for delivering.
_TELLS_OF_NOBODY: Final = ("sessie:", "inloggen:", "afmelding:", "tegelijk:", "aanleveren:")


def key(name: str, prefix: str, version: int) -> str:
    """Gives the key in Redis for a name in the cache; a name that a library made up becomes a keyed hash.

    Those hold addresses of people and of their computers, or a hash of them that can be guessed.
    """
    if not name.startswith(_TELLS_OF_NOBODY):
        name = hidden("anders", name)
    return f"{prefix}:{version}:{name}"


def hidden(kind: str, text: str) -> str:
    """Gives a name of this kind that is the same for the same text, and tells nobody what the text is."""
    digest = salted_hmac(f"um_portal.cache.{kind}", text, algorithm="sha256").hexdigest()
    return f"{kind}:{digest[:40]}"


def count(name: str, seconds: int) -> int:
    """Counts one more, and returns how many there were in the period of so many seconds that the first began.

    Of many at once each gets another number. Raises RedisError when Redis is away.
    """
    for _ in range(2):
        cache.add(name, 0, timeout=seconds)
        try:
            number = int(cache.incr(name))
        except ValueError:
            continue  # the period ended, or Redis was emptied, just between the two
        if number <= 1:
            # It may also end while it is counted; Redis then begins one that lasts for ever.
            cache.touch(name, seconds)
        return number
    raise RedisError(f"{seconds} s is te kort om te tellen")


def uncount(name: str) -> None:
    """Takes one back, when the period is not over."""
    try:
        cache.decr(name)
    except ValueError:
        pass
