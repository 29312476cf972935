"""Changes the published set of a municipality and a kind: locks it, adds records, and removes records.

Every change locks the set first and ends with `settle`. In between, the numbers of its records stay without
gaps: a random choice relies on that. Publishing, undoing, withdrawing and expiring all use this module.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import OperationalError, connection

from exchange.bron.models import Beroepindex, Stand
from exchange.bron.tables import Tabellen, tables_of
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente

# The longest time to wait for a set that somebody else has locked.
_PATIENCE = "10s"


class BezigMetPubliceren(RuntimeError):
    """Somebody else is changing this municipality's set of this kind right now."""


@dataclass(frozen=True, slots=True)
class Verschil:
    """The effect of a change on a set, in numbers of records.

    `blijft` counts the records that stay although the batch does not hold them; `tegengehouden` those that
    the batch holds and that stay away, because they were withdrawn and nobody has decided otherwise.
    """

    nieuw: int
    gewijzigd: int
    gelijk: int
    weg: int
    blijft: int = 0
    tegengehouden: int = 0

    @property
    def totaal(self) -> int:
        """Counts the records that the set holds after the change."""
        return self.nieuw + self.gewijzigd + self.gelijk + self.blijft

    @property
    def verandert(self) -> bool:
        """Tells whether the change makes any difference to the set."""
        return bool(self.nieuw or self.gewijzigd or self.weg)

    @property
    def eerst(self) -> int:
        """Counts the records that the set holds before the change."""
        return self.gewijzigd + self.gelijk + self.weg + self.blijft


def lock(gemeente: Gemeente, soort: Soort, *, wait: bool = False) -> Stand:
    """Locks the set until the transaction ends; with `wait` it waits some seconds for whoever holds the lock.

    Raises BezigMetPubliceren when somebody else holds it.
    """
    Stand.objects.get_or_create(gemeente=gemeente, soort=soort)
    try:
        if not wait:
            return _locked(soort, nowait=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
        stand = _locked(soort, nowait=False)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError:
        raise BezigMetPubliceren from None
    return stand


def _locked(soort: Soort, *, nowait: bool) -> Stand:
    stand: Stand = Stand.objects.select_for_update(nowait=nowait).get(soort=soort)
    return stand


def settle(gemeente: Gemeente, soort: Soort, stand: Stand, total: int, *, changed: bool) -> None:
    """Ends every change of a locked set: saves the number of records in `stand`, and renews the index."""
    stand.aantal = total
    stand.save()
    if changed and soort is Soort.WERKZOEKENDEN:
        with connection.cursor() as cursor:
            _index_occupations(cursor, gemeente)


def _index_occupations(cursor: Any, gemeente: Gemeente) -> None:
    """Makes the municipality's index of occupations anew."""
    index = Beroepindex._meta.db_table
    cursor.execute(f"DELETE FROM {index} WHERE gemeente_id = %s", [gemeente.pk])
    cursor.execute(
        f"INSERT INTO {index} (gemeente_id, beroep, ids)"
        f" SELECT p.gemeente_id, beroep, array_agg(DISTINCT p.id) FROM {tables_of(Soort.WERKZOEKENDEN).set} p,"
        " unnest(p.beroepen) AS beroep WHERE p.gemeente_id = %s GROUP BY p.gemeente_id, beroep",
        [gemeente.pk],
    )


# --- Adding ------------------------------------------------------------------------------------------------


class Herkomst(NamedTuple):
    """Rows to add to a set.

    The rows are in `table`, and its column `key` identifies them; the query `keys` gives the wanted ones as
    `sleutel`. `day` is an SQL expression on the row `n` for the last day on which a publication held them.
    """

    table: str
    key: str
    keys: str
    keys_parameters: tuple[Any, ...] = ()
    day: str = "n.ververst_op"
    day_parameters: tuple[Any, ...] = ()


def add_records(cursor: Any, gemeente: Gemeente, soort: Soort, herkomst: Herkomst, total: int) -> None:
    """Adds rows to a locked set, which then has `total` records and numbers without gaps.

    The new records are numbered in the order of their keys.
    """
    tables = tables_of(soort)
    names, wanted = f"{tables.columns()}, ververst_op", f"{tables.columns('n')}, {herkomst.day}"
    if not tables.is_numbered:
        cursor.execute(
            f"INSERT INTO {tables.set} ({names}) SELECT {wanted} FROM ({herkomst.keys}) k"
            f" JOIN {herkomst.table} n ON n.{herkomst.key} = k.sleutel",
            [*herkomst.day_parameters, *herkomst.keys_parameters],
        )
        return
    free = _without_number(gemeente, tables, total)
    with _without_nested_loops(cursor):
        _close_gaps(cursor, gemeente, tables, total, free)
        cursor.execute(
            f"INSERT INTO {tables.set} ({names}, volgnummer) SELECT {wanted}, vrij.nr FROM"
            f" (SELECT sleutel, row_number() OVER (ORDER BY sleutel) AS beurt FROM ({herkomst.keys}) k) k"
            f" JOIN {free.sql} vrij USING (beurt) JOIN {herkomst.table} n ON n.{herkomst.key} = k.sleutel",
            [*herkomst.day_parameters, *herkomst.keys_parameters, *free.parameters],
        )


@contextmanager
def _without_nested_loops(cursor: Any) -> Iterator[None]:
    """Makes PostgreSQL plan without nested loops, for tables that were filled a moment ago.

    Such tables have no statistics yet: a nested loop then looks cheap, but takes far too long.
    """
    cursor.execute("SET LOCAL enable_nestloop TO off")
    yield
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


# --- Taking away -------------------------------------------------------------------------------------------


def remove_records(
    gemeente: Gemeente, soort: Soort, stand: Stand, condition: str, parameters: Sequence[Any] = ()
) -> int:
    """Deletes the records (`p`) of a locked set that satisfy a condition, settles the set; counts them."""
    tables = tables_of(soort)
    number = "p.volgnummer" if tables.is_numbered else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {tables.set} AS p WHERE p.gemeente_id = %s AND {condition} RETURNING {number}",
            [gemeente.pk, *parameters],
        )
        numbers = [row[0] for row in cursor.fetchall()]
        total = stand.aantal - len(numbers)
        if tables.is_numbered and numbers:
            _close_gaps(cursor, gemeente, tables, total, _of(numbers, total))
    if numbers:
        settle(gemeente, soort, stand, total, changed=True)
    return len(numbers)


