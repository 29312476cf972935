"""The colleagues of a municipality: inviting, roles, four eyes, removing, and the yearly review."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.factories import Browser, een_app, een_client, een_gebruiker, een_gemeente, een_sessie
from tests.threads import at_once
from um_portal.accounts import uitnodigingen
from um_portal.accounts.models import Gebruiker, Supportrol, Uitnodiging
from um_portal.accounts.sessions import BEGIN
from um_portal.audit.models import Auditregel
from um_portal.collegas import leden, toetsen
from um_portal.collegas.models import Genodigde, Rolvoorstel, Toegangstoets
from um_portal.errors import FoutMetMelding
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import memberships

pytestmark = pytest.mark.django_db

BEHEERDER, JOBCOACH = Rol.FUNCTIONEEL_BEHEERDER, Rol.JOBCOACH
WACHTWOORD = "een-lang-wachtwoord-om-te-testen"
NIEUW = "nieuw@test.example"


@pytest.fixture(autouse=True)
def _really_commits(django_capture_on_commit_callbacks: Any) -> Any:
    """Lets what happens after a commit happen at the end of each test's own steps; see `step`."""
    global _capture
    _capture = django_capture_on_commit_callbacks


_capture: Any = None


def step(verb: Any, *args: Any, **kwargs: Any) -> Any:
    """Does one thing as a request of its own would: mails and what else follows on the commit included."""
    with _capture(execute=True):
        return verb(*args, **kwargs)


@pytest.fixture
def gemeente() -> Gemeente:
    return een_gemeente("Aadorp")


@pytest.fixture
def beheerder(gemeente: Gemeente) -> Gebruiker:
    return een_gebruiker(gemeente, BEHEERDER, first_name="Fatima", last_name="Bouali")


@pytest.fixture
def browser(beheerder: Gebruiker) -> Browser:
    return een_client(beheerder)


def roles(gemeente: Gemeente) -> dict[str, str]:
    with voor_gemeente(gemeente):
        return {lid.gebruiker.username: lid.rol for lid in leden.members(gemeente).values()}


def lid_of(gemeente: Gemeente, gebruiker: Gebruiker) -> int:
    with voor_gemeente(gemeente):
        return int(Lidmaatschap.objects.get(gebruiker=gebruiker).pk)


def rows(model: Any, gemeente: Gemeente) -> list[Any]:
    with voor_gemeente(gemeente):
        return list(model.objects.all())


# What happens to accounts stands in the same log.
_ACTS = r"^(collega|rol|toegang|uitnodiging_ingetrokken)"


def acts(gemeente: Gemeente) -> list[str]:
    with voor_gemeente(gemeente):
        found = Auditregel.objects.filter(handeling__regex=_ACTS).order_by("pk")
        return list(found.values_list("handeling", flat=True))


def invite(browser: Client, email: str = NIEUW, rol: str = "jobcoach") -> Any:
    return step(browser.post, "/collegas/uitnodigen", {"email": email, "rol": rol}, follow=True)


def link() -> str:
    (found,) = re.findall(r"https?://[^/\s]+(/account/uitnodiging/\S+)", str(mail.outbox[-1].body))
    return str(found)


def open_account(path: str) -> Browser:
    browser = Browser()
    browser.get(path, follow=True)
    browser.post("/account/uitnodiging", {"password1": WACHTWOORD, "password2": WACHTWOORD})
    return browser


# --- Inviting ------------------------------------------------------------------------------------------


def test_it_works(browser: Browser, gemeente: Gemeente) -> None:
    page = invite(browser, " Nieuw@Test.example ".strip()).text
    assert NIEUW in page
    assert "Open" in page
    sent = str(mail.outbox[-1].body)
    assert "Fatima Bouali heeft u uitgenodigd" in sent
    assert "U gaat werken als jobcoach van Aadorp." in sent
    assert NIEUW not in roles(gemeente)
    open_account(link())
    assert roles(gemeente)[NIEUW] == "jobcoach"
    assert rows(Genodigde, gemeente) == []
    assert acts(gemeente)[-2:] == ["collega_uitgenodigd", "collega_toegetreden"]


def _without_address(page: str, email: str) -> str:
    return re.sub(r'value="[^"]{20,}"|"X-CSRFToken": "[^"]+"|[0-9]+', "", page.replace(email, "ADRES"))


