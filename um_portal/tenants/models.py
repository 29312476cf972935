"""Holds municipalities, memberships and keys.

Everybody may read the table of `Gemeente`. Everything else that belongs to a municipality is scoped twice: by
django-scopes and by row-level security (see `scope` and `rls`).
"""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django_scopes import ScopedManager

from um_portal.tenants.protected import Beschermd

if TYPE_CHECKING:
    from django.db.models import Manager


_OIN = re.compile(r"[0-9]{20}")


def validate_oin(value: str) -> None:
    """Raises ValidationError for a value that is not an OIN of 20 digits."""
    if not _OIN.fullmatch(value):
        raise ValidationError("Een OIN bestaat uit 20 cijfers. Controleer het nummer in het OIN-register.")


class Gemeentestatus(models.TextChoices):
    """The states of a municipality; only TOEGELATEN exchanges anything."""

    AANGEMELD = "aangemeld", "Aangemeld"
    TOEGELATEN = "toegelaten", "Toegelaten"
    OPGESCHORT = "opgeschort", "Opgeschort"
    VERTROKKEN = "vertrokken", "Vertrokken"


class Contactbeleid(models.TextChoices):
    """The contact details that a detail request can give: the jobseeker's own, or the jobcoach's."""

    WERKZOEKENDE = "werkzoekende", "Contactgegevens van de werkzoekende"
    JOBCOACH = "jobcoach", "Alleen contactgegevens van de jobcoach"


class Scenario(models.TextChoices):
    """The ways in which a municipality can take part in the exchange."""

    PROFIEL_VRAGER = "profiel-vrager", "Zoeken naar werkzoekenden"
    VACATURE_VRAGER = "vacature-vrager", "Zoeken naar vacatures"
    CONTACTMOMENT_VRAGER = "contactmoment-vrager", "Zoeken naar werkgeverscontactmomenten"
    PROFIEL_BRON = "profiel-bron", "Werkzoekenden aanbieden"
    VACATURE_BRON = "vacature-bron", "Vacatures aanbieden"
    CONTACTMOMENT_BRON = "contactmoment-bron", "Werkgeverscontactmomenten aanbieden"


def all_scenarios() -> list[str]:
    """Lists every scenario: a new municipality takes part in all of them until support decides otherwise."""
    return list(Scenario.values)


# Ends of lines, and signs that steer what comes after them.
_ONZICHTBAAR = frozenset({"Cc", "Cf", "Zl", "Zp"})


class Gemeente(Beschermd):
    """A municipality that takes part through the portal."""

    BESCHERMD = {"status": Gemeentestatus.AANGEMELD.value, "toegelaten_op": None}

    oin = models.CharField("OIN", max_length=20, unique=True, validators=[validate_oin])
    naam = models.CharField("naam", max_length=100)
    status = models.CharField(
        "status", max_length=12, choices=Gemeentestatus, default=Gemeentestatus.AANGEMELD
    )
    toegelaten_op = models.DateTimeField("toegelaten op", null=True, blank=True)
    contactbeleid = models.CharField(
        "contactbeleid", max_length=12, choices=Contactbeleid, default=Contactbeleid.WERKZOEKENDE
    )
    niet_suwi_toegestaan = models.BooleanField("ook antwoord aan niet-SUWI-partijen", default=False)
    scenarios = ArrayField(
        models.CharField(max_length=24, choices=Scenario), default=all_scenarios, verbose_name="doet mee met"
    )
    # Days; null means the national number. A smaller number than the national one counts.
    bewaardagen = models.PositiveSmallIntegerField("zoekvragen bewaren", null=True, blank=True)
    verloopdagen = models.PositiveSmallIntegerField("records verlopen na", null=True, blank=True)
    # What one colleague may ask in a day; null means the national number, and a smaller one counts.
    dag_zoekvragen = models.PositiveIntegerField("zoekvragen per collega per dag", null=True, blank=True)
    dag_details = models.PositiveIntegerField("details per collega per dag", null=True, blank=True)
    doel_verplicht = models.BooleanField("doel verplicht bij een detail", default=False)
    naam_in_kop = models.CharField("naam boven de pagina", max_length=40, blank=True)
    # The hash of the image; the image itself is in a table of its own, because every call reads this row.
    logo = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "gemeente"
        verbose_name_plural = "gemeenten"
        ordering = ["naam"]

    def clean(self) -> None:
        """Refuses signs in a name that nobody sees: it stands in mails, in files and above pages."""
        for name in ("naam", "naam_in_kop"):
            if any(unicodedata.category(sign) in _ONZICHTBAAR for sign in getattr(self, name)):
                raise ValidationError(
                    {name: "In deze naam staan tekens die niet te zien zijn. Typ de naam over."}
                )

    def __str__(self) -> str:
        return self.naam

    @property
    def is_toegelaten(self) -> bool:
        """Tells whether this municipality may exchange."""
        return self.status == Gemeentestatus.TOEGELATEN

    @property
    def bewaartermijn(self) -> int:
        """Gives the number of days that a search is kept."""
        most: int = settings.UM_BEWAARDAGEN
        return min(self.bewaardagen or most, most)

    @property
    def verlooptermijn(self) -> int:
        """Gives the number of days after its last publication that a record is answered."""
        most: int = settings.UM_VERLOOPDAGEN
        return min(self.verloopdagen or most, most)

    @property
    def daglimiet_zoekvragen(self) -> int:
        """Gives the number of searches that one colleague may put in a day."""
        most: int = settings.UM_DAG_ZOEKVRAGEN
        return min(self.dag_zoekvragen or most, most)

    @property
    def daglimiet_details(self) -> int:
        """Gives the number of details that one colleague may request in a day."""
        most: int = settings.UM_DAG_DETAILS
        return min(self.dag_details or most, most)


class Rol(models.TextChoices):
    """The roles that a member of staff can have in a municipality."""

    JOBCOACH = "jobcoach", "Jobcoach"
    GEGEVENSBEHEERDER = "gegevensbeheerder", "Gegevensbeheerder"
    FUNCTIONEEL_BEHEERDER = "functioneel_beheerder", "Functioneel beheerder"


class GemeenteModel(models.Model):
    """A row that belongs to one municipality.

    A concrete model must also get `EnableRowLevelSecurity` in its migration; a test walks all of them.
    """

    gemeente = models.ForeignKey(Gemeente, on_delete=models.CASCADE, related_name="+")

    objects: "Manager[Any]" = ScopedManager(gemeente="gemeente")

    class Meta:
        abstract = True


class Lidmaatschap(GemeenteModel):
    """A role of a member of staff in a municipality; at a regional service centre they have several."""

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rol = models.CharField("rol", max_length=24, choices=Rol)

    class Meta:
        verbose_name = "lidmaatschap"
        verbose_name_plural = "lidmaatschappen"
        constraints = [models.UniqueConstraint(fields=["gebruiker", "gemeente"], name="lidmaatschap_uniek")]

    def __str__(self) -> str:
        return f"{self.get_rol_display()} bij {self.gemeente}"


class Sleutel(GemeenteModel):
    """The municipality's own keys, wrapped by the master key; see `keys`.

    `pseudoniemsleutel` is the secret that the keys for pseudonyms, fingerprints and marks are derived from.
    """

    datasleutel = models.BinaryField()
    pseudoniemsleutel = models.BinaryField()

    class Meta:
        verbose_name = "sleutel"
        verbose_name_plural = "sleutels"
        constraints = [models.UniqueConstraint(fields=["gemeente"], name="sleutel_per_gemeente")]
