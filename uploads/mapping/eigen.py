"""Recognises what the portal itself adds to a workbook: sheets, columns and an example row that are no data.

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
# The id of the example row in a template.
VOORBEELD_ID: Final = "VOORBEELD"
VOORBEELDRIJ: Final = Opmerking(
    Ernst.OVERGESLAGEN,
    "voorbeeldrij",
    f"Dit is de voorbeeldrij van het sjabloon; die gaat nooit mee. Haal haar weg, of vul in plaats van {VOORBEELD_ID} "
    "het kenmerk uit uw eigen systeem in als u er een echte rij van maakte.",
)

_EIGEN_KOPPEN: Final = frozenset({kopsleutel(KOP_LOT), kopsleutel(KOP_REDEN)})


def is_eigen_blad(eerste_rij: Sequence[Any]) -> bool:
    """Tells whether a sheet that starts with this row is one that the portal adds."""
    return bool(eerste_rij) and isinstance(eerste_rij[0], str) and tekst(eerste_rij[0]) == EIGEN_BLAD


def is_eigen_kop(kop: Any) -> bool:
    """Tells whether a column with this header is one that the portal adds."""
    return isinstance(kop, str) and kopsleutel(kop) in _EIGEN_KOPPEN


def eigen_kolommen(koppen: Sequence[Any]) -> frozenset[int]:
    """Gives the places (from 0) of the columns that the portal adds, in a header row."""
    return frozenset(index for index, kop in enumerate(koppen) if is_eigen_kop(kop))


def without_own(waarden: Sequence[Any], kolommen: Collection[int]) -> Sequence[Any]:
    """Gives the row with None in these columns."""
    if not kolommen:
        return waarden
    return [None if index in kolommen else value for index, value in enumerate(waarden)]
