"""A provider that lies, or is away, as people meet it in a real browser; and logging out there and here."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from tests.browser import Scherm
from tests.factories import een_app, een_gebruiker, een_gemeente
from tests.um_portal.inlogdienst.dienst import OIN, Provider, become, een_gekoppelde, een_inlogdienst
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.accounts.tasks import send_reset
from um_portal.audit.models import Auditregel
from um_portal.inlogdienst import uitgever
from um_portal.tenants.models import Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"
NIEUW = "een-nieuw-wachtwoord-om-te-testen"


def log_in(scherm: Scherm) -> None:
    scherm.page.context.clear_cookies()
    scherm.goto(f"/account/inloggen/gemeente/{OIN}")
    scherm.page.wait_for_url(re.compile(r"/terug\?|/$"))
    scherm.page.wait_for_load_state()


def is_refused(scherm: Scherm, why: str) -> None:
    expect(scherm.page.get_by_role("main")).to_contain_text(why)
    scherm.goto("/account/")
    scherm.page.wait_for_url("**/account/inloggen?next=/account/")


def shows(scherm: Scherm, gebruiker: Gebruiker) -> None:
    scherm.goto("/account/")
    expect(scherm.page.locator("body")).to_contain_text(gebruiker.username)


def test_whatever_a_provider_says_it_opens_its_own_people_here_and_no_more(
    scherm: Scherm, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    gemeente, elders = een_gemeente("Aadorp", oin=OIN), een_gemeente("Beedorp")
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"], rolclaim="roles", jobcoach=["coach"])
    wij, _ = een_gekoppelde(gemeente, uitgever=provider.issuer)
    collega, _ = een_gekoppelde(gemeente, "onderwerp-2", uitgever=provider.issuer)
    with voor_gemeente(elders):
        Lidmaatschap.objects.create(gemeente=elders, gebruiker=wij, rol=Rol.FUNCTIONEEL_BEHEERDER)

    # --- The address of a colleague is a word like any other --------------------------------------------
    provider.says(amr=["mfa"], roles=["coach"], email=collega.username)
    log_in(scherm)
    shows(scherm, wij)
    provider.says(account="onbekend", amr=["mfa"], roles=["coach"], email=collega.username)
    log_in(scherm)
    is_refused(scherm, "nog niet gekoppeld")

    # --- It asks for more than it may give ----------------------------------------------------------------
    more = ["coach", "functioneel_beheerder", "beslissend", "vng_support", elders.oin]
    provider.says(amr=["mfa"], roles=more, supportrol="beslissend", gemeente=elders.oin)
    log_in(scherm)
    shows(scherm, wij)
    expect(scherm.page.locator("body")).not_to_contain_text("Beedorp")
    for path in ("/gemeenten/", "/gebruikers/", "/collegas/"):
        answer = scherm.page.goto(scherm.url + path)
        assert answer is not None
        assert answer.status == 403, path
    scherm.errors.clear()  # the browser writes each of these down
    provider.says(amr=["mfa"], roles=["beslissend"])
    log_in(scherm)
    is_refused(scherm, "geeft u geen rol")
    wij.refresh_from_db()
    assert wij.supportrol == ""
    with voor_gemeente(elders):
        assert Lidmaatschap.objects.get(gebruiker=wij).rol == Rol.FUNCTIONEEL_BEHEERDER

    # --- A token for somebody else, and what is no answer ---------------------------------------------------
    provider.says(amr=["mfa"], roles=["coach"], wijze="andereclient")
    log_in(scherm)
    is_refused(scherm, "gaf geen goed antwoord")
    monkeypatch.setattr(uitgever, "_LIMITS", replace(uitgever._LIMITS, whole=1.0, silence=0.5))
    for antwoord, why in (
        ("nooit", "antwoordt niet"),
        ("traag", "antwoordt niet"),
        ("onzin", "gaf geen goed antwoord"),
        ("omleiding", "gaf geen goed antwoord"),
    ):
        provider.says(amr=["mfa"], roles=["coach"], antwoord=antwoord)
        log_in(scherm)
        is_refused(scherm, why)
        # The same at the door: what it says of itself.
        uitgever.forget()
        provider.says(antwoord=antwoord, waar="/.well-known/openid-configuration")
        scherm.page.context.clear_cookies()
        scherm.goto(f"/account/inloggen/gemeente/{OIN}")
        is_refused(scherm, why)
        uitgever.forget()
    assert provider.followed == 0
    scherm.errors.clear()
    provider.says(amr=["mfa"], roles=["coach"])
    log_in(scherm)
    shows(scherm, wij)


def test_without_password_and_without_provider_support_lets_the_last_beheerder_in(
    scherm: Scherm, provider: Provider, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    gemeente, page = een_gemeente("Aadorp", oin=OIN), scherm.page
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"], wachtwoord_uit=True)
    beheerder, _ = een_gekoppelde(gemeente, rol=Rol.FUNCTIONEEL_BEHEERDER, uitgever=provider.issuer)
    beheerder.set_password(WACHTWOORD)
    beheerder.save()
    code = een_app(beheerder)
    main = page.get_by_role("main")

    def log_in_with(password: str) -> None:
        page.context.clear_cookies()
        scherm.goto("/account/inloggen")
        page.locator("[name=login]").fill(beheerder.username)
        page.locator("[name=password]").fill(password)
        main.get_by_role("button", name="Inloggen", exact=True).click()

    def is_sent_to_the_municipality() -> None:
        page.wait_for_url("**/account/inloggen/gemeente")
        expect(page.locator("body")).to_contain_text("Uw wachtwoord van het portaal werkt niet meer")
        scherm.goto("/collegas/")
        page.wait_for_url("**/account/inloggen?next=/collegas/")

    # --- Not with the password, and not with a new one --------------------------------------------------
    log_in_with(WACHTWOORD)
    is_sent_to_the_municipality()
    page.context.clear_cookies()
    send_reset(beheerder.pk)
    link = re.search(r"/account/wachtwoord-vergeten/\S+", str(mail.outbox[-1].body))
    assert link is not None
    scherm.goto(link[0])
    page.locator("[name=password1]").fill(NIEUW)
    page.locator("[name=password2]").fill(NIEUW)
    main.get_by_role("button").first.click()
    page.wait_for_url("**/wachtwoord-vergeten/klaar")
    log_in_with(NIEUW)
    is_sent_to_the_municipality()

    # --- The provider is away: nobody comes in, until support lets the password work ----------------------
    provider.says(weg=True)
    uitgever.forget()
    scherm.goto(f"/account/inloggen/gemeente/{OIN}")
    is_refused(scherm, "antwoordt niet")
    become(scherm, een_gebruiker(supportrol=Supportrol.BESLISSEND))
    scherm.goto(f"/gemeenten/{OIN}/inloggen/")
    page.locator("[name=wachtwoord_uit]").uncheck()
    main.get_by_role("button", name="Bewaren", exact=True).click()
    page.wait_for_url(f"**/gemeenten/{OIN}/")
    scherm.errors.clear()
    log_in_with(NIEUW)
    page.wait_for_url("**/tweede-factor")
    page.locator("[name=code]").fill(code())
    main.get_by_role("button").first.click()
    page.wait_for_url(f"{scherm.url}/")
    scherm.goto("/collegas/")
    expect(main).to_contain_text(beheerder.username)


def test_logging_out_here_is_offered_there_and_logging_out_there_ends_it_here(
    scherm: Scherm, provider: Provider
) -> None:
    gemeente, page = een_gemeente("Aadorp", oin=OIN), scherm.page
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"])
    gebruiker, _ = een_gekoppelde(gemeente, uitgever=provider.issuer)
    main = page.get_by_role("main")

    # --- Here, and then there ----------------------------------------------------------------------------
    log_in(scherm)
    page.get_by_text("Ingelogd als").click()
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url("**/uitgelogd")
    faults = scherm.faults("uitgelogd")
    main.get_by_role("button", name="Ook uitloggen bij de gemeente").click()
    page.wait_for_url(f"{provider.issuer}/session/end?**")
    page.get_by_role("button", name="Uitloggen bij de gemeente").click()
    page.wait_for_url(f"{scherm.url}/account/inloggen")
    expect(page.locator("body")).to_contain_text("U bent ook uitgelogd bij Aadorp.")
    page.go_back()
    scherm.goto("/account/")
    page.wait_for_url("**/account/inloggen?next=/account/")

    # --- There: the provider tells it to the portal, without this browser ----------------------------------
    scherm.goto(f"/account/inloggen/gemeente/{OIN}")
    page.wait_for_url(f"{scherm.url}/")
    shows(scherm, gebruiker)
    other = page.context.new_page()
    other.goto(f"{provider.issuer}/session/end")
    other.get_by_role("button", name="Uitloggen bij de gemeente").click()
    expect(other).to_have_title("Uitgelogd")
    other.close()
    page.reload()
    page.wait_for_url("**/account/inloggen?next=/account/")
    with voor_gemeente(gemeente):
        line = Auditregel.objects.get(handeling="afgemeld_bij_gemeente")
    assert (line.onderwerp, line.aantal) == (f"gebruiker {gebruiker.pk}", 1)
    assert faults == []
