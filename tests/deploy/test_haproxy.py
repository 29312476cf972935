"""HAProxy with the shipped configuration for the web parts, before parts that tell what reached them."""

import grp
import http.client
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template

import pytest

from tests.cluster import programmas
from tests.deploy.parts import UnixConnection
from tests.places import ROOT
from tests.processes import EXCHANGE_OIN, wait_until
from um_portal.onderdelen import ONDERDELEN, Web

pytestmark = pytest.mark.slow
PARTS = [deel for deel in ONDERDELEN.values() if isinstance(deel, Web) and deel.adressen]
OIN = "X-Client-Cert-OIN"


def _part(naam: str) -> ThreadingHTTPServer:
    """Gives a server that answers with its name and the headers that it got."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps([naam, self.headers.items()]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Says nothing: HAProxy reads no further than the status when it only looks whether somebody is there."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of the two sockets of a HAProxy that runs."""
    try:
        program, env = programmas.haproxy()
    except programmas.NietTeKrijgen as problem:
        pytest.skip(str(problem))
    # The path of a socket has at most 108 characters.
    place = tmp_path_factory.mktemp("h")
    servers = {deel.naam: _part(deel.naam) for deel in PARTS}
    values: dict[str, object] = {"MAP": place, "GROEP": grp.getgrgid(os.getgid()).gr_name}
    for naam, server in servers.items():
        for number in (1, 2):
            values[f"POORT_{naam.upper()}{number}"] = server.server_address[1]
    shipped = (ROOT / "deploy" / "cluster" / "haproxy-web.cfg").read_text()
    (place / "haproxy.cfg").write_text(Template(shipped).substitute(values))
    process = subprocess.Popen([program, "-db", "-f", str(place / "haproxy.cfg")], env=env)
    wait_until((place / "bron.sock").exists, "HAProxy listens")
    yield place
    process.kill()
    process.wait()
    for server in servers.values():
        server.shutdown()


def ask(socket: Path, path: str, *headers: tuple[str, str]) -> tuple[int, str, list[tuple[str, str]]]:
    """Gives the status, the part that answered and the headers that reached it."""
    connection = UnixConnection(socket)
    connection.putrequest("GET", path)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    naam, reached = json.loads(body) if answer.status == http.client.OK else ("", [])
    return answer.status, naam, [(name, value) for name, value in reached]


def test_every_address_reaches_the_part_of_the_table(place: Path) -> None:
    for deel in PARTS:
        socket = place / ("bron.sock" if deel.naam == "bron" else "portaal.sock")
        for address in deel.adressen:
            assert ask(socket, f"{address}iets")[:2] == (200, deel.naam)


def test_nobody_brings_an_oin_in_from_outside(place: Path) -> None:
    forged = [(name, EXCHANGE_OIN) for name in (OIN, OIN, OIN.lower(), OIN.upper(), OIN.replace("-", "_"))]
    for path in ("/", "/account/", "/api/v1/"):
        status, _, reached = ask(place / "portaal.sock", path, *forged, ("X-Request-ID", "hier"))
        assert status == 200
        assert [name for name, _ in reached if "oin" in name.lower()] == []
        assert ("x-request-id", "hier") in reached, "what nginx says otherwise comes through"
    for path in ("/vum/bron/v3/", "/vum/"):
        assert ask(place / "portaal.sock", path, *forged)[0] == 404


def test_the_source_is_told_the_oin_of_nginx_once_and_answers_nothing_else(place: Path) -> None:
    status, naam, reached = ask(place / "bron.sock", "/vum/bron/v3/", (OIN, EXCHANGE_OIN))
    assert (status, naam) == (200, "bron")
    assert [value for name, value in reached if name == OIN.lower()] == [EXCHANGE_OIN]
    assert ask(place / "bron.sock", "/vum/bron/v3/", (OIN, EXCHANGE_OIN), (OIN, EXCHANGE_OIN))[0] == 401
    assert ask(place / "bron.sock", "/account/", (OIN, EXCHANGE_OIN))[0] == 404


def test_only_the_group_of_haproxy_opens_the_sockets(place: Path) -> None:
    assert {(place / name).stat().st_mode & 0o777 for name in ("bron.sock", "portaal.sock")} == {0o660}
