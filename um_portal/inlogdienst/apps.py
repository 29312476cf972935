"""Registers this room with Django."""

from django.apps import AppConfig


class InlogdienstConfig(AppConfig):
    """Logging in through the login service of one's municipality."""

    name = "um_portal.inlogdienst"
    label = "inlogdienst"
    verbose_name = "inlogdiensten"
