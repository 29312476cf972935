"""Keeps records that wait for publication: put ready in parts, under the number of their batch (a levering).

A record is prepared for searching and encrypted when it is put ready (`writing`), so that publishing only has
to compare and move rows (`store`).
"""

from collections.abc import Iterable

from django.db import connection

from exchange.bron.columns import Record
from exchange.bron.models import CONCEPT_VAN, Intrekking
from exchange.bron.tables import copy_rows, make_temporary, tables_of
from exchange.bron.writing import MetBeleid, Schrijver
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def put_ready(schrijver: Schrijver, records: Iterable[Record | MetBeleid]) -> int:
    """Adds records to those that the batch has ready, and counts them; call inside `voor_gemeente`.

    `records` are valid records in the standard, with ids that the batch does not have yet. In a kind without
    ids, equal records count as one once they are published. A jobseeker may come with a contact policy of
    their own (`MetBeleid`). Records that were withdrawn after the batch began are left out. Raises
    OnbekendePostcode, and whatever `records` raises.
    """
    # Complete the list before the copying begins: `records` may query the database on this connection while
    # it runs.
    given = [item if isinstance(item, MetBeleid) else MetBeleid(item, None) for item in records]
    written = schrijver.write(given, _withdrawn(schrijver.soort, schrijver.batch))
    tables = tables_of(schrijver.soort)
    names = tables.columns()
    with connection.cursor() as cursor:
        make_temporary(cursor, "aanvoer", f"SELECT {names} FROM {tables.concept}")
        copy_rows(cursor, "pg_temp.aanvoer", tables.fields, written)
        cursor.execute(f"INSERT INTO {tables.concept} ({names}) SELECT {names} FROM pg_temp.aanvoer")
        number = int(cursor.rowcount)
        cursor.execute("DROP TABLE pg_temp.aanvoer")
    return number


def _withdrawn(soort: Soort, batch: int) -> frozenset[str]:
    """Finds the withdrawn ids that this batch may not bring back."""
    found = Intrekking.objects.filter(soort=soort.value, stapel__gte=batch)
    return frozenset(found.values_list("id_bron", flat=True))


def erase(gemeente: Gemeente, batch: int) -> None:
    """Erases what was put ready under this batch, of every kind."""
    with voor_gemeente(gemeente):
        for model in CONCEPT_VAN.values():
            model._default_manager.filter(stapel=batch).delete()
