"""Blocks somebody at once, everywhere, and lets somebody in again."""

from django.db import transaction
from django.utils import timezone

from um_portal.accounts import mail, sessies, uitnodigingen
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_account
from um_portal.errors import FoutMetMelding
from um_portal.gebruikers.support import check_one_decides
from um_portal.herstel import herstellen


class NietGeblokkeerd(FoutMetMelding):
    """Nobody was blocked or let in again."""


@transaction.atomic
def block(gebruiker: Gebruiker, door: Gebruiker) -> None:
    """Lets somebody in no longer: sessions, links and a recovery end at once. Raises FoutMetMelding.

    It works on the last functioneel beheerder of a municipality too: support then sees that there is none.
    """
    if gebruiker.pk == door.pk:
        raise NietGeblokkeerd("U kunt uzelf niet blokkeren.")
    gebruiker = Gebruiker.objects.select_for_update().get(pk=gebruiker.pk)
    if gebruiker.is_vng_support and door.supportrol != Supportrol.BESLISSEND:
        raise NietGeblokkeerd("Een collega van VNG-support blokkeren kan alleen een beslissende medewerker.")
    check_one_decides(without=gebruiker)
    if gebruiker.geblokkeerd_op is not None:
        return
    gebruiker.geblokkeerd_op, gebruiker.is_active = timezone.now(), False
    gebruiker.save(update_fields=["geblokkeerd_op", "is_active"])
    uitnodigingen.revoke(gebruiker)
    herstellen.stop_for(gebruiker)
    sessies.end_all(gebruiker)
    log_account(Handeling.GEBRUIKER_GEBLOKKEERD, gebruiker, gebruiker=door)
    transaction.on_commit(lambda: mail.notify("geblokkeerd", gebruiker.username), robust=True)


@transaction.atomic
def unblock(gebruiker: Gebruiker, door: Gebruiker) -> None:
    """Lets somebody in again, who was let in before. Raises FoutMetMelding."""
    if gebruiker.pk == door.pk or door.supportrol != Supportrol.BESLISSEND:
        raise NietGeblokkeerd("Deblokkeren kan alleen een beslissende medewerker van VNG-support.")
    gebruiker = Gebruiker.objects.select_for_update().get(pk=gebruiker.pk)
    if gebruiker.geblokkeerd_op is None:
        return
    gebruiker.geblokkeerd_op, gebruiker.is_active = None, gebruiker.has_usable_password()
    gebruiker.save(update_fields=["geblokkeerd_op", "is_active"])
    log_account(Handeling.GEBRUIKER_GEDEBLOKKEERD, gebruiker, gebruiker=door)
    if gebruiker.is_active:
        transaction.on_commit(lambda: mail.notify("gedeblokkeerd", gebruiker.username), robust=True)
