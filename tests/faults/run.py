"""Runs one fault after another under a whole portal at work, and prints two tables in Markdown."""

import contextlib
import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.doorgever import Doorgever
from tests.faults.boeken import Telling, count_everything
from tests.faults.gebruik import TRAAG, Gebruik, Gezien
from tests.faults.storingen import P, Plek, Storing
from tests.processes import a_demonstration, wait_until
from um_portal.embedded.processes import Register
from um_portal.embedded.redis_server import Redis

# Seconds between two faults, at least and at most; and how long the last jobs may take.
RUST, LANGST, UITLOOP = 5, 60, 180
# The disk of the database: with room for what all the deliveries leave behind.
SCHIJF_MB = 6000
ONBEKEND = (
    "SELECT count(*) FROM bemiddelaar_detailaanvraag WHERE gelukt_op IS NULL AND gereserveerd_tot <= now()"
)


@contextlib.contextmanager
def a_small_disk(place: Path, image: Path, megabytes: int) -> Iterator[Path | None]:
    """Gives a disk of its own at `place`, in the file `image`; None where nobody may make one."""
    place.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    commands = [["mkfs.ext4", "-q", "-m", "0", str(image)], ["mount", "-o", "loop", str(image), str(place)]]
    try:
        made = all(subprocess.run(one, check=False, capture_output=True).returncode == 0 for one in commands)
    except FileNotFoundError:
        made = False
    try:
        yield place if made else None
    finally:
        if made:
            subprocess.run(["umount", "-l", place], check=False)


