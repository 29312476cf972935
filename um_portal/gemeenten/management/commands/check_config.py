"""Runs `manage.py check_config`: tells whether this machine has what the portal needs.

The settings themselves are checked before any command starts (`um_portal.configuration`); this looks at what they
point to. It shows no values: some are secret.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connection, connections

from um_portal import health, sentinel
from um_portal.tenants import login

GOED, LET_OP, FOUT = "goed", "let op", "fout"
_SOON = timedelta(days=30)
_CLOCK_SECONDS = 2
# Fewer have no majority when one is gone.
_SENTINELS = 3
# Per cent that is free.
_NEARLY_FULL, _FULL = 15, 5
_CONFINED = "from uploads.sandbox.confinement import confine; import sys; sys.exit(confine() or 0)"

Bevinding = tuple[str, str]


class Command(BaseCommand):
    """The command that checks the configuration of this machine."""

    help = "Controleert de instellingen en waar ze naar wijzen; eindigt met 1 als er iets fout is."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line per finding; exits with 1 when one of them is wrong."""
        found = [(GOED, "De instellingen kloppen met elkaar."), *check_config()]
        for ernst, zin in found:
            self.stdout.write(f"{ernst + ':':8}{zin}")
        if any(ernst == FOUT for ernst, _ in found):
            sys.exit(1)


def check_config() -> list[Bevinding]:
    """Gives what is right and wrong, in the order of the table below; a check that fails itself is wrong."""
    found: list[Bevinding] = []
    for what, check in _CHECKS:
        try:
            found += check()
        except Exception as error:  # whatever it is, the operator has to look at it
            found.append((FOUT, f"{what} is niet te controleren ({type(error).__name__})."))
    return found


def _database() -> Iterator[Bevinding]:
    with connection.cursor() as cursor:
        wrong = login.problem(cursor)
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        (clock,) = cursor.fetchone()
    if wrong:
        yield (LET_OP if settings.UM_DEMO else FOUT), wrong
    else:
        yield GOED, "De database antwoordt, en row-level security geldt."
    if abs(float(clock) - datetime.now(UTC).timestamp()) > _CLOCK_SECONDS:
        yield FOUT, "De klok van deze machine loopt niet gelijk met die van de database."


def _limits() -> Iterator[Bevinding]:
    """Looks whether the limits of a connection hold: something in between may not pass them on."""
    wanted = settings.UM_DATABASE_TIJDEN[settings.UM_WERK]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting::bigint / 1000 FROM pg_settings WHERE name = ANY(%s) AND unit = 'ms'",
            [list(wanted)],
        )
        found = dict(cursor.fetchall())
    wrong = sorted(name for name, seconds in wanted.items() if found.get(name) != seconds)
    if wrong:
        yield (
            LET_OP,
            f"Voor deze verbinding gelden andere grenzen dan die van het portaal ({', '.join(wrong)}). Geeft PgBouncer "
            "ze niet door? Zie deploy/cluster/pgbouncer.ini.",
        )


def _replica() -> Iterator[Bevinding]:
    if settings.UM_LEESDATABASE == DEFAULT_DB_ALIAS:
        return
    with connections[settings.UM_LEESDATABASE].cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        (is_replica,) = cursor.fetchone()
    if is_replica:
        yield GOED, "De leesreplica antwoordt."
    else:
        yield LET_OP, "DATABASE_REPLICA_URL wijst nu naar een server die ook schrijft: de bron leest daar."


def _migrations() -> Iterator[Bevinding]:
    if pending := health.pending_migrations():
        yield FOUT, f"De tabellen: {len(pending)} migraties ontbreken. Voer uit: manage.py migrate"
    else:
        yield GOED, "De tabellen zijn van deze versie."


def _redis() -> Iterator[Bevinding]:
    urls = (settings.UM_REDIS_WACHTRIJ_URL, settings.CACHES["default"]["LOCATION"])
    named = {found.plaatsen: found for found in map(sentinel.read, filter(sentinel.is_sentinel, urls))}
    for found in named.values():
        total, answering = len(found.plaatsen), found.count()
        if answering < total:
            yield LET_OP, f"Van de {total} sentinels van Redis antwoorden er {answering}."
        elif total < _SENTINELS:
            yield (
                LET_OP,
                f"Minder dan {_SENTINELS} sentinels van Redis: valt er een uit, dan is er geen meerderheid.",
            )
    health.ask_redis()
    yield GOED, "Redis antwoordt."


