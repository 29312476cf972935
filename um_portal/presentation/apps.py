"""The look of the portal: navigation, form markup and template tags. It has no models and makes no query."""

from django.apps import AppConfig


class PresentatieConfig(AppConfig):
    """What every page shares; the templates themselves are in `templates/`."""

    name = "um_portal.presentation"
    label = "presentatie"
    verbose_name = "Presentatie"
