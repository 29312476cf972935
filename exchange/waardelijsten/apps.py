"""App of the value lists that others maintain."""

from django.apps import AppConfig


class WaardelijstenConfig(AppConfig):
    """Occupations, competences and other lists that the standard only refers to."""

    name = "exchange.waardelijsten"
    label = "waardelijsten"
    verbose_name = "waardelijsten"
