"""Without a second factor nobody sees data; setting one up, using it, and not losing the last one."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import Browser, een_app, een_client, een_gebruiker, een_gemeente
from um_portal.accounts.middleware import _WITHOUT_SECOND_FACTOR
from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Rol

pytestmark = pytest.mark.django_db

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"
SET_UP = "/account/tweede-factor"


@pytest.fixture
def gebruiker() -> Gebruiker:
    found = een_gebruiker(een_gemeente(), Rol.FUNCTIONEEL_BEHEERDER)
    found.set_password(WACHTWOORD)
    found.save()
    return found


@pytest.fixture
def newcomer(gebruiker: Gebruiker) -> Browser:
    """Logged in with a password alone."""
    return een_client(gebruiker, tweede_factor_gebruikt=False)


def addresses() -> list[tuple[str, str]]:
    """Name and address of every page, with something in the place of its arguments."""
    found = []

    def walk(patterns: Any, prefix: str, space: str) -> None:
        for one in patterns:
            route = prefix + re.sub(r"^\^|\$$", "", str(one.pattern))
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route, f"{space}{one.namespace}:" if one.namespace else space)
            elif isinstance(one, URLPattern):
                path = re.sub(r"\(\?P<uidb36>.*", "1-a-b", re.sub(r"<int:\w+>", "1", route))
                path = (
                    path.replace("<oin:oin>", "9" * 20)
                    .replace("(?P<oin>[0-9]{20})", "9" * 20)
                    .replace("<voorwaarde:soort>", "dpia")
                )
                path = re.sub(r"<(str|slug):\w+>|<\w+>", "x", path)
                found.append((f"{space}{one.name}", "/" + path))

    walk(get_resolver().url_patterns, "", "")
    return found


def test_without_a_second_factor_every_page_leads_to_setting_one_up(newcomer: Browser) -> None:
    pages = addresses()
    assert len(pages) > 60
    open_ = []
    for name, path in pages:
        for method in (newcomer.get, newcomer.post):
            if name.endswith(":logout") or name == "account_logout" or "uitnodiging" in name:
                continue
            answer = method(path)
            if answer.status_code == 302 and answer["Location"] == SET_UP:
                continue
            open_.append(name)
    assert set(open_) <= _WITHOUT_SECOND_FACTOR
    assert set(open_) == _WITHOUT_SECOND_FACTOR - {
        "accounts:logout", "account_logout", "accounts:uitnodiging", "accounts:uitnodiging-wachtwoord",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_portal(gebruiker: Gebruiker, newcomer: Browser) -> None:
    assert "kunt u het portaal niet gebruiken" in newcomer.get("/", follow=True).text
    page = newcomer.get(f"{SET_UP}/app").text
    secret = re.search(r'um-sleutel">([A-Z2-7]+)<', page)
    assert secret is not None
    assert "data:image/svg+xml" in page
    wrong = newcomer.post(f"{SET_UP}/app", {"code": "000000"})
    assert "Deze code klopt niet" in wrong.text
    good = auth.format_hotp_value(
        auth.hotp_value(secret[1], next(iter(auth.yield_hotp_counters_from_time())))
    )
    answer = newcomer.post(f"{SET_UP}/app", {"code": good})
    assert answer["Location"] == f"{SET_UP}/herstelcodes"
    answer = newcomer.get(answer["Location"])
    codes = re.findall(r"<code>(\d{10})</code>", answer.text)
    assert len(set(codes)) == 10
    assert newcomer.get("/").status_code == 200
    assert [one.subject for one in mail.outbox] == ["UM-portaal: een app is toegevoegd als tweede factor"]
    # The secret and the codes lie sealed.
    lying = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret[1] not in lying
    assert not any(code in lying for code in codes)


@pytest.mark.parametrize("path", ["app", "passkey"])
def test_who_logged_in_before_there_was_a_second_factor_shows_it_and_adds_no_other(
    path: str, gebruiker: Gebruiker, newcomer: Browser
) -> None:
    assert newcomer.get(f"{SET_UP}/{path}").status_code == 200
    een_app(gebruiker)
    answer = newcomer.get(f"{SET_UP}/{path}", follow=True)
    assert answer.redirect_chain[0][0] == "/account/inloggen"
    assert "Log opnieuw in, met uw tweede factor" in answer.text
    assert newcomer.get("/").status_code == 302


def test_a_recovery_code_works_once(gebruiker: Gebruiker) -> None:
    een_app(gebruiker)
    code = RecoveryCodes.activate(gebruiker).get_unused_codes()[0]
    for there in (True, False):
        browser = Client()
        browser.post("/account/inloggen", {"login": gebruiker.username, "password": WACHTWOORD})
        browser.post("/account/inloggen/tweede-factor", {"code": code})
        assert (browser.get("/").status_code == 200) is there


def test_a_code_of_the_app_works_once(gebruiker: Gebruiker) -> None:
    code = een_app(gebruiker)()
    for there in (True, False):
        browser = Client()
        browser.post("/account/inloggen", {"login": gebruiker.username, "password": WACHTWOORD})
        browser.post("/account/inloggen/tweede-factor", {"code": code})
        assert (browser.get("/").status_code == 200) is there


def test_the_second_step_alone_opens_nothing(gebruiker: Gebruiker) -> None:
    code = een_app(gebruiker)
    answer = Client().post("/account/inloggen/tweede-factor", {"code": code()})
    assert answer["Location"] == "/account/inloggen"


def test_what_matters_is_asked_again_after_a_while(gebruiker: Gebruiker) -> None:
    code = een_app(gebruiker)
    browser = een_client(gebruiker)
    session = browser.session
    session["begonnen"] -= 3600
    session.save()
    for path in ("app/verwijderen", "passkey", "herstelcodes/nieuw"):
        answer = browser.get(f"{SET_UP}/{path}")
        assert answer["Location"].startswith("/account/bevestigen?next=")
    # What was sent too late is not kept; the page is asked for again.
    answer = browser.post(f"{SET_UP}/herstelcodes/nieuw", {"geheim": "zeer-geheim"})
    assert answer["Location"] == f"{SET_UP}/herstelcodes/nieuw"
    assert "zeer-geheim" not in str(dict(browser.session))
    browser.get(f"{SET_UP}/herstelcodes/nieuw")
    data = {"password": "fout", "next": f"{SET_UP}/herstelcodes/nieuw"}
    assert "niet uw wachtwoord" in browser.post("/account/bevestigen", data).text
    data["password"] = WACHTWOORD
    assert browser.post("/account/bevestigen", data)["Location"] == f"{SET_UP}/herstelcodes/nieuw"
    assert browser.get(f"{SET_UP}/herstelcodes/nieuw").status_code == 200
    other = een_client(gebruiker)
    session = other.session
    session["begonnen"] -= 3600
    session.save()
    answer = other.post("/account/bevestigen/code", {"code": code(), "next": f"{SET_UP}/passkey"})
    assert answer["Location"] == f"{SET_UP}/passkey"


def test_the_last_second_factor_cannot_be_removed(gebruiker: Gebruiker) -> None:
    een_app(gebruiker)
    browser = een_client(gebruiker)
    assert "uw enige tweede factor" in browser.get(f"{SET_UP}/app/verwijderen").text
    browser.post(f"{SET_UP}/app/verwijderen")
    assert Authenticator.objects.count() == 1
    passkey = Authenticator.objects.create(user=gebruiker, type="webauthn", data={"name": "Laptop"})
    Authenticator.objects.exclude(pk=passkey.pk).delete()
    assert "uw enige tweede factor" in browser.get(f"{SET_UP}/passkeys/{passkey.pk}/verwijderen").text
    browser.post(f"{SET_UP}/passkeys/{passkey.pk}/verwijderen")
    assert Authenticator.objects.count() == 1


def test_one_of_two_can_be_removed_and_its_owner_is_told(gebruiker: Gebruiker) -> None:
    een_app(gebruiker)
    passkey = Authenticator.objects.create(user=gebruiker, type="webauthn", data={"name": "Laptop"})
    browser = een_client(gebruiker)
    assert browser.post(f"{SET_UP}/passkeys/{passkey.pk}/verwijderen").status_code == 302
    assert [one.type for one in Authenticator.objects.all()] == ["totp"]
    assert [one.subject for one in mail.outbox] == ["UM-portaal: een passkey is verwijderd als tweede factor"]
    assert browser.get("/").status_code == 200


def test_nobody_touches_the_passkey_of_somebody_else(gebruiker: Gebruiker) -> None:
    other = een_gebruiker(een_gemeente())
    een_app(other)
    passkey = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Laptop"})
    browser = een_client(gebruiker)
    for path in ("verwijderen", "naam"):
        assert browser.get(f"{SET_UP}/passkeys/{passkey.pk}/{path}").status_code == 404
        assert browser.post(f"{SET_UP}/passkeys/{passkey.pk}/{path}", {"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    "sent",
    ["", "x", "null", "[]", "{}", "1", '"x"', '{"response": 1}', '{"id": "x", "rawId": "x", "response": {}}',
     '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"AA",'
     '"authenticatorData":"AA","signature":"AA"}}', "9" * 5000, "[" * 5000],
)  # fmt: skip
def test_whatever_is_sent_as_a_passkey_the_answer_is_a_sentence(sent: str, gebruiker: Gebruiker) -> None:
    een_app(gebruiker)
    browser = een_client(gebruiker)
    browser.get(f"{SET_UP}/passkey")
    answer = browser.post(f"{SET_UP}/passkey", {"name": "x", "credential": sent})
    assert answer.status_code == 200
    assert "De passkey is niet herkend" in answer.text
    stranger = Client()
    stranger.post("/account/inloggen", {"login": gebruiker.username, "password": WACHTWOORD})
    stranger.get("/account/inloggen/tweede-factor")
    answer = stranger.post("/account/inloggen/tweede-factor", {"credential": sent})
    assert answer.status_code == 200
    assert "De passkey is niet herkend" in answer.text


def test_a_passkey_alone_logs_nobody_in() -> None:
    for path in ("tweede-factor/passkey/inloggen", "2fa/webauthn/login/", "webauthn/login/"):
        assert Client().get(f"/account/{path}").status_code == 404


def test_in_the_demonstration_a_second_factor_may_wait_and_every_page_says_so(
    gebruiker: Gebruiker, newcomer: Browser, settings
) -> None:
    settings.UM_DEMO = True
    page = newcomer.get("/")
    assert page.status_code == 200
    assert "Een tweede factor is hier niet verplicht" in page.text
    assert (
        "Een tweede factor (een code uit een app, of een passkey) is hier niet verplicht"
        in Client().get(reverse("accounts:login")).text
    )


def test_the_mailbox_is_there_in_the_demonstration_only(settings, tmp_path) -> None:
    assert Client().get("/postvak").status_code == 404
    settings.UM_DEMO, settings.UM_DATA_DIR = True, tmp_path
    settings.EMAIL_BACKEND = "um_portal.demo.postvak.PostvakBackend"
    assert "nog niets verstuurd" in Client().get("/postvak").text
    for number in range(3):
        mail.send_mail(
            f"Onderwerp {number} é", "Regel <b>een</b>\n\nhttps://um.example/x", None, ["a@b.example"]
        )
    page = Client().get("/postvak").text
    assert page.index("Onderwerp 2 é") < page.index("Onderwerp 0 é")
    assert '<a href="https://um.example/x"' in page
    assert "<b>" not in page


def test_recovery_codes_can_be_downloaded_and_made_anew(gebruiker: Gebruiker) -> None:
    een_app(gebruiker)
    browser = een_client(gebruiker)
    assert browser.post(f"{SET_UP}/herstelcodes/nieuw").status_code == 302
    file = browser.get(f"{SET_UP}/herstelcodes/bestand")
    first = re.findall(r"^\d{10}$", file.text, re.MULTILINE)
    assert len(first) == 10
    assert "attachment" in file["Content-Disposition"]
    assert file["Cache-Control"] == "no-store, private"
    browser.post(f"{SET_UP}/herstelcodes/nieuw")
    second = re.findall(r"^\d{10}$", browser.get(f"{SET_UP}/herstelcodes/bestand").text, re.MULTILINE)
    assert not set(first) & set(second)