def _certificate() -> Iterator[Bevinding]:
    path = settings.UM_EXCHANGE_CERTIFICAAT
    if not path:
        if not settings.UM_DEMO:
            yield LET_OP, "Er is geen certificaat om de uitwisseling te bellen (UM_EXCHANGE_CERTIFICAAT)."
        return
    certificate = x509.load_pem_x509_certificates(Path(path).read_bytes())[0]
    key_path = Path(settings.UM_EXCHANGE_SLEUTEL or path)
    key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    left = certificate.not_valid_after_utc - datetime.now(UTC)
    if key.public_key() != certificate.public_key():
        yield FOUT, "Het certificaat voor de uitwisseling hoort niet bij de sleutel."
    if not _is_for_calling(certificate):
        yield FOUT, "Het certificaat voor de uitwisseling is niet om mee te bellen (client authentication)."
    if left < timedelta(0):
        yield FOUT, "Het certificaat voor de uitwisseling is verlopen."
    elif left < _SOON:
        yield LET_OP, f"Het certificaat voor de uitwisseling verloopt over {left.days} dagen."
    else:
        yield GOED, f"Het certificaat voor de uitwisseling is nog {left.days} dagen geldig."
    if os.stat(key_path).st_mode & 0o007:
        yield FOUT, "De sleutel voor de uitwisseling is leesbaar voor iedereen op deze machine."


def _is_for_calling(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage


def _static() -> Iterator[Bevinding]:
    if settings.UM_DEMO:
        return
    if not settings.UM_STATIC_MANIFEST:
        yield LET_OP, "UM_STATIC_MANIFEST staat uit: de vormgeving gaat niet ingepakt over de lijn."
    elif not (Path(str(settings.STATIC_ROOT)) / "staticfiles.json").is_file():
        yield FOUT, "De vormgeving is niet verzameld. Voer uit: manage.py collectstatic --noinput"
    else:
        yield GOED, "De vormgeving is verzameld."


def _places() -> Iterator[Bevinding]:
    """Looks at what must outlive the database, and at the room that is left there."""
    for name in ("UM_WISSINGEN", "UM_LOGBOEK_KOPPEN"):
        place = getattr(settings, name)
        try:
            place.mkdir(mode=0o750, parents=True, exist_ok=True)
        except OSError:
            pass
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            yield FOUT, f"De map van {name} is er niet, of dit account mag er niet schrijven."
    usage = shutil.disk_usage(settings.UM_DATA_DIR if settings.UM_DATA_DIR.is_dir() else "/")
    free = 100 * usage.free // usage.total
    if free < _FULL:
        yield FOUT, f"De schijf is vol: nog {free}% vrij."
    elif free < _NEARLY_FULL:
        yield LET_OP, f"De schijf is bijna vol: nog {free}% vrij."
    else:
        yield GOED, "Er is plaats op de schijf, ook voor wat buiten de database blijft."


def _sandbox() -> Iterator[Bevinding]:
    done = subprocess.run(
        [sys.executable, "-c", _CONFINED], check=False, capture_output=True, cwd=settings.BASE_DIR
    )
    if done.returncode == 0:
        yield GOED, "Deze kernel kan het leesproces afsluiten."
    elif settings.UM_LEES_ZANDBAK == "verplicht":
        yield (
            FOUT,
            "Deze kernel kan het leesproces niet afsluiten: aangeleverde bestanden worden niet gelezen.",
        )
    else:
        yield LET_OP, "Deze kernel kan het leesproces niet afsluiten, en UM_LEES_ZANDBAK staat dat toe."


def _demonstration() -> Iterator[Bevinding]:
    if settings.UM_DEMO:
        yield LET_OP, "UM_DEMO staat aan: dit is een demonstratie, alleen voor deze machine."


_CHECKS: tuple[tuple[str, Callable[[], Iterator[Bevinding]]], ...] = (
    ("De demonstratie", _demonstration),
    ("De database", _database),
    ("Wat een verbinding mag wachten", _limits),
    ("De leesreplica", _replica),
    ("De tabellen", _migrations),
    ("Redis", _redis),
    ("Het certificaat voor de uitwisseling", _certificate),
    ("De vormgeving", _static),
    ("De schijf", _places),
    ("Het leesproces", _sandbox),
)
