"""Reading single cells: what people and programs put in a spreadsheet, as values of the standard.

Every function is made once per column and called per cell. What cannot be understood becomes a remark, never
an exception, and the remark never repeats the cell.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from exchange.standard import Waardelijst, is_empty
from uploads.mapping.model import Cel, Ernst, Opmerking

# Of no width: joiners, marks of direction (with which phone numbers are often copied), soft hyphens, variants.
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
IsAfwezig = Callable[[str], bool]
# What a cell may hold that means: nothing. A municipality can have its own words instead; errors always count.
AFWEZIG_WOORDEN = frozenset(
    {
        "", "-", "--", "---", "–", "—", ".", "?", "??", "???", "nnb", "n.n.b.", "n.n.b", "onbekend", "niet bekend",
        "nog niet bekend", "n.v.t.", "n.v.t", "nvt", "nvt.", "niet van toepassing", "leeg", "(leeg)", "null", "n/a",
        "#n/a", "#n/b", "#na", "#ref!", "#verw!", "#value!", "#waarde!", "#name?", "#naam?", "#div/0!", "#deel/0!",
        "#null!", "#leeg!", "#num!", "#getal!",
    }
)  # fmt: skip
_JA = frozenset({"ja", "j", "true", "waar", "1"})
_NEE = frozenset({"nee", "n", "neen", "false", "onwaar", "2"})


# --- Text ------------------------------------------------------------------------------------------------


def tekst(value: object) -> str:
    """A cell as one line of text, without what cannot be seen; whole numbers without `.0`."""
    if isinstance(value, str):
        text = value
        if text.isascii():
            # Nearly every cell: nothing to take out.
            if text.isprintable() and "  " not in text:
                return text.strip()
        else:
            text = unicodedata.normalize("NFC", text.translate(_ZERO_WIDTH))
        return _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


def alinea(value: object) -> str:
    """A cell as text that keeps its line ends."""
    if not isinstance(value, str):
        return tekst(value)
    lines = (tekst(line) for line in value.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()


def woordsleutel(value: object) -> str:
    """How values are compared: without case and surplus spaces."""
    return tekst(value).casefold()


def kopsleutel(kop: str) -> str:
    """How headers are compared: by their letters and digits only."""
    return _NOISE.sub("", tekst(kop).casefold())


def is_absent(text: str) -> bool:
    """Whether a cleaned text says that there is nothing: empty, NNB, n.v.t., ??, an error of the spreadsheet."""
    return text.casefold() in AFWEZIG_WOORDEN


def is_empty_list(waarden: Any) -> bool:
    """Whether a row (cells), or a record, has nothing in it at all."""
    if not isinstance(waarden, list | tuple):
        return is_empty(waarden)
    return not any(
        value is not None and value != "" and (not isinstance(value, str) or tekst(value))
        for value in waarden
    )


def rejected(code: str, melding: str) -> Cel:
    """A refusal."""
    return Cel(None, Opmerking(Ernst.AFGEKEURD, code, melding))


def warned(code: str, melding: str, waarde: Any = None) -> Cel:
    """A warning, with what is used after all (None: nothing)."""
    return Cel(waarde, Opmerking(Ernst.WAARSCHUWING, code, melding))


# --- Numbers, dates, postcodes -----------------------------------------------------------------------------


# Every reader below takes what tells of a text that it says there is nothing: a municipality has its own words.


# --- Codes -------------------------------------------------------------------------------------------------


def code_table(waardelijst: Waardelijst) -> dict[str, Any]:
    """Everything that stands for a code of this list: the code, its label, and ja and nee in all their spellings."""
    table: dict[str, Any] = {}
    for code, label in waardelijst.waarden.items():
        table.setdefault(woordsleutel(label), code)
        synonyms = _JA if label == "Ja" else _NEE if label == "Nee" else ()
        for synonym in synonyms:
            if not synonym.isdigit():
                table.setdefault(synonym, code)
    # A code wins from a label, and 1 from a spreadsheet may mean "01".
    for code in waardelijst.waarden:
        if isinstance(code, str) and code.isdigit():
            table[str(int(code))] = code
    for code in waardelijst.waarden:
        table[woordsleutel(str(code))] = code
    return table


# --- Ids and contact details -------------------------------------------------------------------------------


def cut_at_word(text: str, length: int) -> str:
    """The text, cut at the last whole word that fits."""
    if len(text) <= length:
        return text
    head = text[: length + 1].rpartition(" ")[0] or text[:length]
    return head.rstrip(" ,;(-/")
