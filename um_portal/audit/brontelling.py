"""Counts what the source answered, and to whom, at next to no cost for an answer.

Answering only adds to numbers in memory. They go to the database every so many seconds, by a thread that runs
only while there is something to write, and when the process ends. When an hour is over, its counts become
lines of the audit log. A process that is killed loses the counts of those last seconds.
"""

import atexit
import json
import logging
import threading
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from um_portal.audit import koppen
from um_portal.audit.models import Uitkomst

logger = logging.getLogger(__name__)

# The municipality, the hour (ISO), the party, the question, the outcome.
_Vak = tuple[int, str, str, str, str]

_lock = threading.Lock()
_answers: Counter[_Vak] = Counter()
_records: Counter[_Vak] = Counter()
_timer: threading.Timer | None = None


def count(gemeente_id: int, partij: str, vraag: str, *, uitkomst: Uitkomst, records: int) -> None:
    """Counts one answer to this party (an OIN), with the number of records in it."""
    global _timer
    hour = f"{timezone.now():%Y-%m-%dT%H}:00:00+00:00"
    box = (gemeente_id, hour, partij, vraag, str(uitkomst))
    with _lock:
        _answers[box] += 1
        _records[box] += records
        if _timer is None:
            _timer = threading.Timer(settings.UM_LOGBOEK_TEL_SECONDEN, _flush_in_thread)
            _timer.daemon = True
            _timer.start()


def flush() -> None:
    """Writes the counts of this process to the database; on failure they wait for the next time."""
    global _timer
    with _lock:
        answers, records = dict(_answers), dict(_records)
        _answers.clear()
        _records.clear()
        _timer = None
    if not answers:
        return
    names = ("gemeente", "uur", "partij", "vraag", "uitkomst")
    rows = [
        {**dict(zip(names, box, strict=True)), "aantal": number, "records": records[box]}
        for box, number in answers.items()
    ]
    try:
        add(rows)
    except DatabaseError as error:
        logger.warning("brontelling: de database antwoordt niet (%s)", type(error).__name__)
        with _lock:
            _answers.update(answers)
            _records.update(records)


def add(rows: list[dict[str, Any]]) -> None:
    """Adds counts to those of their hour.

    A row has gemeente (its number), uur (ISO), partij, vraag, uitkomst, aantal and records.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT um_tel_bron(%s::jsonb)", [json.dumps(rows)])


def forget() -> None:
    """Drops the counts of this process, for tests."""
    global _timer
    with _lock:
        _answers.clear()
        _records.clear()
        if _timer is not None:
            _timer.cancel()
        _timer = None


def _flush_in_thread() -> None:
    try:
        flush()
    finally:
        # The connection is this thread's own, and the thread ends here.
        connection.close()


def write_lines() -> int:
    """Turns the counts of hours that are over into lines; gives how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT um_log_bron()")
        [written] = cursor.fetchone() or (0,)
    if written:
        koppen.write_all()
    return int(written)


atexit.register(flush)
