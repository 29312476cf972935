"""Writes the audit log; the only way in.

The database fills in time and actor: the user of the transaction (`handelt`), whatever the caller says. The
line and the act are one transaction. `koppen` writes the head of the chain outside the database after it.
"""

import hashlib
import secrets
from contextlib import nullcontext

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction

from um_portal import kenmerk, metingen
from um_portal.audit import koppen
from um_portal.audit.handelingen import Handeling
from um_portal.audit.models import Uitkomst
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import PORTAAL, is_known, voor_portaal


def log_act(
    gemeente: Gemeente | None,
    handeling: Handeling,
    *,
    gebruiker: AbstractBaseUser | None = None,
    betrokkene: AbstractBaseUser | None = None,
    onderwerp: str = "",
    aantal: int | None = None,
    uitkomst: Uitkomst | None = None,
    vum_id: str = "",
    partij: str = "",
    trace: str = "",
    span: str = "",
    duur_ms: int | None = None,
) -> None:
    """Writes one line, in the transaction of the act itself; call inside `voor_gemeente`.

    Without a municipality it is a line of the portal itself; call inside `voor_portaal`. `gebruiker` is who
    asked for what a background task does; where a user works, that user counts. `betrokkene` is the user
    whom the act is about. `trace` (32 hex digits; by default the
    reference of the request) and `span` (16) tie lines together; `duur_ms` is the time
    that the act took, in milliseconds.
    """
    parameters = [
        gemeente.pk if gemeente else None,
        str(handeling),
        gebruiker.pk if gebruiker else None,
        betrokkene.pk if betrokkene else None,
        onderwerp,
        aantal,
        str(uitkomst or ""),
        vum_id,
        partij,
        trace or kenmerk.current() or secrets.token_hex(16),
        span or new_span(),
        duur_ms,
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT um_log({', '.join(['%s'] * len(parameters))})", parameters)
    koppen.write_after(gemeente.pk if gemeente else PORTAAL)
    _count_after(handeling, uitkomst)


def log_account(
    handeling: Handeling,
    account: AbstractBaseUser | None,
    *,
    gebruiker: AbstractBaseUser | None = None,
    onderwerp: str = "",
    uitkomst: Uitkomst | None = None,
) -> None:
    """Writes what happened to an account: a line with every municipality where it has a role, else one of the portal.

    `account` is None for an attempt with a name that nobody has; the name itself is written nowhere.
    `gebruiker` is who did it, where no user works yet. It takes one query, however many lines there are.
    """
    with nullcontext() if is_known("default") else voor_portaal():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT um_log_account(%s, %s, %s, %s, %s, %s, %s)",
                [
                    str(handeling),
                    gebruiker.pk if gebruiker else None,
                    account.pk if account else None,
                    onderwerp,
                    str(uitkomst or ""),
                    kenmerk.current() or secrets.token_hex(16),
                    new_span(),
                ],
            )
        _count_after(handeling, uitkomst)
        transaction.on_commit(koppen.write_all, robust=True)


def _count_after(handeling: Handeling, uitkomst: Uitkomst | None) -> None:
    """Counts the act for the operator when the present transaction has ended well."""
    counter = metingen.HANDELINGEN.labels(str(handeling), str(uitkomst or ""))
    transaction.on_commit(counter.inc, robust=True)


def new_span() -> str:
    """Makes the id of one act."""
    return secrets.token_hex(8)


def trace_of(gemeente: Gemeente, onderwerp: str) -> str:
    """Gives the id that all acts about one thing share, such as a search and its details."""
    return hashlib.sha256(f"{gemeente.oin} {onderwerp}".encode()).hexdigest()[:32]
