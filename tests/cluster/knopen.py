"""Three machines for the databases, each a network of its own on this machine, so that one can be cut off.

Each runs etcd, PostgreSQL by Patroni, Redis and a sentinel, with the configuration of `deploy/cluster`. All of it is
in the network and among the processes of the test alone (`tests.cluster.__main__`), and ends with it.
"""

import contextlib
import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import psutil
import requests

from tests.cluster.programmas import Programmas
from tests.deploy.authority import CLIENT, SERVER, Issuer
from tests.places import ROOT
from um_portal.embedded import accounts
from um_portal.embedded.processes import Child, Register

SHIPPED = ROOT / "deploy" / "cluster"
NETWERK = "10.77.0"
BRUG = "um0"
NUMMERS = (1, 2, 3)


def filled(naam: str, values: Mapping[str, object]) -> str:
    """Gives a file of `deploy/cluster` with the values in their places; raises KeyError for one that is missing."""
    return Template((SHIPPED / naam).read_text()).substitute(values)


def ip(*arguments: str, within: int | None = None) -> None:
    """Runs `ip`, in the network of this process or of another."""
    before = ["nsenter", f"--net=/proc/{within}/ns/net"] if within else []
    subprocess.run([*before, "ip", *arguments], check=True, capture_output=True)


def make_network() -> None:
    """Makes the network that the machines hang on."""
    ip("link", "set", "lo", "up")
    ip("link", "add", BRUG, "type", "bridge")
    ip("address", "add", f"{NETWERK}.1/24", "dev", BRUG)
    ip("link", "set", BRUG, "up")


class Knoop:
    """One machine: its network lives as long as the process that holds it."""

    def __init__(
        self,
        nummer: int,
        place: Path,
        programmas: Programmas,
        values: Mapping[str, object],
        issuer: Issuer,
    ) -> None:
        self.nummer = nummer
        self.naam = f"knoop{nummer}"
        self.adres = adres(nummer)
        self.map = place / self.naam
        self.map.mkdir()
        self.logs = place / "gegevens" / "logs"
        self.register = Register(self.map / "processen.json")
        self.account = accounts.server_account()
        self.programmas = programmas
        # The first start has the first machine as the master of Redis; after that Sentinel decides.
        follows = "" if nummer == 1 else f"replicaof {adres(1)} 6379\n"
        self.values = {**values, "KNOOP": self.naam, "ADRES": self.adres, "MAP": self.map, "TLS": self.map}
        self.ca = str(self.map / "ca.pem")
        for name in ("etcd.yml", "patroni.yml", "redis.conf", "sentinel.conf"):
            more = follows if name == "redis.conf" else ""
            (self.map / name).write_text(filled(name, self.values) + more)
            (self.map / name).chmod(0o600)
        issuer.issue(self.map / "knoop", SERVER, also=(CLIENT,), addresses=(self.adres,))
        (self.map / "knoop.key").chmod(0o600)
        Path(self.ca).write_bytes(issuer.pem())
        accounts.give(self.map, self.account)
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        self.net = self._network()
        self.children = [
            self._child("etcd", [programmas.etcd, "--config-file", str(self.map / "etcd.yml")]),
            self._child("redis", [programmas.redis, str(self.map / "redis.conf")]),
            self._child("sentinel", [programmas.redis, str(self.map / "sentinel.conf"), "--sentinel"]),
            self._child("patroni", [*programmas.patroni, str(self.map / "patroni.yml")], grace=30),
        ]

    def _network(self) -> str:
        # It is in its own network as soon as it is no longer in ours.
        link, here = f"/proc/{self.holder.pid}/ns/net", os.readlink("/proc/self/ns/net")
        while os.readlink(link) == here:
            pass
        ip("link", "add", self.naam, "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid))
        ip("link", "set", self.naam, "master", BRUG, "up")
        for command in (
            ["address", "add", f"{self.adres}/24", "dev", "eth0"],
            ["link", "set", "eth0", "up"],
            ["link", "set", "lo", "up"],
        ):
            ip(*command, within=self.holder.pid)
        return os.readlink(link)

    def _child(self, name: str, argv: list[str], grace: float = 5) -> Child:
        who = [f"--setuid={self.account.pw_uid}", f"--setgid={self.account.pw_gid}"] if self.account else []
        return Child(
            f"{self.naam} {name}",
            ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", *who, "--", *argv],
            self.logs / f"{self.naam}-{name}.log",
            self.register,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC", **self.programmas.env},
            cwd="/",
            grace=grace,
        )

    def start(self) -> None:
        """Starts what does not run here."""
        for child in self.children:
            if not child.running():
                child.start()

    def stop(self) -> None:
        """Ends everything, and the machine itself."""
        for one in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.holder.kill()
        self.holder.wait()

    def processes(self) -> list[psutil.Process]:
        """Lists all that runs on this machine, whoever started it."""
        found = []
        for one in psutil.process_iter():
            with contextlib.suppress(OSError):
                if one.pid != self.holder.pid and os.readlink(f"/proc/{one.pid}/ns/net") == self.net:
                    found.append(one)
        return found

    def cut_off(self) -> None:
        """Takes the machine off the network; everything on it goes on."""
        ip("link", "set", self.naam, "down")

    def connect(self) -> None:
        """Puts the machine back on the network."""
        ip("link", "set", self.naam, "up")

    def says(self, path: str) -> Any:
        """Gives what Patroni on this machine says; None when it says no, or nothing."""
        with contextlib.suppress(requests.RequestException, ValueError):
            answer = requests.get(f"https://{self.adres}:8008{path}", timeout=2, verify=self.ca)
            if answer.status_code == 200:
                return answer.json()
        return None


def adres(nummer: int) -> str:
    """Gives the address of a machine."""
    return f"{NETWERK}.1{nummer}"


def values_of_an_installation(programmas: Programmas, place: Path) -> dict[str, object]:
    """Gives what is the same on every machine, with new passwords."""
    names = ("BEHEER", "KOPIE", "APP", "REDIS", "SENTINEL", "PATRONI")
    return {
        "ETCD_LEDEN": ",".join(f"knoop{n}=https://{adres(n)}:2380" for n in NUMMERS),
        "ETCD_ADRESSEN": ",".join(f"{adres(n)}:2379" for n in NUMMERS),
        **{f"ADRES_KNOOP{n}": adres(n) for n in NUMMERS},
        "ADRES_MASTER": adres(1),
        "NETWERK": f"{NETWERK}.0/24",
        "POSTGRESQL_BIN": programmas.postgresql / "bin",
        "TLS": place,
        **{f"WACHTWOORD_{name}": secrets.token_urlsafe(18) for name in names},
    }
