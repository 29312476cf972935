"""Mapping a municipality's words in a real browser: by keyboard, with htmx and without, judged by axe."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exchange.fictief.beroepen import BEROEPEN
from exchange.waardelijsten import models as waardelijsten
from tests.browser import Scherm
from tests.factories import een_client, een_gebruiker
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.models import Bronbestand, LandelijkeWaarde, Levering, Leveringstatus, Waardekoppeling
from uploads.omzetten.processing import unknown_context
from uploads.waarden import national

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ONBEKEND = {
    "beroepen": {
        "Vrachtwagenschaufeur": 48,
        "Magazijnbediende": 31,
        "schoonmaakster": 22,
        "adm. medew.": 12,
        "Kok / keukenhulp": 5,
        "Duizendpoot": 3,
        "": 2,
    },
    "Vervoermiddel": {"Snorscooter": 17, "step": 4},
}


@pytest.fixture(autouse=True)
def _occupations(transactional_db: None) -> None:
    waardelijsten.replace("beroepen", [(beroep.code, beroep.label) for beroep in BEROEPEN])


@pytest.fixture
def levering(gemeente: Gemeente) -> Levering:
    with voor_gemeente(gemeente):
        made = Levering.objects.create(
            gemeente=gemeente, bestandsnaam="Export november.xlsx", soort="werkzoekenden", koppeling="sonar",
            status=Leveringstatus.OMGEZET, gelezen=150, omgezet=150,
        )  # fmt: skip
        sealed = keys.encrypt(gemeente, json.dumps(ONBEKEND).encode(), unknown_context(made.pk))
        Levering.objects.filter(pk=made.pk).update(onbekende_waarden=sealed)
        Bronbestand.objects.create(gemeente=gemeente, levering=made, inhoud=b"x")
        found: Levering = Levering.objects.get()
    return found


def een_scherm(browser: Any, live_server: Any, client: Client, **options: Any) -> Scherm:
    context = browser.new_context(locale="nl-NL", **options)
    found = Scherm(context, live_server.url)
    found.take_session(client)
    return found


def beheerder(gemeente: Gemeente) -> Client:
    return een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada", last_name="Beheerder"))


def gekoppeld(gemeente: Gemeente) -> dict[str, str]:
    with voor_gemeente(gemeente):
        return dict(Waardekoppeling.objects.values_list("waarde", "code"))


def test_words_are_mapped_with_the_keyboard_and_what_is_typed_is_looked_for(
    browser, live_server, gemeente, levering
):
    scherm = een_scherm(browser, live_server, beheerder(gemeente))
    scherm.goto(reverse("uploads:waarden_levering", args=[levering.pk]))
    faults = scherm.faults("waarden koppelen")
    scherm.page.locator("h1").click()
    scherm.tab_to("Iets anders zoeken voor Duizendpoot")
    scherm.page.keyboard.type("monteur")
    scherm.page.wait_for_selector("text=gevonden bij uw zoekwoord")
    assert "monteur" not in scherm.page.url
    choice = scherm.page.get_by_label("Duizendpoot", exact=True)
    assert choice.input_value() == ""
    scherm.type("hoven")
    scherm.page.wait_for_selector("text=Gevonden en gekozen: Hovenier")
    assert choice.input_value() == "urn:um-demo:beroep:hovenier"
    # What is found stands before what was proposed, which stays to be chosen.
    scherm.press("Shift+Tab")
    assert scherm.focus()["name"] == "Duizendpoot"
    # What was chosen is ticked by itself, and the button counts it with what was ticked to begin with.
    assert scherm.page.get_by_label("Opslaan wat bij Duizendpoot gekozen is").is_checked()
    assert not scherm.page.get_by_label("Opslaan wat bij Kok / keukenhulp gekozen is").is_checked()
    ticked = scherm.page.locator("[data-vinkje]:checked").count()
    scherm.tab_to("Zet het bestand daarna opnieuw om")
    scherm.press("Space")
    scherm.tab_to(f"{ticked} koppelingen opslaan", "button")
    scherm.press("Enter")
    scherm.page.wait_for_selector("text=gekoppeld en onthouden")
    faults += scherm.faults("waarden gekoppeld")
    found = gekoppeld(gemeente)
    assert found["duizendpoot"] == "urn:um-demo:beroep:hovenier"
    assert found["vrachtwagenschaufeur"] == "urn:um-demo:beroep:vrachtwagenchauffeur"
    # Of two things in one cell nothing was chosen, so it stays.
    assert "kok / keukenhulp" not in found
    assert "Kok / keukenhulp" in scherm.text
    assert faults == []
    assert scherm.errors == []


def test_enter_in_a_search_field_searches_and_saves_nothing_also_without_javascript(
    browser, live_server, gemeente, levering
):
    scherm = een_scherm(browser, live_server, beheerder(gemeente), java_script_enabled=False)
    scherm.goto(reverse("uploads:waarden_levering", args=[levering.pk]))
    scherm.page.get_by_label("Duizendpoot", exact=True).select_option(label="Bewust weglaten")
    field = scherm.page.get_by_label("Iets anders zoeken voor Kok / keukenhulp")
    field.fill("kok")
    field.press("Enter")
    scherm.page.wait_for_selector("text=Er is gezocht")
    assert gekoppeld(gemeente) == {}
    assert scherm.page.get_by_label("Vrachtwagenschaufeur", exact=True).input_value().endswith("chauffeur")
    assert scherm.page.get_by_label("Duizendpoot", exact=True).input_value() == "-"
    scherm.page.get_by_label("Kok / keukenhulp", exact=True).select_option(label="Kok")
    scherm.tab_to("Zet het bestand daarna opnieuw om")
    scherm.press("Space")
    scherm.page.locator("[data-vinkjes-knop] button").click()
    scherm.page.wait_for_selector("text=gekoppeld en onthouden")
    assert gekoppeld(gemeente)["kok / keukenhulp"] == "urn:um-demo:beroep:kok"
    assert gekoppeld(gemeente)["duizendpoot"] == ""


def test_the_other_pages_can_be_read_by_everybody(browser, live_server, gemeente, levering):
    support = een_client(een_gebruiker(supportrol="beslissend", first_name="Iris", last_name="Postma"))
    with voor_gemeente(gemeente):
        rows = [
            Waardekoppeling.objects.create(gemeente=gemeente, lijst=lijst, waarde=waarde, code=code)
            for lijst, waarde, code in (
                ("beroepen", "poetshulp", "urn:um-demo:beroep:schoonmaker"),
                (
                    "beroepen",
                    "een heel lange omschrijving van werk met veel woorden",
                    "urn:um-demo:beroep:kok",
                ),
                ("beroepen", "stoker", "urn:bestaat:niet:meer"),
                ("beroepen", "zzp", ""),
                ("Vervoermiddel", "vespa", "2"),
            )
        ]
    national.put_forward(gemeente, [rows[0].pk, rows[1].pk], None)
    for waarde, code in (("trucker", "vrachtwagenchauffeur"), ("vespa", "kok"), ("poetshulp", "kok")):
        LandelijkeWaarde.objects.create(
            lijst="beroepen", waarde=waarde, code=f"urn:um-demo:beroep:{code}", status="vastgesteld"
        )
    scherm = een_scherm(browser, live_server, beheerder(gemeente))
    faults = []
    for naam, args, query in (
        ("waarden_voorstellen", [levering.pk], ""),
        ("waarden", [], ""),
        ("waarde", [rows[2].pk], ""),
        ("waarde", [rows[4].pk], ""),
        ("waarde_verwijder", [rows[0].pk], ""),
        ("waarden_upload", [], ""),
        ("waarden_landelijk", [], ""),
        ("waarden_landelijk", [], "?soort=anders"),
        ("lege_waarden", [], ""),
    ):
        scherm.goto(reverse(f"uploads:{naam}", args=args) + query)
        faults += scherm.faults(f"{naam} {args or ''} {query}")
    scherm.goto(reverse("uploads:waarden"))
    scherm.page.get_by_label("Kies poetshulp").check()
    scherm.page.get_by_role("button", name="Voordragen bij VNG").click()
    scherm.page.wait_for_selector("text=VNG ziet deze tekst")
    faults += scherm.faults("voordragen")
    bij_vng = een_scherm(browser, live_server, support)
    for status in ("", "?status=vastgesteld", "?status=afgewezen"):
        bij_vng.goto(reverse("uploads:landelijk") + status)
        faults += bij_vng.faults(f"landelijk {status}")
    assert faults == []
    assert scherm.errors == []
    assert bij_vng.errors == []
