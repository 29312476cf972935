"""What a municipality published: typed columns for what is searched, JSON ready to send, the rest encrypted.

Matching reads the columns and nothing that identifies a person; contact details and the other detail-only
attributes exist only inside `detail`, encrypted with the municipality's key. Rows are put ready by
`concept` and change by `sets`.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Collate

from exchange.standard import Soort
from um_portal.tenants.models import Contactbeleid, Gemeente, GemeenteModel


class Stand(GemeenteModel):
    """The state of one municipality's set of one kind; whoever publishes holds its row's lock."""

    soort = models.CharField(max_length=32, choices=[(s.value, s.label) for s in Soort])
    aantal = models.IntegerField(default=0)
    gepubliceerd_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "stand"
        verbose_name_plural = "standen"
        constraints = [models.UniqueConstraint(fields=["gemeente", "soort"], name="stand_uniek")]


class Recordkolommen(models.Model):
    """What every record has, of whatever kind: on its way to the set, in it, and on the way back."""

    # The source's own id; for a kind without ids the fingerprint in hexadecimals.
    id_bron = models.CharField(max_length=200)
    # The whole record: JSON, made small and encrypted.
    detail = models.BinaryField()
    vingerafdruk = models.BinaryField()

    class Meta:
        abstract = True


class Profielkolommen(Recordkolommen):
    """What jobseekers and vacancies share."""

    # The known 4-digit postcode that stands for the record's own (`exchange.geo.resolve`).
    pc4 = models.SmallIntegerField()
    onregelmatig = models.SmallIntegerField(null=True)
    uren_minimaal = models.SmallIntegerField(null=True)
    uren_maximaal = models.SmallIntegerField(null=True)
    aanvang = models.DateField(null=True)
    rijbewijzen = ArrayField(models.TextField())
    talen = ArrayField(models.TextField())
    zoekprofiel = models.TextField()

    class Meta:
        abstract = True


class Werkzoekendekolommen(Profielkolommen):
    """A jobseeker's profile."""

    reisafstand = models.SmallIntegerField(null=True)
    kantoortijden = models.SmallIntegerField(null=True)
    beroepen = ArrayField(models.TextField())
    contractvormen = ArrayField(models.TextField())
    # Whose contact details a detail request gives; null: as the municipality has it.
    contactbeleid = models.CharField(max_length=12, choices=Contactbeleid, null=True)

    class Meta:
        abstract = True


class Vacaturekolommen(Profielkolommen):
    """A vacancy."""

    beroep = models.TextField(null=True)
    denkniveau = models.TextField(null=True)
    sluitingsdatum = models.DateField(null=True)

    class Meta:
        abstract = True


class Contactmomentkolommen(Recordkolommen):
    """A contact with an employer. Names people on both sides, so that only what is searched lies readable."""

    nummer_kvk = models.TextField()
    datum = models.DateField()

    class Meta:
        abstract = True


# --- The set ---------------------------------------------------------------------------------------------


class GepubliceerdRecord(GemeenteModel, Recordkolommen):
    """A record that is answered with."""

    # Every other index begins with the municipality too.
    gemeente = models.ForeignKey(Gemeente, on_delete=models.CASCADE, related_name="+", db_index=False)
    # The number of the batch (a levering) that brought this record into the set, as long as it has been there.
    # 0: none that is known by number.
    stapel = models.BigIntegerField(default=0)
    # The last publication that held this record.
    ververst_op = models.DateField()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["gemeente", "id_bron"], name="%(class)s_id_uniek")]


class Profiel(GepubliceerdRecord, Profielkolommen):
    """A published record that is searched by area."""

    # Numbers the municipality's set from 1 without gaps, so that a few records can be drawn at random without
    # looking at the others.
    volgnummer = models.IntegerField()

    class Meta(GepubliceerdRecord.Meta):
        abstract = True
        indexes = [
            models.Index(fields=["gemeente", "pc4"], name="%(class)s_gebied"),
            models.Index(fields=["gemeente", "volgnummer"], name="%(class)s_volgnummer"),
        ]


class Werkzoekende(Profiel, Werkzoekendekolommen):
    """A jobseeker."""

    class Meta(Profiel.Meta):
        verbose_name = "werkzoekende"
        verbose_name_plural = "werkzoekenden"


class Beroepindex(GemeenteModel):
    """Which of a municipality's jobseekers have an occupation: an index that row-level security lets us use.

    PostgreSQL looks an array up in an index only with operators that are leakproof, and those of arrays are not;
    equality of text is. Narrows a question down and no more: `Werkzoekende.beroepen` is what decides, so that the
    id of somebody who has gone does no harm. `sets` makes it anew whenever jobseekers change.
    """

    beroep = models.TextField(db_collation="C")
    ids = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = "beroepindex"
        verbose_name_plural = "beroepindexen"
        constraints = [models.UniqueConstraint(fields=["gemeente", "beroep"], name="beroepindex_uniek")]


