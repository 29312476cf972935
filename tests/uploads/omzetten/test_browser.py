"""Two files that belong together, in a real browser: from choosing both to read as one, by keyboard, judged by axe."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import Scherm
from tests.factories import een_client, een_gebruiker
from tests.uploads.omzetten.test_bladen import CONTACT, PERSONEN, fresh, workbook
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.models import Levering, Leveringstatus

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Without a space: nothing at which a line can end.
NAAM = "personen_wijkteam_noord_en_oost_totaal"


def converted(gemeente: Gemeente) -> Levering:
    with voor_gemeente(gemeente):
        pk = Levering.objects.latest("pk").pk
    tasks.convert(pk, gemeente.pk)
    return fresh(gemeente, pk)


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_two_files_are_chosen_confirmed_and_read_as_one(browser, live_server, gemeente, tmp_path, javascript):
    client = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada"))
    context: Any = browser.new_context(
        locale="nl-NL",
        viewport={"width": 1280, "height": 900},
        base_url=live_server.url,
        java_script_enabled=javascript,
    )
    scherm = Scherm(context, live_server.url)
    scherm.take_session(client)
    page = scherm.page
    scherm.goto(reverse("uploads:nieuw"))
    # There is one file, unless somebody says otherwise.
    expect(page.locator("input[name=tweede]")).to_be_hidden()
    page.get_by_text("Hoort er een tweede bestand bij?").press("Enter")
    expect(page.locator("input[name=tweede]")).to_be_visible()
    faults = scherm.faults("tweetal kiezen") if javascript else []
    for veld, naam, rijen in (("bestand", f"{NAAM}.xlsx", PERSONEN), ("tweede", "contact.xlsx", CONTACT)):
        (tmp_path / naam).write_bytes(workbook(Blad1=rijen))
        page.set_input_files(f"input[name={veld}]", str(tmp_path / naam))
    page.get_by_role("button", name="Uploaden").press("Enter")
    page.wait_for_url(re.compile(r"/leveringen/[0-9]+/$"))
    levering = converted(gemeente)
    scherm.goto(reverse("uploads:levering", args=[levering.pk]))
    assert f"De bestanden ‘{NAAM}’ en ‘contact’ lijken bij elkaar te horen" in page.content()
    faults += scherm.faults("tweetal vraag") if javascript else []
    page.get_by_role("button", name=f"Lees “contact” bij “{NAAM}”, op Cliëntnummer").press("Enter")
    page.wait_for_url(re.compile(r"/leveringen/[0-9]+/$"))
    levering = converted(gemeente)
    assert levering.status == Leveringstatus.KOPPELEN
    scherm.goto(reverse("uploads:koppelen", args=[levering.pk]))
    assert "Tel. mobiel (bestand contact)" in page.content()
    faults += scherm.faults("tweetal kolommen") if javascript else []
    page.locator("#naam").fill("Twee bestanden")
    page.get_by_role("button", name="Bewaren en omzetten").press("Enter")
    page.wait_for_url("**" + reverse("uploads:levering", args=[levering.pk]))
    levering = converted(gemeente)
    assert (levering.koppeling, levering.omgezet) == ("Twee bestanden", 5)
    scherm.goto(reverse("uploads:levering", args=[levering.pk]))
    page.locator("summary", has_text="Wat er gelezen is").press("Enter")
    assert page.locator("text=Bij niemand hoort rij 6 van “contact”.").is_visible()
    faults += scherm.faults("tweetal gelezen") if javascript else []
    assert (faults, scherm.errors) == ([], [])
