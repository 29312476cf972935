"""Keeps published rows on the map when the table of postcodes is replaced.

A row stores the known 4-digit postcode that stands for its own (`exchange.geo.distances.resolve`); another
table may know another one.
"""

from typing import Any

from django.db import connection

from exchange.bron.models import CONCEPT_VAN, MODEL_VAN
from exchange.geo.distances import resolve
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def relocate(gemeente: Gemeente) -> int:
    """Gives the municipality's published rows their postcode in the present table; counts those that changed.

    Rows that wait for publication change too. A row keeps its postcode when no known postcode lies near its
    own.
    """
    moved = 0
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        for soort, model in MODEL_VAN.items():
            moved += _relocate(cursor, gemeente, soort, model._meta.db_table)
            _relocate(cursor, gemeente, soort, CONCEPT_VAN[soort]._meta.db_table)
    return moved


def _relocate(cursor: Any, gemeente: Gemeente, soort: Soort, table: str) -> int:
    moved = 0
    own = "left(p.zoekprofiel::jsonb #>> %s, 4)::smallint"
    path = (soort.postcode_pad or "").split(".")
    cursor.execute(f"SELECT DISTINCT {own}, pc4 FROM {table} p WHERE gemeente_id = %s", [path, gemeente.pk])
    moves = [
        (pc4, stored, to) for pc4, stored in cursor.fetchall() if (to := resolve(pc4)) not in {None, stored}
    ]
    for pc4, stored, to in moves:
        cursor.execute(
            f"UPDATE {table} p SET pc4 = %s WHERE gemeente_id = %s AND pc4 = %s AND {own} = %s",
            [to, gemeente.pk, stored, path, pc4],
        )
        moved += int(cursor.rowcount)
    return moved


def on_postcodes_replaced(**kwargs: Any) -> str:
    """Receives the signal of a new table: updates all municipalities and gives a Dutch sentence about it."""
    moved = sum(relocate(gemeente) for gemeente in Gemeente.objects.all())
    return f"{moved} gepubliceerd{'' if moved == 1 else 'e'} record{'' if moved == 1 else 's'} op de kaart verplaatst."
