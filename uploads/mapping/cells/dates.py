"""Reads dates in the forms that people and spreadsheets write."""

import datetime as dt
import math
import re
from zoneinfo import ZoneInfo

from uploads.mapping.cells.text import IsAfwezig, is_absent, rejected, tekst
from uploads.mapping.model import AFWEZIG, Cel, Lees

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


def date_of(value: object, epoch_1904: bool = False) -> dt.date | None:
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
    return _date_in(text)


def _date_of_number(value: float, epoch_1904: bool) -> dt.date | None:
    number = int(value) if math.isfinite(value) else 0
    days = number + _LATER if epoch_1904 else number
    if days in _SERIALS or number == _LAST_SERIAL:
        return _NIL_DAY + dt.timedelta(days=min(days, _LAST_SERIAL))
    # A date without separators, from which a spreadsheet dropped the first zero.
    return _date_in(str(number)) if 1_000_000 <= number < 100_000_000 else None


def _date_in(text: str) -> dt.date | None:
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


def date_reader(epoch_1904: bool = False, afwezig: IsAfwezig = is_absent) -> Lees:
    """Gives a reader of dates, in the form of the standard. `epoch_1904` means the same as in `Bestand`."""
    fault = rejected(
        "datum_onmogelijk",
        "Dit is geen bestaande datum. Schrijf de datum als dag-maand-jaar, zoals 31-12-2025.",
    )

    def read(value: object) -> Cel:
        if afwezig(tekst(value)):
            return AFWEZIG
        day = date_of(value, epoch_1904)
        return Cel(day.isoformat()) if day is not None and 1000 <= day.year <= 9999 else fault

    return read
