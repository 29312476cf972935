"""Logging in, and being slowed down after too many wrong passwords."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import mail, signing
from django.db import connection
from django.test import Client, RequestFactory

from tests.factories import een_app, een_client, een_gebruiker, een_gemeente
from um_portal.accounts import toestellen
from um_portal.accounts.models import Gebruiker
from um_portal.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"


@pytest.fixture
def gebruiker() -> Gebruiker:
    return een_collega()


def een_collega() -> Gebruiker:
    found = een_gebruiker(een_gemeente())
    found.set_password(WACHTWOORD)
    found.save()
    return found


def log_in(
    gebruiker: Gebruiker | str, password: str = WACHTWOORD, browser: Client | None = None, **meta: str
) -> int:
    name = gebruiker if isinstance(gebruiker, str) else gebruiker.username
    data = {"login": name, "password": password}
    answer: Any = (browser or Client()).post("/account/inloggen", data, **meta)  # type: ignore[arg-type]
    return int(answer.status_code)


def test_it_works(gebruiker: Gebruiker) -> None:
    browser, code = Client(), een_app(gebruiker)
    assert browser.get("/").status_code == 302
    answer = browser.post(
        "/account/inloggen", {"login": gebruiker.username, "password": WACHTWOORD}, follow=True
    )
    assert answer.redirect_chain == [("/account/inloggen/tweede-factor", 302)]
    assert browser.get("/").status_code == 302
    answer = browser.post("/account/inloggen/tweede-factor", {"code": code()}, follow=True)
    assert "Welkom" in answer.text
    assert answer["Cache-Control"] == "no-store, private"
    answer = browser.post("/account/uitloggen")
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/").status_code == 302


def test_the_address_may_be_typed_with_capitals(gebruiker: Gebruiker) -> None:
    assert log_in(gebruiker.username.upper()) == 302


def test_logging_in_goes_on_to_the_page_that_was_asked_for_and_never_to_another_site(
    gebruiker: Gebruiker,
) -> None:
    for asked, comes in (("/hulp", "/hulp"), ("https://elders.example/", "/"), ("//elders.example", "/")):
        browser, code = Client(), een_app(een := een_collega())
        data = {"login": een.username, "password": WACHTWOORD, "next": asked}
        browser.post("/account/inloggen", data)
        assert browser.post("/account/inloggen/tweede-factor", {"code": code()})["Location"] == comes
    for odd in (
        "http://[",
        "//[::1",
        "\\\\elders.example",
        "/\\elders.example",
        "/\t//elders.example",
        "https://testserver/hulp",
        "hulp",
    ):
        assert Client().get("/account/inloggen", {"next": odd}).status_code == 200, odd
        answer = een_client(een_collega()).get("/account/inloggen", {"next": odd})
        assert answer["Location"] == "/", odd


def test_nobody_signs_up() -> None:
    for path in ("signup/", "signup", "registreren", "aanmelden", "email/", "login/code/", "password/set/"):
        assert Client().get(f"/account/{path}").status_code == 404


def test_whoever_has_the_password_of_an_account_that_is_not_active_does_not_get_in(
    gebruiker: Gebruiker,
) -> None:
    Gebruiker.objects.filter(pk=gebruiker.pk).update(is_active=False)
    browser = Client()
    answer = browser.post(
        "/account/inloggen", {"login": gebruiker.username, "password": WACHTWOORD}, follow=True
    )
    assert "niet actief" in answer.text
    assert browser.get("/").status_code == 302


def test_a_wrong_password_says_so_without_telling_which_part_was_wrong(gebruiker: Gebruiker) -> None:
    page = Client().post("/account/inloggen", {"login": gebruiker.username, "password": "fout"}).text
    nobody = Client().post("/account/inloggen", {"login": "niemand@test.example", "password": "fout"}).text
    assert 'role="alert"' in page or "Niet alles is goed ingevuld" in page
    assert page.count("hoofdletter") == nobody.count("hoofdletter")


def test_after_too_many_wrong_passwords_even_the_right_one_has_to_wait(gebruiker: Gebruiker) -> None:
    statuses = [log_in(gebruiker, "fout") for _ in range(django_settings.UM_INLOGPOGINGEN)]
    assert statuses[0] == 200
    assert log_in(gebruiker) == 429


def test_nobody_locks_a_colleague_out_from_another_address(gebruiker: Gebruiker) -> None:
    for _ in range(django_settings.UM_INLOGPOGINGEN + 1):
        log_in(gebruiker, "fout", REMOTE_ADDR="192.0.2.1")
    assert log_in(gebruiker, REMOTE_ADDR="192.0.2.1") == 429
    assert log_in(gebruiker, REMOTE_ADDR="192.0.2.2") == 302


def test_addresses_that_are_written_the_ipv6_way_are_told_apart(gebruiker: Gebruiker, settings) -> None:
    settings.UM_VERTROUWDE_PROXIES = ["10.0.0.1"]
    proxy = "::ffff:10.0.0.1"
    for _ in range(django_settings.UM_INLOGPOGINGEN + 1):
        log_in(gebruiker, "fout", REMOTE_ADDR=proxy, HTTP_X_FORWARDED_FOR="::ffff:192.0.2.1")
    assert log_in(gebruiker, REMOTE_ADDR=proxy, HTTP_X_FORWARDED_FOR="192.0.2.1") == 429
    assert log_in(gebruiker, REMOTE_ADDR=proxy, HTTP_X_FORWARDED_FOR="::ffff:192.0.2.2") == 302


def test_behind_the_proxy_the_browsers_own_address_counts(gebruiker: Gebruiker, settings) -> None:
    settings.UM_VERTROUWDE_PROXIES = ["10.0.0.1"]
    for _ in range(django_settings.UM_INLOGPOGINGEN + 1):
        log_in(gebruiker, "fout", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 192.0.2.1")
    # The part that the browser made up does not help.
    assert log_in(gebruiker, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="5.6.7.8, 192.0.2.1") == 429
    assert log_in(gebruiker, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.2") == 302


def test_a_forwarded_address_from_anybody_else_is_not_believed(gebruiker: Gebruiker) -> None:
    for number in range(django_settings.UM_INLOGPOGINGEN + 1):
        log_in(gebruiker, "fout", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert log_in(gebruiker, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.99") == 429


def test_through_two_proxies_the_address_is_the_one_that_the_first_of_them_saw(
    gebruiker: Gebruiker, settings
) -> None:
    settings.UM_VERTROUWDE_PROXIES = ["10.0.0.1", "10.0.0.2"]
    for _ in range(django_settings.UM_INLOGPOGINGEN + 1):
        log_in(gebruiker, "fout", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1, 10.0.0.2")
    assert log_in(gebruiker, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1, 10.0.0.2") == 429
    assert log_in(gebruiker, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.2, 10.0.0.2") == 302


@pytest.mark.parametrize(
    "told", ["", ",", "unknown", "192.0.2.1:8080", "<script>", "x" * 5000, "10.0.0.1", "::1%eth0"]
)
def test_whatever_a_proxy_tells_the_answer_is_a_page_and_attempts_are_counted(
    told: str, gebruiker: Gebruiker, settings
) -> None:
    # A proxy too many in the list, one too few, or one that tells something else than an address.
    settings.UM_VERTROUWDE_PROXIES = ["10.0.0.1"]
    meta: dict[str, Any] = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": told}
    for _ in range(django_settings.UM_INLOGPOGINGEN):
        assert log_in(gebruiker, "fout", **meta) == 200
    assert log_in(gebruiker, **meta) == 429
    code = een_app(ander := een_collega())
    browser = Client()
    assert log_in(ander, browser=browser, **meta) == 302
    answer: Any = browser.post("/account/inloggen/tweede-factor", {"code": code()}, **meta)
    assert answer["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_forty_made_up_names_at_once_keep_no_colleague_behind_the_same_address_out() -> None:
    gebruiker = een_collega()

    def made_up(number: int) -> int:
        try:
            return log_in(f"niemand{number}@test.example", "fout", REMOTE_ADDR="192.0.2.1")
        finally:
            connection.close()

    with ThreadPoolExecutor(40) as threads:
        statuses = list(threads.map(made_up, range(40)))
    # Who comes when the passwords of others are being checked hears so.
    assert {200} <= set(statuses) <= {200, 503}
    assert log_in(gebruiker, REMOTE_ADDR="192.0.2.1") == 302


def test_an_address_that_tries_name_after_name_has_to_wait_but_not_a_browser_that_is_known(
    gebruiker: Gebruiker, settings
) -> None:
    settings.UM_INLOGPOGINGEN_ADRES = 5
    known = a_browser_that_is_known(gebruiker)
    for number in range(5):
        assert log_in(f"niemand{number}@test.example", "fout") == 200
    assert log_in("niemand9@test.example", "fout") == 429
    assert log_in(gebruiker) == 429
    # It is known for this one name.
    assert log_in("niemand9@test.example", "fout", browser=een_kopie(known)) == 429
    assert log_in(gebruiker, browser=known) == 302


def test_a_name_that_is_tried_from_everywhere_stays_open_for_a_browser_that_is_known(
    gebruiker: Gebruiker, settings
) -> None:
    settings.UM_INLOGPOGINGEN_NAAM = 5
    known = a_browser_that_is_known(gebruiker)
    for number in range(5):
        assert log_in(gebruiker, "fout", REMOTE_ADDR=f"198.51.100.{number}") == 200
    assert log_in(gebruiker, REMOTE_ADDR="198.51.100.9") == 429
    assert log_in(gebruiker, browser=known, REMOTE_ADDR="198.51.100.9") == 302
    # Guessing in a browser that is known comes to an end as well.
    statuses = [
        log_in(gebruiker, "fout", browser=een_kopie(known))
        for _ in range(django_settings.UM_INLOGPOGINGEN + 1)
    ]
    assert statuses[-1] == 429


def test_the_right_password_makes_the_mistakes_before_it_forgotten(gebruiker: Gebruiker) -> None:
    for _ in range(3):
        for _ in range(django_settings.UM_INLOGPOGINGEN - 1):
            assert log_in(gebruiker, "fout") == 200
        assert log_in(gebruiker) == 302


def test_a_code_cannot_be_guessed_for_ever(gebruiker: Gebruiker) -> None:
    browser, code = Client(), een_app(gebruiker)
    log_in(gebruiker, browser=browser)
    for _ in range(django_settings.UM_INLOGPOGINGEN):
        browser.post("/account/inloggen/tweede-factor", {"code": "000000"})
    answer = browser.post("/account/inloggen/tweede-factor", {"code": code()})
    assert "te vaak geprobeerd" in answer.text
    assert browser.get("/").status_code == 302


def test_without_redis_nobody_can_guess_and_everybody_is_told(gebruiker: Gebruiker, settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    answer = Client().post("/account/inloggen", {"login": gebruiker.username, "password": WACHTWOORD})
    assert answer.status_code == 503
    assert "antwoordt niet" in answer.text


def a_browser_that_is_known(gebruiker: Gebruiker, code: Callable[[], str] | None = None) -> Client:
    browser, code = Client(), code or een_app(gebruiker)
    log_in(gebruiker, browser=browser)
    browser.post("/account/inloggen/tweede-factor", {"code": code()})
    browser.post("/account/uitloggen")
    return browser


def een_kopie(browser: Client) -> Client:
    other = Client()
    other.cookies[django_settings.UM_TOESTEL_COOKIE] = browser.cookies[
        django_settings.UM_TOESTEL_COOKIE
    ].value
    return other


def test_a_browser_that_is_new_is_told_to_its_owner_and_the_first_one_is_not(gebruiker: Gebruiker) -> None:
    known = a_browser_that_is_known(gebruiker)
    assert [one.subject for one in mail.outbox] == []
    Authenticator.objects.all().delete()
    code = een_app(gebruiker)
    for browser in (known, Client(HTTP_USER_AGENT="Vreemde browser")):
        log_in(gebruiker, browser=browser)
        browser.post("/account/inloggen/tweede-factor", {"code": code()})
    assert [(one.subject, one.to) for one in mail.outbox] == [
        ("UM-portaal: er is ingelogd met een nieuw toestel", [gebruiker.username])
    ]
    assert "Vreemde browser" in mail.outbox[0].body
    assert "127.0.0.1" in mail.outbox[0].body


def test_a_cookie_that_somebody_made_up_makes_no_browser_known(gebruiker: Gebruiker) -> None:
    known = {toestellen._mark(gebruiker.username): "1"}
    own = signing.dumps(known, salt=toestellen._SALT)
    forged = signing.dumps(known, salt=toestellen._SALT, key="een ander geheim")
    for value, number in ((own, "1"), (forged, None), ("verzonnen", None)):
        browser = Client()
        browser.cookies[django_settings.UM_TOESTEL_COOKIE] = value
        assert log_in(gebruiker, browser=browser) == 302
        request = RequestFactory().get("/")
        request.COOKIES[django_settings.UM_TOESTEL_COOKIE] = value
        assert toestellen.known(request, gebruiker.username) == number


def test_no_name_or_password_comes_into_a_session(gebruiker: Gebruiker) -> None:
    een_app(gebruiker)
    browser = Client()
    log_in(gebruiker, browser=browser)
    contents = str(dict(SessionStore(Session.objects.get().session_key)))
    assert "account_login" in contents
    assert "test.example" not in contents
    assert WACHTWOORD not in contents


def test_the_demonstrations_accounts_are_shown_in_the_demonstration_only(settings) -> None:
    assert "welkom-in-de-demo" not in Client().get("/account/inloggen").text
    settings.UM_DEMO = True
    assert "welkom-in-de-demo" in Client().get("/account/inloggen").text


# --- Codes of the second factor ------------------------------------------------------------------------


def show_code(gebruiker: Gebruiker, code: str, browser: Client | None = None, **meta: str) -> int:
    browser = browser or Client()
    log_in(gebruiker, browser=browser, **meta)
    answer: Any = browser.post("/account/inloggen/tweede-factor", {"code": code}, **meta)  # type: ignore[arg-type]
    return int(answer.status_code) if "te vaak" not in answer.text else 429


def test_who_knows_a_password_cannot_use_up_the_codes_of_its_owner(gebruiker: Gebruiker) -> None:
    code = een_app(gebruiker)
    known = a_browser_that_is_known(gebruiker, code)
    for _ in range(django_settings.UM_INLOGPOGINGEN):
        assert show_code(gebruiker, "000000", REMOTE_ADDR="192.0.2.1") == 200
    assert show_code(gebruiker, "000000", REMOTE_ADDR="192.0.2.1") == 429
    # Elsewhere on the network, and in the owner's own browser at the very same address.
    assert show_code(gebruiker, "000000", REMOTE_ADDR="192.0.2.2") == 200
    assert show_code(gebruiker, code(), browser=known, REMOTE_ADDR="192.0.2.1") == 302


def test_codes_are_not_guessed_from_many_addresses(gebruiker: Gebruiker) -> None:
    een_app(gebruiker)
    statuses = [
        show_code(gebruiker, "000000", REMOTE_ADDR=f"198.51.100.{number}")
        for number in range(3 * django_settings.UM_INLOGPOGINGEN + 1)
    ]
    assert statuses[-2:] == [200, 429]


# --- A browser that is known ---------------------------------------------------------------------------


def test_a_new_password_makes_every_other_browser_unknown(gebruiker: Gebruiker) -> None:
    known, mine = Client(), Client()
    for browser in (known, mine):
        assert log_in(gebruiker, browser=browser) == 302
    een = een_client(gebruiker)
    een.cookies[django_settings.UM_TOESTEL_COOKIE] = mine.cookies[django_settings.UM_TOESTEL_COOKIE].value
    nieuw = "een-ander-lang-wachtwoord"
    een.post("/account/wachtwoord", {"oldpassword": WACHTWOORD, "password1": nieuw, "password2": nieuw})
    mail.outbox.clear()
    assert log_in(gebruiker, nieuw, browser=known) == 302
    assert [one.subject for one in mail.outbox] == ["UM-portaal: er is ingelogd met een nieuw toestel"]
    mail.outbox.clear()
    again = Client()
    again.cookies[django_settings.UM_TOESTEL_COOKIE] = een.cookies[django_settings.UM_TOESTEL_COOKIE].value
    assert log_in(gebruiker, nieuw, browser=again) == 302
    assert mail.outbox == []


# --- A unix socket -------------------------------------------------------------------------------------


def test_over_a_unix_socket_the_proxy_is_believed_when_the_operator_says_so(
    gebruiker: Gebruiker, settings
) -> None:
    settings.UM_VERTROUWDE_PROXIES = ["unix"]
    for _ in range(django_settings.UM_INLOGPOGINGEN):
        log_in(gebruiker, "fout", REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="192.0.2.1")
    assert log_in(gebruiker, REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="192.0.2.1") == 429
    assert log_in(gebruiker, REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="192.0.2.2") == 302


def test_over_a_unix_socket_that_nobody_named_everybody_is_one_address(gebruiker: Gebruiker, caplog) -> None:
    for number in range(django_settings.UM_INLOGPOGINGEN):
        log_in(gebruiker, "fout", REMOTE_ADDR="", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert log_in(gebruiker, REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="198.51.100.1") == 429
    assert "Zet unix in UM_VERTROUWDE_PROXIES" in caplog.text
