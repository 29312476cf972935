"""The jobs that beat starts: picking up what was lost, and erasing what is past its time."""

import logging
from collections.abc import Callable

from celery import shared_task

from exchange.bemiddelaar import searching
from exchange.bemiddelaar import tasks as bemiddelaar
from exchange.bron import expiry
from um_portal.accounts import sessies, uitnodigingen
from um_portal.tenants.models import Gemeente
from uploads import tasks as uploads

logger = logging.getLogger(__name__)


def _for_each_municipality(*verbs: Callable[[Gemeente], object]) -> None:
    """Do this for all of them; what fails for one is logged and does not keep the others waiting."""
    for gemeente in Gemeente.objects.all():
        for verb in verbs:
            try:
                verb(gemeente)
            except Exception:
                logger.exception("%s.%s bij gemeente %s", verb.__module__, verb.__name__, gemeente.pk)


@shared_task
def resume_jobs() -> None:
    """Hand out again every job whose worker died or whose message was lost."""
    _for_each_municipality(bemiddelaar.resume, uploads.resume)


@shared_task
def erase_expired() -> None:
    """Erase results, raw files, concepts, sessions and invitations that have been kept as long as they may."""
    sessies.erase_expired()
    uitnodigingen.erase_expired()
    _for_each_municipality(searching.erase_expired, uploads.erase_expired)


@shared_task
def erase_expired_records() -> None:
    """Erase published records that are past their time."""
    _for_each_municipality(expiry.erase_expired)
