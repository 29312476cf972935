"""Holds the life cycle of a levering: the transitions between its states, and a verb for each of them.

Only this module writes the status of a levering. Call the verbs inside `voor_gemeente`. Verbs that end a
worker's work take its lease and raise LeaseVerloren when that is lost; the others return False when the
transition is not allowed.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from um_portal.jobs import KORTE_LEASE, LEASE, Lease, claim, release
from um_portal.lifecycles import Overgang, overgang
from uploads.models import Bronbestand, Levering, Leveringstatus

_ONTVANGEN, _OMZETTEN, _KOPPELEN = Leveringstatus.ONTVANGEN, Leveringstatus.OMZETTEN, Leveringstatus.KOPPELEN
_OMGEZET, _MISLUKT, _VERVALLEN = Leveringstatus.OMGEZET, Leveringstatus.MISLUKT, Leveringstatus.VERVALLEN
_PUBLICEREN, _GEPUBLICEERD = Leveringstatus.PUBLICEREN, Leveringstatus.GEPUBLICEERD
_TERUGDRAAIEN = Leveringstatus.TERUGDRAAIEN

# Per verb its transition. A state that a transition both leads to and starts from is work that begins anew.
OVERGANGEN: Final[Mapping[str, Overgang]] = {
    "begin_converting": overgang(_ONTVANGEN, _OMZETTEN, naar=_OMZETTEN),
    "finish_converting": overgang(_OMZETTEN, naar=_OMGEZET),
    "await_columns": overgang(_OMZETTEN, naar=_KOPPELEN),
    "interrupt_converting": overgang(_OMZETTEN, naar=_OMZETTEN),
    "fail_converting": overgang(_OMZETTEN, naar=_MISLUKT),
    "hand_back_converting": overgang(_OMZETTEN, naar=_ONTVANGEN),
    "give_up_converting": overgang(_ONTVANGEN, _OMZETTEN, naar=_MISLUKT),
    "convert_again": overgang(_MISLUKT, naar=_ONTVANGEN),
    "convert_with_columns": overgang(_KOPPELEN, _OMGEZET, _MISLUKT, naar=_ONTVANGEN),
    "convert_with_waarden": overgang(_OMGEZET, naar=_ONTVANGEN),
    "await_publication": overgang(_OMGEZET, naar=_PUBLICEREN),
    "begin_publishing": overgang(_PUBLICEREN, naar=_PUBLICEREN),
    "finish_publishing": overgang(_PUBLICEREN, naar=_GEPUBLICEERD),
    "stop_publishing": overgang(_PUBLICEREN, naar=_OMGEZET),
    "await_undoing": overgang(_GEPUBLICEERD, naar=_TERUGDRAAIEN),
    "begin_undoing": overgang(_TERUGDRAAIEN, naar=_TERUGDRAAIEN),
    "finish_undoing": overgang(_TERUGDRAAIEN, naar=_GEPUBLICEERD),
    "stop_undoing": overgang(_TERUGDRAAIEN, naar=_GEPUBLICEERD),
    "withdraw": overgang(_ONTVANGEN, _OMZETTEN, _KOPPELEN, _OMGEZET, _MISLUKT, naar=_VERVALLEN),
    "expire": overgang(_ONTVANGEN, _OMZETTEN, _KOPPELEN, _OMGEZET, _MISLUKT, _PUBLICEREN, naar=_VERVALLEN),
}


def open_to(verb: str) -> "QuerySet[Levering]":
    """Gives the leveringen for which this verb is allowed now.

    One of them may change before the verb is called.
    """
    found: QuerySet[Levering] = OVERGANGEN[verb].open_to(Levering.objects.all())
    return found


# --- Converting ------------------------------------------------------------------------------------------


def begin_converting(levering_id: int, **fields: Any) -> Lease[Levering] | None:
    """Gives a worker the lease on a levering to convert from the start; None when it cannot have it."""
    return _begin("begin_converting", levering_id, duration=KORTE_LEASE, melding="", **fields)


def finish_converting(lease: Lease[Levering], **fields: Any) -> None:
    """Lets a converted levering wait for somebody who publishes it. Raises LeaseVerloren."""
    _end("finish_converting", lease, **fields)


def await_columns(lease: Lease[Levering], melding: str, **fields: Any) -> None:
    """Lets a levering wait for somebody who says what its columns are. Raises LeaseVerloren."""
    _end("await_columns", lease, melding=melding, **fields)


def interrupt_converting(lease: Lease[Levering], melding: str, **fields: Any) -> None:
    """Lets a levering be converted anew by itself, after a while. Raises LeaseVerloren."""
    move = OVERGANGEN["interrupt_converting"]
    lease.hand_back(move.allowed, counts=True, status=move.naar, melding=melding, **fields)


def fail_converting(lease: Lease[Levering], melding: str, **fields: Any) -> None:
    """Ends converting because of an error in the file. Raises LeaseVerloren."""
    _end("fail_converting", lease, melding=melding, **fields)


def hand_back_converting(lease: Lease[Levering], melding: str = "", **fields: Any) -> None:
    """Lets a levering be converted from the start, since this worker cannot go on. Raises LeaseVerloren."""
    move = OVERGANGEN["hand_back_converting"]
    lease.hand_back(move.allowed, status=move.naar, melding=melding, **fields)


def give_up_converting(levering_id: int, melding: str, **fields: Any) -> bool:
    """Ends converting that was interrupted too often, whichever worker has the lease."""
    return _move("give_up_converting", levering_id, melding=melding, **fields)


def convert_again(levering_id: int, **fields: Any) -> bool:
    """Lets a levering that failed be converted again; False also when its file is gone."""
    return _convert_anew("convert_again", levering_id, **fields)


def convert_with_columns(levering_id: int, **fields: Any) -> bool:
    """Lets a levering be converted with columns that somebody chose; False also when its file is gone."""
    return _convert_anew("convert_with_columns", levering_id, **fields)


def convert_with_waarden(levering_id: int) -> bool:
    """Lets a levering be converted with words that somebody mapped since then.

    False also when its file is gone.
    """
    return _convert_anew("convert_with_waarden", levering_id)


# --- Publishing and undoing ------------------------------------------------------------------------------


def await_publication(levering_id: int, gebruiker: AbstractBaseUser | None, **fields: Any) -> bool:
    """Lets a levering wait for a worker that publishes it; False also when it has nothing to publish."""
    filled = open_to("await_publication").filter(pk=levering_id, omgezet__gt=0)
    naar = OVERGANGEN["await_publication"].naar
    return release(filled, status=naar, gepubliceerd_door=gebruiker, melding="", **fields)


def begin_publishing(levering_id: int) -> Lease[Levering] | None:
    """Gives a worker the lease on a levering that waits for publication; None when it cannot have it."""
    return _begin("begin_publishing", levering_id, wait=False, melding="")


def finish_publishing(lease: Lease[Levering], **fields: Any) -> None:
    """Marks a levering as published, now. Raises LeaseVerloren."""
    _end("finish_publishing", lease, gepubliceerd_op=timezone.now(), **fields)


def stop_publishing(levering_id: int, melding: str) -> bool:
    """Lets a levering that could not be published wait for somebody again."""
    return _move("stop_publishing", levering_id, melding=melding)


def await_undoing(levering_id: int, gebruiker: AbstractBaseUser | None) -> bool:
    """Lets a published levering wait for a worker that undoes its publication."""
    return _move("await_undoing", levering_id, teruggedraaid_door=gebruiker, melding="")


def begin_undoing(levering_id: int) -> Lease[Levering] | None:
    """Gives a worker the lease on a levering that is to be undone; None when it cannot have it."""
    return _begin("begin_undoing", levering_id, wait=False, melding="")


def finish_undoing(lease: Lease[Levering]) -> None:
    """Marks the publication of a levering as undone, now. Raises LeaseVerloren."""
    _end("finish_undoing", lease, teruggedraaid_op=timezone.now())


def stop_undoing(levering_id: int, melding: str) -> bool:
    """Leaves a levering published when its publication could not be undone."""
    return _move("stop_undoing", levering_id, teruggedraaid_door=None, melding=melding)


# --- Ending ----------------------------------------------------------------------------------------------


def withdraw(levering_id: int, melding: str) -> bool:
    """Ends a levering because somebody asked for it; not possible any more while it is being published."""
    return _move("withdraw", levering_id, melding=melding)


def expire(levering_id: int, melding: str) -> bool:
    """Ends a levering that was not published, also when it waits for publication."""
    return _move("expire", levering_id, melding=melding)


# --- The transition itself -------------------------------------------------------------------------------


def _move(verb: str, levering_id: int, **fields: Any) -> bool:
    """Makes a transition without holding the lease, and ends any lease on the levering."""
    return release(open_to(verb).filter(pk=levering_id), status=OVERGANGEN[verb].naar, **fields)


def _convert_anew(verb: str, levering_id: int, **fields: Any) -> bool:
    there = Exists(Bronbestand.objects.filter(levering=OuterRef("pk")))
    waiting = open_to(verb).filter(there, pk=levering_id)
    return release(waiting, status=OVERGANGEN[verb].naar, melding="", **fields)


def _begin(
    verb: str, levering_id: int, *, duration: timedelta = LEASE, wait: bool = True, **fields: Any
) -> Lease[Levering] | None:
    return claim(open_to(verb), levering_id, duration, wait=wait, status=OVERGANGEN[verb].naar, **fields)


def _end(verb: str, lease: Lease[Levering], **fields: Any) -> None:
    lease.end(OVERGANGEN[verb].allowed, status=OVERGANGEN[verb].naar, **fields)
