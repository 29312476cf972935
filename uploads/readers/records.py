"""Reads JSON with records in the standard: a list, an object with one list, or one record.

The text is walked record by record, twice: first to check that all of it is JSON and to count, then to yield.
Only one record at a time is in memory as Python objects.
"""

import json
import re
from collections.abc import Generator, Iterator
from typing import Any, NoReturn

from django.conf import settings

from exchange.standard import Soort
from uploads.readers.rows import Bestand, Formaat, Onleesbaar, Rij, Tabel
from uploads.readers.text import decode

_WHITESPACE = re.compile(r"[ \t\n\r]*")
_IDS = {soort.id_pad for soort in Soort}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def open_json(inhoud: bytes) -> Bestand:
    """Opens JSON. Raises Onleesbaar when it is not valid, or does not hold one list of records."""
    text = decode(inhoud)
    try:
        start = _find_list(text, _skip(text, 0))
        aantal = 1 if start is None else sum(1 for _ in _elements(text, start))
    except RecursionError:
        raise Onleesbaar(
            "De JSON is te diep genest. Lever een lijst met records aan volgens de gegevensstandaard."
        ) from None
    except (ValueError, IndexError) as error:
        where = f" (rond regel {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Onleesbaar(
            f"Dit bestand is geen geldige JSON{where}. Controleer het met de leverancier van uw systeem."
        ) from None
    if aantal > settings.UM_MAX_RIJEN:
        raise Onleesbaar(
            f"Dit bestand heeft meer dan {settings.UM_MAX_RIJEN} records. Verdeel het niet: neem contact op "
            "met de functioneel beheerder."
        )
    return Bestand(Formaat.JSON, (Tabel("", aantal, lambda: _rows(text, start)),))


def _rows(text: str, start: int | None) -> Iterator[Rij]:
    if start is None:
        yield Rij(1, _DECODER.raw_decode(text, _skip(text, 0))[0])
        return
    for nummer, record in enumerate(_elements(text, start), start=1):
        yield Rij(nummer, record)


def _skip(text: str, position: int) -> int:
    found = _WHITESPACE.match(text, position)
    return found.end() if found else position


def _fault(text: str, position: int) -> NoReturn:
    raise json.JSONDecodeError("", text, position)


def _find_list(text: str, position: int) -> int | None:
    """Gives the position where the list of records starts; None when the whole text is one record."""
    if text[position] == "[":
        return position
    if text[position] != "{":
        _fault(text, position)
    lists: list[int] = []
    position = _skip(text, position + 1)
    is_record = False
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        if not isinstance(key, str):
            _fault(text, position)
        is_record = is_record or key in _IDS
        position = _skip(text, position)
        if text[position] != ":":
            _fault(text, position)
        position = _skip(text, position + 1)
        if text[position] == "[":
            lists.append(position)
            position = _end_of_list(text, position)
        else:
            _, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position] == ",":
            position = _skip(text, position + 1)
        elif text[position] != "}":
            _fault(text, position)
    _expect_end(text, position + 1)
    if is_record:
        return None
    if len(lists) != 1:
        raise Onleesbaar(
            "In deze JSON staat niet precies één lijst met records. Lever een lijst aan, of een object met één lijst."
        )
    return lists[0]


def _end_of_list(text: str, start: int) -> int:
    walk = _walk(text, start)
    while True:
        try:
            next(walk)
        except StopIteration as stop:
            end: int = stop.value
            return end


def _elements(text: str, start: int) -> Iterator[Any]:
    end = yield from _walk(text, start)
    if _skip(text, 0) == start:
        _expect_end(text, end)


def _walk(text: str, start: int) -> Generator[Any, None, int]:
    """Yields each element of the list that starts here, and returns the position after the list."""
    position = _skip(text, start + 1)
    if text[position] == "]":
        return position + 1
    while True:
        element, position = _DECODER.raw_decode(text, position)
        yield element
        position = _skip(text, position)
        if text[position] == "]":
            return position + 1
        if text[position] != ",":
            _fault(text, position)
        position = _skip(text, position + 1)


def _expect_end(text: str, position: int) -> None:
    if _skip(text, position) != len(text):
        _fault(text, position)