def test_an_address_with_an_account_elsewhere_looks_the_same(browser: Browser, gemeente: Gemeente) -> None:
    elders = een_gebruiker(een_gemeente("Beedorp"), first_name="Noor", last_name="Veldkamp")
    geblokkeerd = een_gebruiker(is_active=False, geblokkeerd_op=timezone.now())
    pages = []
    for email in ("nieuw5@test.example", elders.username, geblokkeerd.username):
        pages.append(_without_address(invite(browser, email).text, email))
        (genodigde,) = rows(Genodigde, gemeente)
        pages.append(_without_address(browser.get(f"/collegas/genodigden/{genodigde.pk}/").text, email))
        step(leden.withdraw, gemeente, genodigde.pk, Gebruiker.objects.get(first_name="Fatima"))
        assert mail.outbox[-1].to == [email]
    assert pages[0:2] == pages[2:4] == pages[4:6]
    assert "Veldkamp" not in "".join(pages)
    # Nor does an invitation give anybody a new password.
    assert not Uitnodiging.objects.filter(gebruiker__in=[elders, geblokkeerd]).exists()


def test_who_has_an_account_accepts_or_declines_on_the_start_page(
    browser: Browser, gemeente: Gemeente
) -> None:
    elders = een_gebruiker(een_gemeente("Beedorp"))
    hun = een_client(elders)
    invite(browser, elders.username)
    assert "werken voor Aadorp" in hun.get("/").text
    hun.post("/collegas/uitnodiging", {"gemeente": gemeente.pk, "antwoord": "afwijzen"})
    assert elders.username not in roles(gemeente)
    assert "werken voor Aadorp" not in hun.get("/").text
    invite(browser, elders.username)
    hun.post("/collegas/uitnodiging", {"gemeente": gemeente.pk, "antwoord": "aannemen"})
    assert roles(gemeente)[elders.username] == "jobcoach"
    assert len(memberships(elders)) == 2
    # A second press, or somebody else's invitation, joins nobody.
    answer = hun.post("/collegas/uitnodiging", {"gemeente": gemeente.pk, "antwoord": "aannemen"}, follow=True)
    assert "is er niet meer" in answer.text


def test_vng_support_joins_no_municipality(browser: Browser, gemeente: Gemeente) -> None:
    support = een_gebruiker(supportrol=Supportrol.ADVISEREND)
    invite(browser, support.username)
    assert "werken voor Aadorp" not in een_client(support).get("/").text
    assert not leden.answer(gemeente, support, aannemen=True)
    assert support.username not in roles(gemeente)


def test_two_municipalities_invite_the_same_newcomer(browser: Browser, gemeente: Gemeente) -> None:
    ander = een_gemeente("Beedorp")
    invite(browser)
    eerste = link()
    step(leden.invite, ander, NIEUW, JOBCOACH, een_gebruiker(ander, BEHEERDER))
    tweede = link()
    newcomer = open_account(eerste)
    assert NIEUW in roles(gemeente)
    assert NIEUW not in roles(ander)
    # The other link would set the password again, so it is over; the invitation itself is not.
    assert newcomer.get(tweede).status_code == 404
    assert leden.answer(ander, Gebruiker.objects.get(username=NIEUW), aannemen=True)


def test_sending_again_and_withdrawing(browser: Browser, gemeente: Gemeente) -> None:
    invite(browser)
    eerste = link()
    (genodigde,) = rows(Genodigde, gemeente)
    address = f"/collegas/genodigden/{genodigde.pk}/"
    browser.post(address, {"actie": "opnieuw"})
    tweede = link()
    assert Client().get(eerste).status_code == 404
    assert Client().get(tweede).status_code == 302
    browser.post(address, {"actie": "intrekken"})
    assert Client().get(tweede).status_code == 404
    assert rows(Genodigde, gemeente) == []
    assert browser.post(address, {"actie": "intrekken"}).status_code == 404


@pytest.mark.parametrize(
    "email", ["geen-adres", "", "a" * 200 + "@test.example", "x@test.example\nBcc: y@z.nl"]
)
def test_what_is_no_address_is_told_so(browser: Browser, gemeente: Gemeente, email: str) -> None:
    answer = invite(browser, email)
    assert answer.status_code == 200
    assert "utrecht-form-field-error-message" in answer.text or "e-mailadres" in answer.text
    assert mail.outbox == []
    assert rows(Genodigde, gemeente) == []


