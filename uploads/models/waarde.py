"""Stores value mappings: the meanings of words in a municipality's files, its own and national ones."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from um_portal.tenants.models import GemeenteModel


class Waardekoppeling(GemeenteModel):
    """A municipality's own word and its code in a list of the standard: `schoonmaakster` -> a code.

    An empty code means that the word is left out on purpose.
    """

    lijst = models.CharField(max_length=60)
    waarde = models.CharField(max_length=300)
    code = models.CharField(max_length=200, blank=True)
    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    gewijzigd_op = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "waardekoppeling"
        verbose_name_plural = "waardekoppelingen"
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "lijst", "waarde"], name="waardekoppeling_uniek")
        ]


class Legewaarden(GemeenteModel):
    """The words that mean to this municipality that a cell is empty; without a row the usual words do."""

    waarden = ArrayField(models.TextField())

    class Meta:
        verbose_name = "lege waarden"
        verbose_name_plural = "lege waarden"
        constraints = [models.UniqueConstraint(fields=["gemeente"], name="legewaarden_per_gemeente")]


class LandelijkeWaarde(models.Model):
    """A value mapping for the whole country: put forward by municipalities, decided on by VNG support.

    It belongs to no municipality. VNG support sees every mapping that is put forward, and all municipalities
    see the accepted ones.
    """

    class Status(models.TextChoices):
        """The status of the mapping."""

        VOORGEDRAGEN = "voorgedragen", "Voorgedragen"
        VASTGESTELD = "vastgesteld", "Vastgesteld"
        AFGEWEZEN = "afgewezen", "Afgewezen"
        INGETROKKEN = "ingetrokken", "Ingetrokken"

    lijst = models.CharField(max_length=60)
    waarde = models.CharField(max_length=300)
    code = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=Status, default=Status.VOORGEDRAGEN)
    voorgedragen_op = models.DateTimeField(auto_now_add=True)
    besloten_op = models.DateTimeField(null=True)
    besloten_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = "landelijke waardekoppeling"
        verbose_name_plural = "landelijke waardekoppelingen"
        ordering = ["lijst", "waarde"]
        constraints = [
            models.UniqueConstraint(fields=["lijst", "waarde", "code"], name="landelijkewaarde_uniek"),
            models.UniqueConstraint(
                fields=["lijst", "waarde"],
                condition=Q(status="vastgesteld"),
                name="landelijkewaarde_een_vastgesteld",
            ),
        ]


class Voordracht(GemeenteModel):
    """A municipality's support for a national value mapping.

    A function of the database counts them for VNG support; see the migration.
    """

    landelijk = models.ForeignKey(LandelijkeWaarde, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "voordracht"
        verbose_name_plural = "voordrachten"
        constraints = [models.UniqueConstraint(fields=["gemeente", "landelijk"], name="voordracht_uniek")]
