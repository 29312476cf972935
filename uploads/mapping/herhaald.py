"""Recognises files of which every row has the names of its columns again, before the values.

So Crystal Reports writes delimited text when the headings of the page go along: "Naam","Postcode","Jansen","1234AB".
"""

from collections.abc import Sequence
from typing import Final

from uploads.mapping.cells.text import kopsleutel, tekst
from uploads.mapping.doelen import SOORTEN
from uploads.mapping.proposals.header_names import by_name, words_of
from uploads.readers import Onleesbaar, Rij, Tabel

# From this certainty on, a text is the name of a column.
_IS_NAME: Final = 80
_FEWEST: Final = 2
_MOST_LOOKED_AT: Final = 100

_NIET_ZEKER: Final = (
    "In elke rij van dit bestand staan de kolomnamen opnieuw, voor of tussen de waarden. Zo maakt Crystal Reports een "
    "csv waarin de onderdelen van het rapport en de pagina meegaan. Welke waarde bij welke kolom hoort, staat daardoor "
    "niet vast. Kies bij het exporteren ‘Excel, alleen gegevens’, of kies bij csv dat de onderdelen van het rapport en "
    "de pagina niet meegaan."
)


def names_in_every_row(rijen: Sequence[Rij]) -> tuple[str, ...] | None:
    """Gives the names that the first half of each of these rows repeats; the second half has their values.

    Gives None for other rows, and no names when names are repeated but it is not certain which value belongs to which.
    """
    if len(rijen) < _FEWEST:
        return None
    cells = rijen[0].waarden
    same = [
        place
        for place, value in enumerate(cells)
        if value.__class__ is str and _is_at(rijen[1], place, value)
    ]
    if len(same) < _FEWEST or len(same) == len(cells):
        return None
    same = [
        place for place in same if 2 * sum(_is_at(rij, place, cells[place]) for rij in rijen) > len(rijen)
    ]
    known = {place for place in same[:_MOST_LOOKED_AT] if _is_name(tekst(cells[place]))}
    if len(known) < _FEWEST:
        return None
    half = len(cells) // 2
    names = tuple(map(tekst, cells[:half]))
    certain = (
        # No other text stands before the names: then the last of them would be where the values begin.
        known.issuperset(range(half))
        and half not in known
        and len(set(map(kopsleutel, names))) == half
        and all(_repeats(rij, names) for rij in rijen)
    )
    return names if certain else ()


def check_every_row(tabel: Tabel, names: Sequence[str]) -> None:
    """Raises Onleesbaar when it is not certain of every row of this sheet that it repeats these names."""
    for rij in tabel.rijen():
        if any(map(tekst, rij.waarden)) and not (names and _repeats(rij, names)):
            raise Onleesbaar(_NIET_ZEKER)


def _repeats(rij: Rij, names: Sequence[str]) -> bool:
    """Tells whether a row has these names, and as many values behind them."""
    half = len(names)
    return len(rij.waarden) == 2 * half and tuple(map(tekst, rij.waarden[:half])) == tuple(names)


def _is_at(rij: Rij, place: int, value: str) -> bool:
    return bool(value) and place < len(rij.waarden) and rij.waarden[place] == value


def _is_name(text: str) -> bool:
    words = words_of(text)
    return bool(words) and any(
        guess.score >= _IS_NAME for soort in SOORTEN for guess in by_name(words, soort)[:1]
    )
