"""The audit log: what a line costs, what counting adds to the source's answers, and how long verifying takes."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test import Client

from tests.bench.fill import KLEIN, fill
from tests.bench.questions import QUESTIONS
from tests.factories import een_client, een_gebruiker, een_gemeente, vum_headers
from um_portal.audit import brontelling
from um_portal.audit.handelingen import Handeling
from um_portal.audit.koppen import read_all
from um_portal.audit.log import log_act
from um_portal.audit.models import Keten, Uitkomst
from um_portal.audit.verify import verify
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

_PAD = "/vum/bron/v3/werkzoekendeProfielen/matches"
_ROUNDS = 200
_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Metingen:
    """Durations in milliseconds, medians of many rounds; that of verifying in seconds, with its number of lines."""

    leeg: float
    regel: float
    zoekvraag: float
    tellen: float
    wegschrijven: float
    antwoord: float
    regels: int
    schrijven: float
    narekenen: float
    geheugen: float


def _median(do: Callable[[], object], rounds: int = _ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        do()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def _empty(gemeente: Gemeente) -> None:
    with voor_gemeente(gemeente):
        Keten.objects.exists()


def _line(gemeente: Gemeente) -> None:
    with voor_gemeente(gemeente):
        Keten.objects.exists()
        log_act(gemeente, Handeling.SLEUTEL_GEMAAKT, onderwerp="meting")


def _count(gemeente: Gemeente) -> None:
    brontelling.count(
        gemeente.pk, "9" * 20, "selectievraag werkzoekenden", uitkomst=Uitkomst.GELUKT, records=3
    )


def _ask(client: Client) -> None:
    question = {"vraagObject": QUESTIONS["middelmatig"](KLEIN.oin)}
    answer = client.post(_PAD, question, content_type="application/json", headers=vum_headers(KLEIN.oin))
    if answer.status_code != 200:
        raise RuntimeError(f"the source answered {answer.status_code}")


def _search(client: Client) -> None:
    answer = client.post("/zoeken/", {"postcode": "2405 AB", "afstand": "25"}, headers={"host": "localhost"})
    if answer.status_code != 302:
        raise RuntimeError(f"the search answered {answer.status_code}")


def _write(gemeente: Gemeente, lines: int) -> float:
    """Writes this many lines by the function that writes every line; gives the seconds it took."""
    begin = time.perf_counter()
    for start in range(0, lines, _AT_ONCE):
        with voor_gemeente(gemeente), connection.cursor() as cursor:
            cursor.execute(
                "SELECT um_log(%s, 'sleutel_gemaakt', NULL, NULL, 'regel ' || n, 1, 'gelukt', '', '',"
                " repeat('0', 32), repeat('0', 16), 5) FROM generate_series(1, %s) n",
                [gemeente.pk, min(_AT_ONCE, lines - start)],
            )
    return time.perf_counter() - begin


def _peak() -> float:
    """Gives the most memory that this process ever had, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(lines: int) -> Metingen:
    """Measures all of it in a database of its own."""
    fill([KLEIN])
    gemeente = een_gemeente("Metendorp")
    coach, exchange = een_client(een_gebruiker(gemeente)), Client(SERVER_NAME="localhost")
    _ask(exchange)
    empty, line = _median(lambda: _empty(gemeente)), _median(lambda: _line(gemeente))
    search, answer = _median(lambda: _search(coach), 25), _median(lambda: _ask(exchange))
    counted = _median(lambda: _count(gemeente), 20_000)
    begin = time.perf_counter()
    brontelling.flush()
    flushed = 1000 * (time.perf_counter() - begin)
    written = _write(gemeente, lines)
    begin = time.perf_counter()
    found = verify(list(read_all()))
    verified = time.perf_counter() - begin
    if found.afwijkingen:
        raise RuntimeError("the log is not right")
    return Metingen(empty, line, search, counted, flushed, answer, found.regels, written, verified, _peak())


REGELS = int(os.environ.get("UM_BENCH_REGELS") or 1_000_000)
