"""Replaces the table of postcodes by more exact data from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from exchange.geo.distances import REFRESH_SECONDS
from exchange.geo.reading import Leesfout, read_postcodes
from exchange.geo.replacement import replace_postcodes

#: The Netherlands has some 4,000 pc4 areas; a file with far fewer covers part of the country, or is another :
#: file.
MINIMUM = 1000

NIETS_VERANDERD = "Er is niets veranderd."


class Command(BaseCommand):
    help = (
        "Vervangt de tabel met postcodes. FILE is NL.txt van GeoNames, een CSV-bestand met een kop "
        '(postcode, breedtegraad, lengtegraad) of een JSON-bestand zoals {"1011": [52.37, 4.89]}.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--toch",
            "--force",
            action="store_true",
            dest="toch",
            help=f"laad ook een bestand met minder dan {MINIMUM} postcodes",
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help="de verbinding waarmee de tabel wordt vervangen",
        )

    def handle(self, *args: Any, file: Path, toch: bool, database: str, **options: Any) -> None:
        try:
            postcodes = read_postcodes(file.read_bytes())
        except OSError as error:
            raise CommandError(
                f"{file} is niet te lezen ({error.strerror}). Kijk of het pad klopt en of u het bestand mag "
                f"lezen. {NIETS_VERANDERD}"
            ) from error
        except Leesfout as error:
            raise CommandError(f"{file.name}: {error} {NIETS_VERANDERD}") from error
        if len(postcodes) < MINIMUM and not toch:
            raise CommandError(
                f"{file.name} heeft maar {len(postcodes)} postcodes, Nederland heeft er ruim 4000. Is dit "
                f"het hele bestand? Gebruik --toch als u deze postcodes toch wilt laden. {NIETS_VERANDERD}"
            )
        try:
            result = replace_postcodes(postcodes, herkomst=file.name, using=database)
        except DatabaseError as error:
            raise CommandError(
                f"De database weigerde de nieuwe postcodes ({type(error).__name__}). Draait de database, en "
                f"mag de verbinding '{database}' deze tabel wijzigen? Kies anders een andere met --database. "
                f"{NIETS_VERANDERD}"
            ) from error
        self.stdout.write(
            f"{result.aantal} postcodes geladen uit {file.name}: {result.nieuw} nieuw, "
            f"{result.vervallen} vervallen, de rest heeft de plaats uit het bestand gekregen."
        )
        for melding in result.meldingen:
            self.stdout.write(melding)
        if not result.luisteraars:
            self.stdout.write(
                "Wat al met de oude tabel was opgeslagen, zoals de zoekpostcode van profielen, is niet "
                "opnieuw berekend."
            )
        self.stdout.write(
            f"Processen die al draaien gebruiken de nieuwe tabel binnen {REFRESH_SECONDS:.0f} seconden."
        )
        if result.fouten:
            raise CommandError(
                "De postcodes zijn geladen, maar niet alles wat ervan afhangt is bijgewerkt "
                f"({', '.join(type(fout).__name__ for fout in result.fouten)}). Kijk in het logboek en geef "
                "daarna dezelfde opdracht nog eens."
            )
