"""App of the page about the work in the background."""

from django.apps import AppConfig


class AchtergrondwerkConfig(AppConfig):
    """Queues and schedules."""

    name = "um_portal.achtergrondwerk"
    label = "achtergrondwerk"
    verbose_name = "achtergrondwerk"

    def ready(self) -> None:
        """Listens to the jobs that are handed out, begin and end."""
        from um_portal.achtergrondwerk import planning, wachtrijen

        planning.connect()
        wachtrijen.connect()
