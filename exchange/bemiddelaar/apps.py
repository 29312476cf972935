"""App of the searcher."""

from django.apps import AppConfig


class BemiddelaarConfig(AppConfig):
    """Keeps searches of jobcoaches at the exchange, their results, and detail requests."""

    name = "exchange.bemiddelaar"
    label = "bemiddelaar"
    verbose_name = "bemiddelaar"
