"""A part that is told to stop: it finishes, or hands back, within the time that it is given everywhere."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
import redis
from django.conf import settings

from exchange.bron.models import ConceptWerkzoekende
from tests.deploy.parts import a_part
from tests.factories import een_gemeente, een_werkzoekende
from tests.places import ROOT
from tests.processes import wait_until
from um_portal import jobs
from um_portal.onderdelen import Wachtrij
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.leveringen.intake import receive
from uploads.models import Levering, Leveringstatus

QUEUE = Wachtrij.GROTE_BESTANDEN.value
ROWS = 20_000
# Seconds: of gunicorn for what is under way, and those before it in which the chart lets a part stand out of rotation.
GUNICORN, BEFORE = 25, 5
# Seconds for the slowest of what may be under way: a question to the exchange, and storing its answer for a database
# that starts again; and for a step of a conversion after its time is over.
SEARCH, STEP = settings.UM_ZOEK_TIJDSLIMIET + jobs._OUTLASTED, 10


def seconds_of(place: str, pattern: str) -> list[int]:
    """Gives the times that a shipped file gives to a part that stops."""
    return [int(found) for found in re.findall(pattern, (ROOT / "deploy" / place).read_text(), re.MULTILINE)]


@pytest.mark.parametrize(
    ("place", "pattern"),
    [
        ("systemd/um@.service", r"^TimeoutStopSec=(\d+)$"),
        ("compose.yaml", r"^ +stop_grace_period: (\d+)s$"),
        ("helm/um-portaal/templates/werkers.yaml", r"terminationGracePeriodSeconds: (\d+)$"),
    ],
)
def test_a_worker_is_given_longer_than_what_it_has_begun_takes(place: str, pattern: str) -> None:
    [given] = seconds_of(place, pattern)
    assert given > max(SEARCH, settings.UM_AFMAKEN_SECONDEN + STEP)
    assert given > GUNICORN + BEFORE


def test_a_web_part_is_given_longer_than_gunicorn_gives_to_what_is_under_way() -> None:
    assert seconds_of("gunicorn.conf.py", r"^graceful_timeout = (\d+)$") == [GUNICORN]
    [pod] = seconds_of("helm/um-portaal/templates/web.yaml", r"terminationGracePeriodSeconds: (\d+)$")
    assert seconds_of("helm/um-portaal/templates/_helpers.tpl", r'command: \[sleep, "(\d+)"\]') == [BEFORE]
    assert pod > BEFORE + GUNICORN


def levering_of(gemeente: Gemeente) -> Levering:
    with voor_gemeente(gemeente):
        found: Levering = Levering.objects.get()
    return found


def waiting() -> int:
    """Counts the jobs that wait in the queues for files."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        return sum(int(broker.llen(one.value)) for one in (Wachtrij.BESTANDEN, Wachtrij.GROTE_BESTANDEN))


def stop_halfway(worker: subprocess.Popen[bytes], gemeente: Gemeente) -> None:
    """Asks a worker to stop in the middle of a file, as systemd does, and waits until it did."""
    wait_until(lambda: levering_of(gemeente).rijen_gedaan > 0, "it is converting", 120)
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(120) == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_stops_hands_back_a_file_that_takes_too_long_and_another_converts_it(
    tmp_path: Path,
) -> None:
    gemeente = een_gemeente()
    inhoud = json.dumps([een_werkzoekende(f"W{number}") for number in range(ROWS)]).encode()
    levering = receive(gemeente, inhoud=inhoud, bestandsnaam="veel.json")
    tasks.convert.apply_async((levering.pk, gemeente.pk), queue=QUEUE)
    with a_part(
        "grote-bestanden",
        tmp_path / "een.log",
        "UM_SECRET_KEY",
        UM_WERK_TEGELIJK="1",
        UM_AFMAKEN_SECONDEN="0",
    ) as worker:
        stop_halfway(worker, gemeente)
    back = levering_of(gemeente)
    assert (back.status, back.lease_tot, back.pogingen) == (Leveringstatus.ONTVANGEN, None, 0), (
        tmp_path / "een.log"
    ).read_text()
    with voor_gemeente(gemeente):
        assert not ConceptWerkzoekende.objects.exists()
    assert waiting() == 1, "the next worker need not wait for the clock"
    with (
        a_part("bestanden", tmp_path / "twee.log", "UM_SECRET_KEY", UM_WERK_TEGELIJK="1"),
        a_part(
            "grote-bestanden",
            tmp_path / "drie.log",
            "UM_SECRET_KEY",
            UM_WERK_TEGELIJK="1",
            UM_AFMAKEN_SECONDEN="100",
        ) as other,
    ):
        # This one is given the time, and takes it.
        stop_halfway(other, gemeente)
    done = levering_of(gemeente)
    assert (done.status, done.omgezet) == (Leveringstatus.OMGEZET, ROWS)
    with voor_gemeente(gemeente):
        assert ConceptWerkzoekende.objects.count() == ROWS
    assert waiting() == 0
