"""What the portal itself puts in a workbook that comes back: sheets, columns and an example row that are no data.

They are known by what they say, not by their place or name, because people move and rename. Whoever writes a
workbook for people to fill in or correct uses these; whoever reads one leaves them out.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from uploads.mapping.cells.text import kopsleutel, tekst
from uploads.mapping.model import Ernst, Opmerking

# In the first cell of every sheet of ours.
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
    """Whether a sheet that begins with this row is one of ours."""
    return bool(eerste_rij) and isinstance(eerste_rij[0], str) and tekst(eerste_rij[0]) == EIGEN_BLAD


def is_eigen_kop(kop: Any) -> bool:
    """Whether a column with this header is one of ours."""
    return isinstance(kop, str) and kopsleutel(kop) in _EIGEN_KOPPEN


def eigen_kolommen(koppen: Sequence[Any]) -> frozenset[int]:
    """The places (from 0) of our columns in a header row."""
    return frozenset(index for index, kop in enumerate(koppen) if is_eigen_kop(kop))


def without_own(waarden: Sequence[Any], kolommen: Collection[int]) -> Sequence[Any]:
    """The row with nothing in these columns."""
    if not kolommen:
        return waarden
    return [None if index in kolommen else value for index, value in enumerate(waarden)]
