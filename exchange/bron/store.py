"""Writing what the source answers with: first put ready, then published in one transaction, or not at all.

Records are staged as they come, in batches, under the number of their stapel (a levering): prepared for searching and
encrypted. Publishing then only compares and moves rows, in SQL, and writes what changed. A query sees the old set or
the new one, never a mixture. What a publication took away or changed goes into a journaal, so that it can be undone.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from django.db import OperationalError, connection
from django.db.models import Field
from django.utils import timezone

from exchange.bron.columns import Record
from exchange.bron.models import (
    CONCEPT_VAN,
    RECORD_VAN,
    Beroepindex,
    Intrekking,
    Journaal,
    Journaalrecord,
    Profiel,
    Stand,
)
from exchange.bron.writing import MetBeleid, Schrijver, concept_fields
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

# The stapel of what is published without one.
GEEN_STAPEL = 0
_BATCH = 4000
# How long a withdrawal waits for a publication that is under way.
_WACHT = "10s"


class BezigMetPubliceren(RuntimeError):
    """Somebody else is changing this municipality's set of this kind right now."""


class NietTerugTeDraaien(RuntimeError):
    """This is not the last publication of its kind, or what was there before is not kept any more."""


@dataclass(frozen=True, slots=True)
class Verschil:
    """What a publication does to the set, in numbers of records. `blijft`: stays although it is not in what comes."""

    nieuw: int
    gewijzigd: int
    gelijk: int
    weg: int
    blijft: int = 0

    @property
    def totaal(self) -> int:
        """How many records the set then holds."""
        return self.nieuw + self.gewijzigd + self.gelijk + self.blijft

    @property
    def verandert(self) -> bool:
        """Whether the set is another one after it."""
        return bool(self.nieuw or self.gewijzigd or self.weg)

    @property
    def eerst(self) -> int:
        """How many records the set holds before it."""
        return self.gewijzigd + self.gelijk + self.weg + self.blijft


@dataclass(frozen=True, slots=True)
class _Tabellen:
    """The tables of a kind, and the columns in which what is staged and what is published are alike."""

    concept: str
    set: str
    fields: tuple["Field[Any, Any]", ...]
    is_numbered: bool

    @property
    def columns(self) -> list[str]:
        return [field.attname for field in self.fields]

    @property
    def names(self) -> str:
        return ", ".join(self.columns)

    def changing(self, source: str) -> str:
        """The part of an UPDATE that gives a record its new content; which stapel brought it stays."""
        fixed = {"gemeente_id", "id_bron", "stapel"}
        return ", ".join(f"{column} = {source}.{column}" for column in self.columns if column not in fixed)


@cache
def _tables(soort: Soort) -> _Tabellen:
    concept, published = CONCEPT_VAN[soort], RECORD_VAN[soort]
    return _Tabellen(
        concept._meta.db_table,
        published._meta.db_table,
        concept_fields(soort),
        issubclass(published, Profiel),
    )


def lock(gemeente: Gemeente, soort: Soort, *, wacht: bool = False) -> Stand:
    """The set's row, locked until the transaction ends; with `wacht` whoever has it is given some seconds.

    Raises BezigMetPubliceren when somebody else holds it.
    """
    Stand.objects.get_or_create(gemeente=gemeente, soort=soort)
    try:
        if not wacht:
            return _locked(soort, nowait=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_WACHT])
        stand = _locked(soort, nowait=False)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError:
        raise BezigMetPubliceren from None
    return stand


def _locked(soort: Soort, *, nowait: bool) -> Stand:
    stand: Stand = Stand.objects.select_for_update(nowait=nowait).get(soort=soort)
    return stand


# --- Putting ready -----------------------------------------------------------------------------------------


def stage(gemeente: Gemeente, soort: Soort, stapel: int, records: Iterable[Record | MetBeleid]) -> int:
    """Put records ready under a stapel, next to what is there already; how many.

    `records` are valid records in the standard, with ids that the stapel does not have yet; of a kind without ids,
    records that are the same count as one once they are published. A jobseeker may come with a contact policy of
    their own (`MetBeleid`). What was withdrawn after the stapel began is left out.
    Raises OnbekendePostcode, and whatever `records` raises; then nothing of this call is left.
    """
    # All there before the copying begins: giving a record may ask the database something on this connection.
    given = with_policy(records)
    with voor_gemeente(gemeente):
        written = Schrijver(gemeente, soort, stapel).write(given, withdrawn(soort, stapel))
        return put_ready(soort, written)


def with_policy(records: Iterable[Record | MetBeleid]) -> list[MetBeleid]:
    """The same records, those without a contact policy of their own with none."""
    return [item if isinstance(item, MetBeleid) else MetBeleid(item, None) for item in records]


