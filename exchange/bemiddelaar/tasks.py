"""Runs the Celery jobs of searching: a job takes ids and returns nothing."""

from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from exchange.bemiddelaar import searching
from exchange.bemiddelaar.models import ONDERWEG, Zoekstatus, Zoekvraag
from um_portal.jobs import AWAY, MAX_POGINGEN, abandoned
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import Recht, is_open

# A search is quickly put and somebody looks on, so its job may not be lost for long.
_GEDULD = timedelta(seconds=10)


# A database that is away is back within seconds; what the job of a search already did is not done twice.
@shared_task(autoretry_for=AWAY, default_retry_delay=1, max_retries=30)
def put_search(zoekvraag_id: int, gemeente_id: int) -> None:
    """Puts one search to the exchange."""
    gemeente = Gemeente.objects.get(pk=gemeente_id)
    if is_open(Recht.ZOEKEN, gemeente):
        postponed = searching.put_search(gemeente, zoekvraag_id)
        if postponed is not None:
            # A moment more: it cannot be claimed before its time.
            enqueue(zoekvraag_id, gemeente_id, postponed.total_seconds() + 0.5)
        _put_next(gemeente)
    else:
        searching.fail_search(gemeente, zoekvraag_id, "Uw gemeente neemt nu niet deel aan de uitwisseling.")


def _put_next(gemeente: Gemeente) -> None:
    """Hands out the oldest search that waits for its turn, when there is room for one more of this municipality."""
    with voor_gemeente(gemeente):
        waiting = Zoekvraag.objects.filter(status=Zoekstatus.WACHT, lease_tot=None).order_by("pk")
        pk = waiting.values_list("pk", flat=True).first()
        if pk is not None and searching.has_turn(gemeente):
            enqueue(pk, gemeente.pk)


def enqueue(zoekvraag_id: int, gemeente_id: int, seconds: float = 0) -> None:
    """Hands a search to a worker once this transaction is committed, and not before `seconds` from now.

    When the broker does not answer, the search waits: `resume` finds it and tries again.
    """
    transaction.on_commit(
        lambda: put_search.apply_async((zoekvraag_id, gemeente_id), retry=False, countdown=seconds or None),
        robust=True,
    )


def resume(gemeente: Gemeente) -> None:
    """Hands out again the searches whose job was lost; gives up on those that keep failing that way."""
    with voor_gemeente(gemeente):
        waiting = Zoekvraag.objects.filter(status__in=ONDERWEG).exclude(opnieuw_vanaf__gt=timezone.now())
        lost = list(abandoned(waiting, _GEDULD).values_list("pk", "pogingen"))
    for pk, pogingen in lost:
        if pogingen >= MAX_POGINGEN:
            searching.fail_search(gemeente, pk, "De zoekvraag is een paar keer afgebroken. Stel hem opnieuw.")
        else:
            with voor_gemeente(gemeente):
                # The row counts as changed now, so the next round skips it while it waits in the queue.
                Zoekvraag.objects.filter(pk=pk).update(gewijzigd_op=timezone.now())
                enqueue(pk, gemeente.pk)
