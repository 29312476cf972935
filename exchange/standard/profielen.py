"""Makes the search profile: the part of a record that everybody who asks may see, before a detailvraag.

Only what the standard puts in the search profile is copied. Anything that the standard does not know, or does
not expect in that place, is left out: a mistake elsewhere must not make a person recognisable.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from exchange.standard.entiteiten import STANDAARD
from exchange.standard.model import Attribuut, Entiteit, Profiel, Soort

# Gives the visible part of a value, or None when nothing of it is visible.
View: TypeAlias = Callable[[object], Any]


def zoekprofiel(soort: Soort, record: dict[str, Any]) -> dict[str, Any]:
    """Gives the search profile of a record that `validate` approved; the record itself stays as it is.

    Leaves out detail attributes at any depth, and the groups and lists that become empty by that. What is empty
    in the record stays as it is, but for null.
    """
    return _view_of_soort(soort)(record) or {}


@cache
def zichtbaar(soort: Soort) -> Mapping[str, View]:
    """Gives the search profile in parts: per attribute a function that gives the visible part of a value.

    An attribute that is not in the mapping is not in the search profile at all.
    """
    return {
        attribuut.naam: _view_of_attribute(attribuut)
        for attribuut in STANDAARD[soort].attributen
        if attribuut.profiel is Profiel.ZOEK
    }


@cache
def _view_of_soort(soort: Soort) -> View:
    return _view_of_group(STANDAARD[soort])


def _view_of_group(entiteit: Entiteit) -> View:
    shown = [attribuut for attribuut in entiteit.attributen if attribuut.profiel is Profiel.ZOEK]
    # Handled without a call: most attributes of a record are single values.
    single = frozenset(a.naam for a in shown if a.groep is None and not a.meervoudig)
    views = {a.naam: _view_of_attribute(a) for a in shown if a.naam not in single}

    def view(value: object) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            return None
        result: dict[str, Any] = {}
        for naam, item in value.items():
            if naam in single:
                if isinstance(item, _VALUES):
                    result[naam] = item
            elif naam in views:
                seen = views[naam](item)
                if seen is not None:
                    result[naam] = seen
        return result if result or not value else None

    return view


def _view_of_attribute(attribuut: Attribuut) -> View:
    view_one = _view_of_value if attribuut.groep is None else _view_of_group(attribuut.groep)
    if not attribuut.meervoudig:
        return view_one

    def view(value: object) -> list[Any] | None:
        if not isinstance(value, list):
            return None
        result = [seen for item in value if (seen := view_one(item)) is not None]
        return result if result or not value else None

    return view


# A bool counts as an int here, and is meant to pass.
_VALUES = (str, int, float)


def _view_of_value(value: object) -> Any:
    return value if isinstance(value, _VALUES) else None
