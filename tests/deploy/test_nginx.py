"""nginx with the shipped configuration before the parts of the shipped unit, outside the demonstration."""

import contextlib
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.authority import CLIENT, SERVER, Issuer
from tests.deploy.parts import READY_WITHIN, call
from tests.places import ROOT
from tests.processes import EXCHANGE_OIN, wait_until
from um_portal import outward
from um_portal.embedded.redis_server import free_port
from um_portal.outward import GeenAntwoord, Limits, Tls

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="needs nginx")]

SOURCE_NAME, PORTAL_NAME = "um-bron.voorbeeld.nl", "um.voorbeeld.nl"
MATCHES = "/vum/bron/v3/werkzoekendeProfielen/matches"
NOBODY, OTHER_OIN = "00000001234567890000", "00000009999999999000"
# Without the headers of the contract: who is let in is told so, and who is not gets no word.
LET_IN, REFUSED = 400, 401


@dataclass
class Front:
    """nginx that runs, and where."""

    place: Path
    source: int
    portal: int
    exchange: int

    @property
    def certificates(self) -> Path:
        return self.place / "etc"

    def ask(
        self, client: str | None, *headers: tuple[str, str], path: str = MATCHES, name: str = SOURCE_NAME,
        sni: str = "", port: int = 0, method: str = "POST",
    ) -> tuple[int, bytes, http.client.HTTPMessage]:  # fmt: skip
        """Asks over TLS with this client certificate; gives the status, the body and the headers."""
        context = ssl.create_default_context(cafile=str(self.certificates / "ca.pem"))
        if client:
            own = self.certificates / client
            context.load_cert_chain(own.with_suffix(".pem"), own.with_suffix(".key"))
        plain = socket.create_connection(("127.0.0.1", port or self.source), timeout=20)
        with context.wrap_socket(plain, server_hostname=sni or name) as secure:
            connection = http.client.HTTPConnection(name, timeout=20)
            connection.sock = secure
            connection.putrequest(method, path, skip_host=True)
            for header, value in (("Host", name), ("Content-Length", "0"), *headers):
                connection.putheader(header, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers


def _unit(naam: str) -> tuple[list[str], dict[str, str]]:
    """Gives the command and the variables of the shipped unit for this part."""
    text = (ROOT / "deploy" / "systemd" / "um@.service").read_text().replace("%i", naam)
    [command] = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    variables = dict(line.split("=", 1) for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE))
    return shlex.split(command), variables


def _put_in_place(text: str, place: Path, ports: dict[str, int]) -> str:
    for address, port in ports.items():
        text = text.replace(f"{address} ", f"127.0.0.1:{port} ").replace(f"{address};", f"127.0.0.1:{port};")
    return (
        text.replace("/etc/nginx/um/", f"{ROOT}/deploy/nginx/")
        .replace("/etc/um/", f"{place}/etc/")
        .replace("/run/um-", f"{place}/run/um-")
        .replace("/var/log/nginx/", f"{place}/log/")
        .replace("/dev/shm/um-nginx", f"{place}/body")
    )


def _certificates(place: Path) -> None:
    """Two generations of issuers, and a party for everything that can be right or wrong."""
    roots = [Issuer("Stam G3"), Issuer("Stam G4")]
    third, fourth = issuers = [Issuer("Uitgever G3", roots[0]), Issuer("Uitgever G4", roots[1])]
    stranger = Issuer("Een vreemde")
    third.issue(place / "goed-g3", CLIENT, serial_number=EXCHANGE_OIN)
    fourth.issue(place / "goed-g4", CLIENT, serial_number=EXCHANGE_OIN)
    fourth.issue(place / "ander-doel", SERVER, serial_number=EXCHANGE_OIN)
    fourth.issue(place / "verlopen", CLIENT, serial_number=EXCHANGE_OIN, expired=True)
    fourth.issue(place / "andere-oin", CLIENT, serial_number=OTHER_OIN)
    fourth.issue(place / "zonder-oin", CLIENT)
    fourth.issue(place / "nagemaakte-naam", CLIENT, name=f"x,serialNumber={EXCHANGE_OIN}")
    fourth.issue(place / "twee", CLIENT, serial_number=OTHER_OIN, name=f"x,serialNumber={EXCHANGE_OIN},y")
    stranger.issue(place / "vreemd", CLIENT, serial_number=EXCHANGE_OIN)
    revoked = fourth.issue(place / "ingetrokken", CLIENT, serial_number=EXCHANGE_OIN)
    fourth.revoked.append(revoked.serial_number)
    for name, host in (("bron", SOURCE_NAME), ("portaal", PORTAL_NAME)):
        (place / name).mkdir()
        fourth.issue(place / name / "server", SERVER, hosts=(host, "localhost"))
    everyone = [*issuers, *roots]
    (place / "bron" / "uitgevers.pem").write_bytes(b"".join(issuer.pem() for issuer in everyone))
    (place / "bron" / "intrekkingen.pem").write_bytes(b"".join(issuer.crl() for issuer in everyone))
    (place / "ca.pem").write_bytes(b"".join(root.pem() for root in roots))


