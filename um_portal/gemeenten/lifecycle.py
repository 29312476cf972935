"""Defines the life cycle of a municipality: the transitions between its states, and a verb for each of them.

Only the function that this module makes in the database writes the status of a municipality; the application's role
may not. The verbs return False, and change nothing, when the transition is not allowed. A municipality takes part only
while it meets every condition (`voorwaarden`): the function looks too, and the verbs that let it take part call it
under the lock under which conditions change. A municipality that left does not come back: its data is erased.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from django.conf import settings
from django.db import transaction

from um_portal.gemeenten import voorwaarden
from um_portal.gemeenten.models import Voorwaarde, Voorwaardesoort
from um_portal.lifecycles import Overgang, overgang
from um_portal.tenants.database_role import function, register
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.protected import call
from um_portal.tenants.scope import voor_gemeente

_AANGEMELD, _TOEGELATEN = Gemeentestatus.AANGEMELD, Gemeentestatus.TOEGELATEN
_OPGESCHORT, _VERTROKKEN = Gemeentestatus.OPGESCHORT, Gemeentestatus.VERTROKKEN

# Gives each transition by the name of its verb.
OVERGANGEN: Final[Mapping[str, Overgang]] = {
    "admit": overgang(_AANGEMELD, naar=_TOEGELATEN),
    "suspend": overgang(_TOEGELATEN, naar=_OPGESCHORT),
    "resume": overgang(_OPGESCHORT, naar=_TOEGELATEN),
    "leave": overgang(_AANGEMELD, _OPGESCHORT, naar=_VERTROKKEN),
}


def admit(gemeente_id: int) -> bool:
    """Lets a municipality that meets every condition exchange, for the first time."""
    return _take_part("admit", gemeente_id)


def suspend(gemeente_id: int) -> bool:
    """Stops a municipality's exchange for a while; its data stays."""
    return _move("suspend", gemeente_id)


def resume(gemeente_id: int) -> bool:
    """Lets a municipality that was suspended and meets every condition exchange again."""
    return _take_part("resume", gemeente_id)


def leave(gemeente_id: int) -> bool:
    """Marks a municipality as gone; it must have been suspended first, or never admitted."""
    return _move("leave", gemeente_id)


def _take_part(verb: str, gemeente_id: int) -> bool:
    gemeente = Gemeente.objects.filter(pk=gemeente_id).first()
    if gemeente is None:
        return False
    with transaction.atomic(), voor_gemeente(gemeente):
        voorwaarden.lock(gemeente)
        return _move(verb, gemeente_id)


def _move(verb: str, gemeente_id: int) -> bool:
    return call(Gemeente, "um_gemeente_overgang", gemeente_id, verb)


# Every condition is there, and none of them has ended.
_COMPLEET: Final = (
    f"(SELECT count(DISTINCT v.soort) FROM {Voorwaarde._meta.db_table} v WHERE v.gemeente_id = g.id"
    " AND v.ingetrokken_op IS NULL AND (v.geldig_tot_en_met IS NULL"
    f" OR v.geldig_tot_en_met >= (now() AT TIME ZONE '{settings.TIME_ZONE}')::date)) = {len(Voorwaardesoort)}"
)


def _function() -> Iterable[str]:
    """Gives the function in the database that these verbs call, made of OVERGANGEN at every `migrate`."""
    moves = ", ".join(
        f"('{verb}', '{van}', '{move.naar}')" for verb, move in OVERGANGEN.items() for van in sorted(move.van)
    )
    yield function(
        "um_gemeente_overgang",
        "gemeente bigint, overgang text",
        "UPDATE tenants_gemeente g SET status = o.naar, toegelaten_op ="
        f" CASE WHEN o.naar = '{_TOEGELATEN}' THEN coalesce(toegelaten_op, now()) ELSE toegelaten_op END"
        f" FROM (VALUES {moves}) o (naam, van, naar)"
        " WHERE g.id = gemeente AND o.naam = overgang AND g.status = o.van"
        f" AND (o.naar <> '{_TOEGELATEN}' OR {_COMPLEET}) RETURNING g.id",
    )


register(_function)
