"""Registers this room with Django."""

from django.apps import AppConfig
from django.db.models import Model


class BronConfig(AppConfig):
    """The source: what the municipalities published, and the API through which the exchange asks for it."""

    name = "exchange.bron"
    label = "bron"
    verbose_name = "bron"

    def ready(self) -> None:
        """Listens for a new table of postcodes, and registers the columns that are encrypted."""
        from exchange.bron.models import CONCEPT_VAN, RECORD_VAN, Journaalrecord
        from exchange.bron.relocation import on_postcodes_replaced
        from exchange.bron.writing import DETAIL_CONTEXT
        from exchange.geo.signals import postcodes_replaced
        from um_portal.tenants import keys

        postcodes_replaced.connect(on_postcodes_replaced, dispatch_uid="bron")
        # In the order in which a record goes from one table to the next: a record that moves while a
        # municipality gets another key is then met a second time. An undo encrypts again what it brings back.
        models: list[type[Model]] = [*CONCEPT_VAN.values(), *RECORD_VAN.values(), Journaalrecord]
        for model in models:
            keys.register(model._meta.label, detail=lambda row: DETAIL_CONTEXT)
