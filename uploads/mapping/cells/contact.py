"""Reads postcodes, BSNs, ids, e-mail addresses and phone numbers."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from exchange.standard import is_bsn
from uploads.mapping.cells.text import IsAfwezig, alinea, is_absent, rejected, tekst, warned
from uploads.mapping.cells.verminkt import as_read, unquoted, why_maimed
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Opmerking
from uploads.mapping.words import ALLEMAAL, DERDEN, split_words

_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")


def normal_postcode(value: object) -> str:
    """Gives a postcode as the standard writes it, possible or not: `1234 ab` gives `1234AB`."""
    return tekst(value).replace(" ", "").upper()


def can_be_postcode(text: str) -> bool:
    """Tells whether a normalised postcode is four digits, not starting with 0, and two letters."""
    return _POSTCODE.fullmatch(text) is not None


POSTCODE_ONVINDBAAR = Opmerking(
    Ernst.AFGEKEURD,
    "postcode_onvindbaar",
    "Deze postcode is niet te vinden op de kaart, dus er is geen afstand te bepalen. Controleer de postcode.",
)


def read_postcode(ligt_ergens: Any, afwezig: IsAfwezig = is_absent) -> Lees:
    """Gives a reader of postcodes. A postcode that cannot exist, or that is not on the map, is refused."""

    def read(value: object) -> Cel:
        value = unquoted(value)
        text = tekst(value)
        if afwezig(text):
            return AFWEZIG
        if maimed := why_maimed(value):
            return rejected("cel_verminkt", maimed)
        code = normal_postcode(value)
        if not can_be_postcode(code):
            return rejected(
                "postcode_onmogelijk",
                "Dit is geen Nederlandse postcode. Vul vier cijfers en twee letters in, zoals 1234AB.",
            )
        return Cel(code) if ligt_ergens(code) else Cel(None, POSTCODE_ONVINDBAAR)

    return read


def bsn_of(value: object, afwezig: IsAfwezig = is_absent) -> str:
    """Gives a cell with a BSN as nine digits, or as its text when it is no number; '' when absent.

    Spreadsheets drop the zeros at the start of a number; these are put back.
    """
    text = tekst(as_read(unquoted(value)))
    if afwezig(text):
        return ""
    digits = re.sub(r"[ .\-]", "", text)
    return digits.zfill(9) if digits.isdigit() and 7 <= len(digits) <= 9 else text


def safe_id(text: str, pseudoniem: Any) -> str:
    """Gives an id as it may be published: unchanged, or the keyed pseudonym when it is a BSN."""
    return pseudoniem(bsn_of(text)) if is_bsn(text) or is_bsn(text.replace("-", "")) else text


# --- Whose it is --------------------------------------------------------------------------------------------


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))


_ENDS = [word[1:] for word in split_words(DERDEN) if word[0] == "-"]
_DERDEN = re.compile(
    rf"(?<!\w)(?:{_any_of(word for word in split_words(DERDEN) if word[0] != '-')}|\w*(?:{_any_of(_ENDS)}))"
    r"(?:['’]?s|t?jes?|es)?(?!\w)",
    re.IGNORECASE,
)


def names_another(text: str) -> bool:
    """Tells whether a text has a word for somebody else than the person whom the row is about."""
    return _DERDEN.search(text) is not None


_ALLEMAAL = re.compile(rf"\b(?:{_any_of(split_words(ALLEMAAL))})\b", re.IGNORECASE)
# What ends a piece of a cell: between two of these, words and numbers stand together.
_BETWEEN = re.compile(r"[,;/|\n)\]]| of | en ")
# "P. Arts", "J. de Vriend": behind initials stands a surname. "T.n.v." is no initial.
_NAME = re.compile(
    r"(?<![A-Za-z.])(?!T\.?\s?N\.?\s?V)(?:[A-Z]\.\s?){1,4}(?:(?:de|den|der|van|ter|ten)\s){0,3}[A-Z]\w+"
)


def _of_others(text: str, found: Sequence[re.Match[str]]) -> set[int]:
    """Gives the places in `found`, numbers or addresses in this text, of those that stand with a word of DERDEN.

    All of them do when it is not certain with which one the word stands: a number too few is better than somebody
    else's.
    """
    ends = [0, *(one.end() for one in found)]
    starts = [*(one.start() for one in found), len(text)]
    gaps = [_NAME.sub(" ", text[end:start]) for end, start in zip(ends, starts, strict=True)]
    everything = set(range(len(found)))
    if any(map(_ALLEMAAL.search, gaps)):
        return everything
    others: set[int] = set()
    named, here = False, set[int]()
    for number, gap in enumerate(gaps):
        first, *rest = _BETWEEN.split(gap)
        named = named or _DERDEN.search(first) is not None
        for piece in rest:
            if named and not here:
                return everything
            others |= here if named else set()
            named, here = _DERDEN.search(piece) is not None, set()
        if number < len(found):
            here.add(number)
    if named and not here:
        return everything
    return others | (here if named else set())


_ADVICE = (
    "Bij dit {} staat iemand anders, zoals familie, begeleiding of een werkgever. Het is weggelaten: hier hoort alleen "
    "wat van de persoon zelf is. Is het toch van de persoon zelf, haal dan weg wat erbij staat."
)
_EMAIL_OF_OTHER = Opmerking(Ernst.WAARSCHUWING, "email_van_ander", _ADVICE.format("e-mailadres"))
_PHONE_OF_OTHER = Opmerking(Ernst.WAARSCHUWING, "telefoon_van_ander", _ADVICE.format("telefoonnummer"))


# --- E-mail addresses and phone numbers ---------------------------------------------------------------------

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
# An address without anything around it, and one among words.
_PLAIN_EMAIL = re.compile(r"[\w.+%\-]+@[\w\-]+(?:\.[\w\-]+)*\.\w+")
_ADDRESS = re.compile(r"[^@\s,;:<>\"()\[\]]{1,64}@[^@\s,;:<>\"()\[\]]{1,250}\.[^@\s,;:.<>\"()\[\]]+")
_LONGEST_EMAIL = 320
_BETWEEN_EMAILS = re.compile(r"[,; ]+")
# "Naam <a@b.nl>": an address between brackets, with whatever name before it.
_NAMED_EMAIL = re.compile(r"[^<>;@]*<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>", re.IGNORECASE)


_EMAIL_FAULT = warned(
    "email_onbruikbaar",
    "Dit is geen e-mailadres en is weggelaten. Vul één adres in, zoals naam@voorbeeld.nl.",
)


def email_reader(afwezig: IsAfwezig = is_absent, *, eigen: bool = False) -> Lees:
    """Gives a reader of one or more e-mail addresses in a cell, each with or without a name before it.

    With `eigen` the column holds the address of the person whom the row is about, and somebody else's is left out.
    """

    def read(value: object) -> Cel:
        value = unquoted(value)
        text = tekst(value)
        if afwezig(text):
            return AFWEZIG
        if _PLAIN_EMAIL.fullmatch(text) and len(text) <= _LONGEST_EMAIL:
            # Nearly every cell ends here.
            return Cel([text])
        if maimed := why_maimed(value):
            return warned("cel_verminkt", f"{maimed} {_LEFT_OUT}")
        if eigen and _DERDEN.search(text):
            whole = _whole(value, text)
            addresses = list(_ADDRESS.finditer(whole))
            if others := _of_others(whole, addresses):
                own = [one[0] for place, one in enumerate(addresses) if place not in others]
                return Cel([one for one in own if len(one) <= _LONGEST_EMAIL] or None, _EMAIL_OF_OTHER)
        if "<" in text:
            text = _NAMED_EMAIL.sub(r"\1 ", text)
        parts = [part.removeprefix("mailto:").rstrip(".") for part in _BETWEEN_EMAILS.split(text) if part]
        good = [part for part in parts if len(part) <= _LONGEST_EMAIL and _EMAIL.fullmatch(part)]
        return Cel(good or None, None if len(good) == len(parts) else _EMAIL_FAULT.opmerking)

    return read


_LEFT_OUT = "Dit gegeven is weggelaten."
_PHONE_FAULT = warned(
    "telefoon_onbruikbaar",
    "Dit is geen telefoonnummer van ten hoogste 14 tekens en is weggelaten. "
    "Vul alleen het nummer in, zoals 0101234567.",
)
_BETWEEN_PHONES = re.compile(r"[,;/|]| of | en ")
_LAYOUT_OF_PHONE = re.compile(r"\(0\)|[\s().\-]")
_LONGEST_PHONE = 14
# A number among words where each must be told from the next: one of the Netherlands, or any other.
_ONE_PHONE = re.compile(
    # A date is no number.
    r"(?![0-3]?[0-9]-[01]?[0-9]-(?:19|20)[0-9]{2}(?![0-9]))"
    r"(?:(?:(?:\+|\b00)31[ ().\-]{0,3}0?|(?<!\d)0)(?:[ ().\-]{0,3}[0-9]){9}(?![0-9])"
    r"|\+?[0-9](?:[ ().\-]{0,3}[0-9]){6,14})"
)
# A number among words: "06-12345678 (mobiel)", "Thuis: 010 1234567".
_NUMBER_AMONG_WORDS = re.compile(r"(?:\+|00)?[0-9][0-9 ().\-]{6,18}[0-9]")


def _with_first_zero(number: str) -> str:
    """Gives a Dutch number with the first zero that a spreadsheet dropped: none has nine digits and no zero."""
    return f"0{number}" if len(number) == 9 and number.isdigit() and number[0] != "0" else number


def _whole(value: object, text: str) -> str:
    """Gives a cell with its line ends; `text` is the cell on one line."""
    return alinea(value) if isinstance(value, str) and "\n" in value else text


def _own_phones(text: str) -> Cel | None:
    """Gives the numbers in a text that do not stand with a word of DERDEN; None when none does."""
    numbers = list(_ONE_PHONE.finditer(text))
    others = _of_others(text, numbers)
    if numbers and not others:
        return None
    own = [_compact(one[0]) for place, one in enumerate(numbers) if place not in others]
    fits = [one for one in own if len(one) <= _LONGEST_PHONE]
    return Cel(fits or None, _PHONE_OF_OTHER if others else _PHONE_FAULT.opmerking)


def _compact(number: str) -> str:
    """Gives a number without its layout when it is too long with it, or has one half of a pair of brackets."""
    crooked = number.count("(") != number.count(")")
    return _LAYOUT_OF_PHONE.sub("", number) if crooked or len(number) > _LONGEST_PHONE else number


def phone_reader(afwezig: IsAfwezig = is_absent, *, eigen: bool = False) -> Lees:
    """Gives a reader of one or more phone numbers in a cell.

    It puts back the first zero that a spreadsheet dropped. With `eigen` the column holds the number of the person whom
    the row is about, and somebody else's is left out.
    """

    def read(value: object) -> Cel:
        plain = as_read(unquoted(value))
        text = tekst(plain)
        if afwezig(text):
            return AFWEZIG
        if maimed := why_maimed(plain):
            return warned("cel_verminkt", f"{maimed} {_LEFT_OUT}")
        if plain is value and isinstance(value, str) and text.isdigit() and 3 <= len(text) <= _LONGEST_PHONE:
            return Cel([_with_first_zero(text)])
        if eigen and text.upper() != text.lower() and _DERDEN.search(text):
            own = _own_phones(_whole(plain, text))
            if own is not None:
                return own
        # With .0 behind it, a text is a number that a program wrote down.
        is_number = not isinstance(value, str) or text != tekst(unquoted(value))
        found: list[str] = []
        fault = None
        for part in _BETWEEN_PHONES.split(text):
            number = part.strip()
            if not number:
                continue
            among = _NUMBER_AMONG_WORDS.search(number) if any(map(str.isalpha, number)) else None
            if among is not None:
                number = among[0]
            number = _compact(number)
            if is_number:
                number = _with_first_zero(number)
            if len(number) <= _LONGEST_PHONE and sum(map(str.isdigit, number)) >= 3:
                found.append(number)
            else:
                fault = _PHONE_FAULT.opmerking
        return Cel(found or None, fault)

    return read
