"""The people who log in. What they may do hangs on their membership of a municipality (tenants)."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Gebruiker(AbstractUser):
    """A member of staff; the user name is the work e-mail address."""

    is_vng_support = models.BooleanField(
        "VNG-support", default=False, help_text="Laat gemeenten toe en beheert ze; ziet nooit profielen."
    )

    class Meta:
        verbose_name = "gebruiker"
        verbose_name_plural = "gebruikers"

    def __str__(self) -> str:
        return self.get_full_name() or self.username
