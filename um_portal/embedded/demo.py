"""Runs `python -m um_portal.embedded.demo`: the whole portal on one machine, until Ctrl-C.

It starts the servers, brings the database up to date and runs the parts of the portal as a real installation
has them, with the exchange simulator beside them and one address in front. A program that ends by accident is
started again. This module knows nothing of the work of these programs.
"""

import contextlib
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from um_portal.embedded import StartMislukt, Werkmap, run_servers, running, werkmap
from um_portal.embedded.front import Front
from um_portal.embedded.geheimen import demo_secrets
from um_portal.embedded.processes import Child
from um_portal.embedded.redis_server import free_port
from um_portal.onderdelen import ONDERDELEN, Web, needs_master_key

PROJECT = Path(__file__).resolve().parents[2]
# Seconds: enough for a slow machine. A child that ends sooner is noticed at once.
READY_WITHIN = 90
LONGEST_PAUSE = 30
STEADY_AFTER = 60


class Gestopt(Exception):
    """Somebody asked to stop while the program was waiting."""


def say(text: str = "") -> None:
    """Prints a line on the terminal; goes on when the terminal is gone."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


class StopSignals:
    """Remembers that Ctrl-C, SIGTERM or a closed terminal asked to stop; the loops check it."""

    def __init__(self) -> None:
        self.asked = False
        self.terminal = sys.stdin.isatty()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def check(self) -> None:
        """Raises Gestopt when asked to stop."""
        if self.asked or self._hung_up():
            raise Gestopt

    def _hung_up(self) -> bool:
        """Tells whether the terminal is gone; make does not always pass that signal on."""
        if not self.terminal:
            return False
        try:
            os.tcgetpgrp(sys.stdin.fileno())
        except OSError:
            return True
        return False

    def pause(self, seconds: float) -> None:
        """Sleeps in small pieces. Raises Gestopt when asked to stop meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, 0.1))
        self.check()


@dataclass
class Ports:
    """The two loopback ports of one demonstration."""

    portaal: int
    simulator: int

    @classmethod
    def from_environment(cls) -> "Ports":
        """Reads UM_PORT and UM_SIMULATOR_PORT. Raises StartMislukt for a value that is not a port."""
        found = []
        for name, default in (("UM_PORT", "8000"), ("UM_SIMULATOR_PORT", "8001")):
            raw = os.environ.get(name) or default
            if not raw.isdecimal() or not 0 < int(raw) < 65536:
                raise StartMislukt(
                    f"{name}={raw} is geen poortnummer. Kies een getal van 1 tot en met 65535."
                )
            found.append(int(raw))
        if found[0] == found[1]:
            raise StartMislukt(f"UM_PORT en UM_SIMULATOR_PORT zijn allebei {found[0]}. Kies twee poorten.")
        return cls(*found)

    def check_free(self) -> None:
        """Raises StartMislukt, which says what to do, when another program uses one of the ports."""
        for name, port in (("UM_PORT", self.portaal), ("UM_SIMULATOR_PORT", self.simulator)):
            with socket.socket() as probe:
                # As the web server does: a connection that has just been closed does not block the port.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except PermissionError:
                    raise StartMislukt(
                        f"Poort {port} mag u niet gebruiken. Kies een hogere, bijvoorbeeld: make demo {name}=8080"
                    ) from None
                except OSError:
                    raise StartMislukt(
                        f"Poort {port} is al in gebruik door een ander programma. Stop dat programma, "
                        f"of kies een andere poort, bijvoorbeeld: make demo {name}={port + 100}"
                    ) from None


@dataclass(frozen=True)
class Program:
    """A part of the portal as a child; `port` is where it listens, 0 when it does not."""

    naam: str
    child: Child
    port: int


@dataclass
class Watched:
    """A child, with what is needed to start it again after an accident."""

    child: Child
    started: float = field(default_factory=time.monotonic)
    pause: float = 1
    again_at: float | None = None

    def look(self) -> None:
        """Starts the child again when it has ended, each time after a longer pause."""
        now = time.monotonic()
        if self.again_at is not None:
            if now >= self.again_at:
                self.child.start()
                self.started, self.again_at = now, None
            return
        if self.child.running():
            return
        if now - self.started > STEADY_AFTER:
            self.pause = 1
        code = self.child.process.returncode if self.child.process else None
        say(
            f"[{time.strftime('%H:%M:%S')}] {self.child.name}: onverwacht gestopt (code {code}), "
            f"start over {self.pause:.0f} s opnieuw. Zie {self.child.log}"
        )
        self.child.stop()  # ends the processes it left in its group
        self.again_at = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)


def programs(place: Werkmap, env: dict[str, str], ports: Ports) -> list[Program]:
    """Gives every part of the portal with what asks whether it is ready, not started yet.

    Searching and upkeep share a process: a demonstration has no crowds, and its machine is small.
    """
    # Only who migrates logs in as the owner of the tables.
    env = {name: value for name, value in env.items() if name != "DATABASE_EIGENAAR_URL"}
    plain = {name: value for name, value in env.items() if name != "UM_SECRET_KEY"}

    def part(naam: str, name: str, grace: float, port: int = 0, **extra: str) -> Program:
        own = env if ONDERDELEN[naam].geheim else plain
        if not needs_master_key(naam):
            own = {name: value for name, value in own.items() if name != "UM_MASTER_KEY"}
        bind = {"UM_BIND": f"127.0.0.1:{port}"} if port else {}
        child = Child(
            name,
            [sys.executable, "-m", "um_portal.run", naam],
            place.logs / f"{naam}.log",
            place.register,
            env={**own, **bind, **extra},
            cwd=PROJECT,
            grace=grace,
        )
        return Program(naam, child, port)

    return [
        part("paginas", "Portaal", 15, free_port()),
        part("balie", "Balie", 15, free_port(), UM_WEB_PROCESSEN="1"),
        part("bron", "Bron", 10, free_port(), UM_WEB_PROCESSEN="1"),
        part("aanleveren", "Aanleveren", 10, free_port()),
        part("simulator", "Simulator", 10, ports.simulator),
        part("zoeken-en-onderhoud", "Zoeken en onderhoud", 20),
        part("bestanden", "Bestanden", 20, UM_WERK_TEGELIJK="1"),
        part("grote-bestanden", "Grote bestanden", 20, UM_WERK_TEGELIJK="1"),
        # A process of its own: when a worker with beat inside is killed, beat does not come back.
        part("klok", "Klok", 5),
    ]


