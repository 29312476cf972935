"""The people who log in. What they may do hangs on their membership of a municipality (tenants)."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Supportrol(models.TextChoices):
    """What somebody of VNG support may do: look and advise, or decide as well."""

    ADVISEREND = "adviserend", "Adviserend"
    BESLISSEND = "beslissend", "Beslissend"


class Gebruiker(AbstractUser):
    """A member of staff; the user name is the work e-mail address."""

    supportrol = models.CharField(
        "VNG-support",
        max_length=12,
        choices=Supportrol,
        blank=True,
        help_text="Helpt gemeenten en beheert ze; ziet nooit profielen.",
    )

    class Meta:
        verbose_name = "gebruiker"
        verbose_name_plural = "gebruikers"

    @property
    def is_vng_support(self) -> bool:
        """Tells whether this is somebody of VNG support."""
        return bool(self.supportrol)

    def __str__(self) -> str:
        return self.get_full_name() or self.username
