"""Chooses the kinds of records that a municipality has to do with: what it publishes, or may publish."""

from collections.abc import Mapping

from exchange.standard import Soort
from um_portal.tenants.models import Gemeente
from um_portal.toegang.rechten import Recht, takes_part


def own_kinds(gemeente: Gemeente, aantallen: Mapping[str, int]) -> list[Soort]:
    """Gives the kinds of which records are published, and those for which the municipality is a source.

    `aantallen` has the number of published records by the kind's value.
    """
    return [
        soort
        for soort in Soort
        if aantallen.get(soort.value) or takes_part(gemeente, Recht.BRON, soort.value)
    ]
