"""Answering for a municipality: matches from the typed columns, a detail from the encrypted record.

Both take plain values and know nothing of HTTP. Each is a single statement on the database.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from exchange.bron.columns import unpack
from exchange.bron.models import MODEL_VAN
from exchange.bron.store import DETAIL_CONTEXT
from exchange.geo.distances import pc4_of, within
from exchange.selection import Selectievraag, compile_sql
from exchange.standard import Soort
from um_portal.tenants import keys
from um_portal.tenants.models import Contactbeleid, Gemeente
from um_portal.tenants.scope import voor_gemeente

# A vacancy past its closing date is no longer answered.
_GELDIG = {
    Soort.WERKZOEKENDEN: "TRUE",
    Soort.VACATURES: "(p.sluitingsdatum IS NULL OR p.sluitingsdatum >= current_date)",
}

# What identifies the jobseeker or reaches them directly; goes when only the jobcoach may be reached.
_VAN_WERKZOEKENDE = ("emailadres", "telefoonnummer", "webadres")


@dataclass(frozen=True, slots=True)
class Matches:
    """The search profiles of the matches, each as JSON ready to send, and whether there were more."""

    profielen: list[str]
    maximum_bereikt: bool


def find_matches(gemeente: Gemeente, vraag: Selectievraag) -> Matches:
    """At most UM_MAX_RESULTATEN matches of this municipality; a random choice when there are more."""
    pc4 = pc4_of(vraag.postcode)
    reach, distances = within(pc4, vraag.afstand) if pc4 is not None else ([], [])
    if not reach:
        return Matches([], False)
    condition = compile_sql(vraag)
    table = MODEL_VAN[vraag.soort]._meta.db_table
    limit = settings.UM_MAX_RESULTATEN
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT zoekprofiel FROM {table} WHERE id = ANY(ARRAY("
            f"SELECT p.id FROM {table} p JOIN unnest(%s::smallint[], %s::float8[]) AS g(pc4, km) ON g.pc4 = p.pc4"
            f" WHERE p.gemeente_id = %s AND {_GELDIG[vraag.soort]} AND {condition.sql}"
            " ORDER BY random() LIMIT %s))",
            [reach, distances, gemeente.pk, *condition.parameters, limit + 1],
        )
        found = [row[0] for row in cursor.fetchall()]
    if len(found) <= limit:
        return Matches(found, False)
    # One too many was fetched; which one stays behind must be chance as well, not the order of the table.
    return Matches(random.sample(found, limit), True)


def under_policy(
    soort: Soort, record: Mapping[str, Any], gemeente: Gemeente, *, suwi: bool
) -> dict[str, Any]:
    """The record as this asker may see it: non-SUWI parties and a strict policy reach the jobcoach only."""
    strict = not suwi or gemeente.contactbeleid == Contactbeleid.JOBCOACH
    if soort is not Soort.WERKZOEKENDEN or not strict:
        return dict(record)
    return {name: value for name, value in record.items() if name not in _VAN_WERKZOEKENDE}


def find_detail(gemeente: Gemeente, soort: Soort, id_bron: str, *, suwi: bool) -> dict[str, Any] | None:
    """The whole record with this id, opened for this one answer; None when there is none."""
    table = MODEL_VAN[soort]._meta.db_table
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT detail FROM {table} p WHERE p.gemeente_id = %s AND p.id_bron = %s AND {_GELDIG[soort]}",
            [gemeente.pk, id_bron],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    record = unpack(keys.ontsleutel(gemeente, row[0], DETAIL_CONTEXT))
    return under_policy(soort, record, gemeente, suwi=suwi)
