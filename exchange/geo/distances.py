"""Measures distances between 4-digit postcodes (pc4) as the selectievraag does: from centre to centre.

A process reads the table from the database once, and checks every few seconds whether it was replaced; the
rest happens in memory. For a postcode that is not in the table (a PO box, a new district) a neighbour stands
in, see `resolve`.
"""

import threading
import time
import uuid
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings

from exchange.geo.models import Postcode, PostcodeVersie
from exchange.geo.sphere import Coordinaat
from exchange.geo.table import Postcodetabel, pc4_of

__all__ = [
    "REFRESH_SECONDS",
    "centre",
    "distance_km",
    "forget",
    "pc4_of",
    "resolve",
    "resolver",
    "within",
    "within_literals",
]

#: The longest time that a process uses a table after it was replaced.
REFRESH_SECONDS = 10.0


def distance_km(a: int, b: int) -> float | None:
    """Gives the great-circle distance in kilometres between two pc4 centres; None when either has no place.

    Unknown pc4s are measured from the one that `resolve` gives for them.
    """
    return _table().distance_km(a, b)


def centre(pc4: int) -> Coordinaat | None:
    """Gives the centre of a pc4 area in degrees, or that of the one that stands for it; None when it has no place."""
    return _table().centre(pc4)


def within(pc4: int, km: float) -> tuple[list[int], list[float]]:
    """Finds every known pc4 whose centre is at most `km` kilometres from that of `pc4`, nearest first.

    Returns two lists of equal length, the pc4s and their distances in kilometres, made to be the parameters
    of `unnest(%s::smallint[], %s::float8[])`. The asked pc4, or the one that stands for it, is among them, at
    0. The pc4s are those of the table only: join them with a column that holds `resolve(pc4)`, not the pc4
    itself. Both lists are empty when `pc4` has no place, or when `km` is negative or not a number.
    """
    return _table().within(pc4, km)


def within_literals(pc4: int, km: float) -> tuple[str, str] | None:
    """Gives `within` written as PostgreSQL arrays: `{1011,1012}` and `{0.0,1.2}`; None for an empty answer.

    The driver needs more time to write thousands of numbers than the database needs to read them; here the
    text is remembered.
    """
    return _table().within_literals(pc4, km)


def resolve(pc4: int) -> int | None:
    """Gives the pc4 in the table that stands for `pc4`: itself, or its nearest neighbour in number.

    A neighbour has the same first two digits, which is the same region; of two equally near the lower is
    taken. None when there is no neighbour. Store `resolve(pc4)` in a column that is searched, because
    `within` returns no other. The answer can change when the table is replaced; `signals.postcodes_replaced`
    tells that.
    """
    return _table().resolve(pc4)


def resolver() -> Callable[[int], int | None]:
    """Gives `resolve` on the table as it is now, for many postcodes without visits to the database."""
    return _table().resolve


def forget() -> None:
    """Drops the table from this process's memory; the next question reads it again."""
    global _remembered
    with _lock:
        _remembered = None


# --- The table in memory ----------------------------------------------------------------------------


class _Remembered(NamedTuple):
    table: Postcodetabel
    versie: uuid.UUID | None
    checked_at: float

    def is_fresh(self) -> bool:
        return time.monotonic() - self.checked_at < REFRESH_SECONDS


_lock = threading.Lock()
_remembered: _Remembered | None = None


def _read(known: uuid.UUID | None) -> tuple[uuid.UUID | None, list[tuple[int, float, float]] | None]:
    """Reads the version in the database, and its rows unless that version is `known` already.

    The version is read before the rows. When the table is replaced in between, the rows are newer than the
    version says and are read again next time, which is harmless; the other way round they would stay old.
    """
    using = settings.UM_EIGEN_DATABASE
    versie = PostcodeVersie.objects.using(using).values_list("versie", flat=True).first()
    if versie is not None and versie == known:
        return versie, None
    return versie, list(Postcode.objects.using(using).values_list("pc4", "breedtegraad", "lengtegraad"))


def _table() -> Postcodetabel:
    """Gives the table as it was in the database at most REFRESH_SECONDS ago."""
    global _remembered
    remembered = _remembered
    if remembered is not None and remembered.is_fresh():
        return remembered.table
    with _lock:
        # Another thread may have refreshed it while this one waited.
        if _remembered is None or not _remembered.is_fresh():
            asked_at = time.monotonic()
            versie, rows = _read(_remembered.versie if _remembered else None)
            if _remembered is not None and rows is None:
                table = _remembered.table
            else:
                table = Postcodetabel(rows or [])
            _remembered = _Remembered(table, versie, asked_at)
        return _remembered.table
