"""Reads numbers in the forms that people and spreadsheets write."""

import math
import re

from uploads.mapping.cells.text import IsAfwezig, is_absent, rejected, tekst
from uploads.mapping.cells.verminkt import as_read
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Opmerking

# A number without its sign, currency and unit: digits with at most one kind of separator between thousands.
_LONGEST_NUMBER = 40
_DIGITS = re.compile(r"[0-9]{1,15}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3}){0,3}")
_AMOUNT = re.compile(
    r"(?:€|eur|euro)? ?([+-]?) ?(?:€|eur|euro)? ?([0-9][0-9.,' ]*?)(?:,-+|\.-+)? ?(?:€|eur|euro)?(-?)"
)


def number_of(value: object) -> float | int | None:
    """Gives the number in a cell, or None when it holds none.

    Reads 24, `24,0`, `1.234,5`, `1,234.5`, `1 234`, `€ 12,-` and `12-`; `25%` is 0.25. One point with three
    digits after it separates thousands, as in Dutch: `1.234` is 1234. A comma there stands before decimals:
    `1,234` is less than 2.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        text = tekst(value).casefold().replace("−", "-").replace("’", "'")
        if text.endswith("%"):
            part = number_of(text[:-1])
            return None if part is None else part / 100
        return _number_in(text)
    return value if math.isfinite(value) else None


def _number_in(text: str) -> float | int | None:
    if len(text) > _LONGEST_NUMBER:
        return None
    if _DIGITS.fullmatch(text):
        return int(text)
    match = _AMOUNT.fullmatch(text)
    if match is None or (match[1] and match[3]):
        return None
    digits = match[2].strip()
    # The separator that comes last, and only once, stands before the decimals.
    last = max(digits.rfind("."), digits.rfind(","))
    point = digits[last] if last >= 0 else ""
    if (
        point
        and digits.count(point) == 1
        and not (point == "." and _GROUPED.fullmatch(digits) and digits[0] != "0")
    ):
        whole, decimals = digits[:last], digits[last + 1 :]
    else:
        whole, decimals = digits, ""
    if not _DIGITS.fullmatch(whole):
        if not _GROUPED.fullmatch(whole):
            return None
        whole = re.sub(r"[.,' ]", "", whole)
    if decimals and not _DIGITS.fullmatch(decimals):
        return None
    number = float(f"{whole}.{decimals}") if decimals.strip("0") else int(whole)
    return -number if "-" in (match[1], match[3]) else number


def whole_number(value: object) -> int | None:
    """Gives the whole number in a cell, or None when it holds none."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        return None
    number = number_of(value)
    return int(number) if number is not None and number == int(number) else None


# Words before a number that leave it what it is.
_ABOUT = re.compile(r"^(?:(?:ca|circa|ongeveer|plm|max|maximaal)\.?:?\s+|±\s*)(?=[0-9])", re.IGNORECASE)
_AFGEROND = Opmerking(
    Ernst.WAARSCHUWING,
    "getal_afgerond",
    "Hier hoort een heel getal te staan. Het getal is afgerond. Klopt dat niet, vul dan zelf een heel getal in.",
)


def read_number(minimum: int, maximum: int, eenheid: str = "", afwezig: IsAfwezig = is_absent) -> Lees:
    """Gives a reader of whole numbers from `minimum` to `maximum`. A unit may stand after the number.

    A fraction is rounded, with a warning.
    """
    unit = re.compile(rf"\s*(?:{eenheid})\.?$", re.IGNORECASE) if eenheid else None
    fault = rejected(
        "getal_onmogelijk",
        f"Hier hoort een heel getal te staan van {minimum} tot en met {maximum}. Pas de waarde aan.",
    )

    def read(value: object) -> Cel:
        value = as_read(value)
        text = tekst(value)
        if afwezig(text):
            return AFWEZIG
        if isinstance(value, str):
            value = text = _ABOUT.sub("", text)
        number = number_of(unit.sub("", text) if unit and isinstance(value, str) else value)
        if number is None or not minimum <= number <= maximum or text.endswith("%"):
            return fault
        whole = int(number + 0.5)
        return Cel(whole) if whole == number else Cel(whole, _AFGEROND)

    return read
