"""Undoes a publication: the journaal keeps what it took away or changed, and `undo` brings that back.

Only the last publication of a kind can be undone, then the one before it. `expiry` decides for how long.
"""

from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from exchange.bron import copying
from exchange.bron.models import RECORD_VAN, Journaal, Journaalrecord
from exchange.bron.packing import unpack
from exchange.bron.sets import Herkomst, Verschil, add_records, lock, settle
from exchange.bron.tables import copy_rows, make_temporary, tables_of
from exchange.bron.writing import UNIQUE, MetBeleid, Schrijver, own_number, record_context
from exchange.standard import Soort
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

_RECORDS_PER_PART = 4000


class NietTerugTeDraaien(RuntimeError):
    """This is not the last publication of its kind, or the records from before it are no longer kept."""


def last_journaal(soort: Soort) -> Journaal | None:
    """Finds the publication that can be undone now; None when there is none. Call inside `voor_gemeente`."""
    found: Journaal | None = Journaal.objects.filter(soort=soort.value).order_by("-pk").first()
    return found


def undoable_now() -> set[int]:
    """Finds the batches, at most one of each kind, that can be undone now; call inside `voor_gemeente`."""
    last = Journaal.objects.order_by("soort", "-pk").distinct("soort")
    return set(last.values_list("stapel", flat=True))


def _undoable(soort: Soort, batch: int) -> Journaal:
    found = last_journaal(soort)
    if found is None or found.stapel != batch:
        raise NietTerugTeDraaien
    return found


def keep(cursor: Any, gemeente: Gemeente, soort: Soort, batch: int, ids: str) -> None:
    """Writes the journaal of a publication that is about to happen.

    `ids` is a query for the ids of the published rows that it takes away or changes.
    """
    journaal = Journaal.objects.create(
        gemeente=gemeente, soort=soort.value, stapel=batch, gepubliceerd_op=timezone.now()
    )
    policy = "p.contactbeleid" if soort is Soort.WERKZOEKENDEN else "NULL"
    cursor.execute(
        f"INSERT INTO {Journaalrecord._meta.db_table} (gemeente_id, journaal_id, id_bron, detail, vingerafdruk,"
        " eigennummer, ververst_op, stapel, contactbeleid) SELECT p.gemeente_id, %s, p.id_bron, p.detail,"
        f" p.vingerafdruk, p.eigennummer, p.ververst_op, p.stapel, {policy} FROM ({ids}) v (id)"
        f" JOIN {tables_of(soort).set} p USING (id)",
        [journaal.pk],
    )


def difference_of_undo(gemeente: Gemeente, soort: Soort, batch: int) -> Verschil:
    """Tells what undoing this publication would change in the present set. Raises NietTerugTeDraaien."""
    kept, published = Journaalrecord._meta.db_table, tables_of(soort).set
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        journaal = _undoable(soort, batch)
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE p.id IS NULL), count(p.id) FROM {kept} j LEFT JOIN"
            f" (SELECT id, id_bron FROM {published} WHERE gemeente_id = %s AND stapel <> %s) p"
            " ON p.id_bron = j.id_bron WHERE j.gemeente_id = %s AND j.journaal_id = %s",
            [gemeente.pk, batch, gemeente.pk, journaal.pk],
        )
        back, changed = cursor.fetchone()
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE stapel = %s), count(*) FROM {published} WHERE gemeente_id = %s",
            [batch, gemeente.pk],
        )
        gone, now = cursor.fetchone()
    return Verschil(nieuw=back, gewijzigd=changed, gelijk=now - gone - changed, weg=gone)


def undo(gemeente: Gemeente, soort: Soort, batch: int) -> Verschil:
    """Brings back the set as it was before this publication, the last of its kind; all or nothing.

    Records that were withdrawn since then stay away. Afterwards the publication before it can be undone.
    Raises NietTerugTeDraaien and BezigMetPubliceren; then nothing has changed.
    """
    tables = tables_of(soort)
    with voor_gemeente(gemeente):
        stand = lock(gemeente, soort)
        journaal = _undoable(soort, batch)
        verschil = difference_of_undo(gemeente, soort, batch)
        with connection.cursor() as cursor:
            _unpack_journaal(cursor, gemeente, soort, journaal)
            cursor.execute(
                f"DELETE FROM {tables.set} WHERE gemeente_id = %s AND stapel = %s", [gemeente.pk, batch]
            )
            cursor.execute(
                f"UPDATE {tables.set} p SET {tables.changes('n')}, ververst_op = n.ververst_op"
                " FROM pg_temp.terug n WHERE p.gemeente_id = %s AND p.id_bron = n.id_bron",
                [gemeente.pk],
            )
            back = (
                f"SELECT id_bron AS sleutel FROM pg_temp.terug n WHERE NOT EXISTS (SELECT FROM {tables.set} p"
                " WHERE p.gemeente_id = %s AND p.id_bron = n.id_bron)"
            )
            herkomst = Herkomst("pg_temp.terug", "id_bron", back, (gemeente.pk,))
            add_records(cursor, gemeente, soort, herkomst, verschil.totaal)
            cursor.execute("DROP TABLE pg_temp.terug")
        journaal.delete()
        stand.gepubliceerd_op = timezone.now()
        # What comes back is as old as it was.
        stand.vernieuwd_op = RECORD_VAN[soort]._default_manager.aggregate(laatst=Max("ververst_op"))["laatst"]
        settle(gemeente, soort, stand, verschil.totaal, changed=True)
    return verschil


def _unpack_journaal(cursor: Any, gemeente: Gemeente, soort: Soort, journaal: Journaal) -> None:
    """Writes the records of a journaal to the table `terug`, prepared for searching as records are today."""
    tables = tables_of(soort)
    make_temporary(
        cursor,
        "terug",
        f"SELECT {tables.columns('n')}, p.ververst_op FROM {tables.concept} n, {tables.set} p",
    )
    fields = [*tables.fields, RECORD_VAN[soort]._meta.get_field("ververst_op")]
    schrijver = Schrijver(gemeente, soort, journaal.stapel)
    last = 0
    while part := list(
        Journaalrecord.objects.filter(journaal=journaal, pk__gt=last).order_by("pk")[:_RECORDS_PER_PART]
    ):
        last = part[-1].pk
        records = [
            MetBeleid(
                unpack(keys.decrypt(gemeente, bytes(row.detail), record_context(soort, row.id_bron))),
                row.contactbeleid,
                own_number(gemeente, soort, row),
            )
            for row in part
        ]
        rows = (
            # Each record keeps the number of the earlier batch that brought it.
            {**value, "stapel": row.stapel, "ververst_op": row.ververst_op}
            for value, row in zip(schrijver.rows(records), part, strict=True)
        )
        copy_rows(cursor, "pg_temp.terug", fields, copying.pieces(rows, copying.encoders(fields, UNIQUE)))
    cursor.execute("ANALYZE pg_temp.terug")
