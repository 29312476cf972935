"""Keeps what somebody chose so far on the page for choosing columns, so that nothing is lost on the way.

A session may expire, a browser may be closed, and somebody may go back: the choices are kept at every change. What
is kept is the form as it was sent, encrypted, because a fixed value in it may be personal.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from um_portal.accounts.models import Gebruiker
from um_portal.tenants import keys
from uploads.models import Kolomklad, Levering

_OF_THE_FORM: Final = re.compile(
    r"(?:k|x)[0-9]{1,4}-[a-z\-]{1,20}|blad|kopregel|soort|extra|verklaring|bevestigd|naam|stand"
)
_LARGEST: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Klad:
    """The form as it was sent last, and the moment of that."""

    data: QueryDict
    gewijzigd_op: dt.datetime


def context(levering_id: int, gebruiker_id: int) -> str:
    """Gives the context under which a draft is encrypted."""
    return f"kolomklad:{levering_id}:{gebruiker_id}"


def keep(levering: Levering, gebruiker: Gebruiker, data: QueryDict) -> None:
    """Keeps what was sent, in place of an earlier draft of this person; call inside `voor_gemeente`."""
    kept = {name: data[name] for name in data if _OF_THE_FORM.fullmatch(name)}
    text = json.dumps(kept)
    if len(text) > _LARGEST:
        return
    Kolomklad.objects.update_or_create(
        gemeente=levering.gemeente,
        levering=levering,
        gebruiker=gebruiker,
        defaults={
            "inhoud": keys.encrypt(levering.gemeente, text.encode(), context(levering.pk, gebruiker.pk))
        },
    )


def kept(levering: Levering, gebruiker: Gebruiker, stand: str) -> Klad | None:
    """Gives the draft of this person; call inside `voor_gemeente`.

    Gives None when there is none, or when something has been done with the levering since (`stand`).
    """
    row = Kolomklad.objects.filter(levering=levering, gebruiker=gebruiker).first()
    if row is None:
        return None
    plain = keys.decrypt(levering.gemeente, bytes(row.inhoud), context(levering.pk, gebruiker.pk))
    data = QueryDict(mutable=True)
    data.update(json.loads(plain))
    return Klad(data, row.gewijzigd_op) if data.get("stand") == stand else None


def forget(levering: Levering) -> None:
    """Deletes the drafts for a levering; call inside `voor_gemeente`."""
    Kolomklad.objects.filter(levering=levering).delete()
