"""Reduces the demands of a selectievraag to what they come to, so that a long question costs little more.

A question may name the same language hundreds of times. The reduced demands are met by exactly the same records.
"""

from collections.abc import Iterable
from itertools import groupby

from exchange.selection.form import Eis, Taaleis
from exchange.selection.sql import TAALNIVEAUS

# A level that no record has.
_ONHAALBAAR = max(TAALNIVEAUS) + 1
_GEEN_EIS = -1


def reduced(eisen: Iterable[Eis]) -> tuple[Eis, ...]:
    """Gives demands that the same records meet: none of them twice, and none that follows from another."""
    found: list[Eis] = []
    for is_language, group in groupby(dict.fromkeys(eisen), lambda eis: isinstance(eis, Taaleis)):
        if is_language:
            found += _languages([eis for eis in group if isinstance(eis, Taaleis)])
        else:
            found += group
    return tuple(found)


def _languages(eisen: list[Taaleis]) -> list[Taaleis]:
    """Gives the strictest demands on each language: at most one for every level of speaking."""
    # Per language, for every level spoken, the highest level written that is asked with it.
    strictest: dict[tuple[str, str], dict[int, int]] = {}
    for eis in eisen:
        spoken, written = _level(eis.mondeling), _level(eis.schriftelijk)
        asked = strictest.setdefault((eis.kolom, eis.taal), {})
        asked[spoken] = max(written, asked.get(spoken, written))
    found: list[Taaleis] = []
    for (kolom, taal), asked in strictest.items():
        highest: int | None = None
        kept = []
        # Who speaks at a level also speaks at the lower ones: those add something only with more writing.
        for spoken in sorted(asked, reverse=True):
            if highest is None or asked[spoken] > highest:
                highest = asked[spoken]
                kept.append(Taaleis(kolom, taal, _minimum(spoken), _minimum(highest)))
        found += reversed(kept)
    return found


def _level(minimum: int | float | None) -> int:
    """Gives the lowest level that there is from this minimum on."""
    if minimum is None:
        return _GEEN_EIS
    return next((level for level in TAALNIVEAUS if level >= minimum), _ONHAALBAAR)


def _minimum(level: int) -> int | None:
    return None if level == _GEEN_EIS else level
