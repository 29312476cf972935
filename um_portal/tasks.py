"""Runs the jobs that beat starts: takes up lost work, and erases data after its term."""

import logging
from collections.abc import Callable

from celery import shared_task

from exchange.bemiddelaar import herhalen, searching, signalen
from exchange.bemiddelaar import tasks as bemiddelaar
from exchange.bron import expiry, versheid
from um_portal.accounts import sessies, uitnodigingen
from um_portal.achtergrondwerk.planning import Gepland
from um_portal.audit import brontelling, koppen, retention
from um_portal.collegas import leden
from um_portal.gebruikers import support
from um_portal.gemeenten import daglimieten, waarschuwing
from um_portal.gemeenten import tasks as gemeenten
from um_portal.herstel import herstellen
from um_portal.mededelingen import plaatsen
from um_portal.tenants.models import Gemeente
from uploads import tasks as uploads

logger = logging.getLogger(__name__)


def _for_each_municipality(*verbs: Callable[[Gemeente], object]) -> None:
    """Does this for all municipalities; a failure for one is logged and does not stop the others."""
    for gemeente in Gemeente.objects.all():
        for verb in verbs:
            try:
                verb(gemeente)
            except Exception:
                logger.exception("%s.%s bij gemeente %s", verb.__module__, verb.__name__, gemeente.pk)


@shared_task(base=Gepland)
def resume_jobs() -> None:
    """Hands out again every job whose worker died or whose message was lost."""
    _for_each_municipality(bemiddelaar.resume, uploads.resume, gemeenten.resume)


@shared_task(base=Gepland)
def repeat_searches() -> None:
    """Puts the weekly searches whose week is over."""
    _for_each_municipality(herhalen.put_due)


@shared_task(base=Gepland)
def send_recovery_links() -> None:
    """Sends the links of recoveries whose waiting time is over."""
    herstellen.send_links()


@shared_task(base=Gepland)
def erase_expired() -> None:
    """Erases search results, raw files, concepts, sessions and invitations at the end of their term."""
    sessies.erase_expired()
    uitnodigingen.erase_expired()
    herstellen.erase_expired()
    support.erase_expired()
    _for_each_municipality(
        searching.erase_expired,
        herhalen.erase_expired,
        signalen.erase_expired,
        uploads.erase_expired,
        leden.erase_expired,
        daglimieten.erase_expired,
    )
    leden.erase_never_opened()
    plaatsen.erase_expired()


@shared_task(base=Gepland)
def erase_expired_records() -> None:
    """Erases published records that have expired."""
    _for_each_municipality(expiry.erase_expired)


@shared_task(base=Gepland)
def write_heads() -> None:
    """Writes the heads of the audit log outside the database, for chains that nobody writes in."""
    koppen.tell_all()


@shared_task(base=Gepland)
def write_source_counts() -> None:
    """Turns the counts of what the source answered in the last hour into lines of the audit log."""
    brontelling.write_lines()


@shared_task(base=Gepland)
def erase_expired_lines() -> None:
    """Erases the lines of the audit log at the end of their term."""
    retention.erase_expired()


@shared_task(base=Gepland)
def check_conditions() -> None:
    """Warns municipalities of which a condition ends or a set gets old, and suspends where a condition ended."""
    _for_each_municipality(waarschuwing.check, versheid.check)
