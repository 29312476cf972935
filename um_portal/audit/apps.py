"""Registers this room with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log: who did what, when."""

    name = "um_portal.audit"
    label = "audit"
    verbose_name = "logboek"
