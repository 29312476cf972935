"""Measures whether anybody waits for somebody else: what three people notice, alone and beside what is slow.

It runs the demonstration as `make demo` does, in a directory of its own, with a slow exchange in front of the
simulator. One person opens the start page, one party asks the source, one jobcoach searches; all three all the
time. Beside them goes one kind of heavy work at a time.

Who makes it heavy is a process of its own that steps back for everybody: what it costs to be those people is no
slowness of the portal. Alone and beside take turns, so that other work on the machine weighs on both.
"""

import contextlib
import html
import itertools
import json
import multiprocessing
import os
import random
import re
import statistics
import string
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
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
from um_portal.voorrang import step_back  # noqa: E402

SECONDEN = float(os.environ.get("UM_BENCH_SECONDEN") or 12)
# How often alone and beside take turns; together they last SECONDEN each.
RONDES = int(os.environ.get("UM_BENCH_RONDES") or 3)
RIJEN = int(os.environ.get("UM_BENCH_RIJEN") or 100_000)
TRAAG = 4.0
# A question for this distance, and every detail, is slow when the exchange is told to be.
_TRAGE_AFSTAND = 77
_SOURCE = "/vum/bron/v3/werkzoekendeProfielen/matches"
_ASKS = re.compile(r'id="stand" hx-get="([^"]+)"')


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


@dataclass(frozen=True)
class Portaal:
    """The portal as a client knows it, also one in another process: `url`, and the `port` that its cookies name."""

    url: str
    port: int


class Iedereen:
    """The people and parties of this measurement."""

    def __init__(self, demo: Demonstratie) -> None:
        self.demo = demo
        self.start, self.jobcoach = (Medewerker(demo, "jobcoach@lindewaard.example") for _ in range(2))

    def actions(self) -> dict[str, Actie]:
        """Gives what is measured, by its name in the tables."""
        return {
            "startpagina": self.open_start,
            "bron": lambda: ask_source(self.demo.url),
            "zoeken": self.search,
        }

    def open_start(self) -> None:
        page = self.start.get("/")
        assert (page.status, page.path) == (200, "/"), f"{page.status} {page.path}"

    def search(self) -> None:
        put_search(self.jobcoach, 25)


def ask_source(url: str, vraag: dict[str, Any] | None = None) -> None:
    """Asks the source for the jobseekers of a municipality; `vraag` adds to the question, or replaces in it."""
    vraag = {"selectiegebied": {"postcode": f"{LINDEWAARD.midden}AB", "afstand": 25}, **(vraag or {})}
    headers = {
        "X-VUM-berichtVersie": "3.0.0", "API-Version": "3.0.0", "X-VUM-fromParty": "9" * 20,
        "X-VUM-toParty": LINDEWAARD.oin, "X-VUM-viaParty": PORTAL_OIN, "X-VUM-SUWIparty": "true",
    }  # fmt: skip
    answer = requests.post(f"{url}{_SOURCE}", json={"vraagObject": vraag}, headers=headers, timeout=30)
    assert answer.status_code == 200, f"{answer.status_code}"


def put_search(jobcoach: Medewerker, afstand: int, pause: float = 0.05) -> str:
    """Puts a search, and asks what its page asks by itself until that shows the answer; gives its address."""
    page = jobcoach.post("/zoeken/", {"soort": "werkzoekenden", "postcode": "2405 ab", "afstand": afstand})
    assert page.path.startswith("/zoeken/vragen/"), f"{page.status} {page.path}"
    deadline, shown = time.monotonic() + 60, page.source
    while (asks := _ASKS.search(shown)) is not None:
        assert time.monotonic() < deadline, "geen antwoord in 60 s"
        time.sleep(pause)
        # An empty answer leaves the page as it is.
        shown = jobcoach.client.get(html.unescape(asks[1])).text or shown
    assert "u hebt nog" in shown, "mislukt"
    return page.path


# --- What goes beside it: made in a process of its own -----------------------------------------------------


@dataclass
class Menigte:
    """Lets so many people do this over and over, with a `pause` in seconds; `action` gets the number of who acts."""

    number: int
    action: Callable[[int], object]
    pause: float = 2


def slow_details(portaal: Portaal) -> Menigte:
    """Twenty people who ask for a detail of which the answer takes long."""
    people, results = [], []
    for place in itertools.islice(itertools.cycle(GEMEENTEN), 20):
        person = Medewerker(portaal, f"jobcoach@{place.naam.lower()}.example")
        people.append(person)
        results.append(f"{put_search(person, 26)}resultaten/1/detail")
    return Menigte(20, lambda index: people[index].post(results[index]))


