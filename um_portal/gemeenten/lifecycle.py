"""Defines the life cycle of a municipality: the transitions between its states, and a verb for each of them.

Only this module writes the status of a municipality. The verbs return False, and change nothing, when the
transition is not allowed. A municipality that left does not come back: its data is erased.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now

from um_portal.lifecycles import Overgang, overgang
from um_portal.tenants.models import Gemeente, Gemeentestatus

_AANGEMELD, _TOEGELATEN = Gemeentestatus.AANGEMELD, Gemeentestatus.TOEGELATEN
_OPGESCHORT, _VERTROKKEN = Gemeentestatus.OPGESCHORT, Gemeentestatus.VERTROKKEN

# Gives each transition by the name of its verb.
OVERGANGEN: Final[Mapping[str, Overgang]] = {
    "admit": overgang(_AANGEMELD, _TOEGELATEN, _OPGESCHORT, naar=_TOEGELATEN),
    "suspend": overgang(_TOEGELATEN, naar=_OPGESCHORT),
    "resume": overgang(_OPGESCHORT, naar=_TOEGELATEN),
    "leave": overgang(_OPGESCHORT, naar=_VERTROKKEN),
}


def admit(gemeente_id: int) -> bool:
    """Lets a municipality exchange, also when it was admitted already or suspended."""
    return _move("admit", gemeente_id, toegelaten_op=Coalesce("toegelaten_op", Now()))


def suspend(gemeente_id: int) -> bool:
    """Stops a municipality's exchange for a while; its data stays."""
    return _move("suspend", gemeente_id)


def resume(gemeente_id: int) -> bool:
    """Lets a municipality that was suspended exchange again."""
    return _move("resume", gemeente_id)


def leave(gemeente_id: int) -> bool:
    """Marks a municipality as gone; it must have been suspended first."""
    return _move("leave", gemeente_id)


def _move(verb: str, gemeente_id: int, **fields: Any) -> bool:
    move = OVERGANGEN[verb]
    rows: QuerySet[Gemeente] = move.open_to(Gemeente.objects.filter(pk=gemeente_id))
    return bool(rows.update(status=move.naar, **fields))
