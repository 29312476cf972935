"""Registers this room with Django."""

from django.apps import AppConfig


class InlogdienstConfig(AppConfig):
    """Logging in through the login service of one's municipality."""

    name = "um_portal.inlogdienst"
    label = "inlogdienst"
    verbose_name = "inlogdiensten"

    def ready(self) -> None:
        """Listens to people who leave a municipality."""
        from django.db.models.signals import post_delete

        from um_portal.inlogdienst import regels
        from um_portal.tenants.models import Lidmaatschap

        post_delete.connect(
            regels.forget_member, sender=Lidmaatschap, dispatch_uid="inlogdienst.lidmaatschap"
        )
