"""Speaks HTTP to other parties: the only place that knows which library does so.

The other party is trusted with nothing. It gets so many seconds to connect, so many to break a silence and so
many for the whole call, dripped headers included; its answer may be so large, counted while it is read. No
redirect is followed, no cookie kept, and neither proxies nor passwords come from the environment. An answer is
asked for, and accepted, unpacked only: a small one that unpacks to a mountain gets nowhere. With TLS the
certificate of the other party is always verified.

`requests.Session` does not promise to be safe for threads, so every thread has one of its own for each `Tls`.
In it one connection to a party is kept open between calls. Looking up a name is the system's, and has the
system's time limit; of a party with several addresses each may take the time to connect.
"""

import contextlib
import http.client
import io
import ipaddress
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

logger = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 5.0
_CHUNK: Final = 64 * 1024


class GeenAntwoord(Exception):
    """The other party gave no answer that can be used; the text holds no address, id or content.

    `bereikt` tells whether the call may have reached it: then it may have acted on it.
    """

    bereikt = True


class TeLaat(GeenAntwoord):
    """It did not connect, broke no silence or was not done in time."""


class TeGroot(GeenAntwoord):
    """Its answer is larger than was allowed."""


class NietOpenbaar(GeenAntwoord):
    """Its name leads to an address inside a network, where nobody was asked for."""

    bereikt = False


class Ingepakt(GeenAntwoord):
    """Its answer is compressed, although it was asked not to do that."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The paths of PEM files: our certificate with its key, and whom we trust; empty: none, and the system's.

    The files are read once a process. Without `key` it stands in the file of the certificate.
    """

    certificate: str = ""
    key: str = ""
    authorities: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one call: seconds for the whole, to connect, and of silence; bytes of the answer's body.

    `connect` and `silence` are never longer than what is left of `whole`.
    """

    whole: float
    silence: float
    size: int
    connect: float = CONNECT_SECONDS


@dataclass
class _Call:
    """The call that this thread is busy with."""

    limits: Limits
    only_public: bool = False
    deadline: float = field(init=False)
    connected: bool = False  # it opened a connection, instead of using one that was kept
    established: bool = False  # the connection that it opened is there, so that something may have been sent
    received: bool = False  # at least one byte came back

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.limits.whole

    def left(self, most: float) -> float:
        """Gives the seconds for the next wait, up to `most`. Raises TimeoutError when none is left."""
        seconds = min(most, self.deadline - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("te laat")
        return seconds


_current: ContextVar[_Call] = ContextVar("_current")


# --- A connection that keeps to the deadline with every read ---------------------------------------------


class _Incoming(io.RawIOBase):
    """The bytes that come in: each read waits no longer than what is left of the call."""

    def __init__(self, sock: socket.socket, call: _Call) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._call = call

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._sock.settimeout(self._call.left(self._call.limits.silence))
        count = self._raw.readinto(buffer)
        self._call.received = self._call.received or bool(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _HttpResponse(http.client.HTTPResponse):
    """Reads its head and its body through `_Incoming`: the library itself limits each single read only."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_Incoming(sock, _current.get()))


def is_public(address: str) -> bool:
    """Tells whether an IP address is one of the whole internet, also where it is wrapped in another."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def _checked(sock: socket.socket) -> socket.socket:
    """Gives the connection, unless it must lead to the internet and does not: then nothing was sent yet.

    The name was looked up once, for this connection; a look beforehand could have given another address.
    """
    if _current.get().only_public and not is_public(sock.getpeername()[0]):
        sock.close()
        raise NietOpenbaar("niet openbaar")
    return sock


class _Connection(HTTPConnection):
    response_class = _HttpResponse

    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())

    def connect(self) -> None:
        call = _current.get()
        call.connected = True
        super().connect()
        call.established = True


class _TlsConnection(HTTPSConnection):
    response_class = _HttpResponse

    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())

    def connect(self) -> None:
        call = _current.get()
        call.connected = True
        super().connect()
        call.established = True


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


# --- A session that does nothing by itself ---------------------------------------------------------------


@cache
def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=tls.authorities or None)
    if tls.certificate:
        context.load_cert_chain(tls.certificate, tls.key or None)
    return context


class _Adapter(HTTPAdapter):
    def __init__(self, tls: Tls) -> None:
        self._tls = tls
        super().__init__(pool_connections=4, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=_context(self._tls))
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        # The context says whom we trust. The library would add everybody in its own list to them.
        conn.cert_reqs = "CERT_REQUIRED"


class _Session(requests.Session):
    def __init__(self, tls: Tls) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(tls))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Gives no target: to find it the library would read the whole body of the redirect."""


