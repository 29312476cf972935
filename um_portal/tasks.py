"""The jobs that beat starts: picking up what was lost, and erasing what is past its time."""

from celery import shared_task

from exchange.bemiddelaar import searching
from exchange.bemiddelaar import tasks as bemiddelaar
from exchange.bron import expiry
from um_portal.tenants.models import Gemeente
from uploads import tasks as uploads


@shared_task
def resume_jobs() -> None:
    """Hand out again every job whose worker died or whose message was lost."""
    for gemeente in Gemeente.objects.all():
        bemiddelaar.resume(gemeente)
        uploads.resume(gemeente)


@shared_task
def erase_expired() -> None:
    """Erase results, raw files and concepts that have been kept as long as they may."""
    for gemeente in Gemeente.objects.all():
        searching.erase_expired(gemeente)
        uploads.erase_expired(gemeente)


@shared_task
def erase_expired_records() -> None:
    """Erase published records that are past their time."""
    for gemeente in Gemeente.objects.all():
        expiry.erase_expired(gemeente)
