"""The age of a set: its people are warned once, then the source stops answering, and VNG support sees it."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from exchange.bron import expiry, journaal, versheid
from exchange.bron.models import Stand, Werkzoekende
from exchange.standard import Soort
from tests.factories import een_gebruiker, een_gemeente, een_vraag, een_werkzoekende, publish_set, vum_headers
from um_portal.gemeenten import overzicht
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import als_support, voor_gemeente

WZ = Soort.WERKZOEKENDEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settings(settings) -> None:
    settings.UM_DEMO = True
    settings.UM_VERSHEID_DAGEN, settings.UM_VERSHEID_STOP_DAGEN = 30, 60


def age(gemeente: Gemeente, days: int) -> None:
    with voor_gemeente(gemeente):
        Stand.objects.update(vernieuwd_op=timezone.localdate() - timedelta(days=days))


def answered(gemeente: Gemeente) -> int:
    response = Client().post(
        f"/vum/bron/v3/{WZ.api_naam}/matches",
        json.dumps({"vraagObject": een_vraag()}),
        "application/json",
        headers=vum_headers(gemeente),
    )
    return len(response.json()["matches"])


def attention(gemeente: Gemeente) -> str:
    with als_support():
        return "; ".join(next(row.aandacht for row in overzicht.rows() if row.gemeente == gemeente))


def test_an_old_set_warns_its_people_then_stops_answering_and_support_sees_it():
    gemeente = een_gemeente("Ouddorp")
    clerk = een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)
    een_gebruiker(gemeente, Rol.JOBCOACH)
    publish_set(gemeente, WZ, [een_werkzoekende("A")])
    for days, mails, found, said in (
        (29, 0, 1, ""),
        (30, 1, 1, "werkzoekenden: 30 dagen niet vernieuwd"),
        (59, 1, 1, "werkzoekenden: 59 dagen niet vernieuwd"),
        (60, 2, 0, "werkzoekenden: 60 dagen niet vernieuwd, antwoordt niet meer"),
        (61, 2, 0, "antwoordt niet meer"),
    ):
        age(gemeente, days)
        versheid.check(gemeente)
        assert [one.to for one in mail.outbox] == [[clerk.username]] * mails, days
        assert answered(gemeente) == found, days
        assert ("niet vernieuwd" in attention(gemeente)) is bool(said)
        assert said in attention(gemeente)
    assert "Over 30 dagen antwoordt uw gemeente er niet meer mee" in mail.outbox[0].body
    assert "Er is niets gewist" in mail.outbox[1].body
    # Stopping is no erasing: a new file is enough.
    expiry.erase_expired(gemeente)
    publish_set(gemeente, WZ, [een_werkzoekende("A"), een_werkzoekende("B")])
    assert answered(gemeente) == 2
    age(gemeente, 30)
    versheid.check(gemeente)
    assert len(mail.outbox) == 3


def test_what_an_undo_brings_back_is_as_old_as_it_was():
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("A")])
    with voor_gemeente(gemeente):
        Werkzoekende.objects.update(ververst_op=timezone.localdate() - timedelta(days=70))
    publish_set(gemeente, WZ, [een_werkzoekende("B")])
    with voor_gemeente(gemeente):
        last = journaal.last_journaal(WZ)
    assert last is not None
    journaal.undo(gemeente, WZ, last.stapel)
    assert answered(gemeente) == 0


def test_the_limits_can_be_switched_off(settings):
    settings.UM_VERSHEID_DAGEN = settings.UM_VERSHEID_STOP_DAGEN = 0
    gemeente = een_gemeente()
    een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)
    publish_set(gemeente, WZ, [een_werkzoekende("A")])
    age(gemeente, 80)
    versheid.check(gemeente)
    assert (answered(gemeente), mail.outbox) == (1, [])
