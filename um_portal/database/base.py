"""The backend that the settings name; Django finds it under this name."""

from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose cursors never outlive a transaction."""

    def chunked_cursor(self) -> Any:
        """Gives a cursor that stays at the server in a transaction, and an ordinary one outside.

        Outside it would have to live on after its own statement, and behind PgBouncer that is another connection.
        """
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()
