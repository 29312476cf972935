"""Holds when each part of the schedule last ran. It is about no municipality and no person."""

from django.db import models


class Ronde(models.Model):
    """The last run of one part of the schedule (a name in CELERY_BEAT_SCHEDULE)."""

    naam = models.CharField(max_length=60, primary_key=True)
    # When this part was first heard of: one that did not run since then may be late.
    bekend_op = models.DateTimeField(auto_now_add=True)
    begonnen_op = models.DateTimeField(null=True)
    klaar_op = models.DateTimeField(null=True)
    # When it last ended well; after a failure that is before `klaar_op`.
    gelukt_op = models.DateTimeField(null=True)
    # When a clock last gave it its turn; of more clocks the first one counts.
    beurt_op = models.DateTimeField(null=True)
    # When somebody last asked to run it at once.
    gevraagd_op = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "ronde"
        verbose_name_plural = "rondes"
