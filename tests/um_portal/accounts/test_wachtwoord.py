"""Passwords: which are refused, changing one, and a new one by mail without telling who has an account."""

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings as django_settings
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tests.factories import een_app, een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.accounts import tasks
from um_portal.accounts.mail import notify_role_change
from um_portal.accounts.models import Gebruiker

pytestmark = pytest.mark.django_db

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"
NIEUW = "een-heel-ander-wachtwoord-voor-nu"
FORGOTTEN = "/account/wachtwoord-vergeten"


@pytest.fixture
def gebruiker() -> Gebruiker:
    found = een_gebruiker(een_gemeente(), first_name="Wilhelmina", last_name="Zonneveld")
    found.set_password(WACHTWOORD)
    found.save()
    return found


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elf tekens.", "password_too_short"),
        ("qwertyuiop123", "password_breached"),
        ("QWERTYUIOP123", "password_breached"),
        ("1234567890123", "password_breached"),
        ("Welkom2026!!Welkom", "password_own_words"),
        ("gemeente-vng-2026", "password_own_words"),
        ("wilhelmina1234", "password_too_similar"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str, why: str, gebruiker: Gebruiker) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, gebruiker)
    assert why in {error.code for error in refusal.value.error_list}


@pytest.mark.parametrize(
    "password",
    ["twaalf kleine letters", "zonder hoofdletter of cijfer",
     "ᚠᛇᚻ᛫ᛒᛦᚦ᛫ᚠᚱᚩᚠᚢᚱ", "lang " * 200, "  spaties ervoor en erna  ",
     "de gemeente heeft drie gele fietsen"],
)  # fmt: skip
def test_any_other_password_of_twelve_is_good_however_long_and_whatever_is_in_it(
    password: str, gebruiker: Gebruiker
) -> None:
    browser = een_client(gebruiker)
    data = {"oldpassword": WACHTWOORD, "password1": password, "password2": password}
    assert browser.post("/account/wachtwoord", data).status_code == 302
    gebruiker.refresh_from_db()
    assert gebruiker.check_password(password)
    assert not gebruiker.check_password(password[:-1])


def test_passwords_are_kept_with_argon2() -> None:
    from um_portal import settings

    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_changing_a_password_takes_the_old_one_and_is_told_by_mail(gebruiker: Gebruiker) -> None:
    browser = een_client(gebruiker)
    data = {"oldpassword": "fout", "password1": NIEUW, "password2": NIEUW}
    assert "niet uw huidige wachtwoord" in browser.post("/account/wachtwoord", data).text
    assert mail.outbox == []
    browser.post("/account/wachtwoord", {**data, "oldpassword": WACHTWOORD})
    assert [(one.subject, one.to) for one in mail.outbox] == [
        ("UM-portaal: uw wachtwoord is gewijzigd", [gebruiker.username])
    ]
    assert "Was u dit niet?" in mail.outbox[0].body


def test_who_has_no_password_has_no_page_to_change_it() -> None:
    gebruiker = een_gebruiker(een_gemeente())
    gebruiker.set_unusable_password()
    gebruiker.save()
    assert een_client(gebruiker).get("/account/wachtwoord").status_code == 404


# --- Forgotten -----------------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Lists what was left to a worker."""
    found: list[Any] = []
    monkeypatch.setattr(tasks.send_reset, "apply_async", lambda args, **kwargs: found.append(args[0]))
    return found


def link_in(message: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body)
    assert found is not None
    return found[1]


def test_a_stranger_who_asks_for_a_link_keeps_nobody_from_setting_up_a_second_factor(
    gebruiker: Gebruiker, asked: list[Any]
) -> None:
    Client().post(FORGOTTEN, {"email": gebruiker.username})
    tasks.send_reset(gebruiker.pk)
    Client().get(f"{FORGOTTEN}/{user_pk_to_url_str(gebruiker)}-abc-verzonnen", follow=True)
    # The address stands in one place, and the library keeps none beside it.
    assert not EmailAddress.objects.exists()
    EmailAddress.objects.create(user=gebruiker, email=gebruiker.username, verified=False)
    browser = een_client(gebruiker)
    assert [browser.get(f"/account/tweede-factor/{way}").status_code for way in ("app", "passkey")] == [
        200,
        200,
    ]


