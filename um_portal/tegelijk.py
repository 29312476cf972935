"""Limits how many may do something slow at the same moment, so that nobody else has to wait for it.

Every process guards its own threads: it counts by itself, and a process that is killed takes its count along.
How many one person has under way is counted over all processes, in Redis: each has a place with a name there. It
ends within seconds by itself; a thread of the process that holds it keeps it. So a process that is killed, or a
Redis that did not hear that a place was given back, costs a person nothing for long. Without Redis every process
counts a person by itself, so the limit is wider for a while and nobody is locked out.
"""

import functools
import hashlib
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from django.conf import settings
from django.core.cache import cache
from django.core.signals import request_finished

from um_portal.errors import FoutMetMelding

logger = logging.getLogger(__name__)

# After a Redis that did not answer, this many seconds pass before it is asked again.
_QUIET_SECONDS = 5.0
# A place ends after so many seconds, and is kept that often meanwhile. Longer than a Redis is left alone.
_PLACE_SECONDS = 8
_BEAT_SECONDS = 1.0


class Bezet(FoutMetMelding):
    """All places are taken. Nothing was done; `wacht` is the number of seconds after which to try again."""

    def __init__(self, melding: str, wacht: int) -> None:
        super().__init__(melding)
        self.wacht = wacht


class Tegelijk:
    """The places for one kind of work.

    `tegelijk` gives how many there are in this process and `per_wie` how many one person, or address, may have
    of them. `geduld` is how long to wait for a free one, in seconds; no more than `wachtend` wait, or else as many
    as there are places. A place of a person is kept for at most `verloopt` seconds; 0 is for what is counted in
    this process alone.
    """

    _quiet_until = 0.0

    def __init__(
        self,
        naam: str,
        melding: str,
        *,
        tegelijk: Callable[[], int],
        per_wie: Callable[[], int],
        geduld: float = 0,
        wachtend: Callable[[], int] | None = None,
        verloopt: Callable[[], float] = lambda: 0,
        wacht: int = 10,
    ) -> None:
        self._naam, self._melding, self._wacht = naam, melding, wacht
        self._tegelijk, self._per_wie, self._geduld, self._verloopt = tegelijk, per_wie, geduld, verloopt
        self._may_wait = wachtend or tegelijk
        self._changed = threading.Condition()
        self._busy, self._waiting = 0, 0
        self._of: Counter[str] = Counter()

    @contextmanager
    def occupied_by(self, wie: object) -> Iterator[None]:
        """Takes a place for this person or address while this lasts. Raises Bezet."""
        key = self._key(wie)
        self._enter(key)
        try:
            name = self._take(key)
            try:
                yield
            finally:
                if name:
                    _heart(os.getpid()).forget(name)
                    self._ask("delete", name)
        finally:
            self._leave(key)

    def hold(self, wie: object) -> None:
        """Takes a place until the request of this thread has been answered. Raises Bezet."""
        if not hasattr(_held, "stack"):
            _held.stack = ExitStack()
        _held.stack.enter_context(self.occupied_by(wie))

    def _enter(self, key: str) -> None:
        with self._changed:
            # Waiting takes a thread as well, so it counts.
            if self._of[key] >= self._per_wie() or self._waiting >= self._may_wait():
                self._refuse()
            self._of[key] += 1
            self._waiting += 1
            free = self._changed.wait_for(lambda: self._busy < self._tegelijk(), self._geduld)
            self._waiting -= 1
            if not free:
                self._forget(key)
                self._refuse()
            self._busy += 1

    def _leave(self, key: str) -> None:
        with self._changed:
            self._busy -= 1
            self._forget(key)
            self._changed.notify()

    def _forget(self, key: str) -> None:
        self._of[key] -= 1
        if not self._of[key]:
            del self._of[key]

    def _take(self, key: str) -> str:
        """Takes a place over all processes, and gives its name; empty when there is nothing to count with."""
        seconds = self._verloopt()
        if not seconds:
            return ""
        for number in range(self._per_wie()):
            name = f"tegelijk:{self._naam}:{key}:{number}"
            taken = self._ask("add", name, 1, _PLACE_SECONDS)
            if taken is None:
                return ""
            if taken:
                _heart(os.getpid()).keep(name, seconds)
                return name
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Bezet(self._melding, self._wacht)

    @staticmethod
    def _ask(verb: str, *args: Any) -> Any:
        if time.monotonic() < Tegelijk._quiet_until:
            return None
        try:
            return getattr(cache, verb)(*args)
        except Exception:
            # Of whatever kind: this process goes on counting by itself.
            Tegelijk._quiet_until = time.monotonic() + _QUIET_SECONDS
            logger.warning("Redis antwoordt niet; hoeveel iemand tegelijk doet, telt nu per proces.")
            return None

    def _key(self, wie: object) -> str:
        # Hides an address or a name, not a number from whoever tries them all: a part without a secret counts too.
        return hashlib.sha256(f"{self._naam} {wie}".encode()).hexdigest()[:24]


