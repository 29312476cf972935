"""`manage.py migrate`, by default as the owner of the tables: the application's role may not alter them."""

from django.core.management.base import CommandParser
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's migrate on the `eigenaar` database alias."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, with another default database."""
        super().add_arguments(parser)
        parser.set_defaults(database="eigenaar")
