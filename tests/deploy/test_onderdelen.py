"""The parts of the portal, each started with its own command and as little as it needs: who answers what."""

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import yaml
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
    """The web parts; the machines' parts without secret, the source without Redis."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="um-")))
        yield {
            "bron": stack.enter_context(
                a_web_part("bron", place, "UM_SECRET_KEY", UM_REDIS_CACHE_URL=NOWHERE)
            ),
            "aanleveren": stack.enter_context(
                a_web_part("aanleveren", place, "UM_SECRET_KEY", UM_REDIS_CACHE_URL=NOWHERE)
            ),
            **{
                naam: stack.enter_context(
                    a_web_part(
                        naam, place, UM_HOSTS="localhost", UM_EXCHANGE_URL="https://uitwisseling.example"
                    )
                )
                for naam in ("paginas", "balie")
            },
        }


@pytest.mark.slow
def test_every_part_answers_its_own_addresses_and_no_others(parts: dict[str, Path]) -> None:
    # Nobody has shown a certificate, and there is nothing to count with: it was the part itself that said so.
    found = {
        naam: [call(path, address)[0] for address in (SOURCE, DELIVERY, PAGE)] for naam, path in parts.items()
    }
    pages = [404, 404, 200]
    assert found == {
        "bron": [401, 404, 404],
        "aanleveren": [404, 200, 404],
        "paginas": pages,
        "balie": pages,
    }


@pytest.mark.slow
def test_what_is_not_there_is_not_there_in_the_same_way(parts: dict[str, Path]) -> None:
    for naam in ("bron", "aanleveren"):
        own = {call(parts[naam], address) for address in (PAGE, "/", "/account/inloggen", "/nergens")}
        assert own == {(404, "", b"")}
    strange = {call(parts["paginas"], address)[0:2] for address in (SOURCE, DELIVERY, "/nergens")}
    assert strange == {(404, "text/html; charset=utf-8")}


@pytest.mark.slow
def test_an_address_is_what_it_seems(parts: dict[str, Path]) -> None:
    hidden = SOURCE.replace("/bron", "%2Fbron")
    assert call(parts["bron"], hidden)[0] == 400
    assert call(parts["bron"], SOURCE.removeprefix("/vum"), headers={"SCRIPT_NAME": "/vum"})[0] == 404
    assert call(parts["bron"], SOURCE, headers={"SCRIPT_NAME": "/vum"})[0] == 401, "it is not believed"


@pytest.mark.slow
def test_what_may_wait_steps_back_and_what_somebody_waits_for_does_not(parts: dict[str, Path]) -> None:
    sockets = {
        path: {
            line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines() if str(path) in line
        }
        for path in parts.values()
    }
    own = os.getpriority(os.PRIO_PROCESS, 0)
    found: dict[str, set[int]] = {naam: set() for naam in parts}
    for process in psutil.Process().children(recursive=True):
        held: set[str] = set()
        with suppress(OSError):
            held = {os.readlink(link) for link in Path(f"/proc/{process.pid}/fd").iterdir()}
        for naam, path in parts.items():
            if held & {f"socket:[{number}]" for number in sockets[path]}:
                found[naam].add(process.nice() - own)
    assert found == {"bron": {0}, "paginas": {0}, "balie": {5}, "aanleveren": {10}}


def test_the_forms_of_an_installation_say_who_steps_back_as_well() -> None:
    # The weights that Linux gives to so many steps of `nice`, of 1024 and of 100.
    shares, weights = {5: 335, 10: 110}, {5: 33, 10: 10}
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    for naam in set(ONDERDELEN) & set(compose):
        steps = getattr(ONDERDELEN[naam], "stappen_terug", 0)
        assert compose[naam].get("cpu_shares") == shares.get(steps), naam
        drop_in = ROOT / "deploy" / "systemd" / f"um@{naam}.service.d" / "wijkt.conf"
        found = re.search(r"^CPUWeight=(\d+)$", drop_in.read_text(), re.M) if drop_in.exists() else None
        assert (int(found[1]) if found else None) == weights.get(steps), naam


UNITS = sorted(
    path.name
    for path in (ROOT / "deploy" / "systemd").iterdir()
    if path.is_file() and "manage.py" in path.read_text()
)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_gives_its_command_the_settings_that_it_needs(unit: str, tmp_path: Path) -> None:
    """The files are those of the page on installing: what all parts need, and what one part needs beside it."""
    text = (ROOT / "deploy" / "systemd" / unit).read_text()
    files = re.findall(r"EnvironmentFile=/etc/um/(\S+)", text)
    page = (ROOT / "docs" / "beheer" / "installeren.md").read_text()
    names = re.findall(r"^(\w+)=", page.partition("in `/etc/um/omgeving`:")[2].split("```")[1], re.M)
    given = dict.fromkeys(names if "omgeving" in files else (), "x")
    if {"omgeving.paginas", "omgeving.balie", "omgeving.onderhoud"} & set(files):
        given["UM_SECRET_KEY"] = "x"
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "UM_DEMO": "0", **given, "UM_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "het portaal start niet" in run.stderr.casefold(), run.stderr
    assert "ontbreekt" not in run.stderr


def test_a_command_of_the_operator_tells_the_journal_nothing_of_its_arguments(tmp_path: Path) -> None:
    """Systemd logs the description of what it runs: without one, the whole command with names and addresses."""
    program = tmp_path / "systemd-run"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    given = ["invite", "naam@vng.example", "--voornaam", "Iris de Wit"]
    run = subprocess.run(
        ["sh", str(ROOT / "deploy" / "systemd" / "um-beheer"), *given],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    told = run.stdout.splitlines()
    assert told[-len(given) :] == given
    options = told[: -len(given) - 2]
    assert "--description=UM-portaal: manage.py invite" in options
    assert {"--uid=um", "--gid=um"} <= set(options)
    assert not any(value in option for value in given[1:] for option in options)
    assert not any("eigenaar" in option for option in options)


def test_the_proxy_sends_every_address_to_the_part_of_the_table() -> None:
    text = (ROOT / "deploy" / "nginx" / "portaal.conf").read_text()
    told = dict(re.findall(r"location (/\S*) \{[^{}]*proxy_pass http://um_(\w+);", text))
    # The source has a name, and a file, of its own.
    assert told == {
        address: naam
        for naam, deel in ONDERDELEN.items()
        if isinstance(deel, Web) and naam != "bron"
        for address in deel.adressen
    }


@pytest.mark.slow
def test_a_socket_is_for_its_user_and_group_alone(parts: dict[str, Path]) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) & 0o007 for path in parts.values()} == {0}


@pytest.mark.slow
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
