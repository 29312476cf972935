"""Gives a municipality a new data key: encrypts all its data again while the portal runs.

The old key stays until nothing can be encrypted with it any more. After an interruption it is simply started
again.
"""

import time
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

_BATCH = 500
# Seconds extra: a process may encrypt something just before the wait ends, and write it a moment later.
_MARGE = 15.0


class NogBezig(RuntimeError):
    """A transaction from before the wait is still open and may write something under the old key."""


def renew_data_key(
    gemeente: Gemeente, *, wait: bool = True, patience: float = 1800.0, tell: Callable[[str], Any] = str
) -> dict[str, int]:
    """Gives the municipality a new data key; counts what was encrypted again, per column.

    With `wait` it first waits until every process knows the new key; without it, the portal must stand still.
    `patience` is the number of seconds to wait for transactions that began before. It may be called again at
    any time. Raises OntsleutelFout when a value fits neither key, and NogBezig; the old key then stays.
    """
    if not keys.start_data_key(gemeente):
        tell("Een eerdere vernieuwing was niet af en gaat nu verder.")
    if wait:
        seconds = keys.CACHE_SECONDS + _MARGE
        tell(f"Wacht {seconds:.0f} seconden, tot elk proces de nieuwe sleutel kent.")
        time.sleep(seconds)
        _wait_for_others(patience)
    counts = {}
    for label, columns in keys.registered().items():
        for column, context in columns.items():
            counts[f"{label}.{column}"] = _renew_column(gemeente, apps.get_model(label), column, context)
        if wait:
            # A transaction may have read rows under the old key from a table that is done. When it has ended,
            # those rows are in a table that follows.
            _wait_for_others(patience)
    with voor_gemeente(gemeente):
        keys.finish_data_key(gemeente)
        log_act(gemeente, Handeling.DATASLEUTEL_VERNIEUWD, aantal=sum(counts.values()))
    return counts


def _wait_for_others(patience: float) -> None:
    """Waits until every present writing transaction has ended. Raises NogBezig after `patience` seconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (now,) = cursor.fetchone()
    until = time.monotonic() + patience
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] > now:
                return
        if time.monotonic() > until:
            raise NogBezig
        time.sleep(1)


def _renew_column(gemeente: Gemeente, model: type[models.Model], column: str, context: keys.Context) -> int:
    changed, last = 0, 0
    belongs_to = [field.name for field in model._meta.concrete_fields if field.is_relation and not field.null]
    while True:
        with voor_gemeente(gemeente):
            found = model._default_manager.filter(pk__gt=last).exclude(**{column: None}).order_by("pk")
            # The context of a row may need a row that it belongs to.
            found = found.select_related(*belongs_to)
            rows = [(row, context(row)) for row in found[:_BATCH]]
        for row, own_context in rows:
            old = bytes(getattr(row, column))
            new = keys.renewed(gemeente, old, own_context)
            if new is not None:
                # One row at a time, so that this never blocks a publication. A row is skipped when somebody
                # wrote to it meanwhile: that value is under the new key already.
                with voor_gemeente(gemeente):
                    same = model._default_manager.filter(pk=row.pk, **{column: old})
                    changed += same.update(**{column: new})
        if not rows:
            return changed
        last = rows[-1][0].pk
