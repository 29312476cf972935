"""Defines the life cycle of a municipality: the transitions between its states, and a verb for each of them.

Only the function that this module makes in the database writes the status of a municipality; the application's role
may not. The verbs return False, and change nothing, when the transition is not allowed. A municipality that left does
not come back: its data is erased.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from um_portal.lifecycles import Overgang, overgang
from um_portal.tenants.database_role import function, register
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.protected import call

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
    return _move("admit", gemeente_id)


def suspend(gemeente_id: int) -> bool:
    """Stops a municipality's exchange for a while; its data stays."""
    return _move("suspend", gemeente_id)


def resume(gemeente_id: int) -> bool:
    """Lets a municipality that was suspended exchange again."""
    return _move("resume", gemeente_id)


def leave(gemeente_id: int) -> bool:
    """Marks a municipality as gone; it must have been suspended first."""
    return _move("leave", gemeente_id)


def _move(verb: str, gemeente_id: int) -> bool:
    return call(Gemeente, "um_gemeente_overgang", gemeente_id, verb)


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
        " WHERE g.id = gemeente AND o.naam = overgang AND g.status = o.van RETURNING g.id",
    )


register(_function)