def front(ports: Ports, found: list[Program]) -> Front:
    """Gives the one address of the portal, not started yet."""
    return Front(
        ports.portaal,
        {
            address: program.port
            for program in found
            if isinstance(deel := ONDERDELEN[program.naam], Web)
            for address in deel.adressen
        },
    )


def answers(program: Program) -> bool:
    """Tells whether a web server on this machine says that it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=5)
    try:
        # The simulator starts to make its own sources when it is asked.
        connection.request("GET", "/gezond" if program.naam == "simulator" else "/health/ready")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Announces a step, and tells afterwards how long it took."""
    say(f"- {text} ...")
    begin = time.monotonic()
    yield
    say(f"  klaar ({time.monotonic() - begin:.1f} s)")


def wait_ready(found: list[Program], signals: StopSignals) -> None:
    """Waits until every web server is ready. Raises StartMislukt when any program gives up."""
    deadline = time.monotonic() + READY_WITHIN
    waiting = [program for program in found if program.port]
    while waiting:
        for child in (program.child for program in found):
            if not child.running():
                raise StartMislukt(f"{child.name}: niet gestart. Zie {child.log}:\n{child.last_lines()}")
        waiting = [program for program in waiting if not answers(program)]
        if waiting and time.monotonic() > deadline:
            child = waiting[0].child
            raise StartMislukt(f"{child.name}: na {READY_WITHIN} s nog geen antwoord. Zie {child.log}")
        signals.pause(0.1)


def prepare(place: Werkmap, env: dict[str, str], signals: StopSignals) -> str:
    """Brings the database up to date; gives the lines about the demonstration accounts."""
    accounts = place.path / "demo-accounts"
    child = Child(
        "Voorbereiding",
        [sys.executable, "-m", "um_portal.embedded.prepare", str(accounts)],
        place.logs / "voorbereiding.log",
        place.register,
        env=env,
        cwd=PROJECT,
        speaks=True,
    )
    child.start()
    try:
        while child.running():
            signals.pause(0.1)
    finally:
        child.stop()
    if child.process is None or child.process.returncode != 0:
        raise StartMislukt(f"De voorbereiding is mislukt. Zie {child.log}:\n{child.last_lines()}")
    return accounts.read_text().rstrip()


def run(signals: StopSignals) -> None:
    """Runs everything from the first check to the last stop. Raises StartMislukt or Gestopt."""
    begin = time.monotonic()
    ports = Ports.from_environment()
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(werkmap(running.data_dir(os.environ)))
        ports.check_free()
        signals.check()
        with step("PostgreSQL en Redis starten"):
            server_env, server_children = stack.enter_context(run_servers(place))
        signals.check()
        env = {
            **os.environ,
            **server_env,
            **demo_secrets(place.path),
            "UM_DEMO": "1",
            "UM_DATA_DIR": str(place.path),
            "UM_PORT": str(ports.portaal),
            "UM_SIMULATOR_PORT": str(ports.simulator),
            # The own sources of the simulator, which is a party of its own.
            "UM_PARTIJEN": "00000001899000125000=Landelijke Werkbank,00000001899000137000=Werkbedrijf De Hapering",
            "DJANGO_SETTINGS_MODULE": "um_portal.settings",
            "PYTHONUNBUFFERED": "1",
        }
        env.pop("UM_COMPONENT", None)
        env.pop("UM_BIND", None)
        with step("Gegevens voorbereiden"):
            account_lines = prepare(place, env, signals)
        parts = programs(place, env, ports)
        door = front(ports, parts)
        with step("De onderdelen van het portaal starten"):
            for program in parts:
                stack.callback(program.child.stop)
                program.child.start()
            # Ask all to stop first, and wait for them afterwards: stopping then takes as long as the slowest.
            for program in parts:
                stack.callback(program.child.ask_to_stop)
            stack.callback(say, "\nBezig met stoppen ...")
            stack.callback(door.stop)
            door.start()
            wait_ready(parts, signals)
        stack.enter_context(running.announced(env))
        say(
            f"\nHet portaal draait (na {time.monotonic() - begin:.0f} s): http://localhost:{ports.portaal}/\n"
        )
        say(account_lines)
        if (examples := place.path / "voorbeelden").is_dir():
            say(f"\nBestanden om te proberen: {examples}")
        say(f"Logbestanden: {place.logs}\nStoppen: Ctrl-C")
        watched = [Watched(child) for child in (*server_children, *(program.child for program in parts))]
        while True:
            signals.pause(0.5)
            for one in watched:
                one.look()


def main() -> int:
    """Runs until asked to stop; gives the exit code."""
    signals = StopSignals()
    try:
        run(signals)
    except Gestopt:
        say("Gestopt. De gegevens zijn bewaard; met `make demo` gaat u verder.")
    except StartMislukt as problem:
        with contextlib.suppress(OSError):
            print(f"\n{problem}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
