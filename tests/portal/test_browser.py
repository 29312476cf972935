"""The portal in a real browser: with the keyboard, on a phone, without JavaScript, and judged by axe."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Playwright, expect

from tests.browser import Scherm, a_chromium, a_chromium_with, a_playwright, what_it_keeps
from tests.processes import TOCH_PUBLICEREN, Demonstratie, Medewerker, a_demonstration, wait_until
from tests.uploads.exports import EXPORTS
from um_portal.demo.accounts import WACHTWOORD

pytestmark = pytest.mark.browser

Open = Callable[..., Scherm]

JOBCOACH = "jobcoach@oosterveen.example"
# Whose searches and leveringen are made to be looked at.
KIJK_JOBCOACH, KIJK_BEHEERDER = "jobcoach@lindewaard.example", "gegevensbeheerder@lindewaard.example"
# The same for everybody, so judged once.
SAME_FOR_ALL = ("/hulp", "/toegankelijkheid", "/privacy", "/woordenboek", "/api")
EMAIL = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with a_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def demo(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstratie]:
    place = tmp_path_factory.mktemp("demo")
    # The source that falters keeps still: here it is about the pages.
    with a_demonstration(place, UM_SIMULATOR_HAPERING="0") as demo:
        yield demo
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    with a_chromium(playwright) as browser:
        yield browser


@pytest.fixture
def open_scherm(demo: Demonstratie, chromium: Browser) -> Iterator[Open]:
    """Open a browser of one's own, logged in when somebody is named; no page may have complained."""
    opened: list[tuple[BrowserContext, Scherm]] = []

    def open_one(gebruikersnaam: str = "", **options: Any) -> Scherm:
        context = chromium.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900}, **options)
        context.set_default_timeout(20_000)
        scherm = Scherm(context, demo.url)
        opened.append((context, scherm))
        if gebruikersnaam:
            scherm.log_in(gebruikersnaam)
        return scherm

    yield open_one
    for context, _ in opened:
        context.close()
    assert [error for _, scherm in opened for error in scherm.errors] == []


@pytest.fixture(scope="module")
def example(demo: Demonstratie) -> Path:
    return demo.data / "voorbeelden" / "sonar-export-lindewaard.xlsx"


def fill_in_a_search(scherm: Scherm, postcode: str = "7511 AB", **more: str) -> None:
    scherm.goto("/zoeken/")
    # What somebody was working on before is still there.
    scherm.page.get_by_role("button", name="Alles leegmaken").click()
    expect(scherm.page.get_by_label("Postcode")).to_have_value("")
    scherm.page.get_by_label("Postcode").fill(postcode)
    for label, value in more.items():
        scherm.page.get_by_label(re.compile(f"^{label}")).fill(value)
    scherm.page.get_by_role("main").get_by_role("button", name="Zoeken", exact=True).click()


def open_a_result(scherm: Scherm) -> None:
    fill_in_a_search(scherm, Afstand="0")
    scherm.page.get_by_role("table").get_by_role("link", name="resultaat").first.click()
    # Beside the list, or without JavaScript a page of its own.
    scherm.page.wait_for_url(re.compile(r"open=|/resultaten/"))


def email_in_the_detail(scherm: Scherm) -> str:
    scherm.page.get_by_role("button", name=re.compile("Detail (opnieuw )?opvragen")).click()
    found = EMAIL.search(scherm.page.locator("#detail[data-vertrouwelijk]").inner_text())
    assert found, scherm.text
    return found[0]


# --- The newcomer's path, by keyboard alone ------------------------------------------------------------


