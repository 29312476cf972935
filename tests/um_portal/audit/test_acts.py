"""The acts that are in the audit log: logging in, sessions, invitations, details, answers of the source."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.signals import user_login_failed
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from exchange.bemiddelaar import client as exchange_client
from exchange.bemiddelaar import details
from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.standard import Soort
from tests.factories import (
    een_app,
    een_client,
    een_gebruiker,
    een_gemeente,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from um_portal.accounts import sessies, uitnodigingen
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.audit import brontelling
from um_portal.audit.handelingen import Handeling
from um_portal.audit.models import Auditregel, Brontelling, Pseudoniem, Supportregel, Uitkomst
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import als_support, handelt, voor_gemeente

pytestmark = pytest.mark.django_db

WACHTWOORD = "een-lang-eigen-wachtwoord"


def deeds(gemeente: Gemeente, *fields: str) -> list[Any]:
    """Gives what the log of a municipality says, in order, without its registration and admission."""
    with voor_gemeente(gemeente):
        begin = (Handeling.GEMEENTE_INGESCHREVEN, Handeling.GEMEENTE_TOEGELATEN)
        lines = Auditregel.objects.exclude(handeling__in=begin).order_by("pk")
        return list(lines.values_list(*fields) if fields else lines)


def portal_deeds() -> list[tuple[str, str]]:
    """Gives what the log of the portal itself says."""
    with handelt(een_gebruiker(supportrol=Supportrol.ADVISEREND).pk), als_support():
        return list(Supportregel.objects.filter(keten=0).order_by("pk").values_list("handeling", "onderwerp"))


def whole_log() -> str:
    """Gives everything that the log says, of all municipalities and of the portal itself."""
    found: list[Any] = []
    for gemeente in Gemeente.objects.all():
        with voor_gemeente(gemeente):
            found += Auditregel.objects.values_list()
            found += Brontelling.objects.values_list()
    with handelt(een_gebruiker(supportrol=Supportrol.ADVISEREND).pk), als_support():
        found += Supportregel.objects.filter(keten=0).values_list()
    assert found
    return str(found)


def log_in(email: str, password: str) -> Any:
    """Tries to log in as somebody at the login page does."""
    return Client().post("/account/inloggen", {"login": email, "password": password})


# --- Accounts --------------------------------------------------------------------------------------------


def test_logging_in_is_told_to_every_municipality_of_somebody_and_failing_is_too() -> None:
    een, ander, vreemd = een_gemeente(), een_gemeente(), een_gemeente()
    gebruiker = een_gebruiker(een)
    with voor_gemeente(ander):
        Lidmaatschap.objects.create(gemeente=ander, gebruiker=gebruiker, rol=Rol.GEGEVENSBEHEERDER)
    gebruiker.set_password(WACHTWOORD)
    gebruiker.save()
    log_in(gebruiker.username, "iets heel anders")
    assert log_in(gebruiker.username, WACHTWOORD).status_code == 302
    own = Pseudoniem.objects.get(gebruiker=gebruiker).pk
    for gemeente, rol in ((een, "jobcoach"), (ander, "gegevensbeheerder")):
        assert deeds(gemeente, "handeling", "actor", "functie", "betrokkene", "uitkomst", "onderwerp") == [
            ("inloggen_mislukt", None, "", own, "mislukt", "wachtwoord"),
            ("ingelogd", own, rol, own, "", ""),
        ]
    assert deeds(vreemd) == []
    assert portal_deeds() == []


def test_of_a_name_that_nobody_has_nothing_is_kept() -> None:
    een_gebruiker(een_gemeente())
    log_in("onbekend.persoon@elders.example", "geheim wachtwoord")
    user_login_failed.send(sender=__name__, credentials={"email": "nul\0@elders.example"})
    assert portal_deeds() == [("inloggen_mislukt", "onbekend e-mailadres")] * 2
    assert "elders" not in whole_log()


def test_what_happens_to_an_account_is_told_in_the_order_in_which_it_happened() -> None:
    gemeente = een_gemeente()
    gebruiker = een_gebruiker(gemeente)
    gebruiker.set_password(WACHTWOORD)
    gebruiker.save()
    for _ in range(2):
        log_in(gebruiker.username, WACHTWOORD)
    sessies.end_all(gebruiker)
    een_client(gebruiker).post("/account/uitloggen")
    een_app(gebruiker)
    assert deeds(gemeente, "handeling", "onderwerp") == [
        ("ingelogd", ""),
        ("ingelogd", ""),
        ("sessies_beeindigd", "2"),
        ("ingelogd", ""),
        ("uitgelogd", ""),
    ]


def test_a_wrong_code_is_an_attempt_that_failed() -> None:
    gemeente = een_gemeente()
    gebruiker = een_gebruiker(gemeente)
    gebruiker.set_password(WACHTWOORD)
    gebruiker.save()
    een_app(gebruiker)
    browser = Client()
    browser.post("/account/inloggen", {"login": gebruiker.username, "password": WACHTWOORD})
    browser.post("/account/inloggen/tweede-factor", {"code": "000000"})
    assert deeds(gemeente, "handeling", "onderwerp") == [("inloggen_mislukt", "tweede factor (app)")]


def test_an_invitation_is_told_without_an_address() -> None:
    support = een_gebruiker(supportrol=Supportrol.BESLISSEND)
    nieuw = uitnodigingen.invite("nieuwe.collega@elders.example", door=support, versturen=False)
    uitnodigingen.accept(nieuw.uitnodiging, WACHTWOORD)
    assert portal_deeds() == [("uitnodiging_verstuurd", ""), ("uitnodiging_aangenomen", "")]
    assert "elders" not in whole_log()
    assert Gebruiker.objects.filter(username="nieuwe.collega@elders.example").exists()


# --- Searches and details --------------------------------------------------------------------------------


@pytest.fixture
def resultaat() -> Resultaat:
    """A match of a search of a jobcoach."""
    gemeente = een_gemeente()
    gebruiker = een_gebruiker(gemeente)
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            soort="werkzoekenden",
            status=Zoekstatus.KLAAR,
            vraag_object={"selectiegebied": {"postcode": "3511AB", "afstand": 5}},
        )
        found: Resultaat = Resultaat.objects.create(
            gemeente=gemeente,
            zoekvraag=zoekvraag,
            volgnummer=1,
            vum_id="VUM-1",
            profiel=een_werkzoekende("W9"),
        )
    return found


@pytest.mark.parametrize(
    ("answer", "uitkomst"),
    [
        (("9" * 20, {"idWerkzoekende": "W9", "emailadres": ["geheim@elders.example"]}), "gelukt"),
        (exchange_client.UitwisselingFout("De uitwisseling kent dit gegeven niet."), "mislukt"),
        (
            exchange_client.UitwisselingFout("De uitwisseling antwoordde niet op tijd.", onbekend=True),
            "onbekend",
        ),
        (KeyboardInterrupt(), "onbekend"),
    ],
)
def test_a_detail_is_told_before_the_question_goes_out_and_again_with_its_outcome(
    resultaat: Resultaat, monkeypatch: pytest.MonkeyPatch, answer: Any, uitkomst: str
) -> None:
    gemeente, gebruiker = resultaat.gemeente, resultaat.zoekvraag.gebruiker

    def fetch(soort: Soort, vum_id: str, oin: str) -> Any:
        # This is what a process that is killed here leaves.
        assert deeds(gemeente, "handeling", "vum_id", "uitkomst") == [
            ("detail_gevraagd", "VUM-1", "onbekend")
        ]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(exchange_client, "fetch_detail", fetch)
    try:
        details.request_detail(gemeente, gebruiker, resultaat)
    except (exchange_client.UitwisselingFout, KeyboardInterrupt):
        pass
    before, after = deeds(gemeente)
    assert (after.handeling, after.vum_id, after.uitkomst) == ("detail_opgevraagd", "VUM-1", uitkomst)
    assert after.actor == Pseudoniem.objects.get(gebruiker=gebruiker).pk
    assert (before.span, before.trace) == (after.span, after.trace)
    assert after.partij == ("9" * 20 if uitkomst == "gelukt" else "")
    assert "elders" not in whole_log()


# --- The source ------------------------------------------------------------------------------------------


def test_the_answers_of_the_source_are_lines_when_the_hour_is_over(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UM_DEMO = True
    gemeente, ander = een_gemeente(), een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende(f"W{n}") for n in range(3)])
    path, headers, browser = "/vum/bron/v3/werkzoekendeProfielen", vum_headers(gemeente), Client()
    asked = json.dumps({"vraagObject": {"selectiegebied": {"postcode": "3511AB", "afstand": 5}}})

    def ask() -> None:
        for _ in range(2):
            browser.post(f"{path}/matches", asked, content_type="application/json", headers=headers)
        for number in ("W1", "geheim-nummer"):
            browser.get(f"{path}/{number}", headers=headers)
        brontelling.flush()

    ask()
    with voor_gemeente(gemeente):
        assert Brontelling.objects.count() == 3
    assert brontelling.write_lines() == 0, "the hour is not over"
    earlier = timezone.now() - timedelta(hours=2)
    monkeypatch.setattr(brontelling, "timezone", SimpleNamespace(now=lambda: earlier))
    ask()
    assert brontelling.write_lines() == 3
    assert brontelling.write_lines() == 0
    lines = [line for line in deeds(gemeente) if line.handeling == "bron_bevraagd"]
    told = {(line.onderwerp.partition(",")[0], line.uitkomst): (line.aantal, line.records) for line in lines}
    assert told == {
        ("selectievraag werkzoekenden", "gelukt"): (2, 6),
        ("detailvraag werkzoekenden", "gelukt"): (1, 1),
        ("detailvraag werkzoekenden", "mislukt"): (1, 0),
    }
    assert {len(line.partij) for line in lines} == {20}
    assert deeds(ander) == []
    assert "geheim-nummer" not in whole_log()


def test_counts_wait_for_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    gemeente = een_gemeente()
    answer = (gemeente.pk, "1" * 20, "selectievraag")
    brontelling.count(*answer, uitkomst=Uitkomst.GELUKT, records=5)

    def broken() -> Any:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(brontelling.connection, "cursor", broken)
        brontelling.flush()
    brontelling.count(*answer, uitkomst=Uitkomst.GELUKT, records=5)
    brontelling.flush()
    with voor_gemeente(gemeente):
        assert Brontelling.objects.values_list("aantal", "records").get() == (2, 10)
