"""Reads from a record the values that a selectievraag is about, in the form of the columns that hold them.

The table of what can be asked says where they are. The source fills its columns with them; a searcher compares
them with a question.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from exchange.selection import taal_token
from exchange.standard import Gegevenstype, Soort, veld_op
from exchange.vum3.zoekvelden import Vorm, Zoekveld

# Gets the attribute that holds the value, without its empty values; {} when the record does not have it.
Read = Callable[[Any], Any]


def attribute_of(zoekveld: Zoekveld) -> str:
    """Gives the attribute of a record, by its name, in which the value lies."""
    return zoekveld.condities[0].pad.partition(".")[0].removesuffix("[]")


def reader(soort: Soort, zoekveld: Zoekveld) -> Read:
    """Makes a function that gives the value of a column, from the attribute that holds it.

    That is a number, date or text, or None; for a list a tuple of codes or tokens.
    """
    pad = zoekveld.condities[0].pad
    place, _, _ = pad.partition("[]")
    steps = place.split(".")[1:]
    keys = [conditie.pad.rpartition(".")[2] for conditie in zoekveld.condities]
    is_day = veld_op(soort, pad).attribuut.type is Gegevenstype.DATUM

    def read(value: Any) -> Any:
        for step in steps:
            value = (value or {}).get(step)
        if zoekveld.vorm is Vorm.TAAL:
            return _talen(value, *keys)
        if zoekveld.vorm is not Vorm.ENKEL:
            return _codes(value, keys[0])
        return _day(value) if is_day else value if value != {} else None

    return read


def _codes(elements: Any, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(element[key] for element in elements or () if key in element))


def _talen(elements: Any, language: str, spoken: str, written: str) -> tuple[str, ...]:
    tokens = (
        taal_token(element[language], element.get(spoken), element.get(written))
        for element in elements or ()
        if language in element
    )
    return tuple(dict.fromkeys(tokens))


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
