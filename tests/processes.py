"""Runs a whole demonstration as processes of its own, and people and parties who use it over HTTP.

Tests that need everything together start a `Demonstratie`: the same program as `make demo`, on free ports and
with a directory of its own.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import psutil
import psycopg
import redis
import requests
from lxml import html

from tests.places import ROOT
from um_portal.demo.accounts import WACHTWOORD
from um_portal.embedded.processes import Register
from um_portal.embedded.redis_server import Redis, free_port

EXCHANGE_OIN, PORTAL_OIN = "00000001899000113000", "00000001899000101000"
T = TypeVar("T")
READY_WITHIN, STOPPED_WITHIN = 300, 60


def wait_until(ready: Callable[[], T], what: str, seconds: float = 30, pause: float = 0.1) -> T:
    """Waits for a true value of `ready`, and gives it; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(pause)
    return found


def is_free(port: int) -> bool:
    """Tells whether a server could be started at this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


class Demonstratie:
    """One demonstration: `start` and `stop` it as often as wanted, its data stay."""

    def __init__(self, place: Path, **env: str) -> None:
        self.place = place
        self.data = place / "gegevens"
        self.port, self.simulator_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        # Leave out the settings and servers of the test run itself.
        self.bare = {name: value for name, value in os.environ.items() if not name.startswith("UM_")}
        for name in ("DATABASE_URL", "DATABASE_EIGENAAR_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
            self.bare.pop(name, None)
        self.bare |= {
            "UM_DATA_DIR": str(self.data),
            "UM_PORT": str(self.port),
            "UM_SIMULATOR_PORT": str(self.simulator_port),
            **env,
        }

    def start(self) -> None:
        """Starts it, and waits until the portal says that it runs."""
        self.place.mkdir(parents=True, exist_ok=True)
        with (self.place / "uitvoer").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "um_portal.embedded.demo"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=self.bare,
                start_new_session=True,
            )
        wait_until(self._runs, "the demonstration runs", READY_WITHIN)

    def _runs(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said
        return "\nStoppen: Ctrl-C" in self.said

    @property
    def said(self) -> str:
        """Gives the text that it wrote to the terminal since the last start."""
        return (self.place / "uitvoer").read_text()

    def processes(self) -> list[psutil.Process]:
        """Gives every running process that it started."""
        assert self.process is not None
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def stop(self) -> int:
        """Stops it with Ctrl-C, as a terminal passes it on; gives the exit code."""
        if self.process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            return self.process.wait(STOPPED_WITHIN)
        finally:
            self.process.kill()
            self.process = None

    # --- An operator at the same machine ------------------------------------------------------------------

    @property
    def database_url(self) -> str:
        """Gives the URL of the owner; valid while the demonstration runs."""
        return f"postgresql://postgres@/um_portal?host={(self.data / 'sockets').readlink()}"

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Opens a connection that row-level security does not apply to."""
        return psycopg.connect(self.database_url, autocommit=True)

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs `manage.py` beside it."""
        secrets = (self.data / "geheimen").read_text().splitlines()
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={
                **self.bare,
                **dict(line.split("=", 1) for line in secrets),
                "DATABASE_URL": self.database_url,
                "UM_DEMO": "1",
            },
        )

    def publish(self, oin: str, soort: str, path: Path) -> tuple[int, dict[str, Any], str]:
        """Runs `manage.py publish`: gives the exit code, the JSON of the last line, and its other output."""
        done = self.manage("publish", "--oin", oin, "--soort", soort, str(path))
        return done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stderr

    def worker(self) -> list[psutil.Process]:
        """Gives the demonstration's three Celery workers, with their pools; empty when one is not there now."""
        assert self.process is not None
        found = []
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if re.search(r"celery.* worker", " ".join(child.cmdline())):
                    found.append(child)
        if len(found) < 3:
            return []
        return [process for child in found for process in (child, *child.children(recursive=True))]

    def simulator(self) -> list[psutil.Process]:
        """Gives the simulator's serving processes."""
        assert self.process is not None
        return [
            worker
            for master in psutil.Process(self.process.pid).children()
            if any(c.laddr.port == self.simulator_port for c in master.net_connections("tcp"))
            for worker in master.children()
        ]

    @contextlib.contextmanager
    def simulator_holds_its_breath(self) -> Iterator[None]:
        """Keeps the exchange from answering until this is over; at most a minute, or its server ends it."""
        processes = self.simulator()
        assert processes
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()


@contextlib.contextmanager
def a_demonstration(place: Path, **env: str) -> Iterator[Demonstratie]:
    """Gives a demonstration that runs, and stops it afterwards."""
    demo = Demonstratie(place, **env)
    try:
        demo.start()
        yield demo
    finally:
        demo.stop()


@contextlib.contextmanager
def a_redis(place: Path) -> Iterator[str]:
    """Gives the URL of a Redis for a demonstration, for a test that looks into it."""
    place.mkdir(parents=True, exist_ok=True)
    server = Redis(place, Register(place / "processen.json"))
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def everything_in(redis_url: str) -> Iterator[bytes]:
    """Gives every key and value in all databases of a Redis, as plain bytes."""
    address, mark, more = redis_url.partition("?")
    for number in range(64):
        with redis.Redis.from_url(f"{address}/{number}{mark}{more}") as store:
            for key in store.scan_iter(count=1000):
                yield repr((key, _value_of(store, key))).encode()


