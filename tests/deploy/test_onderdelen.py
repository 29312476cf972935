"""The parts of the portal, each started with its own command and as little as it needs: who answers what."""

import json
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.test import RequestFactory

from exchange.interfaces import SPOKEN
from tests.conftest import OWNER_URL
from tests.deploy.parts import a_web_part, call
from tests.places import ROOT
from um_portal import health
from um_portal.onderdelen import ONDERDELEN, Wachtrij, Web, Werker
from um_portal.run import command
from uploads.aanleveren.openapi import PAD

NOWHERE = "redis://127.0.0.1:1"
SOURCE, DELIVERY, PAGE = "/vum/bron/v3/werkzoekendeProfielen/matches", "/api/v1/openapi.json", "/privacy"


@pytest.fixture(scope="module")
def parts(django_db_setup: None) -> Iterator[dict[str, Path]]:
    """The three web parts; the machines' parts without secret, the source without Redis."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="um-")))
        yield {
            "bron": stack.enter_context(
                a_web_part("bron", place, "UM_SECRET_KEY", UM_REDIS_CACHE_URL=NOWHERE)
            ),
            "aanleveren": stack.enter_context(
                a_web_part("aanleveren", place, "UM_SECRET_KEY", UM_REDIS_CACHE_URL=NOWHERE)
            ),
            "paginas": stack.enter_context(
                a_web_part(
                    "paginas", place, UM_HOSTS="localhost", UM_EXCHANGE_URL="https://uitwisseling.example"
                )
            ),
        }


def test_every_part_answers_its_own_addresses_and_no_others(parts: dict[str, Path]) -> None:
    # Nobody has shown a certificate, and there is nothing to count with: it was the part itself that said so.
    found = {
        naam: [call(path, address)[0] for address in (SOURCE, DELIVERY, PAGE)] for naam, path in parts.items()
    }
    assert found == {"bron": [401, 404, 404], "aanleveren": [404, 200, 404], "paginas": [404, 404, 200]}


def test_what_is_not_there_is_not_there_in_the_same_way(parts: dict[str, Path]) -> None:
    for naam in ("bron", "aanleveren"):
        own = {call(parts[naam], address) for address in (PAGE, "/", "/account/inloggen", "/nergens")}
        assert own == {(404, "", b"")}
    strange = {call(parts["paginas"], address)[0:2] for address in (SOURCE, DELIVERY, "/nergens")}
    assert strange == {(404, "text/html; charset=utf-8")}


def test_an_address_is_what_it_seems(parts: dict[str, Path]) -> None:
    hidden = SOURCE.replace("/bron", "%2Fbron")
    assert call(parts["bron"], hidden)[0] == 400
    assert call(parts["bron"], SOURCE.removeprefix("/vum"), headers={"SCRIPT_NAME": "/vum"})[0] == 404
    assert call(parts["bron"], SOURCE, headers={"SCRIPT_NAME": "/vum"})[0] == 401, "it is not believed"


def test_a_socket_is_for_its_user_and_group_alone(parts: dict[str, Path]) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) & 0o007 for path in parts.values()} == {0}


def test_readiness_is_of_the_part_alone(parts: dict[str, Path]) -> None:
    ready = {naam: call(path, health.READY) for naam, path in parts.items()}
    assert ready["bron"][0] == ready["paginas"][0] == 200, "Redis is away, and they go on"
    assert ready["aanleveren"][0] == 503
    assert json.loads(ready["aanleveren"][2]) == {"database": True, "migrations": True, "redis": False}


@pytest.mark.slow
@pytest.mark.django_db
def test_a_part_whose_migrations_are_missing_lives_and_is_not_ready() -> None:
    middleware = health.HealthMiddleware(lambda request: pytest.fail("passed on"))
    ask = RequestFactory().get
    health._applied.cache_clear()
    with psycopg.connect(OWNER_URL, autocommit=True) as owner:
        gone = owner.execute(
            "DELETE FROM django_migrations WHERE app = 'uploads' RETURNING id, app, name, applied"
        ).fetchall()
        try:
            assert health.pending_migrations()
            assert middleware(ask(health.LIVE)).status_code == 200
            assert middleware(ask(health.READY)).status_code == 503
        finally:
            owner.cursor().executemany("INSERT INTO django_migrations VALUES (%s, %s, %s, %s)", gone)


def test_the_table_says_where_the_parts_for_machines_answer() -> None:
    addresses = {naam: deel.adressen for naam, deel in ONDERDELEN.items() if isinstance(deel, Web)}
    # Every version of the interface, also one that is not spoken yet.
    (prefix,) = addresses["bron"]
    assert all(address.startswith(prefix) for address in SPOKEN)
    assert addresses["aanleveren"] == (f"{PAD}/",)


def test_every_queue_has_a_worker_of_its_own() -> None:
    alone = {deel.wachtrijen for deel in ONDERDELEN.values() if isinstance(deel, Werker)}
    assert {(queue,) for queue in Wachtrij} <= alone
    assert "--queues celery-zoeken --pool threads" in " ".join(command("zoeken", os.environ))


@pytest.mark.parametrize(
    "place",
    [
        "compose.yaml",
        "systemd/um@klok.service.d/zonder-hoofdsleutel.conf",
        "helm/um-portaal/templates/werkers.yaml",
    ],
)
def test_the_clock_is_given_no_master_key_in_any_form(place: str) -> None:
    text = (ROOT / "deploy" / place).read_text()
    for name in ("UM_MASTER_KEY", "UM_MASTER_KEYS_OUD"):
        for form in (name, f"{name}_FILE"):
            assert re.search(rf"\b{form}\b", text.partition("\n  klok:")[2] or text), form
