"""Inviting people: a link that works once, in time, and not after it was revoked."""

import re
from functools import partial
from io import StringIO
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tests.factories import een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.accounts import uitnodigingen
from um_portal.accounts.models import Gebruiker, Supportrol, Uitnodiging
from um_portal.accounts.uitnodigingen import HeeftAlAccount, UitnodigenMislukt, invite, revoke
from um_portal.gemeenten.erasure import erase_user

pytestmark = pytest.mark.django_db

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"
PAGE = "/account/uitnodiging"


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def accept(link: str, password: str = WACHTWOORD, browser: Client | None = None) -> Client:
    browser = browser or Client()
    browser.get(path_of(link), follow=True)
    browser.post(PAGE, {"password1": password, "password2": password})
    return browser


def test_it_works(settings) -> None:
    settings.UM_ADRES = "https://um.voorbeeld.nl"
    door = een_gebruiker(een_gemeente(), first_name="Fatima", last_name="Bouali")
    nieuw = invite(" Nieuw@Test.example ", voornaam="Noor", achternaam="Veldkamp", door=door)
    (sent,) = mail.outbox
    assert sent.to == ["nieuw@test.example"]
    assert sent.subject == "UM-portaal: uw uitnodiging"
    assert "Beste Noor Veldkamp" in sent.body
    assert "Fatima Bouali heeft u uitgenodigd" in sent.body
    assert nieuw.link in sent.body
    assert nieuw.link.startswith("https://um.voorbeeld.nl/account/uitnodiging/")
    browser = Client()
    answer = browser.get(path_of(nieuw.link))
    # The secret leaves the address bar at once.
    assert answer["Location"] == PAGE
    assert answer["Referrer-Policy"] == "same-origin"
    assert "nieuw@test.example" in browser.get(PAGE).text
    answer = browser.post(PAGE, {"password1": WACHTWOORD, "password2": WACHTWOORD}, follow=True)
    # The second factor comes at once, and before anything else; the password is not asked again.
    assert answer.redirect_chain[-1] == ("/account/tweede-factor", 302)
    assert browser.get("/account/tweede-factor/app").status_code == 200
    assert browser.get("/zoeken/")["Location"] == "/account/tweede-factor"


def test_nobody_gets_in_before_the_link_was_used() -> None:
    invite("nieuw@test.example")
    gebruiker = Gebruiker.objects.get(username="nieuw@test.example")
    assert not gebruiker.is_active
    assert not gebruiker.has_usable_password()
    answer = Client().post("/account/inloggen", {"login": gebruiker.username, "password": WACHTWOORD})
    assert "klopt niet" in answer.text


def test_of_the_link_only_a_hash_is_kept() -> None:
    nieuw = invite("nieuw@test.example")
    token = nieuw.link.rpartition("/")[2]
    assert len(token) >= 43
    assert token not in str(list(Uitnodiging.objects.values()))
    assert token not in repr(nieuw)
    assert not Uitnodiging.objects.filter(hash=token).exists()


