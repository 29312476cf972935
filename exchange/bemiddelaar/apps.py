"""App of the searcher."""

from django.apps import AppConfig


class BemiddelaarConfig(AppConfig):
    """Keeps searches of jobcoaches at the exchange, their results, and detail requests."""

    name = "exchange.bemiddelaar"
    label = "bemiddelaar"
    verbose_name = "bemiddelaar"

    def ready(self) -> None:
        """Lets every migrate make the functions behind VNG support's pages."""
        from exchange.bemiddelaar import signalen, tellingen
        from um_portal.tenants import database_role

        database_role.register(tellingen.functies)
        database_role.register(signalen.functies)
