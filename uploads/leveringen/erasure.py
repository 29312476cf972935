"""Erases the personal data of a levering: after publication, on withdrawal, and when its time has come."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone

from exchange.bron import concept
from exchange.standard import Soort
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.wissingen import Wat, log_erasure
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen import lifecycle
from uploads.models import (
    Bronbestand,
    Kolomklad,
    Levering,
    Opmerkingenbestand,
    Voorproef,
)

# A workbook with remarks can be made again when somebody wants it.
OPMERKINGEN_BEWAARD = timedelta(hours=1)
_INGETROKKEN = "Deze levering is weggegooid. Het bestand en de omgezette gegevens zijn gewist."


def erase_content(levering: Levering) -> None:
    """Deletes the raw file, its first rows and the converted records; call inside `voor_gemeente`.

    It also deletes the rules that somebody made for this file: a constant in them may be personal. Rules that
    were saved as a koppeling are kept there.
    """
    Bronbestand.objects.filter(levering=levering).delete()
    Voorproef.objects.filter(levering=levering).delete()
    Kolomklad.objects.filter(levering=levering).delete()
    levering.regels = None
    Levering.objects.filter(pk=levering.pk).update(regels=None)
    erase_concept(levering)


def erase_concept(levering: Levering) -> None:
    """Deletes the converted records, the values that no list knew, and the workbook with remarks."""
    Opmerkingenbestand.objects.filter(levering=levering).delete()
    concept.erase(levering.gemeente, levering.pk)
    levering.onbekende_waarden = None
    Levering.objects.filter(pk=levering.pk).update(onbekende_waarden=None)


def withdraw(gemeente: Gemeente, levering_id: int, gebruiker: AbstractBaseUser | None) -> bool:
    """Withdraws a levering that is not published, in whatever state. Returns False when that was too late."""
    with voor_gemeente(gemeente):
        if not lifecycle.withdraw(levering_id, _INGETROKKEN):
            return False
        levering = Levering.objects.get(pk=levering_id)
        erase_content(levering)
        log_erasure(
            gemeente,
            Handeling.LEVERING_INGETROKKEN,
            Wat.LEVERING,
            [levering_id],
            gebruiker=gebruiker,
            onderwerp=str(levering),
        )
    return True


def waiting() -> "QuerySet[Levering]":
    """Gives the leveringen that are not published, in whatever state; call inside `voor_gemeente`."""
    return lifecycle.open_to("expire")


def erase_expired(gemeente: Gemeente) -> int:
    """Lets every levering expire that was kept as long as a file may be; returns how many."""
    limit = timezone.now() - timedelta(hours=settings.UM_BRONBESTAND_UREN)
    with voor_gemeente(gemeente):
        Opmerkingenbestand.objects.filter(gewijzigd_op__lt=timezone.now() - OPMERKINGEN_BEWAARD).delete()
        # A levering that is being published right now is locked; its file is erased when that is done.
        old = list(
            waiting().select_for_update(skip_locked=True, of=("self",)).filter(aangemaakt_op__lt=limit)
        )
        for levering in old:
            _expire(
                levering,
                f"Deze levering is na {settings.UM_BRONBESTAND_UREN} uur niet gepubliceerd. Het bestand en de "
                "omgezette gegevens zijn gewist. Upload het bestand opnieuw.",
            )
            log_act(gemeente, Handeling.LEVERING_VERVALLEN, onderwerp=str(levering))
    return len(old)


def expire_waiting(soort: Soort, melding: str) -> int:
    """Lets every levering of this kind that is not published expire, in whatever state; returns how many.

    Call inside `voor_gemeente`, with the set locked: a publication under way then either waits for the lock,
    or is done.
    """
    found = list(waiting().select_for_update(of=("self",)).filter(soort=soort.value))
    for levering in found:
        _expire(levering, melding)
    return len(found)


def _expire(levering: Levering, melding: str) -> None:
    # A worker that still has the levering finds out at its next step that its lease has ended.
    if lifecycle.expire(levering.pk, melding):
        erase_content(levering)
