"""Records that wait for publication: put ready in parts, under the number of their batch (a levering).

A record is prepared for searching and encrypted when it is put ready (`writing`), so that publishing only compares
and moves rows (`store`).
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
    """Puts records ready beside what the batch has already, and counts them; call inside `voor_gemeente`.

    `records` are valid records in the standard, with ids that the batch does not have yet; of a kind without ids,
    records that are the same count as one once they are published. A jobseeker may come with a contact policy of
    their own (`MetBeleid`). What was withdrawn after the batch began is left out.
    Raises OnbekendePostcode, and whatever `records` raises.
    """
    # All there before the copying begins: giving a record may ask the database something on this connection.
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
    """Finds the ids that this batch may not bring back."""
    found = Intrekking.objects.filter(soort=soort.value, stapel__gte=batch)
    return frozenset(found.values_list("id_bron", flat=True))


def erase(gemeente: Gemeente, batch: int) -> None:
    """Erases what was put ready under this batch, of whatever kind."""
    with voor_gemeente(gemeente):
        for model in CONCEPT_VAN.values():
            model._default_manager.filter(stapel=batch).delete()