def test_a_new_password_by_mail(gebruiker: Gebruiker, asked: list[Any], settings) -> None:
    settings.UM_ADRES = "https://um.voorbeeld.nl"
    code = een_app(gebruiker)
    elsewhere = een_client(gebruiker)
    browser = Client()
    # A made-up Host does not come into the mail.
    settings.ALLOWED_HOSTS = ["*"]
    answer = browser.post(
        FORGOTTEN, {"email": gebruiker.username.upper()}, HTTP_HOST="kwaad.example", follow=True
    )
    assert "Kijk in uw mail" in answer.text
    assert asked == [gebruiker.pk]
    tasks.send_reset(gebruiker.pk)
    assert mail.outbox[0].to == [gebruiker.username]
    assert "https://um.voorbeeld.nl/account/wachtwoord-vergeten/" in mail.outbox[0].body
    assert "kwaad" not in mail.outbox[0].body
    link = link_in(mail.outbox[0])
    form = browser.get(link)
    # The key leaves the address bar.
    assert form["Location"].endswith("-set-password")
    answer = browser.post(form["Location"], {"password1": NIEUW, "password2": NIEUW}, follow=True)
    assert "Uw wachtwoord is gewijzigd" in answer.text
    # Everywhere logged out, also here; and the second factor is still asked.
    assert elsewhere.get("/").status_code == 302
    assert browser.get("/").status_code == 302
    assert (
        browser.post("/account/inloggen", {"login": gebruiker.username, "password": NIEUW}).status_code == 302
    )
    assert browser.get("/").status_code == 302
    browser.post("/account/inloggen/tweede-factor", {"code": code()})
    assert browser.get("/").status_code == 200
    # Once only.
    assert "werkt niet meer" in Client().get(link).text


def test_a_mail_scanner_that_opens_the_link_leaves_it_to_its_owner(gebruiker: Gebruiker) -> None:
    tasks.send_reset(gebruiker.pk)
    link = link_in(mail.outbox[0])
    scanner = Client()
    for headers in ({}, {"Sec-Purpose": "prefetch;prerender"}):
        for browser in (scanner, Client()):
            assert browser.head(link, headers=headers, follow=True).status_code == 200
            assert browser.get(link, headers=headers, follow=True).status_code == 200
            # Without cookies the page after the link is another visitor's.
            assert "werkt niet meer" in Client().get(browser.get(link)["Location"]).text
    owner = Client()
    form = owner.get(link)["Location"]
    assert owner.post(form, {"password1": NIEUW, "password2": NIEUW}).status_code == 302
    gebruiker.refresh_from_db()
    assert gebruiker.check_password(NIEUW)


def test_the_link_logs_nobody_else_out_without_asking(gebruiker: Gebruiker) -> None:
    tasks.send_reset(gebruiker.pk)
    link = link_in(mail.outbox[0])
    collega = een_client(een_gebruiker(een_gemeente()))
    assert "U bent ingelogd als iemand anders" in collega.get(link, follow=True).text
    assert collega.get("/").status_code == 200
    form = collega.post(link)["Location"]
    assert collega.get("/").status_code == 302
    assert collega.post(form, {"password1": NIEUW, "password2": NIEUW}).status_code == 302
    gebruiker.refresh_from_db()
    assert gebruiker.check_password(NIEUW)


def test_nor_does_its_form_in_another_tab_of_whoever_logged_in_since(gebruiker: Gebruiker) -> None:
    tasks.send_reset(gebruiker.pk)
    collega = een_client(een_gebruiker(een_gemeente()))
    # As logging in leaves it: what the session held stays.
    link = link_in(mail.outbox[0])
    form, key = Client().get(link)["Location"], link.rpartition("/")[2].partition("-")[2]
    session = collega.session
    session["_password_reset_key"] = key
    session.save()
    words = {"password1": NIEUW, "password2": NIEUW}
    for answer in (collega.get(form), collega.post(form, words)):
        assert "U bent ingelogd als iemand anders" in answer.text
        assert collega.get("/").status_code == 200
    gebruiker.refresh_from_db()
    assert gebruiker.check_password(WACHTWOORD)
    assert collega.post(form)["Location"] == form
    assert collega.get("/").status_code == 302
    assert collega.post(form, words).status_code == 302
    gebruiker.refresh_from_db()
    assert gebruiker.check_password(NIEUW)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_link_for_a_new_password_at_the_same_moment_one_sets_it() -> None:
    gebruiker = een_gebruiker(een_gemeente())
    gebruiker.set_password(WACHTWOORD)
    gebruiker.save()
    tasks.send_reset(gebruiker.pk)
    link = link_in(mail.outbox[0])
    words = [f"een lange zin van nummer {number}" for number in range(6)]
    tries = []
    for word in words:
        browser = Client()
        form = browser.get(link)["Location"]
        tries.append(partial(browser.post, form, {"password1": word, "password2": word}))
    answers = at_once(*tries)
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [302]
    assert all("werkt niet meer" in answer.text for answer in answers if answer.status_code == 200)
    [word] = [one for one, answer in zip(words, answers, strict=True) if answer.status_code == 302]
    gebruiker.refresh_from_db()
    assert gebruiker.check_password(word)


def test_a_new_password_does_not_undo_a_block_of_a_moment_before(gebruiker: Gebruiker) -> None:
    read_before = Gebruiker.objects.get(pk=gebruiker.pk)
    Gebruiker.objects.filter(pk=gebruiker.pk).update(is_active=False, geblokkeerd_op=timezone.now())
    get_adapter().set_password(read_before, NIEUW)
    gebruiker.refresh_from_db()
    assert not gebruiker.is_active
    assert gebruiker.geblokkeerd_op is not None


