"""The life cycle of a search."""

import pytest
from django.utils import timezone

from exchange.bemiddelaar import lifecycle
from exchange.bemiddelaar.lifecycle import OVERGANGEN
from exchange.bemiddelaar.models import Zoekstatus, Zoekvraag
from exchange.standard import Soort
from tests.factories import een_gebruiker, een_gemeente, een_vraag
from tests.lifecycles import pairs, verbs_of
from tests.threads import at_once
from um_portal.jobs import LEASE
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

_ARGUMENTS = {
    "begin_search": (LEASE,),
    "fail_search": ("Het lukte niet.",),
    "postpone_search": ("Het is druk.", timezone.now()),
}


def een_zoekvraag(gemeente: Gemeente, state: str) -> int:
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=een_gebruiker(gemeente),
            soort=Soort.WERKZOEKENDEN,
            vraag_object=een_vraag(),
            status=state,
        )
    return int(zoekvraag.pk)


def state_of(gemeente: Gemeente, pk: int) -> str:
    with voor_gemeente(gemeente):
        return str(Zoekvraag.objects.get(pk=pk).status)


def test_there_is_a_verb_for_every_transition_and_no_other() -> None:
    assert verbs_of(lifecycle) == set(OVERGANGEN)


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "state"), pairs(OVERGANGEN, Zoekstatus))
def test_a_verb_does_what_its_transition_allows_and_else_nothing(verb: str, state: str) -> None:
    gemeente = een_gemeente()
    pk = een_zoekvraag(gemeente, state)
    move = OVERGANGEN[verb]
    allowed = state in move.van
    with voor_gemeente(gemeente):
        done = bool(getattr(lifecycle, verb)(pk, *_ARGUMENTS.get(verb, ())))
    assert done == allowed
    assert state_of(gemeente, pk) == (move.naar if allowed else state)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_gets_a_search() -> None:
    gemeente = een_gemeente()
    pk = een_zoekvraag(gemeente, Zoekstatus.WACHT)

    def begin() -> bool:
        with voor_gemeente(gemeente):
            return lifecycle.begin_search(pk, LEASE) is not None

    assert sorted(at_once(begin, begin, begin)) == [False, False, True]


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_one_counts() -> None:
    gemeente = een_gemeente()
    pk = een_zoekvraag(gemeente, Zoekstatus.BEZIG)

    def finish() -> bool:
        with voor_gemeente(gemeente):
            return lifecycle.finish_search(pk, aantal=1)

    assert sorted(at_once(finish, finish)) == [False, True]
