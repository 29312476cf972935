"""Long work that survives a killed worker: a lease on the row it works on.

A worker claims a row for a while and keeps extending the lease. When it dies the lease runs out, and
`um_portal.tasks.resume_jobs` hands the row out again. A row is never worked on by two at once.
"""

from datetime import timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LEASE = timedelta(seconds=45)
# Handed out again only after this long, so that a job still waiting in the queue is not doubled in vain.
GEDULD = timedelta(seconds=30)
MAX_POGINGEN = 4


class Taak(models.Model):
    """The columns that work under a lease needs."""

    lease_tot = models.DateTimeField(null=True, editable=False)
    pogingen = models.SmallIntegerField(default=0, editable=False)
    gewijzigd_op = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


def _free() -> Q:
    return Q(lease_tot=None) | Q(lease_tot__lt=timezone.now())


T = TypeVar("T", bound="Taak")


def claim(rows: "models.QuerySet[T]", pk: int, lease: timedelta = LEASE) -> T | None:
    """Take the row for the length of a lease, if it is among `rows` and free; else None.

    Work that does not extend its lease on the way gives one that is long enough for all of it.

    Call inside `voor_gemeente`, in a transaction of its own: the claim must be committed before the work starts.
    """
    taken = rows.filter(_free(), pk=pk).update(lease_tot=timezone.now() + lease, pogingen=F("pogingen") + 1)
    return rows.model._default_manager.get(pk=pk) if taken else None


def put_back(rows: "models.QuerySet[T]", **changes: Any) -> bool:
    """Let work on these rows begin as if nobody had tried yet, with other changes to them; whether there were any."""
    fresh = {"lease_tot": None, "pogingen": 0, "gewijzigd_op": timezone.now()}
    return bool(rows.update(**changes, **fresh))


def abandoned(rows: "models.QuerySet[T]") -> "models.QuerySet[T]":
    """The rows that should be worked on and are not: never claimed for a while, or their worker died."""
    return rows.filter(
        Q(lease_tot=None, gewijzigd_op__lt=timezone.now() - GEDULD) | Q(lease_tot__lt=timezone.now())
    )
