"""Checking a levering in a real browser: the filter, the own workbook back, how well it is filled, the templates."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from exchange.fictief import beroepen as fictief
from exchange.waardelijsten.models import BEROEPEN, Code
from tests.browser import Scherm, give_session
from tests.factories import een_client, een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad
from um_portal.demo.accounts import LINDEWAARD
from um_portal.demo.exports import write_sonar
from um_portal.tenants.models import Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.controle import opmerkingen
from uploads.leveringen.intake import receive
from uploads.mapping.eigen import KOP_LOT
from uploads.models import Levering

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_of_a_sonar_export_with_the_usual_errors_is_read_at_a_glance(browser, live_server, tmp_path):
    gemeente = een_gemeente("Testdorp")
    client = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada"))
    Code.objects.bulk_create(
        Code(lijst=BEROEPEN, code=beroep.code, label=beroep.label) for beroep in fictief.BEROEPEN
    )
    bestand = tmp_path / "Sonar dashboard november.xlsx"
    write_sonar(bestand, LINDEWAARD, 200)
    pk = receive(gemeente, inhoud=bestand.read_bytes(), bestandsnaam=bestand.name).pk
    tasks.convert(pk, gemeente.pk)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 375, "height": 800})
    give_session(context, client, live_server.url)
    scherm = Scherm(context, live_server.url)
    scherm.goto(reverse("uploads:levering", args=[pk]))
    words = len(scherm.page.inner_text("main").split())
    height = scherm.page.evaluate("document.documentElement.scrollHeight")
    assert (words <= 700, height <= 3000) == (True, True), (words, height)
    with voor_gemeente(gemeente):
        levering = Levering.objects.get(pk=pk)
    assert (levering.omgezet > 100, levering.afgekeurd > 3, levering.waarschuwingen > 30) == (
        True,
        True,
        True,
    )
    # The rest is folded.
    scherm.page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert f"{levering.gelezen} gelezen = {levering.omgezet} gaan mee" in scherm.text
    assert scherm.errors == []


def test_a_levering_is_checked_and_its_workbook_fetched(browser, live_server, monkeypatch):
    gemeente = een_gemeente("Testdorp")
    client = een_client(
        een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada", last_name="Beheerder")
    )
    Code.objects.create(lijst=BEROEPEN, code="urn:um-demo:beroep:kok", label="Kok")
    rijen = [een_sonar_rij(Bemiddelingsberoep="Kok" if n % 3 else "", Rijbewijs="B,BE") for n in range(40)]
    rijen += [een_sonar_rij(Vervoer="step") for _ in range(55)]
    rijen += [een_sonar_rij(Toestemming="Nee"), een_sonar_rij(Postcode="0000AA"), een_sonar_rij(ID_WZ="NNB")]
    levering = receive(gemeente, inhoud=een_werkblad(rijen), bestandsnaam="Sonar dashboard november.xlsx")
    tasks.convert(levering.pk, gemeente.pk)

    context = browser.new_context(base_url=live_server.url, accept_downloads=True)
    give_session(context, client, live_server.url)
    scherm = Scherm(context, live_server.url)
    page = scherm.page

    page_url = reverse("uploads:levering", args=[levering.pk])
    scherm.goto(page_url)
    # What needs somebody is read at a glance, on a phone as well; the rest is folded.
    page.set_viewport_size({"width": 375, "height": 800})
    assert len(page.inner_text("main").split()) <= 700
    assert page.evaluate("document.documentElement.scrollHeight") <= 3000
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert "98 gelezen = 95 gaan mee + 1 overgeslagen + 2 afgekeurd." in scherm.text
    assert "Werkzoekenden zonder beroep worden zelden gevonden." in scherm.text
    faults = scherm.faults("controle-levering")

    # Choose rows without the page being loaded anew, by keyboard alone.
    page.evaluate("window.zelfde = true")
    scherm.tab_to("Kolom", "select")
    page.keyboard.type("Postcode")
    scherm.tab_to("Toon deze rijen")
    scherm.press("Enter")
    page.wait_for_selector("text=1 melding met deze keuze")
    assert page.evaluate("window.zelfde")
    assert page.locator("#bevindingen tbody tr").count() == 1
    faults += scherm.faults("controle-filter")
    page.get_by_role("link", name="Toon alles").click()
    page.wait_for_selector("text=58 meldingen")

    with page.expect_download() as fetched:
        page.get_by_role("link", name="Bestand met opmerkingen downloaden").click()
    assert fetched.value.suggested_filename == "Sonar dashboard november-met-opmerkingen.xlsx"
    workbook = openpyxl.load_workbook(io.BytesIO(Path(fetched.value.path()).read_bytes()))
    assert KOP_LOT in [cell.value for cell in workbook.worksheets[1][1]]

    # As it goes with a large file.
    monkeypatch.setattr(opmerkingen, "_DIRECT_CELLS", 0)
    scherm.goto(page_url)
    page.get_by_role("link", name="Bestand met opmerkingen downloaden").click()
    faults += scherm.faults("opmerkingen-vragen")
    page.get_by_role("button", name="Bestand maken").click()
    page.wait_for_selector("#voortgang")
    faults += scherm.faults("opmerkingen-bezig")
    tasks.annotate(levering.pk, gemeente.pk)
    page.wait_for_selector("text=Het bestand is klaar")
    faults += scherm.faults("opmerkingen-klaar")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Downloaden").click()
    assert fetched.value.suggested_filename.endswith("-met-opmerkingen.xlsx")

    scherm.goto(reverse("uploads:nieuw"))
    faults += scherm.faults("nieuw-met-sjablonen")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Sjabloon voor vacatures").click()
    assert fetched.value.suggested_filename == "sjabloon-vacatures.xlsx"
    assert faults == []
    assert scherm.errors == []
