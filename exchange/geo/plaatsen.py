"""Finds places by name, and names the place of a postcode, from a table that ships with the project.

README.md says where the table comes from. It names places; where they lie is known by `distances`.
"""

import csv
import difflib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

SHIPPED_FILE: Final = Path(__file__).with_name("plaatsen.csv")

# Names that people use for a place that has another name in the table.
_ROEPNAMEN: Final = {"den haag": "s gravenhage", "den bosch": "s hertogenbosch"}
#: Postcodes that exist, but of which no open source tells where they lie; `distances.resolve` gives a neighbour.
ZONDER_MIDDEN: Final = frozenset({5767, 7181, 8436})
#: The letters of a postcode of which only the digits are known; no distance depends on them.
LETTERS: Final = "AA"
_GELIJKENIS: Final = 0.75
# What the table writes behind the name of the lesser known of two places; the people there leave it out.
_TOEVOEGING: Final = re.compile(r" (?:AC|GN|Gld|Gn|L|NB|NH|Ut)$")
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Plaats:
    """A place. `label` tells it from other places of the same name; `pc4` is its most central postcode."""

    naam: str
    label: str
    pc4: int


@dataclass(frozen=True, slots=True)
class _Tabel:
    # With the name and the label of each as they are compared.
    plaatsen: tuple[tuple[str, str, Plaats], ...]
    per_pc4: dict[int, str]


def place_of(pc4: int) -> str:
    """Gives the label of the place in which most of this postcode lies; empty when that is not known."""
    return _table().per_pc4.get(pc4, "")


def numbers_from(digits: str, limit: int) -> list[int]:
    """Gives the first postcodes that begin with these digits, in order."""
    return [pc4 for pc4 in sorted(_table().per_pc4) if str(pc4).startswith(digits)][:limit]


def describe(postcode: str) -> str:
    """Writes a postcode with its place: "2405 · Alphen aan den Rijn" for 2405 and for "2405AA"."""
    digits, letters = postcode[:4], postcode[4:].upper()
    place = place_of(int(digits)) if digits.isascii() and digits.isdigit() else ""
    written = digits if letters in ("", LETTERS) else f"{digits} {letters}"
    return f"{written} · {place}" if place else written


def with_name(text: str) -> list[Plaats]:
    """Gives the places that have exactly this name, or else this label."""
    wanted = _wanted(text)
    by_name = [plaats for name, _, plaats in _table().plaatsen if name == wanted]
    return by_name or [plaats for _, label, plaats in _table().plaatsen if label == wanted]


def find_places(text: str) -> list[Plaats]:
    """Finds the places with this text in their name: those that begin with it first."""
    wanted = _wanted(text)
    if not wanted:
        return []
    found = [
        (_rank(name, wanted), name, plaats)
        for name, label, plaats in _table().plaatsen
        if wanted in name or label.startswith(wanted)
    ]
    return [plaats for _, _, plaats in sorted(found, key=lambda one: (one[0], one[1], one[2].label))]


def similar_places(text: str) -> list[Plaats]:
    """Gives a few places with a name that looks like this text."""
    names = dict.fromkeys(name for name, _, _ in _table().plaatsen)
    near = difflib.get_close_matches(_wanted(text), names, n=3, cutoff=_GELIJKENIS)
    return [plaats for one in near for name, _, plaats in _table().plaatsen if name == one]


def _rank(name: str, wanted: str) -> int:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    return 2 if f" {wanted}" in name else 3


def _wanted(text: str) -> str:
    plain = _plain(text)
    return _ROEPNAMEN.get(plain, plain)


def _plain(text: str) -> str:
    """Writes a name as it is compared: without capitals, accents and punctuation."""
    apart = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return _NO_WORD.sub(" ", apart).strip()


@lru_cache(maxsize=1)
def _table() -> _Tabel:
    with SHIPPED_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    same = Counter(_plain(_TOEVOEGING.sub("", row["plaats"])) for row in rows)
    named: list[tuple[str, str, Plaats]] = []
    per_pc4: dict[int, str] = {}
    for row in rows:
        own, also = _numbers(row["postcodes"]), _numbers(row["ook"])
        # "Bergen (NH.)" is a name that has its own brackets.
        label, gemeente = row["plaats"], re.sub(r"[().]", "", row["gemeente"])
        naam = _TOEVOEGING.sub("", label)
        if same[_plain(naam)] > 1 and gemeente and naam == label:
            label = f"{naam} ({gemeente})"
        named.append((_plain(naam), _plain(label), Plaats(naam, label, (own or also)[0])))
        per_pc4 |= dict.fromkeys(own, label)
    return _Tabel(tuple(named), per_pc4)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split()]
