"""Registers this room with Django."""

from django.apps import AppConfig


class GemeentenConfig(AppConfig):
    """Admission and the pages about municipalities; it has commands and no tables."""

    name = "um_portal.gemeenten"
