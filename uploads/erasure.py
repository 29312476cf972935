"""Erasing what a levering holds of people: after publication, when withdrawn, and when its time has come."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from um_portal.audit.log import noteer
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.models import AF, Bronbestand, Conceptdeel, Levering, Status


def erase_content(levering: Levering) -> None:
    """Delete the raw file and the converted records; call inside `voor_gemeente`."""
    Bronbestand.objects.filter(levering=levering).delete()
    erase_concept(levering)


def erase_concept(levering: Levering) -> None:
    """Delete the converted records and the values that no list knew."""
    Conceptdeel.objects.filter(levering=levering).delete()
    Levering.objects.filter(pk=levering.pk).update(onbekende_waarden=None)


def withdraw(gemeente: Gemeente, levering_id: int, gebruiker: AbstractBaseUser | None) -> bool:
    """Withdraw a levering that is not published, whatever it was doing. False when that was too late."""
    with voor_gemeente(gemeente):
        levering = (
            Levering.objects.select_for_update(of=("self",))
            .exclude(status__in=[*AF, Status.PUBLICEREN])
            .filter(pk=levering_id)
            .first()
        )
        if levering is None:
            return False
        _expire(levering, "Deze levering is ingetrokken. Het bestand en de omgezette gegevens zijn gewist.")
        noteer(gemeente, "levering_ingetrokken", gebruiker=gebruiker, onderwerp=str(levering))
    return True


def erase_expired(gemeente: Gemeente) -> int:
    """Let every levering expire that was kept as long as a file may be; returns how many."""
    limit = timezone.now() - timedelta(hours=settings.UM_BRONBESTAND_UREN)
    with voor_gemeente(gemeente):
        # A levering that is being published right now is locked, and gone by itself when that is done.
        old = list(
            Levering.objects.select_for_update(skip_locked=True, of=("self",))
            .exclude(status__in=AF)
            .filter(aangemaakt_op__lt=limit)
        )
        for levering in old:
            _expire(
                levering,
                f"Deze levering is na {settings.UM_BRONBESTAND_UREN} uur niet gepubliceerd. Het bestand en de "
                "omgezette gegevens zijn gewist. Upload het bestand opnieuw.",
            )
            noteer(gemeente, "levering_vervallen", onderwerp=str(levering))
    return len(old)


def _expire(levering: Levering, melding: str) -> None:
    erase_content(levering)
    # Ends the lease too: a worker that is still at it finds that out at its next step.
    Levering.objects.filter(pk=levering.pk).update(
        status=Status.VERVALLEN, melding=melding, lease_tot=None, gewijzigd_op=timezone.now()
    )
