"""Upgrading under people who work: the former release beside the new tables, and a part that is asked to stop."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from exchange.standard import Soort
from tests.deploy.parts import a_part, a_web_part, call
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_vraag,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from tests.places import ROOT
from tests.processes import EXCHANGE_OIN, wait_until
from um_portal.tenants.models import Gemeente

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# The release that runs beside the tables of this one. A release sets it to the one before it; as long as there is none,
# it is a commit. What may not change in one step: docs/beheer/upgraden.md.
FORMER = "f54e8925702bc9eb0715b9f87c05b235345681ad"
SOURCE = "/vum/bron/v3/werkzoekendeProfielen/matches"
BEHIND_PROXY = {"UM_VERTROUWDE_PROXIES": "unix"}


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], check=False, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The code of the former release."""
    if _git("cat-file", "-e", f"{FORMER}^{{commit}}").returncode:
        pytest.skip(f"this clone does not have {FORMER}, the former release")
    place = tmp_path_factory.mktemp("vorige") / "code"
    made = _git("worktree", "add", "--detach", str(place), FORMER)
    assert made.returncode == 0, made.stderr
    yield place
    _git("worktree", "remove", "--force", str(place))


def ask(source: Path, gemeente: Gemeente) -> tuple[int, list[str]]:
    body = json.dumps({"vraagObject": een_vraag()})
    headers = {
        **vum_headers(gemeente),
        "X-Client-Cert-OIN": EXCHANGE_OIN,
        "Content-Type": "application/json",
    }
    status, _, answer = call(source, SOURCE, "POST", body=body, headers=headers)
    return status, [one["idWerkzoekende"] for one in json.loads(answer)["matches"]] if status == 200 else []


def test_the_former_release_works_on_the_tables_of_this_one(former: Path, tmp_path: Path) -> None:
    gemeente, other = een_gemeente(), een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    publish_set(other, Soort.WERKZOEKENDEN, [een_werkzoekende("W2")])
    browser = een_client(een_gebruiker(gemeente))
    with a_web_part("bron", tmp_path, "UM_SECRET_KEY", code=former, **BEHIND_PROXY) as source:
        assert call(source, "/health/ready")[0] == 200
        assert ask(source, gemeente) == (200, ["W1"])
        assert ask(source, other) == (200, ["W2"])
    pages = {"UM_HOSTS": "localhost", "UM_EXCHANGE_URL": "https://uitwisseling.example"}
    with a_web_part("paginas", tmp_path, code=former, **pages, **BEHIND_PROXY) as page:
        name = settings.SESSION_COOKIE_NAME
        cookie = {"Cookie": f"{name}={browser.cookies[name].value}"}
        status, _, body = call(page, "/", headers=cookie)
        assert status == 200
        assert gemeente.naam in body.decode()


def columns_of(code: Path, place: Path) -> dict[str, list[str]]:
    """Gives the columns that this code reads and writes, by table."""
    program = """
import json
from django.apps import apps
print(json.dumps({
    model._meta.db_table: [field.column for field in model._meta.local_concrete_fields]
    for model in apps.get_models(include_auto_created=True)
}))
"""
    known = {name: value for name, value in os.environ.items() if name != "DATABASE_EIGENAAR_URL"}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", program],
        check=False,
        cwd=code,
        env={**known, "PYTHONPATH": str(code), "UM_DATA_DIR": str(place)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_the_former_release_misses_no_column_and_can_leave_out_every_new_one(
    former: Path, tmp_path: Path
) -> None:
    known = columns_of(former, tmp_path)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, attname, attnotnull AND NOT atthasdef AND attidentity = '' FROM pg_attribute"
            " JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped"
        )
        present = {(table, column): must_be_filled for table, column, must_be_filled in cursor.fetchall()}
    wanted = {(table, column) for table, columns in known.items() for column in columns}
    assert wanted - set(present) == set()
    new = {(table, column) for table, column in present if table in known} - wanted
    assert {one for one in new if present[one]} == set()


class Caller:
    """Somebody who spreads work: asks whether a part is ready, and gives it work as long as it says so."""

    def __init__(self, source: Path, gemeente: Gemeente) -> None:
        self.source, self.gemeente = source, gemeente
        self.answers: list[Any] = []
        self.thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        try:
            while call(self.source, "/health/ready")[0] == 200:
                for _ in range(5):
                    self.answers.append(ask(self.source, self.gemeente))
            self.answers.append("niet klaar")
        except OSError as error:
            self.answers.append(type(error).__name__)


def test_a_web_part_that_is_asked_to_stop_is_not_ready_first_and_loses_no_call(tmp_path: Path) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    source = tmp_path / "bron.sock"
    env: dict[str, Any] = {
        **BEHIND_PROXY,
        "UM_BIND": f"unix:{source}",
        "UM_WEB_PROCESSEN": "2",
        "UM_UITLOOP_SECONDEN": "3",
    }
    with a_part("bron", tmp_path / "bron.log", "UM_SECRET_KEY", **env) as process:
        wait_until(lambda: source.exists() and call(source, "/health/ready")[0] == 200, "it is ready", 60)
        callers = [Caller(source, gemeente) for _ in range(4)]
        for caller in callers:
            caller.thread.start()
        wait_until(lambda: all(len(caller.answers) > 5 for caller in callers), "all are at work")
        process.terminate()
        for caller in callers:
            caller.thread.join(20)
        assert call(source, "/health/live")[0] == 200, "it answers, so it was not the stopping that they met"
        assert process.wait(30) == 0
    for caller in callers:
        assert set(map(str, caller.answers)) == {"(200, ['W1'])", "niet klaar"}
