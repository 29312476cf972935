"""Measures whether anybody waits for somebody else: what three people notice, alone and beside what is slow.

It runs the demonstration as `make demo` does, in a directory of its own, with a slow exchange in front of the
simulator. One person opens the start page, one party asks the source, one jobcoach searches; all three all the
time. Beside them goes one kind of heavy work at a time.
"""

import contextlib
import itertools
import json
import os
import random
import statistics
import string
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

django.setup()

import psutil  # noqa: E402
import requests  # noqa: E402

from tests.doorgever import Doorgever, Verbinding, passes_on  # noqa: E402
from tests.processes import PORTAL_OIN, Client, Demonstratie, Medewerker, a_demonstration  # noqa: E402
from um_portal.demo.accounts import GEMEENTEN, LINDEWAARD  # noqa: E402

SECONDEN = float(os.environ.get("UM_BENCH_SECONDEN") or 12)
RIJEN = int(os.environ.get("UM_BENCH_RIJEN") or 100_000)
TRAAG = 4.0
# A question for this distance, and every detail, is slow when the exchange is told to be.
_TRAGE_AFSTAND = 77
_SOURCE = "/vum/bron/v3/werkzoekendeProfielen/matches"


# --- The exchange ----------------------------------------------------------------------------------------


def is_slow(verbinding: Verbinding) -> None:
    """Passes a detail and a question for one distance on after a while, and all others at once."""
    aanroep = verbinding.aanroep
    if aanroep.is_detail or f'"afstand": {_TRAGE_AFSTAND}'.encode() in aanroep.inhoud:
        time.sleep(TRAAG)
    passes_on(verbinding)


# --- What is measured ------------------------------------------------------------------------------------


@dataclass
class Reeks:
    """The durations of one action, in ms, with the moment each began; and what went wrong."""

    duren: list[tuple[float, float]] = field(default_factory=list)
    fouten: list[tuple[float, str]] = field(default_factory=list)

    def cuts(self) -> list[float]:
        """The percentiles 1 to 99."""
        values = [value for _, value in self.duren] or [float("nan")]
        return statistics.quantiles(values, n=100) if len(values) > 1 else values * 99


Actie = Callable[[], None]