def put_ready(soort: Soort, written: Iterable[bytes]) -> int:
    """Put rows ready that a Schrijver wrote; how many. Call inside `voor_gemeente`."""
    tables = _tables(soort)
    with connection.cursor() as cursor:
        # PostgreSQL copies into no table that has row-level security.
        _make_temporary(cursor, "aanvoer", f"SELECT {tables.names} FROM {tables.concept}")
        _copy(cursor, "pg_temp.aanvoer", tables.fields, written)
        cursor.execute(
            f"INSERT INTO {tables.concept} ({tables.names}) SELECT {tables.names} FROM pg_temp.aanvoer"
        )
        number = int(cursor.rowcount)
        cursor.execute("DROP TABLE pg_temp.aanvoer")
    return number


def _make_temporary(cursor: Any, name: str, like: str) -> None:
    """An empty table of this transaction, with the columns of a query."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {like} WITH NO DATA")


def withdrawn(soort: Soort, stapel: int) -> frozenset[str]:
    """The ids that this stapel may not bring back; call inside `voor_gemeente`."""
    if stapel == GEEN_STAPEL:
        return frozenset()
    found = Intrekking.objects.filter(soort=soort.value, stapel__gte=stapel)
    return frozenset(found.values_list("id_bron", flat=True))


def _copy(cursor: Any, table: str, fields: Sequence["Field[Any, Any]"], written: Iterable[bytes]) -> None:
    """Copy rows into a table, in the form that COPY takes, with a value for every field in their order."""
    names = ", ".join(field.attname for field in fields)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        for piece in written:
            copy.write(piece)


def unstage(gemeente: Gemeente, stapel: int) -> None:
    """Throw away what was put ready under this stapel, of whatever kind."""
    with voor_gemeente(gemeente):
        for model in CONCEPT_VAN.values():
            model._default_manager.filter(stapel=stapel).delete()


# --- Comparing ---------------------------------------------------------------------------------------------


def _compared(gemeente: Gemeente, soort: Soort, stapel: int) -> tuple[str, list[Any]]:
    """Rows (nieuw, oud, gelijk): the staged and the published row of each record, either may be absent."""
    tables = _tables(soort)
    # Of a kind without ids the same record may have come twice.
    distinct = "" if soort.id_pad else "DISTINCT ON (n.id_bron)"
    return (
        f"SELECT n.id AS nieuw, p.id AS oud, n.vingerafdruk = p.vingerafdruk AS gelijk FROM"
        f" (SELECT {distinct} n.id, n.id_bron, n.vingerafdruk FROM {tables.concept} n"
        # What was withdrawn while it was being staged.
        f" WHERE n.gemeente_id = %s AND n.stapel = %s AND NOT EXISTS (SELECT FROM {Intrekking._meta.db_table} i"
        f" WHERE i.gemeente_id = %s AND i.soort = %s AND i.stapel >= %s AND %s <> {GEEN_STAPEL}"
        " AND i.id_bron = n.id_bron)) n"
        f" FULL JOIN (SELECT id, id_bron, vingerafdruk FROM {tables.set} WHERE gemeente_id = %s) p"
        " ON p.id_bron = n.id_bron",
        [gemeente.pk, stapel, gemeente.pk, soort.value, stapel, stapel, gemeente.pk],
    )


_COUNTED = (
    "SELECT count(*) FILTER (WHERE oud IS NULL), count(*) FILTER (WHERE NOT gelijk),"
    " count(*) FILTER (WHERE gelijk), count(*) FILTER (WHERE nieuw IS NULL)"
)


def _verschil(counts: tuple[int, int, int, int], *, volledig: bool) -> Verschil:
    new, changed, same, absent = counts
    return Verschil(new, changed, same, weg=absent if volledig else 0, blijft=0 if volledig else absent)


def difference(gemeente: Gemeente, soort: Soort, stapel: int, *, volledig: bool = True) -> Verschil:
    """What publishing this stapel would do to the set as it is now."""
    compared, parameters = _compared(gemeente, soort, stapel)
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute(f"{_COUNTED} FROM ({compared}) v", parameters)
        return _verschil(cursor.fetchone(), volledig=volledig)


# --- Publishing --------------------------------------------------------------------------------------------


def publish_staged(
    gemeente: Gemeente, soort: Soort, stapel: int, *, volledig: bool = True, journaal: bool = True
) -> Verschil:
    """Let a stapel become the set (`volledig`), or add to it and bring it up to date; all or nothing.

    What was put ready is then gone. Keeps a journaal of what was there before; without one, nothing that was
    published earlier can be undone any more either.
    Raises BezigMetPubliceren; then nothing has changed.
    """
    with voor_gemeente(gemeente):
        stand = lock(gemeente, soort)
        with connection.cursor() as cursor:
            verschil = _merge(cursor, gemeente, soort, stapel, volledig=volledig, journaal=journaal)
        stand.gepubliceerd_op = timezone.now()
        _settle(gemeente, soort, stand, verschil.totaal, changed=verschil.verandert)
    return verschil


def replace(gemeente: Gemeente, soort: Soort, records: Iterable[Record | MetBeleid]) -> Verschil:
    """Make exactly these records the municipality's set of this kind, in one go; all or nothing.

    Asks of `records` what `stage` asks. Raises BezigMetPubliceren, and whatever `records` raises; then nothing has
    changed. Nothing of it, nor of what was published before, can be undone.
    """
    with voor_gemeente(gemeente):
        lock(gemeente, soort)
        schrijver = Schrijver(gemeente, soort, GEEN_STAPEL)
        rest = iter(records)
        while batch := with_policy(islice(rest, _BATCH)):
            put_ready(soort, schrijver.write(batch))
        return publish_staged(gemeente, soort, GEEN_STAPEL, journaal=False)


def _merge(
    cursor: Any, gemeente: Gemeente, soort: Soort, stapel: int, *, volledig: bool, journaal: bool
) -> Verschil:
    tables, today = _tables(soort), timezone.localdate()
    compared, parameters = _compared(gemeente, soort, stapel)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.naast_elkaar")
    cursor.execute(f"CREATE TEMP TABLE naast_elkaar ON COMMIT DROP AS {compared}", parameters)
    # The same id twice in a stapel would be a mistake of whoever staged it.
    cursor.execute("CREATE UNIQUE INDEX ON pg_temp.naast_elkaar (oud)")
    cursor.execute("ANALYZE pg_temp.naast_elkaar")
    cursor.execute(f"{_COUNTED} FROM pg_temp.naast_elkaar")
    verschil = _verschil(cursor.fetchone(), volledig=volledig)
    _write_journaal(cursor, gemeente, soort, stapel, verschil, keep=journaal)
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
            f"UPDATE {tables.set} p SET {tables.changing('n')}, ververst_op = %s"
            f" FROM pg_temp.naast_elkaar v JOIN {tables.concept} n ON n.id = v.nieuw"
            " WHERE p.id = v.oud AND NOT v.gelijk",
            [today],
        )
    if verschil.nieuw or verschil.weg:
        added = "SELECT nieuw AS sleutel FROM pg_temp.naast_elkaar WHERE oud IS NULL"
        bron = _Herkomst(tables.concept, "id", added, (), "%s::date", (today,))
        _insert(cursor, gemeente, tables, bron, verschil.totaal)
    cursor.execute("DROP TABLE pg_temp.naast_elkaar")
    cursor.execute(
        f"DELETE FROM {tables.concept} WHERE gemeente_id = %s AND stapel = %s", [gemeente.pk, stapel]
    )
    return verschil


def _of(alias: str, tables: _Tabellen) -> str:
    return ", ".join(f"{alias}.{column}" for column in tables.columns)


class _Herkomst(NamedTuple):
    """Rows to add to the set: the table they are in, its key, a query of keys, and what says when they were fresh."""

    table: str
    key: str
    keys: str
    keys_parameters: tuple[Any, ...] = ()
    day: str = "n.ververst_op"
    day_parameters: tuple[Any, ...] = ()


def _insert(cursor: Any, gemeente: Gemeente, tables: _Tabellen, bron: _Herkomst, total: int) -> None:
    """Add rows; the set of `total` is then numbered without gaps, what is added in the order of the keys."""
    names, wanted = f"{tables.names}, ververst_op", f"{_of('n', tables)}, {bron.day}"
    if not tables.is_numbered:
        cursor.execute(
            f"INSERT INTO {tables.set} ({names}) SELECT {wanted} FROM ({bron.keys}) k"
            f" JOIN {bron.table} n ON n.{bron.key} = k.sleutel",
            [*bron.day_parameters, *bron.keys_parameters],
        )
        return
    with _without_nested_loops(cursor):
        _close_gaps(cursor, gemeente, tables, total)
        cursor.execute(
            f"INSERT INTO {tables.set} ({names}, volgnummer) SELECT {wanted}, vrij.nr FROM"
            f" (SELECT sleutel, row_number() OVER (ORDER BY sleutel) AS beurt FROM ({bron.keys}) k) k"
            f" JOIN {_free(tables)} vrij USING (beurt) JOIN {bron.table} n ON n.{bron.key} = k.sleutel",
            [*bron.day_parameters, *bron.keys_parameters, total, gemeente.pk],
        )


@contextmanager
def _without_nested_loops(cursor: Any) -> Iterator[None]:
    """For tables that were filled a moment ago: without statistics a loop within a loop looks cheap, and never ends."""
    cursor.execute("SET LOCAL enable_nestloop TO off")
    yield
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def _free(tables: _Tabellen) -> str:
    """The numbers up to the first parameter that no record has, counted from 1."""
    return (
        "(SELECT nr, row_number() OVER (ORDER BY nr) AS beurt FROM generate_series(1, %s::int) nr WHERE NOT EXISTS"
        f" (SELECT FROM {tables.set} p WHERE p.gemeente_id = %s AND p.volgnummer = nr))"
    )


def _close_gaps(cursor: Any, gemeente: Gemeente, tables: _Tabellen, total: int) -> None:
    """What is left of a larger set moves to the numbers up to `total` that became free."""
    cursor.execute(
        f"UPDATE {tables.set} AS p SET volgnummer = vrij.nr"
        f" FROM (SELECT id, row_number() OVER () AS beurt FROM {tables.set}"
        " WHERE gemeente_id = %s AND volgnummer > %s) buiten"
        f" JOIN {_free(tables)} vrij USING (beurt) WHERE p.id = buiten.id",
        [gemeente.pk, total, total, gemeente.pk],
    )


def _settle(gemeente: Gemeente, soort: Soort, stand: Stand, total: int, *, changed: bool) -> None:
    """What goes for every change of the set: its number, and the index of occupations."""
    stand.aantal = total
    stand.save()
    if changed and soort is Soort.WERKZOEKENDEN:
        with connection.cursor() as cursor:
            _index_occupations(cursor, gemeente)


def _index_occupations(cursor: Any, gemeente: Gemeente) -> None:
    """Make the municipality's index of occupations anew."""
    index = Beroepindex._meta.db_table
    cursor.execute(f"DELETE FROM {index} WHERE gemeente_id = %s", [gemeente.pk])
    cursor.execute(
        f"INSERT INTO {index} (gemeente_id, beroep, ids)"
        f" SELECT p.gemeente_id, beroep, array_agg(DISTINCT p.id) FROM {_tables(Soort.WERKZOEKENDEN).set} p,"
        " unnest(p.beroepen) AS beroep WHERE p.gemeente_id = %s GROUP BY p.gemeente_id, beroep",
        [gemeente.pk],
    )