def test_a_newcomer_searches_and_requests_a_detail_with_the_keyboard_alone(open_scherm: Open) -> None:
    scherm = open_scherm()
    scherm.goto("/")
    scherm.tab_to("E-mailadres")
    scherm.type(JOBCOACH)
    scherm.tab_to("Wachtwoord")
    scherm.type(WACHTWOORD)
    scherm.press("Enter")
    scherm.page.wait_for_url(f"{scherm.url}/")

    scherm.tab_to("Direct naar de inhoud")
    scherm.press("Enter")
    scherm.tab_to("Meer criteria", "button")
    scherm.press("Enter")
    scherm.page.wait_for_url("**/zoeken/")
    scherm.tab_to("Postcode")
    scherm.type("7511 ab")
    scherm.tab_to("Afstand")
    scherm.type("25")
    scherm.tab_to("Beroep")
    scherm.type("magazijn")
    expect(scherm.page.locator("#beroepen option").first).to_have_attribute("value", re.compile("Magazijn"))
    scherm.type("magazijnmedewerker")
    scherm.tab_to("Zoeken", "button")
    scherm.press("Enter")

    expect(scherm.page.get_by_role("table")).to_be_visible()
    scherm.tab_to("Magazijnmedewerker")
    scherm.press("Enter")
    scherm.page.wait_for_url("**open=*")
    scherm.tab_to("Detail opvragen", "button")
    scherm.press("Enter")
    expect(scherm.page.locator("#detail-kop")).to_be_focused()
    assert EMAIL.search(scherm.text)


def test_a_file_is_uploaded_and_published_with_the_keyboard_alone(
    open_scherm: Open, demo: Demonstratie
) -> None:
    scherm = open_scherm("gegevensbeheerder@haverbroek.example")
    scherm.tab_to("Leveringen", "a")
    scherm.press("Enter")
    scherm.page.wait_for_url("**/leveringen/")
    scherm.tab_to("Bestand aanleveren", "a")
    scherm.press("Enter")
    scherm.page.wait_for_url("**/leveringen/nieuw/")
    scherm.tab_to("Bestand", "input")
    # The system's own window to choose a file is the one thing that is not a page.
    scherm.page.set_input_files(
        "input[type=file]", demo.data / "voorbeelden" / "sonar-export-haverbroek.xlsx"
    )
    expect(scherm.page.get_by_text("Gekozen: sonar-export-haverbroek.xlsx")).to_be_visible()
    scherm.tab_to("Uploaden", "button")
    scherm.press("Enter")

    expect(scherm.page.get_by_text("Klaar om te publiceren")).to_be_visible()
    scherm.tab_to("Publiceren", "a")
    scherm.press("Enter")
    scherm.page.wait_for_url("**/publiceer/")
    scherm.tab_to("Vervangt alles wat er nu staat", "input")
    scherm.press("Space")
    scherm.tab_to("Publiceren", "button")
    scherm.press("Enter")
    expect(scherm.page.get_by_text("Waarom verdwijnen er zoveel?")).to_be_visible()
    scherm.tab_to("Deze mensen of vacatures zijn uitgeschreven of vervuld", "input")
    scherm.press("Space")
    scherm.tab_to("Toch publiceren", "button")
    scherm.press("Enter")
    expect(scherm.page.get_by_text("profielen zijn nieuw")).to_be_visible()
    assert "450 zijn verdwenen" in scherm.text


def test_the_back_button_and_a_suggestion_lose_nothing_of_a_search(open_scherm: Open) -> None:
    scherm = open_scherm(JOBCOACH)
    fill_in_a_search(scherm, postcode="Alphen", Minimaal="24")
    scherm.page.get_by_role("button", name="Alphen aan den Rijn").click()
    expect(scherm.page.get_by_label("Postcode")).to_be_focused()
    scherm.page.get_by_role("main").get_by_role("button", name="Zoeken", exact=True).click()
    scherm.page.wait_for_url("**/vragen/*/")
    expect(scherm.page).to_have_title(re.compile("resulta"))
    for _ in range(2):
        scherm.page.go_back()
        expect(scherm.page.get_by_label("Minimaal")).to_have_value("24")
    # What is typed is kept a moment later, also when the page is left without sending it.
    scherm.page.get_by_label("Maximaal").fill("31")
    draft = scherm.page.get_by_role("link", name="Verder met deze zoekvraag")

    def told() -> bool:
        scherm.goto("/")
        return draft.is_visible()

    # It is sent while the next page is asked for, so that page may be a moment too early.
    wait_until(told, "the start page tells of the draft", 10, 0.5)
    draft.click()
    expect(scherm.page.get_by_label("Maximaal")).to_have_value("31")


