"""Text that people type: what it may not contain, and what deserves a warning before everybody can see it.

A row with a BSN in such a text is refused, always. A name, a phone number or an e-mail address in text of the
search profile is told: who searches sees that text before anybody decided to share contact details.
"""

import re
from collections.abc import Callable
from typing import Any

from exchange.standard import Profiel, Soort, Veld, is_bsn, velden
from uploads.mapping.cells.text import alinea, is_absent
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Meld, Opmerking

_BSN = Opmerking(
    Ernst.AFGEKEURD,
    "bsn_in_tekst",
    "In deze tekst staat een getal dat een BSN kan zijn. Een BSN mag nergens in een profiel staan, dus dit gaat niet "
    "mee. Haal het getal weg uit de tekst in uw eigen systeem en lever opnieuw aan.",
)
_ZICHTBAAR = "Iedereen die zoekt, ziet deze tekst. Haal dit weg in uw eigen systeem."
_NAAM = Opmerking(
    Ernst.WAARSCHUWING,
    "naam_in_tekst",
    f"In deze tekst staat waarschijnlijk de naam van een persoon. {_ZICHTBAAR}",
)
_CONTACT = Opmerking(
    Ernst.WAARSCHUWING,
    "contact_in_tekst",
    f"In deze tekst staat een telefoonnummer of e-mailadres. {_ZICHTBAAR}",
)
_NAAM_EN_CONTACT = Opmerking(
    Ernst.WAARSCHUWING,
    "naam_en_contact_in_tekst",
    "In deze tekst staan waarschijnlijk de naam van een persoon en een telefoonnummer of e-mailadres. "
    f"{_ZICHTBAAR}",
)

# No text of the standard is longer than 2000; one that is much longer is refused for that, unread.
_LONGEST = 20_000


# --- One spelling of digits, spaces and dashes --------------------------------------------------------------

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DASH = re.compile("[\u2010-\u2015\u2212]")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_BLANKS = re.compile(r"[^\S\n]+")
_DIGIT = re.compile(r"\d")


def _plain(text: str) -> str:
    if not text.isascii():
        text = _DASH.sub("-", _INVISIBLE.sub("", text))
        text = _OTHER_DIGIT.sub(lambda match: str(int(match[0])), text)
    return _BLANKS.sub(" ", text)


# --- Phone numbers and e-mail addresses ---------------------------------------------------------------------

# What may stand between a label and its number: "KvK-nummer is: 12345678", "KvK onder nummer 12345678".
_LINK = r"[ :.=#(\-]*(?:(?:is|nummer|nr|no|onder|op|via|het)\b[ :.=#(\-]*){0,3}"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\.[a-zA-Z]{2,}")
_ABROAD = re.compile(
    r"(?<![0-9+])(?:(?:\+|00)31(?:[ .\-/()]{0,3}[0-9]){9,10}|(?:\+|00)[1-9](?:[ .\-/()]{0,3}[0-9]){7,13})(?![0-9])"
)
_TEN_DIGITS = re.compile(r"(?<![0-9])0[1-9](?:[ .\-/()]{0,3}[0-9]){8}(?![0-9])")
# Without its zero a phone number looks like any number; then the word in front must say so.
_CALLED_PHONE = re.compile(
    rf"\b(?:tel|telefoon(?:nummer)?|mobiel(?:nummer)?|gsm|whatsapp|fax)\b{_LINK}"
    r"[1-9](?:[ .\-]?[0-9]){7,8}(?![0-9])",
    re.IGNORECASE,
)
_GROUP = re.compile(r"[0-9]+")


def _is_ten_digit_phone(match: re.Match[str]) -> bool:
    """Whether ten digits are cut as a phone number is: all in one, or an area code of two to four first."""
    first, *rest = (len(group) for group in _GROUP.findall(match[0]))
    return not rest or (first <= 4 and min(rest) >= 2)


