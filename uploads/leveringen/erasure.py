"""Erasing what a levering holds of people: after publication, when withdrawn, and when its time has come."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone

from exchange.bron import concept
from exchange.standard import Soort
from um_portal.audit.log import log_act
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.models import (
    AF,
    UITGEVOERD,
    Bronbestand,
    Levering,
    Leveringstatus,
    Opmerkingenbestand,
    Voorproef,
)

# A workbook with remarks is made anew when somebody wants it again.
OPMERKINGEN_BEWAARD = timedelta(hours=1)


def erase_content(levering: Levering) -> None:
    """Delete the raw file, what was kept of it and the converted records; call inside `voor_gemeente`.

    The rules that somebody made for this file go too: a constant in them may be personal. Saved as a koppeling they
    are kept there.
    """
    Bronbestand.objects.filter(levering=levering).delete()
    Voorproef.objects.filter(levering=levering).delete()
    levering.regels = None
    Levering.objects.filter(pk=levering.pk).update(regels=None)
    erase_concept(levering)


def erase_concept(levering: Levering) -> None:
    """Delete the converted records, the values that no list knew, and the workbook that tells what came of it."""
    Opmerkingenbestand.objects.filter(levering=levering).delete()
    concept.erase(levering.gemeente, levering.pk)
    levering.onbekende_waarden = None
    Levering.objects.filter(pk=levering.pk).update(onbekende_waarden=None)


def withdraw(gemeente: Gemeente, levering_id: int, gebruiker: AbstractBaseUser | None) -> bool:
    """Withdraw a levering that is not published, whatever it was doing. False when that was too late."""
    with voor_gemeente(gemeente):
        levering = (
            Levering.objects.select_for_update(of=("self",))
            .exclude(status__in=UITGEVOERD)
            .filter(pk=levering_id)
            .first()
        )
        if levering is None:
            return False
        _expire(levering, "Deze levering is ingetrokken. Het bestand en de omgezette gegevens zijn gewist.")
        log_act(gemeente, "levering_ingetrokken", gebruiker=gebruiker, onderwerp=str(levering))
    return True


def waiting() -> "QuerySet[Levering]":
    """The leveringen that are not published, whatever they are doing; call inside `voor_gemeente`."""
    found: QuerySet[Levering] = Levering.objects.exclude(status__in=[*AF, Leveringstatus.TERUGDRAAIEN])
    return found


def erase_expired(gemeente: Gemeente) -> int:
    """Let every levering expire that was kept as long as a file may be; returns how many."""
    limit = timezone.now() - timedelta(hours=settings.UM_BRONBESTAND_UREN)
    with voor_gemeente(gemeente):
        Opmerkingenbestand.objects.filter(gewijzigd_op__lt=timezone.now() - OPMERKINGEN_BEWAARD).delete()
        # A levering that is being published right now is locked, and gone by itself when that is done.
        old = list(
            waiting().select_for_update(skip_locked=True, of=("self",)).filter(aangemaakt_op__lt=limit)
        )
        for levering in old:
            _expire(
                levering,
                f"Deze levering is na {settings.UM_BRONBESTAND_UREN} uur niet gepubliceerd. Het bestand en de "
                "omgezette gegevens zijn gewist. Upload het bestand opnieuw.",
            )
            log_act(gemeente, "levering_vervallen", onderwerp=str(levering))
    return len(old)


def expire_waiting(soort: Soort, melding: str) -> int:
    """Let every levering of this kind that is not published expire, whatever it was doing; returns how many.

    Call inside `voor_gemeente`, with the set locked: what is being published then waits for its turn, or has had it.
    """
    found = list(waiting().select_for_update(of=("self",)).filter(soort=soort.value))
    for levering in found:
        _expire(levering, melding)
    return len(found)


def _expire(levering: Levering, melding: str) -> None:
    erase_content(levering)
    # Ends the lease too: a worker that is still at it finds that out at its next step.
    Levering.objects.filter(pk=levering.pk).update(
        status=Leveringstatus.VERVALLEN, melding=melding, lease_tot=None, gewijzigd_op=timezone.now()
    )
