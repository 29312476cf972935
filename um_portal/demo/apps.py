"""App of the demonstration."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A fictional world to look at; only ever made in demonstration mode."""

    name = "um_portal.demo"
    label = "demo"
    verbose_name = "demonstratie"