def during(actions: dict[str, Actie], seconds: float) -> dict[str, Reeks]:
    """Does each action over and over, all of them at the same time, for so long."""
    found = {name: Reeks() for name in actions}
    until = time.monotonic() + seconds

    def repeat(name: str, action: Actie) -> None:
        while (begin := time.monotonic()) < until:
            try:
                action()
                found[name].duren.append((begin, 1000 * (time.monotonic() - begin)))
            except Exception as error:  # whatever it is: it is counted
                found[name].fouten.append((begin, f"{type(error).__name__} {error}"[:90]))
                time.sleep(0.2)
            time.sleep(0.05)  # somebody reads what came

    threads = [threading.Thread(target=repeat, args=pair) for pair in actions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


class Iedereen:
    """The people and parties of this measurement."""

    def __init__(self, demo: Demonstratie) -> None:
        self.demo = demo
        self.start, self.jobcoach = (Medewerker(demo, "jobcoach@lindewaard.example") for _ in range(2))
        self.party = Client(demo.url)

    def actions(self) -> dict[str, Actie]:
        """Gives what is measured, by its name in the tables."""
        return {"startpagina": self.open_start, "bron": self.ask_source, "zoeken": self.search}

    def open_start(self) -> None:
        page = self.start.get("/")
        assert (page.status, page.path) == (200, "/"), f"{page.status} {page.path}"

    def ask_source(self, vraag: dict[str, Any] | None = None) -> None:
        postcode = f"{LINDEWAARD.midden}AB"
        vraag = {"selectiegebied": {"postcode": postcode, "afstand": 25}, **(vraag or {})}
        headers = {
            "X-VUM-berichtVersie": "3.0.0", "API-Version": "3.0.0", "X-VUM-fromParty": "9" * 20,
            "X-VUM-toParty": LINDEWAARD.oin, "X-VUM-viaParty": PORTAL_OIN, "X-VUM-SUWIparty": "true",
        }  # fmt: skip
        answer = requests.post(
            f"{self.demo.url}{_SOURCE}", json={"vraagObject": vraag}, headers=headers, timeout=30
        )
        assert answer.status_code == 200, f"{answer.status_code}"

    def search(self) -> None:
        put_search(self.jobcoach, 25)


def put_search(jobcoach: Medewerker, afstand: int, pause: float = 0.05) -> str:
    """Puts a search, and waits until its page shows the answer; gives its address."""
    page = jobcoach.post("/zoeken/", {"soort": "werkzoekenden", "postcode": "2405 ab", "afstand": afstand})
    assert page.path.startswith("/zoeken/vragen/"), f"{page.status} {page.path}"
    deadline = time.monotonic() + 60
    while "Details over" not in (state := jobcoach.get(f"{page.path}stand")).text:
        assert time.monotonic() < deadline, "geen antwoord in 60 s"
        assert "niet gelukt" not in state.text, "mislukt"
        time.sleep(pause)
    return page.path


# --- What goes beside it -----------------------------------------------------------------------------------


@contextlib.contextmanager
def many(number: int, action: Callable[[int], object], pause: float = 2) -> Iterator[None]:
    """Lets so many do this over and over until it is over; whatever comes of it."""
    stop = threading.Event()

    def repeat(index: int) -> None:
        while not stop.is_set():
            wait = pause
            with contextlib.suppress(Exception):
                answer = action(index)
                # Whoever is told to wait does so.
                wait = float(getattr(answer, "headers", {}).get("Retry-After", pause))
            stop.wait(wait)

    threads = [threading.Thread(target=repeat, args=(index,), daemon=True) for index in range(number)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1.5)
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(70)


def slow_details(demo: Demonstratie) -> contextlib.AbstractContextManager[None]:
    """Twenty people who ask for a detail of which the answer takes long."""
    people, results = [], []
    for place in itertools.islice(itertools.cycle(GEMEENTEN), 20):
        person = Medewerker(demo, f"jobcoach@{place.naam.lower()}.example")
        people.append(person)
        results.append(f"{put_search(person, 26)}resultaten/1/detail")
    return many(20, lambda index: people[index].post(results[index]))


def slow_searches(demo: Demonstratie) -> contextlib.AbstractContextManager[None]:
    """Twenty searches at once of which the answer takes long, by people of two other municipalities."""
    names = itertools.islice(itertools.cycle(GEMEENTEN[1:]), 20)
    people = [Medewerker(demo, f"jobcoach@{place.naam.lower()}.example") for place in names]
    return many(20, lambda index: put_search(people[index], _TRAGE_AFSTAND, pause=1))


def logins(demo: Demonstratie) -> contextlib.AbstractContextManager[None]:
    """Forty who log in at once with names that do not exist."""

    def log_in(index: int) -> requests.Response:
        client = Client(demo.url)
        client.get("/account/inloggen")
        token = client.cookies[f"um_csrf_{demo.port}"]
        data = {"login": f"niemand{index}@test.example", "password": "x", "csrfmiddlewaretoken": token}
        return client.post("/account/inloggen", data)

    return many(40, log_in)


_KOPPEN = "ID_WZ;Postcode;Beschikbare uren/wk;Opleidingsniveau;Rijbewijs;Vervoer;Toestemming"


@contextlib.contextmanager
def a_delivery(demo: Demonstratie) -> Iterator[None]:
    """A levering of many rows that is being converted."""
    rows = (f"K{n};{2400 + n % 90}AB;{8 + n % 33};MBO;B;Fiets;Ja" for n in range(RIJEN))
    beheerder = Medewerker(demo, f"gegevensbeheerder@{GEMEENTEN[1].naam.lower()}.example")
    content = "\n".join([_KOPPEN, *rows]).encode()
    page = beheerder.post("/leveringen/nieuw/", files={"bestand": ("groot.csv", content)})
    assert page.path.startswith("/leveringen/"), page.text
    yield
    status = beheerder.get(page.path).text
    print(f"- de levering na de meting: {'nog bezig' if 'Omzetten' in status[:400] else 'klaar'}")


def uploads(demo: Demonstratie) -> contextlib.AbstractContextManager[None]:
    """Six people who upload a file of 45 MB; the portal cannot read it, so only taking it in counts."""
    junk = random.Random(1).randbytes(45_000_000)
    names = itertools.islice(itertools.cycle(GEMEENTEN), 6)
    people = [Medewerker(demo, f"gegevensbeheerder@{place.naam.lower()}.example") for place in names]
    return many(6, lambda i: people[i].post("/leveringen/nieuw/", files={"bestand": ("x.xlsx", junk)}))


def worst_questions(iedereen: Iedereen) -> contextlib.AbstractContextManager[None]:
    """A party that asks the most expensive question over and over."""
    letters = string.ascii_lowercase
    languages = [f"{a}{b}{c}" for a in letters for b in letters for c in letters][:600]
    vraag = {
        "selectiegebied": {"postcode": f"{LINDEWAARD.midden}AB", "afstand": 999},
        "arbeidsmarktkwalificatie.taalbeheersing": {
            "$all": [{"$elemMatch": {"codeTaal": {"$eq": code}}} for code in ["nld", *languages]]
        },
    }
    return many(2, lambda _: iedereen.ask_source(vraag), pause=0)


# --- Servers that go away --------------------------------------------------------------------------------


def _server(demo: Demonstratie, name: str) -> psutil.Process:
    assert demo.process is not None
    return next(c for c in psutil.Process(demo.process.pid).children() if c.name().startswith(name))


def restart_postgresql(demo: Demonstratie) -> float:
    """Stops PostgreSQL, which the demonstration starts again; gives the moment that it answers."""
    _server(demo, "postgres").send_signal(2)
    time.sleep(0.5)
    while True:
        with contextlib.suppress(Exception), demo.database() as connection:
            connection.execute("SELECT 1")
            return time.monotonic()
        time.sleep(0.1)


def freeze_redis(demo: Demonstratie, seconds: float = 20) -> float:
    """Lets Redis hang for so long; gives the moment that it answers again."""
    server = _server(demo, "redis-server")
    server.suspend()
    try:
        time.sleep(seconds)
    finally:
        server.resume()
    return time.monotonic()


def around(iedereen: Iedereen, event: Callable[[Demonstratie], float], seconds: float) -> list[list[str]]:
    """Counts what goes wrong around an event, and the seconds until everything is as usual again."""
    back: list[float] = []

    def happen() -> None:
        time.sleep(2)
        back.append(event(iedereen.demo))

    thread = threading.Thread(target=happen)
    thread.start()
    found = during(iedereen.actions(), seconds)
    thread.join()
    rows = []
    for name, reeks in found.items():
        late = [
            begin + took / 1000
            for begin, took in reeks.duren
            if took > 2000 and begin + took / 1000 > back[0]
        ]
        wrong = [when for when, _ in reeks.fouten if when > back[0]]
        until = max([*late, *wrong, back[0]]) - back[0]
        kinds = sorted({text for _, text in reeks.fouten})
        rows.append(
            [name, str(len(reeks.duren)), str(len(reeks.fouten)), f"{reeks.cuts()[98]:.0f}", f"{until:.1f}",
             "; ".join(kinds)[:120].replace("|", "/")]
        )  # fmt: skip
    return rows


# --- All of it -------------------------------------------------------------------------------------------


def memory(demo: Demonstratie) -> dict[str, float]:
    """The memory of each kind of process, in MB: PSS, in which what is shared is shared out."""
    assert demo.process is not None
    found: dict[str, float] = {}
    top = psutil.Process(demo.process.pid)
    for child in [top, *top.children()]:
        names = [*child.children(recursive=True), child] if child != top else [child]
        total = 0.0
        for process in names:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss / 1e6
        with contextlib.suppress(psutil.NoSuchProcess):
            name = "toezicht en voordeur" if child == top else part_of(child)
            found[name] = found.get(name, 0) + total
    return found


def part_of(process: psutil.Process) -> str:
    """The name of the part that this process is of, or that of its program."""
    return str(process.environ().get("UM_COMPONENT") or process.name().split(":")[0])


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print(flush=True)


def run(parts: Sequence[str] = ()) -> None:
    """Runs the demonstration and prints the tables; `parts` are letters of what goes beside."""
    exchange = Doorgever(is_slow)
    with tempfile.TemporaryDirectory(prefix="um-druk-") as place:
        env = {
            "UM_EXCHANGE_URL": exchange.url,
            "UM_SIMULATOR_BRONNEN": "landelijk",
            "UM_MAX_DETAILS": "100000",
            # Whoever is slow has to come through all the limits that are not about being slow.
            "UM_INLOGPOGINGEN": "100000", "UM_INLOGPOGINGEN_ADRES": "100000", "UM_INLOGPOGINGEN_NAAM": "100000",
            **{f"UM_DAG_{w}{g}": "100000" for w in ("ZOEKVRAGEN", "DETAILS") for g in ("", "_GEMEENTE")},
        }  # fmt: skip
        with a_demonstration(Path(place) / "demo", **env) as demo:
            exchange.simulator = demo.simulator_port
            iedereen = Iedereen(demo)
            for once in iedereen.actions().values():
                once()
            before = memory(demo)
            everything: dict[str, tuple[str, Callable[[], contextlib.AbstractContextManager[None]]]] = {
                "a": ("20 trage details", lambda: slow_details(demo)),
                "b": ("20 trage zoekvragen", lambda: slow_searches(demo)),
                "c": ("40 keer inloggen", lambda: logins(demo)),
                "d": (f"een levering van {RIJEN} rijen", lambda: a_delivery(demo)),
                "e": ("6 uploads van 45 MB", lambda: uploads(demo)),
                "f": ("de zwaarste vraag, door twee", lambda: worst_questions(iedereen)),
            }
            rows = []
            for letter, (name, beside) in everything.items():
                if parts and letter not in parts:
                    continue
                alone = during(iedereen.actions(), SECONDEN)
                with beside():
                    found = during(iedereen.actions(), SECONDEN)
                for action, reeks in found.items():
                    own, other = alone[action].cuts(), reeks.cuts()
                    figures = [f"{cuts[at]:.0f}" for cuts in (own, other) for at in (49, 94, 98)]
                    rows.append(
                        [name, action, *figures, f"{other[94] / own[94]:.1f}", str(len(reeks.fouten))]
                    )
                    if reeks.fouten:
                        print("-", name, action, json.dumps(sorted({text for _, text in reeks.fouten})[:4]))
                print(f"- {name}: gemeten", flush=True)
            _table(
                "Alleen en ernaast: duur in ms",
                [
                    "ernaast",
                    "wat",
                    "p50 alleen",
                    "p95",
                    "p99",
                    "p50 ernaast",
                    "p95",
                    "p99",
                    "p95 maal",
                    "fouten",
                ],
                rows,
            )
            head = ["wat", "gelukt", "mislukt", "p99 in ms", "daarna gewoon na s", "welke fouten"]
            if not parts or "g" in parts:
                _table("PostgreSQL start opnieuw", head, around(iedereen, restart_postgresql, 20))
            if not parts or "h" in parts:
                _table("Redis hangt 20 s", head, around(iedereen, freeze_redis, 34))
            after = memory(demo)
            _table(
                "Geheugen per onderdeel, PSS in MB",
                ["onderdeel", "in rust", "na de metingen"],
                [[name, f"{before.get(name, 0):.0f}", f"{after.get(name, 0):.0f}"] for name in sorted(after)]
                + [["samen", f"{sum(before.values()):.0f}", f"{sum(after.values()):.0f}"]],
            )
