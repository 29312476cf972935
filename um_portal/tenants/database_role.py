"""Makes the two database roles that the portal works as, and grants their rights.

`um_app` is the role of the application: it owns nothing and cannot bypass row-level security. `um_support` is the role
of VNG support's pages (`scope.als_support`): counts and states, and no municipality's rows. Every `migrate` makes them
when needed and grants the rights again, so that a new table cannot be forgotten.

What even the application may not write (`protected`) is written by functions that run as the owner, and that other
rooms give with `register`: each does one thing, and checks it.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction

from um_portal.tenants.protected import Beschermd

# The application reads the audit log; only functions of the database write it.
_ALLEEN_LEZEN: Final = (
    "django_migrations",
    "audit_auditregel",
    "audit_keten",
    "audit_pseudoniem",
    "audit_brontelling",
)
# The login library writes here that an address works. Whoever adds another one logs in as somebody else.
_EIGEN_ADRES: Final = {
    "account_emailaddress": "lower(email) = (SELECT username FROM accounts_gebruiker g WHERE g.id = user_id)"
}
# Django makes these tables; the portal has rights of its own (`um_portal.toegang`), and uses none of them.
_NIET_GEBRUIKT: Final = (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "account_emailconfirmation",
    # Of VNG support alone.
    "audit_supportregel",
    "audit_supportpseudoniem",
)

# What VNG support's pages read, whole tables or some columns; everything else is closed to their role.
SUPPORT_LEEST: Final[dict[str, tuple[str, ...]]] = {
    "tenants_gemeente": (),
    "uploads_landelijkewaarde": (),
    "waardelijsten_versie": (),
    "waardelijsten_code": (),
    "waardelijsten_versiecode": (),
    "audit_supportregel": (),
    "audit_supportpseudoniem": (),
    "accounts_gebruiker": ("id", "username", "first_name", "last_name", "supportrol", "is_active"),
}
# Numbers over all municipalities: for these pages alone.
SUPPORT_FUNCTIES: Final = frozenset(
    {
        "um_aantallen",
        "um_toegang",
        "um_voordrachten",
        "um_voorwaarden",
        "um_voorwaarden_van",
        "um_vertrek_van",
        "um_leveringscijfers",
        "um_vertrekken",
        "um_dagverbruik",
        "um_zoekcijfers",
        "um_bronverbruik",
        "um_meetcijfers",
        "um_tellingen",
        "um_signalen",
    }
)

# From this version of PostgreSQL on, being a member of a role and switching to it are two things.
_MET_SET: Final = 160_000

Functies = Callable[[], Iterable[str]]
_functies: list[Functies] = []


def register(functies: Functies) -> None:
    """Registers what gives the `CREATE OR REPLACE FUNCTION` of a room; call it from the app's `ready`."""
    if functies not in _functies:
        _functies.append(functies)


def function(name: str, arguments: str, body: str) -> str:
    """Makes a function in SQL that runs as the owner and answers yes or no: whether it changed exactly one row.

    `body` is a statement that returns a row for every row that it changed.
    """
    return (
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS boolean LANGUAGE sql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ WITH gedaan AS ({body}) SELECT count(*) = 1 FROM gedaan $$"
    )


