"""Registers this room with Django."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.apps import AppConfig

from exchange.standard import Soort


class BronConfig(AppConfig):
    """The source: what the municipalities published, and the API through which the exchange asks for it."""

    name = "exchange.bron"
    label = "bron"
    verbose_name = "bron"

    def ready(self) -> None:
        """Listens for a new table of postcodes, and registers the columns that are encrypted."""
        from exchange.bron.models import CONCEPT_VAN, RECORD_VAN, Journaalrecord
        from exchange.bron.relocation import on_postcodes_replaced
        from exchange.bron.writing import number_context, record_context
        from exchange.geo.signals import postcodes_replaced
        from um_portal.tenants import keys

        postcodes_replaced.connect(on_postcodes_replaced, dispatch_uid="bron")
        # In the order in which a record goes from one table to the next: a record that moves while a
        # municipality gets another key is then met a second time. An undo encrypts again what it brings back.
        for models in (CONCEPT_VAN, RECORD_VAN):
            for soort, model in models.items():
                keys.register(
                    model._meta.label,
                    detail=partial(_context, record_context, soort),
                    eigennummer=partial(_context, number_context, soort),
                )
        keys.register(
            Journaalrecord._meta.label,
            detail=lambda row: record_context(Soort(row.journaal.soort), row.id_bron),
            eigennummer=lambda row: number_context(Soort(row.journaal.soort), row.id_bron),
        )


def _context(context: Callable[[Soort, str], str], soort: Soort, row: Any) -> str:
    return context(soort, row.id_bron)
