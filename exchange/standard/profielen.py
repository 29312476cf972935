"""The search profile: what a record shows to everybody who asks, before a detailvraag.

Only what the standard puts in the search profile is copied. What it does not know, or does not expect in
that place, stays behind: a mistake elsewhere must not make a person recognisable.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from exchange.standard.entiteiten import STANDAARD
from exchange.standard.model import Attribuut, Entiteit, Profiel, Soort

# Gives what may be seen of a value, or None when that is nothing.
_View: TypeAlias = Callable[[object], Any]


def zoekprofiel(soort: Soort, record: dict[str, Any]) -> dict[str, Any]:
    """The search profile of a record that `validate` approved; the record itself stays as it is.

    Leaves out detail attributes at any depth, empty values, and the groups and lists that become empty.
    """
    return _view_of_soort(soort)(record) or {}


@cache
def _view_of_soort(soort: Soort) -> _View:
    return _view_of_group(STANDAARD[soort])


def _view_of_group(entiteit: Entiteit) -> _View:
    views = {
        attribuut.naam: _view_of_attribute(attribuut)
        for attribuut in entiteit.attributen
        if attribuut.profiel is Profiel.ZOEK
    }

    def view(value: object) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            return None
        result: dict[str, Any] = {}
        for naam, item in value.items():
            visible = views.get(naam)
            if visible is not None:
                seen = visible(item)
                if seen is not None:
                    result[naam] = seen
        return result or None

    return view


def _view_of_attribute(attribuut: Attribuut) -> _View:
    view_one = _view_of_value if attribuut.groep is None else _view_of_group(attribuut.groep)
    if not attribuut.meervoudig:
        return view_one

    def view(value: object) -> list[Any] | None:
        if not isinstance(value, list):
            return None
        return [seen for item in value if (seen := view_one(item)) is not None] or None

    return view


def _view_of_value(value: object) -> str | int | float | None:
    # bool is an int here, and meant to pass.
    return value if isinstance(value, str | int | float) and value != "" else None