def remove(
    gemeente: Gemeente, soort: Soort, stand: Stand, condition: str, parameters: Sequence[Any] = ()
) -> int:
    """Delete the published records (`p`) that satisfy a condition, from a set that is locked (`lock`); how many."""
    tables = _tables(soort)
    freed = "p.volgnummer" if tables.is_numbered else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {tables.set} AS p WHERE p.gemeente_id = %s AND {condition} RETURNING {freed}",
            [gemeente.pk, *parameters],
        )
        numbers = [row[0] for row in cursor.fetchall()]
        total = stand.aantal - len(numbers)
        if tables.is_numbered and numbers:
            # The last of what is left move to the numbers that became free.
            cursor.execute(
                f"UPDATE {tables.set} AS p SET volgnummer = vrij.nr"
                f" FROM (SELECT id, row_number() OVER () AS beurt FROM {tables.set}"
                " WHERE gemeente_id = %s AND volgnummer > %s) buiten"
                " JOIN (SELECT nr, row_number() OVER () AS beurt FROM unnest(%s::int[]) AS nr WHERE nr <= %s) vrij"
                " USING (beurt) WHERE p.id = buiten.id",
                [gemeente.pk, total, numbers, total],
            )
    if numbers:
        _settle(gemeente, soort, stand, total, changed=True)
    return len(numbers)


