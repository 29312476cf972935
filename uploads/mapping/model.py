"""What reading a file is made of: readers of cells, setters in a record, and what there is to say.

A message is for who uploaded the file. It never holds what a cell holds, because that may be personal.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from exchange.standard import Soort

Record = dict[str, Any]


class Ernst(StrEnum):
    """What a finding means for its row."""

    AFGEKEURD = "afgekeurd"
    OVERGESLAGEN = "overgeslagen"
    WAARSCHUWING = "waarschuwing"


class Opmerking(NamedTuple):
    """What there is to say about a cell. `code` is stable; `melding` is Dutch: what is wrong and what to do."""

    ernst: Ernst
    code: str
    melding: str


class Cel(NamedTuple):
    """What a cell came to: a value (None: absent), a remark, or both; and the unknown values of lists, to count."""

    waarde: Any = None
    opmerking: Opmerking | None = None
    onbekend: tuple[tuple[str, str], ...] = ()


AFWEZIG = Cel()

Lees = Callable[[object], Cel]
Zet = Callable[[Record, Any], None]
Meld = Callable[[str, Opmerking], None]


@dataclass(frozen=True, slots=True)
class Omgeving:
    """What a translation needs to know of the municipality and the country, as plain functions and tables.

    `codes` has per value list (named as `regels.lijst_van` does) the code of every value that is known, under
    `values.sleutel`: all of an external list, and what the municipality itself mapped; an empty code says that the
    value is left out on purpose. `ligt_ergens` tells whether a distance can be measured from a postcode. `afwezig`
    has the words (as `values.sleutel`) that mean nothing is there; None: the usual ones.
    """

    pseudoniem: Callable[[str], str]
    ligt_ergens: Callable[[str], bool]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    afwezig: frozenset[str] | None = None


MeldOnbekend = Callable[[str, tuple[str, str]], None]


class Vertaling(Protocol):
    """A translation made for one file. `vol` says that its records never hold empty values."""

    soort: Soort
    vol: bool

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """The record of one row, not yet validated; None when `meld` was told why there is none."""

    def kop_van(self, pad: str) -> str:
        """The header of the column that the attribute at this path (with positions) came from, or else the path."""

    def vorm(self) -> Hashable:
        """Which attributes the last record got, in a form that is cheap to count."""

    def paden(self, vorm: Any) -> Iterable[str]:
        """The paths (without positions) of the attributes in such a form."""


def setter(pad: str) -> Zet:
    """A function that puts a value at a path; `groep[0].naam` is the first element, `lijst[0]` adds to a list.

    `lijst[]` takes a list of values and adds them; `groep[].naam` takes one and makes an element of each. What is
    there already is not added again.
    """
    steps = [_step(step) for step in pad.split(".")]
    name, position = steps[-1]
    several = next((place for place, (_, number) in enumerate(steps) if number == _ALL), None)
    if several is None:
        return _value_setter(steps[:-1], name, in_list=position is not None)
    if several == len(steps) - 1:
        return _list_setter(steps[:-1], name)
    return _elements_setter(steps[:several], steps[several][0], steps[several + 1 :])


def each_setter(pad: str) -> Zet:
    """A function that puts one value in every element that `groep[]` of this path has and that lacks it."""
    steps = [_step(step) for step in pad.split(".")]
    several = next(place for place, (_, number) in enumerate(steps) if number == _ALL)
    *inner, (name, _) = steps[several + 1 :]

    def put(record: Record, value: Any) -> None:
        for element in _peek(record, steps[:several]).get(steps[several][0], ()):
            _walk(element, inner).setdefault(name, value)

    return put


# Stands for every element, in the place of a position.
_ALL = -1
_Steps = Sequence[tuple[str, int | None]]


def _step(step: str) -> tuple[str, int | None]:
    name, bracket, position = step.partition("[")
    return name, (int(position[:-1] or _ALL) if bracket else None)


def _walk(record: Record, steps: _Steps) -> Record:
    group = record
    for name, position in steps:
        if position is None:
            group = group.setdefault(name, {})
        else:
            elements = group.setdefault(name, [])
            while len(elements) <= position:
                elements.append({})
            group = elements[position]
    return group


def _peek(record: Record, steps: _Steps) -> Record:
    """The group at these steps, without making what is not there."""
    group: Any = record
    for name, position in steps:
        group = group.get(name, {})
        if position is not None:
            group = group[position] if position < len(group) else {}
    found: Record = group
    return found


def _value_setter(steps: _Steps, name: str, *, in_list: bool) -> Zet:
    if in_list:
        add = _list_setter(steps, name)
        return lambda record, value: add(record, (value,))
    if not steps:

        def put_here(record: Record, value: Any) -> None:
            record[name] = value

        return put_here
    group_of = _walker(steps[:-1])
    last, position = steps[-1]
    if position is None:

        def put_in_group(record: Record, value: Any) -> None:
            outer = group_of(record)
            group = outer.get(last)
            if group is None:
                outer[last] = {name: value}
            else:
                group[name] = value

        return put_in_group
    if position == 0:

        def put_in_first(record: Record, value: Any) -> None:
            outer = group_of(record)
            elements = outer.get(last)
            if elements:
                elements[0][name] = value
            else:
                outer[last] = [{name: value}]

        return put_in_first

    def put(record: Record, value: Any) -> None:
        _walk(record, steps)[name] = value

    return put


def _walker(steps: _Steps) -> Callable[[Record], Record]:
    """The function that finds, or makes, the group at these steps; the usual ones without a loop."""
    if not steps:
        return lambda record: record
    if len(steps) > 1 or steps[0][1] is not None:
        return lambda record: _walk(record, steps)
    name = steps[0][0]

    def one_deep(record: Record) -> Record:
        group: Record | None = record.get(name)
        if group is None:
            group = record[name] = {}
        return group

    return one_deep


def _list_setter(steps: _Steps, name: str) -> Zet:
    group_of = _walker(steps)

    def put(record: Record, values: Sequence[Any]) -> None:
        present = group_of(record).setdefault(name, [])
        present.extend([value for value in values if value not in present])

    return put


def _elements_setter(steps: _Steps, group_name: str, rest: _Steps) -> Zet:
    *inner, (name, _) = rest
    group_of = _walker(steps)

    def put(record: Record, values: Sequence[Any]) -> None:
        group = group_of(record)
        elements = group.get(group_name)
        if elements is None:
            elements = group[group_name] = []
        present = {_peek(element, inner).get(name) for element in elements} if elements else ()
        if not inner:
            elements += [{name: value} for value in values if value not in present]
            return
        for value in values:
            if value not in present:
                element: Record = {}
                _walk(element, inner)[name] = value
                elements.append(element)

    return put
