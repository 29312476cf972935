"""The schedule runs once, also with two clocks, and what was missed is caught up."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from tests.places import ROOT
from tests.processes import wait_until
from tests.threads import at_once
from um_portal import tasks
from um_portal.achtergrondwerk import planning
from um_portal.achtergrondwerk.models import Ronde
from um_portal.audit import koppen

pytestmark = pytest.mark.django_db(transaction=True)


def _queued() -> list[str]:
    """Gives the parts of the schedule that wait in the queue for upkeep."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        waiting = client.lrange(settings.CELERY_TASK_DEFAULT_QUEUE, 0, -1)
    return [json.loads(message)["headers"].get(planning.KOP) for message in waiting]


@pytest.fixture(autouse=True)
def empty_queue() -> Any:
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        client.delete(settings.CELERY_TASK_DEFAULT_QUEUE)
        yield
        client.delete(settings.CELERY_TASK_DEFAULT_QUEUE)


@pytest.mark.parametrize("naam", ["hervat-taken", "ruim-logboek-op"])
def test_of_clocks_that_hand_out_at_once_one_has_the_turn_and_the_next_turn_comes(naam: str) -> None:
    assert sorted(at_once(*[lambda: planning.take_turn(naam)] * 4)) == [False, False, False, True]
    assert not planning.take_turn(naam)
    Ronde.objects.update(beurt_op=timezone.now() - timedelta(days=1, minutes=1))
    assert planning.take_turn(naam)


def test_a_job_of_the_schedule_runs_once_a_turn_and_always_when_somebody_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs: list[int] = []
    monkeypatch.setattr(koppen, "tell_all", lambda: runs.append(1))
    for _ in range(2):
        tasks.write_heads.apply(headers={planning.KOP: "schrijf-logboekkoppen"})
    assert runs == [1]
    tasks.write_heads.apply()
    assert runs == [1, 1]


def test_a_clock_that_starts_hands_out_what_was_missed() -> None:
    for naam in settings.CELERY_BEAT_SCHEDULE:
        Ronde.objects.create(naam=naam, begonnen_op=timezone.now())
    Ronde.objects.filter(naam="ruim-logboek-op").update(begonnen_op=timezone.now() - timedelta(days=2))
    assert planning.catch_up() == ["ruim-logboek-op"]
    assert _queued() == ["ruim-logboek-op"]


@pytest.mark.slow
def test_two_real_clocks_hand_out_twice_and_the_work_is_done_once(tmp_path: Any) -> None:
    for naam in settings.CELERY_BEAT_SCHEDULE:
        Ronde.objects.create(naam=naam, begonnen_op=timezone.now() - timedelta(days=2))
    clocks = [
        subprocess.Popen(
            [sys.executable, "-m", "um_portal.run", "klok"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name != "DATABASE_EIGENAAR_URL"}
            | {"UM_KLOK_BESTAND": str(tmp_path / f"klok{number}")},
            stdin=subprocess.DEVNULL,
        )
        for number in (1, 2)
    ]
    try:
        # Everything was missed, so both catch up with all of it.
        both = 2 * len(settings.CELERY_BEAT_SCHEDULE)
        wait_until(lambda: len(_queued()) >= both, "both clocks have handed out", 60)
    finally:
        for clock in clocks:
            clock.terminate()
        for clock in clocks:
            clock.wait(20)
    turns = [planning.take_turn(naam) for naam in _queued()]
    assert turns.count(True) == len(settings.CELERY_BEAT_SCHEDULE)
