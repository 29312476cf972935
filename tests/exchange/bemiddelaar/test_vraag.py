"""Asking: a place in one field, what was asked in words, and a form that loses nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from exchange.bemiddelaar import concepten, onderdelen, searching
from exchange.bemiddelaar.forms import (
    MetVoorstellen,
    PlaatsField,
    ZoekForm,
    as_fields,
    offered_places,
    questions,
)
from exchange.bemiddelaar.models import Zoekconcept, Zoekstatus, Zoekvraag
from exchange.interfaces import current
from exchange.standard import Soort
from exchange.vum3.compose import Criteria
from exchange.waardelijsten import models as waardelijsten
from tests.factories import SOORTEN, een_client, een_gebruiker, een_gemeente
from um_portal.accounts.models import Gebruiker
from um_portal.gemeenten.models import Dagverbruik
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

WZ, VAC = SOORTEN
pytestmark = pytest.mark.django_db


@pytest.fixture
def gemeente() -> Gemeente:
    waardelijsten.replace(
        "beroepen",
        [
            ("urn:test:kok", "Kok"),
            ("urn:test:bakker", "Bakker"),
            ("urn:test:banket", "Banketbakker"),
        ],
    )
    waardelijsten.Code.objects.filter(code="urn:test:kok").update(synoniemen="Chef-kok\nKeukenhulp")
    return een_gemeente()


@pytest.fixture
def jobcoach(gemeente: Gemeente) -> Gebruiker:
    return een_gebruiker(gemeente)


def een_vraag(gemeente: Gemeente, jobcoach: Gebruiker, soort: Soort = WZ, **ingevuld: Any) -> Zoekvraag:
    return searching.open_search(gemeente, jobcoach, soort, Criteria("2405AA", 25, ingevuld), "Koks")


def answered(zoekvraag: Zoekvraag, **answer: Any) -> None:
    with voor_gemeente(zoekvraag.gemeente):
        Zoekvraag.objects.filter(pk=zoekvraag.pk).update(status=Zoekstatus.KLAAR, **answer)


def kept(gemeente: Gemeente) -> Zoekconcept | None:
    with voor_gemeente(gemeente):
        found: Zoekconcept | None = Zoekconcept.objects.first()
    return found


# --- The place ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [
        ("2405", "2405AA"),
        ("2405 AB", "2405AB"),
        ("2405-ab", "2405AB"),
        (" 2405ab ", "2405AB"),
        ("2405 · Alphen aan den Rijn", "2405AA"),
        ("alphen aan den rijn", "2405AA"),
        ("Alphen (Alphen-Chaam)", "5131AA"),
        ("Den Haag", "2526AA"),
        ("Hazerswoude-Dorp", "2391AA"),
    ],
)
def test_a_place_is_typed_as_people_do(typed: str, postcode: str) -> None:
    assert PlaatsField().clean(typed) == postcode


def test_a_name_that_occurs_more_than_once_asks_which() -> None:
    with pytest.raises(MetVoorstellen) as caught:
        PlaatsField().clean("Alphen")
    assert caught.value.voorstellen == (
        "Alphen (Alphen-Chaam)",
        "Alphen (West Maas en Waal)",
        "Alphen aan den Rijn",
    )


def test_a_postcode_whose_centre_nobody_knows_is_taken_and_says_where_it_is_measured_from(
    gemeente, jobcoach
) -> None:
    browser = een_client(jobcoach)
    answer = browser.post("/zoeken/", {"soort": "werkzoekenden", "postcode": "5767 AB", "afstand": "10"})
    page = browser.get(answer["Location"]).text
    assert "binnen 10 km van 5767 AB (gemeten vanaf 57" in page.replace("5767 · ", "")


@pytest.mark.parametrize(
    "typed", ["1234", "1234 AB", "9999zz9", "24", "Nergensland", "24051", "٢٤٠٥", "2405 A"]
)
def test_a_place_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        PlaatsField().clean(typed)


def test_every_place_that_is_offered_is_taken() -> None:
    offered = [*offered_places("24"), *offered_places("al"), *offered_places("beek"), *offered_places("'s-")]
    assert offered_places("2405") == ["2405 · Alphen aan den Rijn"]
    assert len(offered) > 40
    for one in offered:
        assert PlaatsField().clean(one)


# --- What was asked -------------------------------------------------------------------------------------

FILLED_IN: dict[str, Any] = {
    "beroep_1": "Kok",
    "beroep_2": "Bakker",
    "uren_vanaf": "24",
    "uren_tot": "32",
    "datum": "2026-03-01",
    "kantoortijden": "1",
    "onregelmatig": "2",
    "contractvormen": ["B", "O"],
    "denkniveau_minimaal": "4",
    "taal": "eng",
    "taal_mondeling": "3",
    "taal_schriftelijk": "2",
    "rijbewijzen": ["B", "CE"],
}


@pytest.mark.parametrize("soort", SOORTEN)
def test_everything_that_can_be_asked_comes_back_into_the_form(gemeente, soort: Soort) -> None:
    names = {name for vraag in questions(soort) for name in vraag.velden} - {"beroep_3"}
    assert names <= FILLED_IN.keys(), "what is new here needs a value in this test"
    form = ZoekForm({"postcode": "2405 AB", "afstand": 25, **FILLED_IN}, soort=soort)
    assert form.is_valid(), form.errors
    asked = current().compose(soort, form.criteria)
    fields = as_fields(soort, current().decompose(soort, asked))
    assert fields.keys() == names | {"postcode", "afstand"}
    data = {
        name: texts if isinstance(FILLED_IN.get(name), list) else texts[0] for name, texts in fields.items()
    }
    again = ZoekForm(data, soort=soort)
    assert again.is_valid(), again.errors
    assert current().compose(soort, again.criteria) == asked


def test_what_was_asked_is_said_in_words(gemeente, jobcoach) -> None:
    form = ZoekForm({"postcode": "2405", "afstand": 25, **FILLED_IN}, soort=WZ)
    assert form.is_valid()
    zoekvraag = searching.open_search(gemeente, jobcoach, WZ, form.criteria)
    page = een_client(jobcoach).get(f"/zoeken/vragen/{zoekvraag.pk}/").text
    for words in (
        "binnen 25 km van 2405 · Alphen aan den Rijn",
        "Kok",
        "of Bakker",
        "minstens 24 uur per week",
        "hoogstens 32 uur per week",
        "beschikbaar op 1 maart 2026",
        "kantoortijden: ja",
        "contract: bepaalde tijd",
        "of onbepaalde tijd",
        "Engels (spreken minimaal goed, schrijven minimaal redelijk)",
        "rijbewijs CE",
    ):
        assert f">{words}</li>" in page
    assert "of Bakker" in een_client(jobcoach).get("/zoeken/vragen/").text


def test_at_few_results_a_wider_question_is_one_click_away_and_fills_in_the_form(gemeente, jobcoach) -> None:
    zoekvraag = een_vraag(gemeente, jobcoach, rijbewijzen=["B", "C"], taal="eng", taal_mondeling=3)
    answered(zoekvraag)
    browser = een_client(jobcoach)
    page = browser.get(f"/zoeken/vragen/{zoekvraag.pk}/").text
    assert "Vergroot naar 40 km" in page
    assert "Zonder rijbewijs C" in page
    wider = browser.get(f"/zoeken/?vraag={zoekvraag.pk}&afstand=40").context["form"]
    assert wider["afstand"].value() == "40"
    assert wider["rijbewijzen"].value() == ["B", "C"]
    less = browser.get(f"/zoeken/?vraag={zoekvraag.pk}&zonder=rijbewijzen.1").context["form"]
    assert less["rijbewijzen"].value() == ["B"]
    assert less["naam"].value() == "Koks"
    none = browser.get(f"/zoeken/?vraag={zoekvraag.pk}&zonder=taal").context["form"]
    assert not none["taal"].value()
    assert not none["taal_mondeling"].value()
    for bad in ("afstand=9999999", "afstand=-1", "zonder=%00.999999999999", "zonder=x"):
        assert browser.get(f"/zoeken/?vraag={zoekvraag.pk}&{bad}").context["form"]["afstand"].value() == "25"
    answered(zoekvraag, aantal=50)
    assert "Vergroot naar" not in browser.get(f"/zoeken/vragen/{zoekvraag.pk}/").text


def test_a_question_of_somebody_else_fills_in_no_form(gemeente, jobcoach) -> None:
    zoekvraag = een_vraag(gemeente, jobcoach)
    ander = een_client(een_gebruiker(gemeente))
    assert ander.get(f"/zoeken/?vraag={zoekvraag.pk}").status_code == 404
    assert ander.get("/zoeken/?vraag=99999999999999999999").status_code == 404
    for path in ("nogmaals", "notitie"):
        assert ander.post(f"/zoeken/vragen/{zoekvraag.pk}/{path}").status_code == 404


def test_a_question_is_asked_anew_as_a_search_of_its_own(gemeente, jobcoach) -> None:
    zoekvraag = een_vraag(gemeente, jobcoach, beroep=["urn:test:kok"])
    browser = een_client(jobcoach)
    assert browser.post(f"/zoeken/vragen/{zoekvraag.pk}/nogmaals").status_code == 302
    with voor_gemeente(gemeente):
        new, old = Zoekvraag.objects.all()
        assert new.vraag_object == old.vraag_object
        assert new.naam == old.naam
        Dagverbruik.objects.update(aantal=100_000)
    page = browser.post(f"/zoeken/vragen/{zoekvraag.pk}/nogmaals", follow=True)
    assert "Meer kan op één dag niet" in page.text


# --- Nothing is lost ------------------------------------------------------------------------------------


def test_whoever_comes_back_finds_what_was_filled_in(gemeente, jobcoach) -> None:
    browser = een_client(jobcoach)
    typed = {"soort": "vacatures", "postcode": "Alphen", "beroep_1": "kok", "rijbewijzen": ["B"]}
    assert browser.post("/zoeken/concept", typed).status_code == 204
    browser.logout()
    page = een_client(jobcoach).get("/zoeken/")
    assert page.context["soort"] == VAC
    assert page.context["form"]["postcode"].value() == "Alphen"
    assert "U begon hier eerder aan" in page.text
    # What was unticked is not remembered.
    browser = een_client(jobcoach)
    browser.post("/zoeken/concept", {"soort": "vacatures", "postcode": "Alphen"})
    assert not browser.get("/zoeken/").context["form"]["rijbewijzen"].value()
    assert "eerder aan" not in een_client(een_gebruiker(gemeente)).get("/zoeken/").text
    browser.post("/zoeken/", {"soort": "vacatures", "leeg": "ja"})
    assert kept(gemeente) is None


def test_a_switch_of_kind_keeps_what_both_know_and_gives_the_rest_back(gemeente, jobcoach) -> None:
    browser = een_client(jobcoach)
    typed = {"soort": "werkzoekenden", "postcode": "2405", "kantoortijden": "1", "uren_vanaf": "24"}
    page = browser.post("/zoeken/", {**typed, "naar": "vacatures"}, follow=True)
    form = page.context["form"]
    assert page.context["soort"] == VAC
    assert (form["postcode"].value(), form["uren_vanaf"].value()) == ("2405", "24")
    typed = {"soort": "vacatures", "postcode": "2406", "uren_vanaf": "24", "naar": "werkzoekenden"}
    form = browser.post("/zoeken/", typed, follow=True).context["form"]
    assert (form["postcode"].value(), form["kantoortijden"].value()) == ("2406", "1")


def test_a_mistake_and_a_limit_keep_the_form_and_a_search_empties_the_next(
    gemeente, jobcoach, settings
) -> None:
    browser = een_client(jobcoach)
    typed = {"soort": "werkzoekenden", "postcode": "Alphen", "afstand": "25", "uren_vanaf": "24"}
    page = browser.post("/zoeken/", typed)
    assert page.status_code == 422
    assert page.context["form"].voorstellen["postcode"]
    assert browser.get("/zoeken/").context["form"]["uren_vanaf"].value() == "24"
    # A suggestion is a button, also without a script; it fills in and asks nothing.
    page = browser.post("/zoeken/", {**typed, "kies": "postcode=Alphen aan den Rijn"}, follow=True)
    assert page.status_code == 200
    assert page.context["form"]["uren_vanaf"].value() == "24"
    assert page.context["form"]["postcode"].value() == "Alphen aan den Rijn"
    with voor_gemeente(gemeente):
        assert not Zoekvraag.objects.exists()
    typed["postcode"] = "Alphen aan den Rijn"
    assert browser.post("/zoeken/", typed).status_code == 302
    assert not browser.get("/zoeken/").context["form"]["uren_vanaf"].value()
    # The back button asks for what was last asked.
    assert browser.get("/zoeken/?laatste=ja").context["form"]["uren_vanaf"].value() == "24"
    with voor_gemeente(gemeente):
        Dagverbruik.objects.update(aantal=100_000)
    assert browser.post("/zoeken/", typed).status_code == 429
    assert browser.get("/zoeken/").context["form"]["uren_vanaf"].value() == "24"


def test_a_form_of_another_municipality_is_kept_on_the_page_and_in_no_draft(gemeente, jobcoach) -> None:
    ander = een_gemeente()
    page = een_client(jobcoach).post(
        "/zoeken/concept", {"um_gemeente": str(ander.pk), "soort": "werkzoekenden", "postcode": "2405"}
    )
    assert page.status_code == 409
    assert kept(gemeente) is None


def test_a_draft_disappears_with_the_term_of_searches(gemeente, jobcoach) -> None:
    concepten.keep(gemeente, jobcoach, WZ, {"postcode": ["2405"]})
    with voor_gemeente(gemeente):
        Zoekconcept.objects.update(verloopt_op=timezone.now() - timedelta(seconds=1))
    assert not een_client(jobcoach).get("/zoeken/").context["form"]["postcode"].value()
    searching.erase_expired(gemeente)
    assert kept(gemeente) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("BSN 111222333", "een getal dat een BSN kan zijn"),
        ("jan@example.nl", "een e-mailadres of telefoonnummer"),
        ("bel 06 12345678", "een e-mailadres of telefoonnummer"),
        ("voor mevrouw Jansen", "de naam van een persoon"),
    ],
)
def test_a_person_is_not_noted_with_a_search_nor_kept_in_a_draft(
    gemeente, jobcoach, text: str, said: str
) -> None:
    browser = een_client(jobcoach)
    zoekvraag = een_vraag(gemeente, jobcoach)
    for veld in ("naam", "kenmerk", "notitie"):
        page = browser.post(
            "/zoeken/", {"soort": "werkzoekenden", "postcode": "2405", "afstand": "25", veld: text}
        )
        assert page.status_code == 422
        assert said in page.text
        assert text not in str(kept(gemeente).velden)  # type: ignore[union-attr]
        page = browser.post(f"/zoeken/vragen/{zoekvraag.pk}/notitie", {veld: text})
        assert page.status_code == 422
        assert said in page.text


def test_a_reference_and_a_note_are_kept_with_the_search(gemeente, jobcoach) -> None:
    browser = een_client(jobcoach)
    zoekvraag = een_vraag(gemeente, jobcoach)
    browser.post(
        f"/zoeken/vragen/{zoekvraag.pk}/notitie", {"kenmerk": "D-17", "notitie": "Vooral 's ochtends"}
    )
    assert "D-17" in browser.get("/zoeken/vragen/").text
    assert "Vooral &#x27;s ochtends" in browser.get(f"/zoeken/vragen/{zoekvraag.pk}/").text


# --- The form -------------------------------------------------------------------------------------------


def test_an_occupation_is_found_by_its_synonym_and_offered_contains_before_similar(
    gemeente, jobcoach
) -> None:
    def ask(typed: str) -> ZoekForm:
        form = ZoekForm({"postcode": "2405", "afstand": 25, "beroep_1": typed}, soort=WZ)
        form.is_valid()
        return form

    assert ask("chef-KOK").cleaned_data["beroep_1"] == "urn:test:kok"
    assert ask("bak").voorstellen["beroep_1"] == ("Bakker", "Banketbakker")
    assert ask("Bakkr").voorstellen["beroep_1"][0] == "Bakker"
    assert "beroep_1" not in ask("zzzz").voorstellen


def test_what_is_seldom_asked_is_folded_until_it_is_filled_in_or_wrong(gemeente) -> None:
    def folded(**data: str) -> dict[str, bool]:
        form = ZoekForm({"postcode": "2405", "afstand": "25", **data}, soort=WZ)
        form.is_valid()
        return {groep.kop: groep.is_open for groep in form.groepen()}

    assert folded() == {"Beroep en uren": True, "Rijbewijs": True, "Meer over het werk": False, "Taal": False}
    assert folded(kantoortijden="1")["Meer over het werk"]
    assert folded(taal_mondeling="3")["Taal"]
    licences = ZoekForm(soort=WZ)["rijbewijzen"].subwidgets
    assert [licence.data["value"] for licence in licences][:5] == ["A", "B", "C", "D", "AM"]


# --- The end is told ------------------------------------------------------------------------------------


def test_the_end_is_told_in_the_title_in_a_region_that_stays_and_on_every_other_page(
    gemeente, jobcoach
) -> None:
    browser = een_client(jobcoach)
    browser.post("/zoeken/", {"soort": "werkzoekenden", "postcode": "2405", "afstand": "25", "naam": "Koks"})
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.get()
    page = browser.get(f"/zoeken/vragen/{zoekvraag.pk}/").text
    assert page.index('id="zoekstand"') < page.index('id="stand"')
    assert "<title>Onderweg: Koks" in page
    poll = {"HX-Request": "true"}
    assert "zoekstand" not in browser.get(f"/zoeken/vragen/{zoekvraag.pk}/stand", headers=poll).text
    assert 'id="zoekbericht" role="status"' in browser.get("/hulp/").text
    asking = browser.get("/zoeken/bericht", headers=poll).text
    assert 'hx-get="/zoeken/bericht?toont=ja"' in asking
    # A page that asks already gets nothing, until there is something to tell.
    assert browser.get("/zoeken/bericht?toont=ja", headers=poll).status_code == 204
    answered(zoekvraag, aantal=3)
    told = browser.get("/zoeken/bericht?toont=ja", headers=poll).text
    assert "Koks: 3 resultaten." in told
    assert "hx-get" not in told
    assert "zoekbericht" not in browser.get("/hulp/").text
    end = browser.get(f"/zoeken/vragen/{zoekvraag.pk}/stand", headers=poll).text
    assert "<title>3 resultaten: Koks | UM-portaal</title>" in end
    assert 'hx-swap-oob="innerHTML">De zoekvraag is klaar: 3 resultaten.' in end


def test_proposals_leave_the_stored_question_alone(gemeente, jobcoach) -> None:
    zoekvraag = een_vraag(gemeente, jobcoach, rijbewijzen=["B"])
    assert onderdelen.changed(zoekvraag, {"zonder": "rijbewijzen.0"}).ingevuld == {"rijbewijzen": []}
    assert onderdelen.criteria_of(zoekvraag).ingevuld == {"rijbewijzen": ["B"]}
