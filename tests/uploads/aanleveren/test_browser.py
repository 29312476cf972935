"""The pages for aanleversleutels in a real browser: by keyboard, judged by axe, copied, and gone after leaving."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import Scherm, a_chromium, a_playwright, give_session
from tests.factories import een_client, een_gebruiker, een_gemeente
from um_portal.tenants.models import Rol

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scherm(monkeypatch: pytest.MonkeyPatch, live_server: Any) -> Iterator[Scherm]:
    """A functioneel beheerder's browser."""
    # Playwright's loop runs in this thread, where these tests also use the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    client = een_client(
        een_gebruiker(een_gemeente("Testdorp"), Rol.FUNCTIONEEL_BEHEERDER, first_name="Fenna")
    )
    with a_playwright() as playwright, a_chromium(playwright) as browser:
        context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        give_session(context, client, live_server.url)
        scherm = Scherm(context, live_server.url)
        yield scherm
        context.close()
    assert scherm.errors == []


def looks_of(scherm: Scherm, label: str) -> str:
    """Gives the look of a radio button as the browser draws it."""
    script = "(one) => { const s = getComputedStyle(one); return [s.borderWidth, s.borderColor, s.background].join() }"
    return str(scherm.page.get_by_label(label, exact=True).evaluate(script))


def test_a_key_is_made_copied_and_revoked_with_the_keyboard_alone(scherm: Scherm) -> None:
    faults = []
    scherm.goto("/leveringen/")
    scherm.tab_to("Automatisch aanleveren", "a")
    scherm.press("Enter")
    scherm.page.wait_for_url("**/sleutels/")
    faults += scherm.faults("sleutels leeg")
    scherm.tab_to("Sleutel maken", "a")
    scherm.press("Enter")
    scherm.page.wait_for_url("**/sleutels/nieuw/")
    scherm.tab_to("Sleutel maken", "button")
    scherm.press("Enter")
    expect(scherm.page.get_by_text("Geef de sleutel een naam").first).to_be_visible()
    faults += scherm.faults("sleutel nieuw met fouten")
    scherm.tab_to("Naam", "input")
    scherm.type("Nachtelijke export uit het klantsysteem")
    scherm.tab_to("Werkzoekenden", "input")
    scherm.press("Space")
    assert looks_of(scherm, "Werkzoekenden") != looks_of(scherm, "Vacatures"), "one sees what was chosen"
    scherm.tab_to("Alleen vanaf deze IP-adressen", "textarea")
    scherm.type("192.0.2.0/24")
    faults += scherm.faults("sleutel nieuw")
    scherm.tab_to("Sleutel maken", "button")
    scherm.press("Enter")

    expect(scherm.page.get_by_role("heading", name="Sleutel gemaakt")).to_be_visible()
    tekst = scherm.page.get_by_label(re.compile("De sleutel")).input_value()
    assert re.fullmatch(r"um_[0-9]{20}_[0-9A-Za-z]{49}", tekst)
    faults += scherm.faults("sleutel gemaakt")
    scherm.tab_to("Kopiëren", "button")
    scherm.press("Enter")
    expect(scherm.page.get_by_text("Gekopieerd.")).to_be_visible()
    assert scherm.page.evaluate("navigator.clipboard.readText()") == tekst
    # For a browser that keeps the page to go back to, whatever it was told.
    scherm.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert tekst not in scherm.page.content()

    scherm.goto("/leveringen/sleutels/")
    assert tekst not in scherm.page.content()
    faults += scherm.faults("sleutels")
    scherm.tab_to("Intrekken", "a")
    scherm.press("Enter")
    scherm.page.wait_for_url("**/intrekken/")
    faults += scherm.faults("sleutel intrekken")
    scherm.tab_to("Intrekken", "button")
    scherm.press("Enter")
    expect(scherm.page.get_by_text("is ingetrokken en werkt niet meer")).to_be_visible()
    faults += scherm.faults("sleutels ingetrokken")
    assert faults == []


def test_without_javascript_a_key_can_be_made_and_read(scherm: Scherm, live_server: Any) -> None:
    browser = scherm.page.context.browser
    assert browser is not None
    context = browser.new_context(locale="nl-NL", java_script_enabled=False)
    context.add_cookies(scherm.page.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_server.url}/leveringen/sleutels/nieuw/")
    page.get_by_label("Naam", exact=True).fill("Zonder JavaScript")
    page.get_by_label("Vacatures").check()
    page.get_by_role("main").get_by_role("button", name="Sleutel maken").click()
    assert page.get_by_label(re.compile("De sleutel")).input_value().startswith("um_")
    assert not page.get_by_role("button", name="Kopiëren").is_visible()
    context.close()
