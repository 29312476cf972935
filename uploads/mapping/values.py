"""Reading single cells: what people and programs put in a spreadsheet, as values of the standard.

Every function is made once per column and called per cell. What cannot be understood becomes a remark, never
an exception, and the remark never repeats the cell.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from exchange.standard import Waardelijst, is_bsn, is_empty
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Opmerking

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\0"), None)
_SPACES = re.compile(r"\s+")
_NOISE = re.compile(r"[\W_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_AFWEZIG = frozenset(
    {
        "", "-", "--", "---", "–", "—", ".", "?", "??", "???", "nnb", "n.n.b.", "n.n.b", "onbekend", "niet bekend",
        "nog niet bekend", "n.v.t.", "n.v.t", "nvt", "nvt.", "niet van toepassing", "leeg", "(leeg)", "null", "n/a",
        "#n/a", "#n/b", "#na", "#ref!", "#verw!", "#value!", "#waarde!", "#name?", "#naam?", "#div/0!", "#deel/0!",
        "#null!", "#leeg!", "#num!", "#getal!",
    }
)  # fmt: skip
_JA = frozenset({"ja", "j", "true", "waar", "1"})
_NEE = frozenset({"nee", "n", "neen", "false", "onwaar", "2"})
_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(?:[.,]0+)?")
_NIL_DAY = dt.date(1899, 12, 30)
_LAST_SERIAL = 2_958_465
_DMY = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
_YMD = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})")
_NAMED = re.compile(r"([0-9]{1,2})[- ]([a-z]{3,9})\.?[- ]([0-9]{4})")
_TIME = re.compile(r"[ t][0-9]{1,2}:[0-9]{2}.*")
_MONTHS = ("jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
_SEPARATORS = re.compile(r"[,;|\n]")


# --- Text ------------------------------------------------------------------------------------------------


def tekst(value: object) -> str:
    """A cell as one line of text, without what cannot be seen; whole numbers without `.0`."""
    if isinstance(value, str):
        text = value
        if not text.isascii():
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


def sleutel(text: str) -> str:
    """How values are compared: without case and surplus spaces."""
    return tekst(text).casefold()


def kopsleutel(kop: str) -> str:
    """How headers are compared: by their letters and digits only."""
    return _NOISE.sub("", tekst(kop).casefold())


def is_afwezig(text: str) -> bool:
    """Whether a cleaned text says that there is nothing: empty, NNB, n.v.t., ??, an error of the spreadsheet."""
    return text.casefold() in _AFWEZIG


def is_leeg(waarden: Any) -> bool:
    """Whether a row (cells), or a record, has nothing in it at all."""
    if not isinstance(waarden, list | tuple):
        return is_empty(waarden)
    return not any(
        value is not None and value != "" and (not isinstance(value, str) or tekst(value))
        for value in waarden
    )


def afgekeurd(code: str, melding: str) -> Cel:
    """A refusal."""
    return Cel(None, Opmerking(Ernst.AFGEKEURD, code, melding))


def waarschuwing(code: str, melding: str, waarde: Any = None) -> Cel:
    """A warning, with what is used after all (None: nothing)."""
    return Cel(waarde, Opmerking(Ernst.WAARSCHUWING, code, melding))


# --- Numbers, dates, postcodes -----------------------------------------------------------------------------


def whole_number(value: object) -> int | None:
    """The whole number in a cell, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        match = _WHOLE.fullmatch(tekst(value))
        return int(match[1]) if match else None
    return None


