"""The one address of the demonstration: every call goes to the part that its path belongs to, and to no other."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from um_portal.embedded.front import Front
from um_portal.embedded.redis_server import free_port


class Part(ThreadingHTTPServer):
    """A part that answers with its own name and what it was asked, and keeps connections open if it may."""

    def __init__(self, name: str) -> None:
        self.asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(handler) -> None:  # noqa: N805
                self.asked.append(handler.path)
                handler.answer(200)

            def do_POST(handler) -> None:  # noqa: N805
                # Answers before it has read anything, as to a file that is too large.
                handler.answer(413)

            def answer(handler, status: int) -> None:  # noqa: N805
                body = name.encode()
                handler.send_response(status)
                handler.send_header("Content-Length", str(len(body)))
                handler.end_headers()
                handler.wfile.write(body)

            def log_message(handler, *args: object) -> None:  # noqa: N805
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def parts() -> Iterator[dict[str, Part]]:
    found = {name: Part(name) for name in ("paginas", "bron")}
    yield found
    for part in found.values():
        part.shutdown()
        part.server_close()


@pytest.fixture
def port(parts: dict[str, Part]) -> Iterator[int]:
    front = Front(
        free_port(),
        {
            "/": parts["paginas"].server_port,
            "/vum/bron/v3/": parts["bron"].server_port,
            "/weg/": free_port(),
        },
    )
    front.start()
    yield front.port
    front.stop()


def ask(port: int, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, str, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers["Connection"]


def raw(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_path_leads_to_its_part(port: int) -> None:
    for path, name in (
        ("/", "paginas"),
        ("/vum/bron/v3/x", "bron"),
        ("/vum/bron", "paginas"),
        ("/vum%2fbron/v3/x", "paginas"),
        ("/?/vum/bron/v3/", "paginas"),
    ):
        assert ask(port, path)[:2] == (200, name), path


def test_what_follows_on_a_connection_reaches_no_part(port: int, parts: dict[str, Part]) -> None:
    first, second = (f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in ("/een", "/vum/bron/v3/twee"))
    said = raw(port, (first + second).encode())
    assert said.count(b"HTTP/1.1 200") == 1
    assert (parts["paginas"].asked, parts["bron"].asked) == (["/een"], [])


def test_a_caller_cannot_keep_the_connection_to_a_part(port: int, parts: dict[str, Part]) -> None:
    raw(port, b"GET /een HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\nconnection: upgrade\r\n\r\n")
    assert parts["paginas"].asked == ["/een"]


def test_a_part_that_is_away_is_told_and_the_others_go_on(port: int) -> None:
    status, text, _ = ask(port, "/weg/x")
    assert status == 503
    assert "over een paar seconden opnieuw" in text
    assert ask(port, "/")[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"geen http\r\n\r\n",
        b"GET http://elders/ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000,
    ],
)
def test_what_cannot_be_read_is_refused(port: int, sent: bytes, parts: dict[str, Part]) -> None:
    with contextlib.suppress(ConnectionError):
        assert raw(port, sent).startswith(b"HTTP/1.1 400 ")
    assert parts["paginas"].asked == []


def test_an_answer_before_the_end_of_a_large_body_arrives(port: int) -> None:
    assert ask(port, "/", "POST", b"x" * 5_000_000)[:2] == (413, "paginas")
