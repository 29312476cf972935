"""Stores aanleversleutels, the keys with which other systems deliver files."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from exchange.standard import Soort
from um_portal.tenants.models import GemeenteModel


class Aanleversleutel(GemeenteModel):
    """A key with which a municipality's own system delivers by itself; only a hash of the secret is kept."""

    naam = models.CharField("naam", max_length=60)
    soort = models.CharField("soort", max_length=32, choices=[(s.value, s.label) for s in Soort])
    hash = models.BinaryField()
    # The networks (CIDR) from which it may be used; empty: from anywhere.
    netwerken = ArrayField(models.TextField(), default=list)
    gemaakt_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    gemaakt_op = models.DateTimeField("gemaakt op", auto_now_add=True)
    verloopt_op = models.DateTimeField("verloopt op", null=True)
    laatst_gebruikt_op = models.DateTimeField("laatst gebruikt op", null=True)
    ingetrokken_op = models.DateTimeField("ingetrokken op", null=True)

    class Meta:
        verbose_name = "aanleversleutel"
        verbose_name_plural = "aanleversleutels"
        ordering = ["-pk"]
        constraints = [
            # Two keys of the same name would look the same on the page, also to the person who revokes one.
            models.UniqueConstraint(
                fields=["gemeente", "naam"],
                condition=Q(ingetrokken_op=None),
                name="aanleversleutel_naam_uniek",
            )
        ]

    def __str__(self) -> str:
        return self.naam

    @property
    def is_verlopen(self) -> bool:
        """Tells whether its time has passed."""
        return self.verloopt_op is not None and self.verloopt_op <= timezone.now()
