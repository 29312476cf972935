"""Holds the audit log: append-only, in the database too, and without personal data of jobseekers.

Only functions of the database write these tables (see the migrations); the application's role reads them.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from um_portal.tenants.models import Gemeente, GemeenteModel


class Uitkomst(models.TextChoices):
    """The ways in which an act can end; empty where there is nothing to tell."""

    GELUKT = "gelukt", "Gelukt"
    MISLUKT = "mislukt", "Niet gelukt"
    ONBEKEND = "onbekend", "Niet bekend"


class Auditregel(GemeenteModel):
    """One act of a user or of the portal. `onderwerp` names a row of ours ("levering 12"), never a person.

    A line without a municipality is one of the portal itself. `actor` and `betrokkene` (whom it is about) are
    pseudonyms. Number and hashes are filled in when the transaction ends.
    """

    # Nobody erases a municipality by accident while its log is there.
    gemeente = models.ForeignKey(  # type: ignore[assignment]
        Gemeente, null=True, on_delete=models.PROTECT, related_name="+"
    )
    volgnummer = models.BigIntegerField(null=True)
    tijdstip = models.DateTimeField()
    actor = models.UUIDField(null=True)
    # The capacity that the actor had then, as the database knew it.
    functie = models.CharField(max_length=24, blank=True)
    # A background task did this for the actor.
    namens = models.BooleanField(default=False)
    handeling = models.CharField(max_length=40)
    onderwerp = models.CharField(max_length=120, blank=True)
    aantal = models.IntegerField(null=True)
    records = models.IntegerField(null=True)
    uitkomst = models.CharField(max_length=16, blank=True, choices=Uitkomst)
    vum_id = models.CharField(max_length=200, blank=True)
    # OIN of the other party.
    partij = models.CharField(max_length=20, blank=True)
    betrokkene = models.UUIDField(null=True)
    trace = models.CharField(max_length=32, blank=True)
    span = models.CharField(max_length=16, blank=True)
    duur_ms = models.IntegerField(null=True)
    vorige_hash = models.BinaryField(null=True)
    hash = models.BinaryField(null=True)

    class Meta:
        verbose_name = "auditregel"
        verbose_name_plural = "auditregels"
        constraints = [
            models.UniqueConstraint(Coalesce("gemeente", 0), "volgnummer", name="audit_keten_uniek")
        ]
        indexes = [
            models.Index(fields=["gemeente", "-tijdstip"], name="audit_gemeente_tijd"),
            models.Index(fields=["-tijdstip"], name="audit_tijd"),
            models.Index(fields=["span"], name="audit_span"),
            models.Index(fields=["id"], condition=models.Q(volgnummer=None), name="audit_nog_los"),
        ]


class Supportregel(models.Model):
    """A line as VNG support may see it: of every municipality, without what it is about.

    It is a view for the role of VNG support's pages alone (`als_support`), and empty unless the user of the
    transaction is of VNG support.
    """

    id = models.BigIntegerField(primary_key=True)
    # The municipality's number; 0 for a line of the portal itself.
    keten = models.BigIntegerField()
    volgnummer = models.BigIntegerField(null=True)
    tijdstip = models.DateTimeField()
    actor = models.UUIDField(null=True)
    functie = models.CharField(max_length=24)
    namens = models.BooleanField()
    handeling = models.CharField(max_length=40)
    # Empty, but for acts of VNG support and lines of the portal itself.
    onderwerp = models.CharField(max_length=120)
    aantal = models.IntegerField(null=True)
    records = models.IntegerField(null=True)
    uitkomst = models.CharField(max_length=16)
    partij = models.CharField(max_length=20)
    betrokkene = models.UUIDField(null=True)
    trace = models.CharField(max_length=32)
    span = models.CharField(max_length=16)
    duur_ms = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "audit_supportregel"


class Supportpseudoniem(models.Model):
    """The pseudonyms of the people of VNG support; a view, for their own pages."""

    pseudoniem = models.UUIDField(primary_key=True)
    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "audit_supportpseudoniem"


class Keten(models.Model):
    """The head of a chain: number, hash and time of its last line.

    Chain 0 is that of the portal; the others have the number of their municipality.
    """

    nummer = models.BigIntegerField(primary_key=True)
    volgnummer = models.BigIntegerField()
    hash = models.BinaryField()
    tijdstip = models.DateTimeField()

    class Meta:
        verbose_name = "keten"
        verbose_name_plural = "ketens"


class Pseudoniem(models.Model):
    """The user whose pseudonym this is, for as long as there is an account; the log itself holds no more."""

    pseudoniem = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gebruiker = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="pseudoniem"
    )

    class Meta:
        verbose_name = "pseudoniem"
        verbose_name_plural = "pseudoniemen"


class Brontelling(GemeenteModel):
    """The answers of the source in one hour to one party; becomes a line when the hour is over, and stays that day."""

    uur = models.DateTimeField()
    partij = models.CharField(max_length=20)
    vraag = models.CharField(max_length=60)
    uitkomst = models.CharField(max_length=16)
    aantal = models.IntegerField()
    records = models.IntegerField()
    # What lines tell already: an answer can be counted after the line of its hour.
    aantal_gelogd = models.IntegerField(default=0, db_default=0)
    records_gelogd = models.IntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = "brontelling"
        verbose_name_plural = "brontellingen"
        constraints = [
            models.UniqueConstraint(
                fields=["gemeente", "uur", "partij", "vraag", "uitkomst"], name="brontelling_uniek"
            )
        ]
        indexes = [models.Index(fields=["gemeente", "partij", "uur"], name="brontelling_van_partij")]
