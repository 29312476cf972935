"""Stores searches and their results. Results are kept a few days; details are stored nowhere."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from exchange.standard import Soort
from exchange.standard.waardelijsten import OPLEIDINGSNIVEAU, WERK_EN_DENKNIVEAU_MINIMAAL
from um_portal.jobs import Taak
from um_portal.tenants.models import GemeenteModel


class Zoekstatus(models.TextChoices):
    """The progress of a search."""

    WACHT = "wacht", "Wacht op verzending"
    BEZIG = "bezig", "Wordt gesteld"
    KLAAR = "klaar", "Beantwoord"
    MISLUKT = "mislukt", "Niet gelukt"


ONDERWEG = (Zoekstatus.WACHT, Zoekstatus.BEZIG)


def _expiry() -> datetime:
    """Gives the end of the national term; a municipality may have a shorter one."""
    return timezone.now() + timedelta(days=settings.UM_BEWAARDAGEN)


class Zoekvraag(GemeenteModel, Taak):
    """One search of one jobcoach; only the jobcoach who asked sees it."""

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    soort = models.CharField("soort", max_length=32, choices=[(s.value, s.label) for s in Soort])
    naam = models.CharField("naam", max_length=80, blank=True)
    vraag_object = models.JSONField()
    status = models.CharField("status", max_length=8, choices=Zoekstatus, default=Zoekstatus.WACHT)
    melding = models.CharField(max_length=300, blank=True)
    vraag_id = models.CharField(max_length=100, blank=True)
    aantal = models.IntegerField("resultaten", default=0)
    maximum_bereikt = models.BooleanField(default=False)
    # Matches that broke the contract and were left out; and results that do not meet the question.
    onbruikbaar = models.IntegerField(default=0)
    niet_passend = models.IntegerField(default=0)
    # After a failure: whether asking again may help, and not before when.
    herhaalbaar = models.BooleanField(default=True)
    opnieuw_vanaf = models.DateTimeField(null=True)
    # When the exchange said that it gives no more details on this search.
    opgebruikt_op = models.DateTimeField(null=True)
    aangemaakt_op = models.DateTimeField(auto_now_add=True)
    beantwoord_op = models.DateTimeField(null=True)
    verloopt_op = models.DateTimeField(default=_expiry)

    class Meta:
        verbose_name = "zoekvraag"
        verbose_name_plural = "zoekvragen"
        ordering = ["-aangemaakt_op", "-pk"]
        indexes = [
            models.Index(fields=["gemeente", "gebruiker", "-aangemaakt_op"], name="zoekvraag_van_gebruiker"),
            models.Index(fields=["verloopt_op"], name="zoekvraag_verloopt"),
        ]

    def __str__(self) -> str:
        if self.naam:
            return self.naam
        return f"{self.soort_van.label.capitalize()} {self.gebied}"

    @property
    def gebied(self) -> str:
        """Gives the area of the search, in Dutch words."""
        area = self.vraag_object["selectiegebied"]
        return f"binnen {area['afstand']} km van {area['postcode'][:4]} {area['postcode'][4:]}"

    @property
    def is_onderweg(self) -> bool:
        """Tells whether an answer is still to come."""
        return self.status in ONDERWEG

    @property
    def moet_wachten(self) -> bool:
        """Tells whether the exchange asked to wait, and that time has not passed."""
        return self.opnieuw_vanaf is not None and self.opnieuw_vanaf > timezone.now()

    @property
    def aantal_passend(self) -> int:
        """Counts the results that meet the question."""
        return self.aantal - self.niet_passend

    @property
    def soort_van(self) -> Soort:
        """Gives the kind, as the standard's enumeration."""
        return Soort(self.soort)

    @property
    def enkelvoud(self) -> str:
        """Gives the Dutch word for one result."""
        return self.soort_van.enkelvoud


