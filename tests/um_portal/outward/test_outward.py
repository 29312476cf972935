"""Calling another party that is slow, too large, insecure or gone: with real servers on this machine."""

import contextlib
import gzip
import logging
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from um_portal import outward
from um_portal.outward import GeenAntwoord, Ingepakt, Limits, TeGroot, TeLaat, Tls

PLENTY = Limits(whole=20, silence=20, connect=20, size=1000)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Behaviour = Callable[[socket.socket], None]


class Party:
    """A server that gives its behaviours one after the other: one for each request, over whatever connection."""

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.behaviours = list(behaviours)
        self.requests: list[bytes] = []
        self.connections = 0
        self.tls = tls
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://localhost:{self.listener.getsockname()[1]}/geheim-nummer"

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            talking = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            with talking:
                while request := self._next_request(talking):
                    self.requests.append(request)
                    self.behaviours.pop(0)(talking)

    @staticmethod
    def _next_request(connection: socket.socket) -> bytes:
        request = b""
        while b"\r\n\r\n" not in request:
            if not (more := connection.recv(65536)):
                return b""
            request += more
        return request


@contextlib.contextmanager
def a_party(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Party]:
    party = Party(*behaviours, tls=tls)
    try:
        yield party
    finally:
        party.over.set()
        party.listener.shutdown(socket.SHUT_RDWR)
        party.listener.close()


def sends(answer: bytes) -> Behaviour:
    return lambda connection: connection.sendall(answer)


def drips(start: bytes, drop: bytes, seconds: float = 15) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(int(seconds / 0.05)):
            time.sleep(0.05)
            connection.sendall(drop)

    return behave


def hangs_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()


def fetch(
    url: str,
    method: str = "GET",
    limits: Limits = PLENTY,
    tls: Tls | None = None,
    body: bytes | None = None,
    kept: bool = True,
) -> tuple[int, bytes]:
    with outward.call(method, url, headers={}, limits=limits, tls=tls, body=body, kept=kept) as response:
        return response.status, response.read()


@pytest.fixture(autouse=True)
def _no_connection_from_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    sessions = outward._Sessions()
    monkeypatch.setattr(outward, "_sessions", sessions)
    yield
    for session in sessions.of.values():
        session.close()


# --- It works ------------------------------------------------------------------------------------------


def test_it_works_and_keeps_the_connection_for_the_next_call() -> None:
    with a_party(sends(OK), sends(OK)) as party:
        assert fetch(party.url) == (200, b"ok")
        assert fetch(party.url, "POST", body=b"{}") == (200, b"ok")
        assert party.connections == 1
    first, second = party.requests
    assert first.startswith(b"GET /geheim-nummer HTTP/1.1\r\n")
    assert second.startswith(b"POST ")
    assert b"accept-encoding: identity" in first.lower()


def test_every_thread_has_a_connection_of_its_own() -> None:
    with a_party(sends(OK), sends(OK)) as party:
        fetch(party.url)
        other = threading.Thread(target=fetch, args=[party.url])
        other.start()
        other.join(20)
        assert party.connections == 2


def test_the_address_goes_out_as_it_was_given() -> None:
    with a_party(sends(OK)) as party:
        fetch(f"{party.url}/%2E%2E/a%2Fb%7E")
    assert party.requests[0].startswith(b"GET /geheim-nummer/%2E%2E/a%2Fb%7E HTTP/1.1\r\n")


def test_an_answer_in_pieces_of_unknown_number_is_read_whole() -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with a_party(sends(answer)) as party:
        assert fetch(party.url) == (200, b"abcde")


# --- Time ----------------------------------------------------------------------------------------------


def test_who_does_not_let_us_in_is_given_up_after_the_time_to_connect() -> None:
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):  # nobody accepts, and the queue is full
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        begin = time.monotonic()
        with pytest.raises(TeLaat):
            fetch(
                f"http://127.0.0.1:{full.getsockname()[1]}/",
                limits=Limits(whole=20, silence=20, connect=0.3, size=9),
            )
        assert time.monotonic() - begin < 5