def grant(using: str) -> None:
    """Makes the roles and grants their rights; run it as the owner of the tables."""
    quote = connections[using].ops.quote_name
    role, support = quote(settings.UM_DATABASE_ROL), quote(settings.UM_SUPPORT_ROL)
    # In one transaction: a portal that runs meanwhile never has more rights than it should.
    with transaction.atomic(using), connections[using].cursor() as cursor:
        for name in (settings.UM_DATABASE_ROL, settings.UM_SUPPORT_ROL):
            _make(cursor, name, quote(name))
        if not _may_switch(cursor, settings.UM_DATABASE_ROL):
            cursor.execute(f"GRANT {role} TO current_user")
        if not _may_switch(cursor, settings.UM_SUPPORT_ROL, settings.UM_DATABASE_ROL):
            # For support's pages; the application does not get the other role's rights beside its own.
            inherit = " WITH INHERIT FALSE" if _version(cursor) >= _MET_SET else ""
            cursor.execute(f"GRANT {support} TO {role}{inherit}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}, {support}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        # A view counts too: what may be written through it, is written as its owner.
        tables = set(connections[using].introspection.table_names(cursor, include_views=True))
        for table in tables.intersection(_ALLEEN_LEZEN):
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}")
        for table, condition in _EIGEN_ADRES.items():
            if table in tables:
                _let_write(cursor, table, eigen_adres=f"FOR ALL USING (true) WITH CHECK ({condition})")
        for table in tables.intersection(_NIET_GEBRUIKT):
            cursor.execute(f"REVOKE ALL ON {table} FROM {role}")
        for model in apps.get_models():
            if issubclass(model, Beschermd) and model._meta.db_table in tables:
                _protect(cursor, model, role)
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {support}")
        for table, columns in SUPPORT_LEEST.items():
            if table in tables:
                chosen = f" ({', '.join(columns)})" if columns else ""
                cursor.execute(f"GRANT SELECT{chosen} ON {table} TO {support}")
        for functies in _functies:
            for statement in functies():
                cursor.execute(statement)
        _grant_functions(cursor, role, support)


def _make(cursor: Any, name: str, role: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    if cursor.fetchone() is None:
        # Roles belong to the whole server: the migrate of another database may just have made it.
        cursor.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )


def _version(cursor: Any) -> int:
    cursor.execute("SHOW server_version_num")
    return int((cursor.fetchone() or ("0",))[0])


def _may_switch(cursor: Any, to: str, name: str | None = None) -> bool:
    """Tells whether a role, by default that of this login, may switch to another one."""
    right = "SET" if _version(cursor) >= _MET_SET else "MEMBER"
    cursor.execute("SELECT pg_has_role(coalesce(%s, current_user::text), %s, %s)", [name, to, right])
    return bool((cursor.fetchone() or (False,))[0])


def _protect(cursor: Any, model: type[Beschermd], role: str) -> None:
    """Lets the application write every column but the protected ones, make new rows with their first values, and
    delete none.
    """
    table = model._meta.db_table
    columns = {
        field.name: str(field.column) for field in model._meta.concrete_fields if not field.primary_key
    }
    free = [column for name, column in columns.items() if name not in model.BESCHERMD]
    cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
    cursor.execute(f"GRANT UPDATE ({', '.join(free)}) ON {table} TO {role}")
    first = [
        f"{columns[name]} IS NOT DISTINCT FROM {_literal(value)}" for name, value in model.BESCHERMD.items()
    ]
    _let_write(
        cursor,
        table,
        iedereen_leest="FOR SELECT USING (true)",
        vrije_kolommen="FOR UPDATE USING (true)",
        begin=f"FOR INSERT WITH CHECK ({' AND '.join(first)})",
    )


def _let_write(cursor: Any, table: str, **policies: str) -> None:
    """Puts a table behind these policies, whatever they were."""
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for name, policy in policies.items():
        cursor.execute(f"DROP POLICY IF EXISTS {name} ON {table}")
        cursor.execute(f"CREATE POLICY {name} ON {table} {policy}")


def _literal(value: str | None) -> str:
    return "NULL" if value is None else f"'{value}'"


def _grant_functions(cursor: Any, role: str, support: str) -> None:
    """Lets only the role that needs a function of the portal execute it."""
    cursor.execute(
        "SELECT proname, oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'um\\_%%'",
        [],
    )
    for name, signature in cursor.fetchall():
        who, not_who = (support, role) if name in SUPPORT_FUNCTIES else (role, support)
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC, {not_who}")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {who}")


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receives the signal of a finished migrate, and grants the rights."""
    grant(using)
