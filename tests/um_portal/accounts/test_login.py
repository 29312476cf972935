"""Logging in, and being slowed down after too many wrong passwords."""

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.factories import een_gebruiker, een_gemeente
from um_portal.accounts.models import Gebruiker

pytestmark = pytest.mark.django_db

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"


@pytest.fixture
def gebruiker() -> Gebruiker:
    found = een_gebruiker(een_gemeente())
    found.set_password(WACHTWOORD)
    found.save()
    return found


def log_in(gebruiker: Gebruiker, password: str = WACHTWOORD, **meta: str) -> int:
    data = {"username": gebruiker.username, "password": password}
    return Client(**meta).post("/account/inloggen", data).status_code  # type: ignore[arg-type]


def test_it_works(gebruiker: Gebruiker) -> None:
    browser = Client()
    assert browser.get("/").status_code == 302
    answer = browser.post(
        "/account/inloggen", {"username": gebruiker.username, "password": WACHTWOORD}, follow=True
    )
    assert "Welkom" in answer.text
    assert answer["Cache-Control"] == "no-store, private"
    assert browser.post("/account/uitloggen").status_code == 302
    assert browser.get("/").status_code == 302


def test_a_wrong_password_says_so_without_telling_which_part_was_wrong(gebruiker: Gebruiker) -> None:
    page = Client().post("/account/inloggen", {"username": gebruiker.username, "password": "fout"}).text
    nobody = Client().post("/account/inloggen", {"username": "niemand@test.example", "password": "fout"}).text
    assert 'role="alert"' in page or "Niet alles is goed ingevuld" in page
    assert page.count("hoofdletter") == nobody.count("hoofdletter")


def test_after_too_many_wrong_passwords_even_the_right_one_has_to_wait(gebruiker: Gebruiker) -> None:
    statuses = [log_in(gebruiker, "fout") for _ in range(django_settings.AXES_FAILURE_LIMIT)]
    assert statuses[0] == 200
    assert log_in(gebruiker) == 429


def test_nobody_locks_a_colleague_out_from_another_address(gebruiker: Gebruiker) -> None:
    for _ in range(django_settings.AXES_FAILURE_LIMIT + 1):
        log_in(gebruiker, "fout", REMOTE_ADDR="192.0.2.1")
    assert log_in(gebruiker, REMOTE_ADDR="192.0.2.1") == 429
    assert log_in(gebruiker, REMOTE_ADDR="192.0.2.2") == 302


def test_behind_the_proxy_the_browsers_own_address_counts(gebruiker: Gebruiker, settings) -> None:
    settings.UM_VERTROUWDE_PROXIES = ["10.0.0.1"]
    for _ in range(django_settings.AXES_FAILURE_LIMIT + 1):
        log_in(gebruiker, "fout", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 192.0.2.1")
    # The part that the browser made up does not help.
    assert log_in(gebruiker, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="5.6.7.8, 192.0.2.1") == 429
    assert log_in(gebruiker, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.2") == 302


def test_a_forwarded_address_from_anybody_else_is_not_believed(gebruiker: Gebruiker) -> None:
    for number in range(django_settings.AXES_FAILURE_LIMIT + 1):
        log_in(gebruiker, "fout", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert log_in(gebruiker, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.99") == 429


def test_the_demonstrations_accounts_are_shown_in_the_demonstration_only(settings) -> None:
    assert "welkom-in-de-demo" not in Client().get("/account/inloggen").text
    settings.UM_DEMO = True
    assert "welkom-in-de-demo" in Client().get("/account/inloggen").text