@contextlib.contextmanager
def _running_parts(place: Path) -> Iterator[None]:
    common = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("UM_") and name != "DATABASE_EIGENAAR_URL"
    }
    common |= {
        "UM_MASTER_KEY": os.environ["UM_MASTER_KEY"],
        "UM_HOSTS": PORTAL_NAME,
        "UM_ACHTER_PROXY": "1",
        "UM_VERTROUWDE_PROXIES": "unix",
        "UM_DATA_DIR": str(place),
        "UM_EXCHANGE_URL": "https://uitwisseling.example/vum/v3",
    }
    own = {naam: {"UM_SECRET_KEY": os.environ["UM_SECRET_KEY"]} for naam in ("paginas", "balie")}
    with contextlib.ExitStack() as stack:
        for naam in ("paginas", "balie", "bron", "aanleveren"):
            (place / "run" / f"um-{naam}").mkdir(parents=True)
            (_, *arguments), variables = _unit(naam)
            bind = variables["UM_BIND"].replace("/run/", f"{place}/run/")
            log = stack.enter_context((place / "log" / f"{naam}.log").open("wb"))
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**common, **variables, **own.get(naam, {}), "UM_BIND": bind, "UM_WEB_PROCESSEN": "1"},
                stdout=log,
                stderr=log,
            )
            stack.callback(process.wait, 40)
            stack.callback(process.terminate)
            path = Path(bind.removeprefix("unix:"))
            wait_until(lambda path=path: _lives(path), f"{naam} answers", READY_WITHIN)  # type: ignore[misc]
        yield


def _lives(path: Path) -> bool:
    try:
        return call(path, "/health/ready")[0] == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def front(django_db_setup: None) -> Iterator[Front]:
    assert NGINX is not None
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="um-")))
        for name in ("etc", "log"):
            (place / name).mkdir()
        _certificates(place / "etc")
        found = Front(place, free_port(), free_port(), free_port())
        ports = {
            "192.0.2.10:443": found.source, "198.51.100.10:443": found.portal, "198.51.100.10:80": free_port(),
        }  # fmt: skip
        shipped = [
            _put_in_place((ROOT / "deploy" / "nginx" / name).read_text(), place, ports)
            for name in ("bron.conf", "portaal.conf")
        ]
        exchange = f"""
            server {{
                listen 127.0.0.1:{found.exchange} ssl;
                include {ROOT}/deploy/nginx/tls.conf;
                ssl_certificate {place}/etc/bron/server.pem;
                ssl_certificate_key {place}/etc/bron/server.key;
                ssl_client_certificate {place}/etc/bron/uitgevers.pem;
                ssl_verify_client on;
                ssl_verify_depth 4;
                location / {{ return 200 "$ssl_client_s_dn"; }}
            }}"""
        (place / "nginx.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {place}/nginx.pid;\n"
            f"error_log {place}/log/nginx.log;\nevents {{}}\nhttp {{ {' '.join(shipped)} {exchange} }}\n"
        )
        stack.enter_context(_running_parts(place))
        server = subprocess.Popen([NGINX, "-p", str(place), "-c", str(place / "nginx.conf")])
        stack.callback(server.wait, 20)
        stack.callback(server.terminate)

        def listens() -> bool:
            assert server.poll() is None, (place / "log" / "nginx.log").read_text()
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", found.source), timeout=1).close()
                return True
            return False

        wait_until(listens, "nginx listens")
        yield found


@pytest.mark.parametrize("client", ["goed-g3", "goed-g4"])
def test_the_exchange_is_let_in_by_a_certificate_of_either_generation(front: Front, client: str) -> None:
    status, body, headers = front.ask(client)
    assert (status, json.loads(body)["code"]) == (LET_IN, "400.02"), body
    assert headers["API-Version"] == "3.0.0"


@pytest.mark.parametrize(
    "client",
    [
        None, "ander-doel", "verlopen", "ingetrokken", "vreemd", "andere-oin", "zonder-oin", "nagemaakte-naam", "twee",
    ],
)  # fmt: skip
def test_whoever_shows_no_right_certificate_gets_401_without_a_word(front: Front, client: str | None) -> None:
    forged = [("X-Client-Cert-OIN", EXCHANGE_OIN), ("X-Client-Cert-OIN", EXCHANGE_OIN)]
    for headers in ([], forged, [("X_Client_Cert_OIN", EXCHANGE_OIN)]):
        status, body, _ = front.ask(client, *headers)
        assert (status, body) == (REFUSED, b""), headers


def test_a_header_of_the_caller_does_not_replace_the_certificate(front: Front) -> None:
    for header in ("X-Client-Cert-OIN", "X_Client_Cert_OIN", "x-client-cert-oin"):
        assert front.ask("goed-g4", (header, NOBODY), (header, NOBODY))[0] == LET_IN


