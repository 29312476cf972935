"""Tells a Sentry of the host that something broke, where UM_SENTRY_DSN says so: the type, and file:line.

The event is made here, field by field, out of what the log tells too. So there are no messages, no variables, no
requests, no people and no addresses in it, whatever the library would like to add.
"""

import logging
import os
import traceback
from typing import Any, Final

from um_portal import kenmerk

_FRAMES: Final = 50
# Seconds for what still waits to be sent when the process ends.
_AT_THE_END: Final = 2.0


def is_installed() -> bool:
    """Tells whether the library is there: it is in requirements-sentry.txt, not in requirements.txt."""
    try:
        import sentry_sdk  # noqa: F401
    except ImportError:
        return False
    return True


class Foutmelder(logging.Handler):
    """A handler that sends an event for every error with an exception."""

    def __init__(self, dsn: str, versie: str) -> None:
        super().__init__(logging.ERROR)
        self.dsn = dsn
        self.versie = versie
        # A process that forked has a client of its own.
        self._clients: dict[int, Any] = {}

    def _client(self) -> Any:
        import sentry_sdk

        if os.getpid() not in self._clients:
            self._clients[os.getpid()] = sentry_sdk.Client(
                dsn=self.dsn,
                release=self.versie,
                server_name="",
                default_integrations=False,
                auto_enabling_integrations=False,
                auto_session_tracking=False,
                send_client_reports=False,
                include_local_variables=False,
                include_source_context=False,
                max_breadcrumbs=0,
                traces_sample_rate=None,
                before_send=_only_ours,
            )
        return self._clients[os.getpid()]

    def emit(self, record: logging.LogRecord) -> None:
        """Sends the event; a failure to do so is told by `logging` on stderr, and stops nobody."""
        if not record.exc_info or record.exc_info[0] is None:
            return
        try:
            self._client().capture_event(event_of(record))
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name is logging's)
        """Tells nothing of the record, which may hold what must not be written."""

    def close(self) -> None:
        """Waits a moment for what still has to be sent."""
        client = self._clients.get(os.getpid())
        if client is not None:
            client.close(timeout=_AT_THE_END)
        super().close()


_OURS: Final = frozenset(
    {"event_id", "timestamp", "platform", "level", "logger", "exception", "tags", "release"}
)


def _only_ours(event: Any, hint: Any) -> Any:
    """Drops what the library added, such as the name of the machine and the list of packages."""
    return {name: value for name, value in event.items() if name in _OURS}


def event_of(record: logging.LogRecord) -> dict[str, Any]:
    """Makes the event: the logger, the type of the exception, its places, the part and the reference."""
    assert record.exc_info is not None
    exc_type, _, tb = record.exc_info
    assert exc_type is not None
    frames = [
        {"filename": frame.filename, "function": frame.name, "lineno": frame.lineno}
        for frame in traceback.extract_tb(tb)[-_FRAMES:]
    ]
    return {
        "level": "error",
        "logger": record.name,
        "exception": {
            "values": [
                {
                    "type": exc_type.__qualname__,
                    "module": exc_type.__module__,
                    "value": "",
                    "stacktrace": {"frames": frames},
                }
            ]
        },
        "tags": {
            "onderdeel": os.environ.get("UM_COMPONENT") or "portaal",
            "kenmerk": kenmerk.short() or "-",
        },
    }
