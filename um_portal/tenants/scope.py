"""Sets the municipality that code and database work for; the only place that does so.

Inside `voor_gemeente` django-scopes filters every query and PostgreSQL shows the rows of that municipality
only. Outside it, a query on scoped models is an error and the database shows nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connections, transaction
from django_scopes import scope

from um_portal.tenants.models import Gemeente

# The municipality, and the databases whose present transaction knows it.
_huidige: ContextVar[tuple[int, frozenset[str]] | None] = ContextVar("um_gemeente", default=None)
# The user who works; None is the portal itself, or a system with a key.
_handelend: ContextVar[int | None] = ContextVar("um_gebruiker", default=None)

# No municipality has these numbers: the portal when it works for none, and VNG support's pages.
PORTAAL = 0
_SUPPORT: tuple[int, frozenset[str]] = (-1, frozenset())


class AndereGemeente(RuntimeError):
    """Work for one municipality tried to start work for another."""


def set_session(using: str, *, gemeente: int | None = None, gebruiker: int | None = None) -> None:
    """Tells the database for whom this transaction works; it forgets this when the transaction ends."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('um.gemeente', %s, true), set_config('um.gebruiker', %s, true)",
            [str(gemeente or ""), str(gebruiker or "")],
        )


@contextmanager
def handelt(gebruiker: int | None) -> Iterator[None]:
    """Says who works: the user with this number, in every transaction that begins in here."""
    token = _handelend.set(gebruiker)
    try:
        yield
    finally:
        _handelend.reset(token)


def is_known(using: str) -> bool:
    """Tells whether the present transaction on this database knows for whom it works, and who works."""
    return using in (_huidige.get() or (PORTAAL, frozenset()))[1]


@contextmanager
def voor_gemeente(
    gemeente: Gemeente, *, using: str = "default", alleen_lezen: bool = False
) -> Iterator[None]:
    """Opens one transaction in which only this municipality's rows exist.

    Nested use for the same municipality joins the outer transaction: with a savepoint, or without one for
    `alleen_lezen`, because reading leaves nothing to roll back. Raises AndereGemeente when nested for another
    municipality.
    """
    huidige, bekend = _huidige.get() or (gemeente.pk, frozenset())
    if huidige != gemeente.pk:
        raise AndereGemeente("Er wordt al voor een andere gemeente gewerkt.")
    if using in bekend:
        with transaction.atomic(using, savepoint=not alleen_lezen):
            yield
        return
    connection = connections[using]
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(using):
            set_session(using, gemeente=gemeente.pk, gebruiker=_handelend.get())
            with _known(gemeente, bekend | {using}):
                yield
    finally:
        # The setting ends with the transaction; inside an outer transaction it must end here.
        if nested and not connection.needs_rollback:
            set_session(using)


@contextmanager
def voor_portaal(*, using: str = "default") -> Iterator[None]:
    """Opens one transaction for no municipality, in which the database knows who works.

    Nested use joins the outer transaction. Raises AndereGemeente inside work for a municipality.
    """
    huidige, bekend = _huidige.get() or (PORTAAL, frozenset())
    if huidige != PORTAAL:
        raise AndereGemeente("Er wordt al voor een gemeente gewerkt.")
    if using in bekend:
        with transaction.atomic(using):
            yield
        return
    connection = connections[using]
    nested = connection.in_atomic_block
    token = _huidige.set((PORTAAL, bekend | {using}))
    try:
        with transaction.atomic(using):
            set_session(using, gebruiker=_handelend.get())
            yield
    finally:
        _huidige.reset(token)
        if nested and not connection.needs_rollback:
            set_session(using)


@contextmanager
def als_support(*, using: str = "default") -> Iterator[None]:
    """Opens one transaction in the role of VNG support's pages: counts and states, and no municipality's rows.

    Raises AndereGemeente when nested in work for a municipality; such work cannot start inside it either.
    """
    if _huidige.get() is not None:
        raise AndereGemeente("Er wordt al voor een gemeente gewerkt.")
    connection = connections[using]
    nested = connection.in_atomic_block
    token = _huidige.set(_SUPPORT)
    try:
        with transaction.atomic(using):
            set_session(using, gebruiker=_handelend.get())
            _switch(using, settings.UM_SUPPORT_ROL)
            yield
    finally:
        _huidige.reset(token)
        # The role ends with the transaction; inside an outer transaction it must end here.
        if nested and not connection.needs_rollback:
            _switch(using, settings.UM_DATABASE_ROL)
            set_session(using)


def _switch(using: str, role: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {connections[using].ops.quote_name(role)}")


@contextmanager
def voor_oin(oin: str, *, using: str) -> Iterator[Gemeente | None]:
    """Opens one transaction for the municipality with this OIN, found and set in a single query.

    Yields None, and a transaction that sees no municipality's rows, when there is none with this OIN. Raises
    AndereGemeente when nested in work for a municipality.
    """
    connection = connections[using]
    if _huidige.get() is not None:
        raise AndereGemeente("Er wordt al voor een gemeente gewerkt.")
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(using):
            gemeente = _look_up(oin, using)
            if gemeente is None:
                yield None
                return
            with _known(gemeente, frozenset({using})):
                yield gemeente
    finally:
        # In a test, everything is inside one transaction: the setting must end here.
        if nested and not connection.needs_rollback:
            set_session(using)


_COLUMNS = [field.attname for field in Gemeente._meta.concrete_fields]


def _look_up(oin: str, using: str) -> Gemeente | None:
    # These names come from the model only.
    statement = (
        f"SELECT {', '.join(_COLUMNS)}, set_config('um.gemeente', id::text, true),"  # noqa: S608
        f" set_config('um.gebruiker', '', true) FROM {Gemeente._meta.db_table} WHERE oin = %s"
    )
    with connections[using].cursor() as cursor:
        cursor.execute(statement, [oin])
        row = cursor.fetchone()
    return None if row is None else Gemeente.from_db(using, _COLUMNS, row[: len(_COLUMNS)])


@contextmanager
def _known(gemeente: Gemeente, bekend: frozenset[str]) -> Iterator[None]:
    """Tells the code for which municipality the present transactions work."""
    token = _huidige.set((gemeente.pk, bekend))
    try:
        with scope(gemeente=gemeente):
            yield
    finally:
        _huidige.reset(token)
