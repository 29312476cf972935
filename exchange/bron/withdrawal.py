"""Withdrawing records: at once, for good, and from everywhere, also from what can be undone or still waits."""

from collections.abc import Collection

from django.db import connection
from django.utils import timezone

from exchange.bron.models import Intrekking, Journaal, Journaalrecord
from exchange.bron.sets import lock, remove_records
from exchange.bron.tables import tables_of
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def withdraw(gemeente: Gemeente, soort: Soort, ids: Collection[str], *, batch: int) -> int:
    """Takes the records with these ids away at once and for good; counts those that were published.

    They go from the set, from what can be undone and from what waits for publication. No batch up to the number
    that is given brings them back: give the highest that is in use.
    Raises BezigMetPubliceren when a publication goes on too long to wait for; then nothing has changed.
    """
    tables, wanted = tables_of(soort), sorted(set(ids))
    with voor_gemeente(gemeente):
        stand = lock(gemeente, soort, wait=True)
        number = remove_records(gemeente, soort, stand, "p.id_bron = ANY(%s)", [wanted])
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {Journaalrecord._meta.db_table} r USING {Journaal._meta.db_table} j"
                " WHERE r.gemeente_id = %s AND r.id_bron = ANY(%s) AND j.id = r.journaal_id AND j.soort = %s",
                [gemeente.pk, wanted, soort.value],
            )
            cursor.execute(
                f"DELETE FROM {tables.concept} WHERE gemeente_id = %s AND id_bron = ANY(%s)",
                [gemeente.pk, wanted],
            )
            # Also for what is being converted at this moment, and for a file that is converted once more.
            cursor.execute(
                f"INSERT INTO {Intrekking._meta.db_table} (gemeente_id, soort, id_bron, stapel, ingetrokken_op)"
                " SELECT %s, %s, id, %s, %s FROM unnest(%s::text[]) AS id"
                " ON CONFLICT (gemeente_id, soort, id_bron) DO UPDATE"
                " SET stapel = excluded.stapel, ingetrokken_op = excluded.ingetrokken_op",
                [gemeente.pk, soort.value, batch, timezone.now(), wanted],
            )
    return number


def withdraw_all(gemeente: Gemeente, soort: Soort) -> int:
    """Takes the whole set of this kind away at once and for good, with all that could be undone; counts the records.

    What waits for publication is left to the caller. Raises BezigMetPubliceren as `withdraw` does.
    """
    with voor_gemeente(gemeente):
        stand = lock(gemeente, soort, wait=True)
        Journaal.objects.filter(soort=soort.value).delete()
        return remove_records(gemeente, soort, stand, "TRUE")
