"""Keeps outside the database what was erased or taken away, so that a restored back-up can forget it again.

A back-up holds what was erased after it. Each line here says what that was, by numbers and pseudonyms of ours and never
by what it held: a file per day, added to and never changed, in UM_WISSINGEN. `um_portal.bewaking` does the same again
after a restore. A line carries the span of its line in the audit log: that tells whether the database already knows.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from um_portal.audit import dagbestand
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act, new_span
from um_portal.audit.models import Pseudoniem
from um_portal.tenants.models import Gemeente

logger = logging.getLogger(__name__)


class Wat(StrEnum):
    """The things that come back with an old back-up and must not stay."""

    RECORDS = "records"
    SET = "set"
    LEVERING = "levering"
    ZOEKVRAAG = "zoekvraag"
    HERHALING = "herhaling"
    SLEUTEL = "sleutel"
    LIDMAATSCHAP = "lidmaatschap"
    GEBRUIKER = "gebruiker"
    GEMEENTE = "gemeente"


@dataclass(frozen=True, slots=True)
class Wissing:
    """One thing that was erased or taken away: `oin` is empty for a user, `soort` for what has none."""

    wat: Wat
    oin: str
    span: str
    ids: list[str] = field(default_factory=list)
    soort: str = ""


def log_erasure(
    gemeente: Gemeente,
    handeling: Handeling,
    wat: Wat,
    ids: Sequence[object] = (),
    *,
    soort: str = "",
    **more: Any,
) -> None:
    """Writes a line in the audit log (`more` as in `log_act`), and one outside the database when that has ended well.

    Call it inside `voor_gemeente`, in the transaction of the erasure itself.
    """
    span = new_span()
    log_act(gemeente, handeling, span=span, **more)
    _write_after(Wissing(wat, gemeente.oin, span, [str(one) for one in ids], soort))


def note_user(gebruiker: AbstractBaseUser) -> None:
    """Writes outside the database that this user was erased, when the present transaction has ended well."""
    known = Pseudoniem.objects.filter(gebruiker_id=gebruiker.pk).first()
    if known is not None:
        _write_after(Wissing(Wat.GEBRUIKER, "", new_span(), [str(known.pseudoniem)]))


def pseudonym_of(gebruiker: AbstractBaseUser) -> str:
    """Gives the pseudonym under which the log knows a user; empty for one that it does not know."""
    known = Pseudoniem.objects.filter(gebruiker_id=gebruiker.pk).first()
    return str(known.pseudoniem) if known else ""


def _write_after(wissing: Wissing) -> None:
    transaction.on_commit(lambda: _write(wissing), robust=True)


def _write(wissing: Wissing) -> None:
    line = {
        "tijdstip": timezone.now().isoformat(),
        "wat": wissing.wat.value,
        "oin": wissing.oin,
        "soort": wissing.soort,
        "ids": wissing.ids,
        "span": wissing.span,
    }
    dagbestand.append(settings.UM_WISSINGEN, f"{json.dumps(line)}\n", on_disk=True)


class WissingenOnleesbaar(Exception):
    """A file with erasures cannot be read, or is not what was written; the text names it, and the line."""


def read_all() -> Iterator[Wissing]:
    """Reads what was written down, from the oldest file on. Raises WissingenOnleesbaar."""
    for place, line in dagbestand.lines(settings.UM_WISSINGEN, WissingenOnleesbaar):
        try:
            found = json.loads(line)
            yield Wissing(
                Wat(found["wat"]),
                str(found["oin"]),
                str(found["span"]),
                [str(one) for one in found["ids"]],
                str(found["soort"]),
            )
        except (ValueError, KeyError, TypeError):
            raise WissingenOnleesbaar(place) from None


def erase_expired() -> None:
    """Erases the files of days of which no back-up from before is kept any more."""
    last = timezone.localdate() - timedelta(days=settings.UM_WISSINGEN_DAGEN + 1)
    for path in settings.UM_WISSINGEN.glob("*.jsonl"):
        if path.stem < last.isoformat():
            path.unlink(missing_ok=True)