class _Sessions(threading.local):
    """The sessions of one thread of one process: a process that forked must not share a connection."""

    def __init__(self) -> None:
        self.of: dict[tuple[int, Tls, bool], _Session] = {}


_sessions = _Sessions()


def _session(tls: Tls, only_public: bool) -> _Session:
    # A connection that was kept open was looked at when it was made.
    key = (os.getpid(), tls, only_public)
    if key not in _sessions.of:
        _sessions.of[key] = _new_session(tls)
    return _sessions.of[key]


def _new_session(tls: Tls) -> _Session:
    try:
        return _Session(tls)
    except OSError as error:
        logger.error("outward: een certificaat of sleutel is niet te lezen (%s)", type(error).__name__)
        failure = GeenAntwoord(f"eigen certificaat ({type(error).__name__})")
        failure.bereikt = False
        raise failure from None


# --- Calling -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Response:
    """The head of an answer, of any status; `read` gives its body."""

    status: int
    headers: Mapping[str, str]
    _raw: urllib3.HTTPResponse
    _size: int

    def read(self) -> bytes:
        """Reads the body up to the allowed size. Raises GeenAntwoord."""
        if self.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise Ingepakt("ingepakt antwoord")
        announced = self.headers.get("Content-Length", "")
        if announced.isdecimal() and len(announced) < 20 and int(announced) > self._size:
            raise TeGroot("antwoord te groot")
        body = bytearray()
        with _told_apart():
            while chunk := self._raw.read(_CHUNK, decode_content=False):
                body += chunk
                if len(body) > self._size:
                    raise TeGroot("antwoord te groot")
        return bytes(body)


@contextlib.contextmanager
def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    limits: Limits,
    body: bytes | None = None,
    tls: Tls | None = None,
    only_public: bool = False,
    kept: bool = True,
) -> Iterator[Response]:
    """Calls another party. Raises GeenAntwoord, here and from `read` of the answer.

    The address is sent as it is given. A GET over a connection that was kept open, and that the other party
    turns out to have closed before it sent a single byte, is put once more over a new one; nothing else is. Without
    `kept` it goes over a connection of its own, so that it is certainly put once.
    With `only_public` an address inside a network is no answer (NietOpenbaar).
    """
    session = _session(tls or Tls(), only_public) if kept else _new_session(tls or Tls())
    current = _Call(limits, only_public)
    token = _current.set(current)
    try:
        with _told_apart():
            sent = {"User-Agent": "um-portaal", **headers, "Accept-Encoding": "identity"}
            request = requests.Request(method, url, headers=sent, data=body).prepare()
            request.url = url  # the library would change the escapes in it
            try:
                response = _send(session, request, current)
            except requests.ConnectionError:
                # The deadline stays that of the first attempt.
                if method != "GET" or current.connected or current.received:
                    raise
                response = _send(session, request, current)
        # Closing it closes the connection, unless the body was read to its end.
        with contextlib.closing(response):
            yield Response(response.status_code, response.headers, response.raw, limits.size)
    except GeenAntwoord as failure:
        failure.bereikt = current.established or not current.connected
        raise
    finally:
        _current.reset(token)
        if not kept:
            session.close()


def _send(session: _Session, request: requests.PreparedRequest, current: _Call) -> requests.Response:
    limits = current.limits
    timeout = (current.left(limits.connect), current.left(limits.silence))
    return session.send(request, stream=True, allow_redirects=False, timeout=timeout)


@contextlib.contextmanager
def _told_apart() -> Iterator[None]:
    """Turns the errors of the libraries into ours; theirs carry the address, and ids with it."""
    try:
        yield
    except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError):
        raise TeLaat("te laat") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
        raise GeenAntwoord(f"niet bereikbaar ({type(error).__name__})") from None
    except (OSError, ValueError) as error:
        raise GeenAntwoord(f"niet bereikbaar ({type(error).__name__})") from None
