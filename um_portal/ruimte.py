"""Tells whether something failed because there was no room, on a disk or in the database.

That says nothing of what somebody sent: it passes when the operator makes room, so work waits and is tried again, and
people read that it is not their file.
"""

import errno
from typing import Final

import psycopg
from django.db import DatabaseError

GEEN_RUIMTE: Final = (
    "De server heeft geen ruimte meer. Dat ligt niet aan uw bestand, en er is niets weg. Het portaal probeert het elke "
    "halve minuut opnieuw; u hoeft niets te doen. Staat dit er na een kwartier nog? Vertel het de functioneel "
    "beheerder van uw gemeente."
)
# What a lack of room may show itself as; a COPY gives the error of PostgreSQL as it is, not that of Django.
FOUTEN: Final = (DatabaseError, psycopg.Error, OSError)
_OF_SYSTEM: Final = {errno.ENOSPC, errno.EDQUOT}
# PostgreSQL: the disk is full, out of memory, and more than it may use. Too many connections is no lack of room.
_OF_DATABASE: Final = {"53100", "53200", "53400"}
# It says out of memory too when its table of locks is full, of which the size is a setting. More room does not help.
_TABLE_OF_LOCKS: Final = ("max_locks_per_transaction", "max_pred_locks_per_transaction")


def is_full(error: BaseException | None) -> bool:
    """Tells whether this came of a lack of room, directly or through the errors that it came of."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in _OF_SYSTEM:
            return True
        if (
            isinstance(error, psycopg.Error)
            and error.sqlstate in _OF_DATABASE
            and not _has_too_many_locks(error)
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def _has_too_many_locks(error: psycopg.Error) -> bool:
    """Tells whether the database had no place for one more lock; the name of that setting is never translated."""
    told = f"{error} {error.diag.message_hint or ''}"
    return any(setting in told for setting in _TABLE_OF_LOCKS)
