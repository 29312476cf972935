"""Holds what a municipality published: typed columns for searching, JSON ready to send, the rest encrypted.

Matching reads the columns and nothing that identifies a person. Contact details and the other attributes of
the detail profile exist only inside `detail`, encrypted with the municipality's key. Rows are put ready by
`concept` and change through `sets`.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Collate

from exchange.standard import Soort
from um_portal.tenants.models import Contactbeleid, Gemeente, GemeenteModel


class Stand(GemeenteModel):
    """The state of one municipality's set of one kind; publishing locks this row."""

    soort = models.CharField(max_length=32, choices=[(s.value, s.label) for s in Soort])
    aantal = models.IntegerField(default=0)
    gepubliceerd_op = models.DateTimeField(null=True)
    # The last day on which a publication held any of its records.
    vernieuwd_op = models.DateField(null=True)
    # The municipality was told that the set is getting old; and that it is no longer answered.
    gewaarschuwd_op = models.DateTimeField(null=True)
    einde_gemeld_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "stand"
        verbose_name_plural = "standen"
        constraints = [models.UniqueConstraint(fields=["gemeente", "soort"], name="stand_uniek")]


class Recordkolommen(models.Model):
    """The columns of every record of every kind: waiting for publication, published, or kept for an undo."""

    # The source's own id; for a kind without ids the fingerprint in hexadecimal.
    id_bron = models.CharField(max_length=200)
    # The whole record: JSON, compressed and encrypted.
    detail = models.BinaryField()
    vingerafdruk = models.BinaryField()
    # The municipality's own number, encrypted, when the id is a pseudonym of it (decision 56); never a BSN.
    eigennummer = models.BinaryField(null=True)

    class Meta:
        abstract = True


class Profielkolommen(Recordkolommen):
    """The columns that jobseekers and vacancies share."""

    # The known 4-digit postcode that stands for the record's own (`exchange.geo.distances.resolve`).
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
    """The columns of a jobseeker."""

    reisafstand = models.SmallIntegerField(null=True)
    kantoortijden = models.SmallIntegerField(null=True)
    beroepen = ArrayField(models.TextField())
    contractvormen = ArrayField(models.TextField())
    # Decides whose contact details a detail request gives; null means the municipality's own policy.
    contactbeleid = models.CharField(max_length=12, choices=Contactbeleid, null=True)

    class Meta:
        abstract = True


class Vacaturekolommen(Profielkolommen):
    """The columns of a vacancy."""

    beroep = models.TextField(null=True)
    denkniveau = models.TextField(null=True)
    sluitingsdatum = models.DateField(null=True)

    class Meta:
        abstract = True


class Contactmomentkolommen(Recordkolommen):
    """The columns of a contact with an employer. It names people: only what is searched is unencrypted."""

    nummer_kvk = models.TextField()
    datum = models.DateField()

    class Meta:
        abstract = True


# --- The set ---------------------------------------------------------------------------------------------


class GepubliceerdRecord(GemeenteModel, Recordkolommen):
    """A published record: the source answers with it."""

    # Every other index begins with the municipality too.
    gemeente = models.ForeignKey(Gemeente, on_delete=models.CASCADE, related_name="+", db_index=False)
    # The number of the batch (a levering) that brought this record into the set; it stays until the record
    # leaves. 0 when no such number is known.
    stapel = models.BigIntegerField(default=0)
    # The day of the last publication that held this record.
    ververst_op = models.DateField()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["gemeente", "id_bron"], name="%(class)s_id_uniek")]


class Profiel(GepubliceerdRecord, Profielkolommen):
    """A published record that is searched by area."""

    # Numbers the municipality's set from 1 without gaps, so that a few records can be drawn at random without
    # reading the others.
    volgnummer = models.IntegerField()

    class Meta(GepubliceerdRecord.Meta):
        abstract = True
        indexes = [
            models.Index(fields=["gemeente", "pc4"], name="%(class)s_gebied"),
            models.Index(fields=["gemeente", "volgnummer"], name="%(class)s_volgnummer"),
        ]


class Werkzoekende(Profiel, Werkzoekendekolommen):
    """A published jobseeker."""

    class Meta(Profiel.Meta):
        verbose_name = "werkzoekende"
        verbose_name_plural = "werkzoekenden"


class Beroepindex(GemeenteModel):
    """An index of a municipality's jobseekers by occupation, which row-level security lets a query use.

    Under row-level security PostgreSQL uses an index only for leakproof operators; those of arrays are not
    leakproof, equality of text is. The index only narrows a question down: `Werkzoekende.beroepen` decides,
    so that the id of a jobseeker who is gone does no harm. `sets` makes the index again whenever jobseekers
    change.
    """

    beroep = models.TextField(db_collation="C")
    ids = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = "beroepindex"
        verbose_name_plural = "beroepindexen"
        constraints = [models.UniqueConstraint(fields=["gemeente", "beroep"], name="beroepindex_uniek")]


class Vacature(Profiel, Vacaturekolommen):
    """A published vacancy."""

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
    """A published contact with an employer."""

    class Meta(GepubliceerdRecord.Meta):
        verbose_name = "werkgeverscontactmoment"
        verbose_name_plural = "werkgeverscontactmomenten"
        indexes = [models.Index(fields=["gemeente", "nummer_kvk", "datum"], name="contactmoment_werkgever")]


# --- On its way to the set -------------------------------------------------------------------------------


class Conceptrecord(GemeenteModel, Recordkolommen):
    """A record that waits for publication, together with the others of its batch."""

    # Rows are written by the hundred thousand and gone within a day: they get the one index they need, and no
    # check against the table of municipalities for every row.
    gemeente = models.ForeignKey(
        Gemeente, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    # The number of the batch that put this record ready: the levering.
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
    """A publication that can still be undone. Its batch tells what it added, its records what it changed."""

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
    """A record as it was before a publication changed it or took it away; only its id is unencrypted."""

    # Its journaal has the constraint on the municipality; a check for every row would add nothing.
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


class Besluit(models.TextChoices):
    """The decision about a withdrawn record that stands in a later batch."""

    BLIJFT = "blijft", "Blijft ingetrokken"
    WEER = "weer", "Mag weer mee"


class Intrekking(GemeenteModel):
    """A record that was withdrawn: no batch up to this one may bring it back.

    A later batch is held to that as well, until somebody decides that the record may come along again.
    """

    soort = models.CharField(max_length=32, choices=[(s.value, s.label) for s in Soort])
    id_bron = models.CharField(max_length=200)
    stapel = models.BigIntegerField()
    ingetrokken_op = models.DateTimeField()
    # The last publication that held this record and had to leave it out.
    gezien_op = models.DateTimeField(null=True)
    gezien_in = models.BigIntegerField(null=True)
    besluit = models.CharField(max_length=8, choices=Besluit, blank=True)

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