@pytest.mark.parametrize(
    "behaviour",
    [
        drips(b"", b"H"),
        drips(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
        drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n"),
    ],
    ids=["status line", "header", "body", "chunks", "trailers"],
)
def test_who_drips_is_cut_off_when_the_time_of_the_whole_is_over(behaviour: Behaviour) -> None:
    with a_party(behaviour) as party:
        begin = time.monotonic()
        with pytest.raises(TeLaat):
            fetch(party.url, limits=Limits(whole=0.5, silence=20, connect=20, size=1000))
        assert time.monotonic() - begin < 5
    assert len(party.requests) == 1


def test_silence_ends_a_call_before_its_whole_time_is_over() -> None:
    with a_party(lambda connection: time.sleep(10)) as party:
        begin = time.monotonic()
        with pytest.raises(TeLaat):
            fetch(party.url, limits=Limits(whole=60, silence=0.3, connect=20, size=1000))
        assert time.monotonic() - begin < 5


# --- Size ----------------------------------------------------------------------------------------------


def test_the_limit_on_the_size_is_exact() -> None:
    full = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
    with a_party(sends(full)) as party:
        assert len(fetch(party.url)[1]) == 1000


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /elders\r\n\r\n",
    ],
    ids=["announced", "announced beyond measure", "until the end", "a redirect"],
)
def test_an_answer_that_goes_on_is_read_no_further_than_the_limit(head: bytes) -> None:
    sent = 0

    def mountain(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(head)
        for _ in range(1000):
            connection.sendall(b"x" * 65536)
            sent += 65536

    with a_party(mountain) as party:
        with pytest.raises(TeGroot):
            fetch(party.url)
        time.sleep(0.2)
        # What the kernels of both sides hold has been sent; the mountain has not.
        assert sent < 500 * 65536


def test_chunks_without_end_are_read_no_further_than_the_limit() -> None:
    piece = b"400\r\n" + b"x" * 1024 + b"\r\n"
    endless = drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", piece * 200)
    with a_party(endless) as party, pytest.raises(TeGroot):
        fetch(party.url)


def test_a_small_answer_that_unpacks_to_a_mountain_is_refused_as_it_is() -> None:
    bomb = gzip.compress(b" " * 500_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with a_party(sends(head + bomb)) as party, pytest.raises(Ingepakt):
        fetch(party.url)


# --- What is not followed, kept or told ----------------------------------------------------------------


def test_a_redirect_is_an_answer_like_any_other() -> None:
    with a_party(sends(OK)) as elsewhere:
        moved = f"HTTP/1.1 307 Elders\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n"
        with a_party(sends(moved.encode())) as party:
            assert fetch(party.url) == (307, b"")
    assert elsewhere.connections == 0


def test_a_cookie_is_not_sent_back() -> None:
    with a_party(
        sends(OK.replace(b"\r\n", b"\r\nSet-Cookie: wie=gemeente; Path=/\r\n", 1)), sends(OK)
    ) as party:
        fetch(party.url)
        fetch(party.url)
    assert b"cookie" not in party.requests[1].lower()


def test_proxies_and_passwords_of_the_environment_play_no_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine localhost login iemand password geheim\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with a_party(sends(OK)) as party, a_party(sends(OK)) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        assert fetch(party.url) == (200, b"ok")
    assert proxy.connections == 0
    assert b"authorization" not in party.requests[0].lower()


@pytest.mark.parametrize(
    "behaviour",
    [resets, sends(b"geen HTTP\r\n\r\n"), sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nkort")],
    ids=["reset", "no HTTP", "cut off"],
)
def test_no_address_is_told_by_an_error_or_a_log(
    behaviour: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    def behave(connection: socket.socket) -> None:
        behaviour(connection)
        hangs_up(connection)

    with (
        caplog.at_level(logging.DEBUG),
        a_party(behave) as party,
        pytest.raises(GeenAntwoord) as raised,
    ):
        fetch(party.url)
    assert "geheim" not in str(raised.value)
    assert raised.value.__suppress_context__
    assert "geheim" not in caplog.text


def test_an_answer_with_a_broken_head_tells_no_address_either(caplog: pytest.LogCaptureFixture) -> None:
    broken = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nkapot\r\n\r\nok"
    with caplog.at_level(logging.DEBUG), a_party(sends(broken)) as party, contextlib.suppress(GeenAntwoord):
        fetch(party.url)
    assert "geheim" not in caplog.text


# --- A connection that is gone -------------------------------------------------------------------------


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(GeenAntwoord, match="niet bereikbaar"):
        fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("behaviour", [resets, hangs_up])
def test_a_new_connection_that_breaks_is_not_tried_again(behaviour: Behaviour) -> None:
    with a_party(behaviour, sends(OK)) as party:
        with pytest.raises(GeenAntwoord, match="niet bereikbaar"):
            fetch(party.url)
        assert len(party.requests) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(method: str) -> None:
    def once(connection: socket.socket) -> None:
        connection.sendall(OK)
        hangs_up(connection)

    with a_party(once, sends(OK)) as party:
        fetch(party.url)
        time.sleep(0.2)
        assert fetch(party.url, method) == (200, b"ok")
        assert (len(party.requests), party.connections) == (2, 2)


@pytest.mark.parametrize("behaviour", [resets, hangs_up])
def test_a_get_over_a_kept_connection_that_breaks_before_a_byte_came_is_put_once_more(
    behaviour: Behaviour,
) -> None:
    with a_party(sends(OK), behaviour, sends(OK)) as party:
        fetch(party.url)
        assert fetch(party.url) == (200, b"ok")
        assert (len(party.requests), party.connections) == (3, 2)


def test_a_get_that_may_be_put_once_only_uses_no_kept_connection_and_keeps_none() -> None:
    with a_party(sends(OK), hangs_up, sends(OK)) as party:
        fetch(party.url)
        with pytest.raises(GeenAntwoord):
            fetch(party.url, kept=False)
        assert (len(party.requests), party.connections) == (2, 2)


def test_it_is_put_once_more_and_not_twice() -> None:
    with a_party(sends(OK), hangs_up, hangs_up, sends(OK)) as party:
        fetch(party.url)
        with pytest.raises(GeenAntwoord):
            fetch(party.url)
        assert len(party.requests) == 3


def test_anything_but_a_get_is_never_put_again() -> None:
    with a_party(sends(OK), hangs_up, sends(OK)) as party:
        fetch(party.url)
        with pytest.raises(GeenAntwoord):
            fetch(party.url, "POST", body=b"{}")
        assert len(party.requests) == 2


@pytest.mark.parametrize(
    "part",
    [b"H", b"HTTP/1.1 200 OK\r\nX: y", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"],
    ids=["status line", "head", "body"],
)
def test_a_get_of_which_bytes_came_back_is_never_put_again(part: bytes) -> None:
    def breaks_off(connection: socket.socket) -> None:
        connection.sendall(part)
        hangs_up(connection)

    with a_party(sends(OK), breaks_off, sends(OK)) as party:
        fetch(party.url)
        # A head that was cut off counts as an empty answer.
        with contextlib.suppress(GeenAntwoord):
            assert fetch(party.url) == (200, b"")
        assert len(party.requests) == 2


def test_a_get_that_is_only_late_is_never_put_again() -> None:
    with a_party(sends(OK), lambda connection: time.sleep(5), sends(OK)) as party:
        fetch(party.url)
        with pytest.raises(TeLaat):
            fetch(party.url, limits=Limits(whole=0.3, silence=20, size=1000))
        assert len(party.requests) == 2


def test_an_answer_that_was_not_read_does_not_come_with_the_next_call() -> None:
    with a_party(sends(OK), sends(OK.replace(b"ok", b"jo"))) as party:
        with outward.call("GET", party.url, headers={}, limits=PLENTY):
            pass
        assert fetch(party.url) == (200, b"jo")
        assert party.connections == 2


# --- TLS -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Makes two authorities; the first gave certificates to the server `localhost` and to a client."""
    place = tmp_path_factory.mktemp("certificaten")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=place, check=True, capture_output=True)

    key = ("-newkey", "rsa:2048", "-nodes")
    for name in ("ca", "vreemd"):
        usage = ("-addext", "keyUsage=critical,keyCertSign")
        openssl(
            "req",
            "-x509",
            *key,
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
            "-subj",
            f"/CN={name}",
            *usage,
        )
    for name, alternative in (("server", "DNS:localhost"), ("client", "DNS:portaal.example")):
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (place / "ext").write_text(f"subjectAltName={alternative}\nauthorityKeyIdentifier=keyid\n")
        openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", f"{name}.pem",
            "-extfile", "ext",
        )  # fmt: skip
    (place / "samen.pem").write_text((place / "client.pem").read_text() + (place / "client.key").read_text())
    return place


def tls_server(certificates: Path, *, asks: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates / "ca.pem")
    return context


def test_who_is_vouched_for_by_the_given_authority_is_believed(certificates: Path) -> None:
    with a_party(sends(OK), sends(OK), tls=tls_server(certificates)) as party:
        tls = Tls(authorities=str(certificates / "ca.pem"))
        assert fetch(party.url, tls=tls) == (200, b"ok")
        assert fetch(party.url, tls=tls) == (200, b"ok")
        assert party.connections == 1


@pytest.mark.parametrize("authorities", ["vreemd.pem", ""])
def test_who_is_not_is_sent_nothing(certificates: Path, authorities: str) -> None:
    with a_party(sends(OK), tls=tls_server(certificates)) as party:
        with pytest.raises(GeenAntwoord, match="niet bereikbaar"):
            fetch(party.url, tls=Tls(authorities=str(certificates / authorities) if authorities else ""))
        assert party.requests == []


def test_a_certificate_of_another_name_is_not_believed(certificates: Path) -> None:
    with a_party(sends(OK), tls=tls_server(certificates)) as party:
        with pytest.raises(GeenAntwoord, match="niet bereikbaar"):
            fetch(
                party.url.replace("localhost", "127.0.0.1"), tls=Tls(authorities=str(certificates / "ca.pem"))
            )
        assert party.requests == []


def test_only_the_given_authorities_are_trusted(certificates: Path) -> None:
    tls = Tls(authorities=str(certificates / "ca.pem"))
    with a_party(sends(OK), tls=tls_server(certificates)) as party:
        fetch(party.url, tls=tls)
    assert [one["subject"] for one in outward._context(tls).get_ca_certs()] == [((("commonName", "ca"),),)]


@pytest.mark.parametrize(("certificate", "key"), [("client.pem", "client.key"), ("samen.pem", "")])
def test_a_party_that_asks_for_our_certificate_gets_it(
    certificates: Path, certificate: str, key: str
) -> None:
    tls = Tls(
        certificate=str(certificates / certificate),
        key=str(certificates / key) if key else "",
        authorities=str(certificates / "ca.pem"),
    )
    seen: list[Any] = []

    def looks(connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        seen.append(connection.getpeercert())
        connection.sendall(OK)

    with a_party(looks, tls=tls_server(certificates, asks=True)) as party:
        assert fetch(party.url, tls=tls) == (200, b"ok")
    assert seen[0]["subject"] == ((("commonName", "client"),),)


def test_without_the_certificate_that_is_asked_for_nothing_comes_back(certificates: Path) -> None:
    with a_party(sends(OK), tls=tls_server(certificates, asks=True)) as party:
        with pytest.raises(GeenAntwoord, match="niet bereikbaar"):
            fetch(party.url, tls=Tls(authorities=str(certificates / "ca.pem")))
        assert party.requests == []


def test_a_drip_over_tls_is_cut_off_too(certificates: Path) -> None:
    with a_party(drips(b"HTTP/1.1 200 OK\r\nX: ", b"x"), tls=tls_server(certificates)) as party:
        begin = time.monotonic()
        with pytest.raises(TeLaat):
            fetch(
                party.url,
                limits=Limits(whole=0.5, silence=20, size=1000),
                tls=Tls(authorities=str(certificates / "ca.pem")),
            )
        assert time.monotonic() - begin < 5


def test_a_certificate_that_cannot_be_read_is_told_without_calling(
    certificates: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with a_party(sends(OK)) as party:
        with pytest.raises(GeenAntwoord, match="eigen certificaat"):
            fetch(party.url, tls=Tls(certificate=str(certificates / "bestaat-niet.pem")))
        assert party.connections == 0
    assert "een certificaat of sleutel is niet te lezen (FileNotFoundError)" in caplog.text


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        *(
            (address, False)
            for address in ("127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "0.0.0.0")
        ),
        *(
            (address, False)
            for address in ("100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::")
        ),
        *((address, False) for address in ("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::")),
    ],
)
def test_which_addresses_are_of_the_whole_internet(address: str, public: bool) -> None:
    assert outward.is_public(address) is public


def test_a_name_that_leads_inside_gets_not_one_byte() -> None:
    party = Party(sends(OK))
    with (
        pytest.raises(outward.NietOpenbaar) as failure,
        outward.call("GET", party.url, headers={}, limits=PLENTY, only_public=True),
    ):
        pass
    assert not failure.value.bereikt
    assert party.requests == []
