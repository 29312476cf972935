"""Runs a web server inside this process, over which the exchange reaches the simulator's own sources.

The exchange waits for its sources. If they shared the threads of the server that bemiddelaars call, a handful
of searches at once would occupy all of them and wait for themselves.
"""

import socketserver
import threading
from typing import Any, Final
from wsgiref.simple_server import WSGIServer

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import WSGIRequestHandler

_lock: Final = threading.Lock()
_running: "list[_Server]" = []


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """A server with a thread for every call, reachable on this machine only."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Logs nothing: the exchange may hang up when its time is over."""


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: the path holds the id of a record, and the exchange logs what went wrong."""


def base_url() -> str:
    """Gives the address of the own sources; starts the server when this process does not have it yet."""
    with _lock:
        if not _running:
            server = _Server(("127.0.0.1", 0), _Handler)
            server.set_app(WSGIHandler())
            threading.Thread(target=server.serve_forever, name="eigen-bronnen", daemon=True).start()
            _running.append(server)
        return f"http://127.0.0.1:{_running[0].server_port}"
