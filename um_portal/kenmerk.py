"""Gives everything that one request sets going the same reference: 32 hex digits, made at random.

It is in every line of the log, also those of the worker that goes on with the work: a job carries it as a header. A
page that says that something went wrong shows the first digits. It tells nothing about who asked or what for.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, Final

from celery.signals import before_task_publish, task_postrun, task_prerun

# The header of a job with the reference of the request that handed it out.
_KOP: Final = "um_kenmerk"
_VORM: Final = re.compile(r"[0-9a-f]{32}")
_KORT: Final = 8

_huidige: ContextVar[str] = ContextVar("um_kenmerk", default="")


def new() -> str:
    """Makes a reference."""
    return secrets.token_hex(16)


def is_kenmerk(text: object) -> bool:
    """Tells whether this has the form of a reference."""
    return isinstance(text, str) and _VORM.fullmatch(text) is not None


def current() -> str:
    """Gives the reference of the work at hand; empty when it has none."""
    return _huidige.get()


def short() -> str:
    """Gives the part of the reference that a person can mention; empty when there is none."""
    return _huidige.get()[:_KORT]


@contextmanager
def bound(kenmerk: str) -> Iterator[None]:
    """Gives the work in here this reference."""
    token = _huidige.set(kenmerk)
    try:
        yield
    finally:
        _huidige.reset(token)


def traceparent() -> str:
    """Gives the header of W3C Trace Context that passes the reference on to another party."""
    return f"00-{_huidige.get() or new()}-{secrets.token_hex(8)}-00"


# --- Jobs ---------------------------------------------------------------------------------------------------


def connect() -> None:
    """Lets jobs carry the reference of whoever hands them out; one that nobody did has its own."""
    before_task_publish.connect(_stamp, dispatch_uid="kenmerk")
    task_prerun.connect(_begin, dispatch_uid="kenmerk")
    task_postrun.connect(_end, dispatch_uid="kenmerk")


def _stamp(headers: dict[str, Any] | None = None, **signal: Any) -> None:
    if headers is not None:
        headers[_KOP] = current() or new()


def _begin(task: Any, **signal: Any) -> None:
    sent = getattr(task.request, _KOP, None)
    kept = _huidige.set(str(sent) if is_kenmerk(sent) else new())
    task.request.um_kenmerk_token = kept


def _end(task: Any, **signal: Any) -> None:
    kept = getattr(task.request, "um_kenmerk_token", None)
    if isinstance(kept, Token):
        _huidige.reset(kept)
