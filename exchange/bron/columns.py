"""Derives from a record in the standard the row that the source searches and answers with.

What is searched goes into typed columns, exactly as `exchange.selection.sql` expects them. The table of what
can be asked (`exchange.vum3.zoekvelden`) decides which attribute fills which column, and how.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import orjson

from exchange.geo.distances import pc4_of
from exchange.interfaces import SPOKEN
from exchange.standard import Soort, without_empties, zichtbaar
from exchange.vum3.values import Read, attribute_of, reader

# The JSON of a value that holds an empty one has at least one of these; most values have none.
_EMPTY = (b"null", b'""', b"[]", b"{}")
# The memory of one attribute is emptied when it holds this many values.
_REMEMBERED = 5000

Row = dict[str, Any]
Record = Mapping[str, Any]


class OnbekendePostcode(ValueError):
    """No known Dutch postcode lies near the record's own, so that no distance can be computed."""


def as_json(value: Any) -> str:
    """Writes JSON without spaces: the one spelling in which records are stored, sent and compared."""
    return orjson.dumps(value).decode()


def canonical_json(record: Record) -> str:
    """Writes a record without an id of its own in one fixed spelling: equal records have equal text."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def whole_numbers(value: Any) -> Any:
    """Gives the same value with 36.0 written as 36: equal in JSON, but not in a column of whole numbers."""
    if isinstance(value, dict):
        return {name: whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


# --- What an attribute fills -------------------------------------------------------------------------------


Fill = Callable[[Any], Row]


# The columns that no question asks for by name: the place of a record, and its end. `pc4` holds the record's
# own postcode until `Afleiding` replaces it by the known one that stands for it.
_OOK: Mapping[Soort, Mapping[str, Fill]] = {
    Soort.WERKZOEKENDEN: {
        "mobiliteit": lambda value: {
            "pc4": value.get("bemiddelingspostcode"),
            "reisafstand": value.get("maximaleReisafstand"),
        },
    },
    Soort.VACATURES: {
        "adres": lambda value: {"pc4": value.get("postcode")},
        "sluitingsdatumVacature": lambda value: {
            "sluitingsdatum": date.fromisoformat(value) if value else None
        },
    },
    Soort.WERKGEVERSCONTACTMOMENTEN: {},
}


def fills(soort: Soort) -> dict[str, Fill]:
    """Gives for each attribute of this kind a function that fills its columns, for all versions."""
    readers: dict[str, dict[str, Read]] = {}
    for interface in SPOKEN.values():
        for zoekveld in interface.zoekvelden[soort]:
            readers.setdefault(attribute_of(zoekveld), {})[zoekveld.kolom] = reader(soort, zoekveld)
    return {name: _fill(readers.get(name, {}), _OOK[soort].get(name)) for name in {**_OOK[soort], **readers}}


def _fill(readers: Mapping[str, Read], also: Fill | None) -> Fill:
    def fill(value: Any) -> Row:
        columns = {} if also is None else also(value)
        for column, read in readers.items():
            columns[column] = read(value)
        return columns

    return fill


class Afleiding:
    """Derives rows from records of one kind, many at a time, and asks the database nothing meanwhile.

    The parts of a record (its hours, its licences, its occupation) return in other records. The result for a
    part is remembered by the JSON of that part. Therefore keep an `Afleiding` for the records of one batch
    only.
    """

    def __init__(self, soort: Soort, resolve: Callable[[int], int | None]) -> None:
        """Takes `resolve` as `exchange.geo.distances.resolver` gives it."""
        self._resolve = resolve
        self._vult = fills(soort)
        # A contact with an employer has no search profile: what may be shown depends on who asks.
        self._views = {} if soort is Soort.WERKGEVERSCONTACTMOMENTEN else zichtbaar(soort)
        self.leeg: Row = {name: value for fill in self._vult.values() for name, value in fill({}).items()}
        if self._views:
            self.leeg["zoekprofiel"] = ""
        # Per attribute, by the JSON of its value: its JSON in the search profile, and the columns it fills.
        self._known: dict[str, dict[bytes, tuple[bytes, Row]]] = {
            name: {} for name in (*self._views, *self._vult)
        }
        self._labels: dict[str, bytes] = {}
        # Every id occurs once: there is nothing to remember, and it is shown as it is.
        self._id = soort.id_pad if soort.id_pad in self._views and soort.id_pad not in self._vult else None

    def row(self, record: Record, row: Row) -> bytes:
        """Gives the JSON of a valid record, and adds the searched columns and the search profile to `row`.

        `row` is a copy of `leeg`. Raises OnbekendePostcode when no known postcode can stand for the record's
        own.
        """
        whole, shown = [], []
        labels, known = self._labels, self._known
        for name, value in record.items():
            label = labels.get(name) or labels.setdefault(name, orjson.dumps(name) + b":")
            text = orjson.dumps(value)
            labelled = label + text
            whole.append(labelled)
            parts = known.get(name)
            if parts is None:
                continue
            if name == self._id:
                shown.append(labelled)
                continue
            part = parts.get(text)
            if part is None:
                if len(parts) >= _REMEMBERED:
                    parts.clear()
                part = parts[text] = self._part(name, label, text, value)
            seen, columns = part
            if seen:
                shown.append(seen)
            if columns:
                row.update(columns)
        if "pc4" in row and row["pc4"] is None:
            raise OnbekendePostcode
        if self._views:
            row["zoekprofiel"] = (b"{%b}" % b",".join(shown)).decode()
        return b"{%b}" % b",".join(whole)

    def _part(self, name: str, label: bytes, text: bytes, value: Any) -> tuple[bytes, Row]:
        seen = self._views[name](value) if name in self._views else None
        fill = self._vult.get(name)
        # It is answered with its empty values, and searched without.
        filled = value
        if fill is not None and any(map(text.__contains__, _EMPTY)):
            filled = without_empties({name: value}).get(name)
        columns = fill(filled) if fill is not None and filled is not None else {}
        if "pc4" in columns:
            pc4 = pc4_of(columns["pc4"] or "")
            columns["pc4"] = None if pc4 is None else self._resolve(pc4)
        if seen is None:
            return b"", columns
        return label + (text if seen == value else orjson.dumps(seen)), columns
