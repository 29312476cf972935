"""Registers this room with Django."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    """Municipalities, their members of staff, and the guards that keep municipalities apart."""

    name = "um_portal.tenants"
    label = "tenants"
    verbose_name = "gemeenten"

    def ready(self) -> None:
        """Lets every migrate end with granting the rights of the roles, and every connection be looked at."""
        from um_portal.tenants import login
        from um_portal.tenants.database_role import after_migrate

        post_migrate.connect(after_migrate, sender=self)
        connection_created.connect(login.on_connection, dispatch_uid="tenants.login")
        register(login.check, Tags.database)
