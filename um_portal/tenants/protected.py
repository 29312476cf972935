"""Protects columns that the application itself may not write: only functions in the database do.

A model names them in BESCHERMD, with the value that a new row must have. `database_role` takes the right away, and
also that to delete rows. Saving an object leaves these columns alone, so that an old copy never puts a value back.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.db import connections, models, router


class AlleenDoorFunctie(RuntimeError):
    """A protected column was given another value in the code; a function in the database does that."""


class Beschermd(models.Model):
    """A model with protected columns."""

    BESCHERMD: ClassVar[Mapping[str, Any]] = {}
    _known: Mapping[str, Any] = {}

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves all but the protected columns; raises AlleenDoorFunctie when one of those was given a value."""
        if self._state.adding:
            super().save(*args, **kwargs)
            self._remember()
            return
        if {name: self.__dict__.get(name) for name in self._known} != self._known:
            raise AlleenDoorFunctie(f"{self._meta.label}: {', '.join(self.BESCHERMD)}")
        if kwargs.get("update_fields") is None:
            loaded = {
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.attname in self.__dict__
            }
            kwargs["update_fields"] = loaded - set(self.BESCHERMD)
        super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """Remembers the protected values as they are in the database."""
        found = super().from_db(*args, **kwargs)
        found._remember()
        return found

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Reads the values again, and remembers them."""
        super().refresh_from_db(*args, **kwargs)
        self._remember()

    def _remember(self) -> None:
        self._known = {name: self.__dict__[name] for name in self.BESCHERMD if name in self.__dict__}


def call(model: type[models.Model], function: str, *arguments: Any) -> bool:
    """Calls a function of the database that answers yes or no, where this model is written."""
    places = ", ".join(["%s"] * len(arguments))
    with connections[router.db_for_write(model)].cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", arguments)
        return bool(cursor.fetchone()[0])
