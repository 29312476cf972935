"""Stores searches and their results. Results are kept a few days; details are stored nowhere."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import Truncator

from exchange.geo.distances import pc4_of, resolve
from exchange.geo.plaatsen import ZONDER_MIDDEN, describe, place_of
from exchange.standard import Soort
from exchange.standard.waardelijsten import OPLEIDINGSNIVEAU, VERVOERMIDDEL, WERK_EN_DENKNIVEAU_MINIMAAL
from um_portal.accounts.models import Gebruiker
from um_portal.jobs import Taak
from um_portal.tenants.models import GemeenteModel


class Zoekstatus(models.TextChoices):
    """The progress of a search."""

    WACHT = "wacht", "Wacht op verzending"
    BEZIG = "bezig", "Wordt gesteld"
    KLAAR = "klaar", "Beantwoord"
    MISLUKT = "mislukt", "Niet gelukt"


ONDERWEG = (Zoekstatus.WACHT, Zoekstatus.BEZIG)
# The time before the end of a search in which its pages say that it will go.
WAARSCHUWING = timedelta(days=2)


def _expiry() -> datetime:
    """Gives the end of the national term; a municipality may have a shorter one."""
    return timezone.now() + timedelta(days=settings.UM_BEWAARDAGEN)


def area_of(vraag_object: "dict[str, Any]") -> str:
    """Gives the area of a question, in Dutch words; says so when its distances are those of a neighbour."""
    area = vraag_object["selectiegebied"]
    place, pc4 = describe(area["postcode"]), pc4_of(area["postcode"])
    if pc4 in ZONDER_MIDDEN and (near := resolve(pc4)) not in (None, pc4):
        place = f"{place} (gemeten vanaf {describe(str(near))})"
    return f"binnen {area['afstand']} km van {place}" if area["afstand"] else f"in {place}"


class Stopreden(models.TextChoices):
    """The reasons why a search is no longer repeated."""

    AFGELOPEN = "afgelopen", "het aantal weken is voorbij"
    ZELF = "zelf", "u hebt de herhaling gestopt"
    RECHT = "recht", "u mocht niet meer zoeken voor deze gemeente"
    GEMEENTE = "gemeente", "uw gemeente kon hier niet meer naar zoeken"
    OVERGEDRAGEN = "overgedragen", "de zoekvraag is overgedragen aan een collega"
    GEWIST = "gewist", "de laatste zoekvraag is gewist"
    DAGLIMIET = "daglimiet", "drie weken lang was er geen plaats onder de daglimiet"
    MISLUKT = "mislukt", "drie weken lang kon het portaal deze vraag niet stellen"


# The time that a repeat goes on trying to be put; the sentences of Stopreden name it.
GEDULD = timedelta(weeks=3)


class Zoekherhaling(GemeenteModel):
    """A question that is put anew every week for one jobcoach, until it is stopped; see `herhalen`.

    It holds what is asked and nothing of what was answered.
    """

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    soort = models.CharField("soort", max_length=32, choices=[(s.value, s.label) for s in Soort])
    naam = models.CharField("naam", max_length=80, blank=True)
    vraag_object = models.JSONField()
    volgende_op = models.DateTimeField()
    keren_over = models.SmallIntegerField()
    aangezet_op = models.DateTimeField(auto_now_add=True)
    # The first day on which its turn could not be put, until one can; and why: it stops for that in the end.
    uitgesteld_sinds = models.DateField(null=True)
    uitstel = models.CharField(max_length=12, choices=Stopreden, blank=True)
    gestopt_op = models.DateTimeField(null=True)
    reden = models.CharField(max_length=12, choices=Stopreden, blank=True)

    class Meta:
        verbose_name = "zoekherhaling"
        verbose_name_plural = "zoekherhalingen"
        ordering = ["volgende_op", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gestopt_op=None) ^ ~Q(reden=""), name="zoekherhaling_reden_als_gestopt"
            )
        ]

    def __str__(self) -> str:
        return self.naam or f"{Soort(self.soort).label.capitalize()} {area_of(self.vraag_object)}"

    @property
    def loopt(self) -> bool:
        """Tells whether it is still to be put."""
        return self.gestopt_op is None

    @property
    def geduld_tot(self) -> date | None:
        """Gives the day on which a repeat that cannot be put stops; None for one that can."""
        return self.uitgesteld_sinds and self.uitgesteld_sinds + GEDULD


class Vergelijking(models.TextChoices):
    """The ways in which an answer was compared with the one of the week before."""

    NUMMER = "nummer", "op het nummer van de uitwisseling"
    INHOUD = "inhoud", "op de inhoud"


class Nietvergeleken(models.TextChoices):
    """The reasons why an answer was compared with none: how it stood then with the search before it."""

    GEWIST = "gewist", "de vorige resultaten waren al gewist"
    MISLUKT = "mislukt", "de vorige keer is de zoekvraag niet gelukt"
    ONDERWEG = "onderweg", "op de vorige keer was nog geen antwoord"
    OVERGEDRAGEN = "overgedragen", "u hebt de vorige zoekvraag overgedragen aan een collega"


class Zoekvraag(GemeenteModel, Taak):
    """One search of one jobcoach; `searching.visible` decides who sees it."""

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    soort = models.CharField("soort", max_length=32, choices=[(s.value, s.label) for s in Soort])
    naam = models.CharField("naam", max_length=80, blank=True)
    # What the jobcoach notes for themselves; the form refuses what leads to a person.
    kenmerk = models.CharField("kenmerk", max_length=40, blank=True)
    notitie = models.CharField("notitie", max_length=500, blank=True)
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
    verlengd_op = models.DateTimeField(null=True)
    # The colleague from whom the present owner took it over.
    overgedragen_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    # The weekly repeat that it belongs to, and whether that one put it. `vergeleken` is empty when there was
    # nothing to compare with, and `niet_vergeleken` then says why; else `vergeleken_met` is when the earlier
    # answer came, and `vorige_maximum` whether a source had more then than it gave.
    herhaling = models.ForeignKey(Zoekherhaling, on_delete=models.SET_NULL, null=True, related_name="+")
    is_herhaling = models.BooleanField(default=False, db_default=False)
    vergeleken = models.CharField(max_length=8, choices=Vergelijking, blank=True, default="", db_default="")
    niet_vergeleken = models.CharField(
        max_length=12, choices=Nietvergeleken, blank=True, default="", db_default=""
    )
    vergeleken_met = models.DateTimeField(null=True)
    vorige_maximum = models.BooleanField(default=False, db_default=False)
    aantal_nieuw = models.IntegerField(default=0, db_default=0)

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
        return area_of(self.vraag_object)

    @property
    def dagen_over(self) -> int:
        """Counts the days until it disappears: 0 is today, 1 tomorrow."""
        return (timezone.localdate(self.verloopt_op) - timezone.localdate()).days

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

    def texts_of(self, gebruiker: Gebruiker) -> dict[str, str]:
        """Gives the name, the reference and the note of the one who asked; empty for anybody else."""
        if gebruiker.pk != self.gebruiker_id:
            return {}
        return {"naam": self.naam, "kenmerk": self.kenmerk, "notitie": self.notitie}

    @property
    def uitkomst(self) -> str:
        """Says in a few words how it stands, as it reads after the name of the search."""
        if self.is_onderweg:
            return "onderweg"
        if self.status == Zoekstatus.MISLUKT:
            return "niet gelukt"
        if self.aantal_passend == 0:
            return "geen resultaten"
        return "1 resultaat" if self.aantal_passend == 1 else f"{localize(self.aantal_passend)} resultaten"

    @property
    def landelijk_einde(self) -> datetime:
        """Gives the end of the national term, after which nothing of a search may be left."""
        return self.aangemaakt_op + timedelta(days=settings.UM_BEWAARDAGEN)

    @property
    def is_te_verlengen(self) -> bool:
        """Tells whether the search can still be prolonged: once, and not past the national term."""
        later = self.landelijk_einde - self.verloopt_op
        return self.verlengd_op is None and later > timedelta(minutes=1)

    @property
    def verloopt_gauw(self) -> bool:
        """Tells whether the search expires within WAARSCHUWING."""
        return self.verloopt_op - timezone.now() <= WAARSCHUWING

    @property
    def soort_van(self) -> Soort:
        """Gives the kind, as the standard's enumeration."""
        return Soort(self.soort)

    @property
    def enkelvoud(self) -> str:
        """Gives the Dutch word for one result."""
        return self.soort_van.enkelvoud


