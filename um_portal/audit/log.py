"""Writes the audit log."""

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser

from um_portal.audit.handelingen import Handeling
from um_portal.tenants.models import Gemeente


def log_act(
    gemeente: Gemeente,
    handeling: Handeling,
    *,
    gebruiker: AbstractBaseUser | None = None,
    onderwerp: str = "",
    aantal: int | None = None,
) -> None:
    """Writes one line, in the transaction of the act itself; call inside `voor_gemeente`."""
    apps.get_model("audit", "Auditregel").objects.create(
        gemeente=gemeente, handeling=handeling, gebruiker=gebruiker, onderwerp=onderwerp, aantal=aantal
    )
