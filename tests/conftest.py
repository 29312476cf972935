"""Makes the test database with the migrations, and empties after a test what the migrations did not fill.

The servers themselves are started by um_portal/embedded/pytest_plugin.py. Tests see the database as the
application does: as the role that row-level security applies to.
"""

import fcntl
import gc
import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg
import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.browser import Scherm, a_chromium, a_playwright
from um_portal.audit import brontelling
from um_portal.tenants import keys

# The tests that guard a change make up the same examples every time, however slow the machine is;
# `make test-all` looks for new ones.
hypothesis.settings.register_profile(
    "vast",
    derandomize=True,
    deadline=None,
    max_examples=30,
    # In a fresh clone it first makes a table of all characters, which takes as long as it may take.
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)

# jsonschema asks it about a format that no schema of ours has, and it compiles forty grammars for that at import.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

# Every client of a test makes the middleware anew: looking up each static file that there is takes far longer than
# looking for the one that is asked for.
settings.WHITENOISE_AUTOREFRESH = True

_TRUNCATE_EVERY = 25
_DATABASES = "testdatabases"  # in the directory of the run: the names of those that it made
OWNER_URL = os.environ.get("DATABASE_EIGENAAR_URL") or os.environ["DATABASE_URL"]


def pytest_collection_finish() -> None:
    """Leaves what was collected, and stays until the end, out of every search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Makes the test database as its owner and migrates it; `pytest_unconfigure` drops it."""
    # Whichever worker comes first makes the databases of all.
    with (Path(settings.UM_DATA_DIR) / _DATABASES).open("a+") as made:
        fcntl.flock(made, fcntl.LOCK_EX)
        made.seek(0)
        there = set(made.read().split())
        if _database_name() not in there:
            print(*_make_databases(there, django_db_blocker), file=made)
    with _as_owner(_database_name()) as owner:
        _empty_as_owner(owner)
        yield
    with django_db_blocker.unblock():
        for connection in connections.all(initialized_only=True):
            connection.close()


def _make_databases(there: set[str], django_db_blocker: DjangoDbBlocker) -> list[str]:
    """Makes the database of this worker with the migrations, and those that others still lack as copies; names them."""
    own = _database_name()
    workers = range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")))
    copies = {f"test_um_gw{number}" for number in workers} - there - {own}
    with _as_owner("postgres") as owner:
        _create_database(owner, own, "template0")
        with django_db_blocker.unblock():
            call_command("migrate", verbosity=0, interactive=False)
            # A database that somebody is connected to is not copied.
            for connection in connections.all(initialized_only=True):
                connection.close()
        for name in copies:
            _create_database(owner, name, own)
    return [own, *copies]


def _create_database(owner: psycopg.Connection[Any], name: str, template: str) -> None:
    _drop_database(owner, name)
    owner.execute(
        sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _drop_database(owner: psycopg.Connection[Any], name: str) -> None:
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drops the databases of all workers, when these have ended."""
    made = Path(os.environ["UM_DATA_DIR"]) / _DATABASES
    if not hasattr(config, "workerinput") and made.exists():
        with _as_owner("postgres") as owner:
            for name in made.read_text().split():
                _drop_database(owner, name)


def _database_name() -> str:
    name: str = settings.DATABASES["default"]["NAME"]
    assert name.startswith("test_um_"), "the tests only ever touch a database of their own"
    return name


def _as_owner(database: str) -> psycopg.Connection[tuple[Any, ...]]:
    # Not through Django, which forbids a test the aliases that it did not ask for.
    return psycopg.connect(OWNER_URL, dbname=database, autocommit=True)


def _empty_as_owner(owner: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Lets the owner empty the tables after a transactional test, except those that migrations filled.

    The application's role may not TRUNCATE, and must not be given that right for the tests' sake. The connection is
    kept: a new one would have to get to know every table first.
    """
    tables = [row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    emptied = [
        table
        for table in tables
        if owner.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone() is None
    ]
    truncate = sql.SQL("TRUNCATE {} RESTART IDENTITY").format(
        sql.SQL(", ").join(map(sql.Identifier, emptied))
    )
    filled = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(table), sql.Identifier(table))
        for table in emptied
    )
    times = count(1)
    is_superuser = owner.info.parameter_status("is_superuser") == "on"
    if is_superuser:
        owner.execute("SET session_replication_role = replica")

    def teardown(self: TransactionTestCase) -> None:
        # Truncating every table takes ten times as long as deleting the few rows that a test made; but deleted
        # rows stay in the files, so that each scan would take longer and longer.
        if next(times) % _TRUNCATE_EVERY == 0 or not is_superuser:
            owner.execute(truncate)
            return
        for (table,) in owner.execute(filled).fetchall():
            owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


# --- Redis -----------------------------------------------------------------------------------------------


def _as_admin(url: str) -> str:
    """Gives the URL of the same database for the user who may empty it."""
    admin, own = urlsplit(os.environ.get("REDIS_URL") or url), urlsplit(url)
    return urlunsplit(admin._replace(path=own.path))


_REDIS_URLS = [
    _as_admin(url)
    for url in (
        settings.CELERY_BROKER_URL,
        settings.CACHES["default"]["LOCATION"],
        settings.UM_SIMULATOR_REDIS_URL,
    )
]


@pytest.fixture(scope="session")
def _redis_clients() -> Iterator[list[redis.Redis]]:
    clients = [redis.Redis.from_url(url) for url in _REDIS_URLS]
    for client in clients:
        if client.dbsize():
            pytest.exit(
                "De Redis van REDIS_URL is niet leeg; de tests wissen hem. Geef een andere, of maak hem eerst leeg.",
                returncode=4,
            )
    yield clients
    for client in clients:
        client.close()


@pytest.fixture
def empty_redis(_redis_clients: list[redis.Redis]) -> Any:
    """Gives what empties Redis halfway a test; the portal's own users may not."""
    return lambda: [client.flushdb() for client in _redis_clients]


@pytest.fixture(autouse=True)
def _empty_redis(_redis_clients: list[redis.Redis]) -> Iterator[None]:
    """Empties Redis, so that a test does not see sessions, failed logins or queued jobs of another."""
    yield
    for client in _redis_clients:
        client.flushdb()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Gives a Chromium for one test, which may use the database as well."""
    # Playwright's event loop runs in this thread, and Django takes that for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with a_playwright() as playwright, a_chromium(playwright) as chromium:
        yield chromium


@pytest.fixture
def scherm(browser: Any, live_server: Any) -> Iterator[Scherm]:
    """Gives a tab in which nothing may go wrong."""
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    found = Scherm(context, live_server.url)
    yield found
    context.close()
    assert found.errors == []


@pytest.fixture(autouse=True)
def _forget_keys() -> Iterator[None]:
    """Drops keys and counts in memory: an earlier test may have had a municipality with the same number."""
    yield
    keys.forget()
    brontelling.forget()
