"""Defines the migration operation that puts a table behind row-level security."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# In a sub-select the planner evaluates it once per statement, not once per row.
HUIDIGE_GEMEENTE = "(SELECT nullif(current_setting('um.gemeente', true), '')::bigint)"
HUIDIGE_GEBRUIKER = "(SELECT nullif(current_setting('um.gebruiker', true), '')::bigint)"


class EnableRowLevelSecurity(Operation):
    """The operation: the table shows and accepts only rows of the municipality set for the transaction.

    `ook_lezen` is an extra SQL condition under which a row may be read, not written.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, tabel: str, ook_lezen: str = "") -> None:
        self.tabel = tabel
        self.ook_lezen = ook_lezen

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Does nothing: the models stay the same."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Enables row-level security, with a policy for everything and, if asked, a second for reading."""
        table = schema_editor.quote_name(self.tabel)
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        schema_editor.execute(
            f"CREATE POLICY gemeente ON {table} "
            f"USING (gemeente_id = {HUIDIGE_GEMEENTE}) WITH CHECK (gemeente_id = {HUIDIGE_GEMEENTE})"
        )
        if self.ook_lezen:
            schema_editor.execute(f"CREATE POLICY ook_lezen ON {table} FOR SELECT USING ({self.ook_lezen})")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Drops the policies."""
        table = schema_editor.quote_name(self.tabel)
        schema_editor.execute(f"DROP POLICY IF EXISTS ook_lezen ON {table}")
        schema_editor.execute(f"DROP POLICY gemeente ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    def describe(self) -> str:
        """Describes the operation, for `migrate --plan`."""
        return f"Row-level security on {self.tabel}"