# --- A municipality from application to first search, and the day of VNG support ------------------------

APPLICANT, APPLICANT_OIN = "Waterhoven", "00000001899000137000"


def test_a_municipality_goes_from_its_application_to_its_first_search(
    open_scherm: Open, demo: Demonstratie
) -> None:
    support = open_scherm("support@vng.example")
    expect(support.page.get_by_role("heading", name="Gemeenten die aandacht vragen")).to_be_visible()
    support.picture("support-start", "Gemeenten die aandacht vragen")
    _register_and_admit(support)
    _invite(support, "/gebruikers/beheerder", "beheerder@waterhoven.example", Gemeente=APPLICANT)

    beheerder = open_scherm()
    _accept_invitation(beheerder, demo, "beheerder@waterhoven.example")
    beheerder.goto("/collegas/uitnodigen")
    beheerder.page.get_by_role("radio", name="Jobcoach").check()
    beheerder.page.get_by_label("E-mailadres").fill("coach@waterhoven.example")
    beheerder.page.get_by_role("main").get_by_role("button", name="Uitnodigen").click()
    expect(beheerder.page.get_by_role("main")).to_contain_text("De uitnodiging")
    beheerder.picture("collegas")

    coach = open_scherm()
    _accept_invitation(coach, demo, "coach@waterhoven.example")
    fill_in_a_search(coach, Afstand="10")
    expect(coach.page.get_by_role("table")).to_be_visible()
    coach.picture("eerste-zoekvraag")
    coach.page.get_by_role("table").get_by_role("link", name="resultaat").first.click()
    coach.page.wait_for_url("**open=*")
    coach.picture("match", of=".um-resultaten__vlak", height=640)

    # Support sees that it happened, and nothing of what was found.
    support.goto("/logboek/alle")
    expect(support.page.get_by_role("main")).to_contain_text(APPLICANT)
    support.picture("support-logboek")


def _register_and_admit(scherm: Scherm) -> None:
    page, main = scherm.page, scherm.page.get_by_role("main")
    scherm.goto("/gemeenten/inschrijven/")
    main.get_by_label("OIN").fill(APPLICANT_OIN)
    main.get_by_label("Naam").fill(APPLICANT)
    main.get_by_role("button", name="Inschrijven").click()
    page.wait_for_url(f"**/gemeenten/{APPLICANT_OIN}/")
    ways = main.locator("a[href*='/voorwaarden/']").evaluate_all("(all) => all.map((a) => a.pathname)")
    today = date.today()
    values = {
        "vervuld_op": today.isoformat(),
        "geldig_tot_en_met": (today + timedelta(days=300)).isoformat(),
        "telefoon": "000 000 00 00",
        "kenmerk": "ZAAK-1",
    }
    given = {
        "kvk": "00000000",
        "privacy": "privacy@waterhoven.example",
        "beveiliging": "ciso@waterhoven.example",
    }
    for number, way in enumerate(dict.fromkeys(ways)):
        if number == len(ways) - 2:
            scherm.goto(f"/gemeenten/{APPLICANT_OIN}/")
            scherm.picture("voorwaarden")
        scherm.goto(way)
        for name, value in {**values, "gegeven": given.get(way.split("/")[-2], "1.0")}.items():
            if main.locator(f"[name={name}]").count():
                main.locator(f"[name={name}]").fill(value)
        for box in main.locator("[type=checkbox]").all():
            box.check()
        main.get_by_role("button", name="Vastleggen").click()
        page.wait_for_url(f"**/gemeenten/{APPLICANT_OIN}/")
    main.get_by_role("link", name="Toelaten").click()
    main.get_by_role("radio").first.check()
    scherm.picture("toelaten")
    main.get_by_role("button", name="Toelaten").click()
    expect(main).to_contain_text("is toegelaten tot de uitwisseling")


def _invite(scherm: Scherm, path: str, email: str, **choices: str) -> None:
    scherm.goto(path)
    main = scherm.page.get_by_role("main")
    for label, choice in choices.items():
        main.get_by_label(label).select_option(label=choice)
    main.get_by_label("E-mailadres").fill(email)
    main.get_by_role("button", name="Uitnodigen").click()
    expect(main).to_contain_text("De uitnodiging")


