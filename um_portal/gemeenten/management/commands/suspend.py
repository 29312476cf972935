"""Runs `manage.py suspend`: suspends a municipality, or lets it take part again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from um_portal.gemeenten.admission import Hervatreden, NietToegelaten, Reden, resume, suspend
from um_portal.tenants.models import Gemeente


class Command(BaseCommand):
    """The command that stops a municipality's exchange at once, and starts it again."""

    help = "Schort de deelname van een gemeente op (met --reden), of hervat haar (met --hervat)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the OIN, and either a reason or the wish to resume."""
        parser.add_argument("--oin", required=True, help="OIN van de gemeente, 20 cijfers")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--reden",
            choices=Reden.values,
            help="; ".join(f"{reden.value}: {reden.label}" for reden in Reden),
        )
        what.add_argument("--hervat", action="store_true", help="laat een opgeschorte gemeente weer meedoen")

    def handle(self, *args: Any, **options: Any) -> None:
        """Suspends or resumes. Raises CommandError for an unknown municipality or a state that does not allow it."""
        gemeente = Gemeente.objects.filter(oin=options["oin"]).first()
        if gemeente is None:
            raise CommandError("Er is geen gemeente met dit OIN.")
        if options["hervat"]:
            try:
                resume(gemeente, Hervatreden.OPGELOST)
            except NietToegelaten as problem:
                raise CommandError(problem.melding) from None
        elif not suspend(gemeente, Reden(options["reden"])):
            raise CommandError(
                f"Dat kan nu niet: {gemeente.naam} is {gemeente.get_status_display().lower()}. "
                "Alleen een toegelaten gemeente is op te schorten."
            )
        self.stdout.write(
            f"De deelname van {gemeente.naam} is {'hervat' if options['hervat'] else 'opgeschort'}."
        )
