"""Holds recoveries of a second factor: who asked, who approved and when.

They belong to no municipality: a person can work for several, or for none.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Herstel(models.Model):
    """One recovery of somebody's second factor, with who did each step and when; of its links only a hash."""

    gebruiker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    gevraagd_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    gevraagd_op = models.DateTimeField(default=timezone.now)
    wacht_tot = models.DateTimeField()
    verloopt_op = models.DateTimeField()
    goedgekeurd_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    goedgekeurd_op = models.DateTimeField(null=True)
    # An objection of the user or a functioneel beheerder, or support that thinks better of it.
    gestopt_door = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    gestopt_op = models.DateTimeField(null=True)
    bezwaar_hash = models.CharField(max_length=64, unique=True, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    link_op = models.DateTimeField(null=True)
    gebruikt_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "herstel"
        verbose_name_plural = "herstellen"
        constraints = [
            models.UniqueConstraint(
                fields=["gebruiker"],
                condition=models.Q(gestopt_op=None, gebruikt_op=None),
                name="herstel_een_tegelijk",
            ),
            # The database too knows that it takes two.
            models.CheckConstraint(
                condition=models.Q(goedgekeurd_door=None)
                | ~models.Q(goedgekeurd_door=models.F("gevraagd_door")),
                name="herstel_twee_mensen",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Tells whether it can still lead to something."""
        return self.gestopt_op is None and self.gebruikt_op is None and self.verloopt_op > timezone.now()

    @property
    def stand(self) -> str:
        """Says how far it is."""
        if self.gebruikt_op:
            return "afgerond"
        if self.gestopt_op:
            return "gestopt"
        if not self.is_open:
            return "verlopen"
        if self.link_op:
            return "link verstuurd"
        if self.goedgekeurd_op:
            return "goedgekeurd, wacht op de wachttijd"
        return "wacht op goedkeuring"
