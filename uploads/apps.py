"""App of the uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """From a spreadsheet to published profiles."""

    name = "uploads"
    label = "uploads"
    verbose_name = "leveringen"
