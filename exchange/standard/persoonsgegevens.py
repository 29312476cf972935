"""Recognises personal data in a text that somebody typed: a BSN, a phone number, an e-mail address, a name.

Each function raises a suspicion, which can be wrong both ways; who asks decides what it means. No word of the
text goes anywhere.
"""

import re

from exchange.standard.identifiers import is_bsn

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

# These words may stand between a label and its number: "KvK-nummer is: 12345678",
# "KvK onder nummer 12345678".
_LINK = r"[ :.=#(\-]*(?:(?:is|nummer|nr|no|onder|op|via|het)\b[ :.=#(\-]*){0,3}"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\.[a-zA-Z]{2,}")
_ABROAD = re.compile(
    r"(?<![0-9+])(?:(?:\+|00)31(?:[ .\-/()]{0,3}[0-9]){9,10}|(?:\+|00)[1-9](?:[ .\-/()]{0,3}[0-9]){7,13})(?![0-9])"
)
_TEN_DIGITS = re.compile(r"(?<![0-9])0[1-9](?:[ .\-/()]{0,3}[0-9]){8}(?![0-9])")
# Without its first zero a phone number looks like any other number; then the word before it must tell.
_CALLED_PHONE = re.compile(
    rf"\b(?:tel|telefoon(?:nummer)?|mobiel(?:nummer)?|gsm|whatsapp|fax)\b{_LINK}"
    r"[1-9](?:[ .\-]?[0-9]){7,8}(?![0-9])",
    re.IGNORECASE,
)
_GROUP = re.compile(r"[0-9]+")


def _is_ten_digit_phone(match: re.Match[str]) -> bool:
    """Tells whether ten digits are grouped like a phone number.

    That is in one group, or with an area code of two to four digits first.
    """
    first, *rest = (len(group) for group in _GROUP.findall(match[0]))
    return not rest or (first <= 4 and min(rest) >= 2)


def has_contact(text: str) -> bool:
    """Tells whether the text holds a phone number or an e-mail address."""
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
# Numbers that the text itself calls something else. A btw number is not among them: until 2020 the btw number
# of a one-man business was the BSN of its owner.
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
# Every BSN matches this pattern; a text without a match needs no further reading.
_STRETCH = re.compile(r"[0-9](?:[ .\-]?[0-9]){7}")
_SOLID = re.compile(r"(?<![0-9])[0-9]{8,9}(?![0-9])")
# Matches at each group of digits: that group and the groups after it, all with the
# same character between them.
_GROUPS = re.compile(r"(?<![0-9])(?=([0-9]{1,4}([ .\-])[0-9]{1,4}(?:\2[0-9]{1,4}){1,7})(?![0-9])(?!\2[0-9]))")
# The ways in which people group the digits of a BSN: 123 456 782, 1234.56.782, 12 34 56 782, or
# with eight digits 12 345 672. Eight digits in two or four equal parts are more likely two years,
# two salaries or a row of hours.
_CUTS = frozenset(
    {(3, 3, 3), (4, 2, 3), (2, 3, 3), (2, 2, 2, 3), (3, 2, 2, 2), (2, 2, 2, 2, 1), (1, 2, 2, 2, 2), (1,) * 9}
)


def has_bsn(text: str) -> bool:
    """Tells whether the text holds a number that can be a BSN.

    A number that the text itself calls something else does not count.
    """
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
    # This part only looks ahead, so that the second title in "mr. drs. Jansen" is examined too.
    r"(?=[^\S\n]{1,3}"
    r"(?:(?:van|von|de|der|den|ten|ter|te|het|'t|’t|in|op|aan|uit|el|al|la|le|du|di|da|dos|ben|bin)[^\S\n]){0,3}"
    r"(?!(?i:of|en|die|wie|is|was)\b)"
    r"([^\W\d_])(?:[^\W\d_]|\.))"
)


def has_name(text: str) -> bool:
    """Tells whether the text holds a salutation or title with a name after it."""
    return any(match[1].isupper() for match in _NAME.finditer(text))


# --- A word that ought to be in a list ----------------------------------------------------------------------

# An address, six digits in a row (a number, a phone, a date), or a postcode.
_NOT_A_WORD = re.compile(
    r"@|(?:[0-9][ .\-]?){6}|(?<![0-9])[1-9][0-9]{3}(?:[A-Za-z]{2}| [A-Z]{2})(?![A-Za-z])"
)
# Words are kept without capitals, so in a word the salutation alone points to a name.
_SALUTATION = re.compile(r"\b(?:dhr|mevr|meneer|mijnheer|mevrouw|de heer)\b\.? ?\w", re.IGNORECASE)


def looks_personal(text: str) -> bool:
    """Tells whether a value that should be a word of a list looks like personal data.

    Such a word is the name of an occupation, for example.
    """
    plain = _plain(text)
    return bool(_NOT_A_WORD.search(plain) or _SALUTATION.search(plain)) or has_name(plain)
