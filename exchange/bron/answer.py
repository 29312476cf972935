"""Answers for a municipality: matches from the typed columns, a detail from the encrypted record.

The functions take plain values and know nothing of HTTP. Each runs a single statement on the database.
"""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connections

from exchange.bron.columns import as_json
from exchange.bron.models import MODEL_VAN, RECORD_VAN, Beroepindex, Werkgeverscontactmoment
from exchange.bron.packing import unpack
from exchange.bron.versheid import answerable
from exchange.bron.writing import record_context
from exchange.geo.distances import pc4_of, within_literals
from exchange.selection import EenVan, Selectievraag, Vergelijking, Voorwaarde, compile_sql
from exchange.standard import Soort, without_empties
from um_portal.tenants import keys
from um_portal.tenants.models import Contactbeleid, Gemeente
from um_portal.tenants.scope import voor_gemeente

# These identify the jobseeker or reach them directly; they are left out when only the jobcoach may be
# reached.
_VAN_WERKZOEKENDE = ("emailadres", "telefoonnummer", "webadres")

# A draw takes five records for every result that may be given, and is tried only in sets at least five times
# as large as the draw. A question that matches one record in five is then mostly answered from the draw.
_TREKKING = 5
_TREKKING_VANAF = 5


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Matches(Generic[T]):
    """Matches as they are answered, each as JSON ready to send; tells too whether there were more."""

    profielen: list[T]
    maximum_bereikt: bool


@contextmanager
def _reading(gemeente: Gemeente) -> Iterator[Any]:
    """Gives a cursor on the database that the source reads from, in this municipality's scope."""
    using = settings.UM_LEESDATABASE
    with voor_gemeente(gemeente, using=using, alleen_lezen=True), connections[using].cursor() as cursor:
        yield cursor


def find_matches(gemeente: Gemeente, vraag: Selectievraag) -> Matches[str]:
    """Finds at most UM_MAX_RESULTATEN matches of this municipality: a random choice when there are more."""
    statement = matches_statement(gemeente, vraag)
    if statement is None:
        return Matches([], False)
    with _reading(gemeente) as cursor:
        cursor.execute(*statement)
        found = [row[0] for row in cursor.fetchall()]
    return _cut(found)


def find_contactmomenten(gemeente: Gemeente, vraag: Selectievraag, *, suwi: bool) -> Matches[str]:
    """Finds at most UM_MAX_RESULTATEN contacts with an employer: a random choice when there are more.

    Gives whole records; a party outside SUWI gets them without the people in them.
    """
    table = Werkgeverscontactmoment._meta.db_table
    conditions = [_of_employers(vraag), compile_sql(vraag), answerable(gemeente, vraag.soort)]
    with _reading(gemeente) as cursor:
        cursor.execute(
            f"SELECT p.id_bron, p.detail FROM {table} p WHERE p.gemeente_id = %s AND "
            f"{' AND '.join(part.sql for part in conditions)} ORDER BY random() LIMIT %s",
            [
                gemeente.pk,
                *(parameter for part in conditions for parameter in part.parameters),
                settings.UM_MAX_RESULTATEN + 1,
            ],
        )
        sealed: Matches[tuple[str, bytes]] = _cut(cursor.fetchall())
    records = (
        unpack(keys.decrypt(gemeente, blob, record_context(vraag.soort, id_bron)))
        for id_bron, blob in sealed.profielen
    )
    return Matches(
        [as_json(record if suwi else without_people(record)) for record in records], sealed.maximum_bereikt
    )


def _cut(found: list[T]) -> Matches[T]:
    limit = settings.UM_MAX_RESULTATEN
    if len(found) <= limit:
        return Matches(found, False)
    # One more than the limit was fetched. Chance must decide which one is left out too, not the order of the
    # table.
    return Matches(random.sample(found, limit), True)


