"""Holds the life cycle of a search: the transitions between its states, and a verb for each of them.

Only this module writes the status of a search. Call the verbs inside `voor_gemeente`. They return None or
False, and change nothing, when the transition is not allowed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from exchange.bemiddelaar.models import Zoekstatus, Zoekvraag
from um_portal.jobs import Lease, claim, release
from um_portal.lifecycles import Overgang, overgang

_WACHT, _BEZIG, _KLAAR, _MISLUKT = Zoekstatus.WACHT, Zoekstatus.BEZIG, Zoekstatus.KLAAR, Zoekstatus.MISLUKT

# Per verb its transition. A state that a transition both leads to and starts from is work that begins anew.
OVERGANGEN: Final[Mapping[str, Overgang]] = {
    "begin_search": overgang(_WACHT, _BEZIG, naar=_BEZIG),
    "finish_search": overgang(_BEZIG, naar=_KLAAR),
    "fail_search": overgang(_WACHT, _BEZIG, naar=_MISLUKT),
    "postpone_search": overgang(_BEZIG, naar=_WACHT),
    "repeat_search": overgang(_MISLUKT, naar=_WACHT),
}


def begin_search(zoekvraag_id: int, duration: timedelta) -> Lease[Zoekvraag] | None:
    """Gives a worker the lease on an unanswered search for `duration`; None when it cannot have it.

    Nobody can have it before the time until which it was postponed.
    """
    move = OVERGANGEN["begin_search"]
    return claim(move.open_to(_due()), zoekvraag_id, duration, status=move.naar)


def finish_search(zoekvraag_id: int, **answer: Any) -> bool:
    """Marks a search as answered, now. When two workers both got an answer, the first one counts."""
    return _move(
        "finish_search",
        zoekvraag_id,
        melding="",
        opnieuw_vanaf=None,
        beantwoord_op=timezone.now(),
        **answer,
    )


def fail_search(
    zoekvraag_id: int, melding: str, *, herhaalbaar: bool = True, opnieuw_vanaf: datetime | None = None
) -> bool:
    """Ends a search without an answer; `melding` tells the jobcoach why.

    It can be put again when it is `herhaalbaar`, and not before `opnieuw_vanaf`.
    """
    return _move(
        "fail_search", zoekvraag_id, melding=melding, herhaalbaar=herhaalbaar, opnieuw_vanaf=opnieuw_vanaf
    )


def postpone_search(zoekvraag_id: int, melding: str, opnieuw_vanaf: datetime) -> bool:
    """Lets a search that met a passing failure wait until then; its attempts go on counting."""
    move = OVERGANGEN["postpone_search"]
    waiting = move.open_to(_rows()).filter(pk=zoekvraag_id)
    return bool(
        waiting.update(
            status=move.naar,
            melding=melding,
            opnieuw_vanaf=opnieuw_vanaf,
            lease_tot=None,
            gewijzigd_op=timezone.now(),
        )
    )


def repeat_search(zoekvraag_id: int) -> bool:
    """Lets a search that failed be put again, if that may help and its time has come."""
    move = OVERGANGEN["repeat_search"]
    again = move.open_to(_due()).filter(pk=zoekvraag_id, herhaalbaar=True)
    return release(again, status=move.naar, melding="", opnieuw_vanaf=None)


def _rows() -> "QuerySet[Zoekvraag]":
    found: QuerySet[Zoekvraag] = Zoekvraag.objects.all()
    return found


def _due() -> "QuerySet[Zoekvraag]":
    return _rows().filter(Q(opnieuw_vanaf=None) | Q(opnieuw_vanaf__lte=timezone.now()))


def _move(verb: str, zoekvraag_id: int, **fields: Any) -> bool:
    move = OVERGANGEN[verb]
    return release(move.open_to(_rows()).filter(pk=zoekvraag_id), status=move.naar, **fields)
