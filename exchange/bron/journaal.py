"""exchange.bron.journaal."""

from typing import Any

from django.db import connection
from django.utils import timezone

from exchange.bron import copying
from exchange.bron.models import RECORD_VAN, Journaal, Journaalrecord
from exchange.bron.packing import unpack
from exchange.bron.store import (
    _BATCH,
    GEEN_STAPEL,
    NietTerugTeDraaien,
    Verschil,
    _copy,
    _Herkomst,
    _insert,
    _make_temporary,
    _of,
    _settle,
    _tables,
    lock,
)
from exchange.bron.writing import DETAIL_CONTEXT, UNIQUE, MetBeleid, Schrijver
from exchange.standard import Soort
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def last_journaal(soort: Soort) -> Journaal | None:
    """The publication that can be undone now, if any; call inside `voor_gemeente`."""
    found: Journaal | None = Journaal.objects.filter(soort=soort.value).order_by("-pk").first()
    return found


def undoable_now() -> set[int]:
    """The stapels whose publication can be undone now, one of each kind at most; call inside `voor_gemeente`."""
    last = Journaal.objects.order_by("soort", "-pk").distinct("soort")
    return set(last.values_list("stapel", flat=True))


def _undoable(soort: Soort, stapel: int) -> Journaal:
    found = last_journaal(soort)
    if found is None or found.stapel != stapel:
        raise NietTerugTeDraaien
    return found


def difference_of_undo(gemeente: Gemeente, soort: Soort, stapel: int) -> Verschil:
    """What undoing this publication would do to the set as it is now. Raises NietTerugTeDraaien."""
    published, table = Journaalrecord._meta.db_table, _tables(soort).set
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        journaal = _undoable(soort, stapel)
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE p.id IS NULL), count(p.id) FROM {published} j LEFT JOIN"
            f" (SELECT id, id_bron FROM {table} WHERE gemeente_id = %s AND stapel <> %s) p ON p.id_bron = j.id_bron"
            " WHERE j.gemeente_id = %s AND j.journaal_id = %s",
            [gemeente.pk, stapel, gemeente.pk, journaal.pk],
        )
        back, changed = cursor.fetchone()
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE stapel = %s), count(*) FROM {table} WHERE gemeente_id = %s",
            [stapel, gemeente.pk],
        )
        gone, now = cursor.fetchone()
    return Verschil(nieuw=back, gewijzigd=changed, gelijk=now - gone - changed, weg=gone)


def undo(gemeente: Gemeente, soort: Soort, stapel: int) -> Verschil:
    """Bring back the set as it was before this publication, the last of its kind; all or nothing.

    What was withdrawn since then stays away. After it the publication before can be undone.
    Raises NietTerugTeDraaien and BezigMetPubliceren; then nothing has changed.
    """
    tables = _tables(soort)
    with voor_gemeente(gemeente):
        stand = lock(gemeente, soort)
        journaal = _undoable(soort, stapel)
        verschil = difference_of_undo(gemeente, soort, stapel)
        with connection.cursor() as cursor:
            _unpack_journaal(cursor, gemeente, soort, journaal)
            cursor.execute(
                f"DELETE FROM {tables.set} WHERE gemeente_id = %s AND stapel = %s", [gemeente.pk, stapel]
            )
            cursor.execute(
                f"UPDATE {tables.set} p SET {tables.changing('n')}, ververst_op = n.ververst_op"
                " FROM pg_temp.terug n WHERE p.gemeente_id = %s AND p.id_bron = n.id_bron",
                [gemeente.pk],
            )
            back = (
                f"SELECT id_bron AS sleutel FROM pg_temp.terug n WHERE NOT EXISTS (SELECT FROM {tables.set} p"
                " WHERE p.gemeente_id = %s AND p.id_bron = n.id_bron)"
            )
            bron = _Herkomst("pg_temp.terug", "id_bron", back, (gemeente.pk,))
            _insert(cursor, gemeente, tables, bron, verschil.totaal)
            cursor.execute("DROP TABLE pg_temp.terug")
        journaal.delete()
        stand.gepubliceerd_op = timezone.now()
        _settle(gemeente, soort, stand, verschil.totaal, changed=True)
    return verschil


def _unpack_journaal(cursor: Any, gemeente: Gemeente, soort: Soort, journaal: Journaal) -> None:
    """Put the records of a journaal in the table `terug`, prepared for searching as records are today."""
    tables = _tables(soort)
    _make_temporary(
        cursor, "terug", f"SELECT {_of('n', tables)}, p.ververst_op FROM {tables.concept} n, {tables.set} p"
    )
    fields = [*tables.fields, RECORD_VAN[soort]._meta.get_field("ververst_op")]
    schrijver = Schrijver(gemeente, soort, GEEN_STAPEL)
    last = 0
    while batch := list(
        Journaalrecord.objects.filter(journaal=journaal, pk__gt=last).order_by("pk")[:_BATCH]
    ):
        last = batch[-1].pk
        records = [
            MetBeleid(unpack(keys.decrypt(gemeente, bytes(row.detail), DETAIL_CONTEXT)), row.contactbeleid)
            for row in batch
        ]
        rows = (
            {**value, "stapel": row.stapel, "ververst_op": row.ververst_op}
            for value, row in zip(schrijver.rows(records), batch, strict=True)
        )
        _copy(cursor, "pg_temp.terug", fields, copying.pieces(rows, copying.encoders(fields, UNIQUE)))
    cursor.execute("ANALYZE pg_temp.terug")
