"""Makes the functions in the database that do what the application's role may not do to people.

They run as the owner of the tables, and check what can be checked there. Every `migrate` makes them again.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models

from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.tenants.database_role import function
from um_portal.tenants.models import Lidmaatschap


def of_database() -> Iterable[str]:
    """Gives the statements that make the functions."""
    table = Gebruiker._meta.db_table
    roles = ", ".join(f"'{rol}'" for rol in Supportrol.values)
    # The role is given to an account that nobody has used yet: nobody raises their own.
    yield function(
        "um_supportrol_geven",
        "gebruiker bigint, rol text",
        f"UPDATE {table} g SET supportrol = rol WHERE g.id = gebruiker AND rol IN ({roles})"
        " AND NOT g.is_active AND g.last_login IS NULL RETURNING g.id",
    )
    yield function(
        "um_supportrol_intrekken",
        "gebruiker bigint",
        f"UPDATE {table} g SET supportrol = '' WHERE g.id = gebruiker AND supportrol <> '' RETURNING g.id",
    )
    steps = "\n".join(f"{step};" for step in _erasing(Gebruiker, "= gebruiker"))
    yield (
        "CREATE OR REPLACE FUNCTION um_gebruiker_wissen(gebruiker bigint) RETURNS boolean LANGUAGE plpgsql"
        " SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN"
        f" PERFORM FROM {table} WHERE id = gebruiker AND supportrol = '' FOR UPDATE;"
        f" IF NOT FOUND OR EXISTS (SELECT FROM {Lidmaatschap._meta.db_table} WHERE gebruiker_id = gebruiker)"
        f" THEN RETURN false; END IF;\n{steps}\nDELETE FROM {table} WHERE id = gebruiker;"
        " RETURN true; END $$"
    )


def _erasing(model: type[models.Model], which: str) -> Iterator[str]:
    """Gives the statements that erase what refers to these rows of the model, as its relations say."""
    for other in apps.get_models(include_auto_created=True):
        for field in other._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or field.related_model is not model:
                continue
            table, condition = other._meta.db_table, f"{field.column} {which}"
            if _on_delete(field) is models.SET_NULL:
                yield f"UPDATE {table} SET {field.column} = NULL WHERE {condition}"
            elif _on_delete(field) is models.CASCADE:
                key = other._meta.pk.column
                yield from _erasing(other, f"IN (SELECT {key} FROM {table} WHERE {condition})")
                yield f"DELETE FROM {table} WHERE {condition}"


def _on_delete(field: Any) -> Any:
    return field.remote_field.on_delete
