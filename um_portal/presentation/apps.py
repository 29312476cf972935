"""Gives the portal its look: navigation, form markup and template tags; it has no models and no queries."""

from django.apps import AppConfig


class PresentatieConfig(AppConfig):
    """The parts that every page shares; the templates themselves are in `templates/`."""

    name = "um_portal.presentation"
    label = "presentatie"
    verbose_name = "Presentatie"
