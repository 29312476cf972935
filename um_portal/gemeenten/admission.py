"""Admitting municipalities to the exchange."""

from django.db import transaction
from django.utils import timezone

from um_portal.audit.log import log_act
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_gemeente


def admit(oin: str, naam: str) -> Gemeente:
    """Admit a municipality (or admit it again under this name) and give it its keys.

    Raises ValidationError for an OIN or name that cannot be.
    """
    with transaction.atomic():
        gemeente = Gemeente.objects.select_for_update().filter(oin=oin).first() or Gemeente(oin=oin)
        gemeente.naam = naam.strip()
        gemeente.status = Gemeentestatus.TOEGELATEN
        gemeente.toegelaten_op = gemeente.toegelaten_op or timezone.now()
        gemeente.full_clean(validate_unique=False)
        gemeente.save()
        with voor_gemeente(gemeente):
            keys.create(gemeente)
            log_act(gemeente, "gemeente_toegelaten")
    return gemeente
