"""Recognises a cell that a program maimed, so that it no longer says what a person once wrote in it.

One recogniser serves ids, phone numbers, e-mail addresses, postcodes and texts. A maimed cell is never guessed
at: 6.12E+08 is the phone number of hundreds of thousands of people, and a pseudonym of it is nobody's.
"""

import math
import re
from typing import Final

from uploads.mapping.cells.text import is_error, tekst
from uploads.mapping.words import PROGRAMMAWOORDEN

# A spreadsheet keeps this many digits of a number, and makes zeros of the rest.
_DIGITS_KEPT: Final = 15
_LONGEST_NUMBER: Final = 24
_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9](?:[.,][0-9]+[eE]\+?|[eE]\+)[0-9]{1,3}")
_TOO_NARROW: Final = re.compile(r"#{2,}")
_POINT_NIL: Final = re.compile(r"([0-9]+)\.0+")
# An apostrophe before these tells a spreadsheet that a number is a text; it is no part of it.
_QUOTED: Final = re.compile(r"['‘’`´](?=[0-9+(=@-])")

_AFGEROND: Final = (
    "Van dit lange nummer zijn de laatste cijfers verloren gegaan: een spreadsheet bewaart er 15. Maak de kolom in uw "
    "eigen systeem of in Excel tekst, en lever opnieuw aan."
)
_E_NOTATIE: Final = (
    "Dit nummer staat er als 1,23E+10, waardoor cijfers verloren zijn gegaan. Maak de kolom in Excel tekst, of een "
    "getal zonder decimalen, en lever opnieuw aan."
)
_HEKJES: Final = (
    "Hier staan hekjes (####) in plaats van de waarde. Maak de kolom breder voordat u het bestand opslaat of "
    "kopieert."
)
_FOUT: Final = "Hier staat een foutmelding van het programma in plaats van een waarde. Verbeter de cel."
_LEEG: Final = (
    "Hier staat een woord dat een programma voor leeg schrijft, zoals nan of NULL. Vul de waarde in."
)


def why_maimed(value: object) -> str:
    """Says in Dutch how the cell was maimed, and what to do; '' for a cell that is as it was written."""
    if value.__class__ in {int, float}:
        return _AFGEROND if 10**_DIGITS_KEPT <= abs(value) < math.inf else ""
    # Nearly every cell ends here: a word, or a number that is short enough to be whole.
    if not isinstance(value, str) or value[:1].isalpha() or (len(value) <= _DIGITS_KEPT and value.isdigit()):
        return ""
    text = tekst(value)
    if text.isdigit():
        beyond = len(text) - _DIGITS_KEPT
        return _AFGEROND if beyond > 0 and text.endswith("0" * beyond) else ""
    if text[:1] == "#":
        return _HEKJES if _TOO_NARROW.fullmatch(text) else ""
    return _E_NOTATIE if len(text) <= _LONGEST_NUMBER and _SCIENTIFIC.fullmatch(text) else ""


def why_no_id(value: object) -> str:
    """Says in Dutch why the cell identifies nobody: it is maimed, an error, or a program's word for nothing.

    Gives '' for any other cell, also an empty one.
    """
    text = tekst(value)
    if is_error(text):
        return _FOUT
    return _LEEG if text.casefold() in PROGRAMMAWOORDEN else why_maimed(value)


def as_read(value: object) -> object:
    """Gives a cell as a person reads it: without the apostrophe or the `.0` that a program put there."""
    if not isinstance(value, str):
        return value
    if value[:1] in "'‘’`´" and _QUOTED.match(value):
        value = value[1:]
    nil = _POINT_NIL.fullmatch(value.strip()) if value.rstrip()[-1:] == "0" else None
    return nil[1] if nil else value


def unquoted(value: object) -> object:
    """Gives a cell that is no running text without an apostrophe before it."""
    if isinstance(value, str) and value.lstrip()[:1] in {"'", "‘", "’", "`", "´"}:
        return value.lstrip()[1:]
    return value
