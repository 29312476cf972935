"""Logging in at a real provider on this machine, honest and forged."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from django.core import mail
from django.test import Client

from tests.factories import Browser, een_app, een_client, een_gebruiker, een_gemeente
from tests.um_portal.inlogdienst.dienst import Provider, a_provider, een_gekoppelde, een_inlogdienst
from um_portal.accounts import gemeentesessie
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.audit.models import Auditregel
from um_portal.collegas import leden
from um_portal.inlogdienst import uitgever
from um_portal.inlogdienst.models import Identiteit
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PORTAAL = "http://portaal.example"
OINS = ("00000000000000009001", "00000000000000009002")


@pytest.fixture(scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with a_provider(tmp_path_factory.mktemp("oidc"), PORTAAL, OINS) as provider:
        yield provider


@pytest.fixture
def provider(_running: Provider, settings: Any) -> Provider:
    settings.UM_ADRES, settings.UM_SSO_LOOPBACK = PORTAAL, True
    settings.UM_SSO_UITGEVERS = [urlsplit(_running.issuer).netloc]
    settings.UM_DEMO = False
    uitgever.forget()
    _running.says()
    return _running


@pytest.fixture
def gemeente(provider: Provider) -> Gemeente:
    return een_gemeente(oin=OINS[0])


def leave(browser: Client, path: str) -> str:
    """Follows the portal's page to the provider, and everything there; gives the address to come back with."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    address = answer["Refresh"].removeprefix("0;url=")
    with requests.Session() as there:
        for _ in range(12):
            found = there.get(address, allow_redirects=False, timeout=5)
            address = urljoin(address, found.headers.get("Location", ""))
            if address.startswith(PORTAAL):
                return address.removeprefix(PORTAAL)
            assert found.is_redirect, found.text
    raise AssertionError("the provider does not send back")


def log_in(browser: Client, gemeente: Gemeente) -> Any:
    return browser.get(leave(browser, f"/account/inloggen/gemeente/{gemeente.oin}"))


def is_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def failures(gemeente: Gemeente) -> list[str]:
    with voor_gemeente(gemeente):
        found = Auditregel.objects.filter(handeling="inloggen_mislukt").order_by("pk")
        return [line.onderwerp for line in found]


def test_a_colleague_logs_in_with_what_counts_as_a_second_factor(
    provider: Provider, gemeente: Gemeente
) -> None:
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"])
    gebruiker, _ = een_gekoppelde(gemeente, uitgever=provider.issuer)
    een_app(gebruiker)
    provider.says(amr=["pwd", "mfa"])
    browser = Browser()
    assert log_in(browser, gemeente)["Location"] == "/"
    assert is_in(browser)
    # A notice of the service may name nothing else.
    [session] = gemeentesessie.named(gemeente.pk, browser.session["inlogdienst"]["sid"])
    assert session.user == gebruiker
    # Not the own second factor: with that, more than this municipality would open.
    assert browser.get("/account/tweede-factor")["Location"] == "/account/"
    assert browser.get("/account/wachtwoord")["Location"] == "/account/"


def test_without_it_the_portal_asks_for_its_own(provider: Provider, gemeente: Gemeente) -> None:
    een_inlogdienst(gemeente, uitgever=provider.issuer)
    gebruiker, _ = een_gekoppelde(gemeente, uitgever=provider.issuer)
    code = een_app(gebruiker)
    provider.says(amr=["mfa"], acr="urn:sterk")
    browser = Browser()
    assert log_in(browser, gemeente)["Location"] == "/account/inloggen/tweede-factor"
    assert not is_in(browser)
    browser.post("/account/inloggen/tweede-factor", {"code": code()})
    assert is_in(browser)
    assert browser.session["inlogdienst"]["gemeente"] == gemeente.pk


@pytest.mark.parametrize(
    "wijze",
    ["anderesleutel", "verlopen", "anderenonce", "andereclient", "andereuitgever", "azp", "geen", "gedeeld"],
)
def test_a_token_that_is_not_right_opens_nothing(provider: Provider, gemeente: Gemeente, wijze: str) -> None:
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"])
    een_gekoppelde(gemeente, uitgever=provider.issuer)
    provider.says(amr=["mfa"], wijze=wijze)
    browser = Browser()
    answer = log_in(browser, gemeente)
    assert answer.status_code == 403
    assert "is niet gelukt" in answer.text
    assert not is_in(browser)
    assert len(failures(gemeente)) == 1


