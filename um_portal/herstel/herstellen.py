"""Recovers a lost second factor, without any one person being able to do that alone.

One of VNG support asks, another approves. From asking on it takes UM_HERSTEL_WACHT_UREN, in which the user and
the functioneel beheerders of the municipality know of it and can stop it. Then the user gets a link that works
once and asks for the password. Only when that is used, the old second factor goes; a recovery that nobody uses
changes nothing.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from um_portal.accounts import mail, sessies
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_account
from um_portal.errors import FoutMetMelding
from um_portal.herstel.models import Herstel
from um_portal.toegang.access import beheerders, memberships

logger = logging.getLogger(__name__)


class HerstelMislukt(FoutMetMelding):
    """The recovery does not go on."""


def _later(verb: Callable[..., Any], *args: Any) -> None:
    transaction.on_commit(lambda: verb(*args), robust=True)


def _open() -> QuerySet[Herstel]:
    return Herstel.objects.filter(gestopt_op=None, gebruikt_op=None, verloopt_op__gt=timezone.now())


def open_of(gebruiker: Gebruiker) -> Herstel | None:
    """Returns the recovery of somebody that can still lead to something."""
    return _open().filter(gebruiker=gebruiker).first()


def all_open() -> list[Herstel]:
    """Returns all recoveries that can still lead to something, the oldest first."""
    found = _open().select_related("gebruiker", "gevraagd_door", "goedgekeurd_door")
    return list(found.order_by("gevraagd_op"))


# --- Two people ----------------------------------------------------------------------------------------


def _check_decides(door: Gebruiker, gebruiker: Gebruiker) -> None:
    fresh = Gebruiker.objects.filter(pk=door.pk, is_active=True, supportrol=Supportrol.BESLISSEND)
    if not fresh.exists():
        raise HerstelMislukt("Dit kan alleen een beslissende medewerker van VNG-support.")
    if door.pk == gebruiker.pk:
        raise HerstelMislukt("U kunt uw eigen tweede factor niet zo herstellen. Vraag het een collega.")


@transaction.atomic
def ask(gebruiker: Gebruiker, door: Gebruiker) -> Herstel:
    """Starts a recovery, and tells the user and whoever looks after the user; raises HerstelMislukt."""
    gebruiker = Gebruiker.objects.select_for_update().get(pk=gebruiker.pk)
    _check_decides(door, gebruiker)
    if not gebruiker.is_active:
        raise HerstelMislukt("Dit account is geblokkeerd of nog niet geopend. Er is niets te herstellen.")
    now = timezone.now()
    Herstel.objects.filter(
        gebruiker=gebruiker, gestopt_op=None, gebruikt_op=None, verloopt_op__lte=now
    ).update(gestopt_op=now)
    token = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            herstel = Herstel.objects.create(
                gebruiker=gebruiker,
                gevraagd_door=door,
                gevraagd_op=now,
                wacht_tot=now + timedelta(hours=settings.UM_HERSTEL_WACHT_UREN),
                verloopt_op=now
                + timedelta(hours=settings.UM_HERSTEL_WACHT_UREN, days=settings.UM_HERSTEL_GELDIG_DAGEN),
                bezwaar_hash=_hash(token),
            )
    except IntegrityError:
        raise HerstelMislukt("Er loopt al een herstel voor deze gebruiker.") from None
    log_account(Handeling.HERSTEL_GEVRAAGD, gebruiker, gebruiker=door)
    context = {"herstel": herstel, "gebruiker": gebruiker}
    pad = reverse("herstel:bezwaar", args=[token])
    _later(mail.tell, "herstel_gevraagd", gebruiker.username, {**context, "pad": pad})
    for beheerder, pad in _keepers(gebruiker):
        _later(mail.tell, "herstel_gevraagd_beheerder", beheerder, {**context, "pad": pad})
    return herstel


def _keepers(gebruiker: Gebruiker) -> list[tuple[str, str]]:
    """Returns the addresses of who looks after somebody, each with the page on which to object."""
    found: dict[str, str] = {}
    for lid in memberships(gebruiker):
        for one in beheerders(lid.gemeente):
            found.setdefault(one.username, reverse("collegas:lijst"))
    if gebruiker.is_vng_support:
        colleagues = Gebruiker.objects.filter(is_active=True, supportrol=Supportrol.BESLISSEND)
        for username in colleagues.values_list("username", flat=True):
            found.setdefault(username, reverse("gebruikers:wachtend"))
    found.pop(gebruiker.username, None)
    return list(found.items())


def _locked(herstel_id: int) -> Herstel:
    herstel = (
        _open().select_for_update(of=("self",)).select_related("gebruiker").filter(pk=herstel_id).first()
    )
    if herstel is None:
        raise HerstelMislukt("Dit herstel loopt niet meer: het is gestopt, gebruikt of verlopen.")
    return herstel


@transaction.atomic
def approve(herstel_id: int, door: Gebruiker) -> Herstel:
    """Approves what somebody else asked; the link goes out when the waiting time is over. Raises HerstelMislukt."""
    herstel = _locked(herstel_id)
    _check_decides(door, herstel.gebruiker)
    if door.pk == herstel.gevraagd_door_id:
        raise HerstelMislukt("U hebt dit zelf gevraagd. Een collega van VNG-support moet het goedkeuren.")
    if herstel.gevraagd_door_id is None:
        raise HerstelMislukt("Wie dit vroeg is er niet meer. Stop dit herstel en begin opnieuw.")
    if herstel.goedgekeurd_op is None:
        herstel.goedgekeurd_door, herstel.goedgekeurd_op = door, timezone.now()
        herstel.save(update_fields=["goedgekeurd_door", "goedgekeurd_op"])
        log_account(Handeling.HERSTEL_GOEDGEKEURD, herstel.gebruiker, gebruiker=door)
        _later(send_links)
    return herstel


# --- Stopping it ---------------------------------------------------------------------------------------


def find_by_objection(token: str) -> Herstel | None:
    """Returns the recovery that a link in the user's mail can stop."""
    return _open().filter(bezwaar_hash=_hash(token)).select_related("gebruiker").first()


