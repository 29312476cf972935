"""Writes logs that cannot leak: an exception is logged by its type and place, never by its message.

The message of an exception, the parameters of a query and the path of a request may hold personal data. The
logger, the type, and file:line of every frame of our own are enough to find the fault. `DiscreetFormatter` writes a
line for people, `JsonFormatter` the same as JSON; both write these fields and no others, whatever a library attaches.
"""

import json
import logging
import os
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from um_portal import kenmerk

_ROOT = str(Path(__file__).resolve().parent.parent)
# Whose words are about messages, tasks and what went wrong in them; and the parts of those words with values.
_CELERY = ("celery", "kombu", "billiard")
_VALUES = frozenset({"exc", "args", "kwargs", "traceback"})
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
# The last part of a path of the exchange is the id of a record.
_ID_IN_PATH = re.compile(r"(/(?:werkzoekendeProfielen|vacatures)/)(?!matches)[^\s?\"']+")
# The last part of such a path is the secret of a link that was mailed: whoever reads it is let in.
_SECRET_IN_PATH = re.compile(r"(/account/(?:uitnodiging|herstel|wachtwoord-vergeten)/)[^\s?\"']+")
# What it says of a request that it refuses, at the top of which stands why.
_DJANGO_WEIGERT: Final = "django.security."
# What Celery says about a job that failed has the text of the exception in it; the other keys of it do not.
_TAAK: Final = "celery.app.trace"
VORMEN: Final = ("json", "regel")
# What we log ourselves beside the message, each a number or a word out of a list of ours.
VELDEN: Final = ("vraag", "uitkomst", "status", "duur_ms")


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
    """A filter that drops what Django attaches about the request, and shortens paths with an id or a secret in them.

    Of a job that failed, and of an error that gunicorn met, it leaves out the text of the exception.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes the record in place; never rejects one."""
        record.__dict__.pop("request", None)
        record.__dict__["kenmerk"] = kenmerk.current()
        if record.name == _TAAK and isinstance(record.args, Mapping) and "description" in record.args:
            record.msg, record.args = f"taak {record.args.get('name')}: {record.args['description']}", ()
        elif record.name.startswith(_CELERY):
            _without_values(record)
        elif record.name == "gunicorn.error" and record.exc_info:
            record.msg, record.args = "gunicorn: fout bij een verzoek", ()
        elif record.name.startswith(_DJANGO_WEIGERT):
            # It repeats the name or the token that somebody made up.
            record.msg, record.args = f"verzoek geweigerd ({record.name.removeprefix(_DJANGO_WEIGERT)})", ()
        message = _SECRET_IN_PATH.sub(r"\1…", _ID_IN_PATH.sub(r"\1…", record.getMessage()))
        record.msg, record.args = message.split("?", 1)[0] if record.name == "django.request" else message, ()
        return True


class DiscreetFormatter(logging.Formatter):
    """A formatter that writes an exception as its type and the places it went through."""

    def format(self, record: logging.LogRecord) -> str:
        """Writes a line with the short reference, and with our own fields behind it."""
        record.__dict__["kort"] = str(record.__dict__.get("kenmerk", ""))[:8] or "-"
        more = "".join(f" {name}={value}" for name, value in _own_fields(record).items())
        return f"{super().format(record)}{more}"

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 (the name is logging's)
        """Writes `TypeError op file:line < file:line`, without messages or source lines.

        What the database said has its code behind the type (SQLSTATE), such as `OperationalError 57P01`.
        """
        exc_type, error, tb = ei
        if exc_type is None:
            return ""
        code = getattr(error, "sqlstate", None) or getattr(
            getattr(error, "__cause__", None), "sqlstate", None
        )
        frames = [
            f"{frame.filename.removeprefix(_ROOT + '/')}:{frame.lineno}" for frame in traceback.extract_tb(tb)
        ]
        name = f"{exc_type.__module__}.{exc_type.__qualname__}{f' {code}' if code else ''}"
        return f"{name} op {' < '.join(reversed(frames[-12:]))}"

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        """Gives no stack: it would show source lines."""
        return ""


class JsonFormatter(DiscreetFormatter):
    """A formatter that writes one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Writes time (UTC), level, logger, part, reference, message, and where there is one the exception."""
        line: dict[str, Any] = {
            "tijd": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "niveau": record.levelname,
            "logger": record.name,
            "onderdeel": os.environ.get("UM_COMPONENT") or "portaal",
            "proces": record.process,
            "kenmerk": getattr(record, "kenmerk", ""),
            "bericht": record.getMessage(),
            **_own_fields(record),
        }
        if record.exc_info:
            line["fout"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _own_fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: record.__dict__[name] for name in VELDEN if name in record.__dict__}


def configuration(niveau: str, vorm: str, melder: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Gives the `LOGGING` of every process, gunicorn and Celery included; `vorm` is `json` or `regel`.

    `melder` holds the arguments of `Foutmelder`, where the installation wants that.
    """
    regel = {
        "()": "um_portal.logs.DiscreetFormatter",
        "format": "{asctime} {levelname} {name} [{kort}] {message}",
        "style": "{",
    }
    handlers: dict[str, Any] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "uitvoer", "filters": ["discreet"]}
    }
    if melder:
        handlers["fouten"] = {"()": "um_portal.foutmelder.Foutmelder", **melder}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"discreet": {"()": "um_portal.logs.DiscreetFilter"}},
        "formatters": {"uitvoer": {"()": "um_portal.logs.JsonFormatter"} if vorm == "json" else regel},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": niveau},
        "loggers": {
            "django": {"handlers": list(handlers), "level": "INFO", "propagate": False},
            "django.request": {"handlers": list(handlers), "level": "ERROR", "propagate": False},
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            # What it warns of, it says with the address, in which there is an id.
            "urllib3": {"level": "CRITICAL"},
            "celery": {"level": "INFO"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }


def vorm(environ: Mapping[str, str]) -> str:
    """Gives the form of the lines that the environment asks for, before the settings are read."""
    demo = environ.get("UM_DEMO", "").lower() in {"1", "true", "yes", "on", "y", "ok"}
    return environ.get("UM_LOG_VORM") or ("regel" if demo else "json")
