"""Holds the conditions that a municipality meets, its image, and its departure.

All of it is behind row-level security; VNG support reads it one municipality at a time, and dates over all of
them by a function of the database (`um_voorwaarden`).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from um_portal.jobs import Taak
from um_portal.tenants.models import GemeenteModel


class Voorwaardesoort(models.TextChoices):
    """The conditions for taking part; a municipality is admitted when it meets all of them."""

    AFSPRAKENSTELSEL = "afsprakenstelsel", "Afsprakenstelsel aanvaard"
    KVK = "kvk", "KvK-nummer"
    BIO2 = "bio2", "Verklaring BIO2"
    DPIA = "dpia", "DPIA"
    SZW = "szw", "Besluit van SZW"
    OIN = "oin", "OIN opgezocht"
    CERTIFICAAT = "certificaat", "Certificaat bekend bij de uitwisseling"
    PRIVACY = "privacy", "Contact voor privacy"
    BEVEILIGING = "beveiliging", "Contact voor beveiliging"


class Intrekreden(models.TextChoices):
    """The reasons why a condition is no longer met; a choice, so that nobody types somebody's name."""

    VERVANGEN = "vervangen", "vervangen door een nieuwe vastlegging"
    ONJUIST = "onjuist", "verkeerd vastgelegd"
    INGETROKKEN = "ingetrokken", "door de gemeente of de afgever ingetrokken"
    TOEZICHT = "toezicht", "afgekeurd bij een controle"


class Voorwaarde(GemeenteModel):
    """A condition as it was recorded once; a newer record of the same condition takes its place.

    Nothing in it names a person of the municipality: a contact is a mailbox and a number of a department.
    """

    soort = models.CharField("voorwaarde", max_length=20, choices=Voorwaardesoort)
    vervuld_op = models.DateField("vervuld op")
    # The last day on which it holds; null: until somebody withdraws it.
    geldig_tot_en_met = models.DateField("geldig tot en met", null=True, blank=True)
    # The number of a case, a version, a number in a register, or a mailbox: see `voorwaarden.DEFINITIES`.
    kenmerk = models.CharField("kenmerk", max_length=40, blank=True)
    gegeven = models.CharField(max_length=120, blank=True)
    telefoon = models.CharField("telefoon", max_length=20, blank=True)
    vastgelegd_op = models.DateTimeField("vastgelegd op", auto_now_add=True)
    vastgelegd_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The municipality was told that it is about to end; and that it has ended.
    gewaarschuwd_op = models.DateTimeField(null=True, editable=False)
    einde_gemeld_op = models.DateTimeField(null=True, editable=False)
    ingetrokken_op = models.DateTimeField("ingetrokken op", null=True)
    ingetrokken_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    intrekreden = models.CharField("reden", max_length=12, choices=Intrekreden, blank=True)

    class Meta:
        verbose_name = "voorwaarde"
        verbose_name_plural = "voorwaarden"
        constraints = [
            models.UniqueConstraint(
                fields=["gemeente", "soort"], condition=Q(ingetrokken_op=None), name="voorwaarde_een_geldig"
            )
        ]


class Logo(GemeenteModel):
    """The image of a municipality: a PNG that the portal wrote itself."""

    inhoud = models.BinaryField()

    class Meta:
        verbose_name = "logo"
        verbose_name_plural = "logo's"
        constraints = [models.UniqueConstraint(fields=["gemeente"], name="logo_per_gemeente")]


class Vertrek(GemeenteModel, Taak):
    """The departure of a municipality: announced, confirmed, and then erased by a worker.

    It stays, with numbers and times: the proof that everything was erased.
    """

    reden = models.CharField(max_length=12)
    aangekondigd_op = models.DateTimeField(auto_now_add=True)
    aangekondigd_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    bevestigd_op = models.DateTimeField(null=True)
    bevestigd_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    klaar_op = models.DateTimeField(null=True)
    # The number of rows erased per table, in words: {"leveringen": 12}.
    verslag = models.JSONField(default=dict)

    class Meta:
        verbose_name = "vertrek"
        verbose_name_plural = "vertrekken"
        constraints = [models.UniqueConstraint(fields=["gemeente"], name="vertrek_per_gemeente")]


class Verbruikssoort(models.TextChoices):
    """The kinds of thing that a jobcoach may ask a number of in a day."""

    ZOEKVRAGEN = "zoekvragen", "Zoekvragen"
    DETAILS = "details", "Details"


class Dagverbruik(GemeenteModel):
    """The number that one person asked on one day; without a person, that of the whole municipality."""

    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", null=True
    )
    dag = models.DateField()
    soort = models.CharField(max_length=12, choices=Verbruikssoort)
    aantal = models.IntegerField()

    class Meta:
        verbose_name = "dagverbruik"
        verbose_name_plural = "dagverbruik"
        constraints = [
            models.UniqueConstraint(
                "gemeente", "dag", "soort", Coalesce("gebruiker", 0), name="dagverbruik_uniek"
            )
        ]
