"""App of the municipalities."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    """Municipalities, who works there, and what keeps them apart."""

    name = "um_portal.tenants"
    label = "tenants"
    verbose_name = "gemeenten"

    def ready(self) -> None:
        """Let every migrate end with the rights of the application's role."""
        from um_portal.tenants.database_role import after_migrate

        post_migrate.connect(after_migrate, sender=self)
