"""The faults of a portal on more than one machine, as data."""

import contextlib
import time
from dataclasses import dataclass

import psutil

from tests.cluster.knopen import Knoop
from tests.cluster.landschap import Landschap
from tests.faults.storingen import Storing, Werkplek, kill_all
from tests.processes import wait_until

RUST = 10


@dataclass
class Landplek(Werkplek):
    """The landscape, and the machine that something happened to."""

    landschap: Landschap
    geraakt: Knoop | None = None

    def choose_primary(self) -> Knoop:
        """Chooses the machine of the primary as the one that something happens to."""
        found = wait_until(self.landschap.primary, "there is a primary")
        assert found is not None
        self.geraakt = found
        both = " en master van Redis" if found is self.landschap.master() else ""
        self.opmerkingen.append(f"{found.naam}, primary{both}")
        return found


def postgresql_killed(plek: Landplek) -> None:
    """Kills PostgreSQL on the primary; Patroni there goes on."""
    kill_all([one for one in plek.choose_primary().processes() if one.name().startswith("postgres")])


def machine_killed(plek: Landplek) -> None:
    """Kills all that runs on the machine of the primary."""
    kill_all(plek.choose_primary().processes())


def machine_cut_off(plek: Landplek) -> None:
    """Takes the machine of the primary off the network; all on it goes on."""
    plek.choose_primary().cut_off()


def machine_frozen(plek: Landplek) -> None:
    """Freezes all that runs on the machine of the primary; its connections stay."""
    for one in plek.choose_primary().processes():
        one.suspend()


def master_killed(plek: Landplek) -> None:
    """Kills the Redis that is the master."""
    plek.geraakt = plek.landschap.master()
    plek.opmerkingen.append(plek.geraakt.naam)
    kill_all(
        [one for one in plek.geraakt.processes() if "redis.conf" in " ".join(one.cmdline()) or _is_redis(one)]
    )


def _is_redis(process: psutil.Process) -> bool:
    # A server of Redis writes its address where its arguments were.
    return process.name().startswith("redis") and ":6379" in " ".join(process.cmdline())


def machine_of_portal_killed(plek: Landplek) -> None:
    """Kills one of each process of the portal."""
    plek.landschap.off.add(1)
    kill_all(plek.landschap.processes_of_host(1))


def whole_again(plek: Landplek) -> None:
    """Starts, thaws or connects what something happened to, and waits until all follow one another."""
    if plek.geraakt is not None:
        for one in plek.geraakt.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.resume()
        plek.geraakt.connect()
        plek.geraakt.start()
    plek.landschap.off.clear()
    begin = time.monotonic()
    wait_until(plek.landschap.is_whole, "all machines follow one another", 180, 0.5)
    print(f"  weer heel na {time.monotonic() - begin:.0f} s", flush=True)
    time.sleep(RUST)


STORINGEN: tuple[Storing[Landplek], ...] = (
    Storing("`kill -9` van PostgreSQL op de primary", postgresql_killed, whole_again),
    Storing("`kill -9` van alles op de machine van de primary", machine_killed, whole_again),
    Storing("machine van de primary van het netwerk", machine_cut_off, whole_again),
    Storing("machine van de primary bevroren", machine_frozen, whole_again),
    Storing("`kill -9` van de master van Redis", master_killed, whole_again),
    Storing("`kill -9` van een van elk onderdeel van het portaal", machine_of_portal_killed, whole_again),
)