def _accept_invitation(scherm: Scherm, demo: Demonstratie, email: str) -> None:
    def link() -> str:
        for mail in sorted((demo.data / "postvak").glob("*.eml"), reverse=True):
            message = message_from_bytes(mail.read_bytes(), policy=policy.default)
            found = re.search(r"/account/uitnodiging/\S+", message.get_content())
            if message["To"] == email and found:
                return found[0]
        return ""

    wait_until(lambda: bool(link()), f"a mail to {email}")
    scherm.goto(link())
    for label in ("Wachtwoord", "Wachtwoord, nog een keer"):
        scherm.page.get_by_label(label, exact=True).fill(WACHTWOORD)
    scherm.page.get_by_role("main").get_by_role("button", name="Verder").click()
    scherm.page.wait_for_url(f"{scherm.url}/")


def test_a_clerk_is_told_how_a_file_stands_and_what_its_columns_could_be(
    open_scherm: Open, example: Path, tmp_path: Path
) -> None:
    """Its pictures are those of the documents for clerks."""
    clerk = open_scherm(KIJK_BEHEERDER)
    known, unknown = example, tmp_path / "Clienten 2026-11-27.csv"
    unknown.write_bytes(EXPORTS[unknown.name]())
    for file, stand in ((known, "Klaar om te publiceren"), (unknown, "Vertel wat er in de kolommen staat")):
        clerk.goto("/leveringen/nieuw/")
        clerk.page.set_input_files("input[type=file]", file)
        clerk.page.get_by_role("button", name="Uploaden").click()
        expect(clerk.page.get_by_role("main")).to_contain_text(stand)
        if file is known:
            expect(clerk.page.get_by_role("main")).to_contain_text("rijen gaan mee")
            clerk.picture("levering")
    clerk.page.get_by_role("main").get_by_role("link", name="Kolommen kiezen").click()
    expect(clerk.page.get_by_role("heading", name="Wat staat er in elke kolom?")).to_be_visible()
    clerk.page.locator("summary").filter(has_text="17 kolommen").click()
    clerk.picture("koppelen", "Wat staat er in elke kolom?", height=640)


# --- What the page does by itself ----------------------------------------------------------------------


def test_the_page_of_a_search_changes_by_itself_when_the_answer_comes(
    open_scherm: Open, demo: Demonstratie
) -> None:
    scherm = open_scherm(JOBCOACH)
    with demo.simulator_holds_its_breath():
        fill_in_a_search(scherm)
        expect(scherm.page.get_by_text("ligt bij de bronnen")).to_be_visible()
        scherm.page.evaluate("window.dezelfde = true")
    expect(scherm.page.get_by_role("table")).to_be_visible()
    assert scherm.page.evaluate("window.dezelfde")


# --- Nothing stays behind in the browser ---------------------------------------------------------------


def test_a_detail_is_gone_after_going_away_and_coming_back(open_scherm: Open) -> None:
    scherm = open_scherm(JOBCOACH)
    open_a_result(scherm)
    email = email_in_the_detail(scherm)
    scherm.page.get_by_role("link", name="Start").first.click()
    scherm.page.wait_for_url(f"{scherm.url}/")
    scherm.page.go_back()
    scherm.page.wait_for_url("**open=*")
    assert "Detail" in scherm.text
    assert email not in scherm.page.content()


def test_a_page_empties_itself_the_moment_it_is_left(open_scherm: Open) -> None:
    scherm = open_scherm(JOBCOACH)
    open_a_result(scherm)
    email = email_in_the_detail(scherm)
    # For a browser that keeps the page to go back to, whatever it was told.
    scherm.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert email not in scherm.page.content()
    scherm.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert "Deze gegevens zijn gewist" in scherm.text