class Resultaat(GemeenteModel):
    """A match: the search profile as the exchange gave it, under the exchange's own id."""

    zoekvraag = models.ForeignKey(Zoekvraag, on_delete=models.CASCADE, related_name="+")
    volgnummer = models.IntegerField()
    vum_id = models.CharField(max_length=500)
    profiel: "models.JSONField[Any, Any]" = models.JSONField()
    # The criteria of the question that it does not meet: the key of each, and whether the profile knows it.
    past = models.BooleanField(default=True)
    tekorten: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    # The columns that the table shows and sorts on; see `summary`.
    omschrijving = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=6, blank=True)
    afstand_km = models.FloatField(null=True)
    uren = models.SmallIntegerField(null=True)
    niveau = models.SmallIntegerField(null=True)
    detail_gevraagd_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "resultaat"
        verbose_name_plural = "resultaten"
        ordering = ["volgnummer"]
        constraints = [models.UniqueConstraint(fields=["zoekvraag", "volgnummer"], name="resultaat_uniek")]

    @property
    def niveau_label(self) -> str:
        """Gives the level in words; needs the search to be loaded."""
        if self.niveau is None:
            return ""
        if self.zoekvraag.soort_van is Soort.VACATURES:
            return WERK_EN_DENKNIVEAU_MINIMAAL.waarden.get(str(self.niveau), "")
        return OPLEIDINGSNIVEAU.waarden.get(self.niveau, "")


class Detailaanvraag(GemeenteModel):
    """One detail request, counted towards the limit; never the answer to it.

    It counts until it is known that nothing was delivered; then it is deleted. Without `gelukt_op` it is under
    way until `gereserveerd_tot`, and after that nobody knows what came of it.
    """

    zoekvraag = models.ForeignKey(Zoekvraag, on_delete=models.CASCADE, related_name="+")
    resultaat = models.ForeignKey(Resultaat, null=True, on_delete=models.CASCADE, related_name="+")
    # OIN of the source that answered.
    bron_oin = models.CharField(max_length=20, blank=True)
    gereserveerd_tot = models.DateTimeField(null=True)
    gelukt_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "detailaanvraag"
        verbose_name_plural = "detailaanvragen"
        constraints = [
            models.CheckConstraint(
                condition=Q(gelukt_op__isnull=False) | Q(gereserveerd_tot__isnull=False),
                name="detailaanvraag_telt_of_is_onderweg",
            )
        ]


class Doel(models.TextChoices):
    """The purposes of a detail; a choice, so that nobody types somebody's name."""

    WERK = "werk", "Een werkzoekende aan werk helpen"
    VACATURE = "vacature", "Een vacature vervullen"
    AFSTEMMEN = "afstemmen", "Overleggen met de bron of de werkgever"
    KWALITEIT = "kwaliteit", "Nagaan of de gegevens kloppen"


class Stap(models.TextChoices):
    """The steps that a match can come to, as the jobcoach says."""

    BENADERD = "benaderd", "Benaderd"
    VOORGESTELD = "voorgesteld", "Voorgesteld"
    GEPLAATST = "geplaatst", "Geplaatst"
    NIET_PASSEND = "niet_passend", "Niet passend"


class Afvalreden(models.TextChoices):
    """The reasons why a match does not fit; none of them tells anything about health."""

    UREN = "uren", "de uren passen niet"
    AFSTAND = "afstand", "de reis is te ver"
    ERVARING = "ervaring", "kennis of ervaring past niet"
    BESCHIKBAAR = "beschikbaar", "niet meer beschikbaar"
    BEREIKBAAR = "bereikbaar", "niet te bereiken"
    WIL_NIET = "wil_niet", "een van beiden wil niet"
    ANDERS = "anders", "een andere reden"


