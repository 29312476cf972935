"""Runs the simulator's own sources: a large national one, and a small one that falters.

Their records are made up on first use, the same ones in every process and after every restart, and never
stored. They answer the bron contract, like every other source.
"""

import logging
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, Final, Literal

from django.conf import settings
from django.db import connection

from exchange.fictief import generate
from exchange.geo.distances import pc4_of, resolve, within
from exchange.geo.models import Postcode
from exchange.simulator.matching import voorwaarden
from exchange.standard import Soort, zoekprofiel

_OMVANG: Final[Mapping[str, Mapping[Soort, int]]] = {
    "landelijk": {
        Soort.WERKZOEKENDEN: 20_000,
        Soort.VACATURES: 4_000,
        Soort.WERKGEVERSCONTACTMOMENTEN: 3_000,
    },
    "haperend": {Soort.WERKZOEKENDEN: 400, Soort.VACATURES: 80, Soort.WERKGEVERSCONTACTMOMENTEN: 60},
}
_SEED: Final = {"landelijk": 1, "haperend": 2}
_MAKER: Final = {
    Soort.WERKZOEKENDEN: generate.werkzoekenden,
    Soort.VACATURES: generate.vacatures,
    Soort.WERKGEVERSCONTACTMOMENTEN: generate.werkgeverscontactmomenten,
}
logger = logging.getLogger(__name__)
_random: Final = random.Random()  # noqa: S311 (which of too many matches, not a secret)


@dataclass(frozen=True, slots=True)
class Matches:
    """The search profiles of the matches; tells too whether there were more."""

    profielen: list[dict[str, Any]]
    maximum_bereikt: bool


class Bestand:
    """The records of one kind that a source holds."""

    def __init__(self, soort: Soort, records: Iterable[dict[str, Any]]) -> None:
        self._soort = soort
        self._records = list(records)
        self._by_id = {record[soort.id_pad]: record for record in self._records} if soort.id_pad else {}
        self._by_pc4: dict[int, list[dict[str, Any]]] = defaultdict(list)
        if soort.postcode_pad is not None:
            group, name = soort.postcode_pad.split(".")
            for record in self._records:
                self._by_pc4[int(record[group][name][:4])].append(record)

    def search(self, vraag: Mapping[str, Any], limit: int) -> Matches:
        """Finds at most `limit` matches, a random choice when there are more."""
        kilometres = self._kilometres(vraag)
        candidates = (
            self._records
            if self._soort.postcode_pad is None
            else [record for pc4 in kilometres for record in self._by_pc4[pc4]]
        )
        conditions = voorwaarden(self._soort, vraag, lambda _, postcode: kilometres.get(int(postcode[:4])))
        found: list[dict[str, Any]] = []
        # In a random order the first `limit` are a random choice, and the others need not be tested.
        for record in _random.sample(candidates, len(candidates)):
            if all(condition(record) for condition in conditions):
                found.append(record)
                if len(found) > limit:
                    break
        return Matches([zoekprofiel(self._soort, record) for record in found[:limit]], len(found) > limit)

    def find(self, id_bron: str) -> dict[str, Any] | None:
        """Gives the whole record with this id; None when there is none."""
        return self._by_id.get(id_bron)

    def _kilometres(self, vraag: Mapping[str, Any]) -> dict[int, float]:
        """Gives the distance in kilometres of every pc4 in the asked area where this source has records."""
        if self._soort.postcode_pad is None:
            return {}
        area = vraag["selectiegebied"]
        centre = pc4_of(area["postcode"])
        if centre is None:
            return {}
        near = dict(zip(*within(centre, area["afstand"]), strict=True))
        resolved = ((pc4, resolve(pc4)) for pc4 in self._by_pc4)
        return {pc4: near[known] for pc4, known in resolved if known in near}


_lock: Final = threading.Lock()
_files: Final[dict[tuple[str, Soort], tuple[date, Bestand]]] = {}


def bestand(naam: str, soort: Soort) -> Bestand:
    """Gives the records of this own source; makes them when there are none, or when their dates are old."""
    today = date.today()
    made = _files.get((naam, soort))
    if made is None or made[0] != today:
        with _lock:
            made = _files.get((naam, soort))
            if made is None or made[0] != today:
                records = _MAKER[soort](_SEED[naam], _OMVANG[naam][soort], dutch_postcodes())
                made = _files[naam, soort] = (today, Bestand(soort, records))
    return made[1]


_warming: Final = threading.Lock()


def warm_up() -> None:
    """Makes all records in the background, once per process, so that the first search need not wait."""
    if _warming.acquire(blocking=False):  # and never released
        threading.Thread(target=_make_all, name="bronnen-klaarzetten", daemon=True).start()


def _make_all() -> None:
    try:
        for naam in settings.UM_SIMULATOR_BRONNEN:
            for soort in _OMVANG[naam]:
                bestand(naam, soort)
    except Exception as error:
        # The first search makes them again, and reports the error.
        logger.warning("simulator: bronnen nog niet klaargezet (%s)", type(error).__name__)
    finally:
        connection.close()


def dutch_postcodes() -> generate.Postcodes:
    """Gives all Dutch postcodes, those in towns more often: where centres lie close, more people live."""
    points = list(Postcode.objects.order_by("pc4").values_list("pc4", "breedtegraad", "lengtegraad"))
    # Cells of about four kilometres; a place counts its own cell and the eight around it.
    cells = [(round(lat / 0.036), round(lon / 0.059)) for _, lat, lon in points]
    crowd = Counter(cells)
    weights = [
        sum(crowd[row + dy, column + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)) for row, column in cells
    ]
    return generate.Postcodes([pc4 for pc4, _, _ in points], weights)


# --- The source that falters -------------------------------------------------------------------------------

_calls: Final = count(1)


def stoornis(nummer: int, mate: float) -> Literal["weg", "traag"] | None:
    """Decides what goes wrong at this call: `mate` 0 is nothing, 1 is one in four down and one in three slow.

    The same number always gives the same result, so that a course of events can be repeated.
    """
    draw = random.Random(f"hapering-{nummer}").random()  # noqa: S311 (repeatable on purpose)
    if draw < mate / 4:
        return "weg"
    return "traag" if draw < mate / 4 + mate / 3 else None


def falter() -> bool:
    """Waits a few seconds when this call must be slow; gives True when the source must be down for it."""
    nummer = next(_calls)
    wat = stoornis(nummer, settings.UM_SIMULATOR_HAPERING)
    if wat == "traag":
        time.sleep(2 + nummer % 3)
    return wat == "weg"