def test_an_answer_counts_once_and_only_where_it_was_asked(provider: Provider, gemeente: Gemeente) -> None:
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"])
    een_gekoppelde(gemeente, uitgever=provider.issuer)
    provider.says(amr=["mfa"])
    browser, other = Browser(), Browser()
    terug = leave(browser, f"/account/inloggen/gemeente/{gemeente.oin}")
    # In another browser: somebody was made to follow the link of an attacker.
    assert other.get(terug).status_code == 403
    # At the address of another municipality.
    elders = een_gemeente(oin=OINS[1])
    een_inlogdienst(elders, uitgever=provider.issuer)
    assert browser.get(re.sub(OINS[0], OINS[1], terug)).status_code == 403
    assert browser.get(terug).status_code == 403
    terug = leave(browser, f"/account/inloggen/gemeente/{gemeente.oin}")
    assert browser.get(terug).status_code == 302
    assert is_in(browser)
    browser.post("/account/uitloggen")
    assert browser.get(terug).status_code == 403
    # A used code with a new state.
    _, _, code = terug.partition("code=")
    state = re.search(r"state=([^&]+)", browser.get(f"/account/inloggen/gemeente/{gemeente.oin}")["Refresh"])
    assert state is not None
    again = f"{terug.partition('?')[0]}?state={state[1]}&code={code.partition('&')[0]}"
    assert browser.get(f"{again}&iss={provider.issuer}").status_code == 403
    assert not is_in(browser)


def test_an_invitation_is_accepted_without_a_password(provider: Provider, gemeente: Gemeente) -> None:
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"])
    provider.says(account="nieuw-1", amr=["mfa"])
    # Nobody gets an account by having one at the municipality.
    assert log_in(Browser(), gemeente).status_code == 403
    beheerder = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    link = _invited(gemeente, beheerder, "nieuw@test.example")
    browser = Browser()
    browser.get(link)
    assert log_in(browser, gemeente)["Location"] == "/"
    gebruiker = Gebruiker.objects.get(username="nieuw@test.example")
    assert not gebruiker.has_usable_password()
    assert is_in(browser)
    # The link of another municipality opens nothing here.
    elders = een_gemeente(oin=OINS[1])
    link = _invited(elders, een_gebruiker(elders, Rol.FUNCTIONEEL_BEHEERDER), "ander@test.example")
    provider.says(account="nieuw-2", amr=["mfa"])
    browser = Browser()
    browser.get(link)
    assert log_in(browser, gemeente).status_code == 403
    assert not Gebruiker.objects.get(username="ander@test.example").is_active


def test_support_switches_it_on_only_when_the_provider_answers(
    provider: Provider, gemeente: Gemeente
) -> None:
    browser = een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    path = f"/gemeenten/{gemeente.oin}/inloggen/"
    form = {
        "uitgever": provider.issuer,
        "client_id": "um-portaal",
        "geheim": "geheim:van %het portaal",
        "aan": "on",
    }

    def send(**more: str) -> Any:
        return browser.post(
            path, {**form, "stempel": browser.get(path).context["form"].initial["stempel"], **more}
        )

    assert send(uitgever=f"{provider.issuer}/").status_code == 422
    assert send().status_code == 302
    assert gemeente.naam in Browser().get("/account/inloggen/gemeente").text