def test_only_the_source_answers_there_and_an_address_is_what_it_seems(front: Front) -> None:
    hidden = MATCHES.replace("/bron", "%2fbron")
    for path in ("/", "/health/ready", "/api/v1/openapi.json", "/account/inloggen"):
        assert front.ask("goed-g4", path=path, method="GET")[0] == 404, path
    assert front.ask("goed-g4", path=hidden)[0] == 400
    shortened = MATCHES.removeprefix("/vum")
    assert front.ask("goed-g4", ("SCRIPT_NAME", "/vum"), path=shortened)[0] == 404
    assert front.ask("goed-g4", ("SCRIPT_NAME", "/elders"))[0] == LET_IN


def test_the_portal_shows_pages_and_the_delivery_api_and_never_the_source(front: Front) -> None:
    def status(path: str, *headers: tuple[str, str]) -> int:
        asked = front.ask(None, *headers, path=path, name=PORTAL_NAME, port=front.portal, method="GET")
        return asked[0]

    assert [status(path) for path in ("/privacy", "/api/v1/openapi.json")] == [200, 200]
    for path in (
        MATCHES,
        MATCHES.replace("/vum", "/%76um"),
        "//vum/bron/v3/x",
        "/health/ready",
        "/health/live",
    ):
        assert status(path, ("X-Client-Cert-OIN", EXCHANGE_OIN)) == 404, path
    # The portal's name opens no door to the source, with whatever certificate.
    answer = front.ask("goed-g4", name=SOURCE_NAME, sni=PORTAL_NAME, port=front.portal)
    assert answer[0] in {403, 404, 421}


def test_an_old_kind_of_tls_is_not_spoken(front: Front) -> None:
    context = ssl.create_default_context(cafile=str(front.certificates / "ca.pem"))
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    for port, name in ((front.source, SOURCE_NAME), (front.portal, PORTAL_NAME)):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain, pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_hostname=name)


def test_a_header_that_is_sent_straight_to_a_part_is_believed_of_its_proxy_alone(front: Front) -> None:
    # Who may open the socket is the proxy; who may not, cannot say anything.
    for naam in ("bron", "paginas", "balie", "aanleveren"):
        path = front.place / "run" / f"um-{naam}" / "socket"
        assert path.stat().st_mode & 0o007 == 0
        assert not any(connection_of(path)), "no part listens on a port"


def connection_of(path: Path) -> list[str]:
    """The ports on which the process of this socket listens too."""
    inode = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines() if str(path) in line}
    assert inode
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            links = {os.readlink(link) for link in (process / "fd").iterdir()}
            if links & {f"socket:[{number}]" for number in inode}:
                tcp = (process / "net" / "tcp").read_text().splitlines()[1:]
                listening = {f"socket:[{line.split()[9]}]" for line in tcp if line.split()[3] == "0A"}
                found += sorted(links & listening)
    return found


def test_the_logs_hold_no_address_with_an_id(front: Front) -> None:
    front.ask("goed-g4", path="/vum/bron/v3/werkzoekendeProfielen/geheime-id", method="GET")
    for log in (front.place / "log").iterdir():
        assert "geheime-id" not in log.read_text(errors="replace"), log.name


def test_the_logs_hold_no_link_that_works_once(front: Front) -> None:
    for path in (
        "uitnodiging/geheim-1",
        "herstel/geheim-2",
        "herstel/bezwaar/geheim-3",
        "wachtwoord-vergeten/1-geheim-4",
    ):
        front.ask(None, path=f"/account/{path}", name=PORTAL_NAME, port=front.portal, method="GET")
    front.ask(None, path="/account/inloggen", name=PORTAL_NAME, port=front.portal, method="GET")

    def told() -> dict[str, str]:
        return {log.name: log.read_text(errors="replace") for log in (front.place / "log").iterdir()}

    # A line is written after the answer was sent.
    wait_until(lambda: "/account/inloggen" in told()["um-portaal.log"], "the last request is in the log")
    assert "/account/uitnodiging/..." in told()["um-portaal.log"]
    assert {name for name, text in told().items() if "geheim-" in text} == set()


def test_the_exchange_is_asked_with_the_portals_own_client_certificate(front: Front) -> None:
    url, limits = f"https://localhost:{front.exchange}/", Limits(whole=10, silence=10, size=10_000)
    trusted = str(front.certificates / "ca.pem")

    def said(name: str) -> bytes:
        own = front.certificates / name
        tls = Tls(f"{own}.pem", f"{own}.key", trusted)
        with outward.call("GET", url, headers={}, limits=limits, tls=tls) as answer:
            return answer.read() if answer.status == 200 else b""

    assert EXCHANGE_OIN.encode() in said("goed-g4")
    # The key pair with which the portal is called is not the one with which it calls.
    with contextlib.suppress(GeenAntwoord):
        assert said("portaal/server") == b""