def test_a_link_works_once() -> None:
    nieuw = invite("nieuw@test.example")
    first, second = Client(), Client()
    for browser in (first, second):
        browser.get(path_of(nieuw.link))
    # Opening it uses nothing up: a mail scanner does that too.
    for browser, status in ((first, 302), (second, 404)):
        answer = browser.post(PAGE, {"password1": WACHTWOORD, "password2": WACHTWOORD})
        assert answer.status_code == status
    assert Client().get(path_of(nieuw.link)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_link_at_the_same_moment_one_gets_in() -> None:
    nieuw = invite("nieuw@test.example")
    words = [f"een lange zin van nummer {number}" for number in range(4)]
    found = at_once(*[partial(uitnodigingen.accept, nieuw.uitnodiging, one) for one in words])
    assert sorted(map(type, found), key=str) == [type(None)] * 3 + [Gebruiker], found
    [word] = [one for one, gebruiker in zip(words, found, strict=True) if gebruiker]
    assert Gebruiker.objects.get(username="nieuw@test.example").check_password(word)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("headers", [{}, {"Sec-Purpose": "prefetch;prerender"}])
def test_a_mail_scanner_that_opens_the_link_leaves_it_to_its_owner(
    method: str, headers: dict[str, str]
) -> None:
    nieuw = invite("nieuw@test.example")
    scanner = Client()
    for browser in (scanner, scanner, Client()):
        assert getattr(browser, method)(path_of(nieuw.link), headers=headers, follow=True).status_code == 200
    assert Client().get(PAGE).status_code == 404
    assert accept(nieuw.link).get("/").status_code == 302
    assert Gebruiker.objects.get(username="nieuw@test.example").check_password(WACHTWOORD)


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_right_after_accepting_is_gone_and_nobody_is_logged_in() -> None:
    nieuw = invite("nieuw@test.example")
    person = nieuw.uitnodiging.gebruiker
    browser = Client(raise_request_exception=False)
    browser.get(path_of(nieuw.link), follow=True)
    erased: list[bool] = []

    def erase_after(**kwargs: Any) -> None:
        transaction.on_commit(lambda: erased.append(erase_user(person)))

    uitnodigingen.aangenomen.connect(erase_after, weak=False)
    try:
        answer = browser.post(PAGE, {"password1": WACHTWOORD, "password2": WACHTWOORD})
    finally:
        uitnodigingen.aangenomen.disconnect(erase_after)
    assert erased == [True]
    assert answer.status_code < 500
    assert not Gebruiker.objects.filter(pk=person.pk).exists()
    assert not UserSession.objects.filter(user_id=person.pk).exists()
    assert browser.get("/")["Location"].startswith("/account/inloggen")


@pytest.mark.django_db(transaction=True)
def test_accepting_and_erasing_at_the_same_moment_leave_no_account_behind() -> None:
    for _ in range(4):
        nieuw = invite("nieuw@test.example")
        person = nieuw.uitnodiging.gebruiker
        browser = Client(raise_request_exception=False)
        browser.get(path_of(nieuw.link), follow=True)
        words = {"password1": WACHTWOORD, "password2": WACHTWOORD}
        answer, erased = at_once(partial(browser.post, PAGE, words), partial(erase_user, person))
        assert erased is True
        assert answer.status_code < 500
        assert not Gebruiker.objects.filter(pk=person.pk).exists()
        assert browser.get("/")["Location"].startswith("/account/inloggen")


def test_a_link_works_in_time() -> None:
    nieuw = invite("nieuw@test.example")
    lasts = nieuw.uitnodiging.verloopt_op - timezone.now()
    assert lasts.days in (6, 7)
    browser = Client()
    browser.get(path_of(nieuw.link))
    Uitnodiging.objects.update(verloopt_op=timezone.now())
    assert "werkt niet meer" in browser.get(PAGE).text
    assert browser.post(PAGE, {"password1": WACHTWOORD, "password2": WACHTWOORD}).status_code == 404
    assert not Gebruiker.objects.get(username="nieuw@test.example").is_active


def test_a_link_can_be_revoked_and_a_new_one_replaces_it() -> None:
    first = invite("nieuw@test.example")
    second = invite("nieuw@test.example")
    assert Client().get(path_of(first.link)).status_code == 404
    assert Client().get(path_of(second.link)).status_code == 302
    assert revoke(second.uitnodiging.gebruiker) == 1
    assert Client().get(path_of(second.link)).status_code == 404


def test_who_has_an_account_is_not_invited_and_a_block_is_not_undone() -> None:
    gebruiker = een_gebruiker(een_gemeente())
    with pytest.raises(HeeftAlAccount) as refusal:
        invite(gebruiker.username)
    assert refusal.value.gebruiker == gebruiker
    accept(invite("nieuw@test.example").link)
    Gebruiker.objects.filter(username="nieuw@test.example").update(is_active=False)
    with pytest.raises(HeeftAlAccount):
        invite("nieuw@test.example")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "email", ["", "x", "a@", "a b@test.example", "a@test.example\nBcc: b@test.example", "ë@x.example"]
)
def test_an_address_that_is_none_gets_a_sentence(email: str) -> None:
    with pytest.raises(UitnodigenMislukt, match="geldig e-mailadres"):
        invite(email)
    assert not Uitnodiging.objects.exists()


