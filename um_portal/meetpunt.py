"""Answers Prometheus at a place of its own: UM_METINGEN_ADRES, where nothing else is answered.

A web part gets it as a second address of its gunicorn, so that a part which does not answer people does not answer
here either. A worker has a thread for it. The proxy in front knows nothing of this place, and the addresses of the
portal have no figures.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from um_portal import metingen
from um_portal.onderdelen import ONDERDELEN, Web, Werker

ADRES: Final = "UM_METINGEN_ADRES"
PAD: Final = "/metrics"

Start = Callable[..., Any]


def place() -> metingen.Adres | None:
    """Gives the place where this part is asked for its figures; None when it is not, or has none."""
    deel = ONDERDELEN.get(os.environ.get("UM_COMPONENT", ""))
    if not isinstance(deel, Web | Werker) or not deel.meetpoort:
        return None
    return metingen.place(os.environ.get(ADRES, ""), deel.meetpoort)


def respond(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """Answers one call at the place for figures."""
    if environ.get("PATH_INFO") != PAD or environ.get("REQUEST_METHOD") != "GET":
        start_response("404 Not Found", [("Content-Length", "0")])
        return [b""]
    body = metingen.text()
    start_response("200 OK", [("Content-Type", metingen.MEDIATYPE), ("Content-Length", str(len(body)))])
    return [body]


class Meetpunt:
    """The application round the portal: what comes in at the place for figures goes no further."""

    def __init__(self, application: Callable[[dict[str, Any], Start], Iterable[bytes]]) -> None:
        self.application = application
        self.place = place()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answers by the address at which the call came in; no header says that."""
        if self.place is not None and _own_port(environ) == self.place.poort:
            return respond(environ, start_response)
        return self.application(environ, start_response)


def _own_port(environ: dict[str, Any]) -> int | None:
    name = environ["gunicorn.socket"].getsockname()
    return int(name[1]) if isinstance(name, tuple) else None


class _Quiet(WSGIRequestHandler):
    # Seconds: who asks nothing keeps nobody waiting for long.
    timeout = 5

    def log_message(self, format: str, *args: Any) -> None:
        """Writes nothing."""


def serve(where: metingen.Adres) -> WSGIServer:
    """Makes the server of a worker; the caller lets it serve in a thread."""
    return make_server(where.host, where.poort, respond, handler_class=_Quiet)
