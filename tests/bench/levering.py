"""A dense delivery in the Sonar layout: from the file to published, against what openpyxl needs to read it only.

Every cell of every row is filled and names and addresses are all different, so that nothing is gained by
remembering values or skipping empty cells. The file is taken in by one process, as a web server does, and converted
and published by another, as a worker does; of that one the memory is noted, with that of the processes it starts.
"""

import contextlib
import datetime as dt
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from openpyxl import DEFUSEDXML, Workbook, load_workbook

_SEED = 11
_ROUNDS = 3
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Verloop:
    """What one delivery took: seconds, megabytes, and the longest time without news of its progress."""

    openen: float
    omzetten: float
    publiceren: float
    werker_mb: float
    samen_mb: float
    stilte: float
    gepubliceerd: int

    @property
    def totaal(self) -> float:
        """From the file to published, in seconds."""
        return self.openen + self.omzetten + self.publiceren


def _word(rng: random.Random, low: int = 4, high: int = 11) -> str:
    return "".join(rng.choices(_LETTERS, k=rng.randint(low, high))).capitalize()


def _row(rng: random.Random, number: int, postcodes: list[str], beroepen: list[str]) -> list[Any]:
    naam = f"{_word(rng)} {_word(rng)}"
    return [
        dt.datetime(2025, 1, 1) + dt.timedelta(days=rng.randrange(600)),
        dt.datetime(2024, 1, 1) + dt.timedelta(days=rng.randrange(600)),
        f"{number:09d}",
        f"WZ{number:07d}",
        rng.randint(8, 40),
        rng.choice(["Basisonderwijs", "VMBO", "HAVO/VWO", "MBO", "HBO", "WO"]),
        str(rng.randrange(10_000, 99_999)),
        rng.choice(beroepen),
        rng.randint(0, 4),
        rng.randint(0, 4),
        rng.choice(["A", "B", "A,B", "B,C", "B,BE", "AM"]),
        dt.datetime(2023, 1, 1) + dt.timedelta(days=rng.randrange(900)),
        rng.choice(["Man", "Vrouw"]),
        f"06{rng.randrange(10_000_000, 99_999_999)}",
        naam,
        rng.randint(18, 67),
        f"{naam.replace(' ', '.').lower()}{number}@voorbeeld.example",
        rng.choice(["Auto", "Fiets", "Scooter", "OV"]),
        _word(rng),
        rng.choice(postcodes),
        _word(rng),
        f"{_word(rng)}straat",
        rng.randint(1, 400),
        rng.choice(_LETTERS),
        rng.choice(["Ja", "Nee"]),
        f"Profiel {_word(rng)}",
        f"Regio {_word(rng)}",
        rng.randint(1, 5),
        f"S{number}",
        f"{_word(rng)} {_word(rng, 4, 7)}",
        "Werkplein",
        f"Kantoor {_word(rng)}",
        rng.randint(1, 6),
        rng.randint(1, 9),
        "Ja",
    ]


def write(path: Path, rows: int) -> None:
    """Write the workbook; the same for the same number of rows."""
    from exchange.fictief.beroepen import BEROEPEN
    from exchange.geo.models import Postcode
    from uploads.mapping.presets.sonar import KOPPEN

    rng = random.Random(_SEED)
    postcodes = [f"{pc4}AB" for pc4 in Postcode.objects.values_list("pc4", flat=True)[:2000]]
    beroepen = [beroep.code for beroep in BEROEPEN]
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Export")
    sheet.append(list(KOPPEN))
    for number in range(rows):
        sheet.append(_row(rng, number, postcodes, beroepen))
    workbook.save(path)


def _openpyxl(path: Path) -> float:
    """The seconds openpyxl takes to read every cell, in its fastest mode."""
    assert not DEFUSEDXML, "OPENPYXL_DEFUSEDXML=False is wanted: openpyxl is to be as fast as it can"
    begin = time.monotonic()
    workbook = load_workbook(path, read_only=True, data_only=True)
    cells = sum(len(row) for sheet in workbook.worksheets for row in sheet.iter_rows(values_only=True))
    assert cells
    return time.monotonic() - begin


class _Watch(threading.Thread):
    """Notes how much memory this process and those that it started take together at most, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.peak = 0

    def run(self) -> None:
        """Look twenty times a second."""
        me = psutil.Process()
        while not self.done.wait(0.05):
            with contextlib.suppress(psutil.Error):
                self.peak = max(self.peak, sum(one.memory_info().rss for one in (me, *me.children())))


def _take_in(path: Path, oin: str) -> tuple[int, int, float]:
    """Take the file in: the municipality, the levering and the seconds."""
    from um_portal.demo.toelaten import admit_at_once
    from uploads.leveringen.intake import receive

    gemeente = admit_at_once(oin, f"Meting {oin[-3:]}")
    begin = time.monotonic()
    levering = receive(gemeente, inhoud=path.read_bytes(), bestandsnaam=path.name)
    return gemeente.pk, levering.pk, time.monotonic() - begin


def _work(gemeente_id: int, levering_id: int, openen: float) -> Verloop:
    """Convert what was taken in, and publish it."""
    from um_portal.tenants.models import Gemeente
    from um_portal.tenants.scope import voor_gemeente
    from uploads.gepubliceerd import publication
    from uploads.models import Levering
    from uploads.omzetten import processing

    gemeente = Gemeente.objects.get(pk=gemeente_id)
    watch = _Watch()
    watch.start()
    begin = time.monotonic()
    news = [begin]
    processing.convert(gemeente, levering_id, lambda _: news.append(time.monotonic()))
    converted = time.monotonic()
    publication.request_publication(gemeente, levering_id, None)
    verschil = publication.publish(gemeente, levering_id)
    done = time.monotonic()
    watch.done.set()
    with voor_gemeente(gemeente):
        left = Levering.objects.get(pk=levering_id)
    assert verschil is not None, left.melding
    assert left.omgezet == left.gelezen == verschil.nieuw, left.redenen
    kilobytes = 1 if sys.platform == "darwin" else 1024
    return Verloop(
        openen,
        converted - begin,
        done - converted,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobytes / 1e6,
        watch.peak / 1e6,
        max(later - earlier for earlier, later in zip(news, [*news[1:], converted], strict=True)),
        verschil.nieuw,
    )


def measure(rows: int) -> list[tuple[int, float, Verloop]]:
    """This many rows and twice as many: rows, seconds of openpyxl, and our own course (the middle one of three)."""
    context = multiprocessing.get_context("spawn")
    found = []
    with tempfile.TemporaryDirectory(prefix="um-bench-") as directory:
        for turn, number in enumerate((rows, 2 * rows)):
            path = Path(os.environ.get("UM_BENCH_MAP") or directory) / f"export{number}.xlsx"
            if not path.exists():
                with context.Pool(1, initializer=_setup) as pool:
                    pool.apply(write, (path, number))
            with context.Pool(1) as pool:
                theirs = pool.apply(_openpyxl, (path,))
            rounds = []
            for round_ in range(_ROUNDS):
                oin = f"98{time.time_ns() % 10**15:015d}{turn * _ROUNDS + round_:03d}"
                with context.Pool(1, initializer=_setup) as pool:
                    taken_in = pool.apply(_take_in, (path, oin))
                with context.Pool(1, initializer=_setup) as pool:
                    rounds.append(pool.apply(_work, taken_in))
            found.append((number, theirs, sorted(rounds, key=lambda one: one.totaal)[_ROUNDS // 2]))
    return found


def _setup() -> None:
    import django

    django.setup()
