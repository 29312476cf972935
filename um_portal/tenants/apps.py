"""Registers this room with Django."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    """Municipalities, their members of staff, and the guards that keep municipalities apart."""

    name = "um_portal.tenants"
    label = "tenants"
    verbose_name = "gemeenten"

    def ready(self) -> None:
        """Lets every migrate end with granting the rights of the application's role."""
        from um_portal.tenants.database_role import after_migrate

        post_migrate.connect(after_migrate, sender=self)
