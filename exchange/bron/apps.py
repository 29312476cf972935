"""App of the source."""

from django.apps import AppConfig


class BronConfig(AppConfig):
    """What the municipalities published, and the API that the exchange calls for it."""

    name = "exchange.bron"
    label = "bron"
    verbose_name = "bron"
