"""A levering: one upload, from the file that came in to the set that was published.

What holds personal data (the file, the converted records, the values that no list knows) is encrypted with the
municipality's key and erased as soon as it has served; the figures and the findings stay, without cell values.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exchange.standard import Soort
from um_portal.jobs import Taak
from um_portal.tenants.models import GemeenteModel
from uploads.mapping.model import Ernst
from uploads.mapping.recognition import LABELS, SOORTEN


class Status(models.TextChoices):
    """Where a levering stands."""

    ONTVANGEN = "ontvangen", "Ontvangen"
    OMZETTEN = "omzetten", "Wordt omgezet"
    OMGEZET = "omgezet", "Klaar om te publiceren"
    PUBLICEREN = "publiceren", "Wordt gepubliceerd"
    GEPUBLICEERD = "gepubliceerd", "Gepubliceerd"
    MISLUKT = "mislukt", "Mislukt"
    VERVALLEN = "vervallen", "Vervallen"


BEZIG = (Status.ONTVANGEN, Status.OMZETTEN, Status.PUBLICEREN)
AF = (Status.GEPUBLICEERD, Status.VERVALLEN)


class Levering(GemeenteModel, Taak):
    """One upload. Counts are of rows (or records, for JSON)."""

    soort = models.CharField(
        "soort", max_length=32, blank=True, choices=[(s.value, s.label) for s in SOORTEN]
    )
    koppeling = models.CharField("koppeling", max_length=40, blank=True)
    # What the command line asked for; recognition then looks no further.
    gevraagde_koppeling = models.CharField(max_length=40, blank=True)
    bestandsnaam = models.CharField("bestand", max_length=120)
    bestandsgrootte = models.BigIntegerField(default=0)
    status = models.CharField("status", max_length=12, choices=Status, default=Status.ONTVANGEN)
    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="geüpload door",
    )
    gepubliceerd_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    aangemaakt_op = models.DateTimeField("geüpload op", auto_now_add=True)
    gepubliceerd_op = models.DateTimeField("gepubliceerd op", null=True)
    melding = models.TextField(blank=True)
    # The file fits both kinds: somebody has to say which it is before it can be tried again.
    vraagt_soort = models.BooleanField(default=False)

    rijen_totaal = models.IntegerField(null=True)
    rijen_gedaan = models.IntegerField(default=0)
    gelezen = models.IntegerField(default=0)
    omgezet = models.IntegerField(default=0)
    overgeslagen = models.IntegerField(default=0)
    afgekeurd = models.IntegerField(default=0)
    lege_rijen = models.IntegerField(default=0)
    waarschuwingen = models.IntegerField(default=0)
    # The findings counted by reason: [{ernst, code, kolom, melding, aantal}], most frequent first.
    redenen = models.JSONField(default=list)
    blad = models.CharField(max_length=60, blank=True)
    kolommen_gebruikt = models.JSONField(default=list)
    kolommen_ongebruikt = models.JSONField(default=list)
    # Encrypted JSON: per list the values that it does not know, with how often; see `processing`.
    onbekende_waarden = models.BinaryField(null=True)

    nieuw = models.IntegerField(null=True)
    gewijzigd = models.IntegerField(null=True)
    gelijk = models.IntegerField(null=True)
    weg = models.IntegerField(null=True)

    class Meta:
        verbose_name = "levering"
        verbose_name_plural = "leveringen"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["gemeente", "-id"], name="levering_nieuwste"),
            models.Index(fields=["gemeente", "status"], name="levering_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(gelezen=F("omgezet") + F("overgeslagen") + F("afgekeurd")),
                name="levering_telt_op",
            )
        ]

    def __str__(self) -> str:
        return f"levering {self.pk}"

    @property
    def is_bezig(self) -> bool:
        """Whether a worker is at it, or should be."""
        return self.status in BEZIG

    @property
    def is_af(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status in AF

    @property
    def is_publiceerbaar(self) -> bool:
        """Whether it can be published as it stands."""
        return self.status == Status.OMGEZET and self.omgezet > 0

    @property
    def is_mislukt(self) -> bool:
        """Whether the conversion failed; with another try, or the kind told, it may succeed."""
        return self.status == Status.MISLUKT

    @property
    def is_in_te_trekken(self) -> bool:
        """Whether it can still be withdrawn."""
        return not self.is_af and self.status != Status.PUBLICEREN

    @property
    def stap(self) -> int:
        """Where it is on the way from file (1), converting, checking, publishing (4), to done (5)."""
        return {Status.ONTVANGEN: 2, Status.OMZETTEN: 2, Status.MISLUKT: 2, Status.OMGEZET: 3}.get(
            Status(self.status), 5 if self.status == Status.GEPUBLICEERD else 4
        )

    @property
    def koppeling_label(self) -> str:
        """The koppeling in words."""
        return LABELS.get(self.koppeling, self.koppeling)

    @property
    def soort_label(self) -> str:
        """The kind in words, or nothing when it is not known yet."""
        return Soort(self.soort).label if self.soort else ""


class Bronbestand(GemeenteModel):
    """The file as it came in, encrypted."""

    levering = models.OneToOneField(Levering, on_delete=models.CASCADE, related_name="+")
    inhoud = models.BinaryField()

    class Meta:
        verbose_name = "bronbestand"
        verbose_name_plural = "bronbestanden"


class Conceptdeel(GemeenteModel):
    """A part of the converted records: JSON, made small and encrypted."""

    levering = models.ForeignKey(Levering, on_delete=models.CASCADE, related_name="+")
    volgnummer = models.IntegerField()
    inhoud = models.BinaryField()

    class Meta:
        verbose_name = "conceptdeel"
        verbose_name_plural = "conceptdelen"
        ordering = ["volgnummer"]
        constraints = [models.UniqueConstraint(fields=["levering", "volgnummer"], name="conceptdeel_uniek")]


class Bevinding(GemeenteModel):
    """What there is to say about one row: where, how bad, what, and what to do. Never a cell's value."""

    levering = models.ForeignKey(Levering, on_delete=models.CASCADE, related_name="+")
    rij = models.IntegerField()
    blad = models.CharField(max_length=60, blank=True)
    kolom = models.CharField(max_length=120, blank=True)
    ernst = models.CharField(max_length=12, choices=[(e.value, e.value) for e in Ernst])
    code = models.CharField(max_length=40)
    melding = models.TextField()

    class Meta:
        verbose_name = "bevinding"
        verbose_name_plural = "bevindingen"
        ordering = ["rij", "pk"]
        indexes = [models.Index(fields=["levering", "ernst", "code", "rij"], name="bevinding_reden")]


class Waardekoppeling(GemeenteModel):
    """What a municipality's own word for something is in a list of the standard: `schoonmaakster` -> a code."""

    lijst = models.CharField(max_length=40)
    waarde = models.CharField(max_length=300)
    code = models.CharField(max_length=200)

    class Meta:
        verbose_name = "waardekoppeling"
        verbose_name_plural = "waardekoppelingen"
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "lijst", "waarde"], name="waardekoppeling_uniek")
        ]
