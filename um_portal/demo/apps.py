"""Registers this room with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A fictional world to look at; it is made in demonstration mode only."""

    name = "um_portal.demo"
    label = "demo"
    verbose_name = "demonstratie"
