"""What a municipality published: typed columns for what is searched, JSON ready to send, the rest encrypted.

Matching reads the columns and nothing that identifies a person; contact details and the other detail-only
attributes exist only inside `detail`, encrypted with the municipality's key. Rows are written by `store`.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from exchange.standard import Soort
from um_portal.tenants.models import GemeenteModel


class Stand(GemeenteModel):
    """The state of one municipality's set of one kind; whoever publishes holds its row's lock."""

    soort = models.CharField(max_length=32, choices=[(s.value, s.label) for s in Soort])
    aantal = models.IntegerField(default=0)
    gepubliceerd_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "stand"
        verbose_name_plural = "standen"
        constraints = [models.UniqueConstraint(fields=["gemeente", "soort"], name="stand_uniek")]


class Profiel(GemeenteModel):
    """What jobseekers and vacancies share."""

    id_bron = models.CharField(max_length=200)
    # The known 4-digit postcode that stands for the record's own (`exchange.geo.resolve`).
    pc4 = models.SmallIntegerField()
    onregelmatig = models.SmallIntegerField(null=True)
    uren_minimaal = models.SmallIntegerField(null=True)
    uren_maximaal = models.SmallIntegerField(null=True)
    aanvang = models.DateField(null=True)
    rijbewijzen = ArrayField(models.TextField())
    talen = ArrayField(models.TextField())
    zoekprofiel = models.TextField()
    detail = models.BinaryField()
    vingerafdruk = models.BinaryField()
    ververst_op = models.DateField()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["gemeente", "id_bron"], name="%(class)s_id_uniek")]
        indexes = [models.Index(fields=["gemeente", "pc4"], name="%(class)s_gebied")]


class Werkzoekende(Profiel):
    """A jobseeker's profile."""

    reisafstand = models.SmallIntegerField(null=True)
    kantoortijden = models.SmallIntegerField(null=True)
    beroepen = ArrayField(models.TextField())
    contractvormen = ArrayField(models.TextField())

    class Meta(Profiel.Meta):
        verbose_name = "werkzoekende"
        verbose_name_plural = "werkzoekenden"


class Vacature(Profiel):
    """A vacancy."""

    beroep = models.TextField(null=True)
    denkniveau = models.TextField(null=True)
    sluitingsdatum = models.DateField(null=True)

    class Meta(Profiel.Meta):
        verbose_name = "vacature"
        verbose_name_plural = "vacatures"


MODEL_VAN: dict[Soort, type[Profiel]] = {Soort.WERKZOEKENDEN: Werkzoekende, Soort.VACATURES: Vacature}
