"""The rules of logging in through a municipality, without a provider: what counts, for whom, and until when."""

import json
import socket
import time
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.factories import een_client, een_gebruiker, een_gemeente, een_sessie
from tests.threads import at_once
from tests.um_portal.inlogdienst.dienst import (
    CLIENT,
    GEHEIM,
    KEY,
    SMALL,
    UITGEVER,
    een_gekoppelde,
    een_inlogdienst,
    make_known,
    mark,
    sign,
)
from um_portal.accounts.models import Supportrol
from um_portal.accounts.sealing import ZegelFout
from um_portal.accounts.tasks import send_reset
from um_portal.audit.models import Auditregel
from um_portal.collegas import leden
from um_portal.inlogdienst import adressen, regels, uitgever
from um_portal.inlogdienst.models import Identiteit, Inlogdienst
from um_portal.inlogdienst.uitgever import InloggenMislukt
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = pytest.mark.django_db

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"


@pytest.fixture(autouse=True)
def _list(settings: Any) -> None:
    settings.UM_SSO_UITGEVERS = ["inloggen.gemeente.example", "127.0.0.1:9"]
    uitgever.forget()


def log_in_with_password(username: str) -> tuple[Client, Any]:
    browser = Client()
    return browser, browser.post("/account/inloggen", {"login": username, "password": WACHTWOORD})


def with_password(gemeente: Gemeente | None, **values: Any) -> Any:
    gebruiker = een_gebruiker(gemeente, **values)
    gebruiker.set_password(WACHTWOORD)
    gebruiker.save()
    return gebruiker


# --- Addresses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://inloggen.gemeente.example",
        "https://elders.example",
        "https://inloggen.gemeente.example.elders.example",
        "https://inloggen.gemeente.example:8443",
        "https://inloggen.gemeente.example@elders.example",
        "https://iemand@inloggen.gemeente.example",
        "https://inloggen.gemeente.example\\@elders.example",
        "https://inloggen.gemeente.example/\r\nX: 1",
        "https://inloggen.gemeente.example/#x",
        "https://127.0.0.1:9",
        "http://127.0.0.1:9",
        "https://[",
        "file:///etc/passwd",
        "",
        None,
    ],
)
def test_an_address_that_is_not_on_the_list_is_never_called(address: Any) -> None:
    with pytest.raises(adressen.OngeldigAdres):
        adressen.check(address)


def test_one_on_the_list_is() -> None:
    assert adressen.check(UITGEVER) == UITGEVER
    assert adressen.check("https://inloggen.gemeente.example:443/x?y=1")


# --- The ID token --------------------------------------------------------------------------------------------


@pytest.fixture
def dienst() -> Inlogdienst:
    make_known()
    return een_inlogdienst(een_gemeente(), acr=["urn:sterk"], amr=["mfa"])


