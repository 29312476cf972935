"""The recovery of a second factor: two people, time to object, a link that works once, and nothing when unused."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import Browser, een_app, een_client, een_gebruiker, een_gemeente, een_sessie
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.accounts.uitnodigingen import give_supportrol
from um_portal.audit.models import Auditregel
from um_portal.gebruikers import blokkeren
from um_portal.herstel import herstellen
from um_portal.herstel.herstellen import HerstelMislukt
from um_portal.herstel.models import Herstel
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = pytest.mark.django_db

WACHTWOORD = "een-lang-wachtwoord-om-te-testen"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def gemeente() -> Gemeente:
    return een_gemeente("Aadorp")


@pytest.fixture
def beheerder(gemeente: Gemeente) -> Gebruiker:
    return een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)


@pytest.fixture
def gebruiker(gemeente: Gemeente, beheerder: Gebruiker) -> Gebruiker:
    found = een_gebruiker(gemeente)
    found.set_password(WACHTWOORD)
    found.save()
    een_app(found)
    return found


@pytest.fixture
def vrager() -> Gebruiker:
    return een_gebruiker(supportrol=Supportrol.BESLISSEND)


@pytest.fixture
def goedkeurder() -> Gebruiker:
    return een_gebruiker(supportrol=Supportrol.BESLISSEND)


@pytest.fixture
def step(django_capture_on_commit_callbacks: Any) -> Any:
    """Does one thing as a request of its own would: what follows on the commit included."""

    def do(verb: Any, *args: Any, **kwargs: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return verb(*args, **kwargs)

    return do


def later(herstel: Herstel, **how: float) -> None:
    """Lets time pass for a recovery."""
    ago = timedelta(**how)
    fresh = Herstel.objects.get(pk=herstel.pk)
    Herstel.objects.filter(pk=herstel.pk).update(
        wacht_tot=fresh.wacht_tot - ago, verloopt_op=fresh.verloopt_op - ago
    )


def path_in(to: Gebruiker) -> str:
    body = next(str(one.body) for one in reversed(mail.outbox) if one.to == [to.username])
    (found,) = re.findall(r"https?://[^/\s]+(/account/herstel\S+)", body)
    return str(found)


def factors(gebruiker: Gebruiker) -> int:
    return int(Authenticator.objects.filter(user=gebruiker).count())


@pytest.fixture
def ready(step: Any, gebruiker: Gebruiker, vrager: Gebruiker, goedkeurder: Gebruiker) -> str:
    """Gives the path of the link, after everything that comes before it."""
    herstel = step(herstellen.ask, gebruiker, vrager)
    step(herstellen.approve, herstel.pk, goedkeurder)
    later(herstel, hours=25)
    assert herstellen.send_links() == 1
    return path_in(gebruiker)


def test_it_works(
    step: Any, gebruiker: Gebruiker, beheerder: Gebruiker, gemeente: Gemeente, vrager: Any, goedkeurder: Any
) -> None:
    elsewhere = een_sessie(gebruiker)
    asks, approves = een_client(vrager), een_client(goedkeurder)
    page = asks.post("/gebruikers/", {"email": gebruiker.username})["Location"]
    step(asks.post, page, {"actie": "herstel"})
    assert [one.to for one in mail.outbox] == [[gebruiker.username], [beheerder.username]]
    (herstel,) = herstellen.all_open()
    # Whoever asked cannot approve.
    body = {"soort": "herstel", "pk": herstel.pk, "besluit": "ja"}
    assert "zelf gevraagd" in step(asks.post, "/gebruikers/wachtend", body, follow=True).text
    step(approves.post, "/gebruikers/wachtend", body)
    # Two people agree, but the time to object is not over.
    assert len(mail.outbox) == 2
    assert herstellen.send_links() == 0
    later(herstel, hours=25)
    assert herstellen.send_links() == 1
    assert herstellen.send_links() == 0
    link = path_in(gebruiker)
    for scanner in (Browser(), Browser()):
        for method in (scanner.head, scanner.get):
            assert method(link, headers={"Sec-Purpose": "prefetch"}, follow=True).status_code == 200
    browser = Browser()
    assert browser.get(link)["Location"] == "/account/herstel/"
    assert factors(gebruiker) == 1
    assert "Dit is niet uw wachtwoord" in browser.post("/account/herstel/", {"password": "fout"}).text
    assert factors(gebruiker) == 1
    answer = step(browser.post, "/account/herstel/", {"password": WACHTWOORD}, follow=True)
    # Logged in with the password alone, and so to the page that sets up a new one.
    assert answer.redirect_chain[-1] == ("/account/tweede-factor", 302)
    assert factors(gebruiker) == 0
    assert elsewhere.get("/").status_code == 302
    assert any("uw tweede factor is verwijderd" in one.subject for one in mail.outbox)
    assert Browser().get(link).status_code == 404
    with voor_gemeente(gemeente):
        lines = Auditregel.objects.filter(handeling__startswith="herstel_").order_by("pk")
        found = list(lines.values_list("handeling", "actor"))
    assert [handeling for handeling, _ in found] == [
        "herstel_gevraagd",
        "herstel_goedgekeurd",
        "herstel_gebruikt",
    ]
    assert len({actor for _, actor in found} - {None}) == 3


def test_the_link_logs_nobody_else_out_without_asking(
    ready: str, gebruiker: Gebruiker, gemeente: Gemeente
) -> None:
    collega = een_client(een_gebruiker(gemeente))
    assert "U bent ingelogd als iemand anders" in collega.get(ready).text
    assert collega.get("/zoeken/").status_code == 200
    assert collega.post(ready)["Location"] == "/account/herstel/"
    assert collega.get("/zoeken/").status_code == 302
    assert een_client(gebruiker).get(ready)["Location"] == "/account/herstel/"


def test_one_person_is_never_enough(
    step: Any, gebruiker: Gebruiker, beheerder: Gebruiker, vrager: Gebruiker, goedkeurder: Gebruiker
) -> None:
    adviserend = een_gebruiker(supportrol=Supportrol.ADVISEREND)
    for nobody in (adviserend, beheerder, gebruiker):
        with pytest.raises(HerstelMislukt):
            herstellen.ask(gebruiker, nobody)
    with pytest.raises(HerstelMislukt):
        herstellen.ask(vrager, vrager)
    herstel = herstellen.ask(gebruiker, vrager)
    for nobody in (vrager, adviserend, beheerder, gebruiker):
        with pytest.raises(HerstelMislukt):
            herstellen.approve(herstel.pk, nobody)
    # And when the code would be wrong, the database still knows.
    with pytest.raises(IntegrityError), transaction.atomic():
        Herstel.objects.filter(pk=herstel.pk).update(goedgekeurd_door=vrager)
    # Somebody who lost the role, or was blocked, meanwhile.
    give_supportrol(goedkeurder, Supportrol.ADVISEREND)
    with pytest.raises(HerstelMislukt):
        herstellen.approve(herstel.pk, goedkeurder)
    with pytest.raises(HerstelMislukt):
        herstellen.ask(gebruiker, vrager)
    later(herstel, hours=25)
    assert herstellen.send_links() == 0


def test_the_user_stops_it_with_the_link_from_the_mail(
    step: Any, gebruiker: Gebruiker, vrager: Gebruiker, goedkeurder: Gebruiker
) -> None:
    herstel = step(herstellen.ask, gebruiker, vrager)
    path = path_in(gebruiker)
    browser = Browser()
    # A mail scanner that opens every link stops nothing.
    assert browser.get(path).status_code == browser.head(path).status_code == 200
    assert herstellen.open_of(gebruiker) is not None
    assert "is gestopt" in step(browser.post, path).text
    assert {one.to[0] for one in mail.outbox[-2:]} == {gebruiker.username, vrager.username}
    with pytest.raises(HerstelMislukt):
        herstellen.approve(herstel.pk, goedkeurder)
    assert browser.post(path).status_code == 404
    # Support can begin again, with a new mail.
    assert step(herstellen.ask, gebruiker, vrager).pk != herstel.pk


def test_the_user_who_is_logged_in_stops_it(step: Any, gebruiker: Gebruiker, vrager: Gebruiker) -> None:
    herstellen.ask(gebruiker, vrager)
    browser = een_client(gebruiker)
    assert "gevraagd uw tweede factor te herstellen" in browser.get("/").text
    browser.post("/account/herstel/bezwaar")
    assert herstellen.open_of(gebruiker) is None


def test_the_beheerder_stops_it_even_after_the_link_was_sent(
    ready: str, step: Any, gebruiker: Gebruiker, beheerder: Gebruiker, gemeente: Gemeente
) -> None:
    with voor_gemeente(gemeente):
        pk = Lidmaatschap.objects.get(gebruiker=gebruiker).pk
    browser = een_client(beheerder)
    assert "Wordt hersteld" in browser.get("/collegas/").text
    step(browser.post, f"/collegas/{pk}/bezwaar")
    assert Browser().get(ready).status_code == 404
    assert factors(gebruiker) == 1


def test_unused_it_expires_and_changes_nothing(ready: str, gebruiker: Gebruiker) -> None:
    opened = Browser()
    opened.get(ready)
    later(Herstel.objects.get(), days=7)
    assert Browser().get(ready).status_code == 404
    assert opened.post("/account/herstel/", {"password": WACHTWOORD}).status_code == 404
    assert factors(gebruiker) == 1
    assert herstellen.open_of(gebruiker) is None


def test_the_password_is_counted_as_in_logging_in(ready: str, gebruiker: Gebruiker) -> None:
    browser = Browser()
    browser.get(ready)
    answers = [browser.post("/account/herstel/", {"password": "fout"}).status_code for _ in range(9)]
    assert answers[-1] == 429
    assert factors(gebruiker) == 1


def test_somebody_of_support_is_helped_by_two_others(
    step: Any, vrager: Gebruiker, goedkeurder: Gebruiker
) -> None:
    collega = een_gebruiker(supportrol=Supportrol.BESLISSEND)
    herstel = step(herstellen.ask, collega, vrager)
    assert {one.to[0] for one in mail.outbox} == {collega.username, vrager.username, goedkeurder.username}
    with pytest.raises(HerstelMislukt):
        herstellen.approve(herstel.pk, collega)
    herstellen.approve(herstel.pk, goedkeurder)
    later(herstel, hours=25)
    assert herstellen.send_links() == 1
    assert "waarschuw een collega van VNG-support die mag beslissen" in mail.outbox[-1].body


def test_blocking_stops_it(ready: str, gebruiker: Gebruiker, vrager: Gebruiker) -> None:
    blokkeren.block(gebruiker, vrager)
    assert Browser().get(ready).status_code == 404
    with pytest.raises(HerstelMislukt):
        herstellen.ask(gebruiker, vrager)


def test_a_mail_server_that_is_away_delays_the_link(
    step: Any, gebruiker: Gebruiker, vrager: Gebruiker, goedkeurder: Gebruiker, settings: Any
) -> None:
    herstel = step(herstellen.ask, gebruiker, vrager)
    step(herstellen.approve, herstel.pk, goedkeurder)
    later(herstel, hours=25)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert herstellen.send_links() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert herstellen.send_links() == 1


@pytest.mark.parametrize("path", ["/account/herstel/", "/account/herstel/x", "/account/herstel/bezwaar/x"])
def test_a_link_that_somebody_made_up_gets_a_page(path: str) -> None:
    answer = Browser().get(path)
    assert answer.status_code == 404
    assert "werkt niet meer" in answer.text


def test_recoveries_are_forgotten_after_a_year(gebruiker: Gebruiker, vrager: Gebruiker) -> None:
    herstel = herstellen.ask(gebruiker, vrager)
    Herstel.objects.filter(pk=herstel.pk).update(verloopt_op=timezone.now() - timedelta(days=366))
    herstellen.erase_expired()
    assert not Herstel.objects.exists()
