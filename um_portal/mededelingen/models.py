"""Holds the announcements of VNG support, and who put one away. They belong to no municipality: everybody sees them."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Niveau(models.TextChoices):
    """The levels of an announcement; the value is the kind of alert that shows it."""

    INFO = "info", "Ter informatie"
    WAARSCHUWING = "waarschuwing", "Belangrijk"


class Mededeling(models.Model):
    """A short text that everybody sees on the start page from one day up to and including another."""

    titel = models.CharField(max_length=80)
    tekst = models.CharField(max_length=600)
    niveau = models.CharField(max_length=12, choices=Niveau)
    van = models.DateField()
    tot_en_met = models.DateField()
    gemaakt_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    gemaakt_op = models.DateTimeField(auto_now_add=True)
    beeindigd_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "mededeling"
        verbose_name_plural = "mededelingen"
        constraints = [
            # Sent twice, it is placed once.
            models.UniqueConstraint(
                fields=["titel", "van", "tot_en_met"], condition=Q(beeindigd_op=None), name="mededeling_uniek"
            ),
            models.CheckConstraint(condition=Q(tot_en_met__gte=models.F("van")), name="mededeling_duurt"),
        ]

    def __str__(self) -> str:
        return self.titel


class Weggelegd(models.Model):
    """An announcement that one person does not want to see any more."""

    mededeling = models.ForeignKey(Mededeling, on_delete=models.CASCADE, related_name="+")
    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "weggelegde mededeling"
        verbose_name_plural = "weggelegde mededelingen"
        constraints = [models.UniqueConstraint(fields=["mededeling", "gebruiker"], name="weggelegd_uniek")]
