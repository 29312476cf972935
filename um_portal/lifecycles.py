"""Defines life cycles: the states of a thing, and the transitions between them.

Every thing with states has a module `lifecycle` with its transitions as data and a verb for each of them;
only those verbs write its `status`. A verb is one UPDATE that fits the row only while the transition is
allowed. When two verbs want to change a row at the same moment, one succeeds and the other is told that it
did not.
"""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Overgang:
    """A transition from any of the states `van` to the state `naar`."""

    van: frozenset[str]
    naar: str

    @property
    def allowed(self) -> Q:
        """Gives the condition on a row: it is in a state from which this transition starts."""
        return Q(status__in=self.van)

    def open_to(self, rows: "QuerySet[M]") -> "QuerySet[M]":
        """Keeps the rows for which this transition is allowed."""
        return rows.filter(self.allowed)


def overgang(*van: str, naar: str) -> Overgang:
    """Makes a transition from these states to that one."""
    return Overgang(frozenset(van), naar)
