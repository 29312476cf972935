"""A levering: one upload, from the file that came in to the set that was published.

What holds personal data (the file, the converted records, the values that no list knows) is encrypted with the
municipality's key and erased as soon as it has served; the figures and the findings stay, without cell values.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django_scopes import ScopedManager

from exchange.standard import Soort
from um_portal.jobs import Taak
from um_portal.tenants.models import GemeenteModel
from uploads.mapping.doelen import SOORTEN
from uploads.mapping.model import Ernst
from uploads.mapping.recognition import LABELS, ZONDER_KOLOMMEN
from uploads.models.koppeling import Koppelingversie
from uploads.models.sleutel import Aanleversleutel


class Leveringstatus(models.TextChoices):
    """Where a levering stands."""

    ONTVANGEN = "ontvangen", "Ontvangen"
    OMZETTEN = "omzetten", "Wordt omgezet"
    KOPPELEN = "koppelen", "Wacht op uw keuze van de kolommen"
    OMGEZET = "omgezet", "Klaar om te publiceren"
    PUBLICEREN = "publiceren", "Wordt gepubliceerd"
    GEPUBLICEERD = "gepubliceerd", "Gepubliceerd"
    TERUGDRAAIEN = "terugdraaien", "Wordt teruggedraaid"
    MISLUKT = "mislukt", "Mislukt"
    VERVALLEN = "vervallen", "Vervallen"


class Wijze(models.TextChoices):
    """What a levering does with what is published already."""

    VOLLEDIG = "volledig", "Vervangt alles wat er nu staat"
    AANVULLEND = "aanvullend", "Vult aan en werkt bij; de rest blijft staan"


class RedenVerlies(models.TextChoices):
    """Why much of the set may disappear; a choice, so that nobody types somebody's name."""

    UITSTROOM = "uitstroom", "Deze mensen of vacatures zijn uitgeschreven of vervuld"
    HERSTEL = "herstel", "De vorige levering was niet goed"
    SELECTIE = "selectie", "Wij delen voortaan een kleinere groep"
    SYSTEEM = "systeem", "Wij zijn overgestapt op een ander systeem, met andere nummers"


class RedenStop(models.TextChoices):
    """Why a levering that would be published by itself waits for somebody after all; the label says what to do."""

    KOLOMMEN = "kolommen", "De kolommen zijn niet herkend. Kies in het portaal wat elke kolom betekent."
    MISLUKT = "mislukt", "Het bestand kon niet worden omgezet. Verbeter het en lever het opnieuw aan."
    LEEG = "leeg", "Er is niets om te publiceren: geen enkele rij kon worden omgezet."
    REM = "rem", "Er zou te veel verdwijnen. Controleer de levering in het portaal en publiceer haar daar."
    INGEHAALD = (
        "ingehaald",
        "Er is al een nieuwere levering gepubliceerd. Publiceer deze alleen als dat klopt.",
    )
    TOELATING = "toelating", "Uw gemeente mag nu niet publiceren. Neem contact op met VNG-support."
    ONDERBROKEN = (
        "onderbroken",
        "Het publiceren is te vaak onderbroken. Publiceer de levering in het portaal.",
    )


BEZIG = (
    Leveringstatus.ONTVANGEN,
    Leveringstatus.OMZETTEN,
    Leveringstatus.PUBLICEREN,
    Leveringstatus.TERUGDRAAIEN,
)
AF = (Leveringstatus.GEPUBLICEERD, Leveringstatus.VERVALLEN)
# In these it changes, or has changed, what is published.
UITGEVOERD = (Leveringstatus.PUBLICEREN, Leveringstatus.TERUGDRAAIEN, *AF)


# Only who works with what is in them reads them.
_ENCRYPTED = ("onbekende_waarden", "regels")
_LARGE = (*_ENCRYPTED, "redenen", "vulling", "kolommen_gebruikt", "kolommen_ongebruikt")


class LeveringManager(models.Manager[Any]):
    """Gives leveringen without what a page does not show; a column that is left out is read when it is asked for."""

    def unencrypted(self) -> "QuerySet[Levering]":
        """Gives them without what is encrypted: for a page or an answer about one levering."""
        return self.defer(*_ENCRYPTED)

    def light(self) -> "QuerySet[Levering]":
        """Gives them without anything large: for a list of leveringen."""
        return self.defer(*_LARGE)


