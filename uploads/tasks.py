"""Runs the uploads' Celery tasks: a task takes ids and returns nothing.

The work itself is in `omzetten`, `gepubliceerd` and `controle`.
"""

from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from um_portal.jobs import MAX_POGINGEN, abandoned
from um_portal.onderdelen import Wachtrij
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.controle import opmerkingen
from uploads.gepubliceerd import by_itself, publication
from uploads.leveringen import beurten
from uploads.leveringen.erasure import erase_expired
from uploads.models import BEZIG, Levering, Leveringstatus
from uploads.omzetten import processing

__all__ = [
    "annotate",
    "convert",
    "enqueue",
    "enqueue_annotation",
    "erase_expired",
    "publish",
    "resume",
    "undo",
]


@shared_task
def convert(levering_id: int, gemeente_id: int) -> None:
    """Converts a levering in its turn, and starts its publication when it is one that publishes itself."""
    gemeente = Gemeente.objects.get(pk=gemeente_id)
    if _passed_on(convert, gemeente, levering_id):
        return
    if processing.convert(gemeente, levering_id, in_turn=True):
        with voor_gemeente(gemeente):
            for pk in beurten.next_in_turn():
                enqueue(pk, gemeente.pk)
    _go_on(gemeente)


@shared_task
def publish(levering_id: int, gemeente_id: int) -> None:
    """Publishes a levering, then starts the next one that waited for it."""
    gemeente = Gemeente.objects.get(pk=gemeente_id)
    if _passed_on(publish, gemeente, levering_id):
        return
    publication.publish(gemeente, levering_id)
    _go_on(gemeente)


@shared_task
def undo(levering_id: int, gemeente_id: int) -> None:
    """Undoes the publication of a levering, then starts the next one that waited for it."""
    gemeente = Gemeente.objects.get(pk=gemeente_id)
    if _passed_on(undo, gemeente, levering_id):
        return
    publication.undo(gemeente, levering_id)
    _go_on(gemeente)


@shared_task
def annotate(levering_id: int, gemeente_id: int) -> None:
    """Makes the workbook with remarks of a large levering."""
    gemeente = Gemeente.objects.get(pk=gemeente_id)
    if not _passed_on(annotate, gemeente, levering_id) and opmerkingen.make(gemeente, levering_id):
        enqueue_annotation(levering_id, gemeente_id)


def _passed_on(task: Any, gemeente: Gemeente, levering_id: int) -> bool:
    """Passes work on a large levering on to the queue for that, so that small work does not wait behind it."""
    if (task.request.delivery_info or {}).get("routing_key") != Wachtrij.BESTANDEN:
        return False
    with voor_gemeente(gemeente):
        large = beurten.is_large(levering_id)
    if large:
        task.apply_async((levering_id, gemeente.pk), queue=Wachtrij.GROTE_BESTANDEN.value, retry=False)
    return large


def enqueue_annotation(levering_id: int, gemeente_id: int) -> None:
    """Hands a workbook that is to be made to a worker, in the way that `enqueue` hands over a levering."""
    transaction.on_commit(lambda: annotate.apply_async((levering_id, gemeente_id), retry=False), robust=True)


def enqueue(levering_id: int, gemeente_id: int, status: str = Leveringstatus.ONTVANGEN) -> None:
    """Hands a levering to a worker once this transaction is committed.

    When the broker does not answer, the levering waits: `resume` finds it and tries again.
    """
    task = {Leveringstatus.PUBLICEREN.value: publish, Leveringstatus.TERUGDRAAIEN.value: undo}.get(
        status, convert
    )
    transaction.on_commit(lambda: task.apply_async((levering_id, gemeente_id), retry=False), robust=True)


def _go_on(gemeente: Gemeente) -> None:
    for pk in by_itself.publish_waiting(gemeente):
        enqueue(pk, gemeente.pk, Leveringstatus.PUBLICEREN)


def resume(gemeente: Gemeente) -> int:
    """Hands out again every levering that should be worked on and is not; returns how many."""
    with voor_gemeente(gemeente):
        lost = list(
            abandoned(Levering.objects.filter(status__in=BEZIG)).values_list("pk", "status", "pogingen")
        )
        for pk, status, pogingen in lost:
            if status in {Leveringstatus.ONTVANGEN, Leveringstatus.OMZETTEN} and pogingen >= MAX_POGINGEN:
                processing.give_up(gemeente, pk)
                continue
            # The row counts as changed now, so the next round skips it while it waits in the queue.
            Levering.objects.filter(pk=pk).update(gewijzigd_op=timezone.now())
            enqueue(pk, gemeente.pk, status)
        for pk in opmerkingen.resume(gemeente):
            enqueue_annotation(pk, gemeente.pk)
    # A worker may have been killed between converting and publishing; such a levering goes on here.
    _go_on(gemeente)
    return len(lost)