def test_a_detail_closes_by_itself_after_a_warning_and_the_coach_can_have_more_time(
    open_scherm: Open,
) -> None:
    scherm = open_scherm(JOBCOACH)
    open_a_result(scherm)
    scherm.page.clock.install()
    scherm.page.reload()
    email = email_in_the_detail(scherm)

    def minutes_pass(minutes: float) -> None:
        scherm.page.clock.fast_forward(int(minutes * 60_000))
        scherm.page.clock.run_for(1_500)

    minutes_pass(9)
    more = scherm.page.get_by_role("button", name="Langer open laten")
    expect(more).to_be_visible()
    assert scherm.faults("detail met waarschuwing") == []
    scherm.tab_to("Langer open laten")
    scherm.press("Enter")
    expect(scherm.page.locator("#detail-kop")).to_be_focused()
    minutes_pass(8)
    assert email in scherm.text
    minutes_pass(3)
    assert email not in scherm.page.content()
    assert "kost weer 1 detail" in scherm.text
    assert scherm.faults("gesloten detail") == []
    scherm.page.get_by_role("link", name="Terug", exact=True).click()
    expect(scherm.page.get_by_role("button", name="Detail opnieuw opvragen")).to_be_visible()


def test_the_browser_keeps_nothing_of_a_detail(
    demo: Demonstratie, playwright: Playwright, tmp_path: Path
) -> None:
    with a_chromium_with(playwright, tmp_path / "profiel") as context:
        scherm = Scherm(context, demo.url)
        scherm.log_in(JOBCOACH)
        open_a_result(scherm)
        path = scherm.path
        email = email_in_the_detail(scherm)
        # htmx remembers where it is; that is all.
        where = {"htmx-current-path-for-history": path}
        assert scherm.keeps() == {"local": {}, "session": where, "databases": [], "caches": []}
        scherm.goto("/")
        scherm.page.go_back()
        scherm.goto("/hulp")
    assert scherm.errors == []
    assert what_it_keeps(tmp_path / "profiel", path), "the history of the browser is found by this search"
    assert what_it_keeps(tmp_path / "profiel", email) == []


# --- Without JavaScript --------------------------------------------------------------------------------


def test_searching_and_a_detail_work_without_javascript(open_scherm: Open) -> None:
    scherm = open_scherm(JOBCOACH, java_script_enabled=False)
    open_a_result(scherm)
    email = email_in_the_detail(scherm)
    scherm.page.get_by_role("link", name="Terug naar het zoekprofiel").click()
    assert "nog 9 details" in scherm.text
    assert email not in scherm.page.content()


def test_uploading_and_publishing_work_without_javascript(open_scherm: Open, demo: Demonstratie) -> None:
    scherm = open_scherm("gegevensbeheerder@oosterveen.example", java_script_enabled=False)
    scherm.page.get_by_role("link", name="Leveringen").first.click()
    scherm.page.get_by_role("link", name="Bestand aanleveren").first.click()
    scherm.page.set_input_files("input[type=file]", demo.data / "voorbeelden" / "vacatures-oosterveen.csv")
    scherm.page.get_by_role("button", name="Uploaden").click()
    expect(scherm.page.get_by_text("Klaar om te publiceren")).to_be_visible()
    scherm.page.get_by_role("main").get_by_role("link", name="Publiceren", exact=True).click()
    scherm.page.get_by_label("Vervangt alles wat er nu staat").check()
    scherm.page.get_by_role("button", name="Publiceren").click()
    scherm.page.get_by_label("De vorige levering was niet goed").check()
    scherm.page.get_by_role("button", name="Toch publiceren").click()
    expect(scherm.page.get_by_text("profielen zijn nieuw")).to_be_visible()


