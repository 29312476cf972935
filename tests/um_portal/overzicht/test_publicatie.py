"""The start page of a clerk: what is published and how fresh, what waits for a decision, the last deliveries."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exchange.bron.models import Stand
from exchange.standard import Soort
from tests.factories import een_client, een_gebruiker, een_gemeente, een_werkzoekende
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.gepubliceerd import publication, withdrawal
from uploads.leveringen.intake import receive
from uploads.omzetten.processing import convert

WZ = Soort.WERKZOEKENDEN

pytestmark = pytest.mark.django_db


def ready(gemeente: Gemeente, names: str, bestandsnaam: str, gebruiker=None) -> int:
    inhoud = json.dumps([een_werkzoekende(name) for name in names]).encode()
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam=bestandsnaam, gebruiker=gebruiker).pk
    convert(gemeente, pk)
    return pk


def publish(gemeente: Gemeente, names: str, bestandsnaam: str, gebruiker=None) -> None:
    pk = ready(gemeente, names, bestandsnaam, gebruiker)
    publication.request_publication(gemeente, pk, gebruiker, zonder_rem=True)
    assert publication.publish(gemeente, pk) is not None


def test_one_look_tells_whether_all_is_well():
    gemeente = een_gemeente("Testdorp")
    clerk = een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada", last_name="Beheerder")
    client = een_client(clerk)

    def start() -> str:
        return str(client.get("/").content.decode())

    assert "nog niets gepubliceerd" in start()
    publish(gemeente, "ABCDE", "maandag.json", clerk)
    text = start()
    assert "Alles is in orde" in text
    assert "door Ada Beheerder" in text
    assert "maandag.json" in text
    waiting = ready(gemeente, "ABCDEF", "dinsdag.json")
    text = start()
    assert "Dit wacht op u" in text
    assert f'href="{reverse("uploads:levering", args=[waiting])}"' in text
    publish(gemeente, "ABCDEF", "woensdag.json")
    withdrawal.withdraw_records(gemeente, WZ, ["A"], None)
    publish(gemeente, "ABCDEF", "donderdag.json")
    assert "1 eerder ingetrokken werkzoekende staat weer in een later bestand" in start()
    with voor_gemeente(gemeente):
        Stand.objects.update(vernieuwd_op=timezone.localdate() - timedelta(days=40))
    assert "Over 20 dagen antwoordt uw gemeente er niet meer mee" in start()


def test_a_jobcoach_sees_nothing_of_it_and_another_municipality_neither():
    gemeente = een_gemeente("Testdorp")
    publish(gemeente, "ABCDE", "geheim.json")
    for who in (
        een_gebruiker(gemeente, Rol.JOBCOACH),
        een_gebruiker(een_gemeente("Elders"), Rol.GEGEVENSBEHEERDER),
    ):
        assert "geheim.json" not in een_client(who).get("/").content.decode()
