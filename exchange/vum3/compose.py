"""Composes a selectievraag of the contract from what a jobcoach filled in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from exchange.vum3.zoekvelden import Conditie, Vorm, Zoekveld


@dataclass(frozen=True, slots=True)
class Criteria:
    """A filled-in search form: the area, and per name of a field (`Invoer.naam`) its value.

    Fields with several values hold a list. What is None, an empty text or an empty list is not asked.
    """

    postcode: str
    afstand: int
    ingevuld: Mapping[str, Any] = field(default_factory=dict)


def compose(zoekvelden: Iterable[Zoekveld], criteria: Criteria) -> dict[str, Any]:
    """Gives the `vraagObject` that asks for these criteria.

    Leaves out criteria that the table does not have.
    """
    asked = {"selectiegebied": {"postcode": criteria.postcode, "afstand": criteria.afstand}}
    for zoekveld in zoekvelden:
        values = [_values(conditie, criteria.ingevuld) for conditie in zoekveld.condities]
        # The other conditions belong to the first one: a level needs a language.
        if values[0]:
            asked[zoekveld.sleutel] = _WRAPPED[zoekveld.vorm](zoekveld, values)
    return asked


def _values(conditie: Conditie, filled_in: Mapping[str, Any]) -> list[Any]:
    """Gives the values of a condition as the contract spells them; empty when nothing was filled in."""
    given = filled_in.get(conditie.invoer.naam) if conditie.invoer is not None else None
    values = given if isinstance(given, list) else [given]
    return [
        value.isoformat() if isinstance(value, date) else value for value in values if value not in (None, "")
    ]


def _condition(conditie: Conditie, value: Any) -> dict[str, Any]:
    condition = {conditie.operatoren[0]: value}
    # The question is from a level upwards; the code above the scale only bounds it, as the contract writes
    # it.
    return condition | ({"$lt": conditie.bovengrens} if conditie.bovengrens else {})


# Each element gets the values of every condition, in order.
def _single(zoekveld: Zoekveld, values: list[list[Any]]) -> dict[str, Any]:
    # The contract takes one value here, also where the form has room for more.
    return _condition(zoekveld.condities[0], values[0][0])


def _one_of(zoekveld: Zoekveld, values: list[list[Any]]) -> dict[str, Any]:
    conditie = zoekveld.condities[0]
    return {"$elemMatch": {"$or": [{conditie.sleutel: _condition(conditie, value)} for value in values[0]]}}


def _all(zoekveld: Zoekveld, values: list[list[Any]]) -> dict[str, Any]:
    conditie = zoekveld.condities[0]
    return {"$all": [{"$elemMatch": {conditie.sleutel: _condition(conditie, value)}} for value in values[0]]}


def _language(zoekveld: Zoekveld, values: list[list[Any]]) -> dict[str, Any]:
    element = {
        conditie.sleutel: _condition(conditie, value[0])
        for conditie, value in zip(zoekveld.condities, values, strict=True)
        if value
    }
    return {"$all": [{"$elemMatch": element}]}


_WRAPPED: Final[Mapping[Vorm, Callable[[Zoekveld, list[list[Any]]], dict[str, Any]]]] = {
    Vorm.ENKEL: _single,
    Vorm.EEN_VAN: _one_of,
    Vorm.ALLE: _all,
    Vorm.TAAL: _language,
}
