"""Puts a question to what came back: a source that knows fewer criteria than the question has gives more.

A criterion that a source does not know has no effect there. So whoever asked has to look again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.selection import Selectievraag, satisfies
from exchange.standard import without_empties
from exchange.vum3.values import attribute_of, reader
from exchange.vum3.zoekvelden import Zoekveld


@dataclass(frozen=True, slots=True)
class Tekort:
    """A criterion that a search profile does not meet: the key of its line in the table of what can be asked.

    `bekend` tells whether the profile says anything about it.
    """

    sleutel: str
    bekend: bool


class Toets:
    """The criteria of one question, ready to be put to many profiles.

    The area is left out: every source must know it, and two tables of postcodes may differ at its edge.
    """

    def __init__(self, zoekvelden: Sequence[Zoekveld], vraag: Selectievraag) -> None:
        by_column = {zoekveld.kolom: zoekveld for zoekveld in zoekvelden}
        self._asked = [
            (
                by_column[eis.kolom].sleutel,
                attribute_of(by_column[eis.kolom]),
                reader(vraag.soort, by_column[eis.kolom]),
                eis,
            )
            for eis in vraag.eisen
        ]

    def shortcomings(self, profiel: Mapping[str, Any]) -> tuple[Tekort, ...]:
        """Gives the criteria that this profile, which `validate` approved, does not meet; each of them once."""
        found: dict[str, Tekort] = {}
        for sleutel, attribuut, read, eis in self._asked:
            value = read(without_empties({attribuut: profiel.get(attribuut)}).get(attribuut, {}))
            if not satisfies(eis, value):
                found[sleutel] = Tekort(sleutel, value not in (None, ()))
        return tuple(found.values())
