"""Registers this room with Django."""

from django.apps import AppConfig


class GemeentenConfig(AppConfig):
    """Admission and the pages about municipalities; it has commands and no tables."""

    name = "um_portal.gemeenten"

    def ready(self) -> None:
        """Lets every migrate make the function behind the life cycle."""
        from um_portal.gemeenten import lifecycle  # noqa: F401
