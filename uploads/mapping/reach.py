"""Counts the records that hold a way to reach somebody."""

from collections.abc import Iterable
from typing import Final

from exchange.standard import Profiel, Soort, Veld, velden

# Counted next to the attributes: the records with at least one way to reach somebody.
BEREIKBAAR: Final = "(bereikbaar)"


def with_reach(soort: Soort, paden: Iterable[str]) -> set[str]:
    """Gives the paths of a record's attributes, and BEREIKBAAR when one is a way to reach somebody."""
    found = set(paden)
    if found & WEGEN[soort]:
        found.add(BEREIKBAAR)
    return found


def _is_way(leaf: Veld) -> bool:
    return leaf.contactgegeven and leaf.profiel is Profiel.DETAIL and leaf.attribuut.naam != "codeWebadres"


WEGEN: Final = {soort: frozenset(leaf.pad for leaf in velden(soort) if _is_way(leaf)) for soort in Soort}