def date_of(value: object) -> dt.date | None:
    """The date in a cell: a date, an Excel serial number, 31-12-2025, 2025-12-31 or 31 december 2025; or None."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    number = (
        whole_number(value)
        if not isinstance(value, float)
        else (int(value) if 0 < value <= _LAST_SERIAL else None)
    )
    # Eight digits are a date written without separators, not a serial number.
    if number is not None and 0 < number <= _LAST_SERIAL:
        return _NIL_DAY + dt.timedelta(days=number)
    text = _TIME.sub("", tekst(value).casefold())
    try:
        if match := _DMY.fullmatch(text):
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
        if match := _YMD.fullmatch(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NAMED.fullmatch(text):
            month = "maa" if match[2] == "mrt" else match[2][:3]
            return dt.date(int(match[3]), _MONTHS.index(month) + 1, int(match[1]))
    except ValueError:
        return None
    return None


def normal_postcode(value: object) -> str:
    """A postcode as the standard writes it, whether or not it can exist: `1234 ab` gives `1234AB`."""
    return tekst(value).replace(" ", "").upper()


def can_be_postcode(text: str) -> bool:
    """Whether a normalised postcode is four digits, not beginning with 0, and two letters."""
    return _POSTCODE.fullmatch(text) is not None


POSTCODE_ONVINDBAAR = Opmerking(
    Ernst.AFGEKEURD,
    "postcode_onvindbaar",
    "Deze postcode is niet te vinden op de kaart, dus er is geen afstand te bepalen. Controleer de postcode.",
)


def read_postcode(ligt_ergens: Any) -> Lees:
    """Reads a postcode; refuses one that cannot be, or that no distance can be measured from."""

    def read(value: object) -> Cel:
        text = tekst(value)
        if is_afwezig(text):
            return AFWEZIG
        code = normal_postcode(value)
        if not can_be_postcode(code):
            return afgekeurd(
                "postcode_onmogelijk",
                "Dit is geen Nederlandse postcode. Vul vier cijfers en twee letters in, zoals 1234AB.",
            )
        return Cel(code) if ligt_ergens(code) else Cel(None, POSTCODE_ONVINDBAAR)

    return read


def read_number(minimum: int, maximum: int, eenheid: str = "") -> Lees:
    """Reads a whole number between bounds; the unit may stand behind it."""
    unit = re.compile(rf"\s*(?:{eenheid})\.?$", re.IGNORECASE) if eenheid else None
    fault = afgekeurd(
        "getal_onmogelijk",
        f"Hier hoort een heel getal te staan van {minimum} tot en met {maximum}. Pas de waarde aan.",
    )

    def read(value: object) -> Cel:
        text = tekst(value)
        if is_afwezig(text):
            return AFWEZIG
        number = whole_number(unit.sub("", text) if unit and isinstance(value, str) else value)
        return Cel(number) if number is not None and minimum <= number <= maximum else fault

    return read


def read_date(value: object) -> Cel:
    """Reads a date and writes it as the standard does."""
    if is_afwezig(tekst(value)):
        return AFWEZIG
    day = date_of(value)
    if day is None or not 1000 <= day.year <= 9999:
        return afgekeurd(
            "datum_onmogelijk",
            "Dit is geen bestaande datum. Schrijf de datum als dag-maand-jaar, zoals 31-12-2025.",
        )
    return Cel(day.isoformat())


# --- Codes -------------------------------------------------------------------------------------------------


def code_table(waardelijst: Waardelijst) -> dict[str, Any]:
    """Everything that stands for a code of this list: the code, its label, and ja and nee in all their spellings."""
    table: dict[str, Any] = {}
    for code, label in waardelijst.waarden.items():
        table.setdefault(sleutel(label), code)
        synonyms = _JA if label == "Ja" else _NEE if label == "Nee" else ()
        for synonym in synonyms:
            if not synonym.isdigit():
                table.setdefault(synonym, code)
    # A code wins from a label, and 1 from a spreadsheet may mean "01".
    for code in waardelijst.waarden:
        if isinstance(code, str) and code.isdigit():
            table[str(int(code))] = code
    for code in waardelijst.waarden:
        table[sleutel(str(code))] = code
    return table


def read_code(waardelijst: Waardelijst) -> Lees:
    """Reads a code of a list of the standard, written as the code or as its label."""
    table = code_table(waardelijst)
    names = ", ".join(str(code) for code in waardelijst.waarden)
    fault = afgekeurd(
        "code_onbekend",
        f"Deze waarde staat niet in de lijst {waardelijst.naam}. Gebruik een van deze codes: {names}.",
    )

    def read(value: object) -> Cel:
        text = tekst(value)
        code = table.get(text.casefold())
        if code is not None:
            return Cel(code)
        return AFWEZIG if is_afwezig(text) else fault

    return read


def read_listed(lijst: str, known: Mapping[str, str], melding: str, code: str) -> Lees:
    """Reads a value of a list that others keep, such as an occupation: its code, its label, or a mapped value.

    What is unknown is left out with a warning, and counted by value so that it can be mapped.
    """

    def read(value: object) -> Cel:
        text = tekst(value)
        if is_afwezig(text):
            return AFWEZIG
        found = known.get(text.casefold())
        if found is None and ("://" in text or text.casefold().startswith("urn:")):
            found = text
        if found is not None:
            return Cel(found)
        return Cel(None, Opmerking(Ernst.WAARSCHUWING, code, melding), (lijst, text))

    return read


def read_several(lees: Lees, separators: re.Pattern[str] = _SEPARATORS) -> Lees:
    """Reads a cell with several values in it, cut at commas and such; one wrong value speaks for the cell."""

    def read(value: object) -> Cel:
        if not isinstance(value, str):
            one = lees(value)
            return one if one.waarde is None else Cel([one.waarde], one.opmerking, one.onbekend)
        if is_afwezig(tekst(value)):
            return AFWEZIG
        values: list[Any] = []
        remark, unknown = None, None
        for part in separators.split(value):
            cel = lees(part) if tekst(part) else AFWEZIG
            if cel.waarde is not None and cel.waarde not in values:
                values.append(cel.waarde)
            if cel.opmerking is not None and (remark is None or cel.opmerking.ernst is Ernst.AFGEKEURD):
                remark = cel.opmerking
            unknown = unknown or cel.onbekend
        return Cel(values or None, remark, unknown)

    return read


# --- Ids and contact details -------------------------------------------------------------------------------


def bsn_of(value: object) -> str:
    """A BSN cell as nine digits (a spreadsheet drops leading zeros), or as the text it is; empty when absent."""
    text = tekst(value)
    if is_afwezig(text):
        return ""
    digits = re.sub(r"[ .\-]", "", text)
    return digits.zfill(9) if digits.isdigit() and 7 <= len(digits) <= 9 else text


def safe_id(text: str, pseudoniem: Any) -> str:
    """An id as it may be published: itself, unless it is a BSN; then the keyed pseudonym."""
    return pseudoniem(bsn_of(text)) if is_bsn(text) or is_bsn(text.replace("-", "")) else text


_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_EMAIL_FAULT = waarschuwing(
    "email_onbruikbaar",
    "Dit is geen e-mailadres en is weggelaten. Vul één adres in, zoals naam@voorbeeld.nl.",
)


def read_email(value: object) -> Cel:
    """Reads one or more e-mail addresses."""
    text = tekst(value)
    if is_afwezig(text):
        return AFWEZIG
    parts = [part for part in re.split(r"[,; ]+", text.removeprefix("mailto:")) if part]
    good = [part for part in parts if len(part) <= 320 and _EMAIL.fullmatch(part)]
    return Cel(good or None, None if len(good) == len(parts) else _EMAIL_FAULT.opmerking)


_PHONE_FAULT = waarschuwing(
    "telefoon_onbruikbaar",
    "Dit is geen telefoonnummer van ten hoogste 14 tekens en is weggelaten. "
    "Vul alleen het nummer in, zoals 0101234567.",
)


def read_phone(value: object) -> Cel:
    """Reads one or more phone numbers; a number that lost its leading zero to the spreadsheet gets it back."""
    text = tekst(value)
    if is_afwezig(text):
        return AFWEZIG
    found: list[str] = []
    fault = None
    for part in re.split(r"[,;/|]| of | en ", text):
        number = part.strip()
        if not number:
            continue
        if len(number) > 14:
            number = re.sub(r"\(0\)|[\s().\-]", "", number)
        if not isinstance(value, str) and number.isdigit() and len(number) == 9:
            number = f"0{number}"
        if len(number) <= 14 and sum(character.isdigit() for character in number) >= 3:
            found.append(number)
        else:
            fault = _PHONE_FAULT.opmerking
    return Cel(found or None, fault)


def cut_at_word(text: str, length: int) -> str:
    """The text, cut at the last whole word that fits."""
    if len(text) <= length:
        return text
    head = text[: length + 1].rpartition(" ")[0] or text[:length]
    return head.rstrip(" ,;(-/")
