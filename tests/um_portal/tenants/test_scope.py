"""The guards between municipalities: scope in the code, row-level security in the database, keys."""

import base64
import secrets
from collections.abc import Callable
from contextlib import nullcontext
from io import StringIO
from typing import Any

import django_scopes
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from exchange.bron.models import Werkzoekende
from exchange.standard import Soort
from tests.factories import een_client, een_gebruiker, een_gemeente, een_werkzoekende, publish_set
from um_portal.audit.models import Auditregel
from um_portal.demo.toelaten import fill_checklist
from um_portal.tenants import keys
from um_portal.tenants.models import (
    Contactbeleid,
    Gemeente,
    GemeenteModel,
    Gemeentestatus,
    Lidmaatschap,
    Rol,
    Sleutel,
)
from um_portal.tenants.scope import AndereGemeente, voor_gemeente, voor_oin

pytestmark = pytest.mark.django_db


def _own_models() -> list[type[GemeenteModel]]:
    return [model for model in apps.get_models() if issubclass(model, GemeenteModel)]


def test_every_model_with_a_municipality_is_a_scoped_one() -> None:
    ours = [
        model
        for model in apps.get_models()
        if model.__module__.startswith(("um_portal.", "exchange.", "uploads."))
    ]
    with_municipality = [
        model for model in ours if any(field.name == "gemeente" for field in model._meta.get_fields())
    ]
    assert set(with_municipality) == set(_own_models())
    assert len(with_municipality) >= 10


