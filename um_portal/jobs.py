"""Lets long work survive a killed worker: a worker holds a lease on the row it works on.

A worker claims a row for a while and keeps extending the lease. When the worker dies the lease runs out, and
`um_portal.tasks.resume_jobs` hands the row out again. Two workers never work on the same row. A worker that is told to
stop hands back what it cannot finish in time.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, models
from django.db.models import F, Q
from django.utils import timezone

from um_portal import uitloop

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
# For work that extends its lease every half second. With a beat every ten seconds, a conversion whose worker
# died goes on within half a minute.
KORTE_LEASE = timedelta(seconds=15)
# For work that a heartbeat keeps: it goes on within twenty seconds.
HARTSLAG_LEASE = timedelta(seconds=8)
# A row is handed out again only after this time: its first job may still wait in the queue.
GEDULD = timedelta(seconds=30)
MAX_POGINGEN = 4


class Taak(models.Model):
    """The columns that work under a lease needs."""

    lease_tot = models.DateTimeField(null=True, editable=False)
    pogingen = models.SmallIntegerField(default=0, editable=False)
    gewijzigd_op = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class LeaseVerloren(RuntimeError):
    """This worker has lost the row: another worker has it now, or it is gone or withdrawn."""


class MoetStoppen(LeaseVerloren):
    """This worker was told to stop and its time is over: it hands back what it has, and another begins anew."""


T = TypeVar("T", bound=Taak)
R = TypeVar("R")

# A database that is not there now, or gave no lock in time: likely to pass.
AWAY = (OperationalError, InterfaceError)


def is_away(error: BaseException | None) -> bool:
    """Tells whether the database was away, was the primary no longer when it had to write, or broke off its answer.

    The last is an error without a code, which psycopg itself raises; a primary that is killed behind PgBouncer while
    it commits was seen to cause it.
    """
    cause = getattr(error, "__cause__", None)
    return (
        isinstance(error, AWAY)
        or isinstance(cause, psycopg.errors.ReadOnlySqlTransaction)
        or (isinstance(cause, psycopg.InternalError) and cause.sqlstate is None)
    )


# Seconds; longer than a server takes to start again.
_OUTLASTED = 20.0


class Lease(Generic[T]):
    """The right of one worker to work on a row, until it runs out or is ended.

    `row` is the row as it was claimed, with the values written under the lease since. Every write is one
    UPDATE that fits the row only while this worker holds it; otherwise it raises LeaseVerloren. Call the
    methods inside `voor_gemeente`.
    """

    def __init__(self, row: T, duration: timedelta = LEASE) -> None:
        self.row = row
        self.duration = duration
        self._until = self._earlier = row.lease_tot

    def extend(self, duration: timedelta | None = None) -> None:
        """Keeps the row for `duration` from now, or for the time that it was claimed for."""
        self._write({"lease_tot": timezone.now() + (duration or self.duration)})

    def report(self, **progress: Any) -> None:
        """Writes these fields, and keeps the row for the time that it was claimed for from now.

        Raises MoetStoppen instead, when this worker has to stop.
        """
        check_may_go_on()
        self._write({**progress, "lease_tot": timezone.now() + self.duration})

    def end(self, *conditions: Q, **outcome: Any) -> None:
        """Writes these fields and gives the row back, if it meets the conditions too."""
        self._write({**outcome, "lease_tot": None, "pogingen": 0}, *conditions)

    def hand_back(self, *conditions: Q, counts: bool = False, **changes: Any) -> None:
        """Gives the row back for another worker, or another attempt, if it meets the conditions too.

        This attempt does not count, unless something may be wrong with the work itself. Also when the last write
        under the lease was undone with its transaction, as when the disk is full.
        """
        attempts = self.row.pogingen if counts else max(self.row.pogingen - 1, 0)
        held = [moment for moment in (self._until, self._earlier) if moment is not None]
        self._write({**changes, "lease_tot": None, "pogingen": attempts}, *conditions, held=held)

    def lock(self) -> T | None:
        """Locks the row until the transaction ends, and gives it as it is now; None when it is lost."""
        rows = type(self.row)._default_manager.select_for_update(of=("self",))
        found: T | None = rows.filter(pk=self.row.pk, lease_tot=self._until).first()
        return found

    def _write(self, fields: dict[str, Any], *conditions: Q, held: Sequence[datetime] | None = None) -> None:
        mine = type(self.row)._default_manager.filter(*conditions, pk=self.row.pk)
        mine = mine.filter(lease_tot=self._until) if held is None else mine.filter(lease_tot__in=held)
        fields["gewijzigd_op"] = timezone.now()
        if not mine.update(**fields):
            raise LeaseVerloren
        self._earlier, self._until = self._until, fields["lease_tot"]
        for name, value in fields.items():
            setattr(self.row, name, value)


def check_may_go_on() -> None:
    """Raises MoetStoppen when this process was told to stop, and the time to finish what it had begun is over."""
    if uitloop.seconds_left(settings.UM_AFMAKEN_SECONDEN) < 0:
        raise MoetStoppen


def claim(
    rows: "models.QuerySet[T]", pk: int, duration: timedelta = LEASE, *, wait: bool = True, **changes: Any
) -> Lease[T] | None:
    """Claims the row with this key, if it is among `rows` and free, and makes these changes to it; else None.

    Work that does not extend its lease must ask one that is long enough for all of it. Without `wait` a row
    that somebody has locked is not free. Call it inside `voor_gemeente`, in a transaction of its own: the
    claim must be committed before the work starts.
    """
    free = rows.filter(Q(lease_tot=None) | Q(lease_tot__lt=timezone.now()), pk=pk)
    if not wait and not free.select_for_update(skip_locked=True, of=("self",)).exists():
        return None
    taken = free.update(lease_tot=timezone.now() + duration, pogingen=F("pogingen") + 1, **changes)
    return Lease(rows.model._default_manager.get(pk=pk), duration) if taken else None


@contextmanager
def heartbeat(
    lease: Lease[Any], scope: Callable[[], AbstractContextManager[Any]], most: timedelta
) -> Iterator[None]:
    """Extends the lease from a thread of its own, as long as this lasts and at most for `most`.

    So work that waits for another party can have a short lease: when the process dies, so does its heart.
    `scope` opens the municipality of the row. Write nothing under the lease meanwhile.
    """
    stop, ends = threading.Event(), time.monotonic() + most.total_seconds()

    def beat() -> None:
        try:
            while not stop.wait(lease.duration.total_seconds() / 4) and time.monotonic() < ends:
                try:
                    with scope():
                        lease.extend()
                except LeaseVerloren:
                    return
                except DatabaseError as error:
                    # The next beat may be in time.
                    logger.warning("lease niet verlengd (%s)", type(error).__name__)
        finally:
            connection.close()

    heart = threading.Thread(target=beat, name="hartslag", daemon=True)
    heart.start()
    try:
        yield
    finally:
        stop.set()
        heart.join()


def outlast(do: Callable[[], R]) -> R:
    """Does this, and again while the database is away, for at most twenty seconds; gives what comes of it.

    For a job that holds what it would otherwise have to ask another party for once more. `do` is one transaction.
    Away is also a primary that is none any more (`is_away`). Raises the error when that lasts, and at once inside
    a transaction.
    """
    ends = time.monotonic() + _OUTLASTED
    while True:
        try:
            return do()
        except (DatabaseError, InterfaceError) as error:
            if not is_away(error) or connection.in_atomic_block or time.monotonic() > ends:
                raise
            logger.warning("de database antwoordt niet (%s); zo nog eens", type(error).__name__)
            # What is the primary no longer goes on answering: only a new connection finds the one that is.
            connection.close()
            time.sleep(0.5)


def turn(rows: "models.QuerySet[T]", name: str, most: int) -> bool:
    """Tells whether one more may be worked on: fewer than `most` of these rows are under a lease now.

    Call it in the transaction that claims the row. Until that ends, others that ask by this name wait, so of
    many workers that ask at once each counts the ones before it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"beurt {name}"])
    return rows.filter(lease_tot__gte=timezone.now()).count() < most


def release(rows: "models.QuerySet[T]", **changes: Any) -> bool:
    """Ends any lease on these rows, resets the number of attempts, and makes these changes to them.

    A worker that still works on a row learns this at its next write. Tells whether there were any rows.
    """
    fresh = {"lease_tot": None, "pogingen": 0, "gewijzigd_op": timezone.now()}
    return bool(rows.update(**changes, **fresh))


def abandoned(rows: "models.QuerySet[T]", patience: timedelta = GEDULD) -> "models.QuerySet[T]":
    """Gives the rows that wait for a worker too long: not claimed for `patience`, or their worker died."""
    return rows.filter(
        Q(lease_tot=None, gewijzigd_op__lt=timezone.now() - patience) | Q(lease_tot__lt=timezone.now())
    )
