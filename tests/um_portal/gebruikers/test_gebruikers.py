"""VNG support and the people who log in: finding one, blocking, and who belongs to support."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db.models import Q
from django.utils import timezone

from tests.factories import Browser, een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.accounts.uitnodigingen import invite
from um_portal.audit.handelingen import Handeling
from um_portal.audit.models import Supportregel, Uitkomst
from um_portal.collegas import leden
from um_portal.collegas.models import Genodigde, Rolvoorstel
from um_portal.errors import FoutMetMelding
from um_portal.gebruikers import blokkeren, support
from um_portal.gebruikers.models import Supportvoorstel
from um_portal.gebruikers.views import _MOST_SEARCHES
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.protected import call
from um_portal.tenants.scope import als_support, handelt, voor_gemeente

pytestmark = pytest.mark.django_db

NIEUW = "nieuw@test.example"


@pytest.fixture
def beslisser() -> Gebruiker:
    return een_gebruiker(supportrol=Supportrol.BESLISSEND)


@pytest.fixture
def tweede() -> Gebruiker:
    return een_gebruiker(supportrol=Supportrol.BESLISSEND)


@pytest.fixture
def adviseur() -> Gebruiker:
    return een_gebruiker(supportrol=Supportrol.ADVISEREND)


@pytest.fixture
def gebruiker() -> Gebruiker:
    return een_gebruiker(een_gemeente("Aadorp"), first_name="Noor", last_name="Veldkamp")


def portal_lines() -> list[dict[str, Any]]:
    """Gives what the log of the portal itself says about support."""
    with handelt(een_gebruiker(supportrol=Supportrol.ADVISEREND).pk), als_support():
        own = Supportregel.objects.filter(keten=0).order_by("pk")
        found = own.filter(Q(handeling__startswith="support_") | Q(handeling__startswith="gebruiker_"))
        return [dict(line) for line in found.values("handeling", "onderwerp", "uitkomst", "betrokkene")]


def find(browser: Browser, gebruiker: Gebruiker) -> str:
    return str(browser.post("/gebruikers/", {"email": gebruiker.username})["Location"])


# --- Finding one ---------------------------------------------------------------------------------------


def test_it_works(adviseur: Gebruiker, gebruiker: Gebruiker) -> None:
    browser = een_client(adviseur)
    answer = browser.post("/gebruikers/", {"email": f" {gebruiker.username.upper()} "}, follow=True)
    assert "Noor Veldkamp" in answer.text
    assert "jobcoach van Aadorp" in answer.text
    assert "Blokkeren" in answer.text
    assert "Herstel vragen" not in answer.text
    # Nobody's address is in the address.
    assert gebruiker.username not in answer.request["PATH_INFO"]


def test_who_was_looked_for_is_in_the_log_and_what_was_typed_is_not(
    adviseur: Gebruiker, gebruiker: Gebruiker
) -> None:
    browser = een_client(adviseur)
    for email in (gebruiker.username, "niemand@test.example"):
        browser.post("/gebruikers/", {"email": email})
    lines = portal_lines()
    gezocht = [line for line in lines if line["handeling"] == Handeling.GEBRUIKER_GEZOCHT]
    assert [line["uitkomst"] for line in gezocht] == [Uitkomst.GELUKT, Uitkomst.MISLUKT]
    assert [bool(line["betrokkene"]) for line in gezocht] == [True, False]
    assert "@" not in str(lines)


def test_nobody_browses(adviseur: Gebruiker, tweede: Gebruiker, gebruiker: Gebruiker) -> None:
    browser = een_client(adviseur)
    for text in ("gebruiker", "Veldkamp", "@test.example", "%", gebruiker.username[:-1]):
        assert "Noor" not in browser.post("/gebruikers/", {"email": text}, follow=True).text
    address = find(browser, gebruiker)
    assert browser.get(address).status_code == 200
    # A link of a colleague, a number, or another signature.
    assert een_client(tweede).get(address).status_code == 404
    for kenmerk in (str(gebruiker.pk), "x", address.split("/")[-2][:-1]):
        assert browser.get(f"/gebruikers/wie/{kenmerk}/").status_code == 404


def test_an_address_is_not_found_by_trying_many(adviseur: Gebruiker, gebruiker: Gebruiker) -> None:
    browser = een_client(adviseur)
    for number in range(_MOST_SEARCHES):
        browser.post("/gebruikers/", {"email": f"x{number}@test.example"})
    assert "keer in een uur" in browser.post("/gebruikers/", {"email": gebruiker.username}).text


# --- Blocking ------------------------------------------------------------------------------------------


def test_who_is_blocked_is_out_at_once_and_stays_out(
    adviseur: Gebruiker, beslisser: Gebruiker, gebruiker: Gebruiker
) -> None:
    hun, advies = een_client(gebruiker), een_client(adviseur)
    address = find(advies, gebruiker)
    advies.post(address, {"actie": "blokkeren"})
    assert hun.get("/").status_code == 302
    with pytest.raises(FoutMetMelding):
        invite(gebruiker.username)
    # Letting in again is a decision.
    assert advies.post(address, {"actie": "deblokkeren"}).status_code == 403
    beslist = een_client(beslisser)
    beslist.post(find(beslist, gebruiker), {"actie": "deblokkeren"})
    gebruiker.refresh_from_db()
    assert gebruiker.is_active
    assert gebruiker.geblokkeerd_op is None


def test_who_was_invited_and_is_blocked_cannot_use_the_link(adviseur: Gebruiker) -> None:
    nieuw = invite(NIEUW)
    gebruiker = nieuw.uitnodiging.gebruiker
    blokkeren.block(gebruiker, adviseur)
    assert Browser().get(re.sub(r"^https?://[^/]+", "", nieuw.link)).status_code == 404
    with pytest.raises(FoutMetMelding):
        invite(NIEUW)


def test_support_is_blocked_by_who_decides_only(
    adviseur: Gebruiker, beslisser: Gebruiker, tweede: Gebruiker
) -> None:
    with pytest.raises(FoutMetMelding):
        blokkeren.block(beslisser, adviseur)
    with pytest.raises(FoutMetMelding):
        blokkeren.block(beslisser, beslisser)
    blokkeren.block(beslisser, tweede)
    assert not Gebruiker.objects.get(pk=beslisser.pk).is_active


# --- Who belongs to support ----------------------------------------------------------------------------


def test_somebody_who_advises_is_invited_by_one(beslisser: Gebruiker) -> None:
    een_client(beslisser).post("/gebruikers/support/uitnodigen", {"email": NIEUW, "rol": "adviserend"})
    assert mail.outbox[-1].to == [NIEUW]
    assert "VNG-support (adviserend)" in str(mail.outbox[-1].body)
    assert Gebruiker.objects.get(username=NIEUW).supportrol == Supportrol.ADVISEREND


def test_somebody_who_decides_takes_two(beslisser: Gebruiker, tweede: Gebruiker, adviseur: Gebruiker) -> None:
    een_client(beslisser).post(
        "/gebruikers/support/uitnodigen", {"email": adviseur.username, "rol": "beslissend"}
    )
    voorstel = Supportvoorstel.objects.get()
    for nobody in (beslisser, adviseur):
        with pytest.raises(FoutMetMelding):
            support.decide(voorstel.pk, nobody, bevestigen=True)
    assert Gebruiker.objects.get(pk=adviseur.pk).supportrol == Supportrol.ADVISEREND
    een_client(tweede).post("/gebruikers/wachtend", {"soort": "support", "pk": voorstel.pk, "besluit": "ja"})
    assert Gebruiker.objects.get(pk=adviseur.pk).supportrol == Supportrol.BESLISSEND
    assert not Supportvoorstel.objects.exists()
    support.remove(adviseur, beslisser)
    done = [(line["handeling"], line["onderwerp"]) for line in portal_lines()]
    assert done == [
        (Handeling.SUPPORT_VOORGESTELD, f"voorstel {voorstel.pk}"),
        (Handeling.SUPPORT_GEWIJZIGD, "rol beslissend"),
        (Handeling.SUPPORT_GEWIJZIGD, "rol geen"),
    ]


def test_the_database_lets_nobody_decide_without_a_proposal_of_another(
    beslisser: Gebruiker, adviseur: Gebruiker
) -> None:
    assert not call(Gebruiker, "um_supportrol_wijzigen", adviseur.pk, "beslissend")
    voorstel = support.invite(adviseur.username, Supportrol.BESLISSEND, beslisser)
    assert voorstel is not None
    Supportvoorstel.objects.filter(pk=voorstel.pk).update(gemaakt_door=adviseur)
    assert not call(Gebruiker, "um_supportrol_wijzigen", adviseur.pk, "beslissend")
    assert call(Gebruiker, "um_supportrol_wijzigen", beslisser.pk, "adviserend")


def test_a_proposal_of_somebody_who_decides_no_longer_is_worth_nothing(
    beslisser: Gebruiker, tweede: Gebruiker
) -> None:
    voorstel = support.invite(NIEUW, Supportrol.BESLISSEND, beslisser)
    assert voorstel is not None
    blokkeren.block(beslisser, tweede)
    with pytest.raises(FoutMetMelding):
        support.decide(voorstel.pk, tweede, bevestigen=True)


def test_who_works_for_a_municipality_is_not_made_support(beslisser: Gebruiker, gebruiker: Gebruiker) -> None:
    with pytest.raises(FoutMetMelding):
        support.invite(gebruiker.username, Supportrol.ADVISEREND, beslisser)
    assert Gebruiker.objects.get(pk=gebruiker.pk).supportrol == ""


def test_the_last_one_who_decides_stays(beslisser: Gebruiker, adviseur: Gebruiker) -> None:
    for verb in (
        lambda: support.remove(beslisser, beslisser),
        lambda: support.invite(beslisser.username, Supportrol.ADVISEREND, beslisser),
    ):
        with pytest.raises(FoutMetMelding):
            verb()
    support.remove(adviseur, beslisser)
    assert support.colleagues() == [beslisser]


@pytest.mark.django_db(transaction=True)
def test_two_who_remove_each_other_from_support_at_once() -> None:
    een, ander = (een_gebruiker(supportrol=Supportrol.BESLISSEND) for _ in range(2))
    results = at_once(lambda: support.remove(een, ander), lambda: support.remove(ander, een))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "SupportNietGewijzigd"]
    assert len(support.colleagues()) == 1


# --- The first functioneel beheerder -------------------------------------------------------------------


def _rows(model: Any, gemeente: Gemeente) -> list[Any]:
    with voor_gemeente(gemeente):
        return list(model.objects.all())


def test_support_invites_the_first_beheerder_of_a_new_municipality_and_again(beslisser: Gebruiker) -> None:
    gemeente = een_gemeente("Beedorp")
    browser = een_client(beslisser)
    assert "Beheerder uitnodigen" in browser.get("/gebruikers/toegang").text
    for times in (1, 2):
        browser.post("/gebruikers/beheerder", {"gemeente": gemeente.pk, "email": NIEUW})
        assert len(mail.outbox) == times
    (genodigde,) = _rows(Genodigde, gemeente)
    assert genodigde.rol == Rol.FUNCTIONEEL_BEHEERDER


def test_where_people_work_already_it_takes_two(beslisser: Gebruiker, tweede: Gebruiker) -> None:
    gemeente = een_gemeente("Beedorp")
    een_gebruiker(gemeente)
    een_client(beslisser).post("/gebruikers/beheerder", {"gemeente": gemeente.pk, "email": NIEUW})
    (voorstel,) = _rows(Rolvoorstel, gemeente)
    assert _rows(Genodigde, gemeente) == []
    with pytest.raises(FoutMetMelding):
        leden.confirm(gemeente, voorstel.pk, beslisser)
    leden.confirm(gemeente, voorstel.pk, tweede)
    assert len(_rows(Genodigde, gemeente)) == 1


def test_a_municipality_that_has_a_beheerder_invites_by_itself(beslisser: Gebruiker) -> None:
    gemeente = een_gemeente("Beedorp")
    een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    answer = een_client(beslisser).post("/gebruikers/beheerder", {"gemeente": gemeente.pk, "email": NIEUW})
    assert "nodigt collega&#x27;s zelf uit" in answer.text
    assert _rows(Genodigde, gemeente) == []


@pytest.mark.parametrize("soort", ["herstel", "support", "rol", "", "x"])
@pytest.mark.parametrize("pk", ["", "x", "-1", "9" * 40, "٣", "\x00"])
def test_a_decision_about_nothing_is_a_sentence(beslisser: Gebruiker, soort: str, pk: str) -> None:
    body = {"soort": soort, "pk": pk, "gemeente": pk, "besluit": "ja"}
    assert een_client(beslisser).post("/gebruikers/wachtend", body).status_code in (302, 404)


def test_the_pages_show_what_a_person_is(beslisser: Gebruiker, gebruiker: Gebruiker) -> None:
    browser = een_client(beslisser)
    Gebruiker.objects.filter(pk=gebruiker.pk).update(geblokkeerd_op=timezone.now(), is_active=False)
    page = browser.get(find(browser, gebruiker)).text
    assert "Deblokkeren" in page
    assert "Herstel vragen" not in page
    assert "Dit bent u zelf" in browser.get(find(browser, beslisser)).text
    page = browser.get("/gebruikers/support").text
    assert beslisser.username in page
    assert gebruiker.username not in page
