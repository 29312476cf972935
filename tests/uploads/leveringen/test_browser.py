"""The way of an upload in a real browser: choosing a file, progress that updates by itself, no page errors."""

import os
from typing import Any

import pytest
from django.urls import reverse

from exchange.waardelijsten.models import BEROEPEN, Code
from tests.browser import give_session
from tests.factories import een_client, een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad
from um_portal.tenants.models import Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.models import Levering, Leveringstatus

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("SCHERMBEELDEN", "")


def shot(page: Any, naam: str, breedte: int) -> None:
    """Keep what the page looks like, when asked."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{naam}-{breedte}.png", full_page=True)


@pytest.mark.parametrize("breedte", [1280, 375])
def test_a_file_goes_from_choosing_to_published(browser, live_server, tmp_path, breedte):
    gemeente = een_gemeente("Testdorp")
    client = een_client(
        een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada", last_name="Beheerder")
    )
    Code.objects.create(lijst=BEROEPEN, code="urn:um-demo:beroep:kok", label="Kok")
    bestand = tmp_path / "Sonar dashboard november.xlsx"
    bestand.write_bytes(
        een_werkblad(
            [een_sonar_rij(Bemiddelingsberoep="Kok", Rijbewijs="B,BE") for _ in range(40)]
            + [een_sonar_rij(Bemiddelingsberoep="Tovenaar", Vervoer="step") for _ in range(5)]
            + [
                None,
                een_sonar_rij(Toestemming="Nee"),
                een_sonar_rij(Postcode="0000AA"),
                een_sonar_rij(ID_WZ="NNB"),
            ]
        )
    )
    context = browser.new_context(viewport={"width": breedte, "height": 900}, base_url=live_server.url)
    give_session(context, client, live_server.url)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)

    page.goto(reverse("uploads:lijst"))
    shot(page, "1-lijst-leeg", breedte)
    page.goto(reverse("uploads:nieuw"))
    page.set_input_files("input[type=file]", str(bestand))
    shot(page, "2-nieuw", breedte)
    page.click("button:has-text('Uploaden')")
    page.wait_for_selector("#voortgang")
    shot(page, "3-ontvangen", breedte)
    with voor_gemeente(gemeente):
        levering = Levering.objects.get()
        Levering.objects.update(
            status=Leveringstatus.OMZETTEN,
            koppeling="sonar",
            soort="werkzoekenden",
            rijen_totaal=48,
            rijen_gedaan=20,
            gelezen=20,
            omgezet=20,
        )
    page.wait_for_selector("text=20 van 48 rijen")
    shot(page, "4-omzetten", breedte)
    tasks.convert(levering.pk, gemeente.pk)
    page.wait_for_selector("text=Klaar om te publiceren")
    shot(page, "5-omgezet", breedte)
    page.click("main a:has-text('Publiceren')")
    page.wait_for_url("**" + reverse("uploads:publiceer", args=[levering.pk]))
    shot(page, "6-bevestigen", breedte)
    page.click("main button:has-text('Publiceren')")
    page.wait_for_selector("text=Bezig met publiceren")
    shot(page, "7-publiceren", breedte)
    tasks.publish(levering.pk, gemeente.pk)
    page.wait_for_selector("text=45 profielen zijn nieuw")
    shot(page, "8-gepubliceerd", breedte)
    page.goto(reverse("uploads:gepubliceerd"))
    shot(page, "9-stand", breedte)
    page.goto(reverse("uploads:lijst"))
    shot(page, "10-lijst", breedte)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    assert errors == []
