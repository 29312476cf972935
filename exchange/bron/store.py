"""Publishes what was put ready: in one transaction, or not at all.

Compares the records of a batch (`concept`) with the set, moves rows in SQL and writes what changed. A query
sees the old set or the new one, never a mixture. The records that it took away or changed go into a journaal,
so that it can be undone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from exchange.bron import journaal
from exchange.bron.models import CONCEPT_VAN, MODEL_VAN, Besluit, Intrekking
from exchange.bron.sets import Herkomst, Verschil, add_records, lock, settle
from exchange.bron.tables import tables_of
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

_COUNTED = (
    "SELECT count(*) FILTER (WHERE oud IS NULL), count(*) FILTER (WHERE NOT gelijk),"
    " count(*) FILTER (WHERE gelijk), count(*) FILTER (WHERE nieuw IS NULL)"
)


def difference(gemeente: Gemeente, soort: Soort, batch: int, *, volledig: bool = True) -> Verschil:
    """Tells what publishing this batch would change in the present set."""
    compared, parameters = _compared(gemeente, soort, batch)
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        held, held_parameters = _held(soort, batch).values("pk").query.sql_with_params()
        cursor.execute(
            f"{_COUNTED}, (SELECT count(*) FROM ({held}) h) FROM ({compared}) v",
            [*held_parameters, *parameters],
        )
        *counts, number = cursor.fetchone()
    return replace(_verschil(counts, volledig=volledig), tegengehouden=number)


def publish(gemeente: Gemeente, soort: Soort, batch: int, *, volledig: bool = True) -> Verschil:
    """Makes a batch the whole set (`volledig`), or adds and updates its records only; all or nothing.

    The batch is then no longer waiting. A journaal keeps the records from before. Raises BezigMetPubliceren;
    then nothing has changed.
    """
    with voor_gemeente(gemeente):
        stand = lock(gemeente, soort)
        with connection.cursor() as cursor:
            verschil = _merge(cursor, gemeente, soort, batch, volledig=volledig)
        stand.gepubliceerd_op, stand.vernieuwd_op = timezone.now(), timezone.localdate()
        stand.gewaarschuwd_op = stand.einde_gemeld_op = None
        settle(gemeente, soort, stand, verschil.totaal, changed=verschil.verandert)
    return verschil


def _compared(gemeente: Gemeente, soort: Soort, batch: int) -> tuple[str, list[Any]]:
    """Gives a query, with its parameters, for rows (nieuw, oud, gelijk).

    These are the id of the waiting row and of the published row of each record, either of which may be null,
    and whether their content is the same.
    """
    tables = tables_of(soort)
    # In a kind without ids the same record may occur twice.
    distinct = "" if soort.id_pad else "DISTINCT ON (n.id_bron)"
    return (
        f"SELECT n.id AS nieuw, p.id AS oud, n.vingerafdruk = p.vingerafdruk AS gelijk FROM"
        f" (SELECT {distinct} n.id, n.id_bron, n.vingerafdruk FROM {tables.concept} n"
        # Records that were withdrawn while the batch was being put ready, and those that were withdrawn before it
        # and that nobody has let through.
        f" WHERE n.gemeente_id = %s AND n.stapel = %s AND NOT EXISTS (SELECT FROM {Intrekking._meta.db_table} i"
        " WHERE i.gemeente_id = %s AND i.soort = %s AND (i.stapel >= %s OR i.besluit <> %s)"
        " AND i.id_bron = n.id_bron)) n"
        f" FULL JOIN (SELECT id, id_bron, vingerafdruk FROM {tables.set} WHERE gemeente_id = %s) p"
        " ON p.id_bron = n.id_bron",
        [gemeente.pk, batch, gemeente.pk, soort.value, batch, Besluit.WEER.value, gemeente.pk],
    )


def share_elsewhere(gemeente: Gemeente, soort: Soort, batch: int) -> float:
    """Gives the part (0 to 1) of a waiting batch with a postcode area in which the present set has nothing.

    0 for a kind without places, and for an empty batch.
    """
    if soort not in MODEL_VAN:
        return 0.0
    tables = tables_of(soort)
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(avg((p.pc4 IS NULL)::int), 0) FROM"
            f" (SELECT pc4 FROM {tables.concept} WHERE gemeente_id = %s AND stapel = %s) n"
            f" LEFT JOIN (SELECT DISTINCT pc4 FROM {tables.set} WHERE gemeente_id = %s) p ON p.pc4 = n.pc4",
            [gemeente.pk, batch, gemeente.pk],
        )
        return float(cursor.fetchone()[0])


def _held(soort: Soort, batch: int) -> "QuerySet[Intrekking]":
    there = CONCEPT_VAN[soort]._default_manager.filter(stapel=batch).values("id_bron")
    found: QuerySet[Intrekking] = Intrekking.objects.filter(
        soort=soort.value, stapel__lt=batch, id_bron__in=there
    )
    return found.exclude(besluit=Besluit.WEER)


def _verschil(counts: Sequence[int], *, volledig: bool) -> Verschil:
    new, changed, same, absent = counts
    return Verschil(new, changed, same, weg=absent if volledig else 0, blijft=0 if volledig else absent)


def _merge(cursor: Any, gemeente: Gemeente, soort: Soort, batch: int, *, volledig: bool) -> Verschil:
    tables, today = tables_of(soort), timezone.localdate()
    compared, parameters = _compared(gemeente, soort, batch)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.naast_elkaar")
    cursor.execute(f"CREATE TEMP TABLE naast_elkaar ON COMMIT DROP AS {compared}", parameters)
    # An id that occurs twice in a batch is a mistake of the code that put it ready.
    cursor.execute("CREATE UNIQUE INDEX ON pg_temp.naast_elkaar (oud)")
    cursor.execute("ANALYZE pg_temp.naast_elkaar")
    cursor.execute(f"{_COUNTED} FROM pg_temp.naast_elkaar")
    counted = cursor.fetchone()
    # These records are seen again: somebody has to decide about them.
    held = _held(soort, batch).update(gezien_op=timezone.now(), gezien_in=batch)
    verschil = replace(_verschil(counted, volledig=volledig), tegengehouden=held)
    gone = "v.nieuw IS NULL" if volledig else "FALSE"
    journaal.keep(
        cursor,
        gemeente,
        soort,
        batch,
        f"SELECT v.oud FROM pg_temp.naast_elkaar v WHERE v.oud IS NOT NULL AND ({gone} OR NOT v.gelijk)",
    )
    if verschil.weg:
        cursor.execute(
            f"DELETE FROM {tables.set} p USING pg_temp.naast_elkaar v WHERE p.id = v.oud AND v.nieuw IS NULL"
        )
    if verschil.gelijk:
        cursor.execute(
            f"UPDATE {tables.set} p SET ververst_op = %s FROM pg_temp.naast_elkaar v"
            " WHERE p.id = v.oud AND v.gelijk AND p.ververst_op <> %s",
            [today, today],
        )
    if verschil.gewijzigd:
        cursor.execute(
            f"UPDATE {tables.set} p SET {tables.changes('n')}, ververst_op = %s"
            f" FROM pg_temp.naast_elkaar v JOIN {tables.concept} n ON n.id = v.nieuw"
            " WHERE p.id = v.oud AND NOT v.gelijk",
            [today],
        )
    if verschil.nieuw or verschil.weg:
        added = "SELECT nieuw AS sleutel FROM pg_temp.naast_elkaar WHERE oud IS NULL"
        herkomst = Herkomst(tables.concept, "id", added, (), "%s::date", (today,))
        add_records(cursor, gemeente, soort, herkomst, verschil.totaal)
    cursor.execute("DROP TABLE pg_temp.naast_elkaar")
    cursor.execute(
        f"DELETE FROM {tables.concept} WHERE gemeente_id = %s AND stapel = %s", [gemeente.pk, batch]
    )
    return verschil
