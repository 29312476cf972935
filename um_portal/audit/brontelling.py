"""Counts what the source answered, and to whom, at next to no cost for an answer.

Answering only adds to numbers in memory. They go to the database every so many seconds, by a thread that runs
only while there is something to write, and when the process ends. When an hour is over, its counts become
lines of the audit log; the counts themselves stay until their day (in Amsterdam) is over, so that they tell what a
party got that day. A process that is killed loses the counts of those last seconds.

`count_within` is for a source that stops at a limit: it counts in the database at once, or not at all.
"""

import atexit
import json
import logging
import threading
from collections import Counter
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from um_portal.audit import koppen
from um_portal.audit.models import Uitkomst

logger = logging.getLogger(__name__)

# The names of the two kinds of question, with which a count's `vraag` begins.
SELECTIEVRAAG = "selectievraag"
DETAILVRAAG = "detailvraag"

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


def count_within(
    gemeente_id: int, partij: str, vraag: str, *, sinds: datetime, records: int, limiet: int
) -> bool:
    """Counts an answer that is about to be given, unless this party then got more than `limiet` records.

    Counted are the records of answers to this kind of question (the first word of `vraag`) from `sinds` on. Of many
    at once no more get through than there is room for. It takes one query; raises DatabaseError.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT um_tel_bron_binnen(%s, %s, %s, %s, %s, %s)",
            [gemeente_id, partij, vraag, sinds, records, limiet],
        )
        return bool((cursor.fetchone() or (False,))[0])


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
    """Turns the counts of hours that are over into lines, and gives how many; erases those of days that are over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT um_log_bron()")
        [written] = cursor.fetchone() or (0,)
    if written:
        koppen.write_all()
    return int(written)


atexit.register(flush)