def _invited(gemeente: Gemeente, door: Gebruiker, email: str) -> str:
    leden.invite(gemeente, email, Rol.JOBCOACH, door)
    found = re.search(r"/account/uitnodiging/\S+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def test_an_own_account_is_joined_by_its_owner(provider: Provider, gemeente: Gemeente) -> None:
    een_inlogdienst(gemeente, uitgever=provider.issuer)
    gebruiker = een_gebruiker(gemeente)
    provider.says(account="mijn-onderwerp")
    browser = een_client(gebruiker)
    answer = browser.get(leave(browser, f"/account/koppelen/{gemeente.oin}"))
    # Nothing is joined before somebody looked whose account this is.
    assert "mijn-onderwerp@gemeente.example" in answer.text
    with voor_gemeente(gemeente):
        assert not Identiteit.objects.exists()
    assert browser.post("/account/koppelen/bevestigen")["Location"] == "/account/"
    with voor_gemeente(gemeente):
        assert Identiteit.objects.get().onderwerp == "mijn-onderwerp"
    # A page from before does nothing any more, and a colleague cannot take the same identity.
    assert browser.post("/account/koppelen/bevestigen").status_code == 403
    other = een_client(een_gebruiker(gemeente))
    other.get(leave(other, f"/account/koppelen/{gemeente.oin}"))
    assert other.post("/account/koppelen/bevestigen").status_code == 403


def test_who_leaves_is_out_at_the_next_check(provider: Provider, gemeente: Gemeente, settings: Any) -> None:
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"], rolclaim="roles", jobcoach=["coach"])
    een_gekoppelde(gemeente, uitgever=provider.issuer)
    provider.says(amr=["mfa"], roles=["coach"])
    browser = Browser()
    log_in(browser, gemeente)
    assert is_in(browser)
    settings.UM_SSO_HERCONTROLE_MINUTEN = -1
    found = browser.get("/hulp/rechten")
    assert found["Location"].startswith("/account/inloggen/gemeente/hercontrole?naar=%2Fhulp%2Frechten")
    # The provider does not know this browser any more: it asks, and then the page that was asked for comes.
    ask = browser.get(leave(browser, found["Location"]))
    with requests.Session() as there:
        address = ask["Refresh"].removeprefix("0;url=")
        while not address.startswith(PORTAAL):
            answer = there.get(address, allow_redirects=False, timeout=5)
            address = urljoin(address, answer.headers["Location"])
    assert browser.get(address.removeprefix(PORTAAL))["Location"] == "/hulp/rechten"
    # Without a role at the municipality it is over.
    provider.says(amr=["mfa"], roles=[])
    ask = browser.get(leave(browser, "/account/inloggen/gemeente/hercontrole"))
    with requests.Session() as there:
        address = ask["Refresh"].removeprefix("0;url=")
        while not address.startswith(PORTAAL):
            answer = there.get(address, allow_redirects=False, timeout=5)
            address = urljoin(address, answer.headers["Location"])
    assert browser.get(address.removeprefix(PORTAAL)).status_code == 403
    assert not is_in(browser)


def test_a_sensitive_act_asks_at_the_municipality(
    provider: Provider, gemeente: Gemeente, settings: Any
) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"])
    een_gekoppelde(gemeente, uitgever=provider.issuer, rol=Rol.FUNCTIONEEL_BEHEERDER)
    provider.says(amr=["mfa"])
    browser = Browser()
    log_in(browser, gemeente)
    asked = browser.get("/collegas/uitnodigen")
    assert asked["Location"].startswith("/account/inloggen/gemeente/bevestigen?next=")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
    assert browser.get(leave(browser, asked["Location"]))["Location"] == "/collegas/uitnodigen"
    assert browser.session["inlogdienst"]["bevestigd"] > 0
    # Somebody else at that machine confirms nothing.
    provider.says(account="onderwerp-2", amr=["mfa"])
    een_gekoppelde(gemeente, "onderwerp-2", uitgever=provider.issuer)
    assert browser.get(leave(browser, asked["Location"])).status_code == 403


def test_roles_come_from_claims_and_never_that_of_beheerder(provider: Provider, gemeente: Gemeente) -> None:
    een_inlogdienst(
        gemeente,
        uitgever=provider.issuer,
        amr=["mfa"],
        rolclaim="roles",
        jobcoach=["coach"],
        gegevensbeheerder=["data"],
    )
    gebruiker, _ = een_gekoppelde(gemeente, uitgever=provider.issuer)
    provider.says(amr=["mfa"], roles=["data", "functioneel_beheerder"])
    assert log_in(Browser(), gemeente).status_code == 302
    with voor_gemeente(gemeente):
        assert Lidmaatschap.objects.get(gebruiker=gebruiker).rol == Rol.GEGEVENSBEHEERDER


def test_it_never_opens_an_account_of_support(provider: Provider, gemeente: Gemeente) -> None:
    een_inlogdienst(gemeente, uitgever=provider.issuer, amr=["mfa"])
    support = een_gebruiker(supportrol=Supportrol.BESLISSEND)
    with voor_gemeente(gemeente):
        # Neither can be made through the portal.
        Lidmaatschap.objects.create(gemeente=gemeente, gebruiker=support, rol=Rol.JOBCOACH)
        Identiteit.objects.create(
            gemeente=gemeente, gebruiker=support, uitgever=provider.issuer, onderwerp="onderwerp-1"
        )
    provider.says(amr=["mfa"])
    assert log_in(Browser(), gemeente).status_code == 403
