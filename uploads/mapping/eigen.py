"""Recognises what is the portal's own in a workbook: sheets, columns and an example row that are no data.

They are recognised by their text, not by their place or name, because people move and rename. The code that
writes a workbook for people to fill in or correct uses these texts; the code that reads one leaves them out.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from uploads.mapping.cells.text import kopsleutel, tekst
from uploads.mapping.model import Ernst, Opmerking

# Stands in the first cell of every sheet that the portal adds.
EIGEN_BLAD: Final = (
    "Dit blad is van het UM-portaal. Levert u dit bestand weer aan, dan leest het portaal dit blad niet."
)
# The columns that tell what happens to a row.
KOP_LOT: Final = "Wat er met deze rij gebeurt"
KOP_REDEN: Final = "Waarom, en wat u kunt doen"
# The column that tells, for one jobseeker, whose contact details a detail gives; it belongs to no standard.
KOP_CONTACTBELEID: Final = "Contactbeleid"
CONTACTBELEID: Final = {"werkzoekende": "werkzoekende", "jobcoach": "jobcoach"}
# Whoever wrote something else meant to differ from the municipality: the careful choice then holds.
STRENG: Final = "jobcoach"
CONTACTBELEID_ONBEKEND: Final = Opmerking(
    Ernst.WAARSCHUWING,
    "contactbeleid_onbekend",
    "Hier hoort werkzoekende of jobcoach te staan. Omdat er iets anders staat, gaan de contactgegevens van de "
    "werkzoekende niet mee in een detail.",
)
# The id of the example row in a template.
VOORBEELD_ID: Final = "VOORBEELD"
VOORBEELDRIJ: Final = Opmerking(
    Ernst.OVERGESLAGEN,
    "voorbeeldrij",
    f"Dit is de voorbeeldrij van het sjabloon; die gaat nooit mee. Haal haar weg, of vul in plaats van {VOORBEELD_ID} "
    "het kenmerk uit uw eigen systeem in als u er een echte rij van maakte.",
)

_EIGEN_KOPPEN: Final = frozenset({kopsleutel(KOP_LOT), kopsleutel(KOP_REDEN), kopsleutel(KOP_CONTACTBELEID)})


def is_eigen_blad(eerste_rij: Sequence[Any]) -> bool:
    """Tells whether a sheet that starts with this row is one that the portal adds."""
    return bool(eerste_rij) and isinstance(eerste_rij[0], str) and tekst(eerste_rij[0]) == EIGEN_BLAD


def is_eigen_kop(kop: Any) -> bool:
    """Tells whether a column with this header is one that the portal adds."""
    return isinstance(kop, str) and kopsleutel(kop) in _EIGEN_KOPPEN


def eigen_kolommen(koppen: Sequence[Any]) -> frozenset[int]:
    """Gives the places (from 0) of the columns that the portal adds, in a header row."""
    return frozenset(index for index, kop in enumerate(koppen) if is_eigen_kop(kop))


def policy_column(koppen: Sequence[Any]) -> int | None:
    """Gives the place (from 0) of the column with the contact policy of each jobseeker, if there is one."""
    wanted = kopsleutel(KOP_CONTACTBELEID)
    found = (index for index, kop in enumerate(koppen) if isinstance(kop, str) and kopsleutel(kop) == wanted)
    return next(found, None)


def policy_of(waarde: Any) -> tuple[str | None, Opmerking | None]:
    """Gives the contact policy in a cell, None for that of the municipality, and a remark on another word."""
    word = tekst(waarde).casefold() if waarde is not None else ""
    if not word:
        return None, None
    known = CONTACTBELEID.get(word)
    return (known, None) if known is not None else (STRENG, CONTACTBELEID_ONBEKEND)


def without_own(waarden: Sequence[Any], kolommen: Collection[int]) -> Sequence[Any]:
    """Gives the row with None in these columns."""
    if not kolommen:
        return waarden
    return [None if index in kolommen else value for index, value in enumerate(waarden)]
