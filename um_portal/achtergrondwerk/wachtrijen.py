"""Looks at the queues of the workers: how much waits, and since when. It reads no ids and no names of jobs."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from celery.signals import before_task_publish
from django.conf import settings
from redis.exceptions import RedisError

from um_portal import sentinel
from um_portal.onderdelen import Wachtrij

# The header of a job that says when it was handed out, in seconds since 1970.
_VERSTUURD: Final = "um_verstuurd"
_REDIS_SECONDS: Final = 2.0
# What waits for longer asks for attention. A large file may take as long as that by itself.
_LANG: Final = {
    Wachtrij.ZOEKEN: timedelta(minutes=1),
    Wachtrij.BESTANDEN: timedelta(minutes=15),
    Wachtrij.GROTE_BESTANDEN: timedelta(hours=1),
    Wachtrij.ONDERHOUD: timedelta(minutes=10),
}
NAMEN: Final = {
    Wachtrij.ZOEKEN: "Zoekvragen",
    Wachtrij.BESTANDEN: "Bestanden",
    Wachtrij.GROTE_BESTANDEN: "Grote bestanden",
    Wachtrij.ONDERHOUD: "Onderhoud",
}


@dataclass(frozen=True, slots=True)
class Drukte:
    """The work that waits in one queue; `oudste` is None when nothing waits, or when it is not known."""

    wachtrij: Wachtrij
    aantal: int
    oudste: timedelta | None

    @property
    def naam(self) -> str:
        """Gives the name for people."""
        return NAMEN[self.wachtrij]

    @property
    def minuten(self) -> int | None:
        """Gives the minutes that the oldest job waits."""
        return None if self.oudste is None else int(self.oudste.total_seconds() // 60)

    @property
    def is_lang(self) -> bool:
        """Tells whether the oldest job waits for longer than it should."""
        return self.oudste is not None and self.oudste > _LANG[self.wachtrij]


def drukte() -> list[Drukte] | None:
    """Tells what waits in each queue; None when Redis does not answer."""
    try:
        with sentinel.client(
            settings.UM_REDIS_WACHTRIJ_URL,
            socket_timeout=_REDIS_SECONDS,
            socket_connect_timeout=_REDIS_SECONDS,
        ) as client:
            pipe = client.pipeline(transaction=False)
            for wachtrij in Wachtrij:
                # New jobs come in on the left.
                pipe.llen(wachtrij.value).lindex(wachtrij.value, -1)
            answers = pipe.execute()
    except RedisError:
        return None
    return [
        Drukte(wachtrij, int(aantal), _age(oldest))
        for wachtrij, aantal, oldest in zip(Wachtrij, answers[::2], answers[1::2], strict=True)
    ]


def _age(message: bytes | None) -> timedelta | None:
    if message is None:
        return None
    try:
        sent = json.loads(message)["headers"][_VERSTUURD]
        return timedelta(seconds=max(0.0, time.time() - float(sent)))
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def connect() -> None:
    """Gives every job that is handed out the moment at which that was."""
    before_task_publish.connect(_stamp, dispatch_uid="wachtrijen")


def _stamp(headers: dict[str, Any] | None = None, **signal: Any) -> None:
    if headers is not None:
        headers[_VERSTUURD] = time.time()
