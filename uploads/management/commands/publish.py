"""Publishes a file from the command line as a municipality's set of one kind: `manage.py publish`."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exchange.standard import Soort
from um_portal.errors import FoutMetMelding
from um_portal.jobs import MAX_POGINGEN
from um_portal.ruimte import GEEN_RUIMTE
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import Recht, is_open
from uploads.aanleveren.deliver import AndereSoort, OnbekendeKoppeling, check_koppeling
from uploads.gepubliceerd import publication
from uploads.leveringen import erasure, lifecycle
from uploads.leveringen.intake import receive
from uploads.leveringen.upload_handler import max_bytes, too_large_message
from uploads.mapping.recognition import KOPPELINGEN
from uploads.models import Levering, Leveringstatus, Wijze
from uploads.omzetten import processing
from uploads.readers import Onleesbaar

log = logging.getLogger(__name__)

_KOPPELINGEN = (
    f"{', '.join(k.naam for k in KOPPELINGEN)} of de naam van een koppeling die de gemeente bewaarde"
)


# The sentence for the page promises another attempt, but this command erases the file when it ends.
_GEEN_RUIMTE = (
    "De server heeft geen ruimte meer. Dat ligt niet aan het bestand. Er is niets gepubliceerd. Maak ruimte en geef "
    "deze opdracht daarna opnieuw."
)


class Mislukt(FoutMetMelding):
    """Nothing was published; the message says why, in Dutch."""


class Command(BaseCommand):
    """Converts and publishes a file; prints the result as JSON on the last line."""

    help = (
        "Publiceert een bestand (xlsx, xls, ods, csv of JSON) als de werkzoekenden of vacatures van een gemeente, of "
        "een JSON-bestand als de werkgeverscontactmomenten. "
        "De laatste regel van de uitvoer is één JSON-object met de aantallen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds --oin, --soort, --koppeling and the file."""
        parser.add_argument("bestand", metavar="BESTAND", help="het bestand met de gegevens")
        parser.add_argument("--oin", required=True, help="OIN van de gemeente: 20 cijfers")
        parser.add_argument("--soort", required=True, help=" of ".join(Soort))
        parser.add_argument(
            "--koppeling",
            default="",
            help=f"hoe de kolommen te lezen zijn: {_KOPPELINGEN}; anders wordt dat herkend",
        )

        parser.add_argument(
            "--wijze",
            choices=list(Wijze),
            default=Wijze.VOLLEDIG,
            help="volledig: het bestand vervangt wat er staat; aanvullend: het vult aan en werkt bij",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Publishes the file. Exits with status 1, with nothing changed, when nothing could be published."""
        result: dict[str, Any] = dict.fromkeys(("gelezen", "gepubliceerd", "overgeslagen", "afgekeurd"), 0)
        try:
            self._publish(options, result)
        except Mislukt as problem:
            self._fail(problem.melding, result)
        except Exception as problem:  # A caller in a script gets its JSON line after any error.
            log.exception("publish failed")
            del problem
            self._fail(
                "Er ging iets mis bij het publiceren. Er is niets veranderd. Probeer het opnieuw.", result
            )
        self.stdout.write(json.dumps(result))

    def _fail(self, melding: str, result: dict[str, Any]) -> None:
        self.stderr.write(melding)
        self.stdout.write(json.dumps({**result, "gepubliceerd": 0, "melding": melding}))
        self.stdout.flush()
        sys.exit(1)

    def _publish(self, options: dict[str, Any], result: dict[str, Any]) -> None:
        gemeente = Gemeente.objects.filter(oin=options["oin"]).first()
        if gemeente is None:
            raise Mislukt(
                "Er is geen gemeente met dit OIN. Laat de gemeente eerst toe met `manage.py admit`."
            )
        try:
            soort = Soort(options["soort"])
        except ValueError:
            raise Mislukt(f"Kies als soort {' of '.join(Soort)}.") from None
        try:
            with voor_gemeente(gemeente):
                check_koppeling(options["koppeling"], soort)
        except OnbekendeKoppeling:
            raise Mislukt(f"Deze koppeling bestaat niet. Kies {_KOPPELINGEN}.") from None
        except AndereSoort:
            raise Mislukt("Deze koppeling is voor een andere soort. Kies een andere koppeling.") from None
        if not is_open(Recht.PUBLICEREN, gemeente, soort.value):
            raise Mislukt(
                "Deze gemeente kan dit nu niet publiceren: zij is niet toegelaten tot de uitwisseling, of doet hier "
                "niet aan mee."
            )
        path = Path(options["bestand"])
        try:
            levering = receive(
                gemeente,
                inhoud=_read(path),
                bestandsnaam=path.name,
                soort=soort,
                koppeling=options["koppeling"],
                wijze=Wijze(options["wijze"]),
            )
        except Onleesbaar as problem:
            raise Mislukt(problem.melding) from None
        try:
            self._run(gemeente, levering.pk, result)
        finally:
            self._erase(gemeente, levering.pk)

    def _run(self, gemeente: Gemeente, pk: int, result: dict[str, Any]) -> None:
        for _ in range(MAX_POGINGEN):
            processing.convert(gemeente, pk, self._progress)
            levering = _reload(gemeente, pk)
            if not levering.is_onderbroken:
                break
        result.update(
            gelezen=levering.gelezen,
            overgeslagen=levering.overgeslagen,
            afgekeurd=levering.afgekeurd,
            lege_rijen=levering.lege_rijen,
            waarschuwingen=levering.waarschuwingen,
            koppeling=levering.koppeling,
            levering=pk,
        )
        self._tell_reasons(levering)
        if levering.status == Leveringstatus.OMGEZET and not levering.omgezet:
            raise Mislukt(
                "Er is niets gepubliceerd: geen enkele rij kon worden omgezet. De redenen staan hierboven."
            )
        if levering.melding == GEEN_RUIMTE:
            raise Mislukt(_GEEN_RUIMTE)
        if not levering.is_publiceerbaar:
            raise Mislukt(levering.melding or "Het bestand is niet omgezet.")
        try:
            # The person who types this command has chosen to replace the set by this file.
            publication.request_publication(gemeente, pk, None, zonder_rem=True, eigen=True)
        except publication.NietPubliceerbaar as problem:
            raise Mislukt(problem.melding) from None
        verschil = publication.publish(gemeente, pk)
        if verschil is None:
            melding = _reload(gemeente, pk).melding
            if melding == GEEN_RUIMTE:
                raise Mislukt(_GEEN_RUIMTE)
            raise Mislukt(melding or "Een andere verwerking publiceert deze levering al.")
        result.update(
            gepubliceerd=verschil.totaal,
            nieuw=verschil.nieuw,
            gewijzigd=verschil.gewijzigd,
            gelijk=verschil.gelijk,
            weg=verschil.weg,
            tegengehouden=verschil.tegengehouden,
        )

    def _progress(self, levering: Levering) -> None:
        if levering.rijen_gedaan:
            self.stderr.write(f"{levering.rijen_gedaan} van {levering.rijen_totaal or '?'} rijen gedaan")
        elif not levering.koppeling:
            self.stderr.write(levering.melding)
        else:
            self.stderr.write(f"Herkend: {levering.koppeling_label}, {levering.soort_label}")

    def _tell_reasons(self, levering: Levering) -> None:
        for reden in levering.redenen:
            kolom = f", kolom {reden['kolom']}" if reden["kolom"] else ""
            self.stderr.write(f"{reden['aantal']} keer {reden['ernst']}{kolom}: {reden['melding']}")

    def _erase(self, gemeente: Gemeente, pk: int) -> None:
        """Erases the content at once, because nobody comes back for what was not published.

        The figures stay.
        """
        with voor_gemeente(gemeente):
            levering = Levering.objects.get(pk=pk)
            # A failed levering already tells that it failed, and why.
            if levering.is_mislukt or lifecycle.expire(pk, levering.melding):
                erasure.erase_content(levering)


def _reload(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            inhoud = file.read(max_bytes() + 1)
    except OSError:
        raise Mislukt("Dit bestand is niet te openen. Controleer de naam en of u het mag lezen.") from None
    if len(inhoud) > max_bytes():
        raise Mislukt(too_large_message())
    return inhoud
