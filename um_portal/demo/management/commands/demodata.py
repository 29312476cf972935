"""Runs `manage.py demodata`: makes the fictional world of the demonstration, or tells who can log in."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from um_portal.demo.accounts import WACHTWOORD, overview
from um_portal.demo.exports import write_examples
from um_portal.demo.toelaten import admit_at_once
from um_portal.demo.world import make_world


class Command(BaseCommand):
    """The command that fills the demonstration."""

    help = "Maak de voorbeeldgegevens van de demonstratie, voor zover ze er nog niet zijn."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the options that only show the accounts, and that only admit one municipality."""
        parser.add_argument("--accounts", action="store_true", help="toon alleen wie er kan inloggen")
        parser.add_argument(
            "--gemeente",
            nargs=2,
            metavar=("OIN", "NAAM"),
            help="laat alleen deze gemeente toe, met verzonnen voorwaarden",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes the world. Raises CommandError outside demonstration mode: the password is public."""
        if not settings.UM_DEMO:
            raise CommandError("Voorbeeldgegevens zijn er alleen in de demonstratie (UM_DEMO=1).")
        if options["accounts"]:
            rows = overview()
            wide = {key: max(len(row[key]) for row in rows) for key in ("gebruikersnaam", "rol")}
            for row in rows:
                self.stdout.write(
                    f"  {row['gebruikersnaam']:{wide['gebruikersnaam']}}  {row['rol']:{wide['rol']}}  {row['gemeente']}"
                )
            self.stdout.write(f"  Het wachtwoord is overal: {WACHTWOORD}")
            return
        if options["gemeente"]:
            try:
                gemeente = admit_at_once(*options["gemeente"])
            except ValidationError as wrong:
                raise CommandError(" ".join(wrong.messages)) from None
            self.stdout.write(f"{gemeente.naam} ({gemeente.oin}) is toegelaten.")
            return
        make_world()
        write_examples(Path(settings.UM_DATA_DIR) / "voorbeelden")
