"""Gives every test run a PostgreSQL and a Redis of its own, before Django reads its settings.

A conftest would be too late, so pyproject.toml loads this as a plugin. With DATABASE_URL and REDIS_URL set
the run uses those servers. Making the test database is left to tests/conftest.py.
"""

import base64
import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from um_portal.embedded import REDIS, StartMislukt, servers

# Settings that only say where things are cannot change the result of a test.
_KEPT = {"UM_DATABASE_ROL", "UM_SHARED", "UM_BEELDEN"}
_URLS = ("DATABASE_URL", "DATABASE_EIGENAAR_URL")
# Tells the workers of pytest-xdist, which inherit the environment, that it is prepared.
_PREPARED = "UM_TESTOMGEVING"
_REDIS_DATABASES = 3  # the number of databases that one portal uses


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Prepares the environment before pytest-django; the servers stop when the configuration is torn down."""
    if not os.environ.get(_PREPARED):
        stack = contextlib.ExitStack()
        early_config.add_cleanup(stack.close)
        _fixed_environment()
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="um-test-")))
        try:
            os.environ.update(stack.enter_context(servers(place, for_tests=True)))
        except StartMislukt as problem:
            raise pytest.UsageError(str(problem)) from None
        os.environ["UM_DATA_DIR"] = str(place)
        os.environ[_PREPARED] = "1"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    _own_database(worker)
    _own_redis_databases(worker)
    return (yield)


def _fixed_environment() -> None:
    """Removes the settings of whoever runs the tests, except named servers, so that results are equal."""
    for name in [name for name in os.environ if name.startswith("UM_") and name not in _KEPT]:
        del os.environ[name]
    os.environ |= {
        "UM_SECRET_KEY": "alleen-voor-de-tests-en-nergens-anders",
        "UM_HTTPS_OMLEIDEN": "0",  # the test client speaks plain HTTP
        "UM_LEES_ZANDBAK": "indien-mogelijk",  # tests run on any kernel; those of the sandbox itself say so
        "UM_LOGBOEK_TEL_SECONDEN": "3600",  # tests write the counts of the source themselves
        "UM_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    }


def _own_database(worker: str) -> None:
    """Puts the name of the test database in the URLs, so that programs that a test starts use it too."""
    for variable in _URLS:
        if url := os.environ.get(variable):
            parts = urlsplit(url)
            name = parts.path.strip("/")
            # A worker of pytest-xdist inherits the name that the main process got.
            if worker != "main" or not name.startswith("test_um_"):
                os.environ[variable] = urlunsplit(parts._replace(path=f"/test_um_{worker}"))


def _own_redis_databases(worker: str) -> None:
    """Gives a worker of pytest-xdist, and the programs it starts, Redis databases of its own."""
    if worker == "main":
        return
    for name in REDIS:
        if url := os.environ.get(name):
            parts = urlsplit(url)
            first = int(parts.path.strip("/") or 0) + _REDIS_DATABASES * int(worker.removeprefix("gw"))
            os.environ[name] = urlunsplit(parts._replace(path=f"/{first}"))
