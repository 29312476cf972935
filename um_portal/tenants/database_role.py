"""Makes the database role that the application runs as, and grants its rights.

The role owns nothing and cannot bypass row-level security. Every `migrate` makes it when needed and grants
the rights again, so that a new table cannot be forgotten.
"""

from typing import Any

from django.conf import settings
from django.db import connections

# The application may write and read the audit log, but not change it.
_ALLEEN_TOEVOEGEN = ("audit_auditregel",)
_ALLEEN_LEZEN = ("django_migrations",)


def grant(using: str) -> None:
    """Makes the role and grants its rights; run it as the owner of the tables."""
    role = connections[using].ops.quote_name(settings.UM_DATABASE_ROL)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.UM_DATABASE_ROL])
        if cursor.fetchone() is None:
            # Roles belong to the whole server: the migrate of another database may just have made it.
            cursor.execute(
                f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        # Since PostgreSQL 16 the creator of a role is a member of it, but may not switch to it.
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
            # A colleague who leaves is removed from the log as well.
            cursor.execute(f"GRANT UPDATE (gebruiker_id) ON {table} TO {role}")
        for table in tables.intersection(_ALLEEN_LEZEN):
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}")


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receives the signal of a finished migrate, and grants the rights."""
    grant(using)