class Vacature(Profiel, Vacaturekolommen):
    """A vacancy."""

    class Meta(Profiel.Meta):
        verbose_name = "vacature"
        verbose_name_plural = "vacatures"
        indexes = [
            *Profiel.Meta.indexes,
            # By code point, as the selectievraag compares. Equality of text may use an index under row-level
            # security; the operators of arrays (the occupations of a jobseeker) may not.
            models.Index("gemeente", Collate("beroep", "C"), name="vacature_beroep"),
        ]


class Werkgeverscontactmoment(GepubliceerdRecord, Contactmomentkolommen):
    """A contact with an employer."""

    class Meta(GepubliceerdRecord.Meta):
        verbose_name = "werkgeverscontactmoment"
        verbose_name_plural = "werkgeverscontactmomenten"
        indexes = [models.Index(fields=["gemeente", "nummer_kvk", "datum"], name="contactmoment_werkgever")]


# --- On its way to the set -------------------------------------------------------------------------------


class Conceptrecord(GemeenteModel, Recordkolommen):
    """A record that waits for publication, together with the others of its batch."""

    # Written by the hundred thousand and gone within a day: the one index it needs, and no look at the register of
    # municipalities for every row.
    gemeente = models.ForeignKey(
        Gemeente, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    # What was put ready together, by number: the levering.
    stapel = models.BigIntegerField()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["gemeente", "stapel"], name="%(class)s_stapel")]


class ConceptWerkzoekende(Conceptrecord, Werkzoekendekolommen):
    """A jobseeker to be published."""

    class Meta(Conceptrecord.Meta):
        verbose_name = "werkzoekende in concept"
        verbose_name_plural = "werkzoekenden in concept"


class ConceptVacature(Conceptrecord, Vacaturekolommen):
    """A vacancy to be published."""

    class Meta(Conceptrecord.Meta):
        verbose_name = "vacature in concept"
        verbose_name_plural = "vacatures in concept"


class ConceptContactmoment(Conceptrecord, Contactmomentkolommen):
    """A contact with an employer to be published."""

    class Meta(Conceptrecord.Meta):
        verbose_name = "werkgeverscontactmoment in concept"
        verbose_name_plural = "werkgeverscontactmomenten in concept"


# --- The way back ----------------------------------------------------------------------------------------


class Journaal(GemeenteModel):
    """A publication that can still be undone. What it added is known by its batch, the rest by its records."""

    soort = models.CharField(max_length=32, choices=[(s.value, s.label) for s in Soort])
    stapel = models.BigIntegerField()
    gepubliceerd_op = models.DateTimeField()

    class Meta:
        verbose_name = "journaal"
        verbose_name_plural = "journalen"
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "soort", "stapel"], name="journaal_stapel_uniek")
        ]


class Journaalrecord(GemeenteModel, Recordkolommen):
    """A record as it was before a publication changed it or took it away; nothing of it lies readable but its id."""

    # Of a municipality because its journaal is.
    gemeente = models.ForeignKey(
        Gemeente, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    journaal = models.ForeignKey(Journaal, on_delete=models.CASCADE, related_name="+")
    ververst_op = models.DateField()
    stapel = models.BigIntegerField()
    contactbeleid = models.CharField(max_length=12, choices=Contactbeleid, null=True)

    class Meta:
        verbose_name = "record in een journaal"
        verbose_name_plural = "records in een journaal"
        indexes = [models.Index(fields=["gemeente", "id_bron"], name="journaalrecord_id")]


class Intrekking(GemeenteModel):
    """A record that was withdrawn: no batch up to this one may bring it back."""

    soort = models.CharField(max_length=32, choices=[(s.value, s.label) for s in Soort])
    id_bron = models.CharField(max_length=200)
    stapel = models.BigIntegerField()
    ingetrokken_op = models.DateTimeField()

    class Meta:
        verbose_name = "intrekking"
        verbose_name_plural = "intrekkingen"
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "soort", "id_bron"], name="intrekking_uniek")
        ]


# The kinds that are searched by area and have a search profile.
MODEL_VAN: dict[Soort, type[Profiel]] = {Soort.WERKZOEKENDEN: Werkzoekende, Soort.VACATURES: Vacature}
RECORD_VAN: dict[Soort, type[GepubliceerdRecord]] = {
    **MODEL_VAN,
    Soort.WERKGEVERSCONTACTMOMENTEN: Werkgeverscontactmoment,
}
CONCEPT_VAN: dict[Soort, type[Conceptrecord]] = {
    Soort.WERKZOEKENDEN: ConceptWerkzoekende,
    Soort.VACATURES: ConceptVacature,
    Soort.WERKGEVERSCONTACTMOMENTEN: ConceptContactmoment,
}
