"""Shows what the two roles of the database may do, whatever the code asks, and which login is refused."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from exchange.bemiddelaar.models import Resultaat, Zoekvraag
from exchange.standard import Soort
from tests.conftest import OWNER_URL
from tests.factories import (
    een_app,
    een_client,
    een_gebruiker,
    een_gemeente,
    een_werkzoekende,
    publish_set,
)
from tests.places import ROOT
from um_portal.accounts.models import Gebruiker, NietTeWissen
from um_portal.audit.log import log_act
from um_portal.gemeenten import lifecycle
from um_portal.tenants import keys
from um_portal.tenants.database_role import SUPPORT_LEEST
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap
from um_portal.tenants.protected import AlleenDoorFunctie, call
from um_portal.tenants.scope import AndereGemeente, als_support, voor_gemeente

pytestmark = pytest.mark.django_db

OP_SLOT = "permission denied|row-level security"


def sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def tables() -> list[str]:
    found = sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " UNION ALL SELECT viewname FROM pg_views WHERE schemaname = 'public'"
    )
    return [name for (name,) in found]


# --- The application's role --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_gebruiker SET supportrol = 'beslissend'",
        "INSERT INTO accounts_gebruiker (username, password, first_name, last_name, is_active, date_joined, supportrol)"
        " VALUES ('x@x.example', '', '', '', true, now(), 'beslissend')",
        "DELETE FROM accounts_gebruiker",
        "TRUNCATE accounts_gebruiker CASCADE",
        "UPDATE tenants_gemeente SET status = 'toegelaten'",
        "UPDATE tenants_gemeente SET toegelaten_op = now()",
        "INSERT INTO tenants_gemeente (oin, naam, status, contactbeleid, niet_suwi_toegestaan)"
        " VALUES ('9', 'x', 'toegelaten', 'jobcoach', false)",
        "DELETE FROM tenants_gemeente",
        "ALTER TABLE accounts_gebruiker DISABLE ROW LEVEL SECURITY",
        "SELECT * FROM um_aantallen()",
        "SELECT um_voordrachten(1)",
        "UPDATE auth_group SET name = 'x'",
    ],
)
def test_the_application_cannot_make_support_admit_a_municipality_or_erase_either(statement: str) -> None:
    een_gebruiker(een_gemeente())
    with pytest.raises(ProgrammingError, match=f"{OP_SLOT}|must be owner"):
        sql(statement)


def test_nobody_gets_an_address_beside_their_own_to_log_in_with() -> None:
    gebruiker = een_gebruiker(een_gemeente())
    add = 'INSERT INTO account_emailaddress (user_id, email, verified, "primary") VALUES (%s, %s, true, true)'
    with pytest.raises(ProgrammingError, match=OP_SLOT):
        sql(add, gebruiker.pk, "aanvaller@kwaad.example")
    sql(add, gebruiker.pk, gebruiker.username)
    with pytest.raises(ProgrammingError, match=OP_SLOT):
        sql("UPDATE account_emailaddress SET email = 'aanvaller@kwaad.example'")


def test_only_the_transitions_of_the_life_cycle_exist_in_the_database() -> None:
    gemeente = een_gemeente()
    for overgang in ("leave", "resume", "", "admit'; --"):
        assert not call(Gemeente, "um_gemeente_overgang", gemeente.pk, overgang)
    gemeente.refresh_from_db()
    assert gemeente.status == Gemeentestatus.TOEGELATEN
    gemeente.status = Gemeentestatus.VERTROKKEN
    with pytest.raises(AlleenDoorFunctie):
        gemeente.save()


def test_saving_an_old_copy_never_takes_a_suspension_back() -> None:
    gemeente = een_gemeente()
    assert lifecycle.suspend(gemeente.pk)
    gemeente.naam = "Nieuwe naam"
    gemeente.save()
    gemeente.refresh_from_db()
    assert (gemeente.naam, gemeente.status) == ("Nieuwe naam", Gemeentestatus.OPGESCHORT)


def test_nobody_who_logs_in_becomes_support_and_support_can_be_taken_away() -> None:
    gebruiker, support = een_gebruiker(een_gemeente()), een_gebruiker(supportrol="adviserend")
    assert not call(Gebruiker, "um_supportrol_geven", gebruiker.pk, "beslissend")
    assert not call(Gebruiker, "um_supportrol_geven", support.pk, "beslissend")
    gebruiker.is_active = False
    gebruiker.save()
    assert not call(Gebruiker, "um_supportrol_geven", gebruiker.pk, "directeur")
    assert call(Gebruiker, "um_supportrol_intrekken", support.pk)
    assert not call(Gebruiker, "um_supportrol_intrekken", support.pk)


def test_somebody_is_erased_with_all_that_is_theirs_and_only_when_they_belong_nowhere() -> None:
    gemeente = een_gemeente()
    gebruiker, blijver = een_gebruiker(gemeente), een_gebruiker(gemeente)
    een_app(gebruiker)
    een_client(gebruiker)
    with voor_gemeente(gemeente):
        for wie in (gebruiker, blijver):
            vraag = Zoekvraag.objects.create(
                gemeente=gemeente, gebruiker=wie, soort="werkzoekenden", vraag_object={}
            )
            Resultaat.objects.create(gemeente=gemeente, zoekvraag=vraag, volgnummer=1, vum_id="v", profiel={})
        log_act(gemeente, "zoekvraag", gebruiker=gebruiker)  # type: ignore[arg-type]
    for wie in (gebruiker, een_gebruiker(supportrol="adviserend")):
        with pytest.raises(NietTeWissen):
            wie.delete()
    with voor_gemeente(gemeente):
        Lidmaatschap.objects.filter(gebruiker=gebruiker).delete()
    gebruiker.delete()
    assert not Gebruiker.objects.filter(pk=gebruiker.pk).exists()
    with voor_gemeente(gemeente):
        assert [vraag.gebruiker for vraag in Zoekvraag.objects.all()] == [blijver]
        assert Resultaat.objects.count() == 1
    sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_runs_as_the_owner_pins_its_search_path_and_is_not_for_everybody() -> None:
    found = sql(
        "SELECT proname, proconfig, proacl::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    assert len(found) >= 7
    for name, config, rights in found:
        assert config == ["search_path=public, pg_temp"], name
        assert rights is not None, name
        assert not [right for right in rights.strip("{}").split(",") if right.startswith("=")], name


# --- Support's role ----------------------------------------------------------------------------------------


def test_support_reads_its_own_tables_and_writes_none() -> None:
    gemeente = een_gemeente()
    een_gebruiker(gemeente)
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    opened, reasons = set(), set()
    for table in tables():
        with als_support():
            for statement in (
                f"SELECT 1 FROM {table} LIMIT 1",
                f"INSERT INTO {table} DEFAULT VALUES",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                try:
                    sql(statement)
                except ProgrammingError as refused:
                    reasons.add(str(refused).partition(" for ")[0])
                else:
                    opened.add((table, statement.split()[0]))
            sql("SELECT set_config('um.gemeente', %s, true)", str(gemeente.pk))
    # A view cannot be emptied by anybody.
    assert {reason for reason in reasons if "is not a table" not in reason} == {"permission denied"}
    assert opened == {(table, "SELECT") for table in SUPPORT_LEEST}
    for column in ("password", "last_login"):
        with als_support(), pytest.raises(ProgrammingError, match="permission denied"):
            sql(f"SELECT {column} FROM accounts_gebruiker")
    for function in (
        "um_gemeente_overgang(1, 'suspend')",
        "um_supportrol_geven(1, 'beslissend')",
        "um_voordragers(1)",
    ):
        with als_support(), pytest.raises(ProgrammingError, match="permission denied"):
            sql(f"SELECT {function}")


def test_support_works_for_no_municipality_and_the_role_ends_with_the_door() -> None:
    gemeente = een_gemeente()
    with als_support():
        assert sql("SELECT current_user") == [("um_support",)]
        with pytest.raises(AndereGemeente), voor_gemeente(gemeente):
            pytest.fail("it was let in")
    assert sql("SELECT current_user") == [("um_app",)]
    with pytest.raises(RuntimeError, match="mis"), als_support():
        raise RuntimeError("mis")
    assert sql("SELECT current_user") == [("um_app",)]
    with voor_gemeente(gemeente), pytest.raises(AndereGemeente), als_support():
        pytest.fail("it was let in")


@pytest.mark.parametrize("address", ["/", "/gemeenten/", "/leveringen/landelijke-waarden/"])
def test_the_pages_of_support_need_no_master_key_and_run_in_its_role(address: str, settings) -> None:
    publish_set(een_gemeente("Telgemeente"), Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    client = een_client(een_gebruiker(supportrol="beslissend"))
    settings.UM_MASTER_KEY, settings.UM_MASTER_KEYS_OUD = "", []
    keys.forget()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert any("ROLE" in query["sql"] and "um_support" in query["sql"] for query in asked)


# --- The login ---------------------------------------------------------------------------------------------


_START = {
    "web": ["-c", "import um_portal.wsgi"],
    "worker": ["-m", "celery", "-A", "um_portal", "worker", "--pool", "solo"],
    "beat": ["-m", "celery", "-A", "um_portal", "beat", "--schedule", "{map}/schema", "--pidfile="],
    "check": ["manage.py", "check", "--database", "default"],
}


@pytest.mark.parametrize(
    "what", [what if what == "web" else pytest.param(what, marks=pytest.mark.slow) for what in _START]
)
def test_nothing_starts_with_a_login_that_sees_all_municipalities(what: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": OWNER_URL, "DJANGO_SETTINGS_MODULE": "um_portal.settings"}
    done = subprocess.run(
        [sys.executable, *(part.format(map=tmp_path) for part in _START[what])],
        check=False, capture_output=True, text=True, timeout=60, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert done.returncode != 0
    assert "mag te veel: hij is superuser" in done.stderr + done.stdout


def test_a_login_that_is_refused_is_refused_at_every_query() -> None:
    program = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "for _ in range(3):\n"
        "    try:\n"
        "        connection.cursor().execute('SELECT 1')\n"
        "        print('open')\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__)\n"
    )
    environment = {**os.environ, "DATABASE_URL": OWNER_URL, "DJANGO_SETTINGS_MODULE": "um_portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True, capture_output=True, text=True, timeout=60, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert done.stdout.split() == ["ImproperlyConfigured"] * 3


# --- What is open to the application without a municipality ------------------------------------------------


def test_what_can_be_read_without_a_municipality_is_what_the_document_says() -> None:
    found = sql(
        "SELECT c.relname, c.relrowsecurity,"
        " coalesce((SELECT array_agg(p.qual) FROM pg_policies p WHERE p.tablename = c.relname"
        "           AND p.cmd IN ('ALL', 'SELECT')), '{}')"
        " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
        " AND has_any_column_privilege('um_app', c.oid, 'SELECT')"
    )
    assert len(found) > 25
    is_open = {
        table
        for table, guarded, policies in found
        if not guarded
        or any("um.gemeente" not in (policy or "") or "um.gebruiker" in (policy or "") for policy in policies)
    }
    text = (ROOT / "docs" / "beheer" / "privacy-en-beveiliging.md").read_text()
    section = text.partition("### Wat zonder gemeente te lezen is")[2].partition("\n### ")[0]
    assert is_open == set(re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE))
