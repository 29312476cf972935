"""A portal on two machines, with its databases on three others, as `docs/schaal.md` draws it."""

import contextlib
import grp
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import psutil
import psycopg
import redis
from psycopg import sql

from tests.cluster import knopen
from tests.cluster.knopen import NUMMERS, Knoop, filled
from tests.cluster.programmas import Programmas
from tests.deploy.authority import Issuer
from tests.places import ROOT
from tests.processes import Client, Demonstratie, wait_until
from um_portal import sentinel
from um_portal.embedded import accounts
from um_portal.embedded.demo import Watched
from um_portal.embedded.geheimen import demo_secrets
from um_portal.embedded.processes import Child, Register
from um_portal.embedded.redis_server import free_port
from um_portal.onderdelen import ONDERDELEN, Klok, Web

DATABASE = "um_portal"
HOSTS = (1, 2)
PARTS = ("paginas", "balie", "bron", "aanleveren", "zoeken-en-onderhoud", "bestanden", "klok")
# Few, so that every connection to PostgreSQL works for one municipality after another.
VERBINDINGEN = 6
# In the place of nginx, which in an installation stands before the two sockets of HAProxy.
INGANG = """
frontend ingang from web
    bind 127.0.0.1:${POORT_PORTAAL}
    use_backend naar-bron if { path_beg /vum/bron/ }
    default_backend naar-portaal

backend naar-bron from web
    server bron unix@${MAP}/bron.sock

backend naar-portaal from web
    server portaal unix@${MAP}/portaal.sock
"""


