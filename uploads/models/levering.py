"""Stores leveringen: a levering is one upload, from the file that came in to the set that was published.

Personal data (the file, the converted records, the values that no list knows) is encrypted with the
municipality's key, and erased when it is no longer needed. The figures and the findings stay, without the
contents of cells.
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
from uploads.models.koppeling import Koppelingversie, Rijkeuze
from uploads.models.sleutel import Aanleversleutel


class Leveringstatus(models.TextChoices):
    """The status of a levering."""

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
    """The effect of a levering on the records that are already published."""

    VOLLEDIG = "volledig", "Vervangt alles wat er nu staat"
    AANVULLEND = "aanvullend", "Vult aan en werkt bij; de rest blijft staan"


class RedenVerlies(models.TextChoices):
    """The reason why much of the set may disappear; a choice, so that nobody types somebody's name."""

    UITSTROOM = "uitstroom", "Deze mensen of vacatures zijn uitgeschreven of vervuld"
    HERSTEL = "herstel", "De vorige levering was niet goed"
    SELECTIE = "selectie", "Wij delen voortaan een kleinere groep"
    SYSTEEM = "systeem", "Wij zijn overgestapt op een ander systeem, met andere nummers"


class RedenStop(models.TextChoices):
    """The reason why a levering is not published by itself but waits for a person.

    The label says what to do.
    """

    KOLOMMEN = "kolommen", "De kolommen zijn niet herkend. Kies in het portaal wat elke kolom betekent."
    MISLUKT = "mislukt", "Het bestand kon niet worden omgezet. Verbeter het en lever het opnieuw aan."
    VRAAG = (
        "vraag",
        "Over het bestand is een vraag. Beantwoord die in het portaal en publiceer de levering daar.",
    )
    VREEMD = (
        "vreemd",
        "Niemand uit dit bestand staat er nu, en de postcodes liggen ergens anders. Controleer in het portaal of het "
        "bestand van uw gemeente is.",
    )
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


# These are read only by code that works with their content.
_ENCRYPTED = ("onbekende_waarden", "regels")
_LARGE = (*_ENCRYPTED, "redenen", "vulling", "feiten", "kolommen_gebruikt", "kolommen_ongebruikt")


class LeveringManager(models.Manager[Any]):
    """Gives leveringen without the columns that a page does not show.

    A column that is left out is read when it is asked for.
    """

    def unencrypted(self) -> "QuerySet[Levering]":
        """Gives them without encrypted columns: for a page or an answer about one levering."""
        return self.defer(*_ENCRYPTED)

    def light(self) -> "QuerySet[Levering]":
        """Gives them without any large column: for a list of leveringen."""
        return self.defer(*_LARGE)


