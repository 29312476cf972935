"""Runs `manage.py load_waardelijst`: prepares a list of others, shows what it changes, puts it in force."""

import getpass
import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.utils import timezone

from exchange.waardelijsten.comparison import Versievergelijking, compare
from exchange.waardelijsten.lijsten import LIJSTEN, Lijst
from exchange.waardelijsten.models import (
    Code,
    NietKlaargezet,
    Versie,
    Versiecode,
    Versiestatus,
    prepare,
)
from exchange.waardelijsten.reading import (
    Ingang,
    Leesfout,
    lijst_of,
    read_entries,
    read_file,
    read_package,
)

NIETS_VERANDERD = "Er is niets veranderd."
_SHOWN = 10
# Prepared, but not put in force: published records would be left with a code that is no longer valid.
EXIT_IN_GEBRUIK = 3


class Command(BaseCommand):
    """The command; exits with 0: done; 1: refused, nothing changed; 3: prepared only, codes are in use."""

    help = (
        "Zet een waardelijst klaar (CSV, of SKOS in RDF/XML of Turtle) en laat zien wat die zou veranderen. "
        "Met --toepassen gaat de klaargezette versie in. Zonder bestand: de stand van de lijst, of van alle lijsten."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the list, the file, and the action."""
        parser.add_argument("naam", metavar="NAAM", nargs="?", default="", help=" of ".join(LIJSTEN))
        parser.add_argument("bestand", metavar="FILE", nargs="?", type=Path, default=None)
        parser.add_argument(
            "--pakket",
            action="store_true",
            help="neem de talen uit het pakket pycountry in plaats van een bestand",
        )
        parser.add_argument("--versie", default="", help="hoe deze versie heet; anders de datum van vandaag")
        parser.add_argument(
            "--schema",
            action="append",
            default=[],
            metavar="URI",
            help="alleen concepten uit dit SKOS-schema; mag vaker",
        )
        parser.add_argument("--toepassen", action="store_true", help="laat de klaargezette versie ingaan")
        parser.add_argument(
            "--toch",
            action="store_true",
            help="ook als er codes vervallen die profielen of vacatures gebruiken",
        )
        parser.add_argument(
            "--alles", action="store_true", help=f"noem alle codes die veranderen, niet de eerste {_SHOWN}"
        )
        parser.add_argument("--intrekken", action="store_true", help="gooi de klaargezette versie weg")
        parser.add_argument(
            "--door", default="", help="wie dit doet; anders de naam van uw account op deze machine"
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help="de verbinding waarmee de lijst wordt geladen",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Does what is asked, or raises CommandError in Dutch."""
        try:
            self._handle(options)
        except Leesfout as problem:
            raise CommandError(f"{problem.melding} {NIETS_VERANDERD}") from None
        except NietKlaargezet:
            raise CommandError(
                f"Iemand anders heeft deze versie intussen toegepast of vervangen. {NIETS_VERANDERD}"
            ) from None
        except DatabaseError as error:
            raise CommandError(
                f"De database weigerde de lijst ({type(error).__name__}). Draait de database, en mag de verbinding "
                f"'{options['database']}' deze tabellen wijzigen? {NIETS_VERANDERD}"
            ) from error

    def _handle(self, options: dict[str, Any]) -> None:
        database: str = options["database"]
        if not options["naam"]:
            if any(options[name] for name in ("toepassen", "intrekken", "pakket")):
                raise Leesfout(f"Noem ook de lijst: {', '.join(LIJSTEN)}.")
            for lijst in LIJSTEN.values():
                self._tell_state(lijst, database)
            return
        lijst = lijst_of(options["naam"])
        bestand: Path | None = options["bestand"]
        if sum((bestand is not None, options["pakket"], options["intrekken"])) > 1:
            raise Leesfout("Kies een van de drie: een bestand, --pakket of --intrekken.")
        if options["intrekken"]:
            self._withdraw(lijst, database)
            return
        if bestand is not None or options["pakket"]:
            versie = self._prepare(lijst, options)
        else:
            versie = self._waiting(lijst, database)
            if versie is None and options["toepassen"]:
                raise Leesfout(f"Er staat geen versie van {lijst.naam} klaar. Geef eerst een bestand.")
            if not options["toepassen"]:
                self._tell_state(lijst, database)
        if versie is None:
            return
        self._warn_of_form(lijst, versie, database)
        with transaction.atomic(using=database):
            verschil = compare(versie, database)
            self._tell_difference(versie, verschil, None if options["alles"] else _SHOWN)
            if options["toepassen"]:
                self._put_in_force(versie, verschil, toch=options["toch"])
        if not options["toepassen"]:
            self.stdout.write(
                "Deze versie geldt nog niet. Laat haar ingaan met: "
                f"python manage.py load_waardelijst {lijst.naam} --toepassen"
                + (" --toch" if verschil.in_gebruik else "")
            )

    def _warn_of_form(self, lijst: Lijst, versie: Versie, database: str) -> None:
        """Warns of codes that have another form than the keeper of the list gives them."""
        if not lijst.vorm:
            return
        codes = Versiecode.objects.using(database).filter(versie=versie).order_by("code")
        other = codes.exclude(code__regex=f"^{lijst.vorm}$")
        aantal = other.count()
        if aantal:
            self.stderr.write(
                f"Let op: {_codes(aantal)} van {lijst.naam} {'heeft' if aantal == 1 else 'hebben'} een andere vorm dan "
                f"{lijst.beheerder} gebruikt ({lijst.voorbeeld}), zoals {other.values_list('code', flat=True)[0]}. "
                "Wie elders met de codes van "
                f"{lijst.beheerder} zoekt, vindt deze niet."
            )

    def _prepare(self, lijst: Lijst, options: dict[str, Any]) -> Versie | None:
        """Prepares the version that now waits; gives None when it would change nothing."""
        bestand: Path | None = options["bestand"]
        if bestand is not None:
            data = read_file(bestand)
            entries, name, digest = _read(lijst, data, options["schema"], bestand)
        else:
            entries = read_package(lijst)
            name, digest = _package(entries)
        database: str = options["database"]
        current = set(
            Code.objects.using(database)
            .filter(lijst=lijst.naam)
            .geldig()
            .values_list("code", "label", "synoniemen")
        )
        if current == {(code, label, "\n".join(synoniemen)) for code, label, synoniemen in entries}:
            self.stdout.write(f"{name} is gelijk aan de versie van {lijst.naam} die geldt. {NIETS_VERANDERD}")
            return None
        return prepare(
            lijst.naam,
            entries,
            versie=options["versie"][:60] or timezone.localdate().isoformat(),
            bestandsnaam=name,
            sha256=digest,
            geladen_door=options["door"] or _account(),
            using=database,
        )

    def _put_in_force(self, versie: Versie, verschil: Versievergelijking, *, toch: bool) -> None:
        if verschil.in_gebruik and not toch:
            raise CommandError(
                f"Wat nu gebruikt wordt, zou vervallen: {_codes(len(verschil.in_gebruik))}. De versie staat klaar maar "
                "geldt nog niet. Wilt u dit toch, geef dan dezelfde opdracht met --toepassen --toch.",
                returncode=EXIT_IN_GEBRUIK,
            )
        versie.put_in_force()
        self.stdout.write(f"Versie {versie.versie} van {versie.lijst} geldt nu: {_codes(versie.aantal)}.")

    def _withdraw(self, lijst: Lijst, database: str) -> None:
        versie = self._waiting(lijst, database)
        if versie is None:
            raise Leesfout(f"Er staat geen versie van {lijst.naam} klaar.")
        versie.withdraw()
        self.stdout.write(f"De klaargezette versie {versie.versie} van {lijst.naam} is weggegooid.")

    def _waiting(self, lijst: Lijst, database: str) -> Versie | None:
        return Versie.objects.using(database).filter(lijst=lijst.naam, status=Versiestatus.KLAARGEZET).first()

    def _tell_state(self, lijst: Lijst, database: str) -> None:
        versies = (
            Versie.objects.using(database).filter(lijst=lijst.naam).exclude(status=Versiestatus.VERVALLEN)
        )
        by_status = {versie.status: versie for versie in versies}
        geldig, klaar = by_status.get(Versiestatus.GELDIG), by_status.get(Versiestatus.KLAARGEZET)
        aantal = Code.objects.using(database).filter(lijst=lijst.naam).geldig().count()
        said = _codes(aantal) if aantal else "niet geladen"
        if geldig is not None:
            said += f", versie {geldig.versie} uit {geldig.bestandsnaam}"
        if klaar is not None:
            said += f"; versie {klaar.versie} uit {klaar.bestandsnaam} staat klaar"
        self.stdout.write(f"{lijst.naam} ({lijst.beheerder}): {said}.")

    def _tell_difference(self, versie: Versie, verschil: Versievergelijking, shown: int | None) -> None:
        vervalt = verschil.vervallen
        self.stdout.write(
            f"Versie {versie.versie} van {versie.lijst} uit {versie.bestandsnaam}: {_codes(versie.aantal)}, waarvan "
            f"{len(verschil.nieuw)} nieuw, {len(verschil.hernoemd)} met een andere naam en {verschil.gelijk} gelijk. "
            f"Er {'vervalt' if len(vervalt) == 1 else 'vervallen'} {_codes(len(vervalt))}."
        )
        if verschil.synoniemen_anders:
            self.stdout.write(f"Alleen andere zoekwoorden: {_codes(verschil.synoniemen_anders)}.")
        self._tell_some("Nieuw", [f"{code}: {label}" for code, label in verschil.nieuw], shown)
        self._tell_some(
            "Andere naam", [f"{h.code}: {h.oud} wordt {h.nieuw}" for h in verschil.hernoemd], shown
        )
        unused = [f"{v.code}: {v.label}" for v in vervalt if not v.in_gebruik]
        self._tell_some("Vervalt, niet in gebruik", unused, shown)
        used = [
            f"{v.code}: {v.label} (werkzoekenden: {v.werkzoekenden}, vacatures: {v.vacatures})"
            for v in verschil.in_gebruik
        ]
        self._tell_some("Vervalt en is in gebruik", used, shown)
        if used:
            self.stdout.write(
                f"Let op: {_codes(len(used))} in deze laatste lijst. De getallen zijn van alle gemeenten samen. Deze "
                "profielen en vacatures blijven leesbaar, maar niemand kan de codes nog kiezen om erop te zoeken. "
                "Vraag de gemeenten om na het ingaan opnieuw te koppelen en aan te leveren."
            )

    def _tell_some(self, kop: str, regels: list[str], shown: int | None) -> None:
        if not regels:
            return
        cut = shown is not None and len(regels) > shown
        more = f" (de eerste {shown} van {len(regels)}; met --alles ziet u ze allemaal)" if cut else ""
        self.stdout.write(f"{kop}{more}:")
        for regel in regels[:shown]:
            self.stdout.write(f"  {regel}")


def _codes(aantal: int) -> str:
    return f"{aantal} {'code' if aantal == 1 else 'codes'}"


def _read(lijst: Lijst, data: bytes, schemas: list[str], path: Path) -> tuple[list[Ingang], str, str]:
    try:
        entries = read_entries(lijst, data, schemas)
    except Leesfout as problem:
        raise Leesfout(f"{path.name}: {problem.melding}") from None
    return entries, path.name, hashlib.sha256(data).hexdigest()


def _package(entries: list[Ingang]) -> tuple[str, str]:
    """Gives the name of the package with its version, and a fingerprint of its content."""
    from importlib.metadata import version

    return f"pycountry {version('pycountry')}", hashlib.sha256(repr(entries).encode()).hexdigest()


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "onbekend"  # a container may run as a user without a name
