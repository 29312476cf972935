"""App of VNG support's pages about users."""

from django.apps import AppConfig


class GebruikersConfig(AppConfig):
    """Users: finding, blocking and helping somebody."""

    name = "um_portal.gebruikers"
    label = "gebruikers"
    verbose_name = "gebruikers"

    def ready(self) -> None:
        """Lets every migrate make the function of the database."""
        from um_portal.gebruikers import functies
        from um_portal.tenants.database_role import register

        register(functies.of_database)