class _Heart:
    """Keeps the places that this process holds in Redis, with one thread for as long as there are any."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # The moment until which each is kept, by name.
        self._until: dict[str, float] = {}
        self._beating = False

    def keep(self, name: str, seconds: float) -> None:
        """Keeps this place until it is forgotten, and no longer than so many seconds."""
        with self._changed:
            self._until[name] = time.monotonic() + seconds
            if not self._beating:
                self._beating = True
                threading.Thread(target=self._beat, name="plekken", daemon=True).start()

    def forget(self, name: str) -> None:
        """Keeps this place no longer."""
        with self._changed:
            self._until.pop(name, None)
            self._changed.notify()

    def _beat(self) -> None:
        while self._rest():
            for name in self._kept():
                Tegelijk._ask("touch", name, _PLACE_SECONDS)

    def _rest(self) -> bool:
        """Waits for the next beat; tells whether there is anything left to keep."""
        with self._changed:
            self._changed.wait_for(lambda: not self._until, _BEAT_SECONDS)
            if not self._until:
                self._beating = False
            return self._beating

    def _kept(self) -> list[str]:
        with self._changed:
            now = time.monotonic()
            self._until = {name: until for name, until in self._until.items() if until > now}
            return list(self._until)


@functools.cache
def _heart(pid: int) -> _Heart:
    # By process: a thread does not come along with a fork.
    return _Heart()


_held = threading.local()


def _give_back(**signal: Any) -> None:
    stack = getattr(_held, "stack", None)
    if stack is not None:
        stack.close()


request_finished.connect(_give_back)


DETAILS = Tegelijk(
    "details",
    "Er zijn nu te veel vragen tegelijk. Er is niets opgevraagd en niets geteld. Wacht tien seconden en probeer het "
    "dan opnieuw.",
    tegelijk=lambda: settings.UM_TEGELIJK_DETAILS,
    per_wie=lambda: settings.UM_TEGELIJK_DETAILS_PERSOON,
    verloopt=lambda: settings.UM_DETAIL_TIJDSLIMIET * 2 + 5,
)
UPLOADS = Tegelijk(
    "uploads",
    "Er komen nu te veel grote bestanden tegelijk binnen. Uw bestand is niet ontvangen. Wacht een halve minuut, kies "
    "het bestand dan opnieuw en klik op Uploaden.",
    tegelijk=lambda: settings.UM_TEGELIJK_UPLOADS,
    per_wie=lambda: settings.UM_TEGELIJK_UPLOADS_PERSOON,
    geduld=5,
    verloopt=lambda: settings.UM_UPLOAD_SECONDEN,
    wacht=30,
)
INLOGGEN = Tegelijk(
    "inloggen",
    "Er loggen nu veel mensen tegelijk in. Wacht een paar tellen en log dan opnieuw in.",
    tegelijk=lambda: settings.UM_TEGELIJK_INLOGGEN,
    per_wie=lambda: settings.UM_TEGELIJK_INLOGGEN_ADRES,
    geduld=5,
    wacht=5,
)
ZWARE_VRAGEN = Tegelijk(
    "zware vragen",
    "Er worden nu te veel lange vragen tegelijk gesteld.",
    tegelijk=lambda: 1,
    # They stand in one row, and of that row no party has more than half.
    per_wie=lambda: max(1, settings.UM_TEGELIJK_ZWARE_VRAGEN // 2),
    geduld=6,
    wachtend=lambda: max(1, settings.UM_TEGELIJK_ZWARE_VRAGEN - 1),
)
