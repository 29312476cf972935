"""Shows that the table of what is published has own numbers for who may see them, and that they are nowhere else."""

import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exchange.bron.models import Journaalrecord, Werkzoekende
from exchange.bron.writing import own_number
from exchange.standard import Soort
from tests.factories import een_client, een_gebruiker, een_gemeente, een_levering, een_sonar_rij, een_werkblad
from tests.uploads.omzetten.test_processing import everything_in_the_database
from um_portal.accounts.models import Supportrol
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang import rechten
from um_portal.toegang.rechten import RECHTEN, Functie, Recht
from uploads.gepubliceerd import publication, withdrawal
from uploads.gepubliceerd.publication import request_publication, request_undo

WZ = Soort.WERKZOEKENDEN
BSN, ANDER_BSN = "799890005", "123456782"
EIGEN = "MERK-00417"


def published(gemeente: Gemeente, *rows: dict[str, Any]) -> int:
    pk: int = een_levering(gemeente, een_werkblad(list(rows))).pk
    request_publication(gemeente, pk, None, zonder_rem=True)
    assert publication.publish(gemeente, pk) is not None
    return pk


def a_clerk(gemeente: Gemeente, rol: Rol = Rol.GEGEVENSBEHEERDER) -> Client:
    return een_client(een_gebruiker(gemeente, rol))


def page(client: Client, **query: str) -> str:
    return client.get(reverse("uploads:gepubliceerd"), query).content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_own_number_is_shown_to_who_may_see_it_and_stands_nowhere_else(gemeente, caplog, monkeypatch):
    with caplog.at_level(logging.DEBUG):
        published(
            gemeente,
            een_sonar_rij(ID_WZ=EIGEN),
            een_sonar_rij(ID_WZ="NNB", BSN=BSN),
            een_sonar_rij(ID_WZ="1234.56.782"),
            een_sonar_rij(ID_WZ=f"000{ANDER_BSN}"),
        )
        text = page(a_clerk(gemeente))
    pseudonym = keys.pseudoniem(gemeente, EIGEN)
    assert EIGEN in text
    assert pseudonym not in text
    # A BSN, or what may be one, has no number beside its pseudonym.
    assert keys.pseudoniem(gemeente, BSN) in text
    assert BSN not in text
    assert "1234.56.782" not in text
    assert ANDER_BSN not in text
    assert "sorteer=nummer" not in text
    found = a_clerk(gemeente).post(reverse("uploads:gepubliceerd_zoek"), {"soort": WZ.value, "nummer": EIGEN})
    assert EIGEN in found.content.decode()
    # Nowhere in the database can it be read, nor in the log, nor in what is downloaded.
    assert EIGEN not in everything_in_the_database() + caplog.text
    taken: Any = a_clerk(gemeente).get(reverse("uploads:gepubliceerd_download"), {"vorm": "csv"})
    assert EIGEN not in taken.getvalue().decode()

    # Who has not the right sees the pseudonym; a jobcoach, support and another municipality see no page at all.
    monkeypatch.setattr(
        rechten, "RECHTEN", {**RECHTEN, Recht.EIGEN_NUMMERS: frozenset({Functie.FUNCTIONEEL_BEHEERDER})}
    )
    text = page(a_clerk(gemeente))
    assert EIGEN not in text
    assert pseudonym in text
    assert EIGEN in page(a_clerk(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    others = [
        a_clerk(gemeente, Rol.JOBCOACH),
        a_clerk(een_gemeente("Elders"), Rol.FUNCTIONEEL_BEHEERDER),
        een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND)),
    ]
    for client in others:
        assert EIGEN not in page(client)


@pytest.mark.django_db
def test_an_own_number_goes_and_comes_back_with_its_record_and_belongs_to_that_record_alone(gemeente):
    published(gemeente, een_sonar_rij(ID_WZ="EIGEN-1"), een_sonar_rij(ID_WZ="EIGEN-2"))
    later = published(gemeente, een_sonar_rij(ID_WZ="EIGEN-1", Rijbewijs="B,C"))
    with voor_gemeente(gemeente):
        assert own_number(gemeente, WZ, Werkzoekende.objects.get()) == "EIGEN-1"
        assert Journaalrecord.objects.exclude(eigennummer=None).count() == 2
    request_undo(gemeente, later, None)
    publication.undo(gemeente, later)
    with voor_gemeente(gemeente):
        one, other = Werkzoekende.objects.order_by("volgnummer")
        assert {own_number(gemeente, WZ, row) for row in (one, other)} == {"EIGEN-1", "EIGEN-2"}
        one.eigennummer = other.eigennummer
        with pytest.raises(keys.OntsleutelFout):
            own_number(gemeente, WZ, one)
    withdrawal.withdraw_everything(gemeente, WZ, None)
    with voor_gemeente(gemeente):
        assert not Werkzoekende.objects.exists()
        assert not Journaalrecord.objects.exists()