# --- Undoing -----------------------------------------------------------------------------------------------


def _policy(soort: Soort) -> str:
    return "p.contactbeleid" if soort is Soort.WERKZOEKENDEN else "NULL"


def _write_journaal(
    cursor: Any, gemeente: Gemeente, soort: Soort, stapel: int, verschil: Verschil, *, keep: bool
) -> None:
    if not keep:
        Journaal.objects.filter(soort=soort.value).delete()
        return
    journaal = Journaal.objects.create(
        gemeente=gemeente, soort=soort.value, stapel=stapel, gepubliceerd_op=timezone.now()
    )
    if verschil.weg or verschil.gewijzigd:
        gone = "v.nieuw IS NULL OR" if verschil.weg else ""
        cursor.execute(
            f"INSERT INTO {Journaalrecord._meta.db_table} (gemeente_id, journaal_id, id_bron, detail, vingerafdruk,"
            " ververst_op, stapel, contactbeleid) SELECT p.gemeente_id, %s, p.id_bron, p.detail, p.vingerafdruk,"
            f" p.ververst_op, p.stapel, {_policy(soort)} FROM pg_temp.naast_elkaar v"
            f" JOIN {_tables(soort).set} p ON p.id = v.oud WHERE {gone} NOT v.gelijk",
            [journaal.pk],
        )


# --- Withdrawing -------------------------------------------------------------------------------------------
