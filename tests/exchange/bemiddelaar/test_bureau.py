"""The desk of the start page, and searching with a record of one's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exchange.bemiddelaar import concepten, searching
from exchange.bemiddelaar.models import (
    Detailaanvraag,
    Markering,
    Resultaat,
    Stap,
    Vervolg,
    Zoekstatus,
    Zoekvraag,
)
from exchange.standard import Soort
from exchange.vum3.compose import Criteria
from exchange.waardelijsten import models as waardelijsten
from tests.factories import (
    SOORTEN,
    een_client,
    een_gebruiker,
    een_gemeente,
    een_vacature,
    een_werkzoekende,
    publish_set,
)
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente

WZ, VAC = SOORTEN
pytestmark = pytest.mark.django_db


@pytest.fixture
def gemeente() -> Gemeente:
    waardelijsten.replace("beroepen", [("urn:test:kok", "Kok")])
    return een_gemeente()


def test_the_start_page_of_a_jobcoach_is_a_desk_that_repeats_no_menu(gemeente, settings) -> None:
    jobcoach = een_gebruiker(gemeente)
    criteria = Criteria("2405AA", 25, {"beroep": ["urn:test:kok"]})
    for naam in ("Vandaag", "Morgen", "Later"):
        searching.open_search(gemeente, jobcoach, WZ, criteria, naam)
    with voor_gemeente(gemeente):
        later, tomorrow, today = Zoekvraag.objects.all()
        Zoekvraag.objects.update(status=Zoekstatus.KLAAR, aantal=12)
        Zoekvraag.objects.filter(pk=tomorrow.pk).update(verloopt_op=timezone.now() + timedelta(days=1))
        now = timezone.localtime().replace(hour=23, minute=59)
        Zoekvraag.objects.filter(pk=today.pk).update(verloopt_op=now)
        for _ in range(4):
            Detailaanvraag.objects.create(gemeente=gemeente, zoekvraag=later, gelukt_op=timezone.now())
    concepten.keep(gemeente, jobcoach, WZ, {"postcode": ["2405"]})
    page = een_client(jobcoach).get("/")
    main = page.text[page.text.index("<main") :]
    for words in ("12 resultaten", "6 van 10", "verloopt morgen", "nog 7 dagen", ">Kok</li>"):
        assert words in main
    assert "Verder met deze zoekvraag" in main
    assert not page.context["tegels"]
    assert "Snel zoeken" not in een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)).get("/").text


def test_a_quick_search_asks_at_once_or_goes_on_in_the_form_and_leaves_the_draft_alone(gemeente) -> None:
    jobcoach = een_gebruiker(gemeente)
    browser = een_client(jobcoach)
    concepten.keep(gemeente, jobcoach, WZ, {"uren_vanaf": ["24"]})
    typed = {"kort": "ja", "soort": "vacatures", "postcode": "2405", "afstand": "25", "beroep_1": "kok"}
    form = browser.post("/zoeken/", {**typed, "vul_in": "bureau"})
    assert (form.status_code, form.context["form"]["beroep_1"].value()) == (200, "kok")
    assert browser.post("/zoeken/", {**typed, "postcode": "Nergensland"}).status_code == 422
    assert browser.post("/zoeken/", typed).status_code == 302
    with voor_gemeente(gemeente):
        assert Zoekvraag.objects.get().vraag_object["beroep.codeBeroepsnaam"] == {"$eq": "urn:test:kok"}
    assert browser.get("/zoeken/").context["form"]["uren_vanaf"].value() == "24"


def test_a_quick_search_is_kept_until_it_is_asked_and_never_in_place_of_a_longer_question(gemeente) -> None:
    jobcoach = een_gebruiker(gemeente)
    browser = een_client(jobcoach)
    typed = {"kort": "ja", "soort": "vacatures", "postcode": "2405", "afstand": "25", "beroep_1": "kok"}
    assert "data-concept" in browser.get("/").text
    assert browser.post("/zoeken/concept", {**typed, "beroep_1": "ko"}).status_code == 204
    assert browser.get("/zoeken/").context["form"]["beroep_1"].value() == "ko"
    # Whoever goes on typing and presses Enter asks more than the page kept a moment ago.
    assert browser.post("/zoeken/", typed).status_code == 302
    assert not browser.get("/zoeken/").context["form"]["beroep_1"].value()
    assert "U was bezig met een zoekvraag" not in browser.get("/").text
    concepten.keep(gemeente, jobcoach, WZ, {"uren_vanaf": ["24"]})
    browser.post("/zoeken/concept", typed)
    assert browser.get("/zoeken/").context["form"]["uren_vanaf"].value() == "24"


def test_a_record_of_ones_own_fills_in_the_question_for_the_other_kind(gemeente) -> None:
    publish_set(
        gemeente,
        WZ,
        [
            een_werkzoekende(
                "W1",
                mobiliteit={"bemiddelingspostcode": "2405AB", "maximaleReisafstand": 15},
                bemiddelingsberoep=[{"codeBeroepsnaam": "urn:test:kok"}],
                werktijden={"aantalWerkurenPerWeekMinimaal": 24, "aantalWerkurenPerWeekMaximaal": 32},
            )
        ],
    )
    publish_set(
        gemeente,
        VAC,
        [
            een_vacature(
                "V1",
                adres={"postcode": "2405AB"},
                beroep={"codeBeroepsnaam": "urn:test:kok"},
                rijbewijs=[{"codeSoortRijbewijs": "B"}],
                taalbeheersing=[{"codeTaal": "xxx"}],
            )
        ],
    )
    browser = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))

    def search_with(soort: Soort) -> dict[str, str]:
        page = browser.get(f"/leveringen/gepubliceerd/?soort={soort.value}")
        assert "Zoek hierbij" in page.text
        pk = page.context["rijen"][0].pk
        page = browser.post("/leveringen/gepubliceerd/zoek-hierbij/", {"soort": soort.value, "record": pk})
        assert page.status_code == 200
        assert "Er is nog niets gevraagd" in page.text
        assert page.context["soort"] != soort
        return {name: value for name, value in page.context["form"].initial.items() if value}

    assert search_with(WZ) == {
        "postcode": "2405 AB · Alphen aan den Rijn",
        "afstand": "15",
        "beroep_1": "Kok",
        "uren_vanaf": "24",
        "uren_tot": "32",
    }
    found = search_with(VAC)
    assert found["rijbewijzen"] == ["B"]
    assert "taal" not in found
    with voor_gemeente(gemeente):
        assert not Zoekvraag.objects.exists()


def test_searching_with_a_record_takes_both_rights_and_one_row(gemeente) -> None:
    publish_set(gemeente, WZ, [een_werkzoekende("W1")])
    beheerder = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    assert "Zoek hierbij" not in beheerder.get("/leveringen/gepubliceerd/").text
    asked = "/leveringen/gepubliceerd/zoek-hierbij/"
    assert "kan nu niet" in beheerder.post(asked, {"soort": WZ.value, "record": 1}, follow=True).text
    both = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    assert "Kies in de tabel één rij" in both.post(asked, {"soort": WZ.value}, follow=True).text
    assert een_client(een_gebruiker(gemeente)).post(asked, {"soort": WZ.value}).status_code == 403


def test_the_desk_shows_what_got_a_star_until_something_came_of_it(gemeente) -> None:
    jobcoach, collega = een_gebruiker(gemeente), een_gebruiker(gemeente)
    zoekvraag = searching.open_search(gemeente, jobcoach, WZ, Criteria("2405AA", 25, {}))
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(status=Zoekstatus.KLAAR, aantal=3)
        eerste, tweede, derde = (
            Resultaat.objects.create(
                gemeente=gemeente,
                zoekvraag=zoekvraag,
                volgnummer=number,
                vum_id=f"vum-{number}",
                profiel={},
                omschrijving=naam,
                postcode="3511AB",
            )
            for number, naam in enumerate(("Kok", "Bakker", "Lasser"), start=1)
        )
        for resultaat, wie in ((eerste, jobcoach), (tweede, jobcoach), (derde, collega)):
            Markering.objects.create(
                gemeente=gemeente, zoekvraag=zoekvraag, resultaat=resultaat, gebruiker=wie, ster=True
            )
        Vervolg.objects.create(
            gemeente=gemeente, resultaat=tweede, stap=Stap.BENADERD, gezet_op=timezone.now()
        )
    page = een_client(jobcoach).get("/").text
    assert "Met een ster" in page
    assert "Kok</a>, 3511 AB Utrecht" in page
    assert "Bakker</a>" not in page
    assert "Lasser</a>" not in page
    assert "Met een ster" not in een_client(collega).get("/").text
