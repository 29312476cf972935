"""The questions about postcodes, answered from a table in memory; without a database and without Django."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache

from exchange.geo.sphere import Coordinaat, arc_km, unit_vector

#: How many postcodes keep their distances to all others at hand: some 40 kB each, so 20 MB at most.
REMEMBERED = 512
#: How many areas are kept written out for the database: at most some 100 kB each.
REMEMBERED_LITERALS = 128

_POSTCODE = re.compile(r"\s*([1-9][0-9]{3})\s*(?:[A-Za-z]{2})?\s*")


def pc4_of(postcode: str) -> int | None:
    """The digits of a Dutch postcode: 1234 for "1234AB", "1234 ab" and "1234"; None for anything else."""
    match = _POSTCODE.fullmatch(postcode)
    return int(match[1]) if match else None


class Postcodetabel:
    """An unchanging table of pc4 centres and the questions about it. Safe to share between threads."""

    def __init__(self, rows: Iterable[tuple[int, float, float]]) -> None:
        """Takes rows of (pc4, breedtegraad, lengtegraad), in degrees, in any order."""
        table = {pc4: unit_vector(Coordinaat(lat, lon)) for pc4, lat, lon in rows}
        self._numbers = sorted(table)
        self._vectors = {pc4: table[pc4] for pc4 in self._numbers}
        self._around = lru_cache(maxsize=REMEMBERED)(self._all_distances)
        self._literals = lru_cache(maxsize=REMEMBERED_LITERALS)(self._written)

    def __len__(self) -> int:
        return len(self._numbers)

    def resolve(self, pc4: int) -> int | None:
        """The pc4 in the table that stands for `pc4`; see `exchange.geo.distances.resolve`."""
        if pc4 in self._vectors:
            return pc4
        at = bisect_left(self._numbers, pc4)
        nearest = [other for other in self._numbers[max(0, at - 1) : at + 1] if other // 100 == pc4 // 100]
        return min(nearest, key=lambda other: (abs(other - pc4), other), default=None)

    def distance_km(self, a: int, b: int) -> float | None:
        """Great-circle distance in kilometres between two pc4 centres; None when either has no stand-in."""
        first, second = self.resolve(a), self.resolve(b)
        if first is None or second is None:
            return None
        return arc_km(self._vectors[first], self._vectors[second])

    def within(self, pc4: int, km: float) -> tuple[list[int], list[float]]:
        """Every pc4 in the table at most `km` kilometres away, nearest first, and those distances."""
        known = self.resolve(pc4)
        # 'not >=' and not '<': a NaN is no distance either.
        if known is None or not km >= 0:
            return [], []
        numbers, distances = self._around(known)
        count = bisect_right(distances, km)
        return numbers[:count].tolist(), distances[:count].tolist()

    def within_literals(self, pc4: int, km: float) -> tuple[str, str] | None:
        """What `within` gives, written as two PostgreSQL arrays; None when it gives nothing."""
        known = self.resolve(pc4)
        if known is None or not km >= 0:
            return None
        _, distances = self._around(known)
        return self._literals(known, bisect_right(distances, km))

    def _written(self, known: int, count: int) -> tuple[str, str]:
        numbers, distances = self._around(known)
        return (
            "{" + ",".join(map(str, numbers[:count])) + "}",
            "{" + ",".join(map(repr, distances[:count])) + "}",
        )

    def _all_distances(self, pc4: int) -> tuple["array[int]", "array[float]"]:
        """All pc4s from near to far, and their distances. Double precision: equal to `distance_km`."""
        here = self._vectors[pc4]
        order = sorted((arc_km(here, there), other) for other, there in self._vectors.items())
        return array("H", [other for _, other in order]), array("d", [km for km, _ in order])
