"""Holds who was invited into a municipality, what waits for a second pair of eyes, and the reviews of access."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from um_portal.accounts.models import Uitnodiging
from um_portal.tenants.models import GemeenteModel, Rol


class Genodigde(GemeenteModel):
    """Somebody who was invited into a municipality and did not accept yet.

    It tells the municipality nothing but the address that it typed. `uitnodiging` is the link for whoever has
    no account yet; others accept after logging in.
    """

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rol = models.CharField("rol", max_length=24, choices=Rol)
    uitnodiging = models.ForeignKey(
        Uitnodiging, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    gemaakt_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    gemaakt_op = models.DateTimeField(default=timezone.now)
    verloopt_op = models.DateTimeField()

    class Meta:
        verbose_name = "genodigde"
        verbose_name_plural = "genodigden"
        constraints = [models.UniqueConstraint(fields=["gemeente", "gebruiker"], name="genodigde_uniek")]

    @property
    def is_open(self) -> bool:
        """Tells whether the invitation can still be accepted."""
        return self.verloopt_op > timezone.now()


class Rolvoorstel(GemeenteModel):
    """A proposal to make somebody functioneel beheerder, until somebody else has confirmed or rejected it."""

    email = models.CharField("e-mailadres", max_length=150)
    gemaakt_door = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    gemaakt_op = models.DateTimeField(default=timezone.now)
    verloopt_op = models.DateTimeField()

    class Meta:
        verbose_name = "rolvoorstel"
        verbose_name_plural = "rolvoorstellen"
        constraints = [models.UniqueConstraint(fields=["gemeente", "email"], name="rolvoorstel_uniek")]


class Toegangstoets(GemeenteModel):
    """One time that a functioneel beheerder went through everybody who has access."""

    gedaan_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    gedaan_op = models.DateTimeField(default=timezone.now)
    behouden = models.PositiveIntegerField()
    gewijzigd = models.PositiveIntegerField()
    verwijderd = models.PositiveIntegerField()

    class Meta:
        verbose_name = "toegangstoets"
        verbose_name_plural = "toegangstoetsen"
        indexes = [models.Index(fields=["gemeente", "-gedaan_op"], name="toegangstoets_laatste")]
