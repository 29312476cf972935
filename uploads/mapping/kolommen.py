"""Gives the columns of a header row their keys and names."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from uploads.mapping.cells.text import kopsleutel, tekst

LONGEST_HEADER = 200
_BSN_KOP = re.compile(r"bsn|burgerservice|sofinummer|sofinr|sofinum")


@dataclass(frozen=True, slots=True)
class Kolomkop:
    """One column of the header row: its key, its name on screen, and its letter in a spreadsheet.

    `index` counts from 0. `kop` is the header itself; empty when there is none.
    """

    index: int
    sleutel: str
    naam: str
    letter: str
    kop: str


def kolomletter(index: int) -> str:
    """Gives the letter of a column (from 0) as spreadsheets have it: A, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def kolomkoppen(koppen: Sequence[str]) -> tuple[Kolomkop, ...]:
    """Gives the columns of a header row, each with a unique key.

    A second equal header has "#2" after its key; a column without a header is "kolom C".
    """
    seen: Counter[str] = Counter()
    found = []
    for index, kop in enumerate(koppen):
        key, letter = kopsleutel(kop)[:LONGEST_HEADER], kolomletter(index)
        if not key:
            found.append(Kolomkop(index, f"kolom {letter}", f"kolom {letter}", letter, ""))
            continue
        seen[key] += 1
        number = seen[key]
        name = tekst(kop)
        if number > 1:
            key, name = f"{key}#{number}", f"{name} ({number})"
        found.append(Kolomkop(index, key, name, letter, tekst(kop)))
    return tuple(found)


def kolomsleutels(koppen: Sequence[str]) -> tuple[str, ...]:
    """Gives the keys of the columns of a header row."""
    return tuple(kolom.sleutel for kolom in kolomkoppen(koppen))


def has_header(key: str) -> bool:
    """Tells whether this key is made from a header, and not from the place of a column without one."""
    return not key.startswith("kolom ")


def says_bsn(key: str) -> bool:
    """Tells whether the header says that the column holds BSNs."""
    return _BSN_KOP.search(key) is not None
