"""Writing what the source answers with: a set replaced in one transaction, or nothing.

The new set goes through COPY into a temporary table and is then compared with what stands there, so that
only what changed is written. A query sees the old set or the new one, never a mixture.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db import OperationalError, connection
from django.utils import timezone

from exchange.bron.columns import Record, as_json, canonical_json, pack, search_columns, whole_numbers
from exchange.bron.models import RECORD_VAN, Beroepindex, Profiel, Stand, Werkzoekende
from exchange.standard import Soort
from um_portal.tenants import keys
from um_portal.tenants.models import Contactbeleid, Gemeente
from um_portal.tenants.scope import voor_gemeente

DETAIL_CONTEXT = "detail"
# Part of every fingerprint: raise it when the same record must be stored differently.
_OPMAAK = b"1:"
_COPY_ROWS = 2000


class BezigMetPubliceren(RuntimeError):
    """Somebody else is publishing this municipality's set of this kind right now."""


class MetBeleid(NamedTuple):
    """A jobseeker with a contact policy of their own; the standard's JSON has no place for it."""

    record: Record
    contactbeleid: Contactbeleid | None


@dataclass(frozen=True, slots=True)
class Verschil:
    """What a publication did to the set, in numbers of records."""

    nieuw: int
    gewijzigd: int
    gelijk: int
    weg: int

    @property
    def totaal(self) -> int:
        """How many records the set now holds."""
        return self.nieuw + self.gewijzigd + self.gelijk


def lock(gemeente: Gemeente, soort: Soort) -> Stand:
    """The set's row, locked until the transaction ends. Raises BezigMetPubliceren at once when it is held."""
    Stand.objects.get_or_create(gemeente=gemeente, soort=soort)
    try:
        stand: Stand = Stand.objects.select_for_update(nowait=True).get(soort=soort)
    except OperationalError:
        raise BezigMetPubliceren from None
    return stand


def _rows(
    gemeente: Gemeente, soort: Soort, records: Iterable[Record | MetBeleid], columns: list[str]
) -> Iterator[list[Any]]:
    own = keys.sleutels(gemeente)
    today = timezone.localdate()
    seen: set[bytes] = set()
    for item in records:
        record, policy = item if isinstance(item, MetBeleid) else MetBeleid(item, None)
        if policy is not None and "contactbeleid" not in columns:
            raise ValueError(f"contactbeleid is niet van toepassing op {soort.label}")
        text = as_json(record)
        # Every number of the standard is whole; one written with a fraction is rare and looked for cheaply.
        if ".0" in text:
            record = whole_numbers(record)
            text = as_json(record)
        marked = _OPMAAK + (f"{policy}:".encode() if policy is not None else b"")
        # Keyed: without the municipality's secret the print of a guessed record cannot be made.
        print_of = text if soort.id_pad else canonical_json(record)
        fingerprint = hmac.new(own.pseudoniem, marked + print_of.encode(), hashlib.sha256).digest()[:16]
        if soort.id_pad is None:
            # Without an id the record is known by its content, so that the same twice is the same once.
            if fingerprint in seen:
                continue
            seen.add(fingerprint)
        values = {
            **search_columns(soort, record),
            "gemeente_id": gemeente.pk,
            "id_bron": record[soort.id_pad] if soort.id_pad else fingerprint.hex(),
            "detail": keys.versleutel(gemeente, pack(text), DETAIL_CONTEXT),
            "vingerafdruk": fingerprint,
            "ververst_op": today,
            "contactbeleid": policy,
        }
        yield [values[column] for column in columns]