class Zoekconcept(GemeenteModel):
    """A jobcoach's search form as it was last filled in, as texts by the name of the field; one per person.

    `gesteld` tells that it became a search. It disappears with the term of searches.
    """

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    soort = models.CharField("soort", max_length=32)
    velden: "models.JSONField[dict[str, list[str]], dict[str, list[str]]]" = models.JSONField(default=dict)
    gesteld = models.BooleanField(default=False)
    gewijzigd_op = models.DateTimeField(auto_now=True)
    verloopt_op = models.DateTimeField(default=_expiry)

    class Meta:
        verbose_name = "zoekconcept"
        verbose_name_plural = "zoekconcepten"
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "gebruiker"], name="zoekconcept_een_per_persoon")
        ]


# The most characters of a title.
_LANGSTE_TITEL = 120


class Resultaat(GemeenteModel):
    """A match: the search profile as the exchange gave it, under the exchange's own id."""

    zoekvraag = models.ForeignKey(Zoekvraag, on_delete=models.CASCADE, related_name="+")
    volgnummer = models.IntegerField()
    vum_id = models.CharField(max_length=500)
    profiel: "models.JSONField[Any, Any]" = models.JSONField()
    # The criteria of the question that it does not meet: the key of each, and whether the profile knows it.
    past = models.BooleanField(default=True)
    tekorten: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    # Of a weekly repeat: it was not in the answer of the week before.
    nieuw = models.BooleanField(default=False, db_default=False)
    # The columns that the table shows and sorts on; see `summary`.
    omschrijving = models.CharField(max_length=300, blank=True)
    beroepen: "models.Field[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=200), default=list
    )
    postcode = models.CharField(max_length=6, blank=True)
    afstand_km = models.FloatField(null=True)
    uren_min = models.SmallIntegerField(null=True)
    uren = models.SmallIntegerField(null=True)
    vanaf = models.DateField(null=True)
    reisafstand = models.SmallIntegerField(null=True)
    niveau = models.SmallIntegerField(null=True)
    rijbewijzen: "models.Field[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=8), default=list
    )
    vervoer: "models.Field[list[int], list[int]]" = ArrayField(models.SmallIntegerField(), default=list)
    werkgever = models.CharField(max_length=200, blank=True)
    sluit_op = models.DateField(null=True)
    # Equal for profiles with the same content.
    afdruk = models.CharField(max_length=64, blank=True)
    # A profile with the same content was received before this one.
    dubbel = models.BooleanField(default=False, db_default=False)
    detail_gevraagd_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "resultaat"
        verbose_name_plural = "resultaten"
        ordering = ["volgnummer"]
        # With the municipality in front, which every query names: the database thinks that few rows meet both, and
        # would otherwise read and sort all of a search that was stored just now, to give one page.
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "zoekvraag", "volgnummer"], name="resultaat_uniek")
        ]
        indexes = [models.Index(fields=["zoekvraag", "afdruk", "volgnummer"], name="resultaat_afdruk")]

    @property
    def titel(self) -> str:
        """Gives the first words of what it is, for a list or a heading."""
        text = self.omschrijving or "Zonder beroep"
        return text if len(text) <= _LANGSTE_TITEL else Truncator(text).chars(_LANGSTE_TITEL)

    @property
    def waar(self) -> str:
        """Gives the postcode as people write it, with its place when that is known: "3511 AB Utrecht"."""
        digits = self.postcode[:4]
        place = place_of(int(digits)) if digits.isascii() and digits.isdigit() else ""
        return " ".join(filter(None, (digits, self.postcode[4:], place)))

    @property
    def afstand_tekst(self) -> str:
        """Gives the distance in words: it is measured between centres of postcode areas, so it is never exact."""
        if self.afstand_km is None:
            return ""
        return "zelfde plaats" if self.afstand_km == 0 else f"circa {max(1, round(self.afstand_km))} km"

    @property
    def uren_tekst(self) -> str:
        """Gives the hours per week as a range."""
        if self.uren_min is None and self.uren is None:
            return ""
        if self.uren_min is None:
            return f"tot {self.uren}"
        if self.uren is None:
            return f"vanaf {self.uren_min}"
        return str(self.uren) if self.uren == self.uren_min else f"{self.uren_min}–{self.uren}"

    @property
    def vervoer_tekst(self) -> str:
        """Gives the means of transport in words."""
        return ", ".join(VERVOERMIDDEL.waarden.get(code, str(code)) for code in self.vervoer)

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


