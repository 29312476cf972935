"""Writes rows in the binary form of PostgreSQL's COPY, for many rows that share a few values.

psycopg writes such rows too, but encodes every array in Python each time. Here a value that was met before (a
day, a number of hours, a list of licences) is kept as bytes.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Field

_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_NULL = struct.pack(">i", -1)
_TEXT_OID = 25
_EPOCH = date(2000, 1, 1).toordinal()
_REMEMBERED = 10_000
_PIECE = 64 * 1024

Encoder = Callable[[Any], bytes]

_length = struct.Struct(">i").pack


def _sized(data: bytes) -> bytes:
    return _length(len(data)) + data


def _text(value: str) -> bytes:
    data = value.encode()
    return _length(len(data)) + data


def _texts(values: Sequence[str]) -> bytes:
    if not values:
        return _sized(struct.pack(">iii", 0, 0, _TEXT_OID))
    return _sized(struct.pack(">iiiii", 1, 0, _TEXT_OID, len(values), 1) + b"".join(map(_text, values)))


_ENCODERS: dict[str, Encoder] = {
    "smallint": lambda value: struct.pack(">ih", 2, value),
    "bigint": lambda value: struct.pack(">iq", 8, value),
    "date": lambda value: struct.pack(">ii", 4, value.toordinal() - _EPOCH),
    "bytea": _sized,
    "text": _text,
    "varchar": _text,
    "text[]": _texts,
}
# Columns of these types hold few different values, except the columns that are named `unique`.
_REPEATING = {"smallint", "bigint", "date", "text", "varchar", "text[]"}


def _or_null(encode: Encoder, value: Any) -> bytes:
    return _NULL if value is None else encode(value)


class _Known(dict[Any, bytes]):
    """A dictionary that encodes a value when it is first asked for, and remembers the bytes."""

    def __init__(self, encode: Encoder) -> None:
        super().__init__()
        self._encode = encode

    def __missing__(self, value: Any) -> bytes:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[value] = _NULL if value is None else self._encode(value)
        return found


def encoders(fields: Iterable["Field[Any, Any]"], unique: Iterable[str]) -> list[Encoder]:
    """Gives an encoder per column; the `unique` columns rarely repeat a value.

    Arrays are given as tuples of texts. The functions remember values, so keep them for the next rows.
    """
    once, found = set(unique), []
    for field in fields:
        kind = str(field.db_type(connection)).split("(")[0]
        encode = _ENCODERS[kind]
        if field.attname not in once and kind in _REPEATING:
            found.append(_Known(encode).__getitem__)
        elif field.null:
            found.append(partial(_or_null, encode))
        else:
            found.append(encode)
    return found


def pieces(rows: Iterable[Mapping[str, Any]], made: Sequence[Encoder]) -> Iterator[bytes]:
    """Gives the rows as COPY takes them, in pieces of some tens of kilobytes; values stand as in `made`."""
    start = struct.pack(">h", len(made))
    buffer = [_HEADER]
    size = 0
    for row in rows:
        line = b"".join([start, *[encode(value) for encode, value in zip(made, row.values(), strict=True)]])
        buffer.append(line)
        size += len(line)
        if size >= _PIECE:
            yield b"".join(buffer)
            buffer.clear()
            size = 0
    buffer.append(_TRAILER)
    yield b"".join(buffer)
