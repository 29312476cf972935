"""Walks a life cycle: every verb from every state, as rows of the database."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from um_portal.jobs import LeaseVerloren
from um_portal.lifecycles import Overgang


def verbs_of(module: ModuleType) -> set[str]:
    """Gives the public functions that the module itself defines."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
        and callable(value)
    }


def pairs(overgangen: Mapping[str, Overgang], states: type[Any]) -> list[tuple[str, str]]:
    """Gives every verb with every state, as parameters of a test."""
    return [(verb, state.value) for verb in overgangen for state in states]


def says_yes(verb: Any, *args: Any) -> bool:
    """Calls the verb and tells whether it succeeded: no false value and no LeaseVerloren."""
    try:
        answer = verb(*args)
    except LeaseVerloren:
        return False
    return answer is None or bool(answer)
