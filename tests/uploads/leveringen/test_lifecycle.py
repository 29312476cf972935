"""The life cycle of a levering."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories import een_gemeente
from tests.lifecycles import says_yes, verbs_of
from tests.threads import at_once
from um_portal.jobs import LEASE, Lease, LeaseVerloren
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen import lifecycle
from uploads.leveringen.intake import receive
from uploads.leveringen.lifecycle import OVERGANGEN
from uploads.models import Bronbestand, Levering, Leveringstatus

# What a worker ends, with what it holds: its lease.
_ENDS = {
    "finish_converting",
    "await_columns",
    "interrupt_converting",
    "fail_converting",
    "hand_back_converting",
    "finish_publishing",
    "finish_undoing",
}
_BEGINS = {"begin_converting", "begin_publishing", "begin_undoing"}
_MELDING = ("Zo staat het ermee.",)
_NIEMAND = (None,)
_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(
        ("await_columns", "interrupt_converting", "fail_converting", "give_up_converting"), _MELDING
    ),
    **dict.fromkeys(("stop_publishing", "stop_undoing", "withdraw", "expire"), _MELDING),
    **dict.fromkeys(("await_publication", "await_undoing"), _NIEMAND),
}


def een_levering_in(gemeente: Gemeente, state: str, **fields: Any) -> Levering:
    levering = receive(gemeente, inhoud=b"a;b\n1;2\n", bestandsnaam="x.csv")
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=levering.pk).update(status=state, gelezen=1, omgezet=1, **fields)
    return reload(gemeente, levering.pk)


def reload(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.select_related("gemeente").get(pk=pk)
    return levering


def does(verb: str, levering: Levering) -> bool:
    """Calls the verb, with the lease that the row has when it takes one; tells whether it says that it was done."""
    subject = Lease(levering) if verb in _ENDS else levering.pk
    with voor_gemeente(levering.gemeente):
        if verb in _ENDS:
            return says_yes(getattr(lifecycle, verb), subject, *_ARGUMENTS.get(verb, ()))
        return bool(getattr(lifecycle, verb)(subject, *_ARGUMENTS.get(verb, ())))


def test_there_is_a_verb_for_every_transition_and_no_other() -> None:
    assert verbs_of(lifecycle) - {"open_to"} == set(OVERGANGEN)


def test_every_state_is_reached_and_only_a_levering_that_expired_stays_what_it_is() -> None:
    reached = {Leveringstatus.ONTVANGEN, *(move.naar for move in OVERGANGEN.values())}
    left = {state for move in OVERGANGEN.values() for state in move.van if state != move.naar}
    assert reached == set(Leveringstatus)
    assert set(Leveringstatus) - left == {Leveringstatus.VERVALLEN}


@pytest.mark.django_db
@pytest.mark.parametrize("verb", OVERGANGEN)
def test_a_verb_does_what_its_transition_allows_and_else_nothing(verb: str) -> None:
    gemeente = een_gemeente()
    until = timezone.now() + LEASE if verb in _ENDS else None
    move = OVERGANGEN[verb]
    received = een_levering_in(gemeente, Leveringstatus.ONTVANGEN, lease_tot=until)
    for state in Leveringstatus:
        with transaction.atomic():
            with voor_gemeente(gemeente):
                Levering.objects.filter(pk=received.pk).update(status=state)
            allowed = state in move.van
            assert does(verb, reload(gemeente, received.pk)) == allowed, state
            later = reload(gemeente, received.pk)
            if not allowed:
                assert (later.status, later.lease_tot, later.melding) == (state, until, "")
            else:
                assert later.status == move.naar, state
                assert (later.lease_tot is not None) == (verb in _BEGINS), state
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", sorted(_ENDS))
def test_what_a_worker_did_ends_only_under_its_own_lease(verb: str) -> None:
    gemeente = een_gemeente()
    [state] = OVERGANGEN[verb].van
    levering = een_levering_in(gemeente, state, lease_tot=timezone.now())
    with voor_gemeente(gemeente):
        Levering.objects.update(lease_tot=timezone.now() + timedelta(minutes=1))
    assert not does(verb, levering)
    assert reload(gemeente, levering.pk).status == state


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["convert_again", "convert_with_columns", "convert_with_waarden"])
def test_without_its_file_nothing_is_converted_again(verb: str) -> None:
    gemeente = een_gemeente()
    state = sorted(OVERGANGEN[verb].van)[0]
    levering = een_levering_in(gemeente, state)
    with voor_gemeente(gemeente):
        Bronbestand.objects.all().delete()
    assert not does(verb, levering)
    assert reload(gemeente, levering.pk).status == state


@pytest.mark.django_db
def test_what_has_nothing_in_it_does_not_wait_for_publication() -> None:
    gemeente = een_gemeente()
    levering = een_levering_in(gemeente, Leveringstatus.OMGEZET)
    with voor_gemeente(gemeente):
        Levering.objects.update(gelezen=0, omgezet=0)
    assert not does("await_publication", levering)


@pytest.mark.django_db
@pytest.mark.parametrize("state", Leveringstatus)
def test_columns_can_be_chosen_exactly_when_the_levering_says_so(state: str) -> None:
    assert Levering(status=state).kan_koppelen == (state in OVERGANGEN["convert_with_columns"].van)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("begin_converting", Leveringstatus.ONTVANGEN),
        ("begin_publishing", Leveringstatus.PUBLICEREN),
        ("await_publication", Leveringstatus.OMGEZET),
        ("await_undoing", Leveringstatus.GEPUBLICEERD),
        ("convert_again", Leveringstatus.MISLUKT),
        ("withdraw", Leveringstatus.OMGEZET),
    ],
)
def test_of_two_tabs_or_workers_one_does_it(verb: str, state: str) -> None:
    gemeente = een_gemeente()
    levering = een_levering_in(gemeente, state)
    answers = at_once(*[lambda: does(verb, levering)] * 4)
    assert sorted(answers) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_of_publishing_and_withdrawing_at_the_same_moment_one_wins() -> None:
    gemeente = een_gemeente()
    levering = een_levering_in(gemeente, Leveringstatus.OMGEZET)
    answers = at_once(lambda: does("await_publication", levering), lambda: does("withdraw", levering))
    assert sorted(answers) == [False, True]


@pytest.mark.django_db
def test_a_worker_hears_at_its_next_write_that_its_levering_was_withdrawn() -> None:
    gemeente = een_gemeente()
    levering = een_levering_in(gemeente, Leveringstatus.ONTVANGEN)
    with voor_gemeente(gemeente):
        lease = lifecycle.begin_converting(levering.pk)
    assert lease is not None
    with voor_gemeente(gemeente):
        lease.report(rijen_gedaan=1)
        assert (lease.row.rijen_gedaan, lease.row.pogingen) == (1, 1)
        assert lifecycle.withdraw(levering.pk, "Ingetrokken.")
        assert lease.lock() is None
        for write in (lease.extend, lambda: lease.report(rijen_gedaan=2), lease.end):
            with pytest.raises(LeaseVerloren):
                write()
    assert reload(gemeente, levering.pk).rijen_gedaan == 1
