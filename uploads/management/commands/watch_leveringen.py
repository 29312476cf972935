"""Takes in the files that systems put in a folder, for operators: `manage.py watch_leveringen`."""

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from uploads.aanleveren.folder import Rondetelling, Wachter

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Watches a folder until SIGTERM or Ctrl-C, or looks once."""

    help = (
        "Neemt bestanden in uit MAP/<oin>/<soort of koppeling>/. Een bestand verdwijnt zodra het versleuteld in de "
        "database staat; wat ervan is geworden staat in verwerkt/ of afgewezen/. Het omzetten doen de workers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the folder, and how often to look."""
        parser.add_argument("map", metavar="MAP", type=Path, help="de map met een map per OIN")
        parser.add_argument(
            "--eenmalig", action="store_true", help="kijk een keer en stop, bijvoorbeeld vanuit cron"
        )
        parser.add_argument(
            "--interval", type=float, default=5.0, help="kijk elke zoveel seconden (standaard 5)"
        )
        parser.add_argument(
            "--rust",
            type=float,
            default=10.0,
            help="een bestand is compleet als het zoveel seconden niet verandert (standaard 10)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Watches the folder.

        Exits with status 0; with --eenmalig 1 when a file was refused or a folder could not be used.
        """
        place: Path = options["map"]
        if not place.is_dir():
            raise CommandError("Deze map is er niet. Maak haar eerst, met een map per OIN erin.")
        if options["interval"] <= 0 or options["rust"] < 0:
            raise CommandError("Geef met --interval en --rust een aantal seconden.")
        stop = _stop_on_signals()
        wachter = Wachter(place, options["rust"], stop)
        if options["eenmalig"]:
            self._once(wachter, stop)
            return
        log.info("wacht op bestanden")
        while not stop.is_set():
            close_old_connections()
            try:
                wachter.round()
            except (OSError, DatabaseError) as error:
                # The database or the disk is away for a while; work that was begun is picked up later.
                log.error("een ronde mislukte: %s", type(error).__name__)
            stop.wait(options["interval"])
        log.info("gestopt")

    def _once(self, wachter: Wachter, stop: threading.Event) -> None:
        telling = wachter.round()
        if telling.onrijp and not stop.wait(wachter.rust):
            telling = _sum(telling, wachter.round())
        self.stdout.write(f"{telling.ingenomen} ingenomen, {telling.afgewezen} afgewezen.")
        if telling.onrijp:
            self.stderr.write(f"{telling.onrijp} bestanden veranderden nog en zijn voor een volgende keer.")
        if telling.onbruikbaar:
            self.stderr.write(
                f"{telling.onbruikbaar} mappen zijn niet te gebruiken; het logboek zegt waarom."
            )
        if telling.afgewezen or telling.onbruikbaar:
            sys.exit(1)


def _sum(first: Rondetelling, second: Rondetelling) -> Rondetelling:
    return Rondetelling(
        ingenomen=first.ingenomen + second.ingenomen,
        afgewezen=first.afgewezen + second.afgewezen,
        onrijp=second.onrijp,
        onbruikbaar=second.onbruikbaar,
    )


def _stop_on_signals() -> threading.Event:
    """Gives an event that is set when the process is asked to end.

    The file that is being taken in is finished first.
    """
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    return stop