def test_a_mail_that_cannot_be_sent_leaves_no_account(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(UitnodigenMislukt, match="niet worden gemaild"):
        invite("nieuw@test.example")
    assert not Gebruiker.objects.exists()


def test_a_password_that_is_too_weak_is_refused_and_the_link_still_works() -> None:
    nieuw = invite("nieuw@test.example")
    browser = accept(nieuw.link, "kort")
    assert not Gebruiker.objects.get().is_active
    answer = browser.post(PAGE, {"password1": WACHTWOORD, "password2": "anders-dan-het-eerste"})
    assert answer.status_code == 200
    accept(nieuw.link)
    assert Gebruiker.objects.get().is_active


def test_an_invitation_opened_by_somebody_who_is_logged_in_is_for_its_own_owner() -> None:
    ander = een_gebruiker(een_gemeente())
    browser = een_client(ander)
    nieuw = invite("nieuw@test.example")
    # A link alone logs nobody out.
    assert f"U bent ingelogd als {ander.username}" in browser.get(path_of(nieuw.link)).text
    assert "werkt niet meer" in browser.get(PAGE).text
    assert int(browser.session["_auth_user_id"]) == ander.pk
    assert browser.post(path_of(nieuw.link))["Location"] == PAGE
    accept(nieuw.link, browser=browser)
    assert int(browser.session["_auth_user_id"]) == nieuw.uitnodiging.gebruiker_id


def test_who_is_invited_says_how_colleagues_know_them_and_changes_it_later() -> None:
    nieuw = invite("nieuw@test.example", voornaam="Noor")
    browser = Client()
    assert 'value="Noor"' in browser.get(path_of(nieuw.link), follow=True).text
    sent = {"password1": WACHTWOORD, "password2": WACHTWOORD, "first_name": "Noor", "last_name": "<b>9"}
    assert "alleen letters" in browser.post(PAGE, sent).text
    assert not Gebruiker.objects.get().is_active
    browser.post(PAGE, {**sent, "last_name": "d'Aubigné-Çelik"})
    assert str(Gebruiker.objects.get()) == "Noor d'Aubigné-Çelik"
    gebruiker = een_gebruiker(een_gemeente())
    later = een_client(gebruiker)
    assert later.post("/account/naam", {"first_name": "a@b.example"}).status_code == 422
    assert later.post("/account/naam", {"first_name": "Sanne", "last_name": "de Wit"}).status_code == 302
    assert str(Gebruiker.objects.get(pk=gebruiker.pk)) == "Sanne de Wit"


def test_without_an_invitation_there_is_no_page() -> None:
    for path in (PAGE, f"{PAGE}/verzonnen", f"{PAGE}/{'x' * 3000}"):
        assert "werkt niet meer" in Client().get(path).text


def test_old_invitations_are_erased() -> None:
    invite("nieuw@test.example")
    uitnodigingen.erase_expired()
    assert Uitnodiging.objects.count() == 1
    Uitnodiging.objects.update(verloopt_op="2020-01-01T00:00:00Z")
    uitnodigingen.erase_expired()
    assert not Uitnodiging.objects.exists()


def test_the_command_invites_the_first_of_support() -> None:
    out = StringIO()
    call_command("invite", "support@test.example", "--support", "beslissend", "--toon-link", stdout=out)
    assert mail.outbox == []
    link = out.getvalue().strip().rpartition("\n")[2]
    accept(link)
    gebruiker = Gebruiker.objects.get()
    assert gebruiker.is_active
    assert gebruiker.supportrol == Supportrol.BESLISSEND
    with pytest.raises(CommandError, match="heeft al een account"):
        call_command("invite", "support@test.example")
