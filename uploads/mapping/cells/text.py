"""Reading single cells: what people and programs put in a spreadsheet, as values of the standard.

Every function is made once per column and called per cell. What cannot be understood becomes a remark, never
an exception, and the remark never repeats the cell.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from exchange.standard import Waardelijst, is_bsn, is_empty
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Opmerking

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
# A number without its sign, currency and unit: digits with at most one kind of separator between thousands.
_LONGEST_NUMBER = 40
_DIGITS = re.compile(r"[0-9]{1,15}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3}){0,3}")
_AMOUNT = re.compile(
    r"(?:€|eur|euro)? ?([+-]?) ?(?:€|eur|euro)? ?([0-9][0-9.,' ]*?)(?:,-+|\.-+)? ?(?:€|eur|euro)?(-?)"
)
_NIL_DAY = dt.date(1899, 12, 30)
# How many days later the first day is in a workbook that counts from 1904.
_LATER = 1462
# A bare number in a column of dates is a day between these (1950 and 2199), or Excel's last day; 2019 is a year.
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
_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")


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


def sleutel(value: object) -> str:
    """How values are compared: without case and surplus spaces."""
    return tekst(value).casefold()


def kopsleutel(kop: str) -> str:
    """How headers are compared: by their letters and digits only."""
    return _NOISE.sub("", tekst(kop).casefold())


def is_afwezig(text: str) -> bool:
    """Whether a cleaned text says that there is nothing: empty, NNB, n.v.t., ??, an error of the spreadsheet."""
    return text.casefold() in AFWEZIG_WOORDEN


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


def number_of(value: object) -> float | int | None:
    """The number in a cell, or None: 24, `24,0`, `1.234,5`, `1,234.5`, `1 234`, `€ 12,-`, `12-`; `25%` is 0.25.

    One point with three digits behind it stands between thousands, as in Dutch: `1.234` is 1234, and `1,234` is not.
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
    # What comes last and only once, stands before the decimals.
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
    """The whole number in a cell, or None."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        return None
    number = number_of(value)
    return int(number) if number is not None and number == int(number) else None


def date_of(value: object, epoch_1904: bool = False) -> dt.date | None:
    """The date in a cell, or None: a date, a serial number of a spreadsheet, 31-12-2025, 2025-12-31, 31 dec 2025.

    Two digits of a year are of 1950 to 2049, and stand behind the month. `epoch_1904`: serial numbers count from then.
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
    # A date without separators, of which the spreadsheet dropped a zero in front.
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
    """The day in the Netherlands at a moment with its zone: midnight here is 22 or 23 hours the day before there."""
    try:
        return dt.datetime.fromisoformat(text.upper()).astimezone(_NEDERLAND).date()
    except (ValueError, OverflowError):
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


# Every reader below takes what tells of a text that it says there is nothing: a municipality has its own words.


def read_postcode(ligt_ergens: Any, afwezig: IsAfwezig = is_afwezig) -> Lees:
    """Reads a postcode; refuses one that cannot be, or that no distance can be measured from."""

    def read(value: object) -> Cel:
        text = tekst(value)
        if afwezig(text):
            return AFWEZIG
        code = normal_postcode(value)
        if not can_be_postcode(code):
            return afgekeurd(
                "postcode_onmogelijk",
                "Dit is geen Nederlandse postcode. Vul vier cijfers en twee letters in, zoals 1234AB.",
            )
        return Cel(code) if ligt_ergens(code) else Cel(None, POSTCODE_ONVINDBAAR)

    return read


_AFGEROND = Opmerking(
    Ernst.WAARSCHUWING,
    "getal_afgerond",
    "Hier hoort een heel getal te staan. Het getal is afgerond. Klopt dat niet, vul dan zelf een heel getal in.",
)


def read_number(minimum: int, maximum: int, eenheid: str = "", afwezig: IsAfwezig = is_afwezig) -> Lees:
    """Reads a whole number between bounds; the unit may stand behind it. A fraction is rounded, with a warning."""
    unit = re.compile(rf"\s*(?:{eenheid})\.?$", re.IGNORECASE) if eenheid else None
    fault = afgekeurd(
        "getal_onmogelijk",
        f"Hier hoort een heel getal te staan van {minimum} tot en met {maximum}. Pas de waarde aan.",
    )

    def read(value: object) -> Cel:
        text = tekst(value)
        if afwezig(text):
            return AFWEZIG
        number = number_of(unit.sub("", text) if unit and isinstance(value, str) else value)
        if number is None or not minimum <= number <= maximum or text.endswith("%"):
            return fault
        whole = int(number + 0.5)
        return Cel(whole) if whole == number else Cel(whole, _AFGEROND)

    return read


def date_reader(epoch_1904: bool = False, afwezig: IsAfwezig = is_afwezig) -> Lees:
    """Reads a date and writes it as the standard does. `epoch_1904`: as `Bestand.epoch_1904`."""
    fault = afgekeurd(
        "datum_onmogelijk",
        "Dit is geen bestaande datum. Schrijf de datum als dag-maand-jaar, zoals 31-12-2025.",
    )

    def read(value: object) -> Cel:
        if afwezig(tekst(value)):
            return AFWEZIG
        day = date_of(value, epoch_1904)
        return Cel(day.isoformat()) if day is not None and 1000 <= day.year <= 9999 else fault

    return read


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


# --- Ids and contact details -------------------------------------------------------------------------------


def bsn_of(value: object, afwezig: IsAfwezig = is_afwezig) -> str:
    """A BSN cell as nine digits (a spreadsheet drops leading zeros), or as the text it is; empty when absent."""
    text = tekst(value)
    if afwezig(text):
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


def email_reader(afwezig: IsAfwezig = is_afwezig) -> Lees:
    """Reads one or more e-mail addresses."""

    def read(value: object) -> Cel:
        text = tekst(value)
        if afwezig(text):
            return AFWEZIG
        parts = [part for part in re.split(r"[,; ]+", text.removeprefix("mailto:")) if part]
        good = [part for part in parts if len(part) <= 320 and _EMAIL.fullmatch(part)]
        return Cel(good or None, None if len(good) == len(parts) else _EMAIL_FAULT.opmerking)

    return read


_PHONE_FAULT = waarschuwing(
    "telefoon_onbruikbaar",
    "Dit is geen telefoonnummer van ten hoogste 14 tekens en is weggelaten. "
    "Vul alleen het nummer in, zoals 0101234567.",
)


def phone_reader(afwezig: IsAfwezig = is_afwezig) -> Lees:
    """Reads one or more phone numbers; a number that lost its leading zero to the spreadsheet gets it back."""

    def read(value: object) -> Cel:
        text = tekst(value)
        if afwezig(text):
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

    return read


def cut_at_word(text: str, length: int) -> str:
    """The text, cut at the last whole word that fits."""
    if len(text) <= length:
        return text
    head = text[: length + 1].rpartition(" ")[0] or text[:length]
    return head.rstrip(" ,;(-/")
