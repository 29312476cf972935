"""The pages of uploading, through HTTP: what staff sees, who may see it, and how many queries that takes."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exchange.bron.models import ConceptWerkzoekende, Werkzoekende
from exchange.standard import Soort
from exchange.waardelijsten.models import BEROEPEN, Code
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_levering,
    een_sonar_rij,
    een_vacature,
    een_werkblad,
    een_werkzoekende,
    enqueued,
)
from um_portal.audit.models import Auditregel
from um_portal.tenants.models import Gemeente, Gemeentestatus, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.leveringen.intake import receive
from uploads.models import Bronbestand, Levering, Leveringstatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def vreemde() -> Client:
    return een_client(een_gebruiker(een_gemeente("Elders"), Rol.GEGEVENSBEHEERDER))


def upload(client: Client, inhoud: bytes, naam: str = "export.xlsx") -> Any:
    return client.post(reverse("uploads:nieuw"), {"bestand": SimpleUploadedFile(naam, inhoud)})


def newest(gemeente: Gemeente) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.latest("pk")
    return levering


def converted(gemeente: Gemeente, inhoud: bytes, naam: str = "export.xlsx") -> Levering:
    levering = receive(gemeente, inhoud=inhoud, bestandsnaam=naam)
    tasks.convert(levering.pk, gemeente.pk)
    return newest(gemeente)


def page(client: Client, naam: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(f"uploads:{naam}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_works_from_choosing_a_file_to_seeing_it_published(
    client, gemeente, django_capture_on_commit_callbacks
):
    Code.objects.create(lijst=BEROEPEN, code="urn:um-demo:beroep:kok", label="Kok")
    inhoud = een_werkblad(
        [
            een_sonar_rij(Bemiddelingsberoep="kok"),
            een_sonar_rij(Bemiddelingsberoep="Tovenaar"),
            None,
            een_sonar_rij(Toestemming="Nee"),
            een_sonar_rij(Postcode="12345"),
        ]
    )
    with django_capture_on_commit_callbacks() as callbacks:
        response = upload(client, inhoud)
    assert enqueued(callbacks) == 1
    levering = newest(gemeente)
    assert response.url == reverse("uploads:levering", args=[levering.pk])
    assert 'hx-trigger="every 1s"' in page(client, "levering", levering.pk)

    tasks.convert(levering.pk, gemeente.pk)
    klaar = client.get(reverse("uploads:voortgang", args=[levering.pk]))
    assert klaar["HX-Refresh"] == "true"
    text = page(client, "levering", levering.pk)
    assert "Sonar-export" in text
    assert "Klaar om te publiceren" in text
    assert "Geen Nederlandse postcode" in text or "geen Nederlandse postcode" in text
    assert "Tovenaar: 1 keer" in text
    assert "Geslacht" in text  # a column that is not used

    bevestig = page(client, "publiceer", levering.pk)
    assert "nog niets van deze soort gepubliceerd" in bevestig
    with django_capture_on_commit_callbacks() as callbacks:
        client.post(reverse("uploads:publiceer", args=[levering.pk]))
    assert enqueued(callbacks) == 1
    assert "Bezig met publiceren" in page(client, "levering", levering.pk)
    tasks.publish(levering.pk, gemeente.pk)

    text = page(client, "levering", levering.pk)
    assert "2 profielen zijn nieuw" in text
    text = page(client, "gepubliceerd", soort="werkzoekenden")
    assert "Kok" in text
    assert "3511 AB" in text
    assert "Gepubliceerd" in page(client, "lijst")
    with voor_gemeente(gemeente):
        assert list(
            Auditregel.objects.filter(onderwerp__startswith="levering")
            .order_by("pk")
            .values_list("handeling", "aantal")
        ) == [
            ("levering_ontvangen", None),
            ("levering_gepubliceerd", 2),
        ]
        assert not Bronbestand.objects.exists()
        assert not ConceptWerkzoekende.objects.exists()


def test_the_start_of_the_list_says_what_to_do(client):
    assert "U hebt nog niets aangeleverd" in page(client, "lijst")
    assert "nog niets gepubliceerd" in page(client, "gepubliceerd")


@pytest.mark.parametrize(
    ("inhoud", "zin"),
    [
        (b"", "leeg"),
        (b"%PDF-1.4", "pdf"),
        (b"PK\x03\x04stuk", "beschadigd"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "wachtwoord"),
    ],
)
def test_a_file_that_no_reader_takes_is_refused_in_the_form(client, gemeente, inhoud, zin):
    response = upload(client, inhoud)
    assert response.status_code == 422
    assert zin in response.content.decode()
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


def test_no_file_at_all_is_told(client):
    response = client.post(reverse("uploads:nieuw"), {})
    assert response.status_code == 422
    assert "Kies een bestand" in response.content.decode()


def test_a_file_that_is_too_large_is_told_and_not_kept(client, gemeente, settings):
    settings.UM_MAX_BESTAND_MB = 1
    response = upload(client, b"a;b\n" + b"x;y\n" * 300_000, "groot.csv")
    assert response.status_code == 422
    assert "groter dan 1 MB" in response.content.decode()
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


def test_a_file_that_is_not_recognised_waits_for_a_choice_and_can_be_withdrawn(client, gemeente):
    levering = converted(gemeente, b"naam;leeftijd\nJan;40\n", "x.csv")
    assert levering.status == Leveringstatus.KOPPELEN
    assert "niet herkend" in page(client, "levering", levering.pk)
    client.post(reverse("uploads:verwijder", args=[levering.pk]))
    assert newest(gemeente).status == Leveringstatus.VERVALLEN
    with voor_gemeente(gemeente):
        assert not Bronbestand.objects.exists()


def test_when_the_kind_is_not_clear_somebody_chooses_it(client, gemeente):
    levering = converted(
        gemeente, json.dumps([{"werktijden": {"aantalWerkurenPerWeekMaximaal": 3}}]).encode(), "x.json"
    )
    assert levering.vraagt_soort
    text = page(client, "levering", levering.pk)
    assert "Het zijn vacatures" in text
    client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"soort": "vacatures"})
    tasks.convert(levering.pk, gemeente.pk)
    assert newest(gemeente).soort == "vacatures"
    assert newest(gemeente).status == Leveringstatus.OMGEZET


def test_a_levering_with_nothing_in_it_cannot_be_published(client, gemeente):
    levering = converted(gemeente, een_werkblad([een_sonar_rij(Toestemming="Nee")]))
    assert "niets gevonden om te publiceren" in page(client, "levering", levering.pk)
    response = client.post(reverse("uploads:publiceer", args=[levering.pk]), follow=True)
    assert "niets om te publiceren" in response.content.decode()
    assert newest(gemeente).status == Leveringstatus.OMGEZET


def test_a_set_that_shrinks_a_lot_is_warned_about(client, gemeente):
    groot = converted(gemeente, een_werkblad([een_sonar_rij(ID_WZ=f"W{n}") for n in range(10)]))
    client.post(reverse("uploads:publiceer", args=[groot.pk]))
    tasks.publish(groot.pk, gemeente.pk)
    klein = converted(gemeente, een_werkblad([een_sonar_rij(ID_WZ=f"W{n}") for n in range(7)]))
    assert "Er zou veel verdwijnen" in page(client, "publiceer", klein.pk)
    bijna = converted(gemeente, een_werkblad([een_sonar_rij(ID_WZ=f"W{n}") for n in range(8)]))
    assert "Er zou veel verdwijnen" not in page(client, "publiceer", bijna.pk)


def test_publishing_twice_tells_the_second_that_it_was_done(client, gemeente):
    levering = converted(gemeente, een_werkblad([een_sonar_rij()]))
    client.post(reverse("uploads:publiceer", args=[levering.pk]))
    response = client.post(reverse("uploads:publiceer", args=[levering.pk]), follow=True)
    assert "iemand anders publiceert" in response.content.decode()


def test_a_published_levering_cannot_be_withdrawn(client, gemeente):
    levering = converted(gemeente, een_werkblad([een_sonar_rij()]))
    client.post(reverse("uploads:publiceer", args=[levering.pk]))
    tasks.publish(levering.pk, gemeente.pk)
    response = client.post(reverse("uploads:verwijder", args=[levering.pk]), follow=True)
    assert "niet meer worden weggegooid" in response.content.decode()
    assert newest(gemeente).status == Leveringstatus.GEPUBLICEERD


def test_the_rows_can_be_filtered_by_severity_and_reason(client, gemeente):
    levering = converted(
        gemeente,
        een_werkblad(
            [een_sonar_rij(Postcode="x")] * 2
            + [een_sonar_rij(Toestemming="Nee"), een_sonar_rij(Vervoer="step")]
        ),
    )
    assert page(client, "levering", levering.pk).count('data-label="Rij"') == 4
    assert page(client, "levering", levering.pk, ernst="afgekeurd").count('data-label="Rij"') == 2
    assert page(client, "levering", levering.pk, code="vervoer_anders").count('data-label="Rij"') == 1
    assert (
        page(client, "levering", levering.pk, ernst="\x00", code="\x00", pagina="xx").count(
            'data-label="Rij"'
        )
        == 4
    )


def test_vacancies_are_shown_in_the_words_of_the_standard(client, gemeente):
    levering = converted(
        gemeente,
        json.dumps(
            [een_vacature(sluitingsdatumVacature="2031-05-04", codeWerkEnDenkniveauMinimaal="5")]
        ).encode(),
    )
    client.post(reverse("uploads:publiceer", args=[levering.pk]))
    tasks.publish(levering.pk, gemeente.pk)
    text = page(client, "gepubliceerd", soort="vacatures")
    assert "Magazijnmedewerker" in text
    assert "04-05-2031" in text
    assert "Hbo-niveau" in text


def test_contact_details_are_not_on_the_page_of_what_is_published(client, gemeente):
    levering = converted(
        gemeente, json.dumps([een_werkzoekende(emailadres=["wie@voorbeeld.example"])]).encode()
    )
    client.post(reverse("uploads:publiceer", args=[levering.pk]))
    tasks.publish(levering.pk, gemeente.pk)
    assert "wie@voorbeeld.example" not in page(client, "gepubliceerd")


def test_an_unknown_kind_does_not_exist(client):
    assert client.get(reverse("uploads:gepubliceerd"), {"soort": "katten"}).status_code == 404


# --- Who may ---------------------------------------------------------------------------------------------

PAGES = ("levering", "voortgang", "publiceer", "verwijder")


@pytest.mark.parametrize("naam", PAGES)
def test_another_municipality_does_not_find_it(vreemde, gemeente, naam):
    levering = converted(gemeente, een_werkblad([een_sonar_rij()]))
    assert vreemde.get(reverse(f"uploads:{naam}", args=[levering.pk])).status_code == 404


@pytest.mark.parametrize("naam", ["publiceer", "verwijder", "opnieuw"])
def test_another_municipality_cannot_change_it(vreemde, gemeente, naam):
    levering = converted(gemeente, een_werkblad([een_sonar_rij()]))
    assert vreemde.post(reverse(f"uploads:{naam}", args=[levering.pk])).status_code == 404
    assert newest(gemeente).status == Leveringstatus.OMGEZET


def test_another_municipality_sees_nothing_of_it_in_its_lists(vreemde, gemeente, client):
    levering = converted(gemeente, een_werkblad([een_sonar_rij()]), "geheim.xlsx")
    client.post(reverse("uploads:publiceer", args=[levering.pk]))
    tasks.publish(levering.pk, gemeente.pk)
    assert "geheim.xlsx" not in page(vreemde, "lijst")
    assert "nog niets gepubliceerd" in page(vreemde, "gepubliceerd")


@pytest.mark.parametrize("naam", ["lijst", "nieuw", "gepubliceerd"])
def test_a_jobcoach_may_not_upload(gemeente, naam):
    assert (
        een_client(een_gebruiker(gemeente, Rol.JOBCOACH)).get(reverse(f"uploads:{naam}")).status_code == 403
    )


@pytest.mark.parametrize("naam", ["lijst", "nieuw", "gepubliceerd"])
def test_somebody_who_is_not_logged_in_goes_to_the_login_page(naam):
    response = Client().get(reverse(f"uploads:{naam}"))
    assert response.status_code == 302
    assert response["Location"].startswith("/account/")


def test_changing_something_takes_a_post(client, gemeente):
    levering = converted(gemeente, een_werkblad([een_sonar_rij()]))
    button = client.get(reverse("uploads:opnieuw", args=[levering.pk]))
    assert (button.status_code, button["Allow"]) == (405, "POST")
    assert "Dit adres is geen pagina" in button.text
    assert button["Cache-Control"] == "no-store, private"
    assert client.post(reverse("uploads:lijst")).status_code == 405


@pytest.mark.parametrize(
    ("status", "said"), [(Gemeentestatus.AANGEMELD, "toegelaten"), (Gemeentestatus.OPGESCHORT, "staat stil")]
)
def test_a_municipality_that_is_not_admitted_or_suspended_cannot_publish(status, said):
    gemeente = een_gemeente(status=status)
    client = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    levering = een_levering(gemeente, een_werkblad([een_sonar_rij()]))
    response = client.post(reverse("uploads:publiceer", args=[levering.pk]), follow=True)
    assert said in response.content.decode()
    with voor_gemeente(gemeente):
        assert not Werkzoekende.objects.exists()


# --- How much it costs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("aantal", [1, 40])
def test_no_page_asks_more_of_the_database_when_there_is_more(
    client, gemeente, aantal, django_assert_max_num_queries
):
    rijen = [een_sonar_rij(Bemiddelingsberoep=f"beroep {n}", Vervoer="step") for n in range(aantal)]
    levering = converted(gemeente, een_werkblad([*rijen, een_sonar_rij(Postcode="x")]))
    with django_assert_max_num_queries(14):
        page(client, "lijst")
    with django_assert_max_num_queries(14):
        page(client, "levering", levering.pk)
    with django_assert_max_num_queries(14):
        page(client, "voortgang", levering.pk)
    with django_assert_max_num_queries(16):
        page(client, "publiceer", levering.pk)
    client.post(reverse("uploads:publiceer", args=[levering.pk]))
    tasks.publish(levering.pk, gemeente.pk)
    with django_assert_max_num_queries(16):
        page(client, "gepubliceerd", soort=Soort.WERKZOEKENDEN.value)
