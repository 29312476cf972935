"""Lists the kinds of process that the portal runs as, in one table.

Everything that starts, checks or asks for a kind of process reads this table: the command that starts one
(`um_portal.run`), gunicorn's configuration, the settings, the health checks and the demonstration. It imports
neither Django nor anything of the project, because it is read before either is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Wachtrij(StrEnum):
    """The queues of the workers; work that takes long never stands before work that does not.

    The user of the queues in Redis may touch names that begin in this way.
    """

    ZOEKEN = "celery-zoeken"
    BESTANDEN = "celery-bestanden"
    GROTE_BESTANDEN = "celery-grote-bestanden"
    ONDERHOUD = "celery-onderhoud"


@dataclass(frozen=True, slots=True)
class Web:
    """A gunicorn of its own, with the number of processes, of threads in each, and seconds for one call.

    It answers below these addresses of the portal; of several that fit, the longest counts. A part that asks
    for `geheim` needs UM_SECRET_KEY; one that asks for `redis` can do nothing without Redis; one that `belt`
    calls the exchange, with the certificate for that. One for `mensen` has pages.
    """

    naam: str
    adressen: tuple[str, ...]
    processen: int
    threads: int
    seconden: int
    geheim: bool = False
    redis: bool = False
    belt: bool = False
    mensen: bool = False
    # By so many steps of `nice` it steps back for the other parts on a machine.
    stappen_terug: int = 0
    # The port where its figures are asked for, when the installation wants them (UM_METINGEN_ADRES); 0: none.
    meetpoort: int = 0


@dataclass(frozen=True, slots=True)
class Werker:
    """A Celery worker for these queues, that does so many jobs at once."""

    naam: str
    wachtrijen: tuple[Wachtrij, ...]
    tegelijk: int
    # Threads for work that waits for others, processes for work that computes.
    soort: str = "prefork"
    geheim: bool = False
    belt: bool = False
    stappen_terug: int = 0
    meetpoort: int = 0


@dataclass(frozen=True, slots=True)
class Klok:
    """The schedule: one process for a whole installation."""

    naam: str
    geheim: bool = False
    belt: bool = False


Onderdeel = Web | Werker | Klok

# How a connection over a socket in the file system is called in UM_VERTROUWDE_PROXIES.
UNIX: Final = "unix"
# Everything in one process: for management commands and tests.
GEHEEL: Final = "portaal"

_ALL: Final[tuple[Onderdeel, ...]] = (
    Web(
        "paginas",
        ("/",),
        processen=2,
        threads=8,
        seconden=60,
        geheim=True,
        belt=True,
        mensen=True,
        meetpoort=9101,
    ),
    # Pages that compute for long: checking a password, and taking in a large file. `paginas` has them as well.
    Web(
        "balie",
        ("/account/", "/leveringen/nieuw/", "/leveringen/waarden/upload/"),
        processen=2,
        threads=8,
        seconden=60,
        geheim=True,
        mensen=True,
        stappen_terug=5,
        meetpoort=9109,
    ),
    # The exchange waits 10 seconds for an answer; nothing here takes longer.
    Web("bron", ("/vum/bron/",), processen=2, threads=8, seconden=30, meetpoort=9102),
    # A large file may take long to come in.
    Web(
        "aanleveren",
        ("/api/v1/",),
        processen=1,
        threads=8,
        seconden=120,
        redis=True,
        stappen_terug=10,
        meetpoort=9103,
    ),
    # In a demonstration it is the other side of the line, which has processors of its own elsewhere.
    Web("simulator", (), processen=1, threads=8, seconden=60, redis=True, stappen_terug=5),
    # Somebody looks on, but waits for the exchange most of the time; whoever opens a page or asks the source waits for
    # nothing else.
    Werker(
        "zoeken", (Wachtrij.ZOEKEN,), tegelijk=24, soort="threads", belt=True, meetpoort=9104, stappen_terug=5
    ),
    Werker("bestanden", (Wachtrij.BESTANDEN,), tegelijk=2, stappen_terug=10, meetpoort=9105),
    Werker("grote-bestanden", (Wachtrij.GROTE_BESTANDEN,), tegelijk=2, stappen_terug=10, meetpoort=9106),
    # It makes the links in mails, which are signed.
    Werker(
        "onderhoud",
        (Wachtrij.ONDERHOUD,),
        tegelijk=4,
        soort="threads",
        geheim=True,
        stappen_terug=5,
        meetpoort=9107,
    ),
    # The two that wait in one process: for a small machine with few people.
    Werker(
        "zoeken-en-onderhoud",
        (Wachtrij.ZOEKEN, Wachtrij.ONDERHOUD),
        tegelijk=24,
        soort="threads",
        geheim=True,
        stappen_terug=5,
        belt=True,
        meetpoort=9108,
    ),
    Klok("klok"),
)
ONDERDELEN: Final[Mapping[str, Onderdeel]] = MappingProxyType({deel.naam: deel for deel in _ALL})
NAMEN: Final = (GEHEEL, *ONDERDELEN)


def needs_secret(naam: str) -> bool:
    """Tells whether this part signs or seals something, so whether it needs UM_SECRET_KEY."""
    return naam == GEHEEL or ONDERDELEN[naam].geheim


def calls_exchange(naam: str) -> bool:
    """Tells whether this part calls the exchange, so whether it needs the address and the certificate."""
    return naam == GEHEEL or (naam in ONDERDELEN and ONDERDELEN[naam].belt)


def needs_master_key(naam: str) -> bool:
    """Tells whether this part opens what is encrypted for a municipality; the clock only says what time it is."""
    return not isinstance(ONDERDELEN.get(naam), Klok)


def has_pages(naam: str) -> bool:
    """Tells whether this web part answers people, and so knows the names under which they open the portal."""
    deel = ONDERDELEN.get(naam)
    return isinstance(deel, Web) and deel.mensen


def needs_redis(naam: str) -> bool:
    """Tells whether this web part can do nothing at all without Redis."""
    deel = ONDERDELEN.get(naam)
    return isinstance(deel, Web) and deel.redis
