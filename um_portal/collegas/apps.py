"""App of the colleagues of a municipality."""

from django.apps import AppConfig


class CollegasConfig(AppConfig):
    """Colleagues: the people of a municipality."""

    name = "um_portal.collegas"
    label = "collegas"
    verbose_name = "collega's"

    def ready(self) -> None:
        """Listens to invitations that are accepted."""
        from um_portal.accounts.uitnodigingen import aangenomen
        from um_portal.collegas import leden

        aangenomen.connect(leden.joined_by_link, dispatch_uid="collegas.aangenomen")
