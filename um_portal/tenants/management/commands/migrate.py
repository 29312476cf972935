"""Runs `manage.py migrate`, by default as the owner: the application's role may not alter tables."""

from django.core.management.base import CommandParser
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's migrate on the `eigenaar` database alias."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds Django's arguments, with another default database."""
        super().add_arguments(parser)
        parser.set_defaults(database="eigenaar")
