"""The Celery application: long work goes through here, as ids only.

A worker, and the clock, touch the file UM_HARTSLAG every few seconds for as long as they do their round: a
container platform looks at its age, because nothing of them can be asked over HTTP.
"""

import logging.config
import os
import sys
import threading
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    before_task_publish,
    heartbeat_sent,
    setup_logging,
    task_postrun,
    worker_init,
    worker_ready,
    worker_shutting_down,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from um_portal import bevestigen, kenmerk, meetpunt, metingen, uitloop
from um_portal.onderdelen import ONDERDELEN, Klok, Werker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "um_portal.settings")

# Celery reads them late, and in the middle of starting.
if isinstance(ONDERDELEN.get(os.environ.get("UM_COMPONENT", "")), Werker | Klok):
    try:
        settings.UM_COMPONENT  # noqa: B018
    except ImproperlyConfigured as problem:
        # A list for the operator; where in the code it was found helps nobody.
        sys.exit(str(problem))

app = Celery("um_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["um_portal", "um_portal.accounts", "uploads", "exchange.bemiddelaar"])


kenmerk.connect()
bevestigen.use()


@setup_logging.connect
def set_up_logging(**kwargs: Any) -> None:
    """Gives Celery the same log as everything else; its own would write the text of exceptions."""
    logging.config.dictConfig(settings.LOGGING)


@task_postrun.connect
def count_task(task: Any, state: str | None = None, **kwargs: Any) -> None:
    """Counts a job that ended."""
    metingen.TAKEN.labels(task.name, "gelukt" if state == "SUCCESS" else "mislukt").inc()


@worker_ready.connect
def answer_prometheus(**kwargs: Any) -> None:
    """Lets a worker be asked for its figures, where the installation wants that."""
    if where := meetpunt.place():
        threading.Thread(target=meetpunt.serve(where).serve_forever, name="meetpunt", daemon=True).start()


@worker_shutting_down.connect
def leave(**kwargs: Any) -> None:
    """Tells the processes of this worker that it stops, so that they hand back what takes long."""
    uitloop.leave()


@worker_init.connect
@beat_init.connect
def verify_login(**kwargs: Any) -> None:
    """Ends a worker or a schedule whose login to the database sees too much."""
    # Not at the top: the apps are not loaded yet when this module is.
    from um_portal.tenants.login import verify

    try:
        verify()
    except ImproperlyConfigured as wrong:
        # Celery would log any other exception, and go on.
        raise SystemExit(str(wrong)) from None


@beat_init.connect
def catch_up(**kwargs: Any) -> None:
    """Hands out what was missed while no clock ran."""
    from um_portal.achtergrondwerk import planning

    planning.catch_up()


def _beat(**signal: Any) -> None:
    Path(os.environ["UM_HARTSLAG"]).touch()


if os.environ.get("UM_HARTSLAG"):
    heartbeat_sent.connect(_beat, weak=False)
    if os.environ.get("UM_COMPONENT") == "klok":
        before_task_publish.connect(_beat, weak=False)
