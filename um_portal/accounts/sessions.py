"""Sessions: kept in the database, found by a hash, with the cache in front.

The cookie holds a random token. The database and the cache know its hash only (`session_key`), so that who
reads them cannot take over a session. Their contents are sealed for that one hash: who writes there cannot
change a session, nor put somebody else's contents in it.

A cache that hangs, restarts or is empty costs a query and logs nobody out.

A request writes what it changed, and nothing else: one that took long does not put back what another wrote
meanwhile, such as the municipality that somebody chose in a second tab.
"""

import hashlib
import json
import logging
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone
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
        # What was found, as JSON per key: what differs from it is what this request changed.
        self._found: dict[str, str] = {}

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
        data = self._load()
        self._found = _per_key(data)
        return data

    def _load(self) -> dict[str, Any]:
        sealed = _Cache.ask("get", self._name)
        if isinstance(sealed, str) and (data := self.decode(sealed)):
            return data
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        if sealed is not None:
            _Cache.ask("delete", self._name)  # it does not open
        # Not "set": what was written since the row was read is newer.
        _Cache.ask("add", self._name, row.session_data, _CACHE_SECONDS)
        return self.decode(row.session_data)

    def save(self, must_create: bool = False) -> None:
        """Writes what was changed since it was loaded; raises UpdateError when the session was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            self._found = _per_key(self._get_session())  # type: ignore[attr-defined]
            return
        changed, gone = self._changes()
        with transaction.atomic():
            row = (
                self.model.objects.select_for_update()
                .filter(session_key=self.session_key, expire_date__gt=timezone.now())
                .first()
            )
            if row is None:
                raise UpdateError
            data = {key: value for key, value in self.decode(row.session_data).items() if key not in gone}
            data.update(changed)
            self._session_cache = data
            row.session_data, row.expire_date = self.encode(data), self.get_expiry_date()
            row.save(update_fields=["session_data", "expire_date"])
            # While the row is locked: of two requests the last one in the database is also the last one here.
            _Cache.ask("set", self._name, row.session_data, _CACHE_SECONDS)
        self._found = _per_key(data)

    def _changes(self) -> tuple[dict[str, Any], set[str]]:
        """Returns what was added or changed since loading, and the keys that were removed."""
        now = self._get_session()  # type: ignore[attr-defined]
        per_key = _per_key(now)
        changed = {key: now[key] for key, text in per_key.items() if self._found.get(key) != text}
        return changed, set(self._found) - set(per_key)

    def delete(self, session_key: str | None = None) -> None:
        """Ends a session, this one or another."""
        super().delete(session_key)
        if key := session_key or self.session_key:
            forget = partial(_Cache.ask, "delete", f"sessie:{key}", insist=True)
            forget()
            if transaction.get_connection().in_atomic_block:
                # Until the row is gone for others too, one of them may put it back.
                transaction.on_commit(forget, robust=True)

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


def _per_key(data: dict[str, Any]) -> dict[str, str]:
    return {key: json.dumps(value, sort_keys=True) for key, value in data.items()}
