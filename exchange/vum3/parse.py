"""Reads a selectievraag as the exchange sends it: JSON in MongoDB's query language.

A key or operator that the contract does not know has no effect and is counted. A key that it knows must have
the form that the contract gives. A condition of which nothing known remains has no effect either.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from exchange.selection import (
    Alle,
    EenVan,
    Eis,
    Ongeldig,
    Onvolledig,
    Selectievraag,
    Taaleis,
    Vergelijking,
    reduced,
)
from exchange.standard import POSTCODE_PATROON, Gegevenstype, Soort, veld_op
from exchange.vum3.zoekvelden import Conditie, Vorm, Zoekveld

MAX_AFSTAND = 999
_POSTCODE = re.compile(POSTCODE_PATROON)
_DATUM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Reader:
    """The state of one parse: counts the keys and operators that were ignored."""

    def __init__(self) -> None:
        self.genegeerd = 0

    def group(self, value: Any, pad: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise Ongeldig(pad, "hier hoort een object")
        return value

    def items(self, value: Any, pad: str, *, leeg: bool = False) -> list[Any]:
        if not isinstance(value, list):
            raise Ongeldig(pad, "hier hoort een lijst")
        if not value and not leeg:
            raise Ongeldig(pad, "deze lijst mag niet leeg zijn")
        return value

    def known(self, group: Mapping[str, Any], *keys: str) -> list[str]:
        found = [key for key in keys if key in group]
        self.genegeerd += len(group) - len(found)
        return found

    def operators(self, value: Any, pad: str, allowed: Mapping[str, "Reads"]) -> list[tuple[str, Any]]:
        group = self.group(value, pad)
        return [(op, allowed[op](group[op], f"{pad}.{op}")) for op in self.known(group, *allowed)]

    def equals(self, group: Mapping[str, Any], key: str, pad: str) -> str | None:
        """Gives the text that `key` must equal, if the question asks for that."""
        if key not in self.known(group, key):
            return None
        found = self.operators(group[key], f"{pad}.{key}", {"$eq": _text})
        return found[0][1] if found else None


Reads = Callable[[Any, str], Any]


def _number(value: Any, pad: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Ongeldig(pad, "hier hoort een getal")
    return value


def _text(value: Any, pad: str) -> str:
    if not isinstance(value, str):
        raise Ongeldig(pad, "hier hoort tekst")
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Ongeldig(pad, "deze tekst bevat een teken dat niet mag")
    return value


def _date(value: Any, pad: str) -> date:
    text = _text(value, pad)
    try:
        if not _DATUM.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Ongeldig(pad, "hier hoort een datum, als jjjj-mm-dd") from None


def _value_reader(soort: Soort, conditie: Conditie) -> Reads:
    """Gives a function that reads the value to compare with, in the attribute's own type."""
    attribuut = veld_op(soort, conditie.pad).attribuut
    if attribuut.type is Gegevenstype.DATUM:
        return _date
    if attribuut.json_type == "integer":
        return _number
    if attribuut.json_type != "string":
        raise ValueError(f"{conditie.pad}: only numbers, dates and texts can be compared")
    return _pattern(attribuut.patroon or "", conditie.verwacht) if conditie.verwacht else _text


def _pattern(patroon: str, expected: str) -> Reads:
    compiled = re.compile(patroon)

    def read(value: Any, pad: str) -> str:
        text = _text(value, pad)
        if not compiled.fullmatch(text):
            raise Ongeldig(pad, f"hier hoort {expected}")
        return text

    return read


def _area(reader: _Reader, group: Mapping[str, Any]) -> tuple[str, int]:
    if "selectiegebied" not in group:
        raise Onvolledig("vraagObject.selectiegebied", "het selectiegebied ontbreekt")
    pad = "vraagObject.selectiegebied"
    area = reader.group(group["selectiegebied"], pad)
    for key in ("postcode", "afstand"):
        if key not in area:
            raise Onvolledig(f"{pad}.{key}", f"{key} ontbreekt")
    reader.known(area, "postcode", "afstand")
    postcode = _text(area["postcode"], f"{pad}.postcode")
    if not _POSTCODE.fullmatch(postcode):
        raise Ongeldig(f"{pad}.postcode", "hier hoort een postcode van vier cijfers en twee letters")
    afstand = _number(area["afstand"], f"{pad}.afstand")
    if not 0 <= afstand <= MAX_AFSTAND or afstand != int(afstand):
        raise Ongeldig(f"{pad}.afstand", f"hier hoort een heel getal van 0 tot en met {MAX_AFSTAND}")
    return postcode, int(afstand)


def _any_of(reader: _Reader, value: Any, pad: str, key: str, *, leeg: bool) -> tuple[str, ...]:
    """Reads `$elemMatch` with `$or`: the texts of which some element must have one."""
    outer = reader.group(value, pad)
    if not reader.known(outer, "$elemMatch"):
        return ()
    inner = reader.group(outer["$elemMatch"], f"{pad}.$elemMatch")
    if not reader.known(inner, "$or"):
        return ()
    pad = f"{pad}.$elemMatch.$or"
    found = []
    for number, branch in enumerate(reader.items(inner["$or"], pad, leeg=leeg)):
        place = f"{pad}[{number}]"
        text = reader.equals(reader.group(branch, place), key, place)
        if text is not None:
            found.append(text)
    return tuple(dict.fromkeys(found))


