"""Real workers on real queues: nobody's work waits for all of somebody else's."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from exchange.bemiddelaar import searching
from exchange.bemiddelaar.models import Zoekstatus, Zoekvraag
from exchange.standard import Soort
from exchange.vum3.compose import Criteria
from tests.deploy.parts import a_part
from tests.factories import een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad
from tests.places import ROOT
from tests.processes import wait_until
from tests.threads import at_once
from um_portal.jobs import LEASE
from um_portal.onderdelen import Wachtrij
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.leveringen import beurten
from uploads.leveringen.intake import receive
from uploads.models import Levering, Leveringstatus
from uploads.omzetten import processing

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 12


def received(gemeente: Gemeente, number: int, bytes_: int | None = None) -> int:
    pk = receive(
        gemeente, inhoud=een_werkblad([een_sonar_rij(ID_WZ=f"WZ{number}")]), bestandsnaam="a.xlsx"
    ).pk
    if bytes_ is not None:
        with voor_gemeente(gemeente):
            Levering.objects.filter(pk=pk).update(bestandsgrootte=bytes_)
    return pk


def converted(gemeente: Gemeente) -> int:
    with voor_gemeente(gemeente):
        return Levering.objects.filter(status=Leveringstatus.OMGEZET).count()


def queue(wachtrij: Wachtrij) -> int:
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        return int(broker.llen(wachtrij.value))


@contextlib.contextmanager
def workers(place: Path, *names: str, **env: Any) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(a_part(name, place / f"{name}.log", "UM_SECRET_KEY", **env))
        yield


@pytest.mark.slow
def test_many_leveringen_of_one_municipality_do_not_make_another_wait_for_all(tmp_path: Path) -> None:
    busy, other = een_gemeente(), een_gemeente()
    for number in range(MANY):
        tasks.enqueue(received(busy, number), busy.pk)
    tasks.enqueue(received(other, 0), other.pk)
    assert queue(Wachtrij.BESTANDEN) == MANY + 1
    with workers(tmp_path, "bestanden", UM_WERK_TEGELIJK="2"):
        wait_until(lambda: converted(other), "the other's levering is converted", 60, 0.02)
        # Some of the busy one's may be done while the workers were starting; most are not.
        assert converted(busy) <= MANY // 2
        wait_until(lambda: converted(busy) == MANY, "the rest follows without being asked for", 60)


def test_of_many_workers_at_once_as_many_work_for_a_municipality_as_is_its_share() -> None:
    gemeente = een_gemeente()
    pks = [received(gemeente, number) for number in range(4)]

    def begin(pk: int) -> bool:
        return processing._claim(gemeente, pk, None, in_turn=True) is not None

    assert sum(at_once(*[lambda pk=pk: begin(pk) for pk in pks])) == beurten.TEGELIJK
    large = received(gemeente, 9, beurten.GROOT)
    assert begin(large), "a large one has a share of its own"
    with voor_gemeente(gemeente):
        Levering.objects.update(lease_tot=timezone.now() - timedelta(seconds=1))
    assert begin(pks[0]), "a worker that died takes no share"


@pytest.mark.slow
def test_a_large_levering_goes_to_a_queue_of_its_own(tmp_path: Path) -> None:
    gemeente = een_gemeente()
    tasks.enqueue(received(gemeente, 1, beurten.GROOT), gemeente.pk)
    tasks.enqueue(received(gemeente, 2), gemeente.pk)
    heartbeat = tmp_path / "hartslag"
    with workers(tmp_path, "bestanden", UM_HARTSLAG=str(heartbeat)):
        wait_until(lambda: queue(Wachtrij.GROTE_BESTANDEN) == 1, "it is passed on", 60)
        wait_until(lambda: converted(gemeente) == 1, "the small one does not wait for it")
        assert queue(Wachtrij.BESTANDEN) == 0
        assert lives(heartbeat), "whoever watches it sees that it lives"
    os.utime(heartbeat, (0, 0))
    assert not lives(heartbeat)


def lives(heartbeat: Path) -> bool:
    probe = [sys.executable, "deploy/probe.py", "live"]
    return not subprocess.run(probe, check=False, cwd=ROOT, env={"UM_HARTSLAG": str(heartbeat)}).returncode


def test_searches_of_one_municipality_leave_workers_for_another() -> None:
    busy, other = een_gemeente(), een_gemeente()
    jobcoach = een_gebruiker(busy)
    with voor_gemeente(busy):
        until = timezone.now() + LEASE
        for _ in range(searching.TEGELIJK):
            vraag = searching.open_search(busy, jobcoach, Soort.WERKZOEKENDEN, Criteria("2405AB", 10))
            Zoekvraag.objects.filter(pk=vraag.pk).update(status=Zoekstatus.BEZIG, lease_tot=until)
    waiting = searching.open_search(busy, jobcoach, Soort.WERKZOEKENDEN, Criteria("2405AB", 10))
    searching.put_search(busy, waiting.pk)
    theirs = searching.open_search(other, een_gebruiker(other), Soort.WERKZOEKENDEN, Criteria("2405AB", 10))
    searching.put_search(other, theirs.pk)
    with voor_gemeente(busy):
        assert Zoekvraag.objects.get(pk=waiting.pk).pogingen == 0, "it was not begun"
    with voor_gemeente(other):
        assert Zoekvraag.objects.get(pk=theirs.pk).pogingen == 1
