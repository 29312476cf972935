"""A country to measure in: a million profiles over 300 municipalities, with sizes like the real ones.

Every municipality is published as an upload would be, two at a time.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

_SEED = 7


@dataclass(frozen=True, slots=True)
class Maat:
    """One municipality: its OIN, where it lies, and how many jobseekers it has."""

    oin: str
    midden: int
    aantal: int


def _oin(number: int) -> str:
    return f"99{number:018d}"


MILJOEN = 1_000_000
KLEIN = Maat(_oin(1), 2405, 1_000)


def groot(total: int) -> Maat:
    """The large municipality: 60,000 of a million."""
    return Maat(_oin(2), 1071, 60_000 * total // MILJOEN)


def country(total: int, municipalities: int) -> list[Maat]:
    """KLEIN and the large one, three more as large, some middling ones and many small ones; `total` in all."""
    rng = random.Random(_SEED)
    sizes = [size * total // MILJOEN for size in [60_000] * 3 + [15_000] * 18 + [6_000] * 36]
    places = [KLEIN, groot(total)]
    rest = municipalities - len(places) - len(sizes)
    left = total - sum(place.aantal for place in places) - sum(sizes)
    sizes += [left // rest + (n < left % rest) for n in range(rest)]
    return places + [Maat(_oin(n), rng.randrange(1011, 9990), size) for n, size in enumerate(sizes, start=3)]


def _publish(maat: Maat) -> int:
    from exchange.fictief.generate import Postcodes, werkzoekende
    from exchange.geo.distances import resolve, within
    from exchange.standard import Soort
    from tests.factories import publish_set
    from um_portal.demo.toelaten import admit_at_once

    rng = random.Random(f"{_SEED}:{maat.oin}")
    near, distances = within(resolve(maat.midden) or 3511, 20.0)
    postcodes = Postcodes(near, [1 / (2 + distance) for distance in distances])
    records = (werkzoekende(rng, postcodes.draw(rng), f"W{n}") for n in range(maat.aantal))
    return publish_set(
        admit_at_once(maat.oin, f"Gemeente {maat.oin[-3:]}"), Soort.WERKZOEKENDEN, records
    ).totaal


def _setup() -> None:
    import django

    django.setup()


def fill(places: Sequence[Maat]) -> float:
    """Publish all of these; the seconds it took."""
    begin = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Pool(os.cpu_count(), initializer=_setup) as pool:
        # The largest first, so that the last minutes are not one worker's.
        ordered = sorted(places, key=lambda place: -place.aantal)
        for done, _ in enumerate(pool.imap_unordered(_publish, ordered, chunksize=1), start=1):
            if done % 50 == 0 or done == len(ordered):
                print(
                    f"    {done} van {len(ordered)} gemeenten, {time.monotonic() - begin:.0f} s", flush=True
                )
    return time.monotonic() - begin