def test_the_same_address_twice_is_one_invitation(
    browser: Browser, gemeente: Gemeente, beheerder: Gebruiker
) -> None:
    invite(browser)
    assert "al uitgenodigd" in invite(browser).text
    assert "al een collega" in invite(browser, beheerder.username).text
    assert len(rows(Genodigde, gemeente)) == 1


def test_inviting_asks_again_who_this_is(browser: Browser, gemeente: Gemeente) -> None:
    session = browser.session
    session[BEGIN] = int(time.time()) - 3600
    session.save()
    answer = browser.get("/collegas/uitnodigen")
    assert answer["Location"].startswith("/account/bevestigen?")
    assert browser.post("/collegas/uitnodigen", {"email": NIEUW, "rol": "jobcoach"}).status_code == 302
    assert rows(Genodigde, gemeente) == []


# --- Four eyes -----------------------------------------------------------------------------------------


def test_another_beheerder_takes_two(browser: Browser, gemeente: Gemeente, beheerder: Gebruiker) -> None:
    tweede = een_gebruiker(gemeente, BEHEERDER)
    invite(browser, rol="functioneel_beheerder")
    (voorstel,) = rows(Rolvoorstel, gemeente)
    assert rows(Genodigde, gemeente) == []
    assert [one.to for one in mail.outbox] == [[tweede.username]]
    address = f"/collegas/voorstellen/{voorstel.pk}/"
    assert "Bevestigen" not in browser.get(address).text
    assert "moet dit bevestigen" in step(browser.post, address, {"actie": "bevestigen"}, follow=True).text
    # Nor VNG support, while there is somebody at the municipality.
    support = een_gebruiker(supportrol=Supportrol.BESLISSEND)
    with pytest.raises(FoutMetMelding):
        leden.confirm(gemeente, voorstel.pk, support)
    assert "Een voorstel wacht op u" in een_client(tweede).get("/").text
    step(een_client(tweede).post, address, {"actie": "bevestigen"})
    (genodigde,) = rows(Genodigde, gemeente)
    assert genodigde.rol == BEHEERDER
    open_account(link())
    assert roles(gemeente)[NIEUW] == BEHEERDER


def test_where_nobody_else_can_vng_support_is_the_second(gemeente: Gemeente, beheerder: Gebruiker) -> None:
    collega = een_gebruiker(gemeente)
    # A beheerder who cannot log in is nobody who can confirm.
    een_gebruiker(gemeente, BEHEERDER, is_active=False)
    voorstel = leden.change_role(gemeente, lid_of(gemeente, collega), BEHEERDER, beheerder)
    assert voorstel is not None
    assert roles(gemeente)[collega.username] == JOBCOACH
    for nobody in (beheerder, collega, een_gebruiker(supportrol=Supportrol.ADVISEREND)):
        with pytest.raises(FoutMetMelding):
            leden.confirm(gemeente, voorstel.pk, nobody)
    support = een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    assert collega.username in support.get("/gebruikers/wachtend").text
    step(
        support.post,
        "/gebruikers/wachtend",
        {"soort": "rol", "gemeente": gemeente.pk, "pk": voorstel.pk, "besluit": "ja"},
    )
    assert roles(gemeente)[collega.username] == BEHEERDER
    assert mail.outbox[-1].to == [collega.username]
    assert "U bent nu functioneel beheerder van Aadorp." in str(mail.outbox[-1].body)


def test_a_proposal_ends_with_who_made_it(gemeente: Gemeente, beheerder: Gebruiker) -> None:
    tweede = een_gebruiker(gemeente, BEHEERDER)
    voorstel = leden.invite(gemeente, NIEUW, BEHEERDER, tweede)
    leden.invite(gemeente, "nog@test.example", JOBCOACH, tweede)
    leden.change_role(gemeente, lid_of(gemeente, tweede), JOBCOACH, beheerder)
    with pytest.raises(FoutMetMelding):
        leden.confirm(gemeente, voorstel.pk, beheerder)
    assert rows(Genodigde, gemeente) == rows(Rolvoorstel, gemeente) == []


def test_without_four_eyes_one_is_enough(settings: Any, gemeente: Gemeente, beheerder: Gebruiker) -> None:
    settings.UM_VIER_OGEN = False
    collega = een_gebruiker(gemeente)
    assert leden.change_role(gemeente, lid_of(gemeente, collega), BEHEERDER, beheerder) is None
    assert roles(gemeente)[collega.username] == BEHEERDER


# --- Never without one ---------------------------------------------------------------------------------