@pytest.mark.parametrize("model", _own_models(), ids=lambda model: model._meta.db_table)
def test_every_table_of_a_municipality_is_behind_row_level_security(model: type[GemeenteModel]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity FROM pg_class WHERE relname = %s", [model._meta.db_table])
        assert cursor.fetchone() == (True,)
        cursor.execute(
            "SELECT qual, with_check FROM pg_policies WHERE tablename = %s AND cmd = 'ALL'",
            [model._meta.db_table],
        )
        policies = cursor.fetchall()
    assert len(policies) == 1
    assert all("um.gemeente" in condition for condition in policies[0])


@pytest.mark.parametrize("model", _own_models(), ids=lambda model: model._meta.db_table)
def test_a_query_outside_a_scope_is_an_error(model: type[GemeenteModel]) -> None:
    with pytest.raises(django_scopes.exceptions.ScopeError):
        list(model.objects.all())


def test_the_application_runs_as_a_role_that_row_level_security_applies_to() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, current_user = (SELECT tableowner FROM pg_tables"
            " WHERE tablename = 'bron_werkzoekende') FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)


def test_raw_sql_sees_only_the_municipality_of_the_transaction() -> None:
    een, ander = een_gemeente(), een_gemeente()
    publish_set(een, Soort.WERKZOEKENDEN, [een_werkzoekende("A")])
    publish_set(ander, Soort.WERKZOEKENDEN, [een_werkzoekende("B"), een_werkzoekende("C")])

    def ids() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id_bron FROM bron_werkzoekende ORDER BY id_bron")
            return [row[0] for row in cursor.fetchall()]

    with voor_gemeente(een):
        assert ids() == ["A"]
    with voor_gemeente(ander):
        assert ids() == ["B", "C"]
    assert ids() == []


def test_a_row_for_another_municipality_cannot_be_written() -> None:
    een, ander = een_gemeente(), een_gemeente()
    gebruiker = een_gebruiker(een)
    with (
        voor_gemeente(een),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Lidmaatschap.objects.create(gemeente=ander, gebruiker=gebruiker, rol=Rol.JOBCOACH)


def test_another_municipalitys_rows_cannot_be_changed_or_removed_by_raw_sql() -> None:
    een, ander = een_gemeente(), een_gemeente()
    publish_set(ander, Soort.WERKZOEKENDEN, [een_werkzoekende("B")])
    with voor_gemeente(een), connection.cursor() as cursor:
        cursor.execute("DELETE FROM bron_werkzoekende")
        assert cursor.rowcount == 0
        cursor.execute("UPDATE bron_werkzoekende SET id_bron = 'gekaapt'")
        assert cursor.rowcount == 0
    with voor_gemeente(ander):
        assert Werkzoekende.objects.get().id_bron == "B"


def test_the_application_cannot_switch_row_level_security_off() -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("ALTER TABLE bron_werkzoekende DISABLE ROW LEVEL SECURITY")


def test_work_for_one_municipality_cannot_contain_work_for_another() -> None:
    een, ander = een_gemeente(), een_gemeente()
    with voor_gemeente(een), voor_gemeente(een), pytest.raises(AndereGemeente), voor_gemeente(ander):
        pass  # pragma: no cover


def test_a_municipality_looked_up_by_its_oin_is_the_only_one_there_is_until_the_end() -> None:
    een, ander = een_gemeente(contactbeleid=Contactbeleid.JOBCOACH), een_gemeente()
    publish_set(een, Soort.WERKZOEKENDEN, [een_werkzoekende("A")])
    publish_set(ander, Soort.WERKZOEKENDEN, [een_werkzoekende("B")])

    def rows() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM bron_werkzoekende")
            return int(cursor.fetchone()[0])

    with voor_oin(een.oin, using="default") as found:
        assert found == een
        assert (found.naam, found.contactbeleid) == (een.naam, een.contactbeleid)
        assert Werkzoekende.objects.get().id_bron == "A"
        assert rows() == 1
        with voor_gemeente(een, alleen_lezen=True):
            assert rows() == 1
        with pytest.raises(AndereGemeente), voor_gemeente(ander):
            pass  # pragma: no cover
        with pytest.raises(AndereGemeente), voor_oin(een.oin, using="default"):
            pass  # pragma: no cover
    assert rows() == 0
    with pytest.raises(RuntimeError, match="halverwege"), voor_oin(een.oin, using="default"):
        raise RuntimeError("halverwege")
    assert rows() == 0
    with voor_gemeente(ander):
        assert Werkzoekende.objects.get().id_bron == "B"


def test_an_oin_of_nobody_gives_a_transaction_that_sees_nothing() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("A")])
    with voor_oin("9" * 20, using="default") as found, connection.cursor() as cursor:
        assert found is None
        cursor.execute("SELECT count(*) FROM bron_werkzoekende")
        assert cursor.fetchone() == (0,)
        with pytest.raises(django_scopes.exceptions.ScopeError):
            Werkzoekende.objects.count()


def test_the_scope_is_over_after_an_exception_too() -> None:
    gemeente = een_gemeente()
    with pytest.raises(RuntimeError, match="mis"), voor_gemeente(gemeente):
        raise RuntimeError("mis")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('um.gemeente', true)")
        assert cursor.fetchone() in [("",), (None,)]


def test_a_user_sees_the_own_memberships_and_nobody_elses() -> None:
    een, ander = een_gemeente("Aa"), een_gemeente("Bb")
    gebruiker = een_gebruiker(een)
    with voor_gemeente(ander):
        Lidmaatschap.objects.create(gemeente=ander, gebruiker=gebruiker, rol=Rol.GEGEVENSBEHEERDER)
    een_gebruiker(een)
    from um_portal.toegang.access import memberships

    assert [str(m) for m in memberships(gebruiker)] == ["Jobcoach bij Aa", "Gegevensbeheerder bij Bb"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("around", [nullcontext, transaction.atomic])
def test_finding_the_memberships_leaves_nobody_set_for_what_comes_after(around: Callable[[], Any]) -> None:
    from um_portal.toegang.access import memberships

    gebruiker = een_gebruiker(een_gemeente())
    with around():
        assert len(memberships(gebruiker)) == 1
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('um.gebruiker', true), current_setting('um.gemeente', true)"
            )
            assert set(cursor.fetchone()) <= {"", None}


# --- Keys ----------------------------------------------------------------------------------------------


def test_what_is_encrypted_opens_for_the_same_municipality_and_context_only() -> None:
    een, ander = een_gemeente(), een_gemeente()
    blob = keys.encrypt(een, b"geheim", "detail")
    assert b"geheim" not in blob
    assert keys.decrypt(een, blob, "detail") == b"geheim"
    for gemeente, context, data in (
        (ander, "detail", blob),
        (een, "bestand", blob),
        (een, "detail", blob[:-1] + bytes([blob[-1] ^ 1])),
        (een, "detail", b"\x02" + blob[1:]),
        (een, "detail", b""),
    ):
        with pytest.raises(keys.OntsleutelFout):
            keys.decrypt(gemeente, data, context)


def test_a_pseudonym_is_stable_within_a_municipality_and_different_in_another() -> None:
    een, ander = een_gemeente(), een_gemeente()
    first = keys.pseudoniem(een, "999990019")
    keys.forget()
    assert keys.pseudoniem(een, "999990019") == first
    assert keys.pseudoniem(ander, "999990019") != first
    assert "999990019" not in first
    assert len(first) == 32


def test_keys_move_to_a_new_master_key_and_then_the_old_one_is_not_needed(settings) -> None:
    gemeente = een_gemeente()
    blob, oude = keys.encrypt(gemeente, b"blijft leesbaar", "detail"), settings.UM_MASTER_KEY
    settings.UM_MASTER_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
    keys.forget()
    with pytest.raises(keys.OntsleutelFout):
        keys.decrypt(gemeente, blob, "detail")
    settings.UM_MASTER_KEYS_OUD = [oude]
    keys.forget()
    keys.rewrap(gemeente)
    settings.UM_MASTER_KEYS_OUD = []
    keys.forget()
    assert keys.decrypt(gemeente, blob, "detail") == b"blijft leesbaar"
    keys.forget()


def test_the_keys_in_the_database_are_wrapped() -> None:
    gemeente = een_gemeente()
    own = keys.keys_of(gemeente)
    with voor_gemeente(gemeente):
        row = Sleutel.objects.get()
    for wrapped, purpose in ((row.datasleutel, b":data"), (row.pseudoniemsleutel, b":pseudoniem")):
        secret = keys._unwrap(bytes(wrapped), gemeente.oin.encode() + purpose)
        assert len(secret) == 32
        assert secret not in bytes(wrapped)
    assert repr(own) == "Sleutels(…)"


# --- Admission and pages -------------------------------------------------------------------------------


def test_the_command_admits_a_municipality_that_meets_every_condition_and_once_only() -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="Er ontbreekt nog: Afsprakenstelsel"):
        call_command("admit", oin="12345678901234567890", naam="Proefdorp")
    gemeente = Gemeente.objects.get(oin="12345678901234567890")
    assert gemeente.status == Gemeentestatus.AANGEMELD
    fill_checklist(gemeente)
    call_command("admit", oin="12345678901234567890", naam="Proefdorp", stdout=out)
    assert out.getvalue() == "Proefdorp (12345678901234567890) is toegelaten.\n"
    gemeente.refresh_from_db()
    assert gemeente.status == Gemeentestatus.TOEGELATEN
    before = keys.pseudoniem(gemeente, "x")
    with pytest.raises(CommandError, match="Proefdorp is toegelaten"):
        call_command("admit", oin="12345678901234567890", naam="Proefdorp aan Zee")
    keys.forget()
    gemeente.refresh_from_db()
    assert gemeente.naam == "Proefdorp"
    assert keys.pseudoniem(gemeente, "x") == before


