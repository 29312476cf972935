"""Guards how old a set may get: its municipality is warned, and later the source stops answering with it.

The age of a set counts from the last day on which a publication held any of its records. Nothing is erased here:
`expiry` does that for every record by itself.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from exchange.bron.expiry import valid
from exchange.bron.models import Stand
from exchange.selection import Voorwaarde
from exchange.standard import Soort
from um_portal.accounts import mail
from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

# The people who can renew a set.
_ROLLEN: Final = (Rol.GEGEVENSBEHEERDER, Rol.FUNCTIONEEL_BEHEERDER)


@dataclass(frozen=True, slots=True)
class Versheid:
    """The age of a set in days, and what that means for it."""

    dagen: int

    @property
    def is_oud(self) -> bool:
        """Tells whether the set should be renewed."""
        return bool(0 < settings.UM_VERSHEID_DAGEN <= self.dagen)

    @property
    def is_gestopt(self) -> bool:
        """Tells whether the source no longer answers with the set."""
        return bool(0 < settings.UM_VERSHEID_STOP_DAGEN <= self.dagen)

    @property
    def dagen_tot_stop(self) -> int | None:
        """Gives the number of days after which the source stops answering; None when it never does."""
        return settings.UM_VERSHEID_STOP_DAGEN - self.dagen if settings.UM_VERSHEID_STOP_DAGEN else None


def of_day(vernieuwd_op: date) -> Versheid:
    """Gives the age of a set that was renewed on this day."""
    return Versheid((timezone.localdate() - vernieuwd_op).days)


def of_stand(stand: Stand) -> Versheid | None:
    """Gives the age of a set; None for an empty one."""
    return of_day(stand.vernieuwd_op) if stand.aantal and stand.vernieuwd_op else None


def answerable(gemeente: Gemeente, soort: Soort) -> Voorwaarde:
    """Gives the condition, on the alias `p`, under which the source answers with a record today."""
    condition = valid(gemeente, soort)
    limit = settings.UM_VERSHEID_STOP_DAGEN
    if not limit:
        return condition
    return Voorwaarde(
        f"{condition.sql} AND EXISTS (SELECT FROM {Stand._meta.db_table} s"
        " WHERE s.gemeente_id = %s AND s.soort = %s AND s.vernieuwd_op > %s)",
        (*condition.parameters, gemeente.pk, soort.value, timezone.localdate() - timedelta(days=limit)),
    )


def check(gemeente: Gemeente) -> None:
    """Mails the people who can renew a set that it is getting old, and that it is no longer answered.

    Each is said once for a set, until it is renewed. A mail that could not be sent is tried the next day.
    """
    with voor_gemeente(gemeente):
        sets = [
            (stand, age) for stand in Stand.objects.order_by("pk") if (age := of_stand(stand)) is not None
        ]
        addresses = list(
            Gebruiker.objects.filter(
                pk__in=Lidmaatschap.objects.filter(rol__in=_ROLLEN).values("gebruiker"), is_active=True
            ).values_list("username", flat=True)
        )
    stopped = [(stand, age) for stand, age in sets if age.is_gestopt and stand.einde_gemeld_op is None]
    old = [
        (stand, age)
        for stand, age in sets
        if age.is_oud and not age.is_gestopt and stand.gewaarschuwd_op is None
    ]
    for found, told in ((stopped, "einde_gemeld_op"), (old, "gewaarschuwd_op")):
        if found and addresses and _mail(gemeente, addresses, found, gestopt=told == "einde_gemeld_op"):
            with voor_gemeente(gemeente):
                Stand.objects.filter(pk__in=[stand.pk for stand, _ in found]).update(**{told: timezone.now()})


def _mail(
    gemeente: Gemeente, addresses: list[str], found: list[tuple[Stand, Versheid]], *, gestopt: bool
) -> bool:
    context = {
        "gemeente": gemeente,
        "gestopt": gestopt,
        "regels": [(Soort(stand.soort).label, age.dagen, age.dagen_tot_stop) for stand, age in found],
        "pad": reverse("uploads:nieuw"),
    }
    try:
        for address in addresses:
            mail.send("versheid", address, context)
    except mail.NietVerstuurd:
        return False  # said in the log
    return True
