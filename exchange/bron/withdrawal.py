"""Withdraws records at once, for good and from everywhere: from what can be undone and what waits too."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from exchange.bron.models import CONCEPT_VAN, Besluit, Intrekking, Journaal, Journaalrecord
from exchange.bron.sets import lock, remove_records
from exchange.bron.tables import tables_of
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def withdraw(gemeente: Gemeente, soort: Soort, ids: Collection[str], *, batch: int) -> int:
    """Removes the records with these ids at once and for good; counts those that were published.

    They are removed from the set, from what can be undone and from what waits for publication. No batch with
    a number up to `batch` brings them back: give the highest number in use. A later batch brings them back when
    somebody decides so (`decide`). Raises BezigMetPubliceren when a
    publication takes too long to wait for; then nothing has changed.
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
            # This holds too for what is being converted at this moment, and for a file that is converted
            # again.
            cursor.execute(
                f"INSERT INTO {Intrekking._meta.db_table} (gemeente_id, soort, id_bron, stapel, ingetrokken_op,"
                " besluit) SELECT %s, %s, id, %s, %s, '' FROM unnest(%s::text[]) AS id"
                " ON CONFLICT (gemeente_id, soort, id_bron) DO UPDATE"
                " SET stapel = excluded.stapel, ingetrokken_op = excluded.ingetrokken_op, besluit = '',"
                " gezien_op = NULL, gezien_in = NULL",
                [gemeente.pk, soort.value, batch, timezone.now(), wanted],
            )
    return number


def withdraw_all(gemeente: Gemeente, soort: Soort) -> int:
    """Removes the whole set of this kind for good, and all that could be undone; counts its records.

    Records that wait for publication are left to the caller. Raises BezigMetPubliceren as `withdraw` does.
    """
    with voor_gemeente(gemeente):
        stand = lock(gemeente, soort, wait=True)
        Journaal.objects.filter(soort=soort.value).delete()
        return remove_records(gemeente, soort, stand, "TRUE")


def decide(soort: Soort, keys: Collection[int], besluit: Besluit) -> int:
    """Writes this decision about the withdrawn records with these keys; counts those for which it is new.

    Call inside `voor_gemeente`. What may come along again is perhaps published by now: it stays withdrawn only
    when it is withdrawn anew, so such a record is passed over.
    """
    asked = Intrekking.objects.filter(soort=soort.value, pk__in=list(keys))
    if besluit == Besluit.BLIJFT:
        asked = asked.exclude(besluit=Besluit.WEER)
    return int(asked.exclude(besluit=besluit).update(besluit=besluit))


def returned(soort: Soort) -> "QuerySet[Intrekking]":
    """Gives the withdrawn records that stand in a later batch, published or waiting; newest first.

    Those that may come along again are left out. Call inside `voor_gemeente`.
    """
    waiting = CONCEPT_VAN[soort]._default_manager.filter(
        id_bron=OuterRef("id_bron"), stapel__gt=OuterRef("stapel")
    )
    found: QuerySet[Intrekking] = Intrekking.objects.filter(soort=soort.value).exclude(besluit=Besluit.WEER)
    return found.filter(Q(gezien_op__isnull=False) | Exists(waiting)).order_by("-ingetrokken_op", "pk")
