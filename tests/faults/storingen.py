"""The faults, as data: a name and what happens. A new one is a line in `STORINGEN`.

What happens is a function of a `Plek`, which is all that can break; the fault is over when it returns. Nothing
starts a process again here: the supervisor of the demonstration does, as that of an installation would.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import psutil
import redis

from tests.cluster import programmas
from tests.doorgever import Doorgever, Gedrag, Verbinding, passes_on
from tests.places import ROOT
from tests.processes import Demonstratie
from um_portal.embedded.redis_server import Redis

LANG = 20
GEEN_SCHIJF = "niet gedaan: hier kan geen kleine schijf worden gemaakt"


@dataclass
class Werkplek:
    """A portal at work, with what the one who breaks something has to say about it."""

    demo: Demonstratie
    opmerkingen: list[str] = field(default_factory=list, kw_only=True)

    def wait_for(self, what: str, ready: Callable[[], object], seconds: float = 40) -> None:
        """Waits for the right moment; when that does not come the fault goes on, and the table says so."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(Exception):
                if ready():
                    return
            time.sleep(0.02)
        self.opmerkingen.append(f"niet {what}")

    def count(self, query: str) -> int:
        """Gives the number that a query gives."""
        with self.demo.database() as database:
            [number] = database.execute(query).fetchone() or (0,)
        return int(number)

    def wait_until_busy(self, wat: str) -> None:
        """Waits until the portal is in the middle of this."""
        queries = {
            "publiceren": "SELECT count(*) FROM uploads_levering WHERE status = 'publiceren' AND lease_tot > now()",
            "omzetten": "SELECT count(*) FROM uploads_levering WHERE status = 'omzetten' AND lease_tot > now()",
            "zoeken": "SELECT count(*) FROM bemiddelaar_zoekvraag WHERE status = 'bezig'",
            "een detail": "SELECT count(*) FROM bemiddelaar_detailaanvraag WHERE gelukt_op IS NULL"
            " AND gereserveerd_tot > now()",
        }
        self.wait_for(f"tijdens {wat}", lambda: self.count(queries[wat]))