def replace(gemeente: Gemeente, soort: Soort, records: Iterable[Record | MetBeleid]) -> Verschil:
    """Make exactly these records the municipality's set of this kind; all or nothing.

    `records` are valid records in the standard with different ids; of a kind without ids, records that are the
    same count as one. A jobseeker may come with a contact policy of their own (`MetBeleid`).
    Raises BezigMetPubliceren, and whatever `records` raises; then nothing has changed.
    """
    model = RECORD_VAN[soort]
    is_numbered = issubclass(model, Profiel)
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and field.attname != "volgnummer"
    ]
    columns = [field.attname for field in fields]
    names = ", ".join(columns)
    table = model._meta.db_table
    changing = ", ".join(f"{c} = n.{c}" for c in columns if c not in {"gemeente_id", "id_bron"})
    with voor_gemeente(gemeente):
        stand = lock(gemeente, soort)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.nieuwe_set")
            cursor.execute(
                f"CREATE TEMP TABLE nieuwe_set ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
            )
            rows = _rows(gemeente, soort, records, columns)
            total = 0
            # Made ready before each COPY: making a row may ask the database something on this connection.
            while chunk := list(islice(rows, _COPY_ROWS)):
                with cursor.copy(f"COPY nieuwe_set ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types([_copy_type(field) for field in fields])
                    for row in chunk:
                        copy.write_row(row)
                total += len(chunk)
            cursor.execute("CREATE UNIQUE INDEX ON pg_temp.nieuwe_set (id_bron)")
            cursor.execute("ANALYZE pg_temp.nieuwe_set")
            mine = f"{table} AS p"
            cursor.execute(
                f"DELETE FROM {mine} WHERE p.gemeente_id = %s"
                " AND NOT EXISTS (SELECT FROM pg_temp.nieuwe_set n WHERE n.id_bron = p.id_bron)",
                [gemeente.pk],
            )
            gone = cursor.rowcount
            cursor.execute(
                f"UPDATE {mine} SET ververst_op = n.ververst_op FROM pg_temp.nieuwe_set n"
                " WHERE p.gemeente_id = %s AND p.id_bron = n.id_bron AND p.vingerafdruk = n.vingerafdruk",
                [gemeente.pk],
            )
            same = cursor.rowcount
            cursor.execute(
                f"UPDATE {mine} SET {changing} FROM pg_temp.nieuwe_set n"
                " WHERE p.gemeente_id = %s AND p.id_bron = n.id_bron AND p.vingerafdruk <> n.vingerafdruk",
                [gemeente.pk],
            )
            changed = cursor.rowcount
            if is_numbered:
                new = _insert_numbered(cursor, gemeente, table, names, total)
            else:
                cursor.execute(
                    f"INSERT INTO {table} ({names}) SELECT {names} FROM pg_temp.nieuwe_set n"
                    f" WHERE {_is_new(table)}",
                    [gemeente.pk],
                )
                new = cursor.rowcount
            cursor.execute("DROP TABLE pg_temp.nieuwe_set")
            if model is Werkzoekende and (gone or changed or new):
                _index_occupations(cursor, gemeente)
        verschil = Verschil(nieuw=new, gewijzigd=changed, gelijk=same, weg=gone)
        stand.aantal = verschil.totaal
        stand.gepubliceerd_op = timezone.now()
        stand.save()
    return verschil


def _index_occupations(cursor: Any, gemeente: Gemeente) -> None:
    """Make the municipality's index of occupations anew."""
    index = Beroepindex._meta.db_table
    cursor.execute(f"DELETE FROM {index} WHERE gemeente_id = %s", [gemeente.pk])
    cursor.execute(
        f"INSERT INTO {index} (gemeente_id, beroep, ids)"
        f" SELECT p.gemeente_id, beroep, array_agg(DISTINCT p.id) FROM {Werkzoekende._meta.db_table} p,"
        " unnest(p.beroepen) AS beroep WHERE p.gemeente_id = %s GROUP BY p.gemeente_id, beroep",
        [gemeente.pk],
    )


def _is_new(table: str) -> str:
    return f"NOT EXISTS (SELECT FROM {table} p WHERE p.gemeente_id = %s AND p.id_bron = n.id_bron)"


def _insert_numbered(cursor: Any, gemeente: Gemeente, table: str, names: str, total: int) -> int:
    """Insert what is new, so that the set of `total` records is numbered from 1 to `total`; how many were new."""
    free = (
        "(SELECT nr, row_number() OVER () AS beurt FROM generate_series(1, %s::int) nr WHERE NOT EXISTS"
        f" (SELECT FROM {table} p WHERE p.gemeente_id = %s AND p.volgnummer = nr))"
    )
    # What is left of a larger set moves to the numbers that became free.
    cursor.execute(
        f"UPDATE {table} AS p SET volgnummer = vrij.nr"
        f" FROM (SELECT id, row_number() OVER () AS beurt FROM {table}"
        " WHERE gemeente_id = %s AND volgnummer > %s) buiten"
        f" JOIN {free} vrij USING (beurt) WHERE p.id = buiten.id",
        [gemeente.pk, total, total, gemeente.pk],
    )
    cursor.execute(
        f"INSERT INTO {table} ({names}, volgnummer) SELECT {names}, vrij.nr"
        " FROM (SELECT n.*, row_number() OVER () AS beurt FROM pg_temp.nieuwe_set n"
        f" WHERE {_is_new(table)}) nieuw JOIN {free} vrij USING (beurt)",
        [gemeente.pk, total, gemeente.pk],
    )
    return int(cursor.rowcount)


def _copy_type(field: Any) -> str:
    """The name psycopg knows the column's type by."""
    kind: str = field.db_type(connection).split("(")[0]
    return {"varchar": "text"}.get(kind, kind)
