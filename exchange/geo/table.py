"""Answers questions about postcodes from a table in memory, without a database and without Django."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache

from exchange.geo.sphere import Coordinaat, arc_km, coordinate, unit_vector

#: The number of postcodes whose distances to all others are remembered: some 40 kB each, so 20 MB at most.
REMEMBERED = 512
#: The number of areas that are remembered as text for the database: at most some 100 kB each.
REMEMBERED_LITERALS = 128

_POSTCODE = re.compile(r"\s*([1-9][0-9]{3})\s*(?:[A-Za-z]{2})?\s*")


def pc4_of(postcode: str) -> int | None:
    """Gives the digits of a Dutch postcode: 1234 for "1234AB", "1234 ab" and "1234"; None for other texts."""
    match = _POSTCODE.fullmatch(postcode)
    return int(match[1]) if match else None


class Postcodetabel:
    """A table of pc4 centres that never changes, and the questions about it. Threads may share it."""

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
        """Gives the pc4 in the table that stands for `pc4`; see `exchange.geo.distances.resolve`."""
        if pc4 in self._vectors:
            return pc4
        at = bisect_left(self._numbers, pc4)
        nearest = [other for other in self._numbers[max(0, at - 1) : at + 1] if other // 100 == pc4 // 100]
        return min(nearest, key=lambda other: (abs(other - pc4), other), default=None)

    def centre(self, pc4: int) -> Coordinaat | None:
        """Gives the centre of a pc4 area, in degrees; None when it has no stand-in."""
        known = self.resolve(pc4)
        return coordinate(self._vectors[known]) if known is not None else None

    def distance_km(self, a: int, b: int) -> float | None:
        """Gives the distance in kilometres between two pc4 centres; None when either has no stand-in."""
        first, second = self.resolve(a), self.resolve(b)
        if first is None or second is None:
            return None
        return arc_km(self._vectors[first], self._vectors[second])

    def within(self, pc4: int, km: float) -> tuple[list[int], list[float]]:
        """Finds every pc4 in the table at most `km` kilometres away, nearest first, with those distances."""
        known = self.resolve(pc4)
        # 'not >=' and not '<': a NaN is no distance either.
        if known is None or not km >= 0:
            return [], []
        numbers, distances = self._around(known)
        count = bisect_right(distances, km)
        return numbers[:count].tolist(), distances[:count].tolist()

    def within_literals(self, pc4: int, km: float) -> tuple[str, str] | None:
        """Gives `within` written as two PostgreSQL arrays; None when it finds nothing."""
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
        """Gives all pc4s from near to far, and their distances. Double precision: equal to `distance_km`."""
        here = self._vectors[pc4]
        order = sorted((arc_km(here, there), other) for other, there in self._vectors.items())
        return array("H", [other for _, other in order]), array("d", [km for km, _ in order])
