"""Puts one demand of a selectievraag to one value, as the database does for its columns."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from exchange.selection.form import Alle, EenVan, Eis, Taaleis, Vergelijking
from exchange.selection.sql import tokens_of

_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "$eq": operator.eq,
    "$gte": operator.ge,
    "$lte": operator.le,
    "$lt": operator.lt,
}


def satisfies(eis: Eis, waarde: Any) -> bool:
    """Tells whether a value, in the form of the column that the demand is about, satisfies it.

    A value that is absent (None, or no codes) satisfies nothing.
    """
    match eis:
        case Vergelijking():
            return waarde is not None and _OPERATORS[eis.operator](waarde, eis.waarde)
        case EenVan():
            return any(code in waarde for code in eis.waarden)
        case Alle():
            return all(code in waarde for code in eis.waarden)
        case Taaleis():
            return any(token in waarde for token in tokens_of(eis))
