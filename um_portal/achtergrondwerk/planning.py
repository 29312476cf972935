"""Writes down when each part of the schedule ran, tells which ones are late, and runs one at once.

The workers write it, at the beginning and the end of such a job. Every part may run at any time, also twice at
once: it takes up lost work, or erases what is past its term. Of several clocks that hand out the same part the
first one counts (`Gepland`), and a clock that starts hands out what was missed (`catch_up`).
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from celery import Task, current_app
from celery.schedules import crontab
from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from um_portal.accounts.models import Gebruiker
from um_portal.achtergrondwerk.models import Ronde
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.errors import FoutMetMelding
from um_portal.tenants.scope import voor_portaal

logger = logging.getLogger(__name__)

# What each part of the schedule does, in words for VNG support.
WERK: Final = {
    "hervat-taken": "Verloren werk weer oppakken",
    "herstel": "Links voor herstel van een tweede factor sturen",
    "herhaal-zoekvragen": "Zoekvragen stellen die elke week herhaald worden",
    "ruim-op": "Wissen wat zijn termijn voorbij is",
    "schrijf-logboekkoppen": "Koppen van het logboek wegschrijven",
    "schrijf-brontellingen": "Antwoorden van de bron in het logboek zetten",
    "ruim-logboek-op": "Oude regels van het logboek wissen",
    "ruim-verlopen-records-op": "Verlopen gepubliceerde gegevens wissen",
    "controleer-voorwaarden": "Voorwaarden voor deelname nalopen",
}
# The header of a job that a clock handed out, with the name in the schedule.
KOP: Final = "um_planning"
# A clock that stood still for a moment is not late.
_SPELING: Final = timedelta(minutes=2)
# Whoever asks again within this time is told that it was asked already.
_EENMAAL_PER: Final = timedelta(minutes=1)


class NietGestart(FoutMetMelding):
    """The part of the schedule was not started."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A part of the schedule, with how it goes."""

    naam: str
    ronde: Ronde | None
    is_te_laat: bool

    @property
    def werk(self) -> str:
        """Gives what it does."""
        return WERK[self.naam]

    @property
    def is_mislukt(self) -> bool:
        """Tells whether the last run that ended did not end well."""
        ronde = self.ronde
        return ronde is not None and ronde.klaar_op is not None and ronde.gelukt_op != ronde.klaar_op


def stand() -> list[Stand]:
    """Lists every part of the schedule. It takes one query."""
    rondes = {ronde.naam: ronde for ronde in Ronde.objects.all()}
    # A new installation has a first run of everything still to come.
    first = min((ronde.bekend_op for ronde in rondes.values()), default=None) or installed_at()
    found = []
    for naam, entry in settings.CELERY_BEAT_SCHEDULE.items():
        ronde = rondes.get(naam)
        last = (ronde.begonnen_op if ronde else None) or first
        found.append(Stand(naam, ronde, _is_late(entry["schedule"], last)))
    return found


@cache
def installed_at() -> datetime | None:
    """Gives the moment at which this database got the table of runs: before it nothing could run."""
    applied = MigrationRecorder(connection).migration_qs.filter(app="achtergrondwerk")
    found: datetime | None = applied.aggregate(first=Min("applied"))["first"]
    return found


def _is_late(schedule: float | crontab, since: datetime | None) -> bool:
    """Tells whether a run was missed since this moment; without one nothing ever ran, so the clock stands still."""
    if since is None:
        return True
    if isinstance(schedule, crontab):
        return bool(schedule.remaining_estimate(since) < -_SPELING)
    return timezone.now() - since > timedelta(seconds=schedule) + _SPELING


