"""Writes logs that cannot leak: an exception is logged by its type and place, never by its message.

The message of an exception, the parameters of a query and the path of a request may hold personal data. The
logger, the type, and file:line of every frame of our own are enough to find the fault.
"""

import logging
import re
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

_ROOT = str(Path(__file__).resolve().parent.parent)
# Whose words are about messages, tasks and what went wrong in them; and the parts of those words with values.
_CELERY = ("celery", "kombu", "billiard")
_VALUES = frozenset({"exc", "args", "kwargs", "traceback"})
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
# The last part of a path of the exchange is the id of a record.
_ID_IN_PATH = re.compile(r"(/(?:werkzoekendeProfielen|vacatures)/)(?!matches)[^\s?\"']+")


def _without_values(record: logging.LogRecord) -> None:
    """Takes out what Celery says about the contents of a message, and the words of an exception."""
    record.__dict__.pop("data", None)
    if isinstance(record.args, Mapping):
        record.args = {**record.args, **dict.fromkeys(_VALUES & record.args.keys(), "…")}
    elif "body" in str(record.msg):
        # A message that no task is for, with everything that is in it.
        record.msg, record.args = re.sub(r"%[sr]", "…", str(record.msg).strip().split("\n", 1)[0]), ()
    elif record.args:
        record.args = tuple(
            type(value).__name__ if isinstance(value, BaseException) else value for value in record.args
        )


class DiscreetFilter(logging.Filter):
    """A filter that drops what Django attaches about the request, and shortens paths with an id in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes the record in place; never rejects one."""
        record.__dict__.pop("request", None)
        if record.name.startswith(_CELERY):
            _without_values(record)
        message = _ID_IN_PATH.sub(r"\1…", record.getMessage())
        record.msg, record.args = message.split("?", 1)[0] if record.name == "django.request" else message, ()
        return True


class DiscreetFormatter(logging.Formatter):
    """A formatter that writes an exception as its type and the places it went through."""

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 (the name is logging's)
        """Writes `TypeError at file:line < file:line`, without messages or source lines."""
        exc_type, _, tb = ei
        if exc_type is None:
            return ""
        frames = [
            f"{frame.filename.removeprefix(_ROOT + '/')}:{frame.lineno}" for frame in traceback.extract_tb(tb)
        ]
        return f"{exc_type.__module__}.{exc_type.__qualname__} op {' < '.join(reversed(frames[-12:]))}"

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        """Gives no stack: it would show source lines."""
        return ""