# --- Numbers without gaps ----------------------------------------------------------------------------------


class _Vrij(NamedTuple):
    """Free numbers as rows (nr, beurt), counted from 1: a query and its parameters."""

    sql: str
    parameters: tuple[Any, ...]


def _without_number(gemeente: Gemeente, tables: Tabellen, total: int) -> _Vrij:
    """Finds the numbers up to `total` that no record has."""
    return _Vrij(
        "(SELECT nr, row_number() OVER (ORDER BY nr) AS beurt FROM generate_series(1, %s::int) nr WHERE NOT EXISTS"
        f" (SELECT FROM {tables.set} p WHERE p.gemeente_id = %s AND p.volgnummer = nr))",
        (total, gemeente.pk),
    )


def _of(numbers: list[int], total: int) -> _Vrij:
    """Takes the numbers that were just freed, up to `total`; reads no other record."""
    return _Vrij(
        "(SELECT nr, row_number() OVER () AS beurt FROM unnest(%s::int[]) AS nr WHERE nr <= %s)",
        (numbers, total),
    )


def _close_gaps(cursor: Any, gemeente: Gemeente, tables: Tabellen, total: int, free: _Vrij) -> None:
    """Moves the records with a number above `total` to free numbers."""
    cursor.execute(
        f"UPDATE {tables.set} AS p SET volgnummer = vrij.nr"
        f" FROM (SELECT id, row_number() OVER () AS beurt FROM {tables.set}"
        f" WHERE gemeente_id = %s AND volgnummer > %s) buiten JOIN {free.sql} vrij USING (beurt)"
        " WHERE p.id = buiten.id",
        [gemeente.pk, total, *free.parameters],
    )
