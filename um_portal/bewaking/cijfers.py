"""Tells Prometheus how the whole portal stands: numbers and times from the database and the queues.

They are read at the moment of asking, because they are the same for every process. Numbers are over all
municipalities together: none of them says which one it is about.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from django.conf import settings
from django.db import connection
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from exchange.bemiddelaar.models import Zoekvraag
from exchange.bron.models import Stand
from exchange.waardelijsten.models import Versie, Versiestatus
from um_portal.achtergrondwerk import planning, wachtrijen
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import als_support
from uploads.models import Bronbestand, Levering
from uploads.models.levering import BEZIG

logger = logging.getLogger(__name__)

# Per figure: its name, what it is, and the name of its one label.
_UIT_DATABASE: Final = {
    "um_leveringen": ("Leveringen naar stand.", "stand"),
    "um_levering_bezig_seconden": (
        "Hoelang de levering die het langst bezig is, dat is, naar stand.",
        "stand",
    ),
    "um_zoekvragen": ("Bewaarde zoekvragen naar stand.", "stand"),
    "um_gemeenten": ("Gemeenten naar stand.", "stand"),
    "um_gepubliceerd": ("Gepubliceerde records naar soort.", "soort"),
    "um_verouderde_sets": ("Sets die te lang niet vernieuwd zijn, naar soort.", "soort"),
    "um_waardelijst_dagen": ("Dagen sinds een lijst die anderen bijhouden, is geladen.", "lijst"),
    "um_verlopen_niet_gewist": ("Wat al een uur gewist had moeten zijn.", "wat"),
}


def of_database() -> Iterator[str]:
    """Gives the function in the database that counts over all municipalities: it answers with numbers alone."""
    busy = ", ".join(f"'{status.value}'" for status in BEZIG)
    leveringen, zoekvragen = Levering._meta.db_table, Zoekvraag._meta.db_table
    parts = [
        f"SELECT 'um_leveringen', status, count(*)::float FROM {leveringen} GROUP BY status",
        "SELECT 'um_levering_bezig_seconden', status,"
        f" extract(epoch FROM now() - min(gewijzigd_op))::float FROM {leveringen}"
        f" WHERE status IN ({busy}) GROUP BY status",
        f"SELECT 'um_zoekvragen', status, count(*)::float FROM {zoekvragen} GROUP BY status",
        f"SELECT 'um_gemeenten', status, count(*)::float FROM {Gemeente._meta.db_table} GROUP BY status",
        f"SELECT 'um_gepubliceerd', soort, sum(aantal)::float FROM {Stand._meta.db_table} GROUP BY soort",
        f"SELECT 'um_verouderde_sets', soort, count(*)::float FROM {Stand._meta.db_table}"
        # The date as people have it: current_date follows the time zone of the connection.
        f" WHERE aantal > 0 AND oud > 0 AND vernieuwd_op <= (now() AT TIME ZONE '{settings.TIME_ZONE}')::date - oud"
        " GROUP BY soort",
        "SELECT 'um_waardelijst_dagen', lijst, extract(epoch FROM now() - geladen_op)::float / 86400"
        f" FROM {Versie._meta.db_table} WHERE status = '{Versiestatus.GELDIG.value}'",
        f"SELECT 'um_verlopen_niet_gewist', 'zoekvragen', count(*)::float FROM {zoekvragen}"
        " WHERE verloopt_op < now() - interval '1 hour'",
        f"SELECT 'um_verlopen_niet_gewist', 'bestanden', count(*)::float FROM {Bronbestand._meta.db_table} b"
        f" JOIN {leveringen} l ON l.id = b.levering_id"
        " WHERE l.aangemaakt_op < now() - make_interval(hours => uren + 1)",
    ]
    yield (
        "CREATE OR REPLACE FUNCTION um_meetcijfers(oud integer, uren integer)"
        " RETURNS TABLE (meting text, label text, waarde float) LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ {' UNION ALL '.join(parts)} $$"
    )


class Portaal(Collector):
    """The figures of the whole portal. What cannot be read is left out; `um_meting_gelukt` says so."""

    def describe(self) -> Iterable[Metric]:
        """Describes nothing beforehand, so that registering reads nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Reads them all."""
        gelukt = GaugeMetricFamily("um_meting_gelukt", "Of deze cijfers te lezen waren.", labels=["wat"])
        for what, read in (("database", _counted), ("planning", _schedule), ("wachtrijen", _queues)):
            try:
                found = list(read())
            except Exception as error:  # one that fails must not hide the others
                logger.warning("meting: %s niet te lezen (%s)", what, type(error).__name__)
                found = []
            gelukt.add_metric([what], float(bool(found)))
            yield from found
        yield gelukt
        yield from _certificate()


def _counted() -> Iterator[Metric]:
    with als_support(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT meting, label, waarde FROM um_meetcijfers(%s, %s)",
            [settings.UM_VERSHEID_DAGEN, settings.UM_BRONBESTAND_UREN],
        )
        rows = cursor.fetchall()
    for name, (text, label) in _UIT_DATABASE.items():
        metric = GaugeMetricFamily(name, text, labels=[label])
        for _, value, number in (row for row in rows if row[0] == name):
            metric.add_metric([value], number or 0.0)
        yield metric


def _schedule() -> Iterator[Metric]:
    late = GaugeMetricFamily(
        "um_planning_te_laat", "Of een deel van de planning te laat is.", labels=["naam"]
    )
    failed = GaugeMetricFamily(
        "um_planning_mislukt", "Of de laatste keer van een deel van de planning mislukte.", labels=["naam"]
    )
    last = GaugeMetricFamily(
        "um_planning_gelukt_tijd",
        "Wanneer een deel van de planning het laatst lukte (Unix).",
        labels=["naam"],
    )
    for stand in planning.stand():
        late.add_metric([stand.naam], float(stand.is_te_laat))
        failed.add_metric([stand.naam], float(stand.is_mislukt))
        if stand.ronde and stand.ronde.gelukt_op:
            last.add_metric([stand.naam], stand.ronde.gelukt_op.timestamp())
    yield from (late, failed, last)


def _queues() -> Iterator[Metric]:
    length = GaugeMetricFamily("um_wachtrij", "Taken die wachten.", labels=["wachtrij"])
    oldest = GaugeMetricFamily(
        "um_wachtrij_oudste_seconden", "Hoelang de oudste wachtende taak wacht.", labels=["wachtrij"]
    )
    found = wachtrijen.drukte()
    if found is None:
        return
    for drukte in found:
        length.add_metric([drukte.wachtrij.value], drukte.aantal)
        waits = drukte.oudste.total_seconds() if drukte.oudste else 0.0
        oldest.add_metric([drukte.wachtrij.value], waits)
    yield from (length, oldest)


def _certificate() -> Iterator[Metric]:
    path = settings.UM_EXCHANGE_CERTIFICAAT
    if not path:
        return
    metric = GaugeMetricFamily(
        "um_certificaat_dagen", "Dagen dat een certificaat nog geldig is.", labels=["certificaat"]
    )
    try:
        certificate = x509.load_pem_x509_certificates(Path(path).read_bytes())[0]
    except (OSError, ValueError):
        # What cannot be read is as bad as what has expired.
        metric.add_metric(["uitwisseling"], -1.0)
    else:
        left = certificate.not_valid_after_utc - datetime.now(UTC)
        metric.add_metric(["uitwisseling"], left.total_seconds() / 86400)
    yield metric


class Schijf(Collector):
    """The part that is free of the disks that this part writes on."""

    def describe(self) -> Iterable[Metric]:
        """Describes nothing beforehand."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Looks at the directory of the portal, and at that for temporary files."""
        metric = GaugeMetricFamily(
            "um_schijf_vrij_deel", "Deel van de schijf dat vrij is.", labels=["plaats"]
        )
        for name, place in (("gegevens", str(settings.UM_DATA_DIR)), ("tijdelijk", tempfile.gettempdir())):
            if os.path.isdir(place):
                usage = shutil.disk_usage(place)
                metric.add_metric([name], usage.free / usage.total)
        yield metric
