"""Records are put ready part after part: each part whole or not at all, and nothing that was withdrawn meanwhile."""

from typing import Any

import pytest
from django.db import transaction

from exchange.bron import concept, withdrawal
from exchange.bron.columns import OnbekendePostcode
from exchange.bron.models import ConceptWerkzoekende
from exchange.bron.writing import MetBeleid, Schrijver
from exchange.geo import distances
from exchange.geo.models import Postcode, PostcodeVersie
from exchange.standard import Soort
from tests.factories import een_gemeente, een_werkzoekende
from um_portal.tenants.models import Contactbeleid, Gemeente
from um_portal.tenants.scope import voor_gemeente

WZ = Soort.WERKZOEKENDEN


def put_part(gemeente: Gemeente, schrijver: Schrijver, part: list[Any]) -> None:
    with voor_gemeente(gemeente):
        concept.put_ready(schrijver, part)


def ready(gemeente: Gemeente) -> list[dict[str, Any]]:
    """What lies ready, in the order of its ids."""
    with voor_gemeente(gemeente):
        return list(ConceptWerkzoekende.objects.order_by("id_bron").values())


@pytest.mark.django_db
def test_a_contact_policy_comes_along() -> None:
    gemeente = een_gemeente()
    strict = MetBeleid(een_werkzoekende("A"), Contactbeleid.JOBCOACH)
    put_part(gemeente, Schrijver(gemeente, WZ, 1), [strict, een_werkzoekende("B")])
    assert [row["contactbeleid"] for row in ready(gemeente)] == ["jobcoach", None]


@pytest.mark.django_db
def test_a_part_that_is_refused_leaves_nothing_and_the_parts_before_stay() -> None:
    gemeente = een_gemeente()
    schrijver = Schrijver(gemeente, WZ, 1)
    nowhere = een_werkzoekende("C", mobiliteit={"bemiddelingspostcode": "0000AA"})
    put_part(gemeente, schrijver, [een_werkzoekende("A")])
    with pytest.raises(OnbekendePostcode):
        put_part(gemeente, schrijver, [een_werkzoekende("B"), nowhere, een_werkzoekende("D")])
    put_part(gemeente, schrijver, [een_werkzoekende("E")])
    assert [row["id_bron"] for row in ready(gemeente)] == ["A", "E"]


@pytest.mark.django_db
def test_what_is_withdrawn_between_two_parts_does_not_come_with_the_next() -> None:
    gemeente = een_gemeente()
    schrijver = Schrijver(gemeente, WZ, 1)
    put_part(gemeente, schrijver, [een_werkzoekende("A"), een_werkzoekende("B")])
    withdrawal.withdraw(gemeente, WZ, ["A", "C"], batch=1)
    put_part(gemeente, schrijver, [een_werkzoekende("C"), een_werkzoekende("D")])
    assert [row["id_bron"] for row in ready(gemeente)] == ["B", "D"]


@pytest.mark.django_db
def test_a_part_that_was_rolled_back_leaves_nothing() -> None:
    gemeente = een_gemeente()
    schrijver = Schrijver(gemeente, WZ, 1)
    put_part(gemeente, schrijver, [een_werkzoekende("A")])
    with voor_gemeente(gemeente):
        put_part(gemeente, schrijver, [een_werkzoekende("B")])
        transaction.set_rollback(True)
    assert [row["id_bron"] for row in ready(gemeente)] == ["A"]


@pytest.mark.django_db
def test_a_table_of_postcodes_that_is_replaced_on_the_way_counts_from_the_next_part() -> None:
    gemeente = een_gemeente()
    schrijver = Schrijver(gemeente, WZ, 1)
    record = MetBeleid(een_werkzoekende("A", mobiliteit={"bemiddelingspostcode": "3511AB"}), None)
    with voor_gemeente(gemeente):
        assert [row["pc4"] for row in schrijver.rows([record])] == [3511]
        Postcode.objects.filter(pc4=3511).delete()
        PostcodeVersie.objects.all().delete()
        distances.forget()
        assert [row["pc4"] for row in schrijver.rows([record])] == [3512]
    distances.forget()
