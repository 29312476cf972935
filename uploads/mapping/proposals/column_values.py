"""Recognises the values of a column without its header: postcodes, dates, yes and no, long texts.

It works on a handful of sample values and is careful: a kind counts only when nearly all samples are of it.
It never keeps or repeats a value.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from exchange.standard import is_bsn
from exchange.standard.waardelijsten import (
    OPLEIDINGSNIVEAU,
    SOLLICITATIEWIJZE,
    SOORT_RIJBEWIJS,
    TAALBEHEERSING,
    TYPE_ARBEIDSCONTRACT,
    TYPE_OVEREENKOMST,
    VERVOERMIDDEL,
    WERK_EN_DENKNIVEAU,
)
from exchange.waardelijsten.talen import VEELGEVRAAGD
from uploads.mapping.cells.contact import bsn_of, can_be_postcode, normal_postcode
from uploads.mapping.cells.dates import Volgorde, date_of, order_of
from uploads.mapping.cells.text import is_absent, tekst
from uploads.mapping.cells.verminkt import as_read, why_maimed
from uploads.mapping.words import (
    GEEN,
    IN_OVERLEG,
    JA_WOORDEN,
    NEE_WOORDEN,
    PER_DIRECT,
    VAN_VELE_LIJSTEN,
    words_of_list,
)

_NEARLY_ALL: Final = 0.8
_LONG: Final = 80
_MAX_LOOKED_AT: Final = 50


class Waardesoort(StrEnum):
    """The kinds of values; the text is the Dutch plural that a clerk reads."""

    POSTCODE = "postcodes"
    EMAIL = "e-mailadressen"
    TELEFOON = "telefoonnummers"
    DATUM = "datums"
    GEBOORTEDATUM = "geboortedatums"
    BSN = "BSN's"
    IBAN = "bankrekeningnummers"
    ADRES = "adressen"
    GESLACHT = "aanduidingen van geslacht"
    RIJBEWIJS = "soorten rijbewijs"
    JA_NEE = "ja of nee"
    OPLEIDINGSNIVEAU = "opleidingsniveaus"
    DENKNIVEAU = "werk- en denkniveaus"
    TAALNIVEAU = "taalniveaus"
    TAAL = "talen"
    VERVOER = "vervoermiddelen"
    ARBEIDSCONTRACT = "soorten contract"
    OVEREENKOMST = "soorten werk"
    SOLLICITATIE = "manieren van solliciteren"
    BEROEP = "verwijzingen naar een beroep"
    COMPETENTIE = "verwijzingen naar een competentie"
    WEBADRES = "webadressen"
    UREN = "aantallen uren"
    GETAL = "getallen"
    LANGE_TEKST = "lange teksten"
    TEKST = "woorden"


@dataclass(frozen=True, slots=True)
class Kolomwaarden:
    """The facts known of a column's values: the kinds that nearly all of them are, and their separators.

    `aantal` is the number of samples that are not absent; `helemaal` has the kinds that all of them are.
    `scheiding` has the characters between several values in one cell, where there are any.
    """

    aantal: int
    soorten: frozenset[Waardesoort]
    scheiding: str
    helemaal: frozenset[Waardesoort] = frozenset()
    # Every value is a single letter or digit.
    kort: bool = False

    def is_een(self, *soorten: Waardesoort) -> bool:
        """Tells whether the values are of one of these kinds."""
        return not self.soorten.isdisjoint(soorten)


_SEPARATORS: Final = ",;|\n"
# The places where a rule can cut a cell of one of the standard's lists.
_CUT: Final = re.compile(r"[,;/|\n]| en ", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_PHONE: Final = re.compile(r"(?:\+|00)?[0-9]{9,13}")
_NOT_PHONE: Final = re.compile(r"[()\s.\-/]")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{8,14}")
_ADDRESS: Final = re.compile(
    r"[^\W\d_][^\d]*(?:straat|laan|weg|plein|hof|dijk|kade|singel|gracht|steeg|pad|park|dreef|markt)\b"
    r"(?: ?[0-9]{1,5}.{0,8})?",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?")
_HOURS: Final = re.compile(
    r"([0-9]{1,3})(?:[.,][0-9]{1,2})?\s*(uur|uren|u|hrs)?\.?(?: ?(?:per|p/|/) ?w.*)?", re.IGNORECASE
)
# In a column of days people also write these.
_DAY_WORDS: Final = PER_DIRECT | IN_OVERLEG
_YES_NO: Final = frozenset({*JA_WOORDEN, *NEE_WOORDEN})
# Words that belong to no value list of the standard.
_WORDS: Final[Mapping[Waardesoort, Collection[str]]] = {
    Waardesoort.GESLACHT: ("m", "v", "man", "vrouw", "x", "o", "mannelijk", "vrouwelijk", "onzijdig", "genderneutraal"),
    Waardesoort.TAAL: (
        "pools", "farsi", "dari", "somali", "berbers", "italiaans", "portugees", "russisch", "koerdisch",
    ),
}  # fmt: skip


def _labels(waarden: Mapping[Any, str]) -> set[str]:
    return {label.casefold() for label in waarden.values()}


@cache
def _words(soort: Waardesoort) -> frozenset[str]:
    lists = {
        Waardesoort.OPLEIDINGSNIVEAU: OPLEIDINGSNIVEAU,
        Waardesoort.DENKNIVEAU: WERK_EN_DENKNIVEAU,
        Waardesoort.TAALNIVEAU: TAALBEHEERSING,
        Waardesoort.VERVOER: VERVOERMIDDEL,
        Waardesoort.ARBEIDSCONTRACT: TYPE_ARBEIDSCONTRACT,
        Waardesoort.OVEREENKOMST: TYPE_OVEREENKOMST,
        Waardesoort.SOLLICITATIE: SOLLICITATIEWIJZE,
    }
    found = set(_WORDS.get(soort, ()))
    if soort in lists:
        found |= _labels(lists[soort].waarden) | words_of_list(lists[soort]).begrepen.keys()
    if soort is Waardesoort.TAAL:
        found |= _labels(VEELGEVRAAGD)
    return frozenset(found) - VAN_VELE_LIJSTEN


def look_at(values: Iterable[object]) -> Kolomwaarden:
    """Examines these values; absent ones do not count."""
    said: list[tuple[object, str]] = []
    for value in values:
        # A maimed value tells nothing about the others.
        if why_maimed(value):
            continue
        value = as_read(value)
        text = tekst(value)
        if not is_absent(text):
            said.append((value, text))
        if len(said) >= _MAX_LOOKED_AT:
            break
    if not said:
        return Kolomwaarden(0, frozenset(), "")
    # Most columns say the same few things again and again: each is judged once. 1 and True are not the same.
    unlike = Counter((type(value), value, text) for value, text in said)
    times = {
        soort: sum(number for (_, value, text), number in unlike.items() if test(value, text))
        for soort, test in _TESTS.items()
    }
    if order_of(value for value, _ in said) is Volgorde.MAAND_DAG:
        times[Waardesoort.DATUM] = sum(date_of(value, maand_eerst=True) is not None for value, _ in said)
    if 2 * times[Waardesoort.DATUM] >= len(said):
        times[Waardesoort.DATUM] += sum(text.casefold() in _DAY_WORDS for _, text in said)
    found = _sensible({soort for soort, number in times.items() if number >= _NEARLY_ALL * len(said)}, said)
    whole = frozenset(soort for soort in found if times.get(soort, 0) == len(said))
    short = len({text for _, text in said}) > 1 and all(len(text) == 1 for _, text in said)
    return Kolomwaarden(len(said), frozenset(found), _separators(said), whole, short)


def _sensible(found: set[Waardesoort], said: list[tuple[object, str]]) -> set[Waardesoort]:
    """Chooses, from the kinds that the values can be, the kinds that they most likely are.

    A birthday is also a date, and one id of nine digits is hardly a BSN.
    """
    if Waardesoort.DATUM in found and all(_year(value) <= dt.date.today().year - 14 for value, _ in said):
        found.add(Waardesoort.GEBOORTEDATUM)
    # One number in eleven can be a BSN.
    if Waardesoort.BSN in found and len(said) < 2:
        found.discard(Waardesoort.BSN)
    if Waardesoort.BSN in found:
        found.discard(Waardesoort.TELEFOON)
    if Waardesoort.GESLACHT in found and (len(said) < 2 or all(text.casefold() == "x" for _, text in said)):
        found.discard(Waardesoort.GESLACHT)
    if not found:
        found.add(Waardesoort.TEKST)
    return found


def _separators(said: list[tuple[object, str]]) -> str:
    texts = [value for value, _ in said if isinstance(value, str) and len(value) <= _LONG * 3]
    return "".join(mark for mark in _SEPARATORS if any(mark in text for text in texts))


def _parts(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in _CUT.split(text)) if part]


def _is_date(value: object, text: str) -> bool:
    if isinstance(value, dt.date):
        return True
    # Plain numbers are dates only for a reader who knows that already, and eight digits may be anything.
    if not isinstance(value, str) or (text.isdigit() and not re.fullmatch(r"(?:19|20)[0-9]{6}", text)):
        return False
    day = date_of(value) if len(text) <= 40 else None
    return day is not None and 1900 <= day.year <= 2100


def _year(value: object) -> int:
    day = date_of(value)
    return day.year if day is not None else 9999


def _is_phone(value: object, text: str) -> bool:
    parts = [_NOT_PHONE.sub("", part) for part in re.split(r"[,;/|]| of | en ", text) if part.strip()]
    if not isinstance(value, str):
        # A spreadsheet dropped the zero.
        return len(parts) == 1 and re.fullmatch(r"[1-9][0-9]{8}|31[0-9]{9}", parts[0]) is not None
    return bool(parts) and all(
        _PHONE.fullmatch(part) and part.startswith(("0", "+", "31")) and 10 <= len(part) <= 14
        for part in parts
    )


def _is_licence(value: object, text: str) -> bool:
    parts = [
        part
        for part in re.split(r"[,;/|\n ]| en ", text.upper())
        if part and part != "RIJBEWIJS" and part.casefold() not in GEEN
    ]
    return bool(parts) and all(part in SOORT_RIJBEWIJS.waarden for part in parts)


def _is_hours(value: object, text: str) -> bool:
    match = _HOURS.fullmatch(text) if len(text) <= 30 else None
    return match is not None and 1 <= int(match[1]) <= 60 and not isinstance(value, bool)


def _in_words(soort: Waardesoort) -> Callable[[object, str], bool]:
    def test(value: object, text: str) -> bool:
        if len(text) > _LONG:
            return False
        whole = text.casefold()
        words = _words(soort)
        if whole in words:
            return True
        parts = _parts(whole)
        if soort is Waardesoort.OPLEIDINGSNIVEAU:
            # "MBO niveau 4", "HBO (bachelor)"
            return bool(parts) and all(
                any(word in words for word in re.split(r"[^a-z]+", part) if word) for part in parts
            )
        return bool(parts) and all(part in words for part in parts)

    return test


def _is_uri(word: str) -> Callable[[object, str], bool]:
    def test(value: object, text: str) -> bool:
        lower = text.casefold()
        return lower.startswith(("urn:", "http://", "https://")) and (word in lower)

    return test


_TESTS: Final[Mapping[Waardesoort, Callable[[object, str], bool]]] = {
    Waardesoort.POSTCODE: lambda value, text: len(text) <= 8 and can_be_postcode(normal_postcode(text)),
    Waardesoort.EMAIL: lambda value, text: (
        all(_EMAIL.fullmatch(part) for part in re.split(r"[,; ]+", text) if part) and "@" in text
    ),
    Waardesoort.TELEFOON: _is_phone,
    Waardesoort.DATUM: _is_date,
    Waardesoort.BSN: lambda value, text: len(bsn_of(value)) == 9 and is_bsn(bsn_of(value)),
    Waardesoort.IBAN: lambda value, text: _IBAN.fullmatch(text.replace(" ", "").upper()) is not None,
    Waardesoort.ADRES: lambda value, text: len(text) <= _LONG and _ADDRESS.fullmatch(text) is not None,
    Waardesoort.GESLACHT: _in_words(Waardesoort.GESLACHT),
    Waardesoort.RIJBEWIJS: _is_licence,
    Waardesoort.JA_NEE: lambda value, text: isinstance(value, bool) or text.casefold() in _YES_NO,
    Waardesoort.OPLEIDINGSNIVEAU: _in_words(Waardesoort.OPLEIDINGSNIVEAU),
    Waardesoort.DENKNIVEAU: _in_words(Waardesoort.DENKNIVEAU),
    Waardesoort.TAALNIVEAU: _in_words(Waardesoort.TAALNIVEAU),
    Waardesoort.TAAL: _in_words(Waardesoort.TAAL),
    Waardesoort.VERVOER: _in_words(Waardesoort.VERVOER),
    Waardesoort.ARBEIDSCONTRACT: _in_words(Waardesoort.ARBEIDSCONTRACT),
    Waardesoort.OVEREENKOMST: _in_words(Waardesoort.OVEREENKOMST),
    Waardesoort.SOLLICITATIE: _in_words(Waardesoort.SOLLICITATIE),
    Waardesoort.BEROEP: _is_uri("beroep"),
    Waardesoort.COMPETENTIE: _is_uri("competentie"),
    Waardesoort.WEBADRES: lambda value, text: _URL.fullmatch(text) is not None,
    Waardesoort.UREN: _is_hours,
    Waardesoort.GETAL: lambda value, text: (
        not isinstance(value, bool) and _NUMBER.fullmatch(text) is not None
    ),
    Waardesoort.LANGE_TEKST: lambda value, text: len(text) > _LONG and " " in text,
}
