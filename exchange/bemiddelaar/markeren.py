"""Marks a result for one jobcoach: a star, put aside with a reason, a private note.

Everybody has marks of their own, also on a search that a colleague shared. They go with the search.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from exchange.bemiddelaar.models import Markering, Resultaat, Wegreden
from exchange.standard import is_bsn
from um_portal.accounts.models import Gebruiker
from um_portal.errors import FoutMetMelding

MAX_NOTITIE: Final = 500
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DATUM: Final = re.compile(
    r"(?<![0-9])(?:[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})"
    r"(?![-/.]?[0-9])"
)
# Digits with what people write between them; a range of hours or a year is shorter.
_CIJFERS: Final = re.compile(r"\+?[0-9](?:[ .\-/()]{0,3}[0-9]){7,14}")


class NotitieGeweigerd(FoutMetMelding):
    """A note holds what leads to a person."""


def check_note(text: str) -> str:
    """Gives the note as it is kept; raises NotitieGeweigerd for an e-mail address, a phone number or a BSN."""
    text = text.replace("\x00", "").strip()
    if len(text) > MAX_NOTITIE:
        raise NotitieGeweigerd(f"De notitie is te lang. Gebruik hoogstens {MAX_NOTITIE} tekens.")
    if _EMAIL.search(text):
        raise NotitieGeweigerd(
            "In de notitie staat een e-mailadres. Haal het weg; zet het in uw eigen systeem."
        )
    for found in _CIJFERS.finditer(_DATUM.sub("|", text)):
        digits = re.sub(r"[^0-9]", "", found[0])
        if len(digits) >= 10 or found[0].startswith("+"):
            raise NotitieGeweigerd(
                "In de notitie staat een telefoonnummer. Haal het weg; zet het in uw eigen systeem."
            )
        if is_bsn(digits):
            raise NotitieGeweigerd(
                "In de notitie staat misschien een BSN. Haal het weg: een BSN mag hier niet staan."
            )
    return text


def changes_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Reads what a form asks to change: `ster` (ja or nee), `weg` (a reason or nee), `notitie` (a text).

    What is not in the form, or makes no sense, stays as it is. Raises NotitieGeweigerd.
    """
    found: dict[str, Any] = {}
    if given.get("ster") in {"ja", "nee"}:
        found["ster"] = given["ster"] == "ja"
    if given.get("weg") == "nee":
        found["weg"] = ""
    elif given.get("weg") in Wegreden.values:
        found["weg"] = given["weg"]
    if "notitie" in given:
        found["notitie"] = check_note(given["notitie"])
    return found


def mark(gebruiker: Gebruiker, resultaat: Resultaat, changes: Mapping[str, Any]) -> None:
    """Changes the marks of this person on a result; call inside `voor_gemeente`.

    The same change twice, or two changes at once, end as one row.
    """
    if not changes:
        return
    row = Markering(
        gemeente_id=resultaat.gemeente_id,
        zoekvraag_id=resultaat.zoekvraag_id,
        resultaat=resultaat,
        gebruiker=gebruiker,
        **changes,
    )
    Markering.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["resultaat", "gebruiker"],
        update_fields=list(changes),
    )
