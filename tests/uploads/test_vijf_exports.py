"""Five unlike exports go from choosing the file to published by the screens alone, and need few decisions."""

import re
from typing import Any

import pytest
from django.urls import reverse

from exchange.bron.models import Vacature, Werkzoekende
from exchange.waardelijsten.models import BEROEPEN, Code
from tests.browser import Scherm, give_session
from tests.factories import een_client
from tests.uploads.exports import BSN, EXPORTS
from tests.uploads.wandeling import Wandeling, lead
from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.models import Levering, Leveringstatus

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BEROEPEN_IN_DE_LIJST = (
    "Kok", "Magazijnmedewerker", "Schoonmaker", "Verzorgende IG", "Bestelwagenchauffeur", "Buschauffeur",
)  # fmt: skip
# Per export what becomes of its rows (published, skipped, refused), the clicks, and what the clerk decides.
UITKOMST = {
    "Clienten 2026-11-27.csv": ((36, 4, 0), 10, ["Chauffeur", "Verzorgende"]),
    "Candidates Q4.xlsx": ((25, 5, 0), 10, ["Blad", "verborgen rijen overslaan", "Vult aan en werkt bij"]),
    "KLANT_EXP.xls": ((31, 4, 0), 7, ["Vult aan en werkt bij"]),
    "Openstaande vacatures.ods": ((20, 0, 0), 6, []),
    "trajecten november.txt": (
        (30, 0, 0), 10, ["Trajectnr", "Startdatum", "Ik verklaar namens de gemeente", "Vult aan en werkt bij"],
    ),
}  # fmt: skip


def work(gemeente: Gemeente) -> None:
    """Does what a worker does with the newest levering."""
    with voor_gemeente(gemeente):
        levering = Levering.objects.latest("pk")
    task = tasks.publish if levering.status == Leveringstatus.PUBLICEREN else tasks.convert
    if levering.is_bezig:
        task(levering.pk, gemeente.pk)


def test_five_unlike_exports_are_published_by_the_screens_alone(
    browser: Any, live_server: Any, gemeente: Gemeente, gebruiker: Gebruiker
) -> None:
    for naam in BEROEPEN_IN_DE_LIJST:
        Code.objects.create(lijst=BEROEPEN, code=f"urn:um-demo:beroep:{naam.lower()}", label=naam)
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    give_session(context, een_client(gebruiker), live_server.url)
    scherm = Scherm(context, live_server.url)

    def look(name: str) -> None:
        assert BSN not in scherm.page.content()
        scherm.shot(f"{list(EXPORTS).index(naam)} {name}", 1280)

    found = {}
    for naam, make in EXPORTS.items():
        scherm.goto(reverse("uploads:nieuw"))
        wandeling = Wandeling(scherm.page, lambda: work(gemeente), look)
        lead(wandeling, naam, make())
        with voor_gemeente(gemeente):
            levering = Levering.objects.latest("pk")
        assert levering.status == Leveringstatus.GEPUBLICEERD
        counts = (levering.omgezet, levering.overgeslagen, levering.afgekeurd)
        found[naam] = (counts, wandeling.clicks, [re.split(": ", one)[0] for one in wandeling.decisions])
    assert found == UITKOMST
    with voor_gemeente(gemeente):
        assert (Werkzoekende.objects.count(), Vacature.objects.count()) == (36 + 25 + 31 + 30, 20)
    assert scherm.errors == []