# --- Every page of everybody ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wereld(demo: Demonstratie, example: Path) -> None:
    """Something to see in every state: searches and leveringen that are under way, done, empty and failed."""
    jobcoach, beheerder = Medewerker(demo, KIJK_JOBCOACH), Medewerker(demo, KIJK_BEHEERDER)
    for soort, naam, asked, outcome in (
        ("werkzoekenden", "Rond Alphen", {"postcode": "2405AB", "afstand": 25}, "u hebt nog"),
        ("vacatures", "", {"postcode": "2405AB", "afstand": 40}, "u hebt nog"),
        ("werkzoekenden", "Magazijn", {"postcode": "2405AB", "afstand": 0}, "u hebt nog"),
        ("werkzoekenden", "Zorg", {"postcode": "2405AB", "afstand": 0}, "u hebt nog"),
        ("vacatures", "", {"postcode": "1791AB", "afstand": 0, "uren_vanaf": 99}, "Geen resultaten"),
    ):
        page = jobcoach.post("/zoeken/", {"soort": soort, "naam": naam, **asked})
        jobcoach.wait_for(page.path, outcome)

    half = b"idVacature;naamVacature;adres.postcode\nA;Kok;2405AB\nB;Bakker;\n"
    for name, content, outcome in (
        ("export.xlsx", example.read_bytes(), "Klaar om te publiceren"),
        ("vacatures.csv", half, "Klaar om te publiceren"),
        ("onbekend.csv", b"naam;leeftijd\nJan;40\n", "Vertel wat er in de kolommen staat"),
        ("ingetrokken.csv", half, "Klaar om te publiceren"),
        ("bezig.csv", half, "Klaar om te publiceren"),
    ):
        page = beheerder.post("/leveringen/nieuw/", files={"bestand": (name, content)})
        beheerder.wait_for(page.path, outcome)
        if name == "ingetrokken.csv":
            beheerder.post(f"{page.path}verwijder/")
        if name == "vacatures.csv":
            beheerder.post(f"{page.path}publiceer/", TOCH_PUBLICEREN)
            beheerder.wait_for(page.path, "Bekijk wat er nu gepubliceerd is")
    # What lasts a moment, or hardly ever happens, is put in its state by hand.
    with demo.database() as database:
        until = "now() + interval '1 hour'"
        database.execute(
            f"UPDATE bemiddelaar_zoekvraag SET status = 'bezig', lease_tot = {until} WHERE naam = 'Magazijn'"
        )
        database.execute(
            "UPDATE bemiddelaar_zoekvraag SET status = 'mislukt', melding = 'De uitwisseling antwoordde niet op "
            "tijd. Probeer het over een paar minuten opnieuw.' WHERE naam = 'Zorg'"
        )
        database.execute(
            "UPDATE uploads_levering SET status = 'omzetten', rijen_totaal = 1400, rijen_gedaan = 900, gelezen = 900, "
            f"omgezet = 900, afgekeurd = 0, lease_tot = {until} WHERE bestandsnaam = 'bezig.csv'"
        )


def every_page(scherm: Scherm, seen: set[str]) -> Iterator[str]:
    """Follow every link from the start page, and be on each kind of page in turn; gives its name.

    `seen` are the kinds that need not be visited; those that were are added.
    """
    waiting = ["/"]
    while waiting:
        path = waiting.pop(0)
        # Of pages that only differ in their record, one is enough.
        kind = re.sub(r"\?soort=werkzoekenden$", "", path)
        alike = (
            r"(?<=resultaten/)\d+|\d+/verwijderen|waardelijsten/.*|(?<=^/hulp/)(?!rechten)[a-z-]+"
            r"|(?<=^/gemeenten/)\d+(?=/.)|(?<=^/gebruikers/)\d+"
        )
        kind = re.sub(alike, "#", kind)
        if kind in seen:
            continue
        seen.add(kind)
        response = scherm.page.request.head(f"{scherm.url}{path}")
        if not response.headers.get("content-type", "").startswith("text/html"):
            continue
        try:
            scherm.goto(path)
        except Error as stopped:
            if "Download is starting" not in stopped.message:
                raise
            continue
        yield path.strip("/") or "start"
        links: list[str] = scherm.page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.href)"
        )
        for link in links:
            address, _, query = link.split("#")[0].removeprefix(scherm.url).partition("?")
            if link.startswith(scherm.url) and address.startswith("/"):
                # Of the other parameters (order, page, filter) the page itself is enough.
                waiting.append(f"{address}?{query}" if re.fullmatch(r"soort=\w+", query) else address)


@pytest.fixture(scope="module")
def same_for_all() -> set[str]:
    """The pages that are the same for everybody, once they have been judged."""
    return set()


