"""The life cycle of a municipality."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories import een_gemeente
from tests.lifecycles import pairs, says_yes, verbs_of
from um_portal.gemeenten import lifecycle
from um_portal.gemeenten.admission import (
    Hervatreden,
    NietToegelaten,
    Toelatingsreden,
    admit,
    register,
    resume,
)
from um_portal.gemeenten.lifecycle import OVERGANGEN
from um_portal.tenants.models import Gemeente, Gemeentestatus

pytestmark = pytest.mark.django_db


def test_there_is_a_verb_for_every_transition_and_no_other() -> None:
    assert verbs_of(lifecycle) == set(OVERGANGEN)


@pytest.mark.parametrize(("verb", "state"), pairs(OVERGANGEN, Gemeentestatus))
def test_a_verb_does_what_its_transition_allows_and_else_nothing(verb: str, state: str) -> None:
    gemeente = een_gemeente(status=state)
    move = OVERGANGEN[verb]
    allowed = state in move.van
    assert says_yes(getattr(lifecycle, verb), gemeente.pk) == allowed
    assert Gemeente.objects.get(pk=gemeente.pk).status == (move.naar if allowed else state)


def test_the_first_admission_is_remembered() -> None:
    gemeente = een_gemeente()
    first = gemeente.toegelaten_op
    assert first is not None
    assert lifecycle.suspend(gemeente.pk)
    resume(gemeente, Hervatreden.OPGELOST)
    gemeente.refresh_from_db()
    assert (gemeente.status, gemeente.toegelaten_op) == (Gemeentestatus.TOEGELATEN, first)


def test_who_left_is_not_admitted_again_and_keeps_its_name() -> None:
    gemeente = een_gemeente("Vertrokken", status=Gemeentestatus.VERTROKKEN)
    with pytest.raises(NietToegelaten, match="vertrokken"):
        admit(gemeente, Toelatingsreden.BESLUIT)
    with pytest.raises(ValidationError, match="al een gemeente"):
        register(gemeente.oin, "Terug van weggeweest")
    gemeente.refresh_from_db()
    assert (gemeente.naam, gemeente.status) == ("Vertrokken", Gemeentestatus.VERTROKKEN)