def a_token(key: Any = KEY, kid: str | None = "goed", alg: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    said = {
        "iss": UITGEVER,
        "sub": "iemand",
        "aud": CLIENT,
        "exp": now + 60,
        "iat": now,
        "nonce": "n",
        **claims,
    }
    return sign(said, key, kid, alg)


def test_a_token_that_is_right_says_who(dienst: Inlogdienst) -> None:
    assert uitgever.verify(dienst, a_token(), nonce="n")["sub"] == "iemand"
    several = a_token(aud=[CLIENT, "een-ander"], azp=CLIENT)
    assert uitgever.verify(dienst, several, nonce="n")["sub"] == "iemand"


@pytest.mark.parametrize(
    "token",
    [
        {"exp": 1},
        {"exp": None},
        {"exp": float("inf")},
        {"iat": 1},
        {"iat": "1"},
        {"iat": time.time() + 3600},
        {"nonce": "m"},
        {"nonce": None},
        {"aud": "een-ander"},
        {"aud": [CLIENT, "een-ander"]},
        {"aud": [CLIENT, "een-ander"], "azp": "een-ander"},
        {"azp": "een-ander"},
        {"iss": "https://elders.example"},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "\0"},
        {"sub": "\ud800"},
        {"name": "\ud800"},
        {"nonce": "\ud800"},
        {"key": SMALL},
        {"key": SMALL, "kid": "klein"},
        {"kid": None, "key": SMALL},
        {"key": "x" * 64, "alg": "HS256"},
        {"key": None, "alg": "none"},
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_that_is_not_right_says_nothing(dienst: Inlogdienst, token: dict[str, Any]) -> None:
    with pytest.raises(InloggenMislukt):
        uitgever.verify(dienst, a_token(**token), nonce="n")


@pytest.mark.parametrize(
    "token", [None, 1, "", "a.b.c", "x" * 70000, "e30.e30.", {}], ids=lambda x: str(x)[:9]
)
def test_what_is_no_token_says_nothing(dienst: Inlogdienst, token: object) -> None:
    with pytest.raises(InloggenMislukt):
        uitgever.verify(dienst, token, nonce="n")


def test_a_service_that_says_nonsense_of_itself_is_not_gone_to() -> None:
    gemeente = een_gemeente()
    een_inlogdienst(gemeente)
    found: tuple[Any, ...] = (7, {}, "S256", ["plain"])
    for methods in found:
        make_known(code_challenge_methods_supported=methods)
        answer = Client().get(f"/account/inloggen/gemeente/{gemeente.oin}")
        assert (answer.status_code, answer.get("Refresh")) == (403, None)


def test_only_what_was_configured_counts_as_a_second_factor(dienst: Inlogdienst) -> None:
    assert uitgever.is_strong(dienst, {"amr": ["pwd", "mfa"]})
    assert uitgever.is_strong(dienst, {"acr": "urn:sterk"})
    for claims in ({}, {"amr": "mfa"}, {"amr": [["mfa"]]}, {"acr": ["urn:sterk"]}, {"amr": ["otp"]}):
        assert not uitgever.is_strong(dienst, claims)
    assert not uitgever.is_strong(Inlogdienst(), {"acr": "", "amr": ["mfa"]})


def test_a_claim_gives_a_role_but_never_that_of_beheerder() -> None:
    dienst = Inlogdienst(rolclaim="realm.roles", jobcoach=["coach"], gegevensbeheerder=["data"])

    def role(values: Any, now: Rol = Rol.JOBCOACH) -> Rol:
        return regels.role_by_claims(dienst, {"realm": {"roles": values}}, now)

    assert role(["data", "functioneel_beheerder"]) == Rol.GEGEVENSBEHEERDER
    assert role("coach", Rol.GEGEVENSBEHEERDER) == Rol.JOBCOACH
    assert role(["coach", "data"]) == Rol.JOBCOACH
    assert role(["data"], Rol.FUNCTIONEEL_BEHEERDER) == Rol.FUNCTIONEEL_BEHEERDER
    for values in ([], None, [1], {"coach": 1}):
        with pytest.raises(InloggenMislukt):
            role(values, Rol.FUNCTIONEEL_BEHEERDER)


def test_a_service_that_hangs_keeps_one_thread_waiting_and_no_more(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        hanging.settimeout(0.2)
        name = f"127.0.0.1:{hanging.getsockname()[1]}"
        settings.UM_SSO_UITGEVERS, settings.UM_SSO_LOOPBACK = [name], True
        monkeypatch.setattr(uitgever, "_LIMITS", replace(uitgever._LIMITS, whole=0.5))
        for setting in ("_WAIT_SECONDS", "_SLOW_SECONDS"):
            monkeypatch.setattr(uitgever, setting, 0.1)
        gemeente = een_gemeente()
        een_inlogdienst(gemeente, uitgever=f"http://{name}")
        for problem in at_once(*[lambda: uitgever.discover(f"http://{name}")] * 5):
            assert isinstance(problem, InloggenMislukt)
            assert problem.reden == uitgever.ONBEREIKBAAR
        for _ in range(3):
            answer = Client().get(f"/account/inloggen/gemeente/{gemeente.oin}")
            assert "antwoordt niet" in answer.text
        hanging.accept()[0].close()
        with pytest.raises(TimeoutError):
            hanging.accept()


def test_a_service_that_hangs_when_somebody_comes_back_leaves_threads_to_others(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        hanging.settimeout(0.2)
        name = f"127.0.0.1:{hanging.getsockname()[1]}"
        settings.UM_SSO_UITGEVERS, settings.UM_SSO_LOOPBACK = [name], True
        monkeypatch.setattr(uitgever, "_LIMITS", replace(uitgever._LIMITS, whole=0.5))
        for setting in ("_WAIT_SECONDS", "_SLOW_SECONDS"):
            monkeypatch.setattr(uitgever, setting, 0.1)
        make_known(f"http://{name}")
        dienst = een_inlogdienst(een_gemeente(), uitgever=f"http://{name}")
        verzoek = uitgever.Inlogverzoek.new()
        for _ in range(2):
            for problem in at_once(*[lambda: uitgever.exchange(dienst, "code", verzoek, "terug")] * 6):
                assert isinstance(problem, InloggenMislukt)
                assert problem.reden == uitgever.ONBEREIKBAAR
        for _ in range(uitgever._AT_ONCE):
            hanging.accept()[0].close()
        with pytest.raises(TimeoutError):
            hanging.accept()


# --- A session of the login service --------------------------------------------------------------------------


def test_a_session_works_for_its_municipality_alone() -> None:
    hier, elders, derde = een_gemeente(), een_gemeente(), een_gemeente()
    een_inlogdienst(hier)
    gebruiker, identiteit = een_gekoppelde(hier)
    with voor_gemeente(elders):
        Lidmaatschap.objects.create(gemeente=elders, gebruiker=gebruiker, rol=Rol.FUNCTIONEEL_BEHEERDER)
    leden.invite(derde, gebruiker.username, Rol.JOBCOACH, een_gebruiker(derde, Rol.FUNCTIONEEL_BEHEERDER))
    browser = een_client(gebruiker)
    assert browser.post("/gemeenten/wissel", {"gemeente": elders.pk}).status_code == 302
    assert browser.get("/collegas/").status_code == 200
    # The same person through the municipality.
    mark(browser, identiteit, gezien=time.time(), sterk=True)
    assert browser.get("/collegas/").status_code == 403
    assert browser.post("/gemeenten/wissel", {"gemeente": elders.pk}).status_code == 403
    assert elders.naam not in browser.get("/").text
    browser.post("/collegas/uitnodiging", {"gemeente": derde.pk, "antwoord": "aannemen"})
    with voor_gemeente(derde):
        assert not Lidmaatschap.objects.filter(gebruiker=gebruiker).exists()
    for path in ("wachtwoord", "tweede-factor/app", "tweede-factor/passkey", "bevestigen", "koppelen"):
        assert browser.get(f"/account/{path}").status_code in (302, 404), path


def test_it_ends_when_it_is_not_confirmed_in_time() -> None:
    gemeente = een_gemeente()
    een_inlogdienst(gemeente)
    gebruiker, identiteit = een_gekoppelde(gemeente)
    browser = een_client(gebruiker)
    mark(browser, identiteit, gezien=time.time() - 60 * 6)
    # A form, or a part of a page, is not lost halfway.
    assert browser.get("/hulp/rechten", headers={"HX-Request": "true"}).status_code == 200
    assert "hercontrole?naar=%2Fhulp%2Frechten" in browser.get("/hulp/rechten")["Location"]
    # The service does not answer: somebody goes on until the end.
    assert (
        browser.get("/account/inloggen/gemeente/hercontrole?naar=/hulp/rechten")["Location"]
        == "/hulp/rechten"
    )
    assert browser.get("/hulp/rechten").status_code == 200
    mark(browser, identiteit, gezien=time.time() - 60 * 16)
    assert browser.get("/zoeken/")["Location"].startswith("/account/inloggen")


def test_a_form_that_comes_too_late_is_given_back_to_be_sent_again() -> None:
    gemeente, elders = een_gemeente(), een_gemeente()
    een_inlogdienst(gemeente)
    gebruiker, identiteit = een_gekoppelde(gemeente)
    browser = een_client(gebruiker)
    form = {"gemeente": gemeente.pk, "naar": '/zoeken/?a=1&b="<é>'}
    mark(browser, identiteit, gezien=time.time() - 60 * 16)
    late = browser.post("/gemeenten/wissel", form)
    assert late.status_code == 409
    assert dict(late.context["velden"]) == {"gemeente": str(gemeente.pk), "naar": form["naar"]}
    assert 'value="/zoeken/?a=1&amp;b=&quot;&lt;é&gt;"' in late.text
    assert "no-store" in late["Cache-Control"]
    # It is not kept here, and nobody is logged in meanwhile: not on a page that is not there either.
    assert "a=1&b=" not in json.dumps(dict(browser.session.items()))
    for path in ("/bestaat-niet", "/hulp/", "/account/inloggen"):
        assert gebruiker.username not in browser.get(path).text
    # A part of a page changes nothing of the page: what was typed stays.
    for method in (browser.get, browser.post):
        part = method("/gemeenten/wissel", headers={"HX-Request": "true"})
        assert (part.status_code, part["X-UM-Bevestigen"], part.content) == (409, "ja", b"")
    # The service does not answer: nothing opens, and nothing is lost.
    away = browser.get("/account/inloggen/gemeente/hercontrole?naar=/hulp/rechten")
    assert away.status_code == 403
    assert "antwoordt niet" in away.text
    assert gebruiker.username not in away.text
    assert browser.get("/account/koppelen")["Location"].startswith("/account/inloggen/gemeente/hercontrole")
    mark(browser, identiteit, gezien=time.time())
    assert browser.post("/gemeenten/wissel", dict(late.context["velden"]))["Location"].startswith(
        "/zoeken/?a=1&b="
    )
    assert elders.naam not in browser.get("/").text


def test_a_locked_session_can_be_ended_and_takes_no_form_of_a_stranger() -> None:
    gemeente = een_gemeente()
    een_inlogdienst(gemeente)
    gebruiker, identiteit = een_gekoppelde(gemeente)
    browser = een_client(gebruiker)
    mark(browser, identiteit, gezien=time.time() - 60 * 16)
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies = browser.cookies
    assert stranger.post("/gemeenten/wissel", {"gemeente": gemeente.pk}).status_code == 403
    browser.post("/account/uitloggen")
    assert "inlogdienst" not in browser.session


def test_a_mark_of_another_account_ends_the_session() -> None:
    gemeente = een_gemeente()
    _, identiteit = een_gekoppelde(gemeente)
    browser = een_client(een_gebruiker(gemeente))
    mark(browser, identiteit, gezien=time.time())
    assert browser.get("/zoeken/")["Location"].startswith("/account/inloggen")


def test_who_leaves_a_municipality_is_forgotten_by_it_and_comes_back_as_a_stranger(
    dienst: Inlogdienst,
) -> None:
    gemeente, elders = dienst.gemeente, een_gemeente()
    beheerder = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    gebruiker, _ = een_gekoppelde(gemeente, "iemand")
    with voor_gemeente(elders):
        Lidmaatschap.objects.create(gemeente=elders, gebruiker=gebruiker, rol=Rol.JOBCOACH)
        Identiteit.objects.create(gemeente=elders, gebruiker=gebruiker, uitgever=UITGEVER, onderwerp="iemand")
    with voor_gemeente(gemeente):
        pk = Lidmaatschap.objects.get(gebruiker=gebruiker).pk
    leden.remove(gemeente, pk, beheerder)
    with voor_gemeente(gemeente):
        assert not Identiteit.objects.filter(gebruiker=gebruiker).exists()
        Lidmaatschap.objects.create(gemeente=gemeente, gebruiker=gebruiker, rol=Rol.JOBCOACH)
    with pytest.raises(InloggenMislukt, match="niet gekoppeld"):
        regels.recognise(gemeente, dienst, {"sub": "iemand"})
    with voor_gemeente(elders):
        assert Identiteit.objects.filter(gebruiker=gebruiker).exists()


def test_a_page_of_somebody_else_logs_nobody_in() -> None:
    gemeente = een_gemeente("Aadorp")
    een_inlogdienst(gemeente)
    make_known()
    path = f"/account/inloggen/gemeente/{gemeente.oin}?next=/zoeken/"
    for site in ("cross-site", "same-site"):
        asked = Client().get(path, headers={"Sec-Fetch-Site": site})
        # It takes a press on a page of the portal.
        assert asked.get("Refresh") is None
        assert f'href="{path}"' in asked.text
    for site in ("same-origin", "none"):
        assert Client().get(path, headers={"Sec-Fetch-Site": site})["Refresh"].startswith("0;url=https://")


# --- The password --------------------------------------------------------------------------------------------


def test_the_password_is_off_for_who_belongs_to_this_municipality_alone(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    gemeente, elders = een_gemeente(), een_gemeente()
    een_inlogdienst(gemeente, wachtwoord_uit=True)
    gekoppeld, nog_niet, ook_elders = (with_password(gemeente) for _ in range(3))
    with voor_gemeente(elders):
        Lidmaatschap.objects.create(gemeente=elders, gebruiker=ook_elders, rol=Rol.JOBCOACH)
    with voor_gemeente(gemeente):
        for number, gebruiker in enumerate((gekoppeld, ook_elders)):
            Identiteit.objects.create(
                gemeente=gemeente, gebruiker=gebruiker, uitgever=UITGEVER, onderwerp=f"{number}"
            )
    _, answer = log_in_with_password(gekoppeld.username)
    assert answer["Location"] == "/account/inloggen/gemeente"
    _, answer = log_in_with_password(ook_elders.username)
    assert answer["Location"] == "/"
    # Who is not joined yet does that first.
    settings.UM_DEMO = True  # without a second factor
    browser, answer = log_in_with_password(nog_niet.username)
    assert browser.get("/zoeken/")["Location"] == "/account/koppelen"
    assert gemeente.naam in browser.get("/account/koppelen").text


def test_nobody_gets_a_password_by_mail_for_an_account_that_a_municipality_opens() -> None:
    gemeente = een_gemeente()
    dienst = een_inlogdienst(gemeente)
    gebruiker, _ = een_gekoppelde(gemeente)
    gebruiker.set_unusable_password()
    gebruiker.save()
    send_reset(gebruiker.pk)
    assert not mail.outbox
    # When it is switched off for good, that is the way out.
    dienst.aan = False
    with voor_gemeente(gemeente):
        dienst.save()
    send_reset(gebruiker.pk)
    assert len(mail.outbox) == 1


# --- Configuring it ------------------------------------------------------------------------------------------


def test_nothing_of_it_is_there_unless_it_is_on() -> None:
    gemeente = een_gemeente()
    een_inlogdienst(gemeente, aan=False)
    for path in ("", f"/{gemeente.oin}", f"/{gemeente.oin}/terug"):
        assert Client().get(f"/account/inloggen/gemeente{path}").status_code == 404
    assert "via uw gemeente" not in Client().get("/account/inloggen").text
    een_inlogdienst(een_gemeente("Aanstad"))
    assert "via uw gemeente" in Client().get("/account/inloggen").text
    page = Client().get("/account/inloggen/gemeente").text
    assert "Aanstad" in page
    assert gemeente.naam not in page


def test_support_writes_it_and_nobody_sees_the_secret_again() -> None:
    gemeente = een_gemeente()
    browser = een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    path = f"/gemeenten/{gemeente.oin}/inloggen/"
    form = {
        "uitgever": UITGEVER, "client_id": CLIENT, "geheim": GEHEIM, "amr": "mfa\nmfa\n\n", "acr": "",
        "rolclaim": "", "jobcoach": "", "gegevensbeheerder": "",
    }  # fmt: skip

    def stempel() -> str:
        return str(browser.get(path).context["form"].initial["stempel"])

    assert (
        browser.post(path, {**form, "stempel": stempel(), "uitgever": "https://169.254.169.254"}).status_code
        == 422
    )
    assert browser.post(path, {**form, "stempel": stempel(), "geheim": ""}).status_code == 422
    assert browser.post(path, {**form, "stempel": stempel()}).status_code == 302
    with voor_gemeente(gemeente):
        dienst = Inlogdienst.objects.get()
        line = Auditregel.objects.get(handeling="inlogdienst_gewijzigd")
    assert (dienst.amr, dienst.secret, dienst.aan) == (["mfa"], GEHEIM, False)
    assert GEHEIM not in dienst.geheim
    assert "geheim" in line.onderwerp
    assert GEHEIM not in browser.get(path).text
    assert browser.post(path, {**form, "stempel": "oud"}).status_code == 409
    # Another client takes its own secret; another issuer ends what was joined.
    assert (
        browser.post(path, {**form, "stempel": stempel(), "geheim": "", "client_id": "b"}).status_code == 422
    )
    een_gekoppelde(gemeente)
    other = "https://inloggen.gemeente.example/nieuw"
    assert browser.post(path, {**form, "stempel": stempel(), "uitgever": other}).status_code == 302
    with voor_gemeente(gemeente):
        assert not Identiteit.objects.exists()
    # It is not switched on before it was reached.
    assert browser.post(path, {**form, "stempel": stempel(), "aan": "on"}).status_code == 422


def test_support_lets_the_password_work_again_while_the_service_is_away(settings: Any) -> None:
    settings.UM_SSO_UITGEVERS, settings.UM_SSO_LOOPBACK = ["127.0.0.1:9"], True
    gemeente = een_gemeente()
    een_inlogdienst(gemeente, uitgever="https://127.0.0.1:9", wachtwoord_uit=True)
    gebruiker, identiteit = een_gekoppelde(gemeente, uitgever="https://127.0.0.1:9")
    working = een_sessie(gebruiker)
    mark(working, identiteit, gezien=time.time(), sterk=True)
    browser = een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    path = f"/gemeenten/{gemeente.oin}/inloggen/"
    form = {"uitgever": "https://127.0.0.1:9", "client_id": CLIENT, "geheim": "", "aan": "on"}

    def send(**more: str) -> int:
        stempel = browser.get(path).context["form"].initial["stempel"]
        return int(browser.post(path, {**form, "stempel": stempel, **more}).status_code)

    assert send() == 302
    assert regels.password_off_at(gebruiker) is None
    # Whoever is at work goes on.
    assert working.get("/account/").status_code == 200
    # Taking the password away again is a change like any other, and another service has to answer.
    assert send(wachtwoord_uit="on") == 302
    assert working.get("/account/").status_code == 302
    assert send(uitgever="https://127.0.0.1:9/anders", geheim="x") == 422


def test_a_sealed_secret_does_not_open_for_another_municipality() -> None:
    dienst, other = een_inlogdienst(een_gemeente()), een_inlogdienst(een_gemeente())
    other.geheim = dienst.geheim
    with pytest.raises(ZegelFout):
        _ = other.secret