class Levering(GemeenteModel, Taak):
    """One upload. Its counts are of rows (or of records, for JSON)."""

    soort = models.CharField(
        "soort", max_length=32, blank=True, choices=[(s.value, s.label) for s in SOORTEN]
    )
    # The name of a saved koppeling, of a preset, or `recognition.EIGEN`.
    koppeling = models.CharField("koppeling", max_length=60, blank=True)
    # The koppeling that was asked for by name; recognition then tries no other.
    gevraagde_koppeling = models.CharField(max_length=60, blank=True)
    wijze = models.CharField("wijze", max_length=12, choices=Wijze, default=Wijze.VOLLEDIG)
    # The choices of the clerk, which replace the ones that were found: the sheet by name,
    # the header row by number.
    gekozen_blad = models.CharField(max_length=60, blank=True)
    gekozen_kopregel = models.IntegerField(null=True)
    # The rules that the clerk made for this file, as encrypted JSON; null: those of the recognised koppeling.
    regels = models.BinaryField(null=True)
    koppelingversie = models.ForeignKey(
        Koppelingversie, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The key of the system that delivered it. With `publiceer_vanzelf` it is published as soon as
    # nothing stands in the way.
    aanleversleutel = models.ForeignKey(
        Aanleversleutel, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    publiceer_vanzelf = models.BooleanField(default=False)
    # The reason why it was not published by itself; from then on a person decides.
    gestopt_om = models.CharField(max_length=12, choices=RedenStop, blank=True)
    # A keyed hash that recognises a file that is sent twice; it tells nothing about the content.
    kenmerk = models.CharField(max_length=64, blank=True, editable=False)
    reden_verlies = models.CharField("reden", max_length=12, choices=RedenVerlies, blank=True)
    # The number of records that may disappear, as confirmed by somebody who saw that number.
    verlies_bevestigd = models.IntegerField(default=0)
    # The newest published levering of this kind that somebody saw who publishes this older one all the same.
    nieuwere_bevestigd = models.BigIntegerField(default=0)
    # Somebody said that the file is this municipality's, although nothing in it is known here.
    eigen_bevestigd = models.BooleanField(default=False)
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
    # The file fits both kinds: somebody has to choose the kind before a new try.
    vraagt_soort = models.BooleanField(default=False)

    # The question about the file that somebody has to answer before a new try; see `omzetten.leesvragen`.
    vraag = models.JSONField(default=dict)
    # What somebody chose for the hidden rows of this file; '' is what the koppeling remembers.
    keuze_verborgen = models.CharField(max_length=12, choices=Rijkeuze, blank=True)
    # The same for its rows that are struck through.
    keuze_doorgehaald = models.CharField(
        max_length=12, choices=Rijkeuze, blank=True, default="", db_default=""
    )
    # The second sheet that is read beside the first, as `regels_json.bijblad_of` reads it. {}: nobody was asked;
    # {"apart": true}: no sheet is.
    bijblad = models.JSONField(default=dict)
    # What was found about the file as a whole; see `omzetten.leesvragen`.
    feiten = models.JSONField(default=dict)

    rijen_totaal = models.IntegerField(null=True)
    rijen_gedaan = models.IntegerField(default=0)
    gelezen = models.IntegerField(default=0)
    omgezet = models.IntegerField(default=0)
    overgeslagen = models.IntegerField(default=0)
    afgekeurd = models.IntegerField(default=0)
    lege_rijen = models.IntegerField(default=0)
    waarschuwingen = models.IntegerField(default=0)
    # The number of findings per reason: [{ernst, code, kolom, melding, aantal}], most frequent first.
    redenen = models.JSONField(default=list)
    # The number of converted records that have each attribute: {path: number}.
    vulling = models.JSONField(default=dict)
    blad = models.CharField(max_length=60, blank=True)
    # The row in which the headers were found (from 1); 0: there were none.
    kopregel = models.IntegerField(null=True)
    kolommen_gebruikt = models.JSONField(default=list)
    kolommen_ongebruikt = models.JSONField(default=list)
    # Encrypted JSON: per list the values that it does not know, with their numbers; see `processing`.
    onbekende_waarden = models.BinaryField(null=True)

    nieuw = models.IntegerField(null=True)
    gewijzigd = models.IntegerField(null=True)
    gelijk = models.IntegerField(null=True)
    weg = models.IntegerField(null=True)
    # The records that stayed away, because they were withdrawn before and nobody has decided otherwise.
    tegengehouden = models.IntegerField(null=True)
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
        """Tells whether a worker works on it, or has to."""
        return self.status in BEZIG

    @property
    def is_onderbroken(self) -> bool:
        """Tells whether the worker that began with it did not come to an end, so that another one has it, or will."""
        waits = self.status == Leveringstatus.OMZETTEN and self.lease_tot is None
        return self.is_bezig and (self.pogingen > 1 or waits)

    @property
    def gaat_vanzelf_verder(self) -> bool:
        """Tells whether it is converted, and will be published or stopped by the portal itself."""
        done = {Leveringstatus.OMGEZET, Leveringstatus.KOPPELEN, Leveringstatus.MISLUKT}
        return self.publiceer_vanzelf and not self.gestopt_om and self.status in done

    @property
    def is_af(self) -> bool:
        """Tells whether it has reached its end: it is published or has lapsed (`vervallen`)."""
        return self.status in AF

    @property
    def is_publiceerbaar(self) -> bool:
        """Tells whether it can be published as it is."""
        return self.status == Leveringstatus.OMGEZET and self.omgezet > 0

    @property
    def is_mislukt(self) -> bool:
        """Tells whether the conversion failed.

        It may succeed with another try, or when somebody chooses the kind.
        """
        return self.status == Leveringstatus.MISLUKT

    @property
    def kan_opnieuw(self) -> bool:
        """Tells whether another try may end differently, without another file or an answer."""
        return self.is_mislukt and not self.feiten.get("blijft_zo")

    @property
    def bladen_met_zelfde_kolommen(self) -> list[str]:
        """Gives the names of the sheets that were not read, and that can be read under the one that was."""
        return [one["blad"] for one in self.feiten.get("niet_gelezen", []) if one.get("zelfde")]

    @property
    def kan_koppelen(self) -> bool:
        """Tells whether somebody can choose its columns (again), as long as its file is there."""
        done = {Leveringstatus.KOPPELEN, Leveringstatus.OMGEZET, Leveringstatus.MISLUKT}
        return self.status in done and self.koppeling not in ZONDER_KOLOMMEN

    @property
    def is_teruggedraaid(self) -> bool:
        """Tells whether its publication was undone."""
        return self.teruggedraaid_op is not None

    @property
    def stap(self) -> int:
        """Gives its step: file (1), converting (2), checking (3), publishing (4), done (5)."""
        return {
            Leveringstatus.ONTVANGEN: 2,
            Leveringstatus.OMZETTEN: 2,
            Leveringstatus.KOPPELEN: 2,
            Leveringstatus.MISLUKT: 2,
            Leveringstatus.OMGEZET: 3,
        }.get(Leveringstatus(self.status), 5 if self.status == Leveringstatus.GEPUBLICEERD else 4)

    @property
    def ingebracht_door(self) -> str:
        """Gives the person or the way by which it came in, in words."""
        if self.gebruiker is not None:
            return f"door {self.gebruiker}"
        if self.aanleversleutel is not None:
            return f"met sleutel {self.aanleversleutel}"
        return "via een bewaakte map" if self.kenmerk else "via de opdrachtregel"

    @property
    def koppeling_label(self) -> str:
        """Gives the koppeling in words."""
        return LABELS.get(self.koppeling, self.koppeling)

    @property
    def soort_label(self) -> str:
        """Gives the kind in words; '' when it is not known yet."""
        return Soort(self.soort).label if self.soort else ""

    @property
    def soort_enkelvoud(self) -> str:
        """Gives the kind in words for one record; '' when it is not known yet."""
        return Soort(self.soort).enkelvoud if self.soort else ""


class Bronbestand(GemeenteModel):
    """The file as it came in, encrypted."""

    levering = models.OneToOneField(Levering, on_delete=models.CASCADE, related_name="+")
    inhoud = models.BinaryField()

    class Meta:
        verbose_name = "bronbestand"
        verbose_name_plural = "bronbestanden"


class Voorproef(GemeenteModel):
    """The first rows of every sheet, encrypted. With these a person can choose columns at once."""

    levering = models.OneToOneField(Levering, on_delete=models.CASCADE, related_name="+")
    inhoud = models.BinaryField()

    class Meta:
        verbose_name = "voorproef"
        verbose_name_plural = "voorproeven"


class Kolomklad(GemeenteModel):
    """Holds what somebody has chosen so far on the page for choosing columns: a form as it was sent, encrypted.

    Somebody who comes back finds it there. It lasts until the choices are used or the file is erased.
    """

    levering = models.ForeignKey(Levering, on_delete=models.CASCADE, related_name="+")
    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    inhoud = models.BinaryField()
    gewijzigd_op = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "klad van de kolommen"
        verbose_name_plural = "kladden van de kolommen"
        constraints = [
            models.UniqueConstraint(fields=["levering", "gebruiker"], name="kolomklad_een_per_gebruiker")
        ]


class Bevinding(GemeenteModel):
    """A finding about one row: its place, its severity, the problem, and what to do. Never a cell's value."""

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
    """The clerk's own workbook with the findings in it.

    It is kept while it is being made and for a short while after. Only large files need this; a small one is
    made when it is asked for.
    """

    levering = models.OneToOneField(Levering, on_delete=models.CASCADE, related_name="+")
    rijen_gedaan = models.IntegerField(default=0)
    # The workbook, encrypted; null as long as it is not made.
    inhoud = models.BinaryField(null=True)
    melding = models.TextField(blank=True)
    gemaakt_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "bestand met opmerkingen"
        verbose_name_plural = "bestanden met opmerkingen"

    @property
    def is_bezig(self) -> bool:
        """Tells whether a worker works on it, or has to."""
        return self.gemaakt_op is None and not self.melding