def slow_searches(portaal: Portaal) -> Menigte:
    """Twenty searches at once of which the answer takes long, by people of two other municipalities."""
    names = itertools.islice(itertools.cycle(GEMEENTEN[1:]), 20)
    people = [Medewerker(portaal, f"jobcoach@{place.naam.lower()}.example") for place in names]
    return Menigte(20, lambda index: put_search(people[index], _TRAGE_AFSTAND, pause=1))


def logins(portaal: Portaal) -> Menigte:
    """Forty who log in at once with names that do not exist."""

    def log_in(index: int) -> requests.Response:
        client = Client(portaal.url)
        client.get("/account/inloggen")
        token = client.cookies[f"um_csrf_{portaal.port}"]
        data = {"login": f"niemand{index}@test.example", "password": "x", "csrfmiddlewaretoken": token}
        return client.post("/account/inloggen", data)

    return Menigte(40, log_in)


_KOPPEN = "ID_WZ;Postcode;Beschikbare uren/wk;Opleidingsniveau;Rijbewijs;Vervoer;Toestemming"


def a_delivery(portaal: Portaal) -> Menigte:
    """A levering of many rows, brought once, that is being converted all the time."""
    rows = (f"K{n};{2400 + n % 90}AB;{8 + n % 33};MBO;B;Fiets;Ja" for n in range(RIJEN))
    beheerder = Medewerker(portaal, f"gegevensbeheerder@{GEMEENTEN[1].naam.lower()}.example")
    content = "\n".join([_KOPPEN, *rows]).encode()
    return Menigte(
        1, lambda _: beheerder.post("/leveringen/nieuw/", files={"bestand": ("groot.csv", content)}), 600
    )


def uploads(portaal: Portaal) -> Menigte:
    """Six people who upload a file of 45 MB; the portal cannot read it, so only taking it in counts."""
    junk = random.Random(1).randbytes(45_000_000)
    names = itertools.islice(itertools.cycle(GEMEENTEN), 6)
    people = [Medewerker(portaal, f"gegevensbeheerder@{place.naam.lower()}.example") for place in names]
    return Menigte(6, lambda i: people[i].post("/leveringen/nieuw/", files={"bestand": ("x.xlsx", junk)}))


def worst_questions(portaal: Portaal) -> Menigte:
    """Two parties that ask the most expensive question over and over."""
    letters = string.ascii_lowercase
    languages = [f"{a}{b}{c}" for a in letters for b in letters for c in letters][:600]
    vraag = {
        "selectiegebied": {"postcode": f"{LINDEWAARD.midden}AB", "afstand": 999},
        "arbeidsmarktkwalificatie.taalbeheersing": {
            "$all": [{"$elemMatch": {"codeTaal": {"$eq": code}}} for code in ["nld", *languages]]
        },
    }
    return Menigte(2, lambda _: ask_source(portaal.url, vraag), pause=0)


# By letter: its name in the tables, who they are, and how often it can take turns (0: as often as the others).
ERNAAST: dict[str, tuple[str, Callable[[Portaal], Menigte], int]] = {
    "a": ("20 trage details", slow_details, 0),
    "b": ("20 trage zoekvragen", slow_searches, 0),
    "c": ("40 keer inloggen", logins, 0),
    "d": (f"een levering van {RIJEN} rijen", a_delivery, 1),
    "e": ("6 uploads van 45 MB", uploads, 0),
    "f": ("de zwaarste vraag, door twee", worst_questions, 0),
}


class Drukte:
    """Runs the work beside in a process of its own: `begin` and `rest` as often as wanted, then `end`."""

    def __init__(self, letter: str, portaal: Portaal) -> None:
        # Anew, not forked: threads of this process hold locks.
        context = multiprocessing.get_context("spawn")
        self._go, self._stop, self._ready = (context.Event() for _ in range(3))
        self._done = context.Value("i", 0)
        self._refused = context.Value("i", 0)
        arguments = (letter, portaal, self._ready, self._go, self._stop, self._done, self._refused)
        self._process = context.Process(target=be_busy, args=arguments)
        self._process.start()
        assert self._ready.wait(240), "wie ernaast gaat, was niet klaar in 240 s"
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def begin(self) -> None:
        """Lets them go on, and waits until it is felt."""
        self._go.set()
        time.sleep(2)

    def rest(self) -> None:
        """Lets them finish what they are doing."""
        self._go.clear()
        time.sleep(TRAAG + 1)

    def end(self) -> str:
        """Ends it, and tells how often they did it."""
        self._go.set()
        self._stop.set()
        self._process.join(40)
        self._process.kill()
        return f"{self._done.value} keer gedaan, waarvan {self._refused.value} keer 'even wachten'"


