"""Holds the table of 4-digit postcodes (pc4) with the coordinates of their centres.

Read it through `exchange.geo.distances`, which keeps it in memory, and write it through
`exchange.geo.replacement`, which tells every process that its memory is out of date.
"""

import uuid

from django.db import models
from django.utils import timezone


class Postcode(models.Model):
    """The centre of one pc4 area, in decimal degrees (WGS 84)."""

    pc4 = models.SmallIntegerField(primary_key=True)
    breedtegraad = models.FloatField()
    lengtegraad = models.FloatField()

    class Meta:
        db_table = "geo_postcode"

    def __str__(self) -> str:
        return str(self.pc4)


class PostcodeVersie(models.Model):
    """The version of the table, in one row. `versie` is another value after every replacement.

    It is a random value and not a counter: after a rollback a counter would give the same number to another
    table, and a process could keep the wrong one.
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    versie = models.UUIDField(default=uuid.uuid4)
    herkomst = models.CharField(max_length=200)
    geladen_op = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "geo_postcode_versie"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="geo_postcode_versie_one_row"),)

    def __str__(self) -> str:
        return self.herkomst