def run_now(door: Gebruiker, naam: str) -> None:
    """Hands a part of the schedule to a worker, and writes that in the audit log.

    Raises KeyError for a name that is not in the schedule, and NietGestart when somebody asked so a moment ago, or
    the queue does not answer.
    """
    task = settings.CELERY_BEAT_SCHEDULE[naam]["task"]
    now = timezone.now()
    with voor_portaal():
        Ronde.objects.get_or_create(naam=naam)
        free = Ronde.objects.filter(Q(gevraagd_op=None) | Q(gevraagd_op__lt=now - _EENMAAL_PER), naam=naam)
        if not free.update(gevraagd_op=now):
            raise NietGestart("Dit is net al gevraagd. Wacht een minuut en kijk dan of het gelopen heeft.")
        log_act(None, Handeling.PLANNING_GESTART, gebruiker=door, onderwerp=naam)
        try:
            current_app.send_task(task, retry=False)
        except (OperationalError, OSError):
            raise NietGestart(
                "De wachtrij antwoordt niet. Er is niets gestart. Vraag de beheerder of Redis draait."
            ) from None


# --- Several clocks, and none ------------------------------------------------------------------------------


class Gepland(Task):
    """A job of the schedule: when a clock hands it out, it runs only if no other clock did so for the same turn."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the job, or leaves it to the one that has the turn."""
        naam = getattr(self.request, KOP, None) or (self.request.headers or {}).get(KOP)
        if naam in settings.CELERY_BEAT_SCHEDULE and not take_turn(naam):
            return None
        return super().__call__(*args, **kwargs)


def take_turn(naam: str) -> bool:
    """Takes the turn of this part of the schedule; False when that was done already."""
    schedule = settings.CELERY_BEAT_SCHEDULE[naam]["schedule"]
    now = timezone.now()
    with voor_portaal():
        Ronde.objects.get_or_create(naam=naam)
        ronde = Ronde.objects.select_for_update().get(naam=naam)
        if ronde.beurt_op is not None and not _is_due(schedule, ronde.beurt_op, now):
            return False
        ronde.beurt_op = now
        ronde.save(update_fields=["beurt_op"])
    return True


def _is_due(schedule: float | crontab, last: datetime, now: datetime) -> bool:
    if isinstance(schedule, crontab):
        return bool(schedule.remaining_estimate(last) <= timedelta(0))
    # A message may have waited a little. Of two clocks of one rhythm, only one can be this far after the other.
    return now - last > timedelta(seconds=schedule) * 3 / 4


def catch_up() -> list[str]:
    """Hands out every part of the schedule that was missed, and gives their names; for a clock that starts.

    A broker or database that is away stops nothing: the schedule itself goes on.
    """
    try:
        missed = [een.naam for een in stand() if een.is_te_laat]
        for naam in missed:
            current_app.send_task(
                settings.CELERY_BEAT_SCHEDULE[naam]["task"], retry=False, headers={KOP: naam}
            )
    except (DatabaseError, OperationalError, OSError) as error:
        logger.warning("planning: inhalen lukte niet (%s)", type(error).__name__)
        return []
    return missed


# --- What the workers write --------------------------------------------------------------------------------


def connect() -> None:
    """Listens to jobs that begin and end, in a worker."""
    task_prerun.connect(_begun, dispatch_uid="planning")
    task_postrun.connect(_ended, dispatch_uid="planning")


def _name_of(task: Any) -> str | None:
    schedule = settings.CELERY_BEAT_SCHEDULE.items()
    return next((naam for naam, entry in schedule if entry["task"] == task.name), None)


def _begun(task: Any, **signal: Any) -> None:
    _write(task, {"begonnen_op": timezone.now()})


def _ended(task: Any, state: str | None = None, **signal: Any) -> None:
    now = timezone.now()
    _write(task, {"klaar_op": now, **({"gelukt_op": now} if state == "SUCCESS" else {})})


def _write(task: Any, values: dict[str, datetime]) -> None:
    naam = _name_of(task)
    if naam is None:
        return
    try:
        Ronde.objects.update_or_create(naam=naam, defaults=values)
    except DatabaseError as error:
        # The job itself says what is wrong, and must not fail because of this.
        logger.warning("planning: %s niet opgeschreven (%s)", naam, type(error).__name__)