class Vervolg(GemeenteModel):
    """The step that a match came to. It goes with the match; only a count stays (`Telling`)."""

    resultaat = models.OneToOneField(Resultaat, on_delete=models.CASCADE, related_name="vervolg")
    stap = models.CharField("vervolg", max_length=12, choices=Stap)
    reden = models.CharField("reden", max_length=12, choices=Afvalreden, blank=True)
    gezet_op = models.DateTimeField()

    class Meta:
        verbose_name = "vervolg"
        verbose_name_plural = "vervolgen"
        constraints = [
            models.CheckConstraint(
                condition=Q(stap=Stap.NIET_PASSEND) ^ Q(reden=""), name="vervolg_reden_bij_niet_passend"
            )
        ]

    @property
    def tekst(self) -> str:
        """Gives it in words, with the reason."""
        why = f": {self.get_reden_display()}" if self.reden else ""
        return f"{self.get_stap_display()}{why}"


class Geteld(models.TextChoices):
    """The things of which the number in a month is kept; the steps have the values of `Stap`."""

    ZOEKVRAGEN = "zoekvragen", "Zoekvragen"
    DETAILS = "details", "Details"
    CONTACTMOMENTEN = "contactmomenten", "Vragen naar contactmomenten"
    BENADERD = "benaderd", "Benaderd"
    VOORGESTELD = "voorgesteld", "Voorgesteld"
    GEPLAATST = "geplaatst", "Geplaatst"
    NIET_PASSEND = "niet_passend", "Niet passend"


class Telling(GemeenteModel):
    """The number of one thing in one month, of one kind of record. Nothing in it leads to a person or a search."""

    # The first day of the month.
    maand = models.DateField()
    soort = models.CharField(max_length=32, choices=[(s.value, s.label) for s in Soort])
    geteld = models.CharField(max_length=16, choices=Geteld)
    aantal = models.IntegerField()

    class Meta:
        verbose_name = "telling"
        verbose_name_plural = "tellingen"
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "maand", "soort", "geteld"], name="telling_uniek")
        ]


class Signaalreden(models.TextChoices):
    """The ways in which a record can be wrong; a choice, so that nobody types what is in the record."""

    CONTACT = "contact", "De contactgegevens kloppen niet"
    NIET_ACTUEEL = "niet_actueel", "Deze persoon of vacature is niet meer beschikbaar"
    BEROEP = "beroep", "Het beroep of de functie klopt niet"
    TEGENSTRIJDIG = "tegenstrijdig", "Gegevens spreken elkaar tegen"
    TE_VEEL = "te_veel", "Er staat iets in dat er niet hoort, zoals een BSN of iets over gezondheid"


class Signaalstand(models.TextChoices):
    """The progress of a signal."""

    NIEUW = "nieuw", "Nieuw"
    DOORGEGEVEN = "doorgegeven", "Doorgegeven aan de bron"
    OPGELOST = "opgelost", "Opgelost"


class Kwaliteitssignaal(GemeenteModel):
    """The remark of a jobcoach that a record is wrong, for VNG support; it names the match, never the person."""

    soort = models.CharField("soort", max_length=32, choices=[(s.value, s.label) for s in Soort])
    vum_id = models.CharField("vumID", max_length=500)
    reden = models.CharField("reden", max_length=16, choices=Signaalreden)
    # OIN of the source; empty as long as no detail of the match told it.
    bron_oin = models.CharField(max_length=20, blank=True)
    stand = models.CharField("stand", max_length=12, choices=Signaalstand, default=Signaalstand.NIEUW)
    gemeld_op = models.DateTimeField(auto_now_add=True)
    gewijzigd_op = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "kwaliteitssignaal"
        verbose_name_plural = "kwaliteitssignalen"
        ordering = ["-gemeld_op", "-pk"]
        constraints = [
            # The same remark twice says no more than once.
            models.UniqueConstraint(
                fields=["gemeente", "vum_id", "reden"],
                condition=~Q(stand=Signaalstand.OPGELOST),
                name="kwaliteitssignaal_een_open",
            )
        ]
