"""App of the source."""

from django.apps import AppConfig


class BronConfig(AppConfig):
    """What the municipalities published, and the API that the exchange calls for it."""

    name = "exchange.bron"
    label = "bron"
    verbose_name = "bron"

    def ready(self) -> None:
        """Follow the table of postcodes."""
        from exchange.bron.relocation import on_postcodes_replaced
        from exchange.geo.signals import postcodes_replaced

        postcodes_replaced.connect(on_postcodes_replaced, dispatch_uid="bron")
