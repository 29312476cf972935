"""Reads a selectievraag that `compose` wrote back into what a jobcoach filled in."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from exchange.vum3.compose import Criteria
from exchange.vum3.zoekvelden import Conditie, Vorm, Zoekveld


def decompose(zoekvelden: Iterable[Zoekveld], vraag_object: Mapping[str, Any]) -> Criteria:
    """Gives the criteria of which `compose` makes this `vraagObject`.

    Every value is written as in the question, so a date is a text. Only for questions of this portal: those of
    others may ask in ways that the form does not know.
    """
    area = vraag_object["selectiegebied"]
    filled_in: dict[str, Any] = {}
    for zoekveld in zoekvelden:
        if zoekveld.sleutel in vraag_object:
            values = _UNWRAPPED[zoekveld.vorm](zoekveld, vraag_object[zoekveld.sleutel])
            filled_in |= {
                conditie.invoer.naam: value
                for conditie, value in zip(zoekveld.condities, values, strict=True)
                if conditie.invoer is not None and value is not None
            }
    return Criteria(area["postcode"], area["afstand"], filled_in)


def _value(conditie: Conditie, asked: Mapping[str, Any]) -> Any:
    return asked[conditie.operatoren[0]]


# Each gives the value per condition, in order; None for a condition that was not asked.
def _single(zoekveld: Zoekveld, asked: Any) -> list[Any]:
    return [_value(zoekveld.condities[0], asked)]


def _one_of(zoekveld: Zoekveld, asked: Any) -> list[Any]:
    conditie = zoekveld.condities[0]
    return [[_value(conditie, branch[conditie.sleutel]) for branch in asked["$elemMatch"]["$or"]]]


def _all(zoekveld: Zoekveld, asked: Any) -> list[Any]:
    conditie = zoekveld.condities[0]
    return [[_value(conditie, element["$elemMatch"][conditie.sleutel]) for element in asked["$all"]]]


def _language(zoekveld: Zoekveld, asked: Any) -> list[Any]:
    element = asked["$all"][0]["$elemMatch"]
    return [
        _value(conditie, element[conditie.sleutel]) if conditie.sleutel in element else None
        for conditie in zoekveld.condities
    ]


_UNWRAPPED: Final[Mapping[Vorm, Callable[[Zoekveld, Any], list[Any]]]] = {
    Vorm.ENKEL: _single,
    Vorm.EEN_VAN: _one_of,
    Vorm.ALLE: _all,
    Vorm.TAAL: _language,
}
