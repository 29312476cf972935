"""Shows numbers as a person sees them in a spreadsheet, where that is not the number itself.

A number format can put digits before a number ("06-"00000000 makes 06-12345678 of 12345678), keep zeros before
it, or show a fraction as a percentage. Whoever reads the sheet takes what is shown for what is there.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial

from lxml import etree

Weergave = Callable[[str], str | None]

_PERCENTAGES = {9: 0, 10: 2}
# In turn: a text between quotes, a character after a backslash, a space as wide as a character, a colour or
# a condition, and any other character.
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\[[^\]]*\]|(.)', re.DOTALL)
_DIGITS = frozenset("0#?")
_AS_THEY_ARE = frozenset(" -/()+:")
# The parts between semicolons, and the condition under which one of them holds.
_PARTS = re.compile(r'(?:^|(?<=;))((?:"[^"]*"|\\.|[^;"\\])*)')
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)\]")
_MEETS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
# Letters right before the number belong to it, as in WZ-12; a word with a space behind it, as in max. 24, does not.
_PREFIX = re.compile(r'(?:\[[^\]]*\])?"([A-Za-z][A-Za-z0-9_.\-]*)"(?:0|#|General)', re.IGNORECASE)
# Of money or a measure the letters say what is counted.
_MEASURES = frozenset(
    {"eur", "euro", "usd", "gbp", "chf", "nlg", "hfl", "dfl", "fl", "f", "ca", "max", "min", "circa"}
)
# What a format has beside what it shows: a text without anything, a space, a colour or a condition.
_NOTHING = re.compile(r'"\s*"|\\\s|_.|\*\s|\[[^\]]*\]|\s')
# Beyond this no digits are counted out; a spreadsheet itself has fifteen of them.
_MOST = 10**20
_PERCENTAGE = re.compile(r"(?:0|#)(?:\.(0+))?\s?%")


def weergaven(styles: bytes) -> dict[int, Weergave]:
    """Gives the ways of showing numbers in this part of a workbook, by the number of the style.

    Styles that show a number as it is are left out. A function gives None for a number that it shows as it is.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(styles, parser)
    formats = {
        int(one.get("numFmtId", "-1")): one.get("formatCode", "")
        for one in root.iterfind("{*}numFmts/{*}numFmt")
    }
    return ways_of(formats, [int(style.get("numFmtId", "0")) for style in root.iterfind("{*}cellXfs/{*}xf")])


def ways_of(formats: Mapping[int, str], kinds: Iterable[int]) -> dict[int, Weergave]:
    """Gives, by the place of a style, its way of showing numbers.

    `formats` are the formats of the workbook itself; `kinds` has the number of the format of each style.
    """
    found = {}
    for number, kind in enumerate(kinds):
        if kind in _PERCENTAGES and kind not in formats:
            found[number] = _percentage(_PERCENTAGES[kind])
        elif (way := weergave(formats.get(kind, ""))) is not None:
            found[number] = way
    return found


def weergave(code: str) -> Weergave | None:
    """Gives the way in which this number format shows a number; None when it shows the number as it is.

    A format may have parts: for numbers that meet a condition, or for other numbers, negative ones and zero.
    """
    if hides_numbers(code):
        return lambda text: "" if _number(text) is not None else None
    parts = [part.strip() for part in _PARTS.findall(code)]
    ways = [_way_of_part(part) for part in parts]
    conditions = [_CONDITION.search(part) for part in parts]
    if not any(conditions):
        hides_zero = len(parts) > 2 and bool(parts[0]) and not parts[2]
        return _with_zero(ways[0], hides_zero=hides_zero) if parts else None
    if not any(ways):
        return None

    def show(text: str) -> str | None:
        number = _number(text)
        if number is None:
            return None
        for condition, way in zip(conditions, ways, strict=True):
            if condition is None or _MEETS[condition[1]](number, Decimal(condition[2])):
                return way(text) if way else None
        return None

    return show


def hides_numbers(code: str) -> bool:
    """Tells whether this format shows nothing of any number, as ;;; does."""
    parts = _PARTS.findall(code)
    return len(parts) > 1 and not any(_CONDITION.search(part) or _NOTHING.sub("", part) for part in parts[:3])


def hides_texts(code: str) -> bool:
    """Tells whether this format shows nothing of a text: the fourth part is about those."""
    parts = _PARTS.findall(code)
    return len(parts) > 3 and not _NOTHING.sub("", parts[3])


def _with_zero(way: Weergave | None, *, hides_zero: bool) -> Weergave | None:
    if not hides_zero:
        return way
    return lambda text: "" if _number(text) == 0 else way(text) if way else None


def _way_of_part(code: str) -> Weergave | None:
    """Gives the way in which one part of a number format shows a number."""
    if match := _PERCENTAGE.fullmatch(code):
        return _percentage(len(match[1] or ""))
    if match := _PREFIX.fullmatch(code):
        return None if match[1].casefold().rstrip(".") in _MEASURES else partial(_prefixed, match[1])
    parts: list[str | None] = []
    for quoted, escaped, other in _TOKEN.findall(code):
        if quoted or escaped:
            parts.append(quoted or escaped)
        elif other in _DIGITS:
            # None stands for a digit of the number, which is a zero when the number has none there.
            if other == "0":
                parts.append(None)
        elif other and other not in _AS_THEY_ARE:
            return None
        elif other:
            parts.append(other)
    places = sum(part is None for part in parts)
    texts = "".join(part for part in parts if part)
    if not places or not (places > 1 or any(character.isdigit() for character in texts)):
        return None
    return lambda text: _filled(parts, places, text)


def _prefixed(prefix: str, text: str) -> str | None:
    number = _number(text)
    return f"{prefix}{int(number)}" if number is not None and number >= 0 and number % 1 == 0 else None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < _MOST else None


def _filled(parts: list[str | None], places: int, text: str) -> str | None:
    number = _number(text)
    if number is None or number < 0:
        return None
    digits = str(int(number.quantize(Decimal(1), ROUND_HALF_UP))).rjust(places, "0")
    more = digits[: len(digits) - places]
    left = iter(digits[len(more) :])
    shown = []
    for part in parts:
        if part is None:
            shown.append(more + next(left))
            # Digits for which the format has no place are shown before the first one.
            more = ""
        else:
            shown.append(part)
    return "".join(shown).strip()


def _percentage(decimals: int) -> Weergave:
    def show(text: str) -> str | None:
        try:
            number = Decimal(text) * 100
        except InvalidOperation:
            return None
        if not number.is_finite() or abs(number) >= 10**15:
            return None
        shown = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return f"{shown}%".replace(".", ",")

    return show