@dataclass
class Plek(Werkplek):
    """One whole portal on one machine, with everything round it that can break."""

    uitwisseling: Doorgever
    redis: Redis
    tijdelijk: Path | None
    gegevens: Path | None

    def part(self, naam: str) -> psutil.Process:
        """Gives the first process of a part of the portal."""
        return next(one for one in self._children() if one.environ().get("UM_COMPONENT") == naam)

    def server(self, naam: str) -> psutil.Process:
        """Gives a server by the name of its program."""
        return next(one for one in self._children() if one.name().startswith(naam))

    def _children(self) -> list[psutil.Process]:
        assert self.demo.process is not None
        found = []
        for child in psutil.Process(self.demo.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if child.status() != psutil.STATUS_ZOMBIE:
                    found.append(child)
        return found


def all_of(process: psutil.Process) -> list[psutil.Process]:
    """Lists a process and all that it started, those first."""
    return [*process.children(recursive=True), process]


def kill_all(processes: list[psutil.Process]) -> None:
    """Kills these as they are, without a word."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


@contextlib.contextmanager
def frozen(processes: list[psutil.Process]) -> Iterator[None]:
    """Freezes these while this lasts."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()


# --- What can happen ---------------------------------------------------------------------------------------

Gebeurtenis = Callable[[Plek], None]


def killed(naam: str, tijdens: str = "") -> Gebeurtenis:
    """Kills all processes of a part, in the middle of something."""

    def happen(plek: Plek) -> None:
        victims = all_of(plek.part(naam))
        if tijdens:
            plek.wait_until_busy(tijdens)
        kill_all(victims)

    return happen


def reading_process_killed(plek: Plek) -> None:
    """Kills the process that reads a file."""

    worker = plek.part("bestanden")

    def kill() -> bool:
        for one in worker.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if "uploads/sandbox" in " ".join(one.cmdline()):
                    one.kill()
                    return True
        return False

    plek.wait_for("tijdens het lezen", kill)


def host_frozen(plek: Plek) -> None:
    """Freezes the worker of files in the middle of a publication, with all that it started."""
    victims = all_of(plek.part("bestanden"))
    plek.wait_until_busy("publiceren")
    with frozen(victims):
        time.sleep(LANG)


def postgresql_restarted(plek: Plek) -> None:
    """Restarts PostgreSQL under connections that are open."""
    plek.server("postgres").send_signal(signal.SIGINT)
    time.sleep(0.5)
    plek.wait_for("terug", lambda: plek.count("SELECT 1"))


def postgresql_frozen(plek: Plek) -> None:
    """Freezes PostgreSQL with all its processes."""
    with frozen(all_of(plek.server("postgres"))):
        time.sleep(LANG)


def _redis_process(plek: Plek) -> psutil.Process:
    assert plek.redis.child.process is not None
    return psutil.Process(plek.redis.child.process.pid)


def redis_restarted(plek: Plek) -> None:
    """Kills Redis and starts it again, empty."""
    plek.redis.child.stop()
    plek.redis.child.start()


def redis_emptied(plek: Plek) -> None:
    """Throws away all that is in Redis."""
    with redis.Redis.from_url(plek.redis.url) as client:
        client.flushall()


def redis_frozen(plek: Plek) -> None:
    """Freezes Redis."""
    with frozen([_redis_process(plek)]):
        time.sleep(LANG)


@contextlib.contextmanager
def _full(disk: Path) -> Iterator[None]:
    """Leaves no room on a disk while this lasts."""
    heap = disk / "vol"
    taken, step = 0, 256 * 1024 * 1024
    with heap.open("wb") as file:
        # Claimed, not written: the file behind this disk does not grow.
        while step >= 4096:
            try:
                os.posix_fallocate(file.fileno(), taken, step)
                taken += step
            except OSError:
                step //= 2
    try:
        yield
    finally:
        heap.unlink()


def no_room(plek: Plek) -> None:
    """Fills the place for temporary files."""
    if plek.tijdelijk is None:
        plek.opmerkingen.append(GEEN_SCHIJF)
        return
    with _full(plek.tijdelijk):
        time.sleep(LANG)


def no_room_for_the_database(plek: Plek) -> None:
    """Fills the disk that the database is on, and looks whether the operator is told so."""
    if plek.gegevens is None:
        plek.opmerkingen.append(GEEN_SCHIJF)
        return
    with _full(plek.gegevens):
        time.sleep(LANG)
        told = "De schijf is vol" in plek.demo.manage("check_config").stdout
    plek.opmerkingen.append("check_config: de schijf is vol" if told else "FOUT: de beheerder leest niets")


def schedule_frozen(plek: Plek) -> None:
    """Freezes the clock, and counts how often the work of every ten seconds was done once it goes on."""
    with frozen(all_of(plek.part("klok"))):
        time.sleep(LANG)
    before = _last_turn(plek)
    plek.wait_for("weer een beurt", lambda: _last_turn(plek) > before, 30)


def _last_turn(plek: Plek) -> str:
    with plek.demo.database() as database:
        row = database.execute(
            "SELECT max(begonnen_op)::text FROM achtergrondwerk_ronde WHERE naam = 'hervat-taken'"
        )
        return str((row.fetchone() or ("",))[0])


def clocks_differ(plek: Plek) -> None:
    """Runs more workers beside those that are there, on a machine whose clock is a minute ahead."""
    try:
        library = programmas.faketime()
    except programmas.NietTeKrijgen as problem:
        plek.opmerkingen.append(f"niet gedaan: {problem}"[:80])
        return
    env = {
        "LD_PRELOAD": library,
        "FAKETIME": "+60s",
        # Only what o'clock it is differs, not how fast time goes.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    workers = [_beside(plek, naam, **env) for naam in ("zoeken-en-onderhoud", "bestanden")]
    try:
        time.sleep(2 * LANG)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(60)


def _beside(plek: Plek, naam: str, **env: str) -> subprocess.Popen[bytes]:
    """Starts one more of a part, with what it logs where that is looked through."""
    with (plek.demo.data / "logs" / f"tweede-{naam}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "um_portal.run", naam],
            cwd=ROOT,
            env={**plek.part(naam).environ(), **env},
            stdout=log,
            stderr=log,
        )


def two_clocks(plek: Plek) -> None:
    """Runs a second clock beside the first, and counts how often the work of every ten seconds was done."""
    started: set[str] = set()
    second = _beside(plek, "klok", UM_KLOK_BESTAND=str(plek.demo.place / "tweede-klok"))
    begin = time.monotonic()
    try:
        while time.monotonic() < begin + 40:
            with plek.demo.database() as database:
                row = database.execute(
                    "SELECT begonnen_op::text FROM achtergrondwerk_ronde WHERE naam = 'hervat-taken'"
                )
                started |= {str(text) for (text,) in row}
            time.sleep(0.1)
    finally:
        second.terminate()
        second.wait(20)
    turns = len(started) - 1
    plek.opmerkingen.append(f"{turns} beurten van 10 s in 40 s")
    if turns > 5:
        plek.opmerkingen.append("FOUT: werk is dubbel uitgedeeld")


def exchange(gedrag: Gedrag) -> Gebeurtenis:
    """Lets the exchange behave like this for a while."""

    def happen(plek: Plek) -> None:
        with plek.uitwisseling.behaving(gedrag):
            time.sleep(LANG)

    return happen


def exchange_away(plek: Plek) -> None:
    """Lets the exchange let nobody in."""
    with plek.uitwisseling.away():
        time.sleep(LANG)


def late_before(verbinding: Verbinding) -> None:
    """Passes on after fifteen seconds: longer than a detail may take."""
    time.sleep(15)
    passes_on(verbinding)


def late_after(verbinding: Verbinding) -> None:
    """Delivers at once, and answers after fifteen seconds."""
    answer = verbinding.forward()
    time.sleep(15)
    verbinding.send(answer.status_code, answer.content)


def breaks_off(verbinding: Verbinding) -> None:
    """Delivers, and breaks off instead of answering."""
    verbinding.forward()
    verbinding.reset()


def refuses(verbinding: Verbinding) -> None:
    """Says that it is not available, as the contract has it."""
    verbinding.send(503, b'{"code": "500.3", "message": "Service niet beschikbaar"}')
    verbinding.aanroep.status = 503
    verbinding.aanroep.heel = True


def lies(verbinding: Verbinding) -> None:
    """Delivers, and answers something else: no JSON, another shape, or a record of nothing."""
    verbinding.forward()
    texts = (b'{"werkzoekende": {"a', b'["matches"]', b'{"bronID": 7, "werkzoekende": {}}', b"\xff\x00" * 999)
    verbinding.send(200, texts[int(time.monotonic() * 7) % len(texts)])


def drips(verbinding: Verbinding) -> None:
    """Delivers, and answers one byte a second."""
    content = verbinding.forward().content
    verbinding.send(200, b"", length=len(content))
    verbinding.drip(content, pause=1)


P = TypeVar("P", bound=Werkplek)


@dataclass(frozen=True)
class Storing(Generic[P]):
    """A fault: its name in the table, what happens, and what is made whole again once everybody works as usual."""

    naam: str
    gebeurt: Callable[[P], None]
    daarna: Callable[[P], None] = lambda _: None


STORINGEN: tuple[Storing[Plek], ...] = (
    Storing("niets: zo gaat het gewoon", lambda _: time.sleep(LANG)),
    Storing("`kill -9` van de pagina's, tijdens een detail", killed("paginas", "een detail")),
    Storing("`kill -9` van de bron", killed("bron")),
    Storing("`kill -9` van de werker, tijdens zoeken", killed("zoeken-en-onderhoud", "zoeken")),
    Storing("`kill -9` van de werker, tijdens omzetten", killed("bestanden", "omzetten")),
    Storing("`kill -9` van de werker, tijdens publiceren", killed("bestanden", "publiceren")),
    Storing("`kill -9` van het leesproces", reading_process_killed),
    Storing("`kill -9` van de klok", killed("klok")),
    Storing("werker 20 s bevroren, tijdens publiceren", host_frozen),
    Storing("PostgreSQL opnieuw gestart", postgresql_restarted),
    Storing("PostgreSQL 20 s bevroren", postgresql_frozen),
    Storing("Redis opnieuw gestart", redis_restarted),
    Storing("Redis geleegd", redis_emptied),
    Storing("Redis 20 s bevroren", redis_frozen),
    Storing("tijdelijke map 20 s vol", no_room),
    Storing("schijf van de database 20 s vol", no_room_for_the_database),
    Storing("uitwisseling niet bereikbaar, 20 s", exchange_away),
    Storing("uitwisseling meldt 503, 20 s", exchange(refuses)),
    Storing("uitwisseling levert pas na 15 s", exchange(late_before)),
    Storing("uitwisseling levert, antwoord komt na 15 s", exchange(late_after)),
    Storing("uitwisseling levert, verbinding breekt af", exchange(breaks_off)),
    Storing("uitwisseling levert, antwoord druppelt", exchange(drips)),
    Storing("uitwisseling antwoordt onzin", exchange(lies)),
    Storing("twee klokken, 40 s", two_clocks),
    Storing("klok 20 s bevroren", schedule_frozen),
    Storing("werkers met een klok die een minuut voorloopt, 40 s", clocks_differ),
)
