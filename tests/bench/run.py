"""The measurements themselves, one function per table."""

import contextlib
import cProfile
import io
import json
import os
import platform
import pstats
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
import psutil

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from tests.bench import levering, logboek, resultaten  # noqa: E402
from tests.bench.fill import KLEIN, MILJOEN, Maat, country, fill, groot  # noqa: E402
from tests.bench.load import Meting, measure  # noqa: E402
from tests.bench.questions import QUESTIONS  # noqa: E402
from tests.factories import vum_headers  # noqa: E402
from um_portal.tenants.models import Gemeente  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PROFIELEN = int(os.environ.get("UM_BENCH_PROFIELEN") or MILJOEN)
GROOT = groot(PROFIELEN)
SECONDEN = float(os.environ.get("UM_BENCH_SECONDEN") or 6)
GEMEENTEN = 300
RIJEN = int(os.environ.get("UM_BENCH_RIJEN") or 100_000)
PAD = "/vum/bron/v3/werkzoekendeProfielen/matches"
PORTAAL = "um_portal.wsgi:application"
API, VLOER = ("127.0.0.1", 8790), ("127.0.0.1", 8791)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print one table in Markdown."""
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(str(cell) for cell in row)} |")
    sys.stdout.flush()


def gunicorn(app: str, *more: str) -> list[str]:
    """Gunicorn with the project's own configuration."""
    return ["gunicorn", "-c", str(ROOT / "deploy/gunicorn.conf.py"), *more, app]


