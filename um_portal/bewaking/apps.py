"""Registers this room with Django."""

from django.apps import AppConfig
from django.conf import settings


class BewakingConfig(AppConfig):
    """The figures of the whole portal, and erasing again after a restore: for its operator."""

    name = "um_portal.bewaking"
    label = "bewaking"
    verbose_name = "bewaking"

    def ready(self) -> None:
        """Registers the function in the database, and lets the part for people tell these figures."""
        from um_portal import metingen
        from um_portal.bewaking import cijfers
        from um_portal.tenants.database_role import register

        register(cijfers.of_database)
        metingen.add(cijfers.Schijf())
        # One kind of part tells them: that which also runs when the workers stand still.
        if settings.UM_COMPONENT == "paginas":
            metingen.add(cijfers.Portaal())
