"""Cleans and compares the text of single cells, as people and programs write it in a spreadsheet.

A reader is made once per column and called once per cell. A cell that cannot be understood becomes a remark,
never an exception, and the remark never repeats the cell.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from exchange.standard import Waardelijst, is_empty
from uploads.mapping.model import Cel, Ernst, Opmerking
from uploads.mapping.words import AFWEZIG_WOORDEN, JA, JA_NEE_LIJSTEN, NEE, PROGRAMMAWOORDEN, words_of_list
from uploads.readers.rows import FOUTTEKST

# Characters without width: joiners, direction marks (often copied along with phone
# numbers), soft hyphens, variants.
_ZERO_WIDTH = dict.fromkeys(
    [
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10),
        0x00AD, 0x061C, 0x180E, 0xFEFF,
    ],
    None,
)  # fmt: skip
_SPACES = re.compile(r"\s+")
_NOISE = re.compile(r"[\W_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FIRST_OF_ERROR = frozenset("#eE")
_NIETS = AFWEZIG_WOORDEN | PROGRAMMAWOORDEN
# A reader gets such a test for absent text, because a municipality can have its own words.
IsAfwezig = Callable[[str], bool]


# --- Text ------------------------------------------------------------------------------------------------


def tekst(value: object) -> str:
    """Gives a cell as one line of text, without invisible characters; whole numbers without `.0`."""
    if isinstance(value, str):
        text = value
        if text.isascii():
            # Nearly every cell ends here: there is nothing to remove.
            if text.isprintable() and "  " not in text:
                return text.strip()
        else:
            text = unicodedata.normalize("NFC", text.translate(_ZERO_WIDTH))
        return _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return JA if value else NEE
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


def alinea(value: object) -> str:
    """Gives a cell as text that keeps its line ends."""
    if not isinstance(value, str):
        return tekst(value)
    lines = (tekst(line) for line in value.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()


def woordsleutel(value: object) -> str:
    """Gives the key by which values are compared: without capitals and surplus spaces."""
    return tekst(value).casefold()


def kopsleutel(kop: str) -> str:
    """Gives the key by which headers are compared: only their letters and digits."""
    return _NOISE.sub("", tekst(kop).casefold())


def is_absent(text: str) -> bool:
    """Tells whether a cleaned text means that there is nothing.

    That is an empty text, NNB, n.v.t., ?? or an error of the spreadsheet.
    """
    return text.casefold() in _NIETS or is_error(text)


def is_error(text: str) -> bool:
    """Tells whether a cleaned text is an error of a spreadsheet, in any language: #VERW!, #GETTING_DATA, Err:502."""
    return text[:1] in _FIRST_OF_ERROR and FOUTTEKST.fullmatch(text) is not None


def is_empty_list(waarden: Any) -> bool:
    """Tells whether a row (its cells) or a record holds nothing at all."""
    if not isinstance(waarden, list | tuple):
        return is_empty(waarden)
    for value in waarden:
        if value is not None and value != "" and (not isinstance(value, str) or tekst(value)):
            return False
    return True


def rejected(code: str, melding: str) -> Cel:
    """Gives a cell that is refused, with this remark."""
    return Cel(None, Opmerking(Ernst.AFGEKEURD, code, melding))


def warned(code: str, melding: str, waarde: Any = None) -> Cel:
    """Gives a cell with a warning and the value that is used all the same; None is no value."""
    return Cel(waarde, Opmerking(Ernst.WAARSCHUWING, code, melding))


def cut_at_word(text: str, length: int) -> str:
    """Gives the text, cut after the last whole word that fits in `length` characters."""
    if len(text) <= length:
        return text
    head = text[: length + 1].rpartition(" ")[0] or text[:length]
    return head.rstrip(" ,;(-/")


# --- Codes -------------------------------------------------------------------------------------------------


def code_table(waardelijst: Waardelijst) -> dict[str, Any]:
    """Gives the codes of this list by every text that stands for them in any file.

    Those texts are the code itself, its label, and the words for yes and no.
    """
    table: dict[str, Any] = {}
    for code, label in waardelijst.waarden.items():
        table.setdefault(woordsleutel(label), code)
    if waardelijst.naam in JA_NEE_LIJSTEN:
        for word, known in words_of_list(waardelijst).vast.items():
            table.setdefault(word, int(known))
    # A code has priority over a label, and a 1 from a spreadsheet may mean "01".
    for code in waardelijst.waarden:
        if isinstance(code, str) and code.isdigit():
            table[str(int(code))] = code
    for code in waardelijst.waarden:
        table[woordsleutel(str(code))] = code
    return table
