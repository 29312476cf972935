"""Reads hours a week in the forms that people write: a number, a range, a time, or a word such as fulltime."""

import datetime as dt
import math
import re
from typing import Final

from uploads.mapping.cells.numbers import number_of
from uploads.mapping.cells.text import IsAfwezig, is_absent, rejected, tekst
from uploads.mapping.cells.verminkt import as_read
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Opmerking
from uploads.mapping.words import IN_OVERLEG, UREN_WOORDEN

_MOST_HOURS: Final = 1000
# A spreadsheet counts a duration from this day.
_NIL_DAY: Final = dt.datetime(1899, 12, 30)
_UNIT: Final = (
    r"(?:uur|uren|u|hrs|h)?\.?\s*(?:(?:per|p/|p|/)\.?\s*(?:week|wk|w|dag|maand|mnd|d|m)|pw|pd|pm)?\.?"
)
_UNIT_BEHIND: Final = re.compile(rf"\s*{_UNIT}$")
_ABOUT: Final = re.compile(
    r"^(?:ca|circa|ongeveer|plm|max|maximaal|min|minimaal|tot|vanaf|minstens|hooguit)\.?:?\s+|^±\s*"
)
_NUMBER: Final = r"[0-9]{1,3}(?:[.,][0-9]{1,2})?"
_RANGE: Final = re.compile(
    rf"(?:van\s+|tussen\s+)?({_NUMBER})\s*{_UNIT}\s*(?:-|–|—|/|à|a|tot en met|t/m|tot|of|en)\s*({_NUMBER})\s*{_UNIT}"
)
_TIME: Final = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::[0-5][0-9])?")

_AFGEROND: Final = Opmerking(
    Ernst.WAARSCHUWING,
    "getal_afgerond",
    "Hier hoort een heel getal te staan. Het getal is afgerond. Klopt dat niet, vul dan zelf een heel getal in.",
)
_WOORD: Final = Opmerking(
    Ernst.WAARSCHUWING,
    "uren_woord",
    "Dit woord is gelezen als 36 tot en met 40 uur per week. Klopt dat niet, vul dan het aantal uren in.",
)
_PERCENTAGE: Final = "Hier staat een percentage, en niet van hoeveel uren. Vul het aantal uren per week in."


def hours_range(value: object) -> tuple[float, float, bool] | None:
    """Gives the hours in a cell as lowest, highest, and whether they came from a word; None when it holds none.

    Gives the same number twice for a cell that has one.
    """
    if isinstance(value, dt.timedelta):
        return _twice(value.total_seconds() / 3600)
    if isinstance(value, dt.time):
        return _twice(value.hour + value.minute / 60)
    if isinstance(value, dt.datetime):
        return _twice((value - _NIL_DAY).total_seconds() / 3600) if value.year < 1901 else None
    if not isinstance(value, str):
        return _twice(number_of(value))
    text = tekst(value).casefold()
    if text in UREN_WOORDEN:
        return (*UREN_WOORDEN[text], True)
    if (match := _TIME.fullmatch(text)) is not None:
        return _twice(int(match[1]) + int(match[2]) / 60)
    if (match := _RANGE.fullmatch(text)) is not None:
        low, high = number_of(match[1]), number_of(match[2])
        if low is not None and high is not None and low <= high:
            return low, high, False
        return None
    return _twice(number_of(_UNIT_BEHIND.sub("", _ABOUT.sub("", text))))


def _twice(number: float | None) -> tuple[float, float, bool] | None:
    return None if number is None else (number, number, False)


def read_hours(
    minimum: int,
    maximum: int,
    factor: float = 1.0,
    *,
    laagste: bool = False,
    alleen_bereik: bool = False,
    afwezig: IsAfwezig = is_absent,
) -> Lees:
    """Gives a reader of whole hours a week from `minimum` to `maximum`.

    `factor` turns the number into hours a week. Of a range it gives the highest, or with `laagste` the lowest. With
    `alleen_bereik` a single number is nothing, and nothing is a fault: another reader reads the same cell.
    """
    times = "" if factor == 1 else " Pas de waarde aan, of kies een andere eenheid."
    fault = rejected(
        "getal_onmogelijk",
        f"Hier hoort een heel getal te staan van {minimum} tot en met {maximum}. Pas de waarde aan."
        if factor == 1
        else f"Hier hoort een aantal uren te staan dat per week uitkomt op {minimum} tot en met {maximum}.{times}",
    )
    percentage = rejected("getal_onmogelijk", _PERCENTAGE)

    def read(value: object) -> Cel:
        if isinstance(value, float) and not math.isfinite(value):
            return AFWEZIG if alleen_bereik else fault
        value = as_read(value)
        text = tekst(value)
        if afwezig(text) or text.casefold() in IN_OVERLEG:
            return AFWEZIG
        found = hours_range(value)
        if found is not None and alleen_bereik and found[0] == found[1]:
            return AFWEZIG
        # Less than an hour is a part of a working week, or of a day.
        if text.endswith("%") or (found is not None and 0 < found[1] < 1 and factor == 1):
            return AFWEZIG if alleen_bereik else percentage
        if found is None:
            return AFWEZIG if alleen_bereik else fault
        low, high, is_word = found
        number = low if laagste else high
        if not 0 <= number < _MOST_HOURS:
            return AFWEZIG if alleen_bereik else fault
        hours = number if is_word else number * factor
        whole = int(hours + 0.5)
        # What is converted is rounded anyway.
        if not minimum <= (hours if factor == 1 else whole) <= maximum:
            return AFWEZIG if alleen_bereik else fault
        if alleen_bereik:
            return Cel(whole)
        if is_word:
            return Cel(whole, _WOORD)
        return Cel(whole) if whole == hours or factor != 1 else Cel(whole, _AFGEROND)

    return read
