"""App of the audit log."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when."""

    name = "um_portal.audit"
    label = "audit"
    verbose_name = "logboek"