def matches_statement(gemeente: Gemeente, vraag: Selectievraag) -> tuple[str, list[Any]] | None:
    """Makes the statement, with its parameters, that gives one match more than the limit, chosen at random.

    It gives all matches when there are fewer. Gives None when no postcode lies within the asked distance.
    When many records match, a draw from the municipality's numbers finds enough of them without reading the
    rest; all records are searched only when the draw finds too few. Both ways treat every record alike: every
    choice of that many matches is equally likely.
    """
    pc4 = pc4_of(vraag.postcode)
    reached = within_literals(pc4, vraag.afstand) if pc4 is not None else None
    if reached is None:
        return None
    table, number = MODEL_VAN[vraag.soort]._meta.db_table, settings.UM_MAX_RESULTATEN + 1
    conditions = [answerable(gemeente, vraag.soort), *_with_occupation(gemeente, vraag), compile_sql(vraag)]
    matching = " AND ".join(["g.pc4 = p.pc4 WHERE p.gemeente_id = %s", *(part.sql for part in conditions)])
    asked = [gemeente.pk, *(parameter for part in conditions for parameter in part.parameters)]
    area = "gebied AS MATERIALIZED (SELECT * FROM unnest(%s::smallint[], %s::float8[]) AS g(pc4, km))"
    every = f"SELECT p.id FROM {table} p JOIN gebied g ON {matching}"
    if _is_narrow(vraag):
        return (
            f"WITH {area} SELECT zoekprofiel FROM {table} WHERE id = ANY(ARRAY("
            f"{every} ORDER BY random() LIMIT %s))",
            [*reached, *asked, number],
        )
    draw = _TREKKING * number
    return (
        f"WITH {area}, omvang AS (SELECT max(volgnummer) AS hoogste FROM {table} WHERE gemeente_id = %s),"
        " loten AS (SELECT DISTINCT 1 + floor(random() * hoogste)::int AS nr FROM omvang,"
        " generate_series(1, CASE WHEN hoogste >= %s THEN %s ELSE 0 END)),"
        f" trekking AS MATERIALIZED (SELECT p.id FROM loten JOIN {table} p ON p.volgnummer = loten.nr"
        f" JOIN gebied g ON {matching})"
        f" SELECT zoekprofiel FROM {table} WHERE id = ANY(ARRAY("
        "(SELECT id FROM trekking WHERE (SELECT count(*) FROM trekking) >= %s ORDER BY random() LIMIT %s)"
        f" UNION ALL ({every} AND (SELECT count(*) FROM trekking) < %s ORDER BY random() LIMIT %s)))",
        [
            *(*reached, gemeente.pk, _TREKKING_VANAF * draw, draw),
            *(*asked, number, number),
            *(*asked, number, number),
        ],
    )


def _with_occupation(gemeente: Gemeente, vraag: Selectievraag) -> list[Voorwaarde]:
    """Narrows a search down to jobseekers with one of the asked occupations; the question decides."""
    occupations = _asked(vraag, "beroepen")
    if not occupations:
        return []
    return [
        Voorwaarde(
            f"p.id = ANY(ARRAY(SELECT unnest(b.ids) FROM {Beroepindex._meta.db_table} b"
            " WHERE b.gemeente_id = %s AND b.beroep = ANY(%s)))",
            (gemeente.pk, occupations),
        )
    ]


def _of_employers(vraag: Selectievraag) -> Voorwaarde:
    """Narrows a search down to contacts with these employers, by an index that does not sort by code point.

    The question itself still decides.
    """
    return Voorwaarde("p.nummer_kvk = ANY(%s)", (_asked(vraag, "nummer_kvk"),))


def _is_narrow(vraag: Selectievraag) -> bool:
    """Tells whether the question names an occupation: too few records match then for a draw to help."""
    return bool(_asked(vraag, "beroepen") or _asked(vraag, "beroep"))


def _asked(vraag: Selectievraag, kolom: str) -> list[Any]:
    """Gives the values of which this column must have one."""
    found: list[Any] = []
    for eis in vraag.eisen:
        if eis.kolom != kolom:
            continue
        if isinstance(eis, EenVan):
            found += eis.waarden
        elif isinstance(eis, Vergelijking) and eis.operator == "$eq":
            found.append(eis.waarde)
    return found


def under_policy(soort: Soort, record: Mapping[str, Any], beleid: str, *, suwi: bool) -> dict[str, Any]:
    """Gives the record as this party may see it.

    Outside SUWI, or under a strict policy, it has the jobcoach's contact details but not the jobseeker's own.
    """
    strict = not suwi or beleid == Contactbeleid.JOBCOACH
    if soort is not Soort.WERKZOEKENDEN or not strict:
        return dict(record)
    return {name: value for name, value in record.items() if name not in _VAN_WERKZOEKENDE}


def without_people(record: Mapping[str, Any]) -> dict[str, Any]:
    """Gives a contact with an employer without its people; of the account manager only the office stays."""
    employer = dict(record.get("werkgever") or {})
    employer["vestigingsadres"] = {
        name: value
        for name, value in (employer.get("vestigingsadres") or {}).items()
        if name != "contactpersoonAfdeling"
    }
    office = (record.get("accountmanager") or {}).get("naamOrganisatie")
    return without_empties({**record, "werkgever": employer, "accountmanager": {"naamOrganisatie": office}})


def find_detail(gemeente: Gemeente, soort: Soort, id_bron: str, *, suwi: bool) -> dict[str, Any] | None:
    """Gives the whole record with this id, decrypted for this one answer; None when there is none.

    A jobseeker's own contact policy goes before the municipality's.
    """
    table, fresh = RECORD_VAN[soort]._meta.db_table, answerable(gemeente, soort)
    own_policy = "p.contactbeleid" if soort is Soort.WERKZOEKENDEN else "NULL"
    with _reading(gemeente) as cursor:
        cursor.execute(
            f"SELECT p.detail, {own_policy} FROM {table} p"
            f" WHERE p.gemeente_id = %s AND p.id_bron = %s AND {fresh.sql}",
            [gemeente.pk, id_bron, *fresh.parameters],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    sealed, beleid = row
    record = unpack(keys.decrypt(gemeente, sealed, record_context(soort, id_bron)))
    return under_policy(soort, record, beleid or gemeente.contactbeleid, suwi=suwi)