def _value_of(store: redis.Redis, key: bytes) -> Any:
    match store.type(key):
        case b"string":
            return store.get(key)
        case b"list":
            return store.lrange(key, 0, -1)
        case b"set":
            return store.smembers(key)
        case b"zset":
            return store.zrange(key, 0, -1, withscores=True)
        case b"hash":
            return store.hgetall(key)
        case kind:
            raise AssertionError(f"a kind of value that this does not read: {kind!r}")


class Client(requests.Session):
    """A client that asks addresses below `base`, waits half a minute, and ignores the environment."""

    def __init__(self, base: str = "", **headers: str) -> None:
        super().__init__()
        self.base = base
        self.trust_env = False
        self.headers.update(headers)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        return super().request(method, self.base + url, *args, **{"timeout": 30, **kwargs})


# --- A person at the portal, without JavaScript --------------------------------------------------------


class Pagina:
    """A page as somebody received it."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.path = urlsplit(response.url).path
        self.headers = response.headers
        self.source = response.text
        self.tree: Any = html.fromstring(response.text)

    @property
    def text(self) -> str:
        """Gives the text of the page, with spaces as people see them."""
        [main] = self.tree.xpath("//main") or [self.tree]
        return " ".join(main.text_content().split())

    def links(self, pattern: str) -> list[str]:
        """Lists the links on the page whose addresses have this form, in order."""
        return [str(href) for href in self.tree.xpath("//a/@href") if re.fullmatch(pattern, href)]

    def figures(self) -> dict[str, int]:
        """Gives the key figures by their label."""
        labels = self.tree.xpath("//dt[contains(@class, 'um-kerncijfer__label')]")
        return {
            label.text_content().strip(): int(re.sub(r"\D", "", label.getnext().text_content()) or -1)
            for label in labels
        }


class Adres(Protocol):
    """Tells where a portal is: its `url`, and the `port` that its cookies name."""

    @property
    def url(self) -> str: ...

    @property
    def port(self) -> int: ...


class Medewerker:
    """A member of a municipality's staff who is logged in."""

    def __init__(self, demo: "Adres", gebruikersnaam: str) -> None:
        self.client = Client(demo.url)
        self.csrf = f"um_csrf_{demo.port}"
        self.get("/account/inloggen")
        page = self.post("/account/inloggen", {"login": gebruikersnaam, "password": WACHTWOORD})
        assert page.path == "/", page.text

    def get(self, path: str) -> Pagina:
        """Follows a link."""
        return Pagina(self.client.get(path))

    def wait_for(self, path: str, text: str, seconds: float = 30) -> Pagina:
        """Waits until this text is on the page at an address, and gives the page."""
        deadline = time.monotonic() + seconds
        while text not in (page := self.get(path)).text:
            assert time.monotonic() < deadline, f"after {seconds:.0f} s still not {text!r} but: {page.text}"
            time.sleep(0.3)
        return page

    def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
    ) -> Pagina:
        """Sends a form."""
        token = {"csrfmiddlewaretoken": self.client.cookies[self.csrf]}
        return Pagina(self.client.post(path, data={**(data or {}), **token}, files=files))


# Publishes, and gives a reason although many records disappear.
TOCH_PUBLICEREN = {"wijze": "volledig", "reden": "herstel", "weg": "999999"}


# --- A party to the exchange ---------------------------------------------------------------------------


class Partij:
    """A municipality that uses the exchange's contract itself."""

    def __init__(self, demo: Demonstratie, oin: str) -> None:
        self.oin = oin
        self.client = Client()
        self.exchange = f"http://127.0.0.1:{demo.simulator_port}/vum/v3/werkzoekendeProfielen"
        self.source = f"{demo.url}/vum/bron/v3/werkzoekendeProfielen"

    def _headers(self, to: str, **more: str) -> dict[str, str]:
        return {
            "X-VUM-berichtVersie": "3.0.0",
            "API-Version": "3.0.0",
            "X-VUM-fromParty": self.oin,
            "X-VUM-toParty": to,
            "X-VUM-viaParty": PORTAL_OIN,
            **more,
        }

    def search(self, postcode: str, afstand: int) -> dict[str, Any]:
        """Gives the exchange's answer to a search around a postcode."""
        vraag = {"vraagObject": {"selectiegebied": {"postcode": postcode, "afstand": afstand}}}
        answer = self.client.post(f"{self.exchange}/matches", json=vraag, headers=self._headers(EXCHANGE_OIN))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def detail(self, vum_id: str) -> requests.Response:
        """Gives the exchange's answer to a detail request."""
        return self.client.get(f"{self.exchange}/{vum_id}", headers=self._headers(EXCHANGE_OIN))

    def ask_source(self, bron: str, postcode: str, afstand: int) -> list[dict[str, Any]]:
        """Gives the portal's answer as the source of a municipality."""
        vraag = {"vraagObject": {"selectiegebied": {"postcode": postcode, "afstand": afstand}}}
        answer = self.client.post(
            f"{self.source}/matches", json=vraag, headers=self._headers(bron, **{"X-VUM-SUWIparty": "true"})
        )
        assert answer.status_code == 200, answer.text
        matches: list[dict[str, Any]] = answer.json()["matches"]
        return matches
