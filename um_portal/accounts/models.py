"""The people who log in, and their invitations. What they may do hangs on their membership of a municipality."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from um_portal.tenants.protected import Beschermd, call


class Supportrol(models.TextChoices):
    """The two kinds of VNG support: those who look and advise, and those who decide as well."""

    ADVISEREND = "adviserend", "Adviserend"
    BESLISSEND = "beslissend", "Beslissend"


class NietTeWissen(RuntimeError):
    """This person still belongs to a municipality or to VNG support."""


class Gebruiker(Beschermd, AbstractUser):
    """A member of staff; the user name is the work e-mail address, in lower case."""

    # The address stands in one place: `username`.
    email = None  # type: ignore[assignment]
    EMAIL_FIELD = "username"
    # Rights hang on memberships and on the role below, and on nothing else.
    is_staff = None
    is_superuser = None
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]
    # Accounts are made by inviting people.
    objects = BaseUserManager()  # type: ignore[assignment,misc]
    REQUIRED_FIELDS = []
    BESCHERMD = {"supportrol": ""}

    supportrol = models.CharField(
        "VNG-support",
        max_length=12,
        choices=Supportrol,
        blank=True,
        help_text="Helpt gemeenten en beheert ze; ziet nooit profielen.",
    )
    # `is_active` is false as well before an invitation is accepted.
    geblokkeerd_op = models.DateTimeField("geblokkeerd op", null=True, blank=True)

    class Meta:
        verbose_name = "gebruiker"
        verbose_name_plural = "gebruikers"
        constraints = [
            # Who logs in with a capital is the same person.
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="gebruiker_username_lowercase"
            )
        ]

    @property
    def is_vng_support(self) -> bool:
        """Tells whether this is somebody of VNG support."""
        return bool(self.supportrol)

    @property
    def is_begonnen(self) -> bool:
        """Tells whether this account was ever opened by its owner, and so more than an address to invite."""
        return self.is_active or self.has_usable_password() or self.last_login is not None

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Erases this person with all that is theirs; raises NietTeWissen while they belong somewhere."""
        if not call(type(self), "um_gebruiker_wissen", self.pk):
            raise NietTeWissen
        return 1, {self._meta.label: 1}

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Uitnodiging(models.Model):
    """A link with which somebody sets a password, once and in time; of the link itself only a hash is kept."""

    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uitnodigingen"
    )
    hash = models.CharField(max_length=64, unique=True, editable=False)
    gemaakt_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    gemaakt_op = models.DateTimeField(default=timezone.now)
    verloopt_op = models.DateTimeField()
    gebruikt_op = models.DateTimeField(null=True, blank=True)
    ingetrokken_op = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "uitnodiging"
        verbose_name_plural = "uitnodigingen"
