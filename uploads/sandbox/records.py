"""Finds the records in JSON: in a list, an object with one list, one record, or one record per line.

The text is walked record by record to check that all of it is JSON. Each record is handed over as the text
that it is, because only that keeps every number as it was written.
"""

import json
import re
from array import array
from collections.abc import Generator, Iterator
from typing import Any, NoReturn

from uploads.sandbox.sheets import Blad, Cells, Grenzen, Leesprobleem
from uploads.sandbox.text import decode

_WHITESPACE = re.compile(r"[ \t\n\r]*")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


class _DubbeleNaam(ValueError):
    """An object has two values under one name, and nobody knows which of them holds."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DubbeleNaam
    return found


DECODER = json.JSONDecoder(parse_constant=_refuse)
_OF_RECORD = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_once)


class Records:
    """An opened file: one sheet, in which each row has one cell, the text of a record.

    `ids` has the names of the attributes by which an object is one record, and not an object with a list.
    """

    epoch_1904 = False

    def __init__(self, inhoud: bytes, grenzen: Grenzen, ids: frozenset[str]) -> None:
        self._text = decode(inhoud)
        self._ids = ids
        # The begin and the end of each record, in turn.
        self._places = array("Q")
        try:
            self._find()
        except RecursionError:
            raise Leesprobleem("json_diep") from None
        except json.JSONDecodeError as error:
            raise Leesprobleem("json_regel", error.lineno) from None
        except (ValueError, IndexError):
            raise Leesprobleem("json") from None
        number = len(self._places) // 2
        if number > grenzen.rijen:
            raise Leesprobleem("records", grenzen.rijen)
        self.bladen = [Blad(0, "", number, 1, False, [], [])]

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the text of the records, each as a row of one cell."""
        for place in range(2 * start, len(self._places), 2):
            yield [self._text[self._places[place] : self._places[place + 1]]]

    def _find(self) -> None:
        text = self._text
        begin = _skip(text, 0)
        if text[begin] == "[":
            for places in self._elements(begin):
                self._places.extend(places)
            return
        end = DECODER.raw_decode(text, begin)[1] if text[begin] == "{" else _fault(text, begin)
        following = _skip(text, end)
        if following < len(text) and text[following] == "{":
            self._find_lines(begin)
            return
        _expect_end(text, end)
        start = self._find_list(begin)
        if start is None:
            self._places.extend((begin, _end_of_record(text, begin, 1)))
            return
        for places in self._elements(start):
            self._places.extend(places)

    def _find_lines(self, position: int) -> None:
        """Finds the records of a text that is one object after the other (JSON Lines)."""
        text = self._text
        while position < len(text):
            if text[position] != "{":
                _fault(text, position)
            end = _end_of_record(text, position, len(self._places) // 2 + 1)
            self._places.extend((position, end))
            position = _skip(text, end)

    def _find_list(self, position: int) -> int | None:
        """Gives the position where the list of records starts; None when the whole text is one record."""
        text = self._text
        lists: list[int] = []
        position = _skip(text, position + 1)
        is_record = False
        while text[position] != "}":
            key, position = DECODER.raw_decode(text, position)
            is_record = is_record or key in self._ids
            position = _skip(text, _skip(text, position) + 1)
            if text[position] == "[":
                lists.append(position)
            _, position = DECODER.raw_decode(text, position)
            position = _skip(text, position)
            if text[position] == ",":
                position = _skip(text, position + 1)
        if is_record:
            return None
        if len(lists) != 1:
            raise Leesprobleem("json_lijsten")
        return lists[0]

    def _elements(self, start: int) -> Iterator[tuple[int, int]]:
        end = yield from _walk(self._text, start)
        if _skip(self._text, 0) == start:
            _expect_end(self._text, end)


def _skip(text: str, position: int) -> int:
    found = _WHITESPACE.match(text, position)
    return found.end() if found else position


def _fault(text: str, position: int) -> NoReturn:
    raise json.JSONDecodeError("", text, position)


def _walk(text: str, start: int) -> Generator[tuple[int, int], None, int]:
    """Yields the place of each element of the list that starts here; returns the position after the list."""
    position = _skip(text, start + 1)
    if text[position] == "]":
        return position + 1
    number = 0
    while True:
        begin, number = position, number + 1
        position = _end_of_record(text, position, number)
        yield begin, position
        position = _skip(text, position)
        if text[position] == "]":
            return position + 1
        if text[position] != ",":
            _fault(text, position)
        position = _skip(text, position + 1)


def _end_of_record(text: str, begin: int, number: int) -> int:
    """Gives the position after the record that starts here, as the record with this number (from 1).

    Raises Leesprobleem for a name that it has twice.
    """
    try:
        return _OF_RECORD.raw_decode(text, begin)[1]
    except _DubbeleNaam:
        raise Leesprobleem("json_dubbel", number) from None


def _expect_end(text: str, position: int) -> None:
    if _skip(text, position) != len(text):
        _fault(text, position)
