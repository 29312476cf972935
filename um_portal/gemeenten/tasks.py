"""Runs the Celery jobs about municipalities: a job takes ids and returns nothing."""

from celery import shared_task
from django.db import transaction

from um_portal.gemeenten import vertrek
from um_portal.tenants.models import Gemeente


@shared_task
def erase_municipality(gemeente_id: int) -> None:
    """Erases everything of a municipality that left."""
    vertrek.erase(Gemeente.objects.get(pk=gemeente_id))


def enqueue_erasure(gemeente_id: int) -> None:
    """Hands the erasure to a worker once this transaction is committed.

    When the broker does not answer, it waits: `resume` finds it and tries again.
    """
    transaction.on_commit(lambda: erase_municipality.apply_async((gemeente_id,), retry=False), robust=True)


def resume(gemeente: Gemeente) -> None:
    """Hands out again the erasure of a municipality whose job was lost."""
    if vertrek.resume(gemeente):
        enqueue_erasure(gemeente.pk)
