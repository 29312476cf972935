"""The database role that the application runs as, and what it may do.

It owns nothing and passes no row-level security by; every `migrate` makes it when needed and grants again,
so that a new table cannot be forgotten.
"""

from typing import Any

from django.conf import settings
from django.db import connections

# Append-only for the application: the log can be written and read, not rewritten.
_ALLEEN_TOEVOEGEN = ("audit_auditregel",)
_ALLEEN_LEZEN = ("django_migrations",)


def grant(using: str) -> None:
    """Make the role and give it its rights; run as the owner of the tables."""
    role = connections[using].ops.quote_name(settings.UM_DATABASE_ROL)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.UM_DATABASE_ROL])
        if cursor.fetchone() is None:
            # Roles belong to the whole server: another database's migrate may just have made it.
            cursor.execute(
                f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        # Since PostgreSQL 16 whoever makes a role belongs to it without being able to take it on.
        cursor.execute("SHOW server_version_num")
        (version,) = cursor.fetchone() or ("0",)
        right = "SET" if int(version) >= 160_000 else "MEMBER"
        cursor.execute("SELECT pg_has_role(current_user, %s, %s)", [settings.UM_DATABASE_ROL, right])
        if cursor.fetchone() == (False,):
            cursor.execute(f"GRANT {role} TO current_user")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        tables = set(connections[using].introspection.table_names(cursor))
        for table in tables.intersection(_ALLEEN_TOEVOEGEN):
            cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
            # A colleague who leaves is forgotten in the log as well.
            cursor.execute(f"GRANT UPDATE (gebruiker_id) ON {table} TO {role}")
        for table in tables.intersection(_ALLEEN_LEZEN):
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}")


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Signal handler: grant after every migrate."""
    grant(using)
