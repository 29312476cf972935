"""Holds the login service of a municipality, and whom it knows by which name."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from um_portal.accounts.sealing import seal, unseal
from um_portal.tenants.models import GemeenteModel, Rol

_PURPOSE = "inlogdienst"


class Inlogdienst(GemeenteModel):
    """The OpenID Connect provider of a municipality; nothing of it works unless `aan`.

    `geheim` is sealed like the secrets of second factors (`accounts.sealing`), for this municipality: the pages of
    VNG support, which write it, have no master key.
    """

    aan = models.BooleanField("inloggen via de gemeente staat aan", default=False)
    uitgever = models.CharField("adres van de uitgever (issuer)", max_length=300)
    client_id = models.CharField("client-ID", max_length=200)
    geheim = models.TextField(editable=False)
    # What the provider has to say for it to count as a second factor; both empty: it never does.
    acr = ArrayField(models.CharField(max_length=200), default=list, verbose_name="acr-waarden")
    amr = ArrayField(models.CharField(max_length=200), default=list, verbose_name="amr-waarden")
    # A claim, with dots for a claim inside another; empty: roles are kept in the portal.
    rolclaim = models.CharField("claim met de rol", max_length=100, blank=True)
    jobcoach = ArrayField(
        models.CharField(max_length=200), default=list, verbose_name="waarden voor jobcoach"
    )
    gegevensbeheerder = ArrayField(
        models.CharField(max_length=200), default=list, verbose_name="waarden voor gegevensbeheerder"
    )
    wachtwoord_uit = models.BooleanField("wachtwoord van het portaal uit", default=False)

    class Meta:
        verbose_name = "inlogdienst"
        verbose_name_plural = "inlogdiensten"
        constraints = [models.UniqueConstraint(fields=["gemeente"], name="inlogdienst_per_gemeente")]

    def set_secret(self, secret: str) -> None:
        """Seals the secret that the portal shows to the provider."""
        self.geheim = seal(secret, _PURPOSE, str(self.gemeente_id))

    @property
    def secret(self) -> str:
        """Opens the secret; raises sealing.ZegelFout."""
        return unseal(self.geheim, _PURPOSE, str(self.gemeente_id))

    @property
    def rolwaarden(self) -> dict[Rol, frozenset[str]]:
        """Gives the values of the claim for each role that a claim can give: never that of functioneel beheerder."""
        return {
            Rol.JOBCOACH: frozenset(self.jobcoach),
            Rol.GEGEVENSBEHEERDER: frozenset(self.gegevensbeheerder),
        }


class Identiteit(GemeenteModel):
    """An account under the name that the login service of a municipality has for it.

    The name is `onderwerp` (the subject) together with `uitgever`; an e-mail address never counts.
    """

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    uitgever = models.CharField(max_length=300)
    onderwerp = models.CharField(max_length=255)
    gekoppeld_op = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "identiteit"
        verbose_name_plural = "identiteiten"
        constraints = [
            models.UniqueConstraint(fields=["gemeente", "uitgever", "onderwerp"], name="identiteit_uniek"),
            models.UniqueConstraint(fields=["gemeente", "gebruiker"], name="identiteit_per_collega"),
        ]
