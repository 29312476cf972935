"""Registers this room with Django."""

from django.apps import AppConfig


class GemeentenConfig(AppConfig):
    """Admission, settings and departure of municipalities, and the pages about them."""

    name = "um_portal.gemeenten"
    label = "gemeenten"
    verbose_name = "gemeenten"

    def ready(self) -> None:
        """Lets every migrate make the function behind the life cycle."""
        from um_portal.gemeenten import lifecycle  # noqa: F401