@pytest.mark.parametrize(
    ("rol", "gebruikersnaam", "least"),
    [
        ("jobcoach", KIJK_JOBCOACH, 15),
        ("gegevensbeheerder", KIJK_BEHEERDER, 15),
        ("functioneel-beheerder", "functioneel-beheerder@haverbroek.example", 8),
        ("support", "support@vng.example", 2),
    ],
)
def test_every_page_of_every_role_is_accessible_and_fits_a_phone(
    open_scherm: Open, wereld: None, same_for_all: set[str], rol: str, gebruikersnaam: str, least: int
) -> None:
    scherm = open_scherm(gebruikersnaam)
    faults: list[str] = []
    pages = []
    seen = same_for_all.copy()
    for name in every_page(scherm, seen):
        pages.append(name)
        assert scherm.page.locator("h1").count() == 1, name
        faults += scherm.faults(f"{rol} {name}")
    assert len(pages) >= least, pages
    same_for_all |= {kind for kind in seen if kind.startswith(SAME_FOR_ALL)}
    assert faults == []


def test_pages_that_tell_of_a_mistake_are_accessible_too(
    open_scherm: Open, wereld: None, tmp_path: Path
) -> None:
    faults: list[str] = []
    scherm = open_scherm()
    scherm.goto("/account/inloggen")
    faults += scherm.faults("inloggen")
    scherm.page.get_by_label("E-mailadres", exact=True).fill("niemand@test.example")
    scherm.page.get_by_label("Wachtwoord", exact=True).fill("verkeerd")
    scherm.page.get_by_role("button", name="Inloggen").click()
    expect(scherm.page.locator("[data-focus]")).to_be_focused()
    faults += scherm.faults("inloggen fout")

    scherm.log_in(JOBCOACH)
    for path in ("/bestaat-niet", "/leveringen/", "/gemeenten/"):
        scherm.goto(path)
        faults += scherm.faults(f"fout {path}")
    fill_in_a_search(scherm, postcode="12", Afstand="5000", Beroep="Magazijnmedwerker")
    expect(scherm.page.locator("[data-focus]")).to_be_focused()
    faults += scherm.faults("fout zoeken")

    beheerder = open_scherm(KIJK_BEHEERDER)
    beheerder.goto("/leveringen/nieuw/")
    beheerder.page.get_by_role("button", name="Uploaden").click()
    expect(beheerder.page.locator("[data-focus]")).to_be_focused()
    faults += beheerder.faults("fout geen bestand")
    (tmp_path / "brief.pdf").write_bytes(b"%PDF-1.7 ...")
    beheerder.page.set_input_files("input[type=file]", tmp_path / "brief.pdf")
    beheerder.page.get_by_role("button", name="Uploaden").click()
    expect(beheerder.page.locator("[data-focus]")).to_be_focused()
    faults += beheerder.faults("fout pdf")
    assert faults == []


def test_the_style_page_with_every_component_is_accessible(open_scherm: Open) -> None:
    scherm = open_scherm(JOBCOACH)
    scherm.goto("/stijlgids")
    assert "Stijlgids" in scherm.text
    assert scherm.faults("stijlgids") == []


def test_a_detail_and_the_menus_are_accessible_too(open_scherm: Open) -> None:
    faults: list[str] = []
    scherm = open_scherm(JOBCOACH)
    open_a_result(scherm)
    for left in range(9, -1, -1):
        scherm.page.get_by_role("button", name=re.compile("Detail (opnieuw )?opvragen")).click()
        expect(scherm.page.locator("#detail-kop")).to_be_focused()
        if left in {9, 0}:
            faults += scherm.faults(f"detail {left} over")
        scherm.page.reload()
    faults += scherm.faults("detail op")
    regio = open_scherm("regio@servicecentrum.example")
    regio.page.get_by_text("U werkt voor").first.click()
    faults += regio.faults("menu gemeente")
    regio.press("Escape")
    regio.page.get_by_text("Ingelogd als").click()
    faults += regio.faults("menu gebruiker")
    assert faults == []
