"""Reads what VNG support sees of one municipality: its conditions, its departure and the steps in its life.

All of it comes from functions and a view of the database that are for support's pages. Call these verbs inside
`als_support`: its role sees no row of a municipality.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import TextChoices

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.models import Supportpseudoniem, Supportregel
from um_portal.gemeenten.admission import Hervatreden, Reden, Toelatingsreden
from um_portal.gemeenten.models import Vertrek, Voorwaarde
from um_portal.gemeenten.voorwaarden import Punt, points
from um_portal.tenants.models import Gemeente

_MOST_WITHDRAWN = 20
_REDENEN: dict[str, type[TextChoices]] = {
    Handeling.GEMEENTE_TOEGELATEN.value: Toelatingsreden,
    Handeling.GEMEENTE_OPGESCHORT.value: Reden,
    Handeling.GEMEENTE_HERVAT.value: Hervatreden,
}
_LEVENSLOOP = (
    Handeling.GEMEENTE_INGESCHREVEN,
    Handeling.GEMEENTE_TOEGELATEN,
    Handeling.GEMEENTE_OPGESCHORT,
    Handeling.GEMEENTE_HERVAT,
    Handeling.GEMEENTE_GEWIJZIGD,
    Handeling.VERTREK_AANGEKONDIGD,
    Handeling.VERTREK_AFGEBLAZEN,
    Handeling.GEMEENTE_VERTROKKEN,
    Handeling.GEMEENTE_GEWIST,
)


@dataclass(frozen=True, slots=True)
class Gebeurtenis:
    """A step in the life of a municipality, in words."""

    tijdstip: datetime
    wat: str
    reden: str
    door: Any


def conditions(gemeente: Gemeente) -> tuple[list[Punt], list[Voorwaarde]]:
    """Gives the checklist, and the conditions that were withdrawn last, newest first."""
    query = "SELECT * FROM um_voorwaarden_van(%s)"
    rows = list(Voorwaarde._base_manager.raw(query, [gemeente.pk]))
    people = _people(pk for row in rows for pk in (row.vastgelegd_door_id, row.ingetrokken_door_id))
    for row in rows:
        row.vastgelegd_door = people.get(row.vastgelegd_door_id)
        row.ingetrokken_door = people.get(row.ingetrokken_door_id)
    withdrawn = [(row.ingetrokken_op, row) for row in rows if row.ingetrokken_op is not None]
    withdrawn.sort(key=lambda one: one[0], reverse=True)
    return points(row for row in rows if row.ingetrokken_op is None), [
        row for _, row in withdrawn[:_MOST_WITHDRAWN]
    ]


def departure(gemeente: Gemeente) -> Vertrek | None:
    """Gives the departure that was announced, confirmed or done; None without one."""
    found = list(Vertrek._base_manager.raw("SELECT * FROM um_vertrek_van(%s)", [gemeente.pk]))
    return found[0] if found else None


def history(gemeente: Gemeente, most: int = 50) -> list[Gebeurtenis]:
    """Lists what happened to the municipality, newest first; names the people of VNG support only."""
    lines = Supportregel.objects.filter(keten=gemeente.pk, handeling__in=_LEVENSLOOP)
    rows = list(lines.order_by("-pk")[:most])
    people = _by_pseudonym(row.actor for row in rows)
    return [
        Gebeurtenis(row.tijdstip, Handeling(row.handeling).label, _reason(row), people.get(row.actor))
        for row in rows
    ]


def _reason(row: Supportregel) -> str:
    choices = _REDENEN.get(row.handeling)
    return dict(choices.choices).get(row.onderwerp, "") if choices else ""


def _by_pseudonym(pseudoniemen: Iterable[UUID | None]) -> dict[UUID | None, Gebruiker | None]:
    known = {one for one in pseudoniemen if one is not None}
    found = dict(Supportpseudoniem.objects.filter(pk__in=known).values_list("pseudoniem", "gebruiker_id"))
    people = _people(found.values())
    return {pseudoniem: people.get(pk) for pseudoniem, pk in found.items()}


def _people(pks: Iterable[int | None]) -> dict[int | None, Gebruiker]:
    # Support's role reads these columns of an account and no others.
    named = Gebruiker.objects.only("id", "username", "first_name", "last_name")
    return dict(named.in_bulk({pk for pk in pks if pk is not None}))
