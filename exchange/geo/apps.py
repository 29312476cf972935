"""Registers this room with Django."""

from django.apps import AppConfig


class GeoConfig(AppConfig):
    """Postcodes and the distances between them."""

    name = "exchange.geo"
    label = "geo"
    verbose_name = "postcodes en afstanden"
