"""App of the help; it has no models."""

from django.apps import AppConfig


class HulpConfig(AppConfig):
    """The help, made of the documents in `docs/`."""

    name = "um_portal.hulp"
    label = "hulp"
    verbose_name = "hulp"

    def ready(self) -> None:
        """Registers the check that every help page came along with the installation."""
        from um_portal.hulp import checks  # noqa: F401
