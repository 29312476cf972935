"""Reads postcodes, BSNs, ids, e-mail addresses and phone numbers."""

import re
from typing import Any

from exchange.standard import is_bsn
from uploads.mapping.cells.text import IsAfwezig, is_absent, rejected, tekst, warned
from uploads.mapping.cells.verminkt import as_read, unquoted, why_maimed
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Opmerking

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


_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_BETWEEN_EMAILS = re.compile(r"[,; ]+")
# "Naam <a@b.nl>": an address between brackets, with whatever name before it.
_NAMED_EMAIL = re.compile(r"[^<>;@]*<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>", re.IGNORECASE)


_EMAIL_FAULT = warned(
    "email_onbruikbaar",
    "Dit is geen e-mailadres en is weggelaten. Vul één adres in, zoals naam@voorbeeld.nl.",
)


def email_reader(afwezig: IsAfwezig = is_absent) -> Lees:
    """Gives a reader of one or more e-mail addresses in a cell, each with or without a name before it."""

    def read(value: object) -> Cel:
        value = unquoted(value)
        text = tekst(value)
        if afwezig(text):
            return AFWEZIG
        if maimed := why_maimed(value):
            return warned("cel_verminkt", f"{maimed} {_LEFT_OUT}")
        if "<" in text:
            text = _NAMED_EMAIL.sub(r"\1 ", text)
        parts = [part.removeprefix("mailto:").rstrip(".") for part in _BETWEEN_EMAILS.split(text) if part]
        good = [part for part in parts if len(part) <= 320 and _EMAIL.fullmatch(part)]
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
# A number among words: "06-12345678 (mobiel)", "Thuis: 010 1234567".
_NUMBER_AMONG_WORDS = re.compile(r"(?:\+|00)?[0-9][0-9 ().\-]{6,18}[0-9]")


def _with_first_zero(number: str) -> str:
    """Gives a Dutch number with the first zero that a spreadsheet dropped: none has nine digits and no zero."""
    return f"0{number}" if len(number) == 9 and number.isdigit() and number[0] != "0" else number


def phone_reader(afwezig: IsAfwezig = is_absent) -> Lees:
    """Gives a reader of one or more phone numbers in a cell.

    It puts back the first zero that a spreadsheet dropped.
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
            if len(number) > _LONGEST_PHONE:
                number = _LAYOUT_OF_PHONE.sub("", number)
            if is_number:
                number = _with_first_zero(number)
            if len(number) <= _LONGEST_PHONE and sum(map(str.isdigit, number)) >= 3:
                found.append(number)
            else:
                fault = _PHONE_FAULT.opmerking
        return Cel(found or None, fault)

    return read