@pytest.mark.parametrize(
    ("oin", "naam"), [("123", "Kort"), ("1234567890123456789A", "Letter"), ("1" * 20, " ")]
)
def test_admit_refuses_what_cannot_be(oin: str, naam: str) -> None:
    with pytest.raises(CommandError):
        call_command("admit", oin=oin, naam=naam)
    assert not Gemeente.objects.filter(oin=oin).exists()


def test_somebody_with_two_municipalities_switches_and_nobody_switches_to_a_strangers() -> None:
    een, ander, vreemd = een_gemeente("Aa"), een_gemeente("Bb"), een_gemeente("Cc")
    gebruiker = een_gebruiker(een)
    with voor_gemeente(ander):
        Lidmaatschap.objects.create(gemeente=ander, gebruiker=gebruiker, rol=Rol.JOBCOACH)
    client = een_client(gebruiker)
    assert client.get("/").context["portal"].gemeente == een
    assert client.post("/gemeenten/wissel", {"gemeente": ander.pk}).status_code == 302
    assert client.get("/").context["portal"].gemeente == ander
    assert client.post("/gemeenten/wissel", {"gemeente": vreemd.pk}).status_code == 403
    assert client.get("/gemeenten/wissel").status_code == 405
    assert client.get("/").context["portal"].gemeente == ander


def test_support_sees_numbers_of_all_municipalities_and_others_do_not() -> None:
    gemeente = een_gemeente("Telgemeente")
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende(f"W{n}") for n in range(1234)])
    page = een_client(een_gebruiker(supportrol="beslissend")).get("/gemeenten/")
    assert "Telgemeente" in page.text
    assert "1.234" in page.text
    assert (
        een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)).get("/gemeenten/").status_code == 403
    )


@pytest.mark.parametrize("path", ["/zoeken/", "/zoeken/vragen/", "/leveringen/", "/leveringen/gepubliceerd/"])
def test_support_and_people_without_a_municipality_get_no_page_of_one(path: str) -> None:
    assert een_client(een_gebruiker(supportrol="beslissend")).get(path).status_code == 403
    assert een_client(een_gebruiker()).get(path).status_code == 403


@pytest.mark.parametrize(
    ("rol", "zoeken", "leveringen"),
    [(Rol.JOBCOACH, 200, 403), (Rol.GEGEVENSBEHEERDER, 403, 200), (Rol.FUNCTIONEEL_BEHEERDER, 200, 200)],
)
def test_a_role_opens_its_own_pages_only(rol: Rol, zoeken: int, leveringen: int) -> None:
    client = een_client(een_gebruiker(een_gemeente(), rol))
    assert client.get("/zoeken/").status_code == zoeken
    assert client.get("/leveringen/").status_code == leveringen


def test_the_log_can_be_added_to_and_not_rewritten() -> None:
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        assert Auditregel.objects.filter(handeling="gemeente_toegelaten").count() == 1
        for statement in (
            "DELETE FROM audit_auditregel",
            "UPDATE audit_auditregel SET handeling = 'iets anders'",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
