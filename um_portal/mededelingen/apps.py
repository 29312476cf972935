"""App of the announcements of VNG support."""

from django.apps import AppConfig


class MededelingenConfig(AppConfig):
    """Announcements on the start page."""

    name = "um_portal.mededelingen"
    label = "mededelingen"
    verbose_name = "mededelingen"
