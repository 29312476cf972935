"""The work in the background as VNG support sees it: queues, the schedule, and what failed."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.utils import timezone

from exchange.bemiddelaar.models import Zoekstatus, Zoekvraag
from tests.factories import een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal import tasks
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.achtergrondwerk import planning, wachtrijen
from um_portal.achtergrondwerk.models import Ronde
from um_portal.onderdelen import Wachtrij
from um_portal.tenants.scope import voor_gemeente

pytestmark = pytest.mark.django_db

PAGINA = "/achtergrondwerk/"


@pytest.fixture
def beslisser() -> Gebruiker:
    return een_gebruiker(supportrol=Supportrol.BESLISSEND)


@pytest.fixture
def queue() -> Any:
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        yield client


def late() -> set[str]:
    return {een.naam for een in planning.stand() if een.is_te_laat}


def test_every_part_of_the_schedule_and_every_queue_has_a_name_for_people() -> None:
    assert set(planning.WERK) == set(settings.CELERY_BEAT_SCHEDULE)
    assert set(wachtrijen.NAMEN) == set(Wachtrij)


def test_a_run_is_written_down_and_so_is_one_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.resume_jobs.apply()
    assert late() == set(), "the rest still has to run for the first time"
    ronde = Ronde.objects.get(naam="hervat-taken")
    assert ronde.begonnen_op is not None
    assert ronde.klaar_op is not None
    assert ronde.begonnen_op <= ronde.klaar_op == ronde.gelukt_op

    def broken(*verbs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(tasks, "_for_each_municipality", broken)
    tasks.resume_jobs.apply()
    [een] = [een for een in planning.stand() if een.naam == "hervat-taken"]
    assert een.is_mislukt
    Ronde.objects.update(begonnen_op=timezone.now() - timedelta(minutes=3))
    assert "hervat-taken" in late()


def test_nothing_is_late_right_after_the_first_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Ronde.objects.exists()
    installed = planning.installed_at()
    assert installed is not None
    assert timedelta() < timezone.now() - installed < timedelta(hours=2)
    monkeypatch.setattr(planning, "installed_at", timezone.now)
    assert not late()
    monkeypatch.setattr(planning, "installed_at", lambda: timezone.now() - timedelta(days=2))
    assert late() == set(planning.WERK)


def test_what_runs_once_a_day_is_late_when_it_missed_a_day() -> None:
    naam = "controleer-voorwaarden"
    Ronde.objects.create(naam=naam, begonnen_op=timezone.now())
    assert naam not in late()
    Ronde.objects.filter(naam=naam).update(begonnen_op=timezone.now() - timedelta(days=2))
    assert naam in late()
    # One that never ran is late as well, as soon as it should have.
    Ronde.objects.update(bekend_op=timezone.now() - timedelta(minutes=13))
    assert {"ruim-op", "hervat-taken"} <= late()


def test_support_sees_how_much_waits_and_since_when(beslisser: Gebruiker, queue: Any) -> None:
    tasks.resume_jobs.apply_async()
    tasks.resume_jobs.apply_async()
    found = {een.wachtrij: een for een in wachtrijen.drukte() or []}
    assert found[Wachtrij.ONDERHOUD].aantal == 2
    assert (found[Wachtrij.ONDERHOUD].oudste or timedelta.max) < timedelta(minutes=1)
    assert found[Wachtrij.ZOEKEN].oudste is None
    # An older job at the end of another queue, and one that cannot be read.
    queue.rpush(Wachtrij.ZOEKEN.value, json.dumps({"headers": {"um_verstuurd": time.time() - 300}}))
    queue.rpush(Wachtrij.BESTANDEN.value, b"\xff[")
    page = een_client(beslisser).get(PAGINA).text
    assert "5 minuten" in page
    assert page.count("Wacht te lang") == 1
    assert "resume_jobs" not in page


def test_a_redis_that_is_away_is_told(beslisser: Gebruiker, settings: Any) -> None:
    settings.UM_REDIS_WACHTRIJ_URL = "redis://127.0.0.1:1/0"
    page = een_client(beslisser).get(PAGINA)
    assert page.status_code == 200
    assert "De wachtrijen antwoorden niet" in page.text


def test_who_decides_starts_a_part_at_once_and_who_advises_does_not(beslisser: Gebruiker, queue: Any) -> None:
    browser = een_client(beslisser)
    page = browser.post(f"{PAGINA}ruim-op/starten/", follow=True).text
    assert "Gestart: wissen wat zijn termijn voorbij is" in page
    message = json.loads(queue.lindex(Wachtrij.ONDERHOUD.value, -1))
    assert message["headers"]["task"] == "um_portal.tasks.erase_expired"
    assert "net al gevraagd" in browser.post(f"{PAGINA}ruim-op/starten/", follow=True).text
    assert queue.llen(Wachtrij.ONDERHOUD.value) == 1
    assert browser.post(f"{PAGINA}iets-anders/starten/").status_code == 404
    adviseur = een_client(een_gebruiker(supportrol=Supportrol.ADVISEREND))
    assert "Nu starten" not in adviseur.get(PAGINA).text
    assert adviseur.post(f"{PAGINA}herstel/starten/").status_code == 403
    assert een_client(een_gebruiker(een_gemeente())).get(PAGINA).status_code == 403


def test_a_queue_that_does_not_answer_starts_nothing(
    beslisser: Gebruiker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", away)
    page = een_client(beslisser).post(f"{PAGINA}ruim-op/starten/", follow=True).text
    assert "De wachtrij antwoordt niet" in page
    assert not Ronde.objects.filter(naam="ruim-op").exists()


@pytest.mark.django_db(transaction=True)
def test_asked_by_several_at_once_it_is_started_once(queue: Any) -> None:
    beslisser = een_gebruiker(supportrol=Supportrol.BESLISSEND)
    results = at_once(*[lambda: planning.run_now(beslisser, "ruim-op")] * 4)
    assert results.count(None) == 1
    assert sum(isinstance(result, planning.NietGestart) for result in results) == 3
    assert queue.llen(Wachtrij.ONDERHOUD.value) == 1


def test_what_failed_is_a_number_for_each_municipality_and_nothing_more(beslisser: Gebruiker) -> None:
    gemeente, _ = een_gemeente("Aadorp"), een_gemeente("Beedorp")
    coach = een_gebruiker(gemeente)
    with voor_gemeente(gemeente):
        Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=coach,
            naam="Geheime kok",
            soort="werkzoekenden",
            vraag_object={},
            status=Zoekstatus.MISLUKT,
        )
    page = een_client(beslisser).get(PAGINA).text
    assert "Aadorp" in page
    assert "Beedorp" not in page
    assert "Geheime kok" not in page
    assert str(coach) not in page
