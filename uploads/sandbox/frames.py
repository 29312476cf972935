"""Turns rows into messages and back; they are JSON.

JSON has no references and nothing that can be executed, so the value is never much larger than the message,
and what it holds is a number, a text, a list or a dictionary. Dates and times, which JSON lacks, are told
beside the rows: each different one once, with the places where it stands.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import orjson

from uploads.sandbox.sheets import (
    FOUT,
    FOUTTEKST,
    GEEN_WAARDE,
    MERKEN,
    ONLEESBAAR,
    VREEMD,
    Cells,
    Gemerkt,
    Merk,
    gemerkt,
)

# The types of cells that JSON has; None stands for a number that is no number.
_PLAIN = frozenset({str, int, float, bool, type(None)})
# A place is the number of the row, shifted by this many bits, and that of the column.
_COLUMN_BITS = 20
_COLUMN = (1 << _COLUMN_BITS) - 1
_NUL = b"\\u0000"
# In UTF-8: the character that stands for a lost one; and letters with a sign that were UTF-8 themselves, read
# as Windows-1252 (an é looks like Ã©).
_WRONG = re.compile(rb"\xef\xbf\xbd|\xc3\x83(?:[\xc2\xc5\xc6\xcb]|\xe2\x80|\xe2\x82)")
# How a text that may be the error of a formula begins: a page or a text has no other way to tell one.
_ERRORS = (b'"#', b'"Err:')
_LONGEST_ERROR = 30


def _duration(text: str) -> dt.timedelta:
    days, seconds, microseconds = map(int, text.split())
    return dt.timedelta(days, seconds, microseconds)


# A datetime is also a date, so the exact type counts.
_WRITE: dict[type, tuple[str, Callable[[Any], str]]] = {
    dt.date: ("dag", dt.date.isoformat),
    dt.datetime: ("moment", dt.datetime.isoformat),
    dt.time: ("tijd", dt.time.isoformat),
    dt.timedelta: ("duur", lambda value: f"{value.days} {value.seconds} {value.microseconds}"),
}
_READ: dict[str, Callable[[str], Any]] = {
    "dag": dt.date.fromisoformat,
    "moment": dt.datetime.fromisoformat,
    "tijd": dt.time.fromisoformat,
    "duur": _duration,
}


class GeenFrame(ValueError):
    """The bytes are no message of the agreed form."""


def pack(value: Any) -> bytes:
    """Gives a message of plain values as bytes."""
    return orjson.dumps(value)


def unpack(data: bytes | bytearray) -> Any:
    """Gives the message in these bytes. Raises GeenFrame for anything that is no JSON."""
    try:
        return orjson.loads(data)
    except ValueError:
        raise GeenFrame from None


def rows_message(rows: Sequence[Cells]) -> list[Any]:
    """Gives rows as a message of plain values, to be packed."""
    plain: list[Cells] = []
    moments: dict[tuple[str, str], list[int]] = {}
    marks: list[tuple[int, str, tuple[int, ...]]] = []
    for number, row in enumerate(rows):
        if row.__class__ is Gemerkt:
            marks += [(number, merk.code, merk.getallen) for merk in row.merken]
        if not _PLAIN.issuperset(map(type, row)):
            row = list(row)
            for column, value in enumerate(row):
                if value.__class__ not in _PLAIN:
                    name, write = _WRITE[value.__class__]
                    moments.setdefault((name, write(value)), []).append(number << _COLUMN_BITS | column)
                    row[column] = ""
        plain.append(row)
    return [plain, [[name, text, places] for (name, text), places in moments.items()], marks]


def pack_rows(rows: Sequence[Cells]) -> bytes:
    """Gives rows as bytes.

    A text with a NUL is left out, and its row is marked; so is a row with letters that were decoded wrongly, or with
    the error of a formula as a text.
    """
    data = orjson.dumps(rows_message(rows))
    if _NUL in data or _WRONG.search(data) or any(start in data for start in _ERRORS):
        data = orjson.dumps(rows_message(list(map(judged, rows))))
    return data


def judged(row: Cells) -> Cells:
    """Gives a row without texts that hold a NUL, and marked for those, for letters decoded wrongly and for errors."""
    texts = [(place, value) for place, value in enumerate(row) if value.__class__ is str]
    nuls = tuple(place for place, value in texts if "\0" in value)
    wrong = tuple(place for place, value in texts if not value.isascii() and _WRONG.search(value.encode()))
    told = {place for merk in getattr(row, "merken", ()) if merk.code == FOUT for place in merk.getallen}
    errors = tuple(place for place, value in texts if place not in told and _is_error(value))
    if not nuls and not wrong and not errors:
        return row
    found = ((ONLEESBAAR, nuls), (VREEMD, wrong), (FOUT, errors))
    merken = [Merk(code, places) for code, places in found if places]
    clean = gemerkt(row, *merken)
    for place in nuls:
        clean[place] = ""
    return clean


def _is_error(text: str) -> bool:
    """Tells whether a text is the error of a formula; that there is no value (#N/A) is none."""
    if text[:1] not in "#Ee" or len(text) > _LONGEST_ERROR:
        return False
    text = text.strip()
    return FOUTTEKST.fullmatch(text) is not None and text.upper() not in GEEN_WAARDE


def rows_of(message: Any, most: int) -> list[Cells]:
    """Gives the rows in a message. Raises GeenFrame for anything else, and for more rows than `most`."""
    try:
        rows, moments, marks = message
        if not (
            type(rows) is list
            and len(rows) <= most
            and all(type(row) is list for row in rows)
            and _PLAIN.issuperset(map(type, chain.from_iterable(rows)))
        ):
            raise GeenFrame
        for name, text, places in moments:
            value = _READ[name](text)
            for place in places:
                if place < 0:
                    raise GeenFrame
                rows[place >> _COLUMN_BITS][place & _COLUMN] = value
        for number, code, getallen in marks:
            if code not in MERKEN or number < 0 or not all(type(one) is int and one >= 0 for one in getallen):
                raise GeenFrame
            rows[number] = gemerkt(rows[number], Merk(code, tuple(getallen)))
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        raise GeenFrame from None
    return rows
