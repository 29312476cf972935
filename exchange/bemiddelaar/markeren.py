"""Marks a result for one jobcoach: a star, put aside with a reason, a private note.

Everybody has marks of their own, also on a search that a colleague shared. They go with the search.
"""

from collections.abc import Mapping
from typing import Any, Final

from exchange.bemiddelaar.forms import personal_data_in
from exchange.bemiddelaar.models import Markering, Resultaat, Wegreden
from exchange.bemiddelaar.searching import visible
from um_portal.accounts.models import Gebruiker
from um_portal.errors import FoutMetMelding

MAX_NOTITIE: Final = 500


class NotitieGeweigerd(FoutMetMelding):
    """A note holds what leads to a person."""


def check_note(text: str) -> str:
    """Gives the note as it is kept; raises NotitieGeweigerd for what leads to a person."""
    text = text.replace("\x00", "").strip()
    if len(text) > MAX_NOTITIE:
        raise NotitieGeweigerd(f"De notitie is te lang. Gebruik hoogstens {MAX_NOTITIE} tekens.")
    found = personal_data_in(text)
    if found:
        raise NotitieGeweigerd(f"In de notitie staat {found}. Haal het weg; zet het in uw eigen systeem.")
    return text


def starred(gebruiker: Gebruiker, most: int) -> list[Resultaat]:
    """Gives the results with a star of this person that wait for a next step, newest search first.

    Call inside `voor_gemeente`.
    """
    marks = Markering.objects.filter(gebruiker=gebruiker, ster=True, zoekvraag__in=visible(gebruiker))
    wanted = marks.filter(resultaat__vervolg=None).values("resultaat")
    found = Resultaat.objects.filter(pk__in=wanted).select_related("zoekvraag").defer("profiel")
    return list(found.order_by("-zoekvraag", "volgnummer")[:most])


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
