"""Looking at results in a real browser: the place is kept, by keyboard too, and on a phone cards stay small."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.bemiddelaar.summary import summarise
from exchange.fictief.beroepen import BEROEPEN
from exchange.fictief.generate import Postcodes, werkzoekenden
from exchange.standard import Soort, zoekprofiel
from exchange.waardelijsten import models as waardelijsten
from tests.browser import Scherm, a_chromium, a_playwright
from tests.factories import een_client, een_gebruiker, een_gemeente
from tests.processes import wait_until
from um_portal.tenants.scope import voor_gemeente

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Tells whether the buttons that stay in view lie over what has the focus.
BEHIND = """() => {
  const bar = document.querySelector('.um-knoppen--blijft');
  if (bar.contains(document.activeElement)) return false;
  const focused = document.activeElement.getBoundingClientRect(), buttons = bar.getBoundingClientRect();
  return focused.bottom > buttons.top + 1 && focused.top < buttons.bottom;
}"""
# The place of an element on the page, in pixels from its top.
TOP = "(element) => element.getBoundingClientRect().top + scrollY"
RECORDS = list(werkzoekenden(4, 60, Postcodes([3511, 3512, 1012, 9711])))


@pytest.fixture
def zoekvraag() -> Zoekvraag:
    waardelijsten.replace("beroepen", [(beroep.code, beroep.label) for beroep in BEROEPEN])
    gemeente = een_gemeente()
    profielen = [zoekprofiel(Soort.WERKZOEKENDEN, record) for record in RECORDS]
    with voor_gemeente(gemeente):
        found: Zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=een_gebruiker(gemeente),
            soort=Soort.WERKZOEKENDEN,
            status=Zoekstatus.KLAAR,
            aantal=len(profielen),
            maximum_bereikt=True,
            vraag_object={"selectiegebied": {"postcode": "3511AB", "afstand": 200}},
        )
        rows = zip(profielen, summarise(Soort.WERKZOEKENDEN, profielen, "3511AB"), strict=True)
        Resultaat.objects.bulk_create(
            Resultaat(
                gemeente=gemeente,
                zoekvraag=found,
                volgnummer=number,
                vum_id=f"vum-{number}",
                profiel=profiel,
                **{name: getattr(row, name) for name in row.__slots__},
            )
            for number, (profiel, row) in enumerate(rows, start=1)
        )
    return found


@pytest.fixture(params=[True, False], ids=["script", "zonder script"])
def scherm(
    request: Any, monkeypatch: pytest.MonkeyPatch, live_server: Any, zoekvraag: Zoekvraag
) -> Iterator[Scherm]:
    # Playwright's loop runs in this thread, where these tests also use the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with a_playwright() as playwright, a_chromium(playwright) as browser:
        context = browser.new_context(
            locale="nl-NL", viewport={"width": 1280, "height": 900}, java_script_enabled=request.param
        )
        found = Scherm(context, live_server.url)
        found.take_session(een_client(zoekvraag.gebruiker))
        yield found


@pytest.mark.parametrize("scherm", [True], indirect=True, ids=["script"])
def test_a_match_opens_beside_the_list_and_the_place_is_kept(scherm: Scherm, zoekvraag: Zoekvraag) -> None:
    page, start = scherm.page, f"/zoeken/vragen/{zoekvraag.pk}/"
    scherm.goto(start)
    faults = scherm.faults("resultaten")
    scherm.tab_to("Waar", "a")
    scherm.press("Enter")
    expect(page.locator("#sorteer-afstand")).to_be_focused()
    page.wait_for_url("**sorteer=afstand")
    page.locator(".um-resultatentabel tbody a[data-naast]").nth(2).click()
    expect(page.locator("#match-kop")).to_be_focused()
    expect(page.get_by_text("3 van 60")).to_be_visible()
    faults += scherm.faults("resultaat ernaast")
    page.locator("#match-volgende").click()
    expect(page.get_by_text("4 van 60")).to_be_visible()
    page.locator("#match-ster").get_by_role("button").click()
    expect(page.locator("#match-ster").get_by_role("button")).to_have_text("★ Ster weghalen")
    expect(page.locator(".um-ster[aria-pressed=true]")).to_have_count(1)
    page.locator("#notitie").fill("Bel 06 12345678")
    page.get_by_role("button", name="Notitie bewaren").click()
    expect(page.get_by_text("staat een e-mailadres of telefoonnummer")).to_be_visible()
    expect(page.locator("#notitie")).to_have_value("Bel 06 12345678")
    # The back button and a reload show the list with a match beside it.
    page.go_back()
    expect(page.get_by_text("3 van 60")).to_be_visible()
    page.reload()
    expect(page.get_by_text("3 van 60")).to_be_visible()
    page.locator("#sluit").click()
    expect(page.locator("#match")).to_have_count(0)
    assert scherm.focus()["tag"] == "a"
    star = page.locator(".um-ster").nth(5)
    star.focus()
    scherm.press("Enter")
    expect(page.locator(".um-ster[aria-pressed=true]")).to_have_count(2)
    expect(star).to_be_focused()
    for path in ("kaart", "vergelijken?n=1&n=2&n=3", "delen"):
        scherm.goto(start + path)
        faults += scherm.faults(path)
    assert scherm.errors == []
    assert faults == []


def test_on_a_phone_cards_are_small_and_going_back_finds_the_row(
    scherm: Scherm, zoekvraag: Zoekvraag
) -> None:
    page = scherm.page
    page.set_viewport_size({"width": 375, "height": 800})
    page.emulate_media(forced_colors="active")
    scherm.goto(f"/zoeken/vragen/{zoekvraag.pk}/?sorteer=afstand&pagina=2")
    heights = [box["height"] for box in (row.bounding_box() for row in page.locator("tbody tr").all()) if box]
    assert len(heights) == 25
    assert max(heights) <= 90
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    link = page.locator(".um-resultatentabel tbody a").nth(4)
    anchor = link.get_attribute("id")
    link.click()
    page.wait_for_url("**/resultaten/**")
    expect(page.get_by_text("30 van 60")).to_be_visible()
    page.get_by_role("link", name="Terug naar de resultaten").first.click()
    page.wait_for_url(f"**/?sorteer=afstand&pagina=2#{anchor}")
    assert scherm.errors == []


def test_on_a_phone_the_first_result_is_near_and_what_is_folded_is_one_step_away(
    scherm: Scherm, zoekvraag: Zoekvraag
) -> None:
    page = scherm.page
    page.set_viewport_size({"width": 375, "height": 800})
    scherm.goto(f"/zoeken/vragen/{zoekvraag.pk}/")
    row = page.locator(".um-resultatentabel tbody tr").first
    assert row.evaluate(TOP) <= 700
    change, level = page.get_by_role("link", name="Pas aan"), page.locator("#groep-niveau input").first
    for hidden in (change, level, page.get_by_role("link", name="Stel een preciezere vraag")):
        expect(hidden).to_be_hidden()
    for name in ("Uw vraag", "Er is meer.", "Filteren en sorteren"):
        scherm.tab_to(name, "summary")
        scherm.press("Enter")
    expect(change).to_be_visible()
    expect(page.get_by_role("link", name="Stel een preciezere vraag")).to_be_visible()
    faults = []
    scherm.tab_to("Niveau", "summary")
    scherm.press("Enter")
    level.focus()
    scherm.press("Space")
    if page.evaluate("Boolean(window.htmx)"):
        # The list is replaced: what was unfolded stays so, also when nothing is chosen any more.
        for chips in (1, 0):
            expect(page.locator(".um-filters__chip")).to_have_count(chips)
            expect(level).to_be_focused()
            faults += scherm.faults(f"telefoon, {chips} filters")
            scherm.press("Space")
    else:
        page.get_by_role("button", name="Filteren").click()
    expect(page.locator(".um-filters__chip")).to_have_count(1)
    with page.expect_download() as taken:
        page.get_by_role("link", name="csv").first.click()
    assert taken.value.suggested_filename == f"resultaten-zoekvraag-{zoekvraag.pk}.csv"
    # With room there is nothing to unfold.
    page.set_viewport_size({"width": 1280, "height": 900})
    scherm.goto(f"/zoeken/vragen/{zoekvraag.pk}/")
    expect(change).to_be_visible()
    expect(page.get_by_text("Filteren en sorteren")).to_be_hidden()
    assert row.evaluate(TOP) <= 620
    assert scherm.errors == []
    assert faults == []


@pytest.mark.parametrize("scherm", [True], indirect=True, ids=["script"])
def test_results_come_soon_go_on_after_putting_aside_and_print_without_buttons(
    scherm: Scherm, zoekvraag: Zoekvraag
) -> None:
    page, start = scherm.page, f"/zoeken/vragen/{zoekvraag.pk}/"
    scherm.goto(start)
    first = page.locator(".um-resultatentabel tbody tr").first
    assert first.evaluate("(row) => row.getBoundingClientRect().bottom") < 800
    # The weekly repeat, by keyboard.
    scherm.tab_to("Elke week herhalen", "button")
    scherm.press("Enter")
    expect(page.get_by_role("button", name="Stop met herhalen")).to_be_visible()
    faults = scherm.faults("herhalen")
    # Put aside beside the list: on to the next, without the list in between.
    scherm.goto(f"{start}?open=3")
    page.get_by_role("button", name="Wegleggen").click()
    expect(page.locator(".um-match__bladeren")).to_contain_text("Weggelegd")
    expect(page.locator("#match-kop")).to_be_focused()
    page.locator("#match-volgende").click()
    expect(page.get_by_text("3 van 59")).to_be_visible()
    # Twice as large, which is half the width, with colours of the system.
    page.set_viewport_size({"width": 640, "height": 450})
    page.emulate_media(forced_colors="active")
    for path in ("", "?open=2", "kaart", "resultaten/2/"):
        scherm.goto(start + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, path
    page.emulate_media(forced_colors="none", media="print")
    scherm.goto(start)
    expect(page.locator("tbody tr").first).to_be_visible()
    for button in page.locator("main").get_by_role("button").all():
        expect(button).to_be_hidden()
    assert scherm.errors == []
    assert faults == []


@pytest.mark.parametrize("scherm", [True], indirect=True, ids=["script"])
def test_what_has_the_focus_is_not_behind_the_buttons_that_stay_in_view(scherm: Scherm) -> None:
    page = scherm.page
    page.set_viewport_size({"width": 375, "height": 667})
    scherm.goto("/zoeken/?soort=vacatures")
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    page.locator("#inhoud").focus()
    for key in ["Tab"] * 40 + ["Shift+Tab"] * 15:
        scherm.press(key)
        # The browser scrolls with a delay.
        wait_until(lambda: not page.evaluate(BEHIND), f"in view is {scherm.focus()}", 3, 0.02)
    assert scherm.errors == []