def _all_of(reader: _Reader, value: Any, pad: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Reads `$all` of `$elemMatch`: the place and the conditions of every element that must be matched."""
    outer = reader.group(value, pad)
    if not reader.known(outer, "$all"):
        return []
    found = []
    for number, element in enumerate(reader.items(outer["$all"], f"{pad}.$all")):
        place = f"{pad}.$all[{number}]"
        group = reader.group(element, place)
        if reader.known(group, "$elemMatch"):
            place = f"{place}.$elemMatch"
            found.append((place, reader.group(group["$elemMatch"], place)))
    return found


# --- A reader for every form -------------------------------------------------------------------------------

# Reads what the value of one key of the question demands; gives nothing when nothing known remains of it.
ReadsKey = Callable[[_Reader, Any, str], Sequence[Eis]]


def _single(soort: Soort, zoekveld: Zoekveld) -> ReadsKey:
    kolom, conditie = zoekveld.kolom, zoekveld.condities[0]
    allowed = dict.fromkeys(conditie.operatoren, _value_reader(soort, conditie))

    def read(reader: _Reader, value: Any, pad: str) -> Sequence[Eis]:
        found = reader.operators(value, pad, allowed)
        if conditie.ontbreekt and not found:
            raise Onvolledig(f"{pad}.{conditie.operatoren[0]}", conditie.ontbreekt)
        return [Vergelijking(kolom, operator, item) for operator, item in found]

    return read


def _one_of(soort: Soort, zoekveld: Zoekveld) -> ReadsKey:
    kolom, key, leeg = zoekveld.kolom, zoekveld.condities[0].sleutel, not zoekveld.minstens_een

    def read(reader: _Reader, value: Any, pad: str) -> Sequence[Eis]:
        codes = _any_of(reader, value, pad, key, leeg=leeg)
        return [EenVan(kolom, codes)] if codes else []

    return read


def _every(soort: Soort, zoekveld: Zoekveld) -> ReadsKey:
    kolom, key = zoekveld.kolom, zoekveld.condities[0].sleutel

    def read(reader: _Reader, value: Any, pad: str) -> Sequence[Eis]:
        found = [reader.equals(group, key, place) for place, group in _all_of(reader, value, pad)]
        codes = tuple(dict.fromkeys(code for code in found if code is not None))
        return [Alle(kolom, codes)] if codes else []

    return read


def _language(soort: Soort, zoekveld: Zoekveld) -> ReadsKey:
    kolom, conditions = zoekveld.kolom, zoekveld.condities
    language, spoken, written = (conditie.sleutel for conditie in conditions)
    allowed = {
        conditie.sleutel: dict.fromkeys(conditie.operatoren, _value_reader(soort, conditie))
        for conditie in conditions
    }

    def read(reader: _Reader, value: Any, pad: str) -> Sequence[Eis]:
        found = []
        for place, group in _all_of(reader, value, pad):
            if language not in group:
                raise Onvolledig(f"{place}.{language}", conditions[0].ontbreekt)
            asked: dict[str, Any] = {}
            for key in reader.known(group, *allowed):
                for _, item in reader.operators(group[key], f"{place}.{key}", allowed[key]):
                    asked[key] = item
            if language in asked:
                found.append(Taaleis(kolom, asked[language], asked.get(spoken), asked.get(written)))
        return found

    return read


_READERS: Final[Mapping[Vorm, Callable[[Soort, Zoekveld], ReadsKey]]] = {
    Vorm.ENKEL: _single,
    Vorm.EEN_VAN: _one_of,
    Vorm.ALLE: _every,
    Vorm.TAAL: _language,
}


class Vraaglezer:
    """Reads questions for one kind of record. The constructor prepares the table for this kind."""

    def __init__(self, soort: Soort, zoekvelden: Sequence[Zoekveld]) -> None:
        self._soort = soort
        self._by_area = soort.postcode_pad is not None
        self._keys = {zoekveld.sleutel: _READERS[zoekveld.vorm](soort, zoekveld) for zoekveld in zoekvelden}
        # The order is always the same, whatever that of the question: so the database recognises the
        # statement.
        self._known = ("selectiegebied", *self._keys) if self._by_area else tuple(self._keys)
        self._required = {
            zoekveld.sleutel: zoekveld.condities[0].ontbreekt
            for zoekveld in zoekvelden
            if zoekveld.vorm is Vorm.ENKEL and zoekveld.condities[0].ontbreekt
        }

    def read(self, vraag_object: Any) -> Selectievraag:
        """Gives the typed form of a `vraagObject`. Raises Onvolledig or Ongeldig."""
        reader = _Reader()
        group = reader.group(vraag_object, "vraagObject")
        postcode, afstand = _area(reader, group) if self._by_area else ("", 0)
        for key, missing in self._required.items():
            if key not in group:
                raise Onvolledig(f"vraagObject.{key}", missing)
        eisen: list[Eis] = []
        for key in reader.known(group, *self._known):
            if key in self._keys:
                eisen += self._keys[key](reader, group[key], f"vraagObject.{key}")
        return Selectievraag(self._soort, reduced(eisen), postcode, afstand, reader.genegeerd)
