"""App of the source."""

from django.apps import AppConfig


class BronConfig(AppConfig):
    """What the municipalities published, and the API that the exchange calls for it."""

    name = "exchange.bron"
    label = "bron"
    verbose_name = "bron"

    def ready(self) -> None:
        """Follow the table of postcodes; tell what is encrypted."""
        from exchange.bron.models import RECORD_VAN
        from exchange.bron.relocation import on_postcodes_replaced
        from exchange.bron.store import DETAIL_CONTEXT
        from exchange.geo.signals import postcodes_replaced
        from um_portal.tenants import keys

        postcodes_replaced.connect(on_postcodes_replaced, dispatch_uid="bron")
        for model in RECORD_VAN.values():
            keys.register(model._meta.label, detail=lambda row: DETAIL_CONTEXT)
