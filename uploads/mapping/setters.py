"""Makes the functions that put values in a record."""

from collections.abc import Callable, Sequence
from typing import Any

from uploads.mapping.model import Record, Zet


def setter(pad: str) -> Zet:
    """Gives a function that puts a value at a path.

    `groep[0].naam` is the first element; `lijst[0]` adds the value to a list. `lijst[]` takes a list of
    values and adds them; `groep[].naam` takes a list and makes an element of each value. A value that is
    already there is not added again.
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
    """Gives a function that puts one value in each element of the path's `groep[]` that has none yet."""
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
    """Gives the group at these steps, and makes nothing that is not there."""
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
    """Gives a function that finds or makes the group at these steps; the usual ones do it without a loop."""
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
