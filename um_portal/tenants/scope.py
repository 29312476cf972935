"""Working for one municipality: the single place where code and database learn which one.

Inside `voor_gemeente` django-scopes filters every query and PostgreSQL shows the rows of that
municipality only. Outside it, a query on scoped models is an error and the database shows nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connections, transaction
from django_scopes import scope

from um_portal.tenants.models import Gemeente

# The municipality, and the databases whose present transaction knows it.
_huidige: ContextVar[tuple[int, frozenset[str]] | None] = ContextVar("um_gemeente", default=None)


class AndereGemeente(RuntimeError):
    """Work for one municipality tried to start work for another."""


def set_session(using: str, *, gemeente: int | None = None, gebruiker: int | None = None) -> None:
    """Tell the database for whom this transaction works; forgotten when the transaction ends."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('um.gemeente', %s, true), set_config('um.gebruiker', %s, true)",
            [str(gemeente or ""), str(gebruiker or "")],
        )


@contextmanager
def voor_gemeente(gemeente: Gemeente, *, using: str = "default") -> Iterator[None]:
    """One transaction in which only this municipality's rows exist.

    Nested use for the same municipality joins the outer transaction (as a savepoint).
    Raises AndereGemeente when nested for another one.
    """
    huidige, bekend = _huidige.get() or (gemeente.pk, frozenset())
    if huidige != gemeente.pk:
        raise AndereGemeente("Er wordt al voor een andere gemeente gewerkt.")
    if using in bekend:
        with transaction.atomic(using):
            yield
        return
    connection = connections[using]
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(using):
            set_session(using, gemeente=gemeente.pk)
            token = _huidige.set((gemeente.pk, bekend | {using}))
            try:
                with scope(gemeente=gemeente):
                    yield
            finally:
                _huidige.reset(token)
    finally:
        # The setting ends with the transaction; inside somebody else's it must end here.
        if nested and not connection.needs_rollback:
            set_session(using)