class Levering(GemeenteModel, Taak):
    """One upload. Counts are of rows (or records, for JSON)."""

    soort = models.CharField(
        "soort", max_length=32, blank=True, choices=[(s.value, s.label) for s in SOORTEN]
    )
    # The name of a saved koppeling, of a preset, or `recognition.EIGEN`.
    koppeling = models.CharField("koppeling", max_length=60, blank=True)
    # What was asked for by name; recognition then looks no further.
    gevraagde_koppeling = models.CharField(max_length=60, blank=True)
    wijze = models.CharField("wijze", max_length=12, choices=Wijze, default=Wijze.VOLLEDIG)
    # What the clerk chose instead of what was found: the sheet by name, the row with the headers by number.
    gekozen_blad = models.CharField(max_length=60, blank=True)
    gekozen_kopregel = models.IntegerField(null=True)
    # The rules that the clerk made for this file, encrypted JSON; null: those of the koppeling that was recognised.
    regels = models.BinaryField(null=True)
    koppelingversie = models.ForeignKey(
        Koppelingversie, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Comes in by itself with this key, and goes on to publication by itself when nothing stands in the way.
    aanleversleutel = models.ForeignKey(
        Aanleversleutel, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    publiceer_vanzelf = models.BooleanField(default=False)
    # Why it did not go on by itself; from then on a person decides.
    gestopt_om = models.CharField(max_length=12, choices=RedenStop, blank=True)
    # A keyed hash by which a file that is sent twice is known; says nothing about what is in it.
    kenmerk = models.CharField(max_length=64, blank=True, editable=False)
    reden_verlies = models.CharField("reden", max_length=12, choices=RedenVerlies, blank=True)
    # So many records may disappear, somebody said who saw that number.
    verlies_bevestigd = models.IntegerField(default=0)
    bestandsnaam = models.CharField("bestand", max_length=120)
    bestandsgrootte = models.BigIntegerField(default=0)
    status = models.CharField(
        "status", max_length=12, choices=Leveringstatus, default=Leveringstatus.ONTVANGEN
    )
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
    # How many of the converted records have each attribute: {path: number}.
    vulling = models.JSONField(default=dict)
    blad = models.CharField(max_length=60, blank=True)
    # The row in which the headers were found (from 1); 0: there were none.
    kopregel = models.IntegerField(null=True)
    kolommen_gebruikt = models.JSONField(default=list)
    kolommen_ongebruikt = models.JSONField(default=list)
    # Encrypted JSON: per list the values that it does not know, with how often; see `processing`.
    onbekende_waarden = models.BinaryField(null=True)

    nieuw = models.IntegerField(null=True)
    gewijzigd = models.IntegerField(null=True)
    gelijk = models.IntegerField(null=True)
    weg = models.IntegerField(null=True)
    teruggedraaid_op = models.DateTimeField("teruggedraaid op", null=True)
    teruggedraaid_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: LeveringManager = ScopedManager(_manager_class=LeveringManager, gemeente="gemeente")

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
    def gaat_vanzelf_verder(self) -> bool:
        """Whether it is converted, and is still to be published or stopped without anybody doing something."""
        done = {Leveringstatus.OMGEZET, Leveringstatus.KOPPELEN, Leveringstatus.MISLUKT}
        return self.publiceer_vanzelf and not self.gestopt_om and self.status in done

    @property
    def is_af(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status in AF

    @property
    def is_publiceerbaar(self) -> bool:
        """Whether it can be published as it stands."""
        return self.status == Leveringstatus.OMGEZET and self.omgezet > 0

    @property
    def is_mislukt(self) -> bool:
        """Whether the conversion failed; with another try, or the kind told, it may succeed."""
        return self.status == Leveringstatus.MISLUKT

    @property
    def kan_koppelen(self) -> bool:
        """Whether somebody can choose its columns (again), as long as its file is there."""
        done = {Leveringstatus.KOPPELEN, Leveringstatus.OMGEZET, Leveringstatus.MISLUKT}
        return self.status in done and self.koppeling not in ZONDER_KOLOMMEN

    @property
    def is_teruggedraaid(self) -> bool:
        """Whether its publication was undone."""
        return self.teruggedraaid_op is not None

    @property
    def stap(self) -> int:
        """Where it is on the way from file (1), converting, checking, publishing (4), to done (5)."""
        return {
            Leveringstatus.ONTVANGEN: 2,
            Leveringstatus.OMZETTEN: 2,
            Leveringstatus.KOPPELEN: 2,
            Leveringstatus.MISLUKT: 2,
            Leveringstatus.OMGEZET: 3,
        }.get(Leveringstatus(self.status), 5 if self.status == Leveringstatus.GEPUBLICEERD else 4)

    @property
    def ingebracht_door(self) -> str:
        """By whom or how it came in, in words."""
        if self.gebruiker is not None:
            return f"door {self.gebruiker}"
        if self.aanleversleutel is not None:
            return f"met sleutel {self.aanleversleutel}"
        return "via een bewaakte map" if self.kenmerk else "via de opdrachtregel"

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


class Voorproef(GemeenteModel):
    """The first rows of every sheet, encrypted, so that nobody waits for a whole file to choose its columns."""

    levering = models.OneToOneField(Levering, on_delete=models.CASCADE, related_name="+")
    inhoud = models.BinaryField()

    class Meta:
        verbose_name = "voorproef"
        verbose_name_plural = "voorproeven"


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


class Opmerkingenbestand(GemeenteModel, Taak):
    """The clerk's own workbook with the findings in it, while it is being made and for a short while after.

    Only large files need this; a small one is made when it is asked for.
    """

    levering = models.OneToOneField(Levering, on_delete=models.CASCADE, related_name="+")
    rijen_gedaan = models.IntegerField(default=0)
    # The workbook, encrypted; null as long as it is not there.
    inhoud = models.BinaryField(null=True)
    melding = models.TextField(blank=True)
    gemaakt_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "bestand met opmerkingen"
        verbose_name_plural = "bestanden met opmerkingen"

    @property
    def is_bezig(self) -> bool:
        """Whether a worker is at it, or should be."""
        return self.gemaakt_op is None and not self.melding
