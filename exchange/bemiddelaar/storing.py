"""Writes the results of a search to the database: one value with all rows, instead of thousands of values.

For an INSERT with a value per column of each row, Python writes a long text and PostgreSQL reads that again. COPY
takes no rows for a table with row-level security.
"""

from collections.abc import Sequence
from functools import cache

import orjson
from django.db import connection

from exchange.bemiddelaar.models import Resultaat

# Keeps the value of one statement small, also when an answer is as large as may be.
_ROWS = 1000


def store_results(rows: Sequence[Resultaat]) -> None:
    """Writes new results of one municipality; they do not learn their keys. Call it inside `voor_gemeente`."""
    names, statement = _statement()
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _ROWS):
            values = [{name: getattr(row, name) for name in names} for row in rows[start : start + _ROWS]]
            cursor.execute(statement, [orjson.dumps(values).decode()])


@cache
def _statement() -> tuple[list[str], str]:
    """Gives the columns of a result besides its key, and the INSERT that takes them from JSON."""
    fields = [field for field in Resultaat._meta.concrete_fields if not field.primary_key]
    names = [field.attname for field in fields]
    columns = ", ".join(names)
    typed = ", ".join(f"{field.attname} {field.db_type(connection)}" for field in fields)
    # These names come from the model only.
    return names, (
        f"INSERT INTO {Resultaat._meta.db_table} ({columns})"  # noqa: S608
        f" SELECT {columns} FROM jsonb_to_recordset(%s::jsonb) AS rij({typed})"
    )
