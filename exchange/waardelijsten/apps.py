"""Registers this room with Django."""

from django.apps import AppConfig


class WaardelijstenConfig(AppConfig):
    """The lists of occupations, competences and other codes that the standard only refers to."""

    name = "exchange.waardelijsten"
    label = "waardelijsten"
    verbose_name = "waardelijsten"
