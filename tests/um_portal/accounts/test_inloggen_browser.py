"""Logging in with a real browser: from the invitation to a passkey, with every page judged by axe."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Browser, expect

from tests.browser import Scherm
from um_portal.accounts.uitnodigingen import invite

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"


@pytest.fixture
def scherm(browser: Browser, live_server: Any) -> Iterator[Scherm]:
    """A tab in which a finger on a sensor is always there."""
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    found = Scherm(context, live_server.url.replace("127.0.0.1", "localhost"))
    cdp = context.new_cdp_session(found.page)
    cdp.send("WebAuthn.enable")
    cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield found
    context.close()
    assert found.errors == []


def test_from_the_invitation_to_logging_in_with_a_passkey(scherm: Scherm, settings: Any) -> None:
    settings.UM_ADRES = scherm.url
    nieuw = invite("noor@test.example", voornaam="Noor", achternaam="Veldkamp", versturen=False)
    page, faults = scherm.page, []
    main = page.get_by_role("main")

    def press(name: str) -> None:
        main.get_by_role("button", name=name, exact=True).click()

    # --- A password ------------------------------------------------------------------------------------
    page.goto(nieuw.link)
    page.wait_for_url(f"{scherm.url}/account/uitnodiging")
    faults += scherm.faults("uitnodiging")
    page.get_by_label("Wachtwoord", exact=True).fill("kort")
    page.get_by_label("Wachtwoord, nog een keer", exact=True).fill("kort")
    press("Verder")
    expect(page.locator("[data-focus]")).to_be_focused()
    faults += scherm.faults("uitnodiging fout")
    page.get_by_label("Wachtwoord", exact=True).fill(WACHTWOORD)
    page.get_by_label("Wachtwoord, nog een keer", exact=True).fill(WACHTWOORD)
    press("Verder")

    # --- An app, and recovery codes --------------------------------------------------------------------
    page.wait_for_url(f"{scherm.url}/account/tweede-factor")
    faults += scherm.faults("tweede factor instellen")
    main.get_by_role("link", name="App instellen").click()
    faults += scherm.faults("app instellen")
    secret = page.locator(".um-sleutel").inner_text()
    page.get_by_label("Code uit de app").fill("000000")
    press("Instellen")
    expect(page.locator("[data-focus]")).to_be_focused()
    faults += scherm.faults("app instellen fout")
    assert page.locator(".um-sleutel").inner_text() == secret
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    page.get_by_label("Code uit de app").fill(totp.format_hotp_value(totp.hotp_value(secret, counter)))
    press("Instellen")
    page.wait_for_url(f"{scherm.url}/account/tweede-factor/herstelcodes")
    assert len(re.findall(r"\b\d{10}\b", scherm.text)) == 10
    faults += scherm.faults("herstelcodes")
    main.get_by_role("link", name="Ik heb ze bewaard").click()
    page.wait_for_url(f"{scherm.url}/")

    # --- A passkey -------------------------------------------------------------------------------------
    scherm.goto("/account/")
    faults += scherm.faults("mijn account")
    scherm.goto("/account/tweede-factor")
    main.get_by_role("link", name="Passkey toevoegen").click()
    faults += scherm.faults("passkey toevoegen")
    page.get_by_label("Naam").fill("Laptop van het werk")
    press("Toevoegen")
    page.wait_for_url(f"{scherm.url}/account/tweede-factor")
    expect(main).to_contain_text("Laptop van het werk")
    faults += scherm.faults("tweede factor")

    # --- Logging in with it ----------------------------------------------------------------------------
    page.get_by_text("Ingelogd als").click()
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url(f"{scherm.url}/account/inloggen")
    faults += scherm.faults("inloggen na uitloggen")
    page.get_by_label("E-mailadres", exact=True).fill("noor@test.example")
    page.get_by_label("Wachtwoord", exact=True).fill(WACHTWOORD)
    press("Inloggen")
    page.wait_for_url(f"{scherm.url}/account/inloggen/tweede-factor")
    faults += scherm.faults("inloggen tweede factor")
    page.get_by_label("Code", exact=True).fill("000000")
    press("Inloggen")
    expect(page.locator("[data-focus]")).to_be_focused()
    faults += scherm.faults("inloggen tweede factor fout")
    press("Inloggen met een passkey")
    page.wait_for_url(f"{scherm.url}/")

    # --- The other pages -------------------------------------------------------------------------------
    passkey = Authenticator.objects.get(type="webauthn").pk
    for path in (
        "/account/sessies", "/account/wachtwoord", "/account/bevestigen", "/account/bevestigen/code",
        "/account/bevestigen/passkey", "/account/tweede-factor/app/verwijderen",
        "/account/tweede-factor/herstelcodes/nieuw", f"/account/tweede-factor/passkeys/{passkey}/naam",
        f"/account/tweede-factor/passkeys/{passkey}/verwijderen", "/account/uitloggen",
    ):  # fmt: skip
        scherm.goto(path)
        assert scherm.path == path
        faults += scherm.faults(path.replace(str(passkey), "x"))
    scherm.goto("/account/bevestigen/passkey?next=/account/sessies")
    press("Bevestigen met een passkey")
    page.wait_for_url(f"{scherm.url}/account/sessies")

    page.context.clear_cookies()
    for path in (
        "/account/wachtwoord-vergeten", "/account/wachtwoord-vergeten/verstuurd",
        "/account/wachtwoord-vergeten/klaar", "/account/wachtwoord-vergeten/1-a-b", "/account/niet-actief",
    ):  # fmt: skip
        scherm.goto(path)
        faults += scherm.faults(path)
    assert faults == []


def test_a_passkey_that_does_not_work_is_told(scherm: Scherm, settings: Any) -> None:
    settings.UM_ADRES = scherm.url
    nieuw = invite("noor@test.example", versturen=False)
    page, main = scherm.page, scherm.page.get_by_role("main")
    page.goto(nieuw.link)
    page.get_by_label("Wachtwoord", exact=True).fill(WACHTWOORD)
    page.get_by_label("Wachtwoord, nog een keer", exact=True).fill(WACHTWOORD)
    main.get_by_role("button", name="Verder").click()
    main.get_by_role("link", name="Passkey toevoegen").click()
    # Somebody presses Cancel.
    page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    main.get_by_role("button", name="Toevoegen").click()
    expect(main).to_contain_text("De passkey is niet gelukt")
    expect(main.get_by_role("button", name="Toevoegen")).to_be_focused()
    assert scherm.faults("passkey niet gelukt") == []