def test_the_last_beheerder_stays(browser: Browser, gemeente: Gemeente, beheerder: Gebruiker) -> None:
    een_gebruiker(gemeente, BEHEERDER, is_active=False)
    address = f"/collegas/{lid_of(gemeente, beheerder)}/"
    answer = step(browser.post, address, {"actie": "rol", "rol": "jobcoach"}, follow=True)
    assert "enige functioneel beheerder" in answer.text
    assert "weet u" not in browser.post(address, {"actie": "verwijderen"}).text
    answer = step(browser.post, address, {"actie": "verwijderen", "bevestigd": "1"}, follow=True)
    assert "enige functioneel beheerder" in answer.text
    assert roles(gemeente)[beheerder.username] == BEHEERDER


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["remove", "change_role"])
def test_two_who_remove_each_other_at_once(how: str) -> None:
    gemeente = een_gemeente()
    een, ander = (een_gebruiker(gemeente, BEHEERDER) for _ in range(2))
    more = () if how == "remove" else (JOBCOACH,)
    verb = getattr(leden, how)
    results = at_once(
        lambda: verb(gemeente, lid_of(gemeente, een), *more, ander),
        lambda: verb(gemeente, lid_of(gemeente, ander), *more, een),
    )
    assert sorted(type(result).__name__ for result in results) == ["NietGewijzigd", "NoneType"]
    assert list(roles(gemeente).values()).count(BEHEERDER) == 1


# --- Removing ------------------------------------------------------------------------------------------


def test_who_is_removed_is_out_at_once(browser: Browser, gemeente: Gemeente) -> None:
    collega = een_gebruiker(gemeente)
    hun, ook = een_sessie(collega), een_client(collega)
    assert hun.get("/zoeken/").status_code == 200
    address = f"/collegas/{lid_of(gemeente, collega)}/"
    assert "meteen geen toegang meer" in browser.post(address, {"actie": "verwijderen"}).text
    assert hun.get("/zoeken/").status_code == 200
    step(browser.post, address, {"actie": "verwijderen", "bevestigd": "1"})
    assert hun.get("/zoeken/").status_code == 302
    # And a session that nothing ends shows nothing of the municipality.
    assert ook.get("/zoeken/").status_code == 403
    assert mail.outbox[-1].to == [collega.username]
    assert "hoort niet meer bij Aadorp" in str(mail.outbox[-1].body)
    assert acts(gemeente)[-1] == "collega_verwijderd"


def test_who_works_elsewhere_too_keeps_that(gemeente: Gemeente, beheerder: Gebruiker) -> None:
    ander = een_gemeente("Beedorp")
    collega = een_gebruiker(gemeente)
    with voor_gemeente(ander):
        Lidmaatschap.objects.create(gemeente=ander, gebruiker=collega, rol=JOBCOACH)
    hun = een_client(collega)
    step(leden.remove, gemeente, lid_of(gemeente, collega), beheerder)
    assert [lid.gemeente for lid in memberships(collega)] == [ander]
    assert hun.get("/").context["portal"].gemeente == ander


def test_nobody_acts_on_another_municipality(beheerder: Gebruiker, gemeente: Gemeente) -> None:
    ander = een_gemeente("Beedorp")
    hun = een_gebruiker(ander)
    for gebied in (gemeente, ander):
        with pytest.raises(FoutMetMelding):
            leden.remove(gebied, lid_of(ander, hun), beheerder)
        with pytest.raises(FoutMetMelding):
            leden.change_role(gebied, lid_of(ander, hun), JOBCOACH, beheerder)
    with pytest.raises(FoutMetMelding):
        leden.invite(ander, NIEUW, JOBCOACH, beheerder)


# --- The list and the review ---------------------------------------------------------------------------


def test_the_list_tells_who_has_a_second_factor_and_who_was_away_long(
    browser: Browser, gemeente: Gemeente
) -> None:
    assert "Lang niet ingelogd" not in browser.get("/collegas/").text
    collega = een_gebruiker(gemeente, last_login=timezone.now() - timedelta(days=100))
    assert browser.get("/collegas/toetsen").text.count("Lang niet ingelogd") == 2
    page = browser.get("/collegas/").text
    assert page.count("Lang niet ingelogd") == 2  # the badge and its explanation
    assert page.count(">Nee<") == 2
    een_app(collega)
    assert browser.get("/collegas/").text.count(">Nee<") == 1