def has_contact(text: str) -> bool:
    """Whether the text holds a phone number or an e-mail address."""
    if "@" in text and _EMAIL.search(text):
        return True
    if len(_DIGIT.findall(text)) < 8:
        return False
    plain = _DATE.sub("\n", _plain(text))
    return bool(
        _ABROAD.search(plain)
        or _CALLED_PHONE.search(plain)
        or any(map(_is_ten_digit_phone, _TEN_DIGITS.finditer(plain)))
    )


# --- BSNs ---------------------------------------------------------------------------------------------------

_SAYS_BSN = re.compile(
    r"(?:bsn|burger ?service|sofi)(?:(?!k\.?v\.?k)[^0-9]){0,30}([0-9](?:[ .\-]?[0-9]){7,8})(?![0-9])",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<![0-9])(?:"
    r"(?:0?[1-9]|[12][0-9]|3[01])([ ./\-]?)(?:0?[1-9]|1[0-2])\1(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}([ ./\-]?)(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12][0-9]|3[01])"
    r")(?![0-9])"
)
# Numbers of which the text itself says that they are something else. A btw number is not among them: until 2020
# that of a one-man business was somebody's BSN.
_SOMETHING_ELSE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:https?://|www\.)\S+",
        _DATE.pattern,
        r"\b[A-Z]{2}[0-9]{2} ?[A-Z]{4} ?(?:[0-9] ?){9,13}[0-9](?![0-9])",  # IBAN
        rf"\b(?:k\.?v\.?k\b|kamer van koophandel|handelsregister)\.?{_LINK}[0-9](?:[ .]?[0-9]){{7}}(?![0-9])",
        rf"\b(?:rsin|vacature(?:nummer|nr|code)|isbn)\b{_LINK}[0-9](?:[ .\-]?[0-9]){{7,8}}(?![0-9])",
        r"(?:€|\beuro?\b) ?[0-9]+(?:\.[0-9]{3})*(?![0-9])",
        r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{3})+(?=(?:,-|,[0-9]{2})? ?(?:euro?\b|€|miljoen\b))",
        _CALLED_PHONE.pattern,
        _ABROAD.pattern,
    )
)
# Every BSN is one of these; a text without them needs no further reading.
_STRETCH = re.compile(r"[0-9](?:[ .\-]?[0-9]){7}")
_SOLID = re.compile(r"(?<![0-9])[0-9]{8,9}(?![0-9])")
# At every group of digits: that group and those that follow it, all with the same character between them.
_GROUPS = re.compile(r"(?<![0-9])(?=([0-9]{1,4}([ .\-])[0-9]{1,4}(?:\2[0-9]{1,4}){1,7})(?![0-9])(?!\2[0-9]))")
# How people cut a BSN: 123 456 782, 1234.56.782, 12 34 56 782, or with eight digits 12 345 672. Eight digits in two
# or four equal parts are rather two years, two salaries or a row of hours.
_CUTS = frozenset(
    {(3, 3, 3), (4, 2, 3), (2, 3, 3), (2, 2, 2, 3), (3, 2, 2, 2), (2, 2, 2, 2, 1), (1, 2, 2, 2, 2), (1,) * 9}
)


def has_bsn(text: str) -> bool:
    """Whether the text holds a number that can be a BSN, and that nothing in the text says is something else."""
    if len(_DIGIT.findall(text)) < 8:
        return False
    plain = _plain(text)
    if not _STRETCH.search(plain):
        return False
    if any(is_bsn(match[1].replace("-", "")) for match in _SAYS_BSN.finditer(plain)):
        return True
    for pattern in _SOMETHING_ELSE:
        plain = pattern.sub("\n", plain)
    plain = _TEN_DIGITS.sub(lambda match: "\n" if _is_ten_digit_phone(match) else match[0], plain)
    return any(is_bsn(match[0]) for match in _SOLID.finditer(plain)) or any(
        _is_cut_bsn(match) for match in _GROUPS.finditer(plain)
    )


def _is_cut_bsn(match: re.Match[str]) -> bool:
    number, separator = match[1], match[2]
    groups = number.split(separator)
    before = match.string[max(0, match.start() - 2) : match.start()]
    if tuple(map(len, groups)) not in _CUTS or (before[1:] == separator and before[0].isdigit()):
        return False
    # Round millions are an amount.
    return is_bsn("".join(groups)) and groups[-2:] != ["000", "000"]


