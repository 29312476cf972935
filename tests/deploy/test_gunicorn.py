"""What a real installation leans on: the web server's own configuration, tried with a real server."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from tests.places import ROOT


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Tell who called, as the portal would learn it."""
    caller = environ.get("HTTP_X_CLIENT_CERT_OIN", "niemand").encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(caller)))])
    return [caller]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address: tuple[str, int] = free.getsockname()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "deploy/gunicorn.conf.py",
            "tests.deploy.test_gunicorn:application",
        ],
        cwd=ROOT,
        env={**os.environ, "UM_BIND": f"{address[0]}:{address[1]}", "UM_WEB_PROCESSEN": "1"},
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                socket.create_connection(address, timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _call(server: tuple[str, int], *headers: str) -> str:
    request = "\r\n".join(["GET / HTTP/1.1", "Host: portaal", "Connection: close", *headers, "", ""])
    with socket.create_connection(server, timeout=10) as connection:
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    return answer.decode().rpartition("\r\n\r\n")[2]


def test_a_header_with_underscores_cannot_pass_for_the_one_of_the_proxy(server: tuple[str, int]) -> None:
    assert _call(server) == "niemand"
    assert _call(server, "X-Client-Cert-OIN: proxy") == "proxy"
    assert _call(server, "X_Client_Cert_OIN: aanvaller") == "niemand"
    assert _call(server, "X-Client-Cert-OIN: proxy", "X_Client_Cert_OIN: aanvaller") == "proxy"
