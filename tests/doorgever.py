"""A server between the portal and the simulator, which passes calls on as it was told: at once, late or broken.

It keeps a book of its own: what was asked, whether it was passed on, and whether the answer went back whole.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

_RESET = b"\x01\0\0\0\0\0\0\0"


@dataclass
class Aanroep:
    """One call: `status` is that of the simulator, 0 as long as it did not answer; `heel` when all of it went back."""

    pad: str
    inhoud: bytes
    begin: float = field(default_factory=time.monotonic)
    doorgegeven: bool = False
    status: int = 0
    heel: bool = False

    @property
    def is_detail(self) -> bool:
        """Tells whether this asks for a detail."""
        return not self.pad.endswith("/matches")

    @property
    def vum_id(self) -> str:
        """Gives the match of which the detail is asked."""
        return self.pad.rsplit("/", 1)[1]


class Verbinding:
    """One call with the caller at the other end: what a behaviour works with."""

    def __init__(self, handler: BaseHTTPRequestHandler, simulator: int, aanroep: Aanroep) -> None:
        self._handler, self._simulator, self.aanroep = handler, simulator, aanroep

    def forward(self) -> requests.Response:
        """Passes the call on, and gives the answer."""
        headers = {
            name: value
            for name, value in self._handler.headers.items()
            if name.lower() not in {"host", "connection"}
        }
        self.aanroep.doorgegeven = True
        answer = requests.request(
            self._handler.command,
            f"http://127.0.0.1:{self._simulator}{self.aanroep.pad}",
            data=self.aanroep.inhoud,
            headers=headers,
            timeout=60,
        )
        self.aanroep.status = answer.status_code
        return answer

    def send(self, status: int, content: bytes, length: int | None = None) -> None:
        """Sends an answer; `length` is what it says of its own length, when that is another than it has."""
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", "application/json")
        self._handler.send_header("Content-Length", str(len(content) if length is None else length))
        self._handler.end_headers()
        self._handler.wfile.write(content)

    def drip(self, content: bytes, pause: float) -> None:
        """Sends one byte after another, each after a pause, until the caller has enough of it."""
        for byte in content:
            self._handler.wfile.write(bytes([byte]))
            time.sleep(pause)

    def reset(self) -> None:
        """Breaks the connection off."""
        self._handler.close_connection = True
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        # Below the buffered files, so that nothing is said any more.
        socket.close(self._handler.connection.detach())


Gedrag = Callable[[Verbinding], None]


def passes_on(verbinding: Verbinding) -> None:
    """Passes the call and its answer on."""
    answer = verbinding.forward()
    verbinding.send(answer.status_code, answer.content)
    verbinding.aanroep.heel = True


class Doorgever:
    """The server; `gedrag` may be changed at any time, and `simulator` is the port behind it."""

    def __init__(self, gedrag: Gedrag = passes_on) -> None:
        self.gedrag, self.simulator = gedrag, 0
        self.boek: list[Aanroep] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                aanroep = Aanroep(self.path, content)
                outer.boek.append(aanroep)
                outer.gedrag(Verbinding(self, outer.simulator, aanroep))

            do_GET = do_POST = _pass  # noqa: N815

            def log_message(self, *args: Any) -> None:
                """Keeps quiet."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, *args: Any) -> None:
                """Keeps quiet: whoever asked has gone."""

        self._make = lambda port: Server(("127.0.0.1", port), Handler)
        self._server = self._make(0)
        self.port: int = self._server.server_address[1]
        self._listen()

    def _listen(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Gives the address of the exchange, for the portal."""
        return f"http://127.0.0.1:{self.port}/vum/v3"

    @contextlib.contextmanager
    def behaving(self, gedrag: Gedrag) -> Any:
        """Behaves like this as long as it lasts."""
        before, self.gedrag = self.gedrag, gedrag
        try:
            yield
        finally:
            self.gedrag = before

    @contextlib.contextmanager
    def away(self) -> Any:
        """Lets nobody in, and ends the connections that are open."""
        with self.behaving(lambda verbinding: verbinding.reset()):
            self._server.shutdown()
            self._server.server_close()
            try:
                yield
            finally:
                self._server = self._make(self.port)
                self._listen()
