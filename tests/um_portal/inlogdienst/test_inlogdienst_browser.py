"""Logging in through a municipality in a real browser, which leaves for a real provider and comes back."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from tests.browser import Scherm
from tests.factories import een_gebruiker, een_gemeente
from tests.um_portal.inlogdienst.dienst import GEHEIM, OIN, Provider, become
from um_portal.accounts.models import Supportrol
from um_portal.accounts.sessions import SessionStore
from um_portal.inlogdienst import uitgever
from um_portal.tenants.models import Gemeente, Rol

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def wait_a_quarter_of_an_hour(scherm: Scherm) -> None:
    """Puts the last confirmation of the session that far back."""
    name = django_settings.SESSION_COOKIE_NAME
    cookie = next(one["value"] for one in scherm.page.context.cookies() if one["name"] == name)
    session = SessionStore.of_cookie(cookie)
    session["inlogdienst"] = {**session["inlogdienst"], "gezien": session["inlogdienst"]["gezien"] - 16 * 60}
    session.save()


def test_a_municipality_logs_in_at_its_own_service(scherm: Scherm, provider: Provider) -> None:
    gemeente, page, faults = een_gemeente("Aadorp", oin=OIN), scherm.page, []
    main = page.get_by_role("main")

    def press(name: str) -> None:
        main.get_by_role("button", name=name, exact=True).click()

    # --- Support writes it down ------------------------------------------------------------------------
    become(scherm, een_gebruiker(supportrol=Supportrol.BESLISSEND))
    scherm.goto(f"/gemeenten/{OIN}/")
    main.get_by_role("link", name="Inloggen via de gemeente").click()
    page.locator("[name=uitgever]").fill(provider.issuer)
    page.locator("[name=client_id]").fill("um-portaal")
    page.locator("[name=amr]").fill("mfa")
    page.locator("[name=aan]").check()
    press("Bewaren")
    faults += scherm.faults("inlogdienst fout")
    page.locator("[name=geheim]").fill(GEHEIM)
    press("Bewaren")
    page.wait_for_url(f"**/gemeenten/{OIN}/")

    # --- A colleague joins the account -----------------------------------------------------------------
    beheerder = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    become(scherm, beheerder)
    scherm.goto("/account/koppelen")
    faults += scherm.faults("koppelen")
    main.get_by_role("link", name="Koppelen").click()
    # The browser follows the page in between by itself, under the Content Security Policy.
    page.wait_for_url("**/terug?*")
    expect(main).to_contain_text("onderwerp-1@gemeente.example")
    faults += scherm.faults("koppelen bevestigen")
    press("Ja, koppelen")
    page.wait_for_url(f"{scherm.url}/account/")
    page.go_back()
    expect(main).to_contain_text("Gekoppeld op")
    page.get_by_text("Ingelogd als").click()
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url(f"{scherm.url}/account/inloggen")

    # --- Logging in, and going back --------------------------------------------------------------------
    scherm.goto("/account/inloggen/gemeente?next=/gemeenten/instellingen/naam/")
    faults += scherm.faults("gemeente kiezen")
    main.get_by_role("link", name="Aadorp").click()
    # In full: the address of this page ends with it too.
    page.wait_for_url(f"{scherm.url}/gemeenten/instellingen/naam/")
    page.go_back()
    page.wait_for_load_state()
    expect(main).not_to_contain_text("is niet gelukt")

    # --- Too long on one page --------------------------------------------------------------------------
    _send_late(scherm, provider, gemeente, faults)

    # --- Somebody whom the service knows, and the portal does not ----------------------------------------
    provider.says(account="onbekend", amr=["mfa"])
    page.context.clear_cookies()
    scherm.goto(f"/account/inloggen/gemeente/{OIN}")
    page.wait_for_url("**/terug?*")
    expect(main).to_contain_text("nog niet gekoppeld")
    faults += scherm.faults("niet gekoppeld")
    assert faults == []


def _send_late(scherm: Scherm, provider: Provider, gemeente: Gemeente, faults: list[str]) -> None:
    page, main = scherm.page, scherm.page.get_by_role("main")
    scherm.goto("/gemeenten/instellingen/naam/")
    page.locator("main [name=naam_in_kop]").fill("Aadorp aan Zee")
    wait_a_quarter_of_an_hour(scherm)
    main.get_by_role("button", name="Bewaren").click()
    expect(main).to_contain_text("Wat u invulde, staat hier klaar")
    faults += scherm.faults("op slot")

    def confirm() -> Any:
        with page.context.expect_page() as opened:
            main.get_by_role("link", name="Bevestigen via uw gemeente").click()
        return opened.value

    provider.says(weg=True)
    uitgever.forget()
    other = confirm()
    expect(other.get_by_role("main")).to_contain_text("antwoordt niet")
    other.close()
    provider.says(amr=["mfa"])
    other = confirm()
    expect(other.get_by_role("heading", level=1)).to_contain_text("heeft bevestigd")
    other.close()
    main.get_by_role("button", name="Versturen").click()
    page.wait_for_url("**/gemeenten/instellingen/")
    gemeente.refresh_from_db()
    assert gemeente.naam_in_kop == "Aadorp aan Zee"