def _due(gemeente: Gemeente) -> None:
    """Lets the last review be more than a year ago."""
    with voor_gemeente(gemeente):
        Toegangstoets.objects.create(
            gemeente=gemeente,
            gedaan_op=timezone.now() - timedelta(days=366),
            behouden=1,
            gewijzigd=0,
            verwijderd=0,
        )


def test_a_municipality_that_was_admitted_long_ago_reviews_for_the_first_time(
    browser: Browser, settings: Any
) -> None:
    settings.UM_TOEGANG_TOETSEN_DAGEN = 0
    assert "Dat is nog nooit gedaan" in browser.get("/").text


def test_the_review_is_asked_done_and_recorded(
    browser: Browser, gemeente: Gemeente, beheerder: Gebruiker
) -> None:
    assert "Ga na wie toegang heeft" not in browser.get("/").text
    _due(gemeente)
    assert "Ga na wie toegang heeft" in browser.get("/").text
    blijft, weg, wordt = (een_gebruiker(gemeente) for _ in range(3))
    besluiten = {
        f"lid_{lid_of(gemeente, beheerder)}": "behouden",
        f"lid_{lid_of(gemeente, blijft)}": "behouden",
        f"lid_{lid_of(gemeente, weg)}": "verwijderen",
        f"lid_{lid_of(gemeente, wordt)}": "gegevensbeheerder",
    }
    # Who forgets somebody decides about nobody.
    forgotten = browser.post("/collegas/toetsen", dict(list(besluiten.items())[:3]))
    assert "Kies wat er met" in forgotten.text
    assert len(roles(gemeente)) == 4
    answer = step(browser.post, "/collegas/toetsen", besluiten, follow=True)
    assert "2 behouden, 1 gewijzigd of voorgesteld, 1 verwijderd" in answer.text
    assert roles(gemeente) == {
        beheerder.username: BEHEERDER,
        blijft.username: JOBCOACH,
        wordt.username: Rol.GEGEVENSBEHEERDER,
    }
    _, toets = sorted(rows(Toegangstoets, gemeente), key=lambda one: one.gedaan_op)
    assert (toets.gedaan_door, toets.behouden, toets.gewijzigd, toets.verwijderd) == (beheerder, 2, 1, 1)
    assert acts(gemeente)[-1] == "toegang_getoetst"
    assert "Ga na wie toegang heeft" not in browser.get("/").text


def test_a_review_of_a_list_that_changed_does_nothing(gemeente: Gemeente, beheerder: Gebruiker) -> None:
    weg = een_gebruiker(gemeente)
    besluiten = {lid_of(gemeente, beheerder): "behouden", lid_of(gemeente, weg): "verwijderen"}
    een_gebruiker(gemeente)
    with pytest.raises(FoutMetMelding):
        toetsen.review(gemeente, besluiten, beheerder)
    assert weg.username in roles(gemeente)
    assert rows(Toegangstoets, gemeente) == []


def test_support_sees_which_municipalities_are_late_and_no_names(
    gemeente: Gemeente, beheerder: Gebruiker
) -> None:
    _due(gemeente)
    support = een_client(een_gebruiker(supportrol=Supportrol.ADVISEREND))
    page = support.get("/gebruikers/toegang").text
    assert page.count("Te laat") == 1
    assert beheerder.username not in page
    assert toetsen.stand()[gemeente.pk]["beheerders"] == 1


# --- In time -------------------------------------------------------------------------------------------


def test_accounts_that_nobody_opened_are_erased(browser: Browser, gemeente: Gemeente) -> None:
    invite(browser)
    invite(browser, "bewaar@test.example")
    long_ago = timezone.now() - timedelta(days=30)
    with voor_gemeente(gemeente):
        Genodigde.objects.filter(gebruiker__username=NIEUW).update(verloopt_op=long_ago)
    Uitnodiging.objects.filter(gebruiker__username=NIEUW).update(verloopt_op=long_ago)
    blocked = een_gebruiker(is_active=False, geblokkeerd_op=long_ago, password="!x")
    assert leden.erase_never_opened() == 0
    uitnodigingen.erase_expired()
    leden.erase_expired(gemeente)
    assert leden.erase_never_opened() == 1
    assert not Gebruiker.objects.filter(username=NIEUW).exists()
    assert Gebruiker.objects.filter(username="bewaar@test.example").exists()
    assert Gebruiker.objects.filter(pk=blocked.pk).exists()
