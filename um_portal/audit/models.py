"""Holds the audit log: append-only, in the database too, and without personal data of jobseekers."""

from django.conf import settings
from django.db import models

from um_portal.tenants.models import GemeenteModel


class Auditregel(GemeenteModel):
    """One act of a user or of the portal. `onderwerp` names a row of ours ("levering 12"), never a person."""

    tijdstip = models.DateTimeField(auto_now_add=True)
    gebruiker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    handeling = models.CharField(max_length=40)
    onderwerp = models.CharField(max_length=80, blank=True)
    aantal = models.IntegerField(null=True)

    class Meta:
        verbose_name = "auditregel"
        verbose_name_plural = "auditregels"
        indexes = [models.Index(fields=["gemeente", "-tijdstip"], name="audit_gemeente_tijd")]
