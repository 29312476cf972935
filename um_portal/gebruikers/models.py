"""Holds proposals to let somebody decide for VNG support; they belong to no municipality."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Supportvoorstel(models.Model):
    """A proposal to let somebody decide for VNG support, until a second person confirms it."""

    email = models.CharField("e-mailadres", max_length=150, unique=True)
    gemaakt_door = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    gemaakt_op = models.DateTimeField(default=timezone.now)
    verloopt_op = models.DateTimeField()

    class Meta:
        verbose_name = "supportvoorstel"
        verbose_name_plural = "supportvoorstellen"
