"""Invites people: with a link that works once, for a number of days, and can be revoked.

Nobody can sign up alone. The link sets a password; the second factor follows at once after that.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone

from um_portal.accounts import mail
from um_portal.accounts.models import Gebruiker, Supportrol, Uitnodiging
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_account
from um_portal.errors import FoutMetMelding
from um_portal.tenants.protected import call


class UitnodigenMislukt(FoutMetMelding):
    """Nobody was invited."""


class HeeftAlAccount(UitnodigenMislukt):
    """This address already logs in; `gebruiker` is who that is."""

    def __init__(self, gebruiker: Gebruiker) -> None:
        super().__init__("Dit e-mailadres heeft al een account.")
        self.gebruiker = gebruiker


@dataclass(frozen=True, slots=True)
class NieuweUitnodiging:
    """An invitation with its link, which nobody can show again."""

    uitnodiging: Uitnodiging
    link: str

    def __repr__(self) -> str:
        return f"NieuweUitnodiging({self.uitnodiging.pk})"


# Sent when somebody accepts, inside the transaction that does so, with `uitnodiging`.
aangenomen = Signal()


def clean_email(email: str) -> str:
    """Returns the address as it is kept; raises UitnodigenMislukt for what is none."""
    email = email.strip().lower()
    try:
        validate_email(email)
        Gebruiker.username_validator(email)
    except ValidationError:
        raise UitnodigenMislukt(
            "Dit is geen geldig e-mailadres. Controleer het en probeer het opnieuw."
        ) from None
    return email


def find_or_create(email: str, **values: Any) -> Gebruiker:
    """Returns the account of this address, locked; a new one, with these values, cannot log in yet.

    Call inside a transaction.
    """
    Gebruiker.objects.get_or_create(
        username=email, defaults={"is_active": False, "password": make_password(None), **values}
    )
    return Gebruiker.objects.select_for_update().get(username=email)


@transaction.atomic
def invite(
    email: str,
    *,
    voornaam: str = "",
    achternaam: str = "",
    door: Gebruiker | None = None,
    supportrol: Supportrol | None = None,
    versturen: bool = True,
    vervangen: bool = True,
    waarvoor: str = "",
) -> NieuweUitnodiging:
    """Makes an account that cannot log in yet, and mails its owner the link.

    Inviting again replaces the link, unless `vervangen` is False: two municipalities may invite the same person.
    `waarvoor` is a sentence for the mail. Raises HeeftAlAccount,
    or UitnodigenMislukt for an address that is none or when the mail cannot be sent; then nothing was made.
    """
    gebruiker = find_or_create(clean_email(email), first_name=voornaam, last_name=achternaam)
    if gebruiker.is_begonnen or gebruiker.geblokkeerd_op:
        # Somebody who was blocked too: an invitation does not undo that.
        raise HeeftAlAccount(gebruiker)
    if supportrol:
        give_supportrol(gebruiker, supportrol)
    if vervangen:
        revoke(gebruiker)
    token = secrets.token_urlsafe(32)
    uitnodiging = Uitnodiging.objects.create(
        gebruiker=gebruiker,
        hash=_hash(token),
        gemaakt_door=door,
        verloopt_op=timezone.now() + timedelta(days=settings.UM_UITNODIGING_DAGEN),
    )
    link = f"{settings.UM_ADRES}{reverse('accounts:uitnodiging', args=[token])}"
    if versturen:
        context = {
            "gebruiker": gebruiker,
            "door": door,
            "link": link,
            "verloopt_op": uitnodiging.verloopt_op,
            "waarvoor": waarvoor,
        }
        send("uitnodiging", gebruiker.username, context)
    log_account(Handeling.UITNODIGING_VERSTUURD, gebruiker, gebruiker=door)
    return NieuweUitnodiging(uitnodiging, link)


def give_supportrol(gebruiker: Gebruiker, rol: str) -> None:
    """Makes somebody what this says at VNG support, nothing when empty: the database does it.

    It makes nobody support who logs in for a municipality: only a new account, or who is of support already.
    """
    if not rol:
        call(Gebruiker, "um_supportrol_intrekken", gebruiker.pk)
    else:
        function = "um_supportrol_wijzigen" if gebruiker.supportrol else "um_supportrol_geven"
        if not call(Gebruiker, function, gebruiker.pk, str(rol)):
            raise UitnodigenMislukt("Alleen een nieuw account kan van VNG-support worden.")
    gebruiker.refresh_from_db(fields=["supportrol"])


def send(name: str, to: str, context: dict[str, Any]) -> None:
    """Sends the mail of an invitation; raises UitnodigenMislukt."""
    try:
        mail.send(name, to, context)
    except mail.NietVerstuurd:
        raise UitnodigenMislukt(
            "De uitnodiging kon niet worden gemaild. Probeer het later opnieuw, of vraag het de beheerder."
        ) from None


def revoke(gebruiker: Gebruiker) -> int:
    """Makes the links that somebody has not used worthless; returns how many."""
    return _revoke(gebruiker.uitnodigingen.all())


def revoke_one(uitnodiging: Uitnodiging) -> int:
    """Makes one link worthless; returns how many that were."""
    return _revoke(Uitnodiging.objects.filter(pk=uitnodiging.pk))


def _revoke(uitnodigingen: QuerySet[Uitnodiging]) -> int:
    open_ = uitnodigingen.filter(gebruikt_op=None, ingetrokken_op=None)
    return open_.update(ingetrokken_op=timezone.now())


def find(token: str) -> Uitnodiging | None:
    """Returns the invitation of a link, as long as it can be used."""
    return _usable().filter(hash=_hash(token)).first()


def usable(pk: object) -> Uitnodiging | None:
    """Returns the invitation with this number, as long as it can be used."""
    return _usable().filter(pk=pk).first() if isinstance(pk, int) else None


@transaction.atomic
def accept(uitnodiging: Uitnodiging, password: str | None) -> Gebruiker | None:
    """Sets the password and lets the account log in; None when the link was used or revoked meanwhile.

    Without a password it logs in through its municipality only.
    """
    # The lock decides who was first when a link is used twice at once, or while the account is blocked. An update alone
    # would not: its condition is about the account too, and is not put again to the row that it waited for.
    gebruiker = Gebruiker.objects.select_for_update().filter(pk=uitnodiging.gebruiker_id).first()
    used = _usable().filter(pk=uitnodiging.pk)
    if gebruiker is None or not used.update(gebruikt_op=timezone.now()):
        return None
    gebruiker.set_password(password)
    gebruiker.is_active = True
    gebruiker.save(update_fields=["password", "is_active"])
    log_account(Handeling.UITNODIGING_AANGENOMEN, gebruiker, gebruiker=gebruiker)
    # Another link would set the password once more.
    revoke(gebruiker)
    aangenomen.send(sender=Uitnodiging, uitnodiging=uitnodiging)
    return gebruiker


def erase_expired() -> None:
    """Erases the invitations that could last be used longer ago than one lasts."""
    Uitnodiging.objects.filter(
        verloopt_op__lt=timezone.now() - timedelta(days=settings.UM_UITNODIGING_DAGEN)
    ).delete()


def _usable() -> QuerySet[Uitnodiging]:
    return Uitnodiging.objects.filter(
        gebruikt_op=None,
        ingetrokken_op=None,
        verloopt_op__gt=timezone.now(),
        gebruiker__geblokkeerd_op=None,
    ).select_related("gebruiker")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
