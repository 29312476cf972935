"""Runs `manage.py erase_again`: erases, in a restored database, what was erased after the back-up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from um_portal.audit.wissingen import WissingenOnleesbaar
from um_portal.bewaking.wissen import erase_again


class Command(BaseCommand):
    """The command for the first minutes after a restore, before anybody works with the portal."""

    help = "Wist opnieuw wat na de back-up gewist of ingetrokken was (UM_WISSINGEN). Nog eens uitvoeren mag."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints how much of each kind it erased; raises CommandError when something could not be erased."""
        try:
            verslag = erase_again()
        except WissingenOnleesbaar as where:
            raise CommandError(
                f"Dit bestand met wissingen is niet te lezen: {where}. Er is niets gewist. Zet een goede kopie terug."
            ) from None
        for wat, number in sorted(verslag.gewist.items()):
            if number:
                self.stdout.write(f"{wat.value}: {number} opnieuw gewist")
        self.stdout.write(
            f"Klaar: {sum(verslag.gewist.values())} opnieuw gewist, {verslag.was_al} waren al gewist."
        )
        if verslag.mislukt:
            raise CommandError(
                f"{verslag.mislukt} wissingen zijn niet gelukt. Zet het portaal nog niet open; kijk in het logboek van "
                "de programma's waarom, en voer de opdracht opnieuw uit."
            )