# --- Names --------------------------------------------------------------------------------------------------

# MR and MW in capitals are a council and a megawatt; "De Heer" is a surname.
_NAME = re.compile(
    r"(?<!\w)(?:(?i:dhr|mevr|drs|mej)\.?|(?i:mr|mw)\.|[Mm][rw]|(?i:meneer|mijnheer|mevrouw)|(?i:de) heer)"
    # Ahead only, so that in "mr. drs. Jansen" the second title is looked at too.
    r"(?=[^\S\n]{1,3}"
    r"(?:(?:van|von|de|der|den|ten|ter|te|het|'t|’t|in|op|aan|uit|el|al|la|le|du|di|da|dos|ben|bin)[^\S\n]){0,3}"
    r"(?!(?i:of|en|die|wie|is|was)\b)"
    r"([^\W\d_])(?:[^\W\d_]|\.))"
)


def has_name(text: str) -> bool:
    """Whether the text holds a salutation or title with a name behind it."""
    return any(match[1].isupper() for match in _NAME.finditer(text))


# --- A word that ought to be in a list ----------------------------------------------------------------------

# An address, six digits in a row (a number, a phone, a date), or a postcode.
_NOT_A_WORD = re.compile(
    r"@|(?:[0-9][ .\-]?){6}|(?<![0-9])[1-9][0-9]{3}(?:[A-Za-z]{2}| [A-Z]{2})(?![A-Za-z])"
)
# Such words are kept without capitals, so there a salutation alone tells of a name.
_SALUTATION = re.compile(r"\b(?:dhr|mevr|meneer|mijnheer|mevrouw|de heer)\b\.? ?\w", re.IGNORECASE)


def looks_personal(text: str) -> bool:
    """Whether what ought to be a word of a value list, such as an occupation, rather tells of somebody."""
    plain = _plain(text)
    return bool(_NOT_A_WORD.search(plain) or _SALUTATION.search(plain)) or has_name(plain)


# --- What that means for a text -----------------------------------------------------------------------------


def _remark(text: str, leaf: Veld) -> Opmerking | None:
    """What there is to say about the free text of this attribute; never with a word of the text itself."""
    if len(text) > _LONGEST:
        return None
    if has_bsn(text):
        return _BSN
    if leaf.profiel is not Profiel.ZOEK:
        return None
    name, contact = has_name(text), has_contact(text)
    if name and contact:
        return _NAAM_EN_CONTACT
    return _NAAM if name else _CONTACT if contact else None


def text_reader(leaf: Veld, absent: Callable[[str], bool] = is_absent) -> Lees:
    """Reads a text column; free text is looked through. `absent` tells of a text whether it says that there is none."""

    def read(value: object) -> Cel:
        text = alinea(value)
        if absent(text):
            return AFWEZIG
        if not leaf.vrije_tekst:
            return Cel(text)
        remark = _remark(text, leaf)
        return Cel(None, remark) if remark is _BSN else Cel(text, remark)

    return read


_FREE = {
    soort: [(leaf.pad.split("."), leaf) for leaf in velden(soort) if leaf.vrije_tekst] for soort in Soort
}


def look_through(soort: Soort, record: dict[str, Any], meld: Meld) -> bool:
    """Do the same to the free texts of a record that is already in the standard. False when one refuses it."""
    good = True
    for steps, leaf in _FREE[soort]:
        good = _look(record, steps, leaf, meld) and good
    return good


def _look(group: Any, steps: list[str], leaf: Veld, meld: Meld) -> bool:
    if not isinstance(group, dict):
        return True
    inner = group.get(steps[0].removesuffix("[]"))
    if len(steps) > 1:
        elements = inner if isinstance(inner, list) else [inner]
        # Not `all` of a generator: every element gets its remark, also after one that was refused.
        return False not in [_look(element, steps[1:], leaf, meld) for element in elements]
    remark = _remark(inner, leaf) if isinstance(inner, str) else None
    if remark is not None:
        meld(leaf.pad, remark)
    return remark is not _BSN
