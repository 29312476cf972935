"""Runs the faults of a portal on several machines, and prints three tables in Markdown."""

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psycopg

from tests.cluster.knopen import make_network
from tests.cluster.landschap import Landschap, a_landscape
from tests.cluster.programmas import Programmas
from tests.cluster.storingen import Landplek
from tests.doorgever import Doorgever
from tests.faults.boeken import Telling, count_everything
from tests.faults.gebruik import Gebruik
from tests.faults.run import Ronde, a_server_of_redis, table, tell, work
from tests.faults.storingen import Storing
from tests.places import ROOT

# Seconds: the goal, and how long is waited for everything to be as usual.
DOEL, LANGST = 30, 90
SCHRIJVEN = "schrijven"
VERSLAG = ROOT / "build" / "cluster"


@dataclass
class Boekhouder:
    """Writes a number through PgBouncer, again and again, and remembers which the database said yes to."""

    url: str
    bevestigd: list[tuple[int, float]] = field(default_factory=list)
    onbekend: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins."""
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._over.set()
        assert self._thread is not None
        self._thread.join(60)

    def _write(self) -> None:
        number = 0
        while not self._over.is_set():
            with (
                contextlib.suppress(psycopg.Error),
                psycopg.connect(
                    self.url,
                    autocommit=True,
                    connect_timeout=3,
                    prepare_threshold=None,
                    tcp_user_timeout=10_000,
                ) as connection,
            ):
                while not self._over.wait(0.02):
                    number += 1
                    self.onbekend += 1
                    connection.execute("INSERT INTO proef_boek VALUES (%s)", [number])
                    self.onbekend -= 1
                    self.bevestigd.append((number, time.monotonic()))
            self._over.wait(0.1)

    def count(self, landschap: Landschap) -> Telling:
        """Counts what became of what the database said yes to."""
        with landschap.database() as database:
            there = {number for (number,) in database.execute("SELECT nummer FROM proef_boek")}
        lost = [str(number) for number, _ in self.bevestigd if number not in there]
        return Telling(
            "wat de database heeft bevestigd, is er nog",
            f"{len(self.bevestigd)} keer geschreven en bevestigd; {self.onbekend} keer geen antwoord",
            lost,
        )


def longest_silence(times: Sequence[float], begin: float, end: float) -> float:
    """Gives the longest time between two answers, in seconds."""
    moments = [begin, *sorted(one for one in times if begin < one < end), end]
    return max(later - earlier for earlier, later in pairwise(moments))


def silences(ronde: Ronde, boekhouder: Boekhouder) -> dict[str, float]:
    """Gives for how long nobody got a good answer, for what cannot wait."""
    end = max((one.eind for one in ronde.gezien), default=ronde.begin)
    answers = {
        wat: [one.eind for one in ronde.gezien if one.wat == wat and one.status == "goed"]
        for wat in ("bron", "pagina")
    }
    answers[SCHRIJVEN] = [moment for _, moment in boekhouder.bevestigd]
    return {wat: longest_silence(times, ronde.begin, end) for wat, times in answers.items()}


def run(chosen: Sequence[Storing[Landplek]], programmas: Programmas) -> bool:
    """Runs these faults, and tells whether all was well."""
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="um-cluster-")))
        place.chmod(0o755)  # the servers run as somebody else
        begin = time.monotonic()
        shutil.rmtree(VERSLAG, ignore_errors=True)
        make_network()
        # For whoever wants to know what happened: what each process said is kept until the next time.
        logs = place / "land" / "gegevens" / "logs"
        stack.callback(shutil.copytree, logs, VERSLAG, dirs_exist_ok=True)
        simulator = stack.enter_context(a_server_of_redis(place / "redis-uitwisseling"))
        uitwisseling = Doorgever()
        landschap = stack.enter_context(
            a_landscape(
                place / "land",
                programmas,
                UM_REDIS_SIMULATOR_URL=f"{simulator.url}/2",
                UM_EXCHANGE_URL=uitwisseling.url,
                UM_SIMULATOR_BRONNEN="landelijk",
                **{f"UM_DAG_{w}{g}": "100000" for w in ("ZOEKVRAGEN", "DETAILS") for g in ("", "_GEMEENTE")},
            )
        )
        uitwisseling.simulator = landschap.simulator_port
        print(f"Alles draait na {time.monotonic() - begin:.0f} s.", flush=True)
        with landschap.database() as database:
            database.execute("CREATE TABLE proef_boek (nummer integer PRIMARY KEY)")
            database.execute("GRANT INSERT ON proef_boek TO um_app")
        boekhouder = Boekhouder(landschap.pooled_url("um_portal"))
        boekhouder.start()
        gebruik = Gebruik(landschap, bevragers=3)
        rounds = work(Landplek(landschap, landschap), gebruik, chosen, LANGST)
        boekhouder.stop()
        found = [
            boekhouder.count(landschap),
            *count_everything(
                landschap, gebruik, uitwisseling, landschap.redis_at_master(), f"{simulator.url}/2"
            ),
        ]
    quiet = {one.naam: silences(one, boekhouder) for one in rounds}
    late = [
        f"{naam}: {wat} {s:.0f} s" for naam, kinds in quiet.items() for wat, s in kinds.items() if s > DOEL
    ]
    found.append(Telling(f"alles antwoordt weer binnen {DOEL} s", f"{len(rounds)} storingen", late))
    kinds = ["bron", "pagina", SCHRIJVEN]
    table(
        ["storing", *(f"langst geen antwoord, {wat}" for wat in kinds)],
        [[naam, *(f"{of[wat]:.0f} s" for wat in kinds)] for naam, of in quiet.items()],
    )
    return tell(rounds, found)
