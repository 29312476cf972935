"""Counts and times what this process does, for Prometheus.

Labels are words out of a list of ours, or names of views: never an id, a municipality, an address or a person. The
figures of a part with several processes are put together from files in PROMETHEUS_MULTIPROC_DIR, which must be
set before this module is imported (`um_portal.run` does).
"""

import ipaddress
import os
import re
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client import multiprocess as files
from prometheus_client.registry import Collector

MULTIPROC: Final = "PROMETHEUS_MULTIPROC_DIR"
MEDIATYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_ADRES: Final = re.compile(r"(?P<host>[0-9.]+|localhost)(?::(?P<poort>[0-9]{2,5}))?")

registry: Final = CollectorRegistry()

VERZOEKEN: Final = Counter(
    "um_verzoeken", "Verzoeken naar weergave en status.", ["weergave", "status"], registry=registry
)
VERZOEK_SECONDEN: Final = Histogram(
    "um_verzoek_seconden",
    "Duur van verzoeken.",
    ["weergave"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=registry,
)
UITWISSELING: Final = Counter(
    "um_uitwisseling_aanroepen",
    "Aanroepen van de uitwisseling naar vraag en uitkomst.",
    ["vraag", "uitkomst"],
    registry=registry,
)
UITWISSELING_SECONDEN: Final = Histogram(
    "um_uitwisseling_seconden",
    "Duur van aanroepen van de uitwisseling.",
    ["vraag"],
    buckets=(0.25, 0.5, 1, 2.5, 5, 10, 20, 30),
    registry=registry,
)
BRON: Final = Counter(
    "um_bron_antwoorden",
    "Antwoorden van de bron naar vraag en uitkomst.",
    ["vraag", "uitkomst"],
    registry=registry,
)
HANDELINGEN: Final = Counter(
    "um_handelingen",
    "Regels die in het logboek van handelingen kwamen.",
    ["handeling", "uitkomst"],
    registry=registry,
)
TAKEN: Final = Counter(
    "um_taken", "Taken van werkers naar uitkomst.", ["taak", "uitkomst"], registry=registry
)
_EIGEN: Final[list[Collector]] = []


def count_request(weergave: str, status: int, seconds: float) -> None:
    """Counts an answer to a request."""
    VERZOEKEN.labels(weergave, str(status)).inc()
    VERZOEK_SECONDEN.labels(weergave).observe(seconds)


def count_call(vraag: str, uitkomst: str, seconds: float) -> None:
    """Counts a call to the exchange."""
    UITWISSELING.labels(vraag, uitkomst).inc()
    UITWISSELING_SECONDEN.labels(vraag).observe(seconds)


def add(collector: Collector) -> None:
    """Adds figures that are gathered at the moment of asking."""
    _EIGEN.append(collector)


def text() -> bytes:
    """Gives all figures of this part, over all its processes, in the text format of Prometheus."""
    counted, gathered = registry, CollectorRegistry()
    if os.environ.get(MULTIPROC):
        counted = CollectorRegistry()
        files.MultiProcessCollector(counted)
    for collector in _EIGEN:
        gathered.register(collector)
    return bytes(generate_latest(counted) + generate_latest(gathered))


@dataclass(frozen=True, slots=True)
class Adres:
    """The place where the figures are asked for."""

    host: str
    poort: int

    def __str__(self) -> str:
        return f"{self.host}:{self.poort}"


def place(value: str, poort: int) -> Adres | None:
    """Reads UM_METINGEN_ADRES (a host, or host:port), with the port of the part; None when it is empty or wrong."""
    found = _ADRES.fullmatch(value)
    return Adres(found["host"], int(found["poort"] or poort)) if found else None


def is_place(value: str) -> bool:
    """Tells whether figures may be given there: at an address of this machine that is not one of the internet."""
    found = place(value, 1)
    if found is None:
        return False
    try:
        return found.host == "localhost" or not ipaddress.ip_address(found.host).is_global
    except ValueError:
        return False
