"""Holds the life cycle of a search: the transitions between its states, and a verb for each of them.

Only this module writes the status of a search. Call the verbs inside `voor_gemeente`. They return None or
False, and change nothing, when the transition is not allowed.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet
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
    "repeat_search": overgang(_MISLUKT, naar=_WACHT),
}


def begin_search(zoekvraag_id: int, duration: timedelta) -> Lease[Zoekvraag] | None:
    """Gives a worker the lease on an unanswered search for `duration`; None when it cannot have it."""
    move = OVERGANGEN["begin_search"]
    return claim(move.open_to(_rows()), zoekvraag_id, duration, status=move.naar)


def finish_search(zoekvraag_id: int, **answer: Any) -> bool:
    """Marks a search as answered, now. When two workers both got an answer, the first one counts."""
    return _move("finish_search", zoekvraag_id, melding="", beantwoord_op=timezone.now(), **answer)


def fail_search(zoekvraag_id: int, melding: str) -> bool:
    """Ends a search without an answer; `melding` tells the jobcoach why."""
    return _move("fail_search", zoekvraag_id, melding=melding)


def repeat_search(zoekvraag_id: int) -> bool:
    """Lets a search that failed be put again."""
    return _move("repeat_search", zoekvraag_id, melding="")


def _rows() -> "QuerySet[Zoekvraag]":
    found: QuerySet[Zoekvraag] = Zoekvraag.objects.all()
    return found


def _move(verb: str, zoekvraag_id: int, **fields: Any) -> bool:
    move = OVERGANGEN[verb]
    return release(move.open_to(_rows()).filter(pk=zoekvraag_id), status=move.naar, **fields)