def open_by_user(gebruikers: Iterable[int]) -> dict[int, Herstel]:
    """Returns the recoveries of these users that can still lead to something."""
    return {herstel.gebruiker_id: herstel for herstel in _open().filter(gebruiker__in=list(gebruikers))}


@transaction.atomic
def stop(herstel_id: int, door: Gebruiker | None) -> None:
    """Stops a recovery for good and tells the user; `door` is None for a link from a mail. Raises HerstelMislukt."""
    herstel = _locked(herstel_id)
    herstel.gestopt_door, herstel.gestopt_op = door, timezone.now()
    herstel.save(update_fields=["gestopt_door", "gestopt_op"])
    log_account(Handeling.HERSTEL_GESTOPT, herstel.gebruiker, gebruiker=door)
    _later(mail.tell, "herstel_gestopt", herstel.gebruiker.username, {"gebruiker": herstel.gebruiker})
    # Whoever asked and approved should know that somebody says no.
    people = Gebruiker.objects.filter(pk__in=[herstel.gevraagd_door_id, herstel.goedgekeurd_door_id])
    for support in people.filter(is_active=True):
        _later(mail.tell, "herstel_gestopt_support", support.username, {"gebruiker": herstel.gebruiker})


def stop_for(gebruiker: Gebruiker) -> None:
    """Stops the recovery of somebody who is being blocked; call inside a transaction."""
    _open().filter(gebruiker=gebruiker).update(gestopt_op=timezone.now())


# --- The link ------------------------------------------------------------------------------------------


def send_links() -> int:
    """Sends the links of recoveries that two people wanted and nobody stopped in time; returns how many."""
    now, sent = timezone.now(), 0
    due = _open().filter(goedgekeurd_op__isnull=False, wacht_tot__lte=now, link_op=None)
    for pk in list(due.values_list("pk", flat=True)):
        try:
            sent += _send_link(pk)
        except (HerstelMislukt, mail.NietVerstuurd):
            # Stopped at this very moment; or said in the log, and tried again.
            continue
    return sent


@transaction.atomic
def _send_link(pk: int) -> bool:
    herstel = _locked(pk)
    if herstel.link_op is not None or not herstel.gebruiker.is_active:
        return False
    token = secrets.token_urlsafe(32)
    herstel.link_hash, herstel.link_op = _hash(token), timezone.now()
    herstel.save(update_fields=["link_hash", "link_op"])
    link = f"{settings.UM_ADRES}{reverse('herstel:link', args=[token])}"
    context = {"gebruiker": herstel.gebruiker, "link": link, "verloopt_op": herstel.verloopt_op}
    mail.send("herstel_link", herstel.gebruiker.username, context)
    return True


def find_by_link(token: str) -> Herstel | None:
    """Returns the recovery of a link, as long as it can be used."""
    return _ready().filter(link_hash=_hash(token)).first()


def ready(pk: object) -> Herstel | None:
    """Returns the recovery with this number, as long as its link can be used."""
    return _ready().filter(pk=pk).first() if isinstance(pk, int) else None


def _ready() -> QuerySet[Herstel]:
    two = Q(goedgekeurd_op__isnull=False, wacht_tot__lte=timezone.now(), gebruiker__is_active=True)
    return _open().filter(two).select_related("gebruiker")


@transaction.atomic
def use(herstel_id: int) -> Gebruiker:
    """Takes the old second factor away and ends every session; raises HerstelMislukt.

    Call when the user has shown the link and the password. What follows is setting up a new second factor.
    """
    herstel = _locked(herstel_id)
    if ready(herstel.pk) is None:
        raise HerstelMislukt("Deze link werkt niet meer.")
    herstel.gebruikt_op = timezone.now()
    herstel.save(update_fields=["gebruikt_op"])
    gebruiker = herstel.gebruiker
    Authenticator.objects.filter(user=gebruiker).delete()
    sessies.end_all(gebruiker)
    log_account(Handeling.HERSTEL_GEBRUIKT, gebruiker, gebruiker=gebruiker)
    _later(mail.notify, "tweede_factor_hersteld", gebruiker.username)
    return gebruiker


def erase_expired() -> None:
    """Erases recoveries that ended a year ago."""
    Herstel.objects.filter(verloopt_op__lt=timezone.now() - timedelta(days=365)).delete()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
