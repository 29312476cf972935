"""Sessions: kept in the database, found by a hash, with the cache in front.

The cookie holds a random token. The database and the cache know its hash only (`session_key`), so that who
reads them cannot take over a session. Their contents are sealed for that one hash: who writes there cannot
change a session, nor put somebody else's contents in it.

A cache that hangs, restarts or is empty costs a query and logs nobody out.
"""

import hashlib
import json
import logging
import time
from datetime import UTC, datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core.cache import caches
from django.utils.crypto import get_random_string

from um_portal.accounts.sealing import ZegelFout, seal, unseal

logger = logging.getLogger(__name__)

_PURPOSE = "sessie"
# The longest that the cache can be wrong about a session that was ended while the cache did not answer.
_CACHE_SECONDS = 60
# After a cache that did not answer, this many seconds pass before it is asked again.
_QUIET_SECONDS = 5.0
# Somebody who has not logged in yet: the steps of logging in, a link that was opened.
ANONYMOUS_SECONDS = 3600

BEGIN, SEEN = "begonnen", "gezien"


def fingerprint(token: str) -> str:
    """Returns the key under which the session of this cookie is found: 160 bits of a SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()[:40]


class _Cache:
    """The cache, which may fail: then it counts as empty for a moment."""

    quiet_until = 0.0

    @classmethod
    def ask(cls, verb: str, *args: Any, insist: bool = False) -> Any:
        if not insist and time.monotonic() < cls.quiet_until:
            return None
        try:
            return getattr(caches[settings.SESSION_CACHE_ALIAS], verb)(*args)
        except Exception:
            # Of whatever kind: a session is in the database as well.
            cls.quiet_until = time.monotonic() + _QUIET_SECONDS
            logger.warning("De cache antwoordt niet; sessies komen uit de database.")
            return None


class SessionStore(DatabaseStore):
    """A session by its key, which is a hash; `of_cookie` finds the one of a cookie."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.token: str | None = None

    @classmethod
    def of_cookie(cls, token: str | None) -> Self:
        """Returns the session of this cookie; an empty one when there is none."""
        store = cls(fingerprint(token) if token else None)
        store.token = token
        return store

    def _get_new_session_key(self) -> str:
        # 165 bits; `create` tries again in the event that never comes, of a key that is in use.
        self.token = get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")
        return fingerprint(self.token)

    @property
    def _name(self) -> str:
        return f"sessie:{self.session_key}"

    def load(self) -> dict[str, Any]:
        """Returns the contents, from the cache or else the database; empty when the session is over."""
        sealed = _Cache.ask("get", self._name)
        if isinstance(sealed, str) and (data := self.decode(sealed)):
            return data
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        _Cache.ask("set", self._name, row.session_data, _CACHE_SECONDS)
        return self.decode(row.session_data)

    def save(self, must_create: bool = False) -> None:
        """Writes the contents; raises UpdateError when the session was ended meanwhile."""
        super().save(must_create)
        if self.session_key:
            _Cache.ask("set", self._name, self.encode(dict(self.items())), _CACHE_SECONDS)

    def delete(self, session_key: str | None = None) -> None:
        """Ends a session, this one or another."""
        super().delete(session_key)
        if key := session_key or self.session_key:
            _Cache.ask("delete", f"sessie:{key}", insist=True)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Returns the contents as JSON, sealed for its key."""
        return seal(json.dumps(session_dict, separators=(",", ":")), _PURPOSE, self.session_key or "")

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Returns the contents; empty when they were not sealed for its key."""
        try:
            found = json.loads(unseal(str(session_data), _PURPOSE, self.session_key or ""))
        except ZegelFout:
            logger.warning("Een sessie is niet te openen.")
            return {}
        return found if isinstance(found, dict) else {}

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Returns how many seconds it may still last: from logging in, whatever was written since."""
        begin = self.get(BEGIN)
        if begin is None:
            return ANONYMOUS_SECONDS
        return max(0, int(begin + settings.SESSION_COOKIE_AGE - time.time()))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Returns the moment that goes with it, for the database: Django itself counts from the last write."""
        return datetime.fromtimestamp(time.time() + self.get_expiry_age(), tz=UTC)
