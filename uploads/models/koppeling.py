"""Stores koppelingen, the saved ways of reading a municipality's files, and their versions."""

from django.conf import settings
from django.db import models
from django.db.models import Value

from um_portal.tenants.models import GemeenteModel
from uploads.mapping.doelen import SOORTEN


class Koppeling(GemeenteModel):
    """A saved way of reading a municipality's file: a name, and its versions."""

    naam = models.CharField("naam", max_length=60)
    soort = models.CharField("soort", max_length=32, choices=[(s.value, s.label) for s in SOORTEN])
    aangemaakt_op = models.DateTimeField("gemaakt op", auto_now_add=True)
    # It is no longer recognised in new files; leveringen that were read with it still refer to it.
    gearchiveerd_op = models.DateTimeField("gearchiveerd op", null=True)

    class Meta:
        verbose_name = "koppeling"
        verbose_name_plural = "koppelingen"
        ordering = ["naam"]
        constraints = [models.UniqueConstraint(fields=["gemeente", "naam"], name="koppeling_naam_uniek")]

    def __str__(self) -> str:
        return self.naam


class Koppelingversie(GemeenteModel):
    """One version of a koppeling; it never changes."""

    koppeling = models.ForeignKey(Koppeling, on_delete=models.CASCADE, related_name="+")
    nummer = models.IntegerField("versie")
    # The rules as JSON, encrypted: a constant may be somebody's name or number.
    regels = models.BinaryField()
    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="gemaakt door",
    )
    aangemaakt_op = models.DateTimeField("gemaakt op", auto_now_add=True)

    class Meta:
        verbose_name = "versie van een koppeling"
        verbose_name_plural = "versies van koppelingen"
        ordering = ["-nummer"]
        constraints = [models.UniqueConstraint(fields=["koppeling", "nummer"], name="koppelingversie_uniek")]


class Rijkeuze(models.TextChoices):
    """The way in which hidden rows of a file are taken, or those that are struck through."""

    MEENEMEN = "meenemen", "Deze rijen gaan mee"
    OVERSLAAN = "overslaan", "Deze rijen gaan niet mee"


class Leeskeuze(GemeenteModel):
    """A decision about all files of a koppeling: the sheet to take, and whether hidden or struck rows go along.

    `koppeling` is the name of a saved koppeling or of a preset. `bladen` has the names of the sheets that somebody
    wanted under each other, where `blad` says that all are read. `bladen_apart`: no other sheet of the file is
    read beside the first.
    """

    koppeling = models.CharField("koppeling", max_length=60)
    blad = models.CharField("blad", max_length=60, blank=True)
    bladen: "models.JSONField[list[str], list[str]]" = models.JSONField(
        "bladen", default=list, db_default=Value([], models.JSONField()), blank=True
    )
    verborgen = models.CharField("verborgen rijen", max_length=12, choices=Rijkeuze, blank=True)
    doorgehaald = models.CharField(
        "doorgehaalde rijen", max_length=12, choices=Rijkeuze, blank=True, default="", db_default=""
    )
    bladen_apart = models.BooleanField("bladen apart", default=False)

    class Meta:
        verbose_name = "leeskeuze"
        verbose_name_plural = "leeskeuzes"
        constraints = [models.UniqueConstraint(fields=["gemeente", "koppeling"], name="leeskeuze_uniek")]
