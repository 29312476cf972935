"""Shows how long a connection to the database may keep others waiting, and what people and parties then get."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from exchange.standard import Soort
from tests.factories import een_client, een_gebruiker, een_gemeente, een_vraag, vum_headers
from tests.places import ROOT
from um_portal.gemeenten import overzicht

pytestmark = pytest.mark.django_db


def _sleep() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
        return []


def _patience(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {milliseconds}")


_SHOWS = (
    "import json; from django.db import connections\n"
    "with connections['default'].cursor() as c:\n"
    "    c.execute('SELECT name, setting::int FROM pg_settings WHERE name = ANY(%s)',"
    " [['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']])\n"
    "    print(json.dumps(dict(c.fetchall())))"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("werk", "begin"),
    [("antwoorden", "import um_portal.wsgi"), ("achtergrond", "import django; django.setup()")],
)
def test_every_kind_of_process_has_its_own_patience(werk: str, begin: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "um_portal.settings"}
    environment.pop("UM_WERK", None)
    done = subprocess.run(
        [sys.executable, "-c", f"{begin}\n{_SHOWS}"],
        check=True, capture_output=True, text=True, timeout=60, cwd=ROOT, env=environment,
    )  # fmt: skip
    expected = {name: 1000 * seconds for name, seconds in settings.UM_DATABASE_TIJDEN[werk].items()}
    assert json.loads(done.stdout.splitlines()[-1]) == expected


def test_the_document_shows_the_same_numbers() -> None:
    text = (ROOT / "docs" / "beheer" / "instellingen.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.*?) \|$", text, re.MULTILINE))
    for name in settings.UM_DATABASE_TIJDEN["antwoorden"]:
        shown = [int(cell) for cell in re.findall(r"([0-9]+) s", rows[name])]
        assert shown == [tijden[name] for tijden in settings.UM_DATABASE_TIJDEN.values()], name
    for name, value in settings.UM_DATABASE_BEREIKBAAR.items():
        assert rows[name].split(" |")[0] == str(value), name


def test_a_page_that_takes_the_database_too_long_says_so_and_undoes_what_it_did(monkeypatch) -> None:
    client = een_client(een_gebruiker(supportrol="beslissend"))
    client.raise_request_exception = False
    monkeypatch.setattr(overzicht, "published_counts", _sleep)
    _patience(500)
    page = client.get("/gemeenten/")
    assert page.status_code == 503
    assert "te druk" in page.text
    assert page["Retry-After"] == "60"
    monkeypatch.undo()
    assert client.get("/gemeenten/").status_code == 200


def test_a_question_that_takes_the_database_too_long_gets_the_error_of_the_contract(monkeypatch) -> None:
    gemeente = een_gemeente()
    monkeypatch.setattr(
        "exchange.bron.answer.matches_statement", lambda *args: ("SELECT pg_sleep(5)::text", [])
    )
    monkeypatch.setattr("exchange.bron.api.authenticate", lambda request: None)
    _patience(500)
    answer = een_client(een_gebruiker()).post(
        f"/vum/bron/v3/{Soort.WERKZOEKENDEN.api_naam}/matches",
        {"vraagObject": een_vraag()},
        content_type="application/json",
        headers=vum_headers(gemeente),
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "500.3")