def test_a_link_for_a_new_password_works_for_an_hour(
    gebruiker: Gebruiker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import datetime, timedelta

    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    tasks.send_reset(gebruiker.pk)
    link = link_in(mail.outbox[0])
    assert Client().get(link).status_code == 302
    later = datetime.now() + timedelta(minutes=61)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
    assert "werkt niet meer" in Client().get(link).text


def test_the_answer_does_not_tell_who_has_an_account(gebruiker: Gebruiker, asked: list[Any]) -> None:
    blocked = een_gebruiker(een_gemeente(), is_active=False)
    pages = set()
    for name in (gebruiker.username, "niemand@test.example", blocked.username):
        answer = Client().post(FORGOTTEN, {"email": name}, follow=True)
        pages.add((answer.status_code, re.sub(r'"X-CSRFToken": "\w+"', "", answer.text)))
    assert len(pages) == 1
    # The work of mailing is left to a worker for all alike.
    assert asked == [gebruiker.pk, None, None]
    tasks.send_reset(None)
    tasks.send_reset(blocked.pk)
    assert mail.outbox == []


def test_logging_in_takes_as_long_for_somebody_as_for_nobody(gebruiker: Gebruiker, settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    gebruiker.set_password(WACHTWOORD)
    gebruiker.save()
    invited = een_gebruiker(een_gemeente(), is_active=False)
    invited.set_unusable_password()
    invited.save()

    def seconds(name: str) -> float:
        begin = time.thread_time()
        Client().post("/account/inloggen", {"login": name, "password": "fout"})
        return time.thread_time() - begin

    names = (gebruiker.username, "niemand@test.example", invited.username)
    fastest = [min(seconds(name) for _ in range(4)) for name in names]
    assert max(fastest) < 2 * min(fastest), fastest


def test_nobodys_mailbox_is_filled(gebruiker: Gebruiker, asked: list[Any]) -> None:
    statuses = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(FORGOTTEN, {"email": gebruiker.username}).status_code
        for n in range(5)
    ]
    assert statuses == [302, 302, 302, 429, 429]
    assert len(asked) == 3
    # Nor does that tell who has an account.
    statuses = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(FORGOTTEN, {"email": "niemand@test.example"}).status_code
        for n in range(5)
    ]
    assert statuses == [302, 302, 302, 429, 429]


@pytest.mark.parametrize("link", ["1-a-b", "zzzzzzzzzzzzz-x", "0-set-password", "1-" + "x" * 200])
def test_a_link_that_somebody_made_up_gets_a_page(link: str) -> None:
    assert "werkt niet meer" in Client().get(f"{FORGOTTEN}/{link}").text


# --- Mail ----------------------------------------------------------------------------------------------


class _Server(socketserver.ThreadingTCPServer):
    # A client that got no TLS leaves without a word.
    daemon_threads, block_on_close = True, False
    got: list[str]


class _Talk(socketserver.StreamRequestHandler):
    """A mail server with just enough of SMTP to receive a mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        body = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            self.server.got.append(line)  # type: ignore[attr-defined]
            if body:
                body = line != "."
                if body:
                    continue
            verb = line[:4].upper()
            answer = {"EHLO": b"250 test", "DATA": b"354 ja", "QUIT": b"221 dag"}.get(verb, b"250 ja")
            body = verb == "DATA"
            self.wfile.write(answer + b"\r\n")
            if verb == "QUIT":
                return


@pytest.fixture
def server(settings) -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Talk) as found:
        found.got = []
        threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = found.server_address[0], found.server_address[1]
        settings.EMAIL_USE_TLS = False
        yield found
        found.shutdown()


def test_a_mail_goes_out_over_smtp(server: _Server, gebruiker: Gebruiker) -> None:
    notify_role_change(gebruiker, "U bent nu jobcoach van Lindewaard.")
    talk = "\n".join(server.got)
    assert f"rcpt to:<{gebruiker.username}>" in talk.lower()
    assert "Subject: UM-portaal: uw rol is gewijzigd" in talk
    assert "U bent nu jobcoach van Lindewaard." in talk
    assert "Auto-Submitted: auto-generated" in talk


def test_a_server_without_tls_gets_nothing(server: _Server, gebruiker: Gebruiker, settings) -> None:
    settings.EMAIL_USE_TLS = True
    notify_role_change(gebruiker, "U bent nu jobcoach van Lindewaard.")
    assert "Lindewaard" not in "\n".join(server.got)


def test_mail_goes_over_tls_unless_somebody_says_otherwise() -> None:
    from um_portal import settings

    assert settings.EMAIL_USE_TLS
    assert django_settings.EMAIL_TIMEOUT == 10


def test_a_mail_server_that_is_away_stops_nobody_from_changing_a_password(
    gebruiker: Gebruiker, settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    data = {"oldpassword": WACHTWOORD, "password1": NIEUW, "password2": NIEUW}
    assert een_client(gebruiker).post("/account/wachtwoord", data).status_code == 302
