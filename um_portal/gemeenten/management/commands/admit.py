"""Runs `manage.py admit`: admits a municipality that meets every condition."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from um_portal.gemeenten.admission import NietToegelaten, Toelatingsreden, admit, register
from um_portal.tenants.models import Gemeente


class Command(BaseCommand):
    """The command that admits a municipality to the exchange; it is no way around the checklist."""

    help = "Schrijf een gemeente in, en laat haar toe als aan alle voorwaarden is voldaan."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the OIN, the name and the reason."""
        parser.add_argument("--oin", required=True, help="OIN van de gemeente, 20 cijfers")
        parser.add_argument(
            "--naam", required=True, help="naam van de gemeente, als zij nog niet is ingeschreven"
        )
        parser.add_argument(
            "--reden",
            choices=Toelatingsreden.values,
            default=Toelatingsreden.BESLUIT.value,
            help="; ".join(f"{reden.value}: {reden.label}" for reden in Toelatingsreden),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Registers and admits. Raises CommandError that says what is wrong or missing."""
        try:
            gemeente = Gemeente.objects.filter(oin=options["oin"]).first() or register(
                options["oin"], options["naam"]
            )
            admit(gemeente, Toelatingsreden(options["reden"]))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except NietToegelaten as problem:
            raise CommandError(problem.melding) from None
        self.stdout.write(f"{gemeente.naam} ({gemeente.oin}) is toegelaten.")