@contextlib.contextmanager
def a_server_of_redis(place: Path) -> Iterator[Redis]:
    """Gives a Redis that is not the demonstration's, so that each of two parties has its own."""
    place.mkdir()
    server = Redis(place, Register(place / "processen.json"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass(frozen=True)
class Ronde:
    """One fault: when it began, what everybody saw until all was as usual, and its row of the table."""

    naam: str
    begin: float
    gezien: list[Gezien]
    rij: list[str]


def wait_until_normal(gebruik: Gebruik, since: float, longest: float = LANGST) -> float:
    """Waits until everybody works as usual again; gives how many seconds that took, negative when it did not."""
    while True:
        now = time.monotonic()
        after = [one for one in list(gebruik.gezien) if one.eind > since]
        bad = max((one.eind for one in after if not gebruik.is_usual(one)), default=since)
        fine = {one.wat for one in after if gebruik.is_usual(one) and one.eind > bad}
        if now > since + RUST and set(TRAAG) <= fine:
            return bad - since
        if now > since + longest:
            return -1
        time.sleep(0.2)


def row_of(naam: str, seen: list[Gezien], normal: float, notes: Sequence[str], longest: float) -> list[str]:
    """Gives a row of the table."""
    statuses = Counter(f"{one.wat}: {one.status}" for one in seen if one.status != "goed")
    users = "; ".join(f"{text} ({number})" for text, number in statuses.most_common(5)) or "niets"
    worst = {wat: max((one.duur for one in seen if one.wat == wat), default=0) for wat in TRAAG}
    good = Counter(one.wat for one in seen if one.status == "goed")
    return [
        naam,
        users,
        ", ".join(f"{wat} {duur:.0f}" for wat, duur in worst.items()),
        "meteen"
        if 0 <= normal < 0.1
        else f"{normal:.0f} s"
        if normal >= 0
        else f"niet binnen {longest:.0f} s",
        ", ".join([*(f"{number} {wat}" for wat, number in sorted(good.items())), *notes]),
    ]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table in Markdown."""
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(text.replace('|', '/') for text in row)} |")


def work(plek: P, gebruik: Gebruik, chosen: Sequence[Storing[P]], longest: float = LANGST) -> list[Ronde]:
    """Lets everybody work, lets one thing after another go wrong, and gives what was seen; afterwards no job waits."""
    gebruik.start()
    wait_until(
        lambda: set(TRAAG) <= {one.wat for one in gebruik.gezien if one.status == "goed"},
        "everybody is at work",
        120,
    )
    gebruik.learn_what_is_usual()
    rounds = []
    for storing in chosen:
        begin, before = time.monotonic(), plek.count(ONBEKEND)
        plek.opmerkingen.clear()
        try:
            storing.gebeurt(plek)
        except Exception as error:  # the others go on
            plek.opmerkingen.append(f"FOUT in de proef zelf: {type(error).__name__} {error}"[:120])
        normal = wait_until_normal(gebruik, time.monotonic(), longest)
        if unknown := plek.count(ONBEKEND) - before:
            plek.opmerkingen.append(f"{unknown} details met onbekende uitkomst")
        seen = [one for one in list(gebruik.gezien) if one.eind > begin]
        row = row_of(storing.naam, seen, normal, plek.opmerkingen, longest)
        rounds.append(Ronde(storing.naam, begin, seen, row))
        print(f"- {' | '.join(row)}", flush=True)
        storing.daarna(plek)
    gebruik.stop()
    wait_until(
        lambda: (
            not plek.count(
                "SELECT (SELECT count(*) FROM bemiddelaar_zoekvraag WHERE status IN ('wacht', 'bezig'))"
                " + (SELECT count(*) FROM uploads_levering WHERE status IN"
                " ('ontvangen', 'omzetten', 'publiceren', 'terugdraaien'))"
                " + (SELECT count(*) FROM bemiddelaar_detailaanvraag WHERE gelukt_op IS NULL"
                " AND gereserveerd_tot > now())"
            )
        ),
        "no job waits",
        UITLOOP,
    )
    return rounds


def tell(rounds: Sequence[Ronde], found: Sequence[Telling]) -> bool:
    """Prints both tables, and tells whether all was well."""
    rows = [one.rij for one in rounds]
    table(["storing", "wat mensen zagen", "langst gewacht, in s", "gewoon na", "ging goed, en geteld"], rows)
    table(["moet zo zijn", "geteld", "klopt"], [_told(one) for one in found])
    return not any(one.fouten for one in found) and not any("FOUT" in row[-1] for row in rows)


def run(chosen: Sequence[Storing[Plek]]) -> bool:
    """Runs these faults, and tells whether all was well."""
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="um-storing-")))
        place.chmod(0o755)  # the servers run as somebody else
        tijdelijk = stack.enter_context(a_small_disk(place / "tijdelijk", place / "tijdelijk.schijf", 64))
        gegevens = stack.enter_context(
            a_small_disk(place / "demo" / "gegevens", place / "gegevens.schijf", SCHIJF_MB)
        )
        portal = stack.enter_context(a_server_of_redis(place / "redis"))
        simulator = stack.enter_context(a_server_of_redis(place / "redis-uitwisseling"))
        uitwisseling = Doorgever()
        env = {
            "REDIS_URL": portal.url,
            "UM_REDIS_SIMULATOR_URL": f"{simulator.url}/2",
            "UM_EXCHANGE_URL": uitwisseling.url,
            "UM_SIMULATOR_BRONNEN": "landelijk",
            **{f"UM_DAG_{w}{g}": "100000" for w in ("ZOEKVRAGEN", "DETAILS") for g in ("", "_GEMEENTE")},
            **({"TMPDIR": str(tijdelijk)} if tijdelijk else {}),
        }
        if begin_with := os.environ.get("UM_STORING_MAP"):
            subprocess.run(["cp", "-a", f"{begin_with}/.", place / "demo" / "gegevens"], check=True)
        demo = stack.enter_context(a_demonstration(place / "demo", **env))
        uitwisseling.simulator = demo.simulator_port
        plek = Plek(demo, uitwisseling, portal, tijdelijk, gegevens)
        gebruik = Gebruik(demo)
        rounds = work(plek, gebruik, chosen)
        found = count_everything(demo, gebruik, uitwisseling, portal.url, f"{simulator.url}/2")
    return tell(rounds, found)


def _told(telling: Telling) -> list[str]:
    wrong = telling.fouten
    return [telling.wat, telling.geteld, f"NEE, {len(wrong)}: {'; '.join(wrong[:5])}" if wrong else "ja"]
