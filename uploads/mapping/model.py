"""What a koppeling is made of: columns that read a cell and put the result in a record, and what there is to say.

A message is for who uploaded the file. It never holds what a cell holds, because that may be personal.
"""

from collections.abc import Callable, Mapping, Sequence
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
    """What a cell came to: a value (None: absent), a remark, or both; and the unknown value of a list, to count."""

    waarde: Any = None
    opmerking: Opmerking | None = None
    onbekend: tuple[str, str] | None = None


AFWEZIG = Cel()

Lees = Callable[[object], Cel]
Zet = Callable[[Record, Any], None]
Meld = Callable[[str, Opmerking], None]


@dataclass(frozen=True, slots=True)
class Omgeving:
    """What a translation needs to know of the municipality and the country, as plain functions and tables.

    `codes` has per external value list the code of every value that is known, under `values.sleutel`.
    `ligt_ergens` tells whether a distance can be measured from a postcode.
    """

    pseudoniem: Callable[[str], str]
    ligt_ergens: Callable[[str], bool]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Kolom:
    """One column that is used. `uniek` says that its values hardly repeat, so that remembering them is no use."""

    index: int
    kop: str
    lees: Lees
    zet: Zet
    uniek: bool = False
    bekend: dict[Any, Cel] = field(default_factory=dict)


MeldOnbekend = Callable[[str, tuple[str, str]], None]


class Vertaling(Protocol):
    """A translation made for one file. `vol` says that its records never hold empty values."""

    soort: Soort
    vol: bool

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """The record of one row, not yet validated; None when `meld` was told why there is none."""

    def kop_van(self, pad: str) -> str:
        """The header of the column that the attribute at this path (without positions) came from, or else the path."""


@dataclass(frozen=True, slots=True)
class Herkenning:
    """What a header row turned out to be: a koppeling, a kind, and which headers are used.

    `score` counts the headers that were understood. `mist` says in Dutch what is missing to work with it.
    """

    koppeling: str
    soort: Soort
    score: int
    gebruikt: tuple[str, ...]
    ongebruikt: tuple[str, ...]
    mist: str = ""


class Koppeling(Protocol):
    """A way of reading spreadsheets with a header row."""

    naam: str
    label: str

    def herken(self, koppen: Sequence[str], soort: Soort) -> Herkenning | None:
        """Whether these headers are of this koppeling, for this kind."""

    def vertaling(self, koppen: Sequence[str], soort: Soort, omgeving: Omgeving) -> Vertaling:
        """The translation for a file with these headers."""


def setter(pad: str) -> Zet:
    """A function that puts a value at a path; `groep[0].naam` is the first element, `lijst[]` adds to a list.

    `groep[].naam` takes a list of values and makes an element of each.
    """
    *before, last = pad.split(".")
    steps = [_step(step) for step in before]
    name, position = _step(last)
    if before and before[-1].endswith("[]"):
        return _elements_setter(steps[:-1], steps[-1][0], name)
    if last.endswith("[]"):
        return _list_setter(steps, name)

    def put(record: Record, value: Any) -> None:
        group = _walk(record, steps)
        if position is None:
            group[name] = value
        else:
            group.setdefault(name, []).append(value)

    return put


def _step(step: str) -> tuple[str, int | None]:
    name, bracket, position = step.partition("[")
    return name, (int(position[:-1] or 0) if bracket else None)


def _walk(record: Record, steps: Sequence[tuple[str, int | None]]) -> Record:
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


def _list_setter(steps: Sequence[tuple[str, int | None]], name: str) -> Zet:
    def put(record: Record, values: Sequence[Any]) -> None:
        present = _walk(record, steps).setdefault(name, [])
        present.extend(value for value in values if value not in present)

    return put


def _elements_setter(steps: Sequence[tuple[str, int | None]], group_name: str, name: str) -> Zet:
    def put(record: Record, values: Sequence[Any]) -> None:
        elements = _walk(record, steps).setdefault(group_name, [])
        present = {element.get(name) for element in elements}
        elements.extend({name: value} for value in values if value not in present)

    return put


def fill(
    record: Record, kolommen: Sequence[Kolom], waarden: Sequence[Any], meld: Meld, onbekend: MeldOnbekend
) -> bool:
    """Put every cell of the row in its place. False when some cell was refused (and `meld` was told)."""
    good = True
    width = len(waarden)
    for kolom in kolommen:
        if kolom.index >= width:
            continue
        value = waarden[kolom.index]
        if value is None or value == "":
            continue
        if kolom.uniek:
            cel = kolom.lees(value)
        else:
            # 1, 1.0 and True are equal as keys, yet not the same in a spreadsheet.
            key = value if value.__class__ is str else (value.__class__, value)
            found = kolom.bekend.get(key)
            if found is None:
                if len(kolom.bekend) > 20_000:
                    kolom.bekend.clear()
                found = kolom.bekend[key] = kolom.lees(value)
            cel = found
        if cel.opmerking is not None:
            meld(kolom.kop, cel.opmerking)
            if cel.opmerking.ernst is Ernst.AFGEKEURD:
                good = False
                continue
        if cel.onbekend is not None:
            onbekend(kolom.kop, cel.onbekend)
        if cel.waarde is not None:
            kolom.zet(record, cel.waarde)
    return good
