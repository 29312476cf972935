"""Cells that people download, written so that no spreadsheet program takes what people typed for a formula.

A text such as `=cmd|'/c calc'!A0` in somebody's file must stay a text in ours. Whoever makes an xlsx or a csv for
people to download writes every text through this module.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final

# What a cell is taken for a formula by; the last four are the wide forms that some programs read as the same.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# XML cannot hold these; half a surrogate pair no encoding can.
_ONMOGELIJK = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A workbook writes a character as _x0041_; a text that really says so has its first underscore written that way.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# What a cell of a workbook can hold.
_LONGEST: Final = 32_767

Waarde = str | int | float | bool | datetime | date | time | timedelta | None


def can_be_formula(text: str) -> bool:
    """Whether a program may take this text for a formula, also with spaces in front of it."""
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def storable(text: str) -> str:
    """The text without what a workbook cannot hold, and no longer than a cell can be."""
    if not text.isprintable():
        text = _ONMOGELIJK.sub(" ", text)
    return text if len(text) <= _LONGEST else text[:_LONGEST]


def escaped(text: str) -> str:
    """A storable text as the parts of a workbook spell it."""
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text


def put(cell: Any, value: Waarde) -> None:
    """Put a value in a cell of openpyxl; a text stays a text, whatever it says and also after it is edited."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = storable(value)
    # Not through `value`, which makes a formula of what begins with "=" and an error of what looks like one.
    cell._value = escaped(text)
    cell.data_type = "s"
    if can_be_formula(text):
        cell.quotePrefix = True


def neutralise(cell: Any) -> None:
    """Make sure that what a cell of a loaded workbook holds is no formula, nor becomes one when it is edited."""
    if cell.data_type == "f":
        cell._value, cell.data_type = None, "n"
    elif isinstance(cell._value, str):
        if cell.data_type != "e":
            cell.data_type = "s"
        if can_be_formula(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell._value)):
            cell.quotePrefix = True


def csv_text(value: Any) -> Any:
    """A value as it may stand in a csv: a text that could be a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and can_be_formula(value) else value
