"""Keeps a record as it was delivered, empty values included, as far as the standard has a place for them.

A source answers with what was delivered. The standard lets whoever receives an empty value treat it as absent,
so `validate` overlooks one anywhere; but only an empty list, group or text that the standard allows in that
place may be sent on.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from exchange.standard.emptiness import is_empty
from exchange.standard.entiteiten import STANDAARD
from exchange.standard.model import Attribuut, Entiteit, Gegevenstype, Soort

# Gives what stays of a value; None when nothing of it does.
_Keep: TypeAlias = Callable[[Any], Any]


def as_delivered(soort: Soort, record: dict[str, Any]) -> dict[str, Any]:
    """Gives a record that `validate` approved in the form of the standard; the record itself stays as it is.

    Leaves out null, empty properties that the standard does not know, and emptiness of a wrong type (a text
    where a list belongs, an empty date or code, an empty group that has a required attribute).
    """
    return _keep_of_soort(soort)(record) or {}


@cache
def _keep_of_soort(soort: Soort) -> _Keep:
    return _group(STANDAARD[soort])


def _group(entiteit: Entiteit) -> _Keep:
    keeps = {attribuut.naam: _attribute(attribuut) for attribuut in entiteit.attributen}
    has_required = any(attribuut.verplicht for attribuut in entiteit.attributen)

    def keep(value: Any) -> Any:
        if not isinstance(value, dict):
            return None
        kept = {
            naam: item
            for naam, given in value.items()
            if naam in keeps and (item := keeps[naam](given)) is not None
        }
        return None if has_required and is_empty(kept) else kept

    return keep


def _attribute(attribuut: Attribuut) -> _Keep:
    keep_one = _value(attribuut) if attribuut.groep is None else _group(attribuut.groep)
    if not attribuut.meervoudig:
        return keep_one

    def keep(value: Any) -> Any:
        if not isinstance(value, list):
            return None
        return [item for given in value if (item := keep_one(given)) is not None]

    return keep


def _value(attribuut: Attribuut) -> _Keep:
    may_be_empty = attribuut.type is Gegevenstype.TEKST and attribuut.patroon is None

    def keep(value: Any) -> Any:
        if isinstance(value, str):
            return value if value or may_be_empty else None
        # A bool counts as an int here, and is meant to pass.
        return value if isinstance(value, int | float) else None

    return keep
