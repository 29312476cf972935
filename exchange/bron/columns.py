"""From a record in the standard to the row that the source searches and answers with.

Per kind a table: which attribute of a record fills which columns. What is searched goes into typed columns, exactly
as `exchange.selection.sql` expects them.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import orjson

from exchange.geo.distances import pc4_of
from exchange.selection import taal_token
from exchange.standard import Soort, zichtbaar

# What is remembered of one attribute is forgotten when there is this much of it.
_REMEMBERED = 5000

Row = dict[str, Any]
Record = Mapping[str, Any]


class OnbekendePostcode(ValueError):
    """The record's postcode is nowhere near a Dutch one, so that no distance can be told."""


def as_json(value: Any) -> str:
    """The one spelling in which records are stored, sent and compared: JSON without spaces."""
    return orjson.dumps(value).decode()


def canonical_json(record: Record) -> str:
    """A record without an id of its own, in the spelling that tells it from another."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def whole_numbers(value: Any) -> Any:
    """The same value with 36.0 written as 36: in JSON one number, in a column of whole numbers not."""
    if isinstance(value, dict):
        return {name: whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


# --- What an attribute fills -------------------------------------------------------------------------------


def _codes(elements: Any, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(element[key] for element in elements or () if key in element))


def _talen(elements: Any) -> tuple[str, ...]:
    tokens = (
        taal_token(
            element["codeTaal"],
            element.get("codeNiveauTaalbeheersingMondeling"),
            element.get("codeNiveauTaalbeheersingSchriftelijk"),
        )
        for element in elements or ()
        if "codeTaal" in element
    )
    return tuple(dict.fromkeys(tokens))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _hours(hours: Record) -> Row:
    return {
        "uren_minimaal": hours.get("aantalWerkurenPerWeekMinimaal"),
        "uren_maximaal": hours.get("aantalWerkurenPerWeekMaximaal"),
    }


def _irregular(flexibility: Record) -> Row:
    return {"onregelmatig": flexibility.get("indicatieOnregelmatigWerkOfPloegendienst")}


# The 4-digit postcode as a column holds the record's own until it is resolved; see `Afleiding`.
_VULT: Mapping[Soort, Mapping[str, Callable[[Any], Row]]] = {
    Soort.WERKZOEKENDEN: {
        "mobiliteit": lambda value: {
            "pc4": value.get("bemiddelingspostcode"),
            "reisafstand": value.get("maximaleReisafstand"),
        },
        "werktijden": lambda value: {**_hours(value), "kantoortijden": value.get("indicatieKantoortijden")},
        "flexibiliteit": lambda value: {
            **_irregular(value),
            "aanvang": _day(value.get("datumAanvangBeschikbaarVoorWerk")),
        },
        "arbeidsmarktkwalificatie": lambda value: {
            "rijbewijzen": _codes(value.get("rijbewijs"), "codeSoortRijbewijs"),
            "talen": _talen(value.get("taalbeheersing")),
        },
        "bemiddelingsberoep": lambda value: {"beroepen": _codes(value, "codeBeroepsnaam")},
        "contractvorm": lambda value: {"contractvormen": _codes(value, "codeTypeArbeidscontract")},
    },
    Soort.VACATURES: {
        "adres": lambda value: {"pc4": value.get("postcode")},
        "werktijden": _hours,
        "flexibiliteit": _irregular,
        "arbeidsVoorwaarden": lambda value: {"aanvang": _day(value.get("datumAanvangWerkzaamheden"))},
        "rijbewijs": lambda value: {"rijbewijzen": _codes(value, "codeSoortRijbewijs")},
        "taalbeheersing": lambda value: {"talen": _talen(value)},
        "beroep": lambda value: {"beroep": value.get("codeBeroepsnaam")},
        "codeWerkEnDenkniveauMinimaal": lambda value: {"denkniveau": value or None},
        "sluitingsdatumVacature": lambda value: {"sluitingsdatum": _day(value or None)},
    },
    Soort.WERKGEVERSCONTACTMOMENTEN: {
        "datum": lambda value: {"datum": _day(value or None)},
        "werkgever": lambda value: {"nummer_kvk": value.get("nummerKvk")},
    },
}


class Afleiding:
    """Derives rows from records of one kind, many at a time, asking the database nothing after it is made.

    The parts of a record (its hours, its licences, its occupation) come back in other records; what was made of a
    part is remembered by its JSON. So keep one for the records of one batch, not for ever.
    """

    def __init__(self, soort: Soort, resolve: Callable[[int], int | None]) -> None:
        """`resolve` as `exchange.geo.distances.resolver` gives it."""
        self._resolve = resolve
        self._vult = _VULT[soort]
        # Of a contact with an employer nothing is shown before somebody asks who may know it.
        self._views = {} if soort is Soort.WERKGEVERSCONTACTMOMENTEN else zichtbaar(soort)
        self.leeg: Row = {name: value for fill in self._vult.values() for name, value in fill({}).items()}
        if self._views:
            self.leeg["zoekprofiel"] = ""
        # Per attribute, by its JSON: how it reads in the search profile, and the columns it fills.
        self._known: dict[str, dict[bytes, tuple[bytes, Row]]] = {
            name: {} for name in (*self._views, *self._vult)
        }
        self._labels: dict[str, bytes] = {}
        # An id never comes back: nothing to remember, and it is shown as it is.
        self._id = soort.id_pad if soort.id_pad in self._views and soort.id_pad not in self._vult else None

    def row(self, record: Record, row: Row) -> bytes:
        """The JSON of a valid record; `row`, made from `leeg`, gets what is searched and the search profile.

        Raises OnbekendePostcode when no known postcode can stand for the record's own.
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
        columns = fill(value) if fill is not None and value else {}
        if "pc4" in columns:
            pc4 = pc4_of(columns["pc4"] or "")
            columns["pc4"] = None if pc4 is None else self._resolve(pc4)
        if seen is None:
            return b"", columns
        return label + (text if seen == value else orjson.dumps(seen)), columns
