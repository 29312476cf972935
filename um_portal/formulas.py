"""Recognises texts that a spreadsheet program takes for a formula, and makes them safe for a csv.

A text such as `=cmd|'/c calc'!A0` in somebody's file must stay a text in ours.
"""

from typing import Any, Final

# The characters that mark a cell as a formula; the last four are the wide forms that
# some programs read as the same.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def can_be_formula(text: str) -> bool:
    """Tells whether a program may take this text for a formula, also with spaces before it."""
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def csv_text(value: Any) -> Any:
    """Gives a value as it may stand in a csv: a text that could be a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and can_be_formula(value) else value
