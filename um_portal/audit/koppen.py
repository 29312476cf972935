"""Keeps the heads of the chains outside the database: in files, and as lines of the program's log.

Who owns the database can write every line and every hash anew; what was written down here does not follow. A
file per day, added to and never changed; `verify` compares all of them with the chains.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from um_portal.audit import dagbestand
from um_portal.audit.models import Keten

logger = logging.getLogger(__name__)

# What this process wrote last of each chain, in a file and in the log.
_written: dict[int, bytes] = {}
_told: dict[int, bytes] = {}


@dataclass(frozen=True, slots=True)
class Kop:
    """A head as it was at some moment: number, hash and time of the line that was the last one."""

    keten: int
    volgnummer: int
    hash: bytes
    tijdstip: datetime


def write_after(keten: int) -> None:
    """Writes the head of one chain down when the present transaction has ended well.

    A failure is logged, and undoes nothing: what was done is done, and the next head covers this one too.
    """

    def write_head() -> None:
        _write(list(Keten.objects.filter(nummer=keten)))

    transaction.on_commit(write_head, robust=True)


def write_all() -> None:
    """Writes down every head that moved."""
    _write(list(Keten.objects.order_by("nummer")))


def tell_all() -> None:
    """Writes down every head that moved, and tells it in the log of the program as well."""
    heads = list(Keten.objects.order_by("nummer"))
    _write(heads)
    for head in heads:
        if _told.get(head.nummer) != bytes(head.hash):
            logger.info("logboekkop %s", _line(head))
            _told[head.nummer] = bytes(head.hash)


def _line(head: Keten) -> str:
    return json.dumps(
        {
            "tijdstip": head.tijdstip.isoformat(),
            "keten": head.nummer,
            "volgnummer": head.volgnummer,
            "hash": bytes(head.hash).hex(),
        }
    )


def _write(heads: list[Keten]) -> None:
    moved = [head for head in heads if head.volgnummer and _written.get(head.nummer) != bytes(head.hash)]
    if not moved:
        return
    text = "".join(f"{_line(head)}\n" for head in moved)
    dagbestand.append(settings.UM_LOGBOEK_KOPPEN, text)
    _written.update((head.nummer, bytes(head.hash)) for head in moved)


class KoppenOnleesbaar(Exception):
    """A file with heads cannot be read, or is not what was written; the text names it, and the line."""


def read_all() -> Iterator[Kop]:
    """Reads every head that was written down, from the oldest file on. Raises KoppenOnleesbaar."""
    for place, line in dagbestand.lines(settings.UM_LOGBOEK_KOPPEN, KoppenOnleesbaar):
        try:
            found = json.loads(line)
            yield Kop(
                int(found["keten"]),
                int(found["volgnummer"]),
                bytes.fromhex(found["hash"]),
                datetime.fromisoformat(found["tijdstip"]),
            )
        except (ValueError, KeyError, TypeError):
            raise KoppenOnleesbaar(place) from None


def erase_expired() -> None:
    """Erases the files of days of which the log itself keeps nothing any more."""
    last = timezone.localdate() - timedelta(days=settings.UM_LOGBOEK_BEWAARDAGEN + 1)
    for path in settings.UM_LOGBOEK_KOPPEN.glob("*.jsonl"):
        if path.stem < last.isoformat():
            path.unlink(missing_ok=True)
