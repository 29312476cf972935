"""Runs `manage.py admit`: admits a municipality."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from um_portal.gemeenten.admission import admit


class Command(BaseCommand):
    """The command that admits a municipality to the exchange."""

    help = "Laat een gemeente toe tot de uitwisseling, of laat haar onder deze naam opnieuw toe."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the OIN and the name."""
        parser.add_argument("--oin", required=True, help="OIN van de gemeente, 20 cijfers")
        parser.add_argument("--naam", required=True, help="naam van de gemeente")

    def handle(self, *args: Any, **options: Any) -> None:
        """Admits the municipality. Raises CommandError that says what is wrong."""
        try:
            gemeente = admit(options["oin"], options["naam"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{gemeente.naam} ({gemeente.oin}) is toegelaten.")
