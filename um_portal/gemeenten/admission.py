"""Admits municipalities to the exchange, suspends them and lets them take part again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices

from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.gemeenten import lifecycle
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def admit(oin: str, naam: str) -> Gemeente:
    """Admits a municipality (or admits it again under this name) and gives it its keys.

    Raises ValidationError for an OIN or name that is not valid, and for a municipality that left.
    """
    with transaction.atomic():
        gemeente = Gemeente.objects.select_for_update().filter(oin=oin).first() or Gemeente(oin=oin)
        gemeente.naam = naam.strip()
        gemeente.full_clean(validate_unique=False)
        gemeente.save()
        if not lifecycle.admit(gemeente.pk):
            raise ValidationError("Deze gemeente is vertrokken en kan niet opnieuw worden toegelaten.")
        gemeente.refresh_from_db()
        with voor_gemeente(gemeente):
            keys.create(gemeente)
            log_act(gemeente, Handeling.GEMEENTE_TOEGELATEN)
    return gemeente


class Reden(TextChoices):
    """The reasons for which a municipality is suspended; a choice, so that nobody types somebody's name."""

    VERZOEK = "verzoek", "op verzoek van de gemeente"
    VOORWAARDE = "voorwaarde", "een voorwaarde voor deelname is verlopen of ingetrokken"
    INCIDENT = "incident", "een beveiligingsincident of datalek"
    KWALITEIT = "kwaliteit", "de gegevens kloppen niet"


def suspend(gemeente: Gemeente, reden: Reden) -> bool:
    """Stops a municipality's source, searches, deliveries and keys at once; False when that is not possible now."""
    with voor_gemeente(gemeente):
        if not lifecycle.suspend(gemeente.pk):
            return False
        log_act(gemeente, Handeling.GEMEENTE_OPGESCHORT, onderwerp=reden.value)
    return True


def resume(gemeente: Gemeente) -> bool:
    """Lets a suspended municipality take part again; False when it is not suspended."""
    with voor_gemeente(gemeente):
        if not lifecycle.resume(gemeente.pk):
            return False
        log_act(gemeente, Handeling.GEMEENTE_HERVAT)
    return True
