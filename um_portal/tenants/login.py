"""Refuses to work with a login to the database for which row-level security does not hold.

A superuser, the owner of the tables and whoever may take the role of either sees all municipalities at once. Every
connection but the owner's own is looked at, once per process; `verify` does so when a process starts. The demonstration
may use whatever database it was given.
"""

import logging
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

logger = logging.getLogger(__name__)

EIGENAAR = "eigenaar"
_verified: set[str] = set()

_LOOK = """
SELECT session_user::text,
  EXISTS (SELECT FROM pg_roles r WHERE r.rolsuper AND pg_has_role(session_user, r.oid, 'MEMBER')),
  EXISTS (SELECT FROM pg_roles r WHERE r.rolbypassrls AND pg_has_role(session_user, r.oid, 'MEMBER')),
  EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND pg_has_role(session_user, c.relowner, 'MEMBER'))
"""


def problem(cursor: Any) -> str:
    """Says what is wrong with the login of this connection; empty when nothing is."""
    cursor.execute(_LOOK)
    login, superuser, bypass, owner = cursor.fetchone()
    reasons = {
        "hij is superuser": superuser,
        "hij heeft BYPASSRLS": bypass and not superuser,
        "hij bezit de tabellen": owner and not superuser,
    }
    wrong = " en ".join(reason for reason, holds in reasons.items() if holds)
    if not wrong:
        return ""
    return (
        f"Het portaal start niet: de databaselogin {login} mag te veel: {wrong}. "
        "Dan houdt de database de gemeenten niet uit elkaar. Geef in DATABASE_URL een login die alleen lid is van "
        f"{settings.UM_DATABASE_ROL}; zie docs/beheer/installeren.md."
    )


def on_connection(connection: Any, **kwargs: Any) -> None:
    """Looks at a new connection; raises ImproperlyConfigured."""
    alias = connection.alias
    if settings.UM_DEMO or alias == EIGENAAR or alias in _verified:
        return
    # Not through Django's cursor: the connection is still being made.
    with connection.connection.cursor() as cursor:
        wrong = problem(cursor)
    if wrong:
        # Else the next query of this thread would use it.
        connection.close()
        raise ImproperlyConfigured(wrong)
    _verified.add(alias)


def verify() -> None:
    """Looks at every login when a process starts; raises ImproperlyConfigured.

    A database that does not answer is looked at as soon as it does.
    """
    for alias in connections:
        if alias == EIGENAAR:
            continue
        try:
            connections[alias].ensure_connection()
        except DatabaseError as error:
            logger.warning("De database antwoordt nog niet (%s).", type(error).__name__)
        finally:
            # The web server forks after this: a connection must not be shared.
            connections[alias].close()


def check(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Looks at the logins, for `manage.py check --database default` and `migrate`."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        if settings.UM_DEMO or alias == EIGENAAR:
            continue
        try:
            connections[alias].ensure_connection()
        except ImproperlyConfigured as wrong:
            found.append(Error(str(wrong), id="um.E001"))
    return found
