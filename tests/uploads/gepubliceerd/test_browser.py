"""Publishing, undoing, looking and withdrawing in a real browser: by keyboard, by axe, and on a phone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from exchange.bron.models import Werkzoekende
from exchange.fictief.generate import Postcodes, werkzoekenden
from exchange.standard import Soort
from exchange.waardelijsten import models as waardelijsten
from tests.browser import Scherm, a_chromium, a_playwright, give_session
from tests.factories import een_client, een_contactmoment, een_gebruiker, publish_set
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.gepubliceerd import publication
from uploads.gepubliceerd.publication import request_publication
from uploads.leveringen.intake import receive
from uploads.models import Levering
from uploads.omzetten.processing import convert

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RECORDS = list(werkzoekenden(3, 60, Postcodes([3511, 3512, 1012, 9711])))


@pytest.fixture(autouse=True)
def _occupations(transactional_db: None) -> None:
    codes = {code["codeBeroepsnaam"] for record in RECORDS for code in record["bemiddelingsberoep"]}
    waardelijsten.replace(
        "beroepen", [(code, code.split(":")[-1].replace("-", " ").capitalize()) for code in codes]
    )


@pytest.fixture
def scherm(monkeypatch: pytest.MonkeyPatch, live_server: Any, gemeente: Gemeente) -> Iterator[Scherm]:
    # Playwright's loop runs in this thread, where these tests also use the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    client = een_client(
        een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada", last_name="Beheerder")
    )
    with a_playwright() as playwright, a_chromium(playwright) as browser:
        context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
        give_session(context, client, live_server.url)
        yield Scherm(context, live_server.url)


def ready(gemeente: Gemeente, records: list[dict[str, Any]], name: str) -> int:
    pk = receive(gemeente, inhoud=json.dumps(records).encode(), bestandsnaam=name).pk
    convert(gemeente, pk)
    return pk


def publish(gemeente: Gemeente, records: list[dict[str, Any]], name: str) -> int:
    pk = ready(gemeente, records, name)
    request_publication(gemeente, pk, None, zonder_rem=True)
    assert publication.publish(gemeente, pk) is not None
    return pk


def test_a_set_that_shrinks_is_published_with_a_reason_and_undone(scherm, gemeente):
    faults: list[str] = []
    publish(gemeente, RECORDS, "werkzoekenden oktober.json")
    changed = {**RECORDS[0], "persoonlijkePresentatie": "Ik wil graag aan het werk."}
    pk = ready(gemeente, [changed, *RECORDS[1:40]], "werkzoekenden november.json")

    scherm.goto(reverse("uploads:publiceer", args=[pk]))
    assert "Er zou veel verdwijnen" in scherm.text
    faults += scherm.faults("publiceer")
    scherm.tab_to("Vervangt alles wat er nu staat")
    scherm.press("ArrowDown", "ArrowUp")
    scherm.tab_to("Publiceren", "button")
    scherm.press("Enter")
    scherm.page.wait_for_selector("h1:has-text('Er verdwijnt veel')")
    assert "20 van de 60" in scherm.text
    faults += scherm.faults("publiceer waarom")
    scherm.tab_to("Toch publiceren", "button")
    scherm.press("Enter")
    scherm.page.wait_for_selector("text=Kies waarom er zoveel verdwijnen")
    faults += scherm.faults("publiceer waarom fout")
    scherm.tab_to("Deze mensen of vacatures zijn uitgeschreven")
    scherm.press("Space")
    scherm.tab_to("Toch publiceren", "button")
    scherm.press("Enter")
    scherm.page.wait_for_selector("text=Bezig met publiceren")
    tasks.publish(pk, gemeente.pk)
    scherm.page.wait_for_selector("text=20 zijn verdwenen")
    faults += scherm.faults("gepubliceerde levering")

    scherm.tab_to("Publicatie terugdraaien", "a")
    scherm.press("Enter")
    scherm.page.wait_for_selector("text=Er komen 20 terug")
    faults += scherm.faults("terugdraaien")
    scherm.tab_to("Terugdraaien", "button")
    scherm.press("Enter")
    scherm.page.wait_for_selector("text=Bezig met terugdraaien")
    tasks.undo(pk, gemeente.pk)
    scherm.page.wait_for_selector("text=antwoordt sindsdien weer met wat er daarvoor stond")
    faults += scherm.faults("teruggedraaide levering")
    scherm.goto(reverse("uploads:geschiedenis"))
    faults += scherm.faults("geschiedenis")
    with voor_gemeente(gemeente):
        assert Werkzoekende.objects.count() == 60
    assert scherm.errors == []
    assert faults == []


def test_the_set_is_looked_through_and_somebody_is_withdrawn(scherm, gemeente):
    faults: list[str] = []
    publish(gemeente, RECORDS, "werkzoekenden.json")
    publish_set(gemeente, Soort.WERKGEVERSCONTACTMOMENTEN, [een_contactmoment()])
    scherm.goto(reverse("uploads:gepubliceerd"))
    faults += scherm.faults("gepubliceerd")
    # Sorting and leafing replace the table only.
    scherm.page.evaluate("window.dezelfde = true")
    scherm.page.click("thead a:has-text('Postcode')")
    scherm.page.wait_for_url("**sorteer=postcode**")
    scherm.page.wait_for_selector("th[aria-sort=ascending]")
    scherm.page.click("nav[aria-label=\"Pagina's\"] a:has-text('Volgende')")
    scherm.page.wait_for_url("**pagina=2**")
    assert scherm.page.evaluate("window.dezelfde")
    scherm.page.get_by_label("Postcodegebied").fill("97")
    scherm.page.get_by_role("button", name="Zoeken", exact=True).click()
    scherm.page.wait_for_selector("h2:has-text('Gevonden')")
    faults += scherm.faults("gepubliceerd gefilterd")
    scherm.page.get_by_label("Postcodegebied").fill("97ab")
    scherm.page.get_by_role("button", name="Zoeken", exact=True).click()
    scherm.page.wait_for_selector("text=zonder letters")
    faults += scherm.faults("gepubliceerd fout filter")

    scherm.goto(reverse("uploads:gepubliceerd"))
    scherm.page.click("summary:has-text('Zoeken op nummer')")
    number = RECORDS[5]["idWerkzoekende"]
    scherm.page.get_by_label("Nummer", exact=True).fill(number)
    scherm.page.get_by_role("button", name="Zoek dit nummer").click()
    scherm.page.wait_for_selector("h2:has-text('Met dit nummer')")
    assert number not in scherm.page.url
    faults += scherm.faults("gepubliceerd op nummer")
    scherm.tab_to(f"Kies {number}")
    scherm.press("Space")
    scherm.tab_to("Gekozen rijen intrekken", "button")
    scherm.press("Enter")
    scherm.page.wait_for_selector("text=U trekt 1 record")
    faults += scherm.faults("intrekken bevestigen")
    scherm.page.get_by_role("button", name="Intrekken").click()
    scherm.page.wait_for_selector("text=Er is 1 record ingetrokken.")
    with voor_gemeente(gemeente):
        assert not Werkzoekende.objects.filter(id_bron=number).exists()

    scherm.goto(reverse("uploads:intrekken"))
    faults += scherm.faults("nummers intrekken")
    scherm.page.get_by_label("Nummers", exact=True).fill("bestaat-niet")
    scherm.page.get_by_role("button", name="Verder").click()
    scherm.page.wait_for_selector("text=Geen van deze nummers")
    faults += scherm.faults("nummers intrekken fout")
    ready(gemeente, RECORDS[:3], "wacht.json")
    scherm.goto(reverse("uploads:alles_intrekken"))
    faults += scherm.faults("alles intrekken")
    scherm.page.get_by_role("button", name="Alles intrekken").click()
    scherm.page.wait_for_selector("text=Zet een vinkje")
    faults += scherm.faults("alles intrekken fout")
    scherm.page.get_by_label("Ja, ik wil alles").check()
    scherm.page.get_by_role("button", name="Alles intrekken").click()
    scherm.page.wait_for_selector("text=Er zijn 59 records ingetrokken.")
    faults += scherm.faults("gepubliceerd leeg")
    scherm.goto(f"{reverse('uploads:gepubliceerd')}?soort=werkgeverscontactmomenten")
    faults += scherm.faults("gepubliceerd contactmomenten")
    with voor_gemeente(gemeente):
        assert not Werkzoekende.objects.exists()
        assert Levering.objects.filter(status="vervallen").count() == 1
    assert scherm.errors == []
    assert faults == []


def test_the_set_is_downloaded_as_a_file(scherm, gemeente):
    publish(gemeente, RECORDS, "werkzoekenden.json")
    scherm.goto(f"{reverse('uploads:gepubliceerd')}?postcode=97")
    for name, ending in (("Download als Excel", "xlsx"), ("Download als csv", "csv")):
        with scherm.page.expect_download() as waiting:
            scherm.page.get_by_role("link", name=name).click()
        assert waiting.value.suggested_filename.startswith("werkzoekenden-")
        assert waiting.value.suggested_filename.endswith(ending)
        assert waiting.value.path().stat().st_size > 500
