"""Writes cells for download in such a way that no spreadsheet program takes a text for a formula.

A text such as `=cmd|'/c calc'!A0` in somebody's file must stay a text in ours. Code that makes an xlsx for
people to download writes every text through this module, and a csv through `um_portal.formulas`.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from um_portal.formulas import can_be_formula

# XML cannot hold these characters; half a surrogate pair does not exist in any encoding.
_ONMOGELIJK = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A workbook may write a character as _x0041_; a text that really says so has its first
# underscore written that way.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# The greatest length of the text in a cell.
_LONGEST: Final = 32_767

Waarde = str | int | float | bool | datetime | date | time | timedelta | None


def storable(text: str) -> str:
    """Gives the text as a cell can hold it: without forbidden characters, and not too long."""
    if not text.isprintable():
        text = _ONMOGELIJK.sub(" ", text)
    return text if len(text) <= _LONGEST else text[:_LONGEST]


def escaped(text: str) -> str:
    """Gives a storable text as the parts of a workbook write it."""
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text


def put(cell: Any, value: Waarde) -> None:
    """Puts a value in a cell of openpyxl.

    A text stays a text, whatever it says and also after it is edited.
    """
    if not isinstance(value, str):
        cell.value = value
        return
    text = storable(value)
    # Not through `value`: that makes a formula of a text with "=" first, and an error of a
    # text that looks like one.
    cell._value = escaped(text)
    cell.data_type = "s"
    if can_be_formula(text):
        cell.quotePrefix = True


def neutralise(cell: Any) -> None:
    """Makes sure that a cell of a loaded workbook is no formula, also after it is edited."""
    if cell.data_type == "f":
        cell._value, cell.data_type = None, "n"
    elif isinstance(cell._value, str):
        if cell.data_type != "e":
            cell.data_type = "s"
        if can_be_formula(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell._value)):
            cell.quotePrefix = True
