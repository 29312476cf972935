"""Runs `manage.py rotate_keys`: renews the master key of all, or the data key of one municipality."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from um_portal.gemeenten.rotation import NogBezig, renew_data_key
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente


class Command(BaseCommand):
    """The command that renews keys."""

    help = (
        "Verpakt de sleutels van alle gemeenten met de huidige hoofdsleutel (UM_MASTER_KEY). Zet de vorige "
        "hoofdsleutel zolang in UM_MASTER_KEYS_OUD; daarna kan hij weg. Met --datasleutel krijgt één gemeente een "
        "nieuwe eigen sleutel en wordt alles van die gemeente opnieuw versleuteld. Opnieuw uitvoeren kan altijd."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds --datasleutel OIN and --niet-wachten."""
        parser.add_argument("--datasleutel", metavar="OIN", help="geef deze gemeente een nieuwe datasleutel")
        parser.add_argument(
            "--niet-wachten",
            action="store_true",
            help="wacht niet tot elk proces de nieuwe datasleutel kent; alleen als het portaal stilstaat",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Renews the data key of one municipality, or wraps all keys with the present master key."""
        if options["datasleutel"]:
            self._renew(options["datasleutel"], wait=not options["niet_wachten"])
        else:
            self._rewrap()

    def _rewrap(self) -> None:
        changed, same, unreadable = 0, 0, []
        for gemeente in Gemeente.objects.order_by("pk"):
            try:
                if keys.rewrap(gemeente):
                    changed += 1
                else:
                    same += 1
            except keys.OntsleutelFout:
                unreadable.append(f"{gemeente.naam} ({gemeente.oin})")
        keys.forget()
        self.stdout.write(
            f"Opnieuw verpakt: {changed}. Was al goed: {same}. Niet te openen: {len(unreadable)}."
        )
        if unreadable:
            raise CommandError(
                f"De sleutels van {', '.join(unreadable)} passen bij geen van de hoofdsleutels. Zet de hoofdsleutel "
                "waarmee ze zijn verpakt in UM_MASTER_KEYS_OUD en voer deze opdracht opnieuw uit."
            )

    def _renew(self, oin: str, *, wait: bool) -> None:
        gemeente = Gemeente.objects.filter(oin=oin).first()
        if gemeente is None:
            raise CommandError("Er is geen gemeente met dit OIN. Controleer het nummer.")
        try:
            counts = renew_data_key(gemeente, wait=wait, tell=self.stdout.write)
        except keys.Sleutel.DoesNotExist:
            raise CommandError(
                "Deze gemeente heeft geen sleutels. Laat haar eerst toe met `manage.py admit`."
            ) from None
        except keys.OntsleutelFout:
            raise CommandError(
                "Iets van deze gemeente is met geen van de bekende sleutels te openen. De vorige datasleutel is "
                "daarom bewaard. Zet een ontbrekende hoofdsleutel in UM_MASTER_KEYS_OUD en voer deze opdracht "
                "opnieuw uit."
            ) from None
        except NogBezig:
            raise CommandError(
                "Een andere verwerking duurt te lang. De vorige datasleutel is daarom bewaard. Voer deze opdracht "
                "straks opnieuw uit."
            ) from None
        for column, number in counts.items():
            self.stdout.write(f"{column}: {number} opnieuw versleuteld")
        self.stdout.write(f"{gemeente.naam} heeft een nieuwe datasleutel; de vorige is gewist.")
