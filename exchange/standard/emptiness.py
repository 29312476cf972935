"""Decides what counts as absent: nothing, an empty text, and a list or group in which nothing is left.

The interface says that a property with an empty value counts as absent. Records come from anywhere, so
nothing here recurses: nesting of any depth is walked with a list of things still to do.
"""

from collections.abc import Iterable
from typing import Any


def is_empty(value: object) -> bool:
    """Tells whether a JSON value counts as absent, at any depth."""
    to_do = [value]
    while to_do:
        item = to_do.pop()
        if isinstance(item, dict):
            to_do.extend(item.values())
        elif isinstance(item, list):
            to_do.extend(item)
        elif item is not None and item != "":
            return False
    return True


def without_empties(record: dict[str, Any]) -> dict[str, Any]:
    """Gives the record without its empty values; the given record and everything in it stay as they are.

    Empty elements of a list are left out too, so positions in a list may shift.
    """
    result: dict[str, Any] = {}
    # Copy from the outside in, remembering each container, and then prune from the inside out.
    copies: list[tuple[dict[Any, Any] | list[Any], dict[Any, Any] | list[Any]]] = [(record, result)]
    for original, copy in copies:
        pairs: Iterable[tuple[Any, Any]]
        pairs = original.items() if isinstance(original, dict) else enumerate(original)
        for key, value in pairs:
            kept = value
            if isinstance(value, dict | list):
                kept = {} if isinstance(value, dict) else []
                copies.append((value, kept))
            elif value is None or value == "":
                continue
            if isinstance(copy, dict):
                copy[key] = kept
            else:
                copy.append(kept)
    for _, copy in reversed(copies):
        if isinstance(copy, dict):
            for key in [key for key, value in copy.items() if value == {} or value == []]:
                del copy[key]
        else:
            copy[:] = [value for value in copy if value != {} and value != []]
    return result
