"""The uploads' Celery tasks: ids in, nothing out. The work itself is in `processing` and `publication`."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from um_portal.jobs import MAX_POGINGEN, abandoned
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads import processing, publication
from uploads.erasure import erase_expired
from uploads.models import BEZIG, Levering, Status

__all__ = ["convert", "enqueue", "erase_expired", "publish", "resume"]


@shared_task
def convert(levering_id: int, gemeente_id: int) -> None:
    """Convert a levering."""
    processing.convert(Gemeente.objects.get(pk=gemeente_id), levering_id)


@shared_task
def publish(levering_id: int, gemeente_id: int) -> None:
    """Publish a levering."""
    publication.publish(Gemeente.objects.get(pk=gemeente_id), levering_id)


def enqueue(levering_id: int, gemeente_id: int, status: str = Status.ONTVANGEN) -> None:
    """Hand a levering to a worker once this transaction is committed.

    When the broker does not answer the levering waits: `resume` finds it and tries again.
    """
    task = publish if status == Status.PUBLICEREN else convert
    transaction.on_commit(lambda: task.apply_async((levering_id, gemeente_id), retry=False), robust=True)


def resume(gemeente: Gemeente) -> int:
    """Hand out again every levering that should be worked on and is not; returns how many."""
    with voor_gemeente(gemeente):
        lost = list(
            abandoned(Levering.objects.filter(status__in=BEZIG)).values_list("pk", "status", "pogingen")
        )
        for pk, status, pogingen in lost:
            if status != Status.PUBLICEREN and pogingen >= MAX_POGINGEN:
                processing.give_up(gemeente, pk)
                continue
            # Not again at the next round, while it waits in the queue.
            Levering.objects.filter(pk=pk).update(gewijzigd_op=timezone.now())
            enqueue(pk, gemeente.pk, status)
    return len(lost)
