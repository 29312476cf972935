"""`manage.py invite E-MAIL`: invite somebody, such as the first person of VNG support."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from um_portal.accounts.models import Supportrol
from um_portal.accounts.uitnodigingen import UitnodigenMislukt, invite


class Command(BaseCommand):
    """Makes an account and mails its owner a link to set a password."""

    help = "Nodigt iemand uit: maakt een account en mailt een link om een wachtwoord te kiezen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds the person to invite, and the way in which the link reaches them."""
        parser.add_argument("email", help="het e-mailadres waarmee iemand gaat inloggen")
        parser.add_argument("--voornaam", default="")
        parser.add_argument("--achternaam", default="")
        parser.add_argument("--support", choices=Supportrol.values, help="voor VNG-support, met deze rol")
        parser.add_argument(
            "--toon-link", action="store_true", help="laat de link hier zien, in plaats van hem te mailen"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Invites, and says what was done."""
        try:
            nieuw = invite(
                options["email"],
                voornaam=options["voornaam"],
                achternaam=options["achternaam"],
                supportrol=Supportrol(options["support"]) if options["support"] else None,
                versturen=not options["toon_link"],
            )
        except UitnodigenMislukt as problem:
            raise CommandError(problem.melding) from None
        uitnodiging = nieuw.uitnodiging
        self.stdout.write(
            f"Uitgenodigd: {uitnodiging.gebruiker.username}, tot {uitnodiging.verloopt_op:%d-%m-%Y}."
        )
        if options["toon_link"]:
            self.stdout.write(f"Geef deze link door; hij werkt één keer:\n{nieuw.link}")
