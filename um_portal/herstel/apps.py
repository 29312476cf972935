"""App of the recovery of a second factor."""

from django.apps import AppConfig


class HerstelConfig(AppConfig):
    """Recovery of a second factor."""

    name = "um_portal.herstel"
    label = "herstel"
    verbose_name = "herstel van een tweede factor"
