"""An export that nobody knows, in a real browser: from choosing the file to published, by keyboard, judged by axe."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from exchange.bron.models import Werkzoekende
from exchange.waardelijsten.models import BEROEPEN, Code
from tests.browser import Scherm, give_session
from tests.factories import een_client, een_gebruiker
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.models import Koppeling, Levering, Leveringstatus

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Scherm]
KOPPEN = (
    "Cliëntnr", "BSN", "Geslachtsnaam", "Geb.datum", "Postcode huisadres", "Gewenst beroep", "Uren per maand",
    "Hoogst genoten opleiding", "Nederlands spreken", "Rijbewijs B", "Klantmanager", "Team", "Wil ver weg",
    "Akkoord delen", "Beschikbaar per",
)  # fmt: skip
BSN = "123456782"


def een_export() -> bytes:
    """Semicolons, Windows-1252, dates as text, a title above it: unlike any preset."""
    rijen = [
        (
            f"C-{n}", BSN, "Vrücht", "01-02-1980", "3511 AB" if n % 7 else "99", "Kok", "104", "MBO niveau 4", "goed",
            "ja" if n % 2 else "nee", "P. Puk", "Werk & Zorg", "25", "Ja" if n % 5 else "Nee", "31 dec 2026",
        )
        for n in range(1, 31)
    ]  # fmt: skip
    titel = ("Overzicht werkzoekenden", *[""] * (len(KOPPEN) - 1))
    return "\r\n".join(";".join(rij) for rij in (titel, KOPPEN, *rijen)).encode("cp1252")


@pytest.fixture(autouse=True)
def _occupations(transactional_db: None) -> None:
    Code.objects.create(lijst=BEROEPEN, code="urn:um-demo:beroep:kok", label="Kok")


@pytest.fixture
def open_scherm(browser: Any, gemeente: Gemeente, live_server: Any) -> Iterator[Open]:
    """A tab in which a gegevensbeheerder is logged in; no page may have complained."""
    opened: list[Scherm] = []

    def open_one(**options: Any) -> Scherm:
        client = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Ada"))
        context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900}, **options)
        give_session(context, client, live_server.url)
        scherm = Scherm(context, live_server.url)
        opened.append(scherm)
        return scherm

    yield open_one
    for scherm in opened:
        assert scherm.errors == []


def the_levering(gemeente: Gemeente) -> Levering:
    with voor_gemeente(gemeente):
        found: Levering = Levering.objects.latest("pk")
    return found


def converted(gemeente: Gemeente) -> Levering:
    tasks.convert(the_levering(gemeente).pk, gemeente.pk)
    return the_levering(gemeente)


def choose_file(scherm: Scherm, tmp_path: Any) -> None:
    bestand = tmp_path / "WIZ export maart.csv"
    bestand.write_bytes(een_export())
    scherm.goto(reverse("uploads:nieuw"))
    scherm.page.set_input_files("input[type=file]", str(bestand))
    scherm.tab_to("Uploaden", "button")
    scherm.press("Enter")
    scherm.page.wait_for_url(re.compile(r"/leveringen/[0-9]+/$"))


def unfold(scherm: Scherm) -> None:
    """Opens what the page folds: the columns that are not doubtful, and the first rows."""
    scherm.page.evaluate(
        "document.querySelectorAll('main details.um-vak').forEach((one) => { one.open = true })"
    )


def test_an_unknown_export_goes_from_choosing_to_published_by_keyboard(open_scherm, gemeente, tmp_path):
    scherm = open_scherm()
    page = scherm.page
    choose_file(scherm, tmp_path)
    levering = converted(gemeente)
    assert levering.status == Leveringstatus.KOPPELEN
    page.wait_for_selector("text=Vertel wat er in de kolommen staat")
    faults = scherm.faults("koppelen levering")
    scherm.tab_to("Kolommen kiezen", "a")
    scherm.press("Enter")
    page.wait_for_selector("#koppelen")
    unfold(scherm)
    assert "Vrücht" in scherm.text
    assert BSN not in page.content()
    assert "(wordt niet getoond)" in scherm.text
    faults += scherm.faults("koppelen begin")

    # A column that nothing is known of: typing finds what it is, Enter chooses it, and the page shows what it does.
    page.locator("#k12-doel").focus()
    page.keyboard.type("reisaf")
    expect(page.locator("#k12-doel-lijst [role=option]")).to_have_count(1)
    faults += scherm.faults("koppelen zoeken")
    scherm.press("Escape")
    page.keyboard.type("reisaf")
    scherm.press("Enter")
    expect(page.locator("#k12-effect")).to_contain_text("Wordt: 25")
    assert scherm.focus()["id"] == "k12-doel"
    # Escape puts back what was chosen, and Enter in a field never saves.
    page.keyboard.type("geen idee")
    scherm.press("Escape")
    expect(page.locator("#k12-doel")).to_have_value("Maximale reisafstand")
    scherm.press("Enter")
    assert scherm.path == reverse("uploads:koppelen", args=[levering.pk])

    # Without its column nobody has given consent; that is told, and goes away again.
    page.locator("#k13-doel").focus()
    page.keyboard.type("niet meenemen")
    scherm.press("Enter")
    expect(page.locator("#nodig")).to_contain_text("Dit is nog nodig")
    faults += scherm.faults("koppelen nodig")
    page.locator("#k13-doel").focus()
    page.keyboard.type("toestemming")
    scherm.press("Enter")
    expect(page.locator("#nodig")).not_to_contain_text("Dit is nog nodig")
    # A fixed value: the field to fill it in comes when the target is chosen.
    page.locator("#x0-doel").focus()
    page.keyboard.type("kantoortijden")
    scherm.press("Enter")
    page.locator("#x0-waarde").select_option(label="Ja")
    expect(page.locator("#voorbeeld")).to_contain_text("indicatie kantoortijden")
    assert BSN not in page.content()

    page.locator("#naam").focus()
    scherm.type("WIZ")
    scherm.tab_to("Bewaren en omzetten", "button")
    scherm.press("Enter")
    page.wait_for_url("**" + reverse("uploads:levering", args=[levering.pk]))
    levering = converted(gemeente)
    assert (levering.status, levering.omgezet, levering.overgeslagen, levering.afgekeurd) == (
        Leveringstatus.OMGEZET, 20, 6, 4,
    )  # fmt: skip
    page.wait_for_selector("text=Klaar om te publiceren")
    scherm.tab_to("Publiceren", "a")
    scherm.press("Enter")
    page.wait_for_url("**" + reverse("uploads:publiceer", args=[levering.pk]))
    scherm.tab_to("Publiceren", "button")
    scherm.press("Enter")
    page.wait_for_url("**" + reverse("uploads:levering", args=[levering.pk]))
    tasks.publish(levering.pk, gemeente.pk)
    page.wait_for_selector("text=Gepubliceerd")
    with voor_gemeente(gemeente):
        assert Werkzoekende.objects.count() == 20

    # The koppeling is kept, and the next file goes by itself.
    scherm.goto(reverse("uploads:koppelingen"))
    faults += scherm.faults("koppelingen")
    scherm.tab_to("WIZ", "a")
    scherm.press("Enter")
    page.wait_for_selector("h1:has-text('WIZ')")
    faults += scherm.faults("koppeling")
    choose_file(scherm, tmp_path)
    assert converted(gemeente).koppeling == "WIZ"
    kept = repr(scherm.keeps())
    assert not any(cell in kept for cell in ("Vrücht", "P. Puk", "C-1", "3511 AB", BSN))
    assert faults == []


def test_it_works_without_javascript(open_scherm, gemeente, tmp_path):
    scherm = open_scherm(java_script_enabled=False)
    page = scherm.page
    bestand = tmp_path / "export.csv"
    bestand.write_bytes(een_export())
    scherm.goto(reverse("uploads:nieuw"))
    page.set_input_files("input[type=file]", str(bestand))
    page.get_by_role("button", name="Uploaden").click()
    page.wait_for_url(re.compile(r"/leveringen/[0-9]+/$"))
    levering = converted(gemeente)
    scherm.goto(reverse("uploads:koppelen", args=[levering.pk]))
    page.select_option("#k12-doel", "mobiliteit.maximaleReisafstand")
    page.locator("noscript button, button:visible:has-text('Voorbeeld verversen')").last.click()
    unfold(scherm)
    assert "Wordt: 25" in page.locator("#k12-effect").inner_text()
    page.get_by_role("button", name="Alleen voor dit bestand gebruiken").click()
    assert converted(gemeente).omgezet == 20
    with voor_gemeente(gemeente):
        assert not Koppeling.objects.exists()


def test_what_was_shown_is_gone_when_the_page_is_left(open_scherm, gemeente, tmp_path):
    scherm = open_scherm()
    choose_file(scherm, tmp_path)
    levering = converted(gemeente)
    scherm.goto(reverse("uploads:koppelen", args=[levering.pk]))
    unfold(scherm)
    assert "P. Puk" in scherm.text
    scherm.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert "P. Puk" not in scherm.page.content()
    assert "Vrücht" not in scherm.page.content()
