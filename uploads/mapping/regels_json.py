"""Writes rules as JSON, and reads them back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from uploads.mapping.doelen import SOORTEN, OngeldigeRegels
from uploads.mapping.regels import (
    LONGEST_BETWEEN,
    LONGEST_CONSTANT,
    LONGEST_KEY,
    LONGEST_VALUE,
    MAX_KOLOMMEN,
    MAX_REGELS,
    MAX_WAARDEN,
    Bijblad,
    Regel,
    Regels,
    Toestemming,
    check,
)

_VERSIE = 1
_FIELDS = {"versie", "soort", "herkomst", "toestemming", "regels"}


def to_json(regels: Regels) -> str:
    """Writes the rules as JSON; equal rules give equal text."""
    return json.dumps(
        {
            "versie": _VERSIE,
            "soort": regels.soort.value,
            "herkomst": regels.herkomst,
            "toestemming": None if regels.toestemming is None else asdict(regels.toestemming),
            "regels": [_sparse(regel) for regel in regels.regels],
            **({"bevestigd": list(regels.bevestigd)} if regels.bevestigd else {}),
            **({"bijblad": asdict(regels.bijblad)} if regels.bijblad is not None else {}),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str | bytes) -> Regels:
    """Reads and checks rules from JSON. Raises OngeldigeRegels for anything that `to_json` does not write."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise _BROKEN from None
    _expect(isinstance(data, dict) and set(data) - {"bevestigd", "bijblad"} == _FIELDS)
    _expect(data["versie"] == _VERSIE and isinstance(data["regels"], list))
    _expect(isinstance(data["herkomst"], str) and len(data["regels"]) <= MAX_REGELS)
    soort = next((kind for kind in SOORTEN if kind.value == data["soort"]), None)
    if soort is None:
        raise _BROKEN
    consent = data["toestemming"]
    regels = Regels(
        soort=soort,
        regels=tuple(_rule(one) for one in data["regels"]),
        toestemming=None if consent is None else _consent(consent),
        herkomst=data["herkomst"],
        bevestigd=_texts(data.get("bevestigd", []), MAX_REGELS, LONGEST_KEY),
        bijblad=bijblad_of(data.get("bijblad")),
    )
    check(regels)
    return regels


_BROKEN = OngeldigeRegels("Deze koppeling is niet te lezen. Maak haar opnieuw.")


_DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(Regel) if field.name != "doel"}


_LONGEST: Mapping[str, int] = {
    "constante": LONGEST_CONSTANT,
    "voeg_samen": LONGEST_BETWEEN,
    "splits": LONGEST_BETWEEN,
}


def _sparse(regel: Regel) -> dict[str, Any]:
    values = asdict(regel)
    return {name: value for name, value in values.items() if name == "doel" or value != _DEFAULTS[name]}


def _rule(data: Any) -> Regel:
    _expect(isinstance(data, dict) and "doel" in data and set(data) <= {"doel", *_DEFAULTS})
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name == "kolommen":
            values[name] = _texts(value, MAX_KOLOMMEN, LONGEST_KEY)
        elif name == "waarden":
            _expect(isinstance(value, list) and len(value) <= MAX_WAARDEN)
            pairs = [_texts(pair, 2, LONGEST_VALUE) for pair in value]
            _expect(all(len(pair) == 2 for pair in pairs))
            values[name] = tuple(pairs)
        elif isinstance(_DEFAULTS.get(name), bool):
            _expect(isinstance(value, bool))
            values[name] = value
        else:
            _expect(isinstance(value, str) and len(value) <= _LONGEST.get(name, LONGEST_VALUE))
            _expect("\0" not in value)
            values[name] = value
    return Regel(**values)


def _consent(data: Any) -> Toestemming:
    _expect(isinstance(data, dict) and set(data) == {"kolom", "waarden", "verklaring"})
    kolom, verklaring = data["kolom"], data["verklaring"]
    _expect(isinstance(kolom, str) and len(kolom) <= LONGEST_KEY and isinstance(verklaring, bool))
    return Toestemming(kolom, _texts(data["waarden"], 100, LONGEST_VALUE), verklaring)


def bijblad_of(data: Any) -> Bijblad | None:
    """Reads a bijblad from plain values; None for none. Raises OngeldigeRegels."""
    if data is None:
        return None
    _expect(isinstance(data, dict))
    # What was kept before files could be joined has sheets only.
    data = {"los": False, **data}
    _expect(set(data) == {one.name for one in fields(Bijblad)})
    aantal = data["aantal"]
    _expect(type(aantal) is int and type(data["los"]) is bool)
    names = [data[name] for name in ("hoofd", "sleutel", "blad", "sleutel_bij")]
    hoofd, sleutel, blad, sleutel_bij = _texts(names, len(names), LONGEST_KEY)
    return Bijblad(hoofd, sleutel, blad, sleutel_bij, aantal, data["los"])


def _texts(value: Any, most: int, longest: int) -> tuple[str, ...]:
    _expect(isinstance(value, list) and len(value) <= most)
    _expect(all(isinstance(text, str) and len(text) <= longest and "\0" not in text for text in value))
    return tuple(value)


def _expect(fine: bool) -> None:
    if not fine:
        raise _BROKEN
