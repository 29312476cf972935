"""The tables that hold the records of a kind, and how rows come into them.

Knows columns and no rules: who may change a set, and what has to follow, is in `sets`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Field

from exchange.bron.models import CONCEPT_VAN, RECORD_VAN, Profiel
from exchange.standard import Soort


@dataclass(frozen=True, slots=True)
class Tabellen:
    """The tables of a kind: of records that wait for publication (`concept`) and of the published ones (`set`).

    `fields` are the columns that both have, in the order in which rows are written.
    """

    concept: str
    set: str
    fields: tuple["Field[Any, Any]", ...]
    # Its published records have a number, by which some are drawn at random.
    is_numbered: bool

    def columns(self, alias: str = "") -> str:
        """The columns that both tables have, as SQL names them; of the table with this alias."""
        before = f"{alias}." if alias else ""
        return ", ".join(f"{before}{field.attname}" for field in self.fields)

    def changes(self, source: str) -> str:
        """The part of an UPDATE that gives a record its new content; which batch brought it stays."""
        fixed = {"gemeente_id", "id_bron", "stapel"}
        names = [field.attname for field in self.fields if field.attname not in fixed]
        return ", ".join(f"{name} = {source}.{name}" for name in names)


@cache
def tables_of(soort: Soort) -> Tabellen:
    """Gives the tables of a kind."""
    concept, published = CONCEPT_VAN[soort], RECORD_VAN[soort]
    return Tabellen(
        concept._meta.db_table,
        published._meta.db_table,
        tuple(field for field in concept._meta.concrete_fields if not field.primary_key),
        issubclass(published, Profiel),
    )


def make_temporary(cursor: Any, name: str, query: str) -> None:
    """Makes an empty table of this transaction, with the columns of a query that has no parameters."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query} WITH NO DATA")


def copy_rows(cursor: Any, table: str, fields: Sequence["Field[Any, Any]"], written: Iterable[bytes]) -> None:
    """Copies rows into a table, in the binary form of COPY (`copying`), with a value for each of these fields.

    PostgreSQL refuses this for a table that has row-level security: copy into a temporary table.
    """
    names = ", ".join(field.attname for field in fields)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        for piece in written:
            copy.write(piece)
