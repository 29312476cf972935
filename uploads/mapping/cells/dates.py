"""Reads dates in the forms that people and spreadsheets write."""

import datetime as dt
import math
import re
from collections.abc import Iterable
from enum import StrEnum
from zoneinfo import ZoneInfo

from uploads.mapping.cells.text import IsAfwezig, is_absent, rejected, tekst
from uploads.mapping.cells.verminkt import as_read
from uploads.mapping.model import AFWEZIG, Cel, Lees
from uploads.mapping.words import IN_OVERLEG, PER_DIRECT

_NIL_DAY = dt.date(1899, 12, 30)
# In a workbook that counts from 1904, the first day is this many days later.
_LATER = 1462
# In a column of dates, a bare number between these is a day (1950 to 2199), and so is the last day that
# Excel knows. 2019 is a year.
_SERIALS = range(18_264, 109_575)
_LAST_SERIAL = 2_958_465
_DMY = re.compile(r"([0-9]{1,2})[-/. ]{1,3}([0-9]{1,2})[-/. ]{1,3}([0-9]{4}|[0-9]{2})")
_YMD = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})|([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DMY_SOLID = re.compile(r"([0-9]{1,2})([0-9]{2})((?:19|20)[0-9]{2})")
_NAMED = re.compile(r"([0-9]{1,2})e?[-. /]{0,2}([a-z]{3,9})[-. /']{0,3}([0-9]{4}|[0-9]{2})")
_TIME = re.compile(
    r"[ t,]+[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)? ?(?:uur|am|pm)?(z|[+-][0-9]{2}:?[0-9]{2})?"
)
_WEEKDAY = re.compile(
    r"(?:ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)[., ]+"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb februari february", "mrt maa mar maart march", "apr april", "mei may",
            "jun juni june", "jul juli july", "aug augustus august", "sep sept september",
            "okt oct oktober october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NEDERLAND = ZoneInfo("Europe/Amsterdam")


class Volgorde(StrEnum):
    """The order of day and month in the texts of a column with dates."""

    DAG_MAAND = "dag-maand"
    MAAND_DAG = "maand-dag"
    # Some dates can only be the one and some only the other, so none of them can be trusted.
    DOOR_ELKAAR = "door elkaar"


def order_of(values: Iterable[object]) -> Volgorde | None:
    """Tells the order of day and month in a column, by the values that can have only one; None when none has.

    A number above 12 is a day: 31-12-2025 and 12/31/2025 each tell the order, and 1-2-2026 does not.
    """
    found: set[Volgorde] = set()
    for value in values:
        match = _DMY.match(value.strip()) if isinstance(value, str) else None
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        if first > 12 and 1 <= second <= 12:
            found.add(Volgorde.DAG_MAAND)
        elif second > 12 and 1 <= first <= 12:
            found.add(Volgorde.MAAND_DAG)
    return Volgorde.DOOR_ELKAAR if len(found) > 1 else next(iter(found), None)


def date_of(value: object, epoch_1904: bool = False, *, maand_eerst: bool = False) -> dt.date | None:
    """Gives the date in a cell, or None when it holds none.

    Reads a date, the serial number of a spreadsheet, 31-12-2025, 2025-12-31 and 31 dec 2025. A year of two
    digits lies in 1950 to 2049 and comes after the month. With `epoch_1904` serial numbers count from 1904.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _date_of_number(value, epoch_1904)
    text = tekst(value).casefold()
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _date_of_number(int(text), epoch_1904)
    return _date_in(text, maand_eerst)


def _date_of_number(value: float, epoch_1904: bool) -> dt.date | None:
    number = int(value) if math.isfinite(value) else 0
    days = number + _LATER if epoch_1904 else number
    if days in _SERIALS or number == _LAST_SERIAL:
        return _NIL_DAY + dt.timedelta(days=min(days, _LAST_SERIAL))
    # A date without separators, from which a spreadsheet dropped the first zero.
    return _date_in(str(number)) if 1_000_000 <= number < 100_000_000 else None


def _date_in(text: str, maand_eerst: bool = False) -> dt.date | None:
    text = _WEEKDAY.sub("", text, count=1) if text[:1].isalpha() else text
    time = _TIME.search(text)
    if time is not None and time.end() == len(text):
        if time[1]:
            return _local_date(text)
        text = text[: time.start()]
    try:
        if match := _YMD.fullmatch(text):
            year, month, day = (int(part) for part in match.groups() if part)
            if year >= 1900 and month <= 12:
                return dt.date(year, month, day)
        if maand_eerst and (match := _DMY.fullmatch(text)):
            return dt.date(_year(match[3]), int(match[1]), int(match[2]))
        if match := _DMY.fullmatch(text) or _DMY_SOLID.fullmatch(text):
            return dt.date(_year(match[3]), int(match[2]), int(match[1]))
        if (match := _NAMED.fullmatch(text)) and (month := _MONTHS.get(match[2], 0)):
            return dt.date(_year(match[3]), month, int(match[1]))
    except ValueError:
        return None
    return None


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _local_date(text: str) -> dt.date | None:
    """Gives the day in the Netherlands at a moment with a time zone.

    Midnight here is 22 or 23 o'clock UTC on the day before.
    """
    try:
        return dt.datetime.fromisoformat(text.upper()).astimezone(_NEDERLAND).date()
    except (ValueError, OverflowError):
        return None


def date_reader(
    epoch_1904: bool = False,
    afwezig: IsAfwezig = is_absent,
    volgorde: Volgorde | None = None,
    direct: dt.date | None = None,
) -> Lees:
    """Gives a reader of dates, in the form of the standard. `epoch_1904` means the same as in `Bestand`.

    `volgorde` is the order in the whole column: no cell is read in another one. `direct` is the day that "per
    direct" stands for; None when the attribute has no such day.
    """
    month_first = volgorde is Volgorde.MAAND_DAG
    fault = rejected(
        "datum_onmogelijk",
        "Dit is geen bestaande datum. "
        + (
            "In deze kolom staat de maand voorop, zoals 12/31/2025. Schrijf elke datum zo."
            if month_first
            else "Schrijf de datum als dag-maand-jaar, zoals 31-12-2025."
        ),
    )
    mixed = rejected(
        "datum_door_elkaar",
        "In deze kolom staat soms de dag voorop en soms de maand, dus geen enkele datum is zeker. Lever de datums "
        "op één manier aan, zoals 31-12-2025.",
    )

    def read(value: object) -> Cel:
        value = as_read(value)
        text = tekst(value)
        if afwezig(text):
            return AFWEZIG
        key = text.casefold()
        if key in PER_DIRECT and direct is not None:
            return Cel(direct.isoformat())
        if key in IN_OVERLEG or key in PER_DIRECT:
            return AFWEZIG
        if volgorde is Volgorde.DOOR_ELKAAR and isinstance(value, str) and _DMY.match(text):
            return mixed
        day = date_of(value, epoch_1904, maand_eerst=month_first)
        return Cel(day.isoformat()) if day is not None and 1000 <= day.year <= 9999 else fault

    return read