class Landschap(Demonstratie):
    """All of it together; `host` is what runs on one machine of the portal."""

    def __init__(self, place: Path, programmas: Programmas, **env: str) -> None:
        super().__init__(place, **env)
        self.programmas = programmas
        self.data.mkdir(parents=True)
        self.logs = self.data / "logs"
        self.logs.mkdir()
        self.register = Register(place / "processen.json")
        self.values = knopen.values_of_an_installation(programmas, place) | {
            name: free_port()
            for name in (
                "POORT_SCHRIJVEN",
                "POORT_LEZEN",
                "POORT_PGBOUNCER",
                *(
                    f"POORT_{naam.upper()}{host}"
                    for naam in ("paginas", "balie", "bron", "aanleveren")
                    for host in HOSTS
                ),
            )
        }
        # What HAProxy and PgBouncer have for themselves; HAProxy makes its sockets there.
        self.verdeler = place / "verdeler"
        self.verdeler.mkdir()
        account = self._account
        self.values |= {
            "POORT_PORTAAL": self.port,
            "VERBINDINGEN": VERBINDINGEN,
            "MAP": self.verdeler,
            "GROEP": grp.getgrgid(account.pw_gid if account else os.getgid()).gr_name,
        }
        self.issuer = Issuer("Cluster")
        self.ca = self.place / "ca.pem"
        self.knopen: list[Knoop] = []
        self.host: dict[int, list[Watched]] = {number: [] for number in HOSTS}
        self.shared: list[Child] = []
        self.off: set[int] = set()
        self._over = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    # --- Addresses ----------------------------------------------------------------------------------------

    @property
    def said(self) -> str:
        """Gives nothing: each of its processes writes a log."""
        return ""

    @property
    def database_url(self) -> str:
        """Gives the URL of the owner, at the primary of this moment."""
        values = self.values
        return f"postgresql://postgres:{values['WACHTWOORD_BEHEER']}@127.0.0.1:{values['POORT_SCHRIJVEN']}/{DATABASE}"

    def pooled_url(self, name: str) -> str:
        """Gives the URL of the application's login through PgBouncer."""
        values = self.values
        return f"postgresql://um_app:{values['WACHTWOORD_APP']}@127.0.0.1:{values['POORT_PGBOUNCER']}/{name}"

    @property
    def redis_url(self) -> str:
        """Gives the address of the sentinels, without the number of a database."""
        places = ",".join(f"{knopen.adres(number)}:26379" for number in NUMMERS)
        values = self.values
        return (
            f"sentinels://:{values['WACHTWOORD_REDIS']}@{places}/0"
            f"?master=um&sentinel_password={values['WACHTWOORD_SENTINEL']}"
        )

    def redis_at_master(self) -> str:
        """Gives the address of the Redis that is the master now."""
        url = sentinel.with_tls(self.redis_url, str(self.ca), "", "")
        manager = sentinel.read(url).pool(socket_timeout=2).sentinel_manager
        host, port = manager.discover_master("um")
        return f"rediss://:{self.values['WACHTWOORD_REDIS']}@{host}:{port}?ssl_ca_certs={self.ca}"

    # --- Starting -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts everything, and waits until the portal answers."""
        accounts.let_read(self.programmas.postgresql.parent, self._account)
        self.ca.write_bytes(self.issuer.pem())
        self.knopen = [
            Knoop(number, self.place, self.programmas, self.values, self.issuer) for number in NUMMERS
        ]
        for knoop in self.knopen:
            knoop.start()
        wait_until(self.is_whole, "the databases are whole", 120, 0.5)
        (self.verdeler / "ingang.cfg").write_text(Template(INGANG).substitute(self.values))
        files = ("haproxy.cfg", "haproxy-web.cfg", "ingang.cfg")
        argv = [self.programmas.haproxy, "-db"]
        self._start_shared("haproxy", argv + [text for file in files for text in ("-f", file)])
        wait_until(self._make_database, "the database is made", 30, 0.5)
        self._start_shared("pgbouncer", [self.programmas.pgbouncer, "pgbouncer.ini"])
        env = self._environment()
        self._run([sys.executable, "-m", "um_portal.embedded.prepare", str(self.place / "accounts")], env)
        for number in HOSTS:
            for naam in PARTS:
                self.host[number].append(Watched(self._part(naam, number, env)))
        exchange = self._child("simulator", env | {"UM_BIND": f"127.0.0.1:{self.simulator_port}"})
        self.shared.append(exchange)
        exchange.start()
        self._supervisor.start()
        wait_until(self._answers, "the portal answers", 180, 0.5)

    @property
    def _account(self) -> Any:
        return accounts.server_account()

    def _start_shared(self, name: str, argv: list[str]) -> None:
        for file in ("haproxy.cfg", "haproxy-web.cfg", "pgbouncer.ini", "pgbouncer-gebruikers.txt"):
            (self.verdeler / file).write_text(filled(file, self.values))
        accounts.give(self.verdeler, self._account)
        child = Child(
            name,
            argv,
            self.logs / f"{name}.log",
            self.register,
            env={"PATH": "/usr/bin:/bin", **self.programmas.env},
            cwd=self.verdeler,
            user=self._account,
        )
        self.shared.append(child)
        child.start()

    def _make_database(self) -> bool:
        password = str(self.values["WACHTWOORD_APP"])
        try:
            with psycopg.connect(
                self.database_url.replace(f"/{DATABASE}", "/postgres"), autocommit=True, connect_timeout=3
            ) as connection:
                connection.execute(
                    sql.SQL("CREATE ROLE um_app LOGIN PASSWORD {}").format(sql.Literal(password))
                )
                connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True

    def _environment(self) -> dict[str, str]:
        return {
            **self.bare,
            **demo_secrets(self.data),
            "UM_DEMO": "1",
            "DATABASE_URL": self.pooled_url("um_portal_werk"),
            "DATABASE_EIGENAAR_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "UM_REDIS_CA": str(self.ca),
            "DJANGO_SETTINGS_MODULE": "um_portal.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def _run(self, argv: list[str], env: dict[str, str]) -> None:
        child = Child(
            "Voorbereiding", argv, self.logs / "voorbereiding.log", self.register, env=env, cwd=ROOT
        )
        child.start()
        assert child.process is not None
        assert child.process.wait(300) == 0, child.last_lines()

    def _part(self, naam: str, number: int, env: dict[str, str]) -> Child:
        more = {"UM_WERK_TEGELIJK": "1"} if naam == "bestanden" else {"UM_WEB_PROCESSEN": "1"}
        match ONDERDELEN[naam]:
            case Web():
                more["UM_BIND"] = f"127.0.0.1:{self.values[f'POORT_{naam.upper()}{number}']}"
                more["DATABASE_URL"] = self.pooled_url("um_portal")
                if naam == "bron":
                    more["DATABASE_REPLICA_URL"] = self.pooled_url("um_portal_lees")
            case Klok():
                more["UM_KLOK_BESTAND"] = str(self.place / f"klok{number}")
        child = self._child(naam, env | more, str(number))
        child.start()
        return child

    def _child(self, naam: str, env: dict[str, str], number: str = "") -> Child:
        own = {name: value for name, value in env.items() if name != "DATABASE_EIGENAAR_URL"}
        return Child(
            f"{naam}{number}",
            [sys.executable, "-m", "um_portal.run", naam],
            self.logs / f"{naam}{number}.log",
            self.register,
            env=own,
            cwd=ROOT,
            grace=15,
        )

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            for url in (f"{self.url}/health/ready", f"{self.url}/vum/bron/", f"{self.url}/api/v1/"):
                if Client().get(url, timeout=5).status_code >= 500:
                    return False
            return Client().get(f"http://127.0.0.1:{self.simulator_port}/gezond", timeout=5).status_code < 500
        return False

    def _supervise(self) -> None:
        """Starts a part again that ended, as systemd does on a machine that is there."""
        while not self._over.wait(0.5):
            for number, parts in self.host.items():
                if number not in self.off:
                    for part in parts:
                        part.look()

    def stop(self) -> int:
        """Ends everything."""
        self._over.set()
        children = [part.child for parts in self.host.values() for part in parts] + self.shared
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()
        for knoop in self.knopen:
            knoop.stop()
        return 0

    # --- What there is at this moment -----------------------------------------------------------------------

    def primary(self) -> Knoop | None:
        """Gives the machine of the primary; None when there is none now."""
        return next((knoop for knoop in self.knopen if knoop.says("/primary") is not None), None)

    def is_whole(self) -> bool:
        """Tells whether all three databases follow the primary, and all Redis follow the master."""
        primary = self.primary()
        if primary is None:
            return False
        members = (primary.says("/cluster") or {}).get("members", [])
        roles = sorted(one["role"] for one in members if one["state"] in {"running", "streaming"})
        if roles != ["leader", "replica", "sync_standby"]:
            return False
        try:
            with redis.Redis.from_url(self.redis_at_master(), socket_timeout=2) as master:
                state: Any = master.info("replication")
                return state["role"] == "master" and int(state["connected_slaves"]) == len(NUMMERS) - 1
        except redis.RedisError:
            return False

    def master(self) -> Knoop:
        """Gives the machine of Redis' master."""
        url = self.redis_at_master()
        return next(knoop for knoop in self.knopen if f"@{knoop.adres}:" in url)

    def processes_of_host(self, number: int) -> list[psutil.Process]:
        """Lists all of the portal on one of its machines."""
        found = []
        for part in self.host[number]:
            with contextlib.suppress(psutil.NoSuchProcess):
                if part.child.process is not None:
                    top = psutil.Process(part.child.process.pid)
                    found += [top, *top.children(recursive=True)]
        return found


@contextlib.contextmanager
def a_landscape(place: Path, programmas: Programmas, **env: str) -> Iterator[Landschap]:
    """Gives a portal that runs, and ends it afterwards."""
    landschap = Landschap(place, programmas, **env)
    try:
        landschap.start()
        yield landschap
    finally:
        landschap.stop()
