"""App of the source."""

from django.apps import AppConfig
from django.db.models import Model


class BronConfig(AppConfig):
    """What the municipalities published, and the API that the exchange calls for it."""

    name = "exchange.bron"
    label = "bron"
    verbose_name = "bron"

    def ready(self) -> None:
        """Follow the table of postcodes; tell what is encrypted."""
        from exchange.bron.models import CONCEPT_VAN, RECORD_VAN, Journaalrecord
        from exchange.bron.relocation import on_postcodes_replaced
        from exchange.bron.writing import DETAIL_CONTEXT
        from exchange.geo.signals import postcodes_replaced
        from um_portal.tenants import keys

        postcodes_replaced.connect(on_postcodes_replaced, dispatch_uid="bron")
        # In the order in which a record goes from one to the next, so that what moves while a municipality gets
        # another key is met once more; an undo encrypts anew what it brings back.
        models: list[type[Model]] = [*CONCEPT_VAN.values(), *RECORD_VAN.values(), Journaalrecord]
        for model in models:
            keys.register(model._meta.label, detail=lambda row: DETAIL_CONTEXT)