@contextlib.contextmanager
def server(command: Sequence[str], address: tuple[str, int]) -> Iterator[psutil.Process]:
    """A WSGI server as a process of its own; yields it when it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "UM_BIND": f"{address[0]}:{address[1]}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                socket.create_connection(address, timeout=1).close()
                break
            time.sleep(0.2)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def ask(address: tuple[str, int], place: Maat, question: str, callers: int) -> Meting:
    """Put one question about one municipality for a while."""
    headers = {"Content-Type": "application/json", "X-Bench": question, **vum_headers(place.oin)}
    body = json.dumps({"vraagObject": QUESTIONS[question](place.oin)}).encode()
    found = measure(address, PAD, headers, body, callers=callers, seconds=SECONDEN)
    if found.fouten:
        raise SystemExit(f"{question} bij {place.oin}: {found.fouten} antwoorden waren fout")
    return found


def medians(place: Maat) -> dict[str, float]:
    """The median of each question to one municipality with one caller, in milliseconds."""
    with server(gunicorn(PORTAAL), API):
        return {question: ask(API, place, question, 1).p50 for question in QUESTIONS}


def _vacuum() -> None:
    with connections["eigenaar"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _present() -> set[str]:
    return set(Gemeente.objects.values_list("oin", flat=True))


def fill_what_is_missing(places: Sequence[Maat]) -> None:
    """Publish the municipalities that are not there yet."""
    missing = [place for place in places if place.oin not in _present()]
    if not missing:
        return
    seconds = fill(missing)
    total = sum(place.aantal for place in missing)
    print(f"- {total} profielen van {len(missing)} gemeenten gepubliceerd in {seconds:.0f} s")
    begin = time.monotonic()
    _vacuum()
    print(f"- VACUUM ANALYZE: {time.monotonic() - begin:.0f} s")


def growth(places: Sequence[Maat]) -> None:
    """The same municipality with some 10,000 and with all profiles in the table; fills on the way."""
    few, total = [KLEIN], KLEIN.aantal
    for place in sorted(places[1:], key=lambda place: place.aantal):
        if total >= 10_000:
            break
        few.append(place)
        total += place.aantal
    if len(_present()) > len(few):
        print("- De database was al gevuld; de groei is alleen te meten met een lege.")
        fill_what_is_missing(places)
        return
    fill_what_is_missing(few)
    before = medians(KLEIN)
    fill_what_is_missing(places)
    after = medians(KLEIN)
    everything = sum(place.aantal for place in places)
    table(
        f"Groei: de mediaan van dezelfde gemeente ({KLEIN.aantal} profielen), in ms",
        ["vraag", f"{total} in de tabel", f"{everything} in de tabel", "verhouding"],
        [
            [name, f"{before[name]:.2f}", f"{after[name]:.2f}", f"{after[name] / before[name]:.2f}"]
            for name in QUESTIONS
        ],
    )


def floor() -> None:
    """The API against a bare WSGI function with the same SQL, pool and bytes, asked in turns."""
    rows = []
    with server(gunicorn(PORTAAL), API), server(gunicorn("tests.bench.floor:application"), VLOER):
        for place in (KLEIN, GROOT):
            for question in QUESTIONS:
                for callers in (1, 16):
                    api, bare = [], []
                    for _ in range(2):
                        api.append(ask(API, place, question, callers).p50)
                        bare.append(ask(VLOER, place, question, callers).p50)
                    ours, theirs = statistics.mean(api), statistics.mean(bare)
                    figures = [f"{ours:.2f}", f"{theirs:.2f}", f"{ours / theirs:.2f}"]
                    rows.append([place.aantal, question, callers, *figures])
    table(
        "De bron tegen haar vloer: mediaan in ms",
        ["profielen", "vraag", "bevragers", "API", "vloer", "verhouding"],
        rows,
    )


def speed() -> None:
    """Calls a second and how long they take, and the memory of the processes meanwhile."""
    rows, memory = [], []
    with server(gunicorn(PORTAAL), API) as parent:
        for place in (KLEIN, GROOT):
            for question in QUESTIONS:
                for callers in (1, 16):
                    found = ask(API, place, question, callers)
                    rows.append(
                        [place.aantal, question, callers, f"{found.per_seconde:.0f}"]
                        + [f"{value:.1f}" for value in (found.p50, found.p95, found.p99)]
                    )
        for process in parent.children():
            info = process.memory_full_info()
            memory.append([process.pid, f"{info.rss / 1e6:.0f}", f"{info.uss / 1e6:.0f}"])
    table(
        "Aanroepen per seconde en duur in ms",
        ["profielen", "vraag", "bevragers", "per seconde", "p50", "p95", "p99"],
        rows,
    )
    table("Geheugen van een serverproces na deze metingen, in MB", ["proces", "RSS", "eigen (USS)"], memory)


def wsgi_servers() -> None:
    """The same application under other servers; each with two processes of eight threads where it has them."""
    port = str(API[1])
    candidates = {
        "gunicorn, gthread 2 × 8": gunicorn(PORTAAL),
        "gunicorn, gthread 4 × 4": gunicorn(PORTAAL, "-w", "4", "--threads", "4"),
        "gunicorn, sync 2": gunicorn(PORTAAL, "-k", "sync", "--threads", "1"),
        "granian 2 × 8": [
            *("granian", "--interface", "wsgi", "--host", API[0], "--port", port, "--no-access-log"),
            *("--workers", "2", "--blocking-threads", "8", PORTAAL),
        ],
        "waitress, 1 × 16": ["waitress", f"--listen={API[0]}:{port}", "--threads=16", PORTAAL],
    }
    rows = []
    for name, command in candidates.items():
        with server(command, API):
            for question in ("selectief", "middelmatig"):
                for callers in (1, 16):
                    found = ask(API, KLEIN, question, callers)
                    figures = [f"{found.per_seconde:.0f}", f"{found.p50:.1f}", f"{found.p99:.1f}"]
                    rows.append([name, question, callers, *figures])
    table(
        f"De WSGI-server, bij een gemeente van {KLEIN.aantal}",
        ["server", "vraag", "bevragers", "per seconde", "p50", "p99"],
        rows,
    )


def queries() -> None:
    """The number of statements of one call, without the boundaries of its transaction."""
    client, headers = Client(SERVER_NAME="localhost"), vum_headers(KLEIN.oin)
    rows = []
    for method, path in (("post", PAD), ("get", PAD.replace("matches", "W1"))):
        body = json.dumps({"vraagObject": QUESTIONS["middelmatig"](KLEIN.oin)}) if method == "post" else None
        for _ in range(2):  # the second time the process knows keys and postcodes
            with CaptureQueriesContext(connection) as captured:
                extra = {"data": body, "content_type": "application/json"} if body else {}
                getattr(client, method)(path, headers=headers, **extra)
        statements = [query["sql"] for query in captured if query["sql"] not in {"BEGIN", "COMMIT"}]
        rows.append([f"{method.upper()} {path}", len(statements)])
    table("Query's per aanroep", ["aanroep", "query's"], rows)
    connection.close()


def profile() -> None:
    """Where the time of one call goes, in this process: the functions that take longest themselves."""
    client, body = (
        Client(SERVER_NAME="localhost"),
        json.dumps({"vraagObject": QUESTIONS["middelmatig"](KLEIN.oin)}),
    )
    headers = vum_headers(KLEIN.oin)

    def calls(number: int) -> None:
        for _ in range(number):
            client.post(PAD, body, "application/json", headers=headers)

    calls(20)
    profiler = cProfile.Profile()
    profiler.runcall(calls, 300)
    output = io.StringIO()
    pstats.Stats(profiler, stream=output).sort_stats("tottime").print_stats(14)
    print(f"\n### Profiel van 300 aanroepen, middelmatige vraag, {KLEIN.aantal} profielen\n\n```")
    print(output.getvalue().strip().replace(str(ROOT) + "/", ""))
    print("```")
    connection.close()


def delivery() -> None:
    """A dense delivery against openpyxl reading it, and the same with twice the rows."""
    rows = []
    for number, theirs, ours in levering.measure(RIJEN):
        rows.append(
            [number, f"{theirs:.1f}", f"{ours.totaal:.1f}", f"{ours.totaal / theirs:.2f}"]
            + [f"{value:.1f}" for value in (ours.openen, ours.omzetten, ours.publiceren, ours.stilte)]
            + [f"{value:.0f}" for value in (ours.werker_mb, ours.samen_mb)]
        )
    table(
        "Een levering van 35 gevulde kolommen: tijden in s, hoogste geheugen in MB",
        [
            "rijen",
            "openpyxl leest",
            "wij, alles",
            "verhouding",
            "aannemen",
            "omzetten",
            "publiceren",
            "langste stilte",
            "werker",
            "werker en wat die start",
        ],
        rows,
    )


def results() -> None:
    """Print what the pages of a search with ten thousand results cost."""
    table(
        "Een lijst van 10.000 resultaten",
        ["pagina", "mediaan (ms)", "query's", "kB", "kB gecomprimeerd"],
        [
            (
                meting.pagina,
                f"{meting.milliseconden:.0f}",
                meting.querys,
                f"{meting.bytes / 1000:.0f}",
                f"{meting.verpakt / 1000:.0f}",
            )
            for meting in resultaten.measure(10_000)
        ],
    )


def audit_log() -> None:
    """Print what the audit log costs, and how long it takes to verify."""
    found = logboek.measure(logboek.REGELS)
    table(
        "Het logboek van handelingen",
        ["wat", "duur"],
        [
            ("een transactie met een query, zonder regel", f"{found.leeg:.2f} ms"),
            ("dezelfde, met een regel en de kop buiten de database", f"{found.regel:.2f} ms"),
            ("een zoekvraag versturen, met zijn regel", f"{found.zoekvraag:.1f} ms"),
            ("een antwoord van de bron, met tellen", f"{found.antwoord:.2f} ms"),
            ("daarvan het tellen", f"{1000 * found.tellen:.1f} µs ({found.tellen / found.antwoord:.2%})"),
            ("de tellingen wegschrijven, eens per minuut", f"{found.wegschrijven:.1f} ms"),
            (f"{found.regels} regels schrijven", f"{found.schrijven:.0f} s"),
            (f"{found.regels} regels narekenen, met {found.geheugen:.0f} MB", f"{found.narekenen:.0f} s"),
        ],
    )


PARTS = {
    "vloer": floor,
    "snelheid": speed,
    "servers": wsgi_servers,
    "querys": queries,
    "profiel": profile,
    "levering": delivery,
    "resultaten": results,
    "logboek": audit_log,
}


def run(parts: Sequence[str]) -> None:
    """Fill what is missing, then the parts asked for, or all."""
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    call_command("migrate", verbosity=0, interactive=False)
    if not parts or set(parts) - {"levering", "resultaten", "logboek"}:
        growth(country(PROFIELEN, GEMEENTEN))
    for name in parts or PARTS:
        PARTS[name]()