def be_busy(letter: str, portaal: Portaal, ready: Any, go: Any, stop: Any, done: Any, refused: Any) -> None:
    """Is the process that goes beside."""
    os.setsid()
    step_back(5)
    crowd = ERNAAST[letter][1](portaal)

    def repeat(index: int) -> None:
        while go.wait() and not stop.is_set():
            wait = crowd.pause
            with contextlib.suppress(Exception):
                answer = crowd.action(index)
                # Whoever is told to wait does so.
                wait = float(getattr(answer, "headers", {}).get("Retry-After", wait))
                with done.get_lock():
                    done.value += 1
                    refused.value += wait != crowd.pause
            stop.wait(wait)

    for index in range(crowd.number):
        threading.Thread(target=repeat, args=(index,), daemon=True).start()
    ready.set()
    stop.wait()


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


def cpu(demo: Demonstratie, drukte: Drukte) -> dict[str, float]:
    """The seconds of processor that each kind of process has used, with what the whole machine has used."""
    assert demo.process is not None
    found: dict[str, float] = {}
    top = psutil.Process(demo.process.pid)
    named = [(part_of(child), [child, *child.children(recursive=True)]) for child in top.children()]
    named += [("toezicht en voordeur", [top]), ("deze meting", [psutil.Process()])]
    named += [("wie ernaast gaat", [psutil.Process(drukte.pid)])]
    for name, processes in named:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                # Processes that have ended count with who started them.
                found[name] = found.get(name, 0) + sum(times[:4])
    machine = psutil.cpu_times()
    found["de hele machine"] = sum(machine) - machine.idle - machine.iowait - machine.guest
    return found


def part_of(process: psutil.Process) -> str:
    """The name of the part that this process is of, or that of its program."""
    return str(process.environ().get("UM_COMPONENT") or process.name().split(":")[0])


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print(flush=True)


def beside(iedereen: Iedereen, letter: str) -> tuple[list[list[str]], list[list[str]]]:
    """Measures alone and beside, in turns; gives rows of durations, and rows of processors in use."""
    name, _, turns = ERNAAST[letter]
    demo, turns = iedereen.demo, turns or RONDES
    drukte = Drukte(letter, Portaal(demo.url, demo.port))
    alone, with_it = ({action: Reeks() for action in iedereen.actions()} for _ in range(2))
    used: list[dict[str, float]] = [{}, {}]
    try:
        for _ in range(turns):
            for index, (series, pressed) in enumerate([(alone, False), (with_it, True)]):
                if pressed:
                    drukte.begin()
                before = cpu(demo, drukte)
                for action, reeks in during(iedereen.actions(), SECONDEN / turns).items():
                    series[action].duren += reeks.duren
                    series[action].fouten += reeks.fouten
                for part, seconds in cpu(demo, drukte).items():
                    used[index][part] = used[index].get(part, 0) + seconds - before.get(part, 0)
            drukte.rest()
    finally:
        print(f"- {name}: {drukte.end()}", flush=True)
    rows = []
    for action, reeks in with_it.items():
        own, other = alone[action].cuts(), reeks.cuts()
        figures = [f"{cuts[at]:.0f}" for cuts in (own, other) for at in (49, 94, 98)]
        count = f"{len(alone[action].duren)} / {len(reeks.duren)}"
        rows.append([name, action, count, *figures, f"{other[94] / own[94]:.1f}", str(len(reeks.fouten))])
        if reeks.fouten:
            print("-", name, action, json.dumps(sorted({text for _, text in reeks.fouten})[:4]))
    shares = [
        [name, part, *(f"{seconds.get(part, 0) / SECONDEN:.2f}" for seconds in used)] for part in used[1]
    ]
    return rows, shares


def run(parts: Sequence[str] = ()) -> None:
    """Runs the demonstration and prints the tables; `parts` are letters of what goes beside, `g` and `h`."""
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
            for _ in range(5):
                for once in iedereen.actions().values():
                    once()
            before = memory(demo)
            rows, used = [], []
            for letter in ERNAAST:
                if not parts or letter in parts:
                    found, shares = beside(iedereen, letter)
                    rows += found
                    used += shares
            if rows:
                cuts = ["p50", "p95", "p99"]
                head = [*(f"{cut} alleen" for cut in cuts), *(f"{cut} ernaast" for cut in cuts)]
                _table(
                    "Alleen en ernaast: duur in ms",
                    ["ernaast", "wat", "hoe vaak", *head, "p95 maal", "fouten"],
                    rows,
                )
                _table("Processors in gebruik", ["ernaast", "onderdeel", "alleen", "ernaast"], used)
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
