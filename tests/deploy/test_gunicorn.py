"""What a real installation leans on: the web server's own configuration, tried with a real server."""

import http.client
import os
import runpy
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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
    with _serving("tests.deploy.test_gunicorn:application") as address:
        yield address


@contextmanager
def _serving(application: str, **env: str) -> Iterator[tuple[str, int]]:
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
            application,
        ],
        cwd=ROOT,
        # A part never gets the login of the owner of the tables.
        env={name: value for name, value in os.environ.items() if name != "DATABASE_EIGENAAR_URL"}
        | {"UM_BIND": f"{address[0]}:{address[1]}", "UM_WEB_PROCESSEN": "1"}
        | env,
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


@pytest.mark.slow
def test_the_simulator_keeps_a_connection_open_whatever_it_was_sent() -> None:
    with _serving(
        "um_portal.wsgi:application", UM_COMPONENT="simulator", UM_SIMULATOR_BRONNEN="", UM_DEMO="1"
    ) as address:
        connection = http.client.HTTPConnection(*address, timeout=30)
        connection.connect()
        first = connection.sock
        for method, path, size in (
            ("GET", "/vum/v3/vacatures/x", 0),
            ("POST", "/vum/v3/vacatures/matches", 10),
            ("POST", "/vum/v3/vacatures/matches", 60_000),
            ("POST", "/vum/v3/vacatures/x", 200_000),
            ("POST", "/nergens", 500_000),
            ("POST", "/vum/v3/vacatures/matches", 3_000_000),
            ("GET", "/vum/v3/vacatures/x", 0),
        ):
            connection.request(method, path, b"x" * size, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert answer.status in {400, 404, 405}, (path, size)
            answer.read()
            assert connection.sock is first


def test_beside_a_demonstration_the_simulator_has_a_port_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"UM_SIMULATOR_PORT": "8001", "UM_SECRET_KEY": "van de demonstratie", "UM_DATA_DIR": "hier"}
    for name in ("DATABASE_URL", "UM_SECRET_KEY", "UM_BIND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("um_portal.embedded.running.find", lambda environ: told)
    monkeypatch.setattr(
        os, "environ", {**os.environ, "UM_COMPONENT": "simulator", "UM_SIMULATOR_PORT": "9001"}
    )
    conf = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))
    assert conf["bind"] == "127.0.0.1:9001"
    assert os.environ["UM_SECRET_KEY"] == "van de demonstratie"
    assert conf["keepalive"] > 60