class Wegreden(models.TextChoices):
    """The reasons for which a jobcoach puts a result aside."""

    BEROEP = "beroep", "Het beroep past niet"
    AFSTAND = "afstand", "Te ver weg"
    UREN = "uren", "De uren passen niet"
    BESCHIKBAAR = "beschikbaar", "Niet op tijd beschikbaar"
    NIVEAU = "niveau", "Het niveau past niet"
    DUBBEL = "dubbel", "Staat er twee keer in"
    ANDERS = "anders", "Iets anders"


class Markering(GemeenteModel):
    """The marks that one jobcoach put on one result: a star, put aside with a reason, a private note."""

    zoekvraag = models.ForeignKey(Zoekvraag, on_delete=models.CASCADE, related_name="+")
    resultaat = models.ForeignKey(Resultaat, on_delete=models.CASCADE, related_name="+")
    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ster = models.BooleanField(default=False)
    weg = models.CharField(max_length=12, choices=Wegreden, blank=True)
    notitie = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "markering"
        verbose_name_plural = "markeringen"
        constraints = [models.UniqueConstraint(fields=["resultaat", "gebruiker"], name="markering_uniek")]


class Deling(GemeenteModel):
    """A colleague who may look at a search of another."""

    zoekvraag = models.ForeignKey(Zoekvraag, on_delete=models.CASCADE, related_name="+")
    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "deling"
        verbose_name_plural = "delingen"
        constraints = [models.UniqueConstraint(fields=["zoekvraag", "gebruiker"], name="deling_uniek")]


class Kolomkeuze(GemeenteModel):
    """The columns that a jobcoach chose for the table of results."""

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    soort = models.CharField(max_length=32, choices=[(s.value, s.label) for s in Soort])
    kolommen: "models.Field[list[str], list[str]]" = ArrayField(models.CharField(max_length=16), default=list)

    class Meta:
        verbose_name = "kolomkeuze"
        verbose_name_plural = "kolomkeuzes"
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "gebruiker", "soort"], name="kolomkeuze_uniek")
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
