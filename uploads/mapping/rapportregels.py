"""Recognises the rows below the headers that are no record: of the report, of its layout, or of a template.

Programs write sums, page numbers, the number of rows and the title of every next page between the records. Such a
row is told as what it is, and not as somebody without consent. A row with more filled cells than these have stays a
row, whatever its first word is.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from uploads.mapping.cells.text import tekst
from uploads.mapping.eigen import VOORBEELD_ID, VOORBEELDRIJ
from uploads.mapping.model import Ernst, Opmerking
from uploads.mapping.words import split_words

# The first word of a row below the data, such as a sum; such a row has few cells.
_TOTAAL: Final = re.compile(r"(?:sub|eind|grand ?)?tota(?:al|len|ls?)\b|aantal\b|som\b", re.IGNORECASE)
_CELLEN_VAN_TOTAAL: Final = 3
_THINGS: Final = (
    r"(?:rij(?:en|\(en\))?|row(?:s|\(s\))?|record(?:s|\(s\))?|regels?|results?|resultaten|personen|profielen)"
)
_DONE: Final = (
    r"(?:selected|affected|returned|found|fetched|retrieved|exported|processed|geselecteerd|gevonden|opgehaald|"
    r"geëxporteerd|getoond|weergegeven|verwerkt|in set)"
)
# What a program writes below a list, or at the top and the bottom of a page.
_RAPPORT: Final = re.compile(
    # "2 rows selected.", "(25 rijen)", "25 rows in set (0.01 sec)"
    rf"\(?\s*[0-9][0-9.,]*\s+{_THINGS}(?:\s+{_DONE})?(?:\s+\([0-9.,]+\s*sec\))?[\s.)]*$"
    # "Rows affected: 25", "Number of records"
    rf"|(?:(?:number of|{_DONE})\s+)?{_THINGS}(?:\s+{_DONE})?\s*[:=]\s*[0-9.,]*$|number of {_THINGS}$"
    # "-- einde --", "Einde van het rapport", "End of file"
    r"|[\s\-=*_#~<(]*(?:einde?|end)(?:\s+(?:van|of)(?:\s+(?:de|het|dit|deze|the|this))?)?"
    r"(?:\s*(?:rapport(?:age)?|overzicht|lijst|bestand|export|selectie|gegevens|report|file|list|data|output|pagina|page))?"
    r"[\s\-=*_#~>.!:/0-9)]*$"
    # "Pagina 1 van 3", "blz. 2"
    r"|(?:pagina|pag\.?|bladzijde|blz\.?|page)\s*:?\s*[0-9]+(?:\s*(?:van|of|uit|/|-)\s*[0-9]+)?[\s.]*$"
    # "Printed on ...", "Afgedrukt door: ...", "Exportdatum", "Completion time: ..."
    r"|(?:printed|afgedrukt|geprint|uitgedraaid|gegenereerd|generated|created|aangemaakt|gemaakt|opgesteld|"
    r"geëxporteerd|exported|bijgewerkt|refreshed)(?:\s+(?:op|on|at|by|door)\b|\s*:)"
    r"|(?:print(?:ed)?|afdruk|export|rapport|report|peil|run)[\s\-]?(?:datum|date|tijd|time)\b"
    r"|(?:completion|elapsed) time\b",
    re.IGNORECASE,
)
# Such a row begins with the first letters of one of these, with one of the signs, or with a number before a space. Few
# other rows do, so few are looked at.
_BEGINNINGS: Final = frozenset(
    split_words(
        "tot, sub, ein, end, gra, aan, som, num, rij, row, rec, reg, res, per, pro, sel, aff, ret, fou, fet, exp, ges, "
        "gev, opg, geë, get, wee, ver, pag, bla, blz, pri, afg, gep, uit, geg, gen, cre, gem, bij, ref, afd, "
        "rap, rep, pei, run, com, ela"
    )
)
_SIGNS: Final = frozenset("(-=*_#~<+|")
_NUMBER: Final = frozenset("0123456789")
_LINE: Final = re.compile(r"[\s\-=_*+~|]{2,}")
_DIGITS: Final = re.compile(r"[0-9]+")
# Whoever has a place to live is no line of a report.
_POSTCODE: Final = re.compile(r"[1-9][0-9]{3} ?[A-Za-z]{2}")
_LETTERS: Final = re.compile(r"[^\W\d_]{3}")

_TOTAALREGEL: Final = Opmerking(
    Ernst.OVERGESLAGEN,
    "totaalregel",
    "Dit is een regel met een totaal, geen profiel. U hoeft niets te doen.",
)
_RAPPORTREGEL: Final = Opmerking(
    Ernst.OVERGESLAGEN,
    "rapportregel",
    "Dit is een regel van het rapport zelf, zoals een titel, een paginanummer, een streep of het aantal rijen. Het is "
    "geen profiel. U hoeft niets te doen.",
)
_KOPREGEL_OPNIEUW: Final = Opmerking(
    Ernst.OVERGESLAGEN,
    "kopregel_opnieuw",
    "Hier staan de kolomnamen nog een keer. De rijen eronder zijn ook gelezen. Is dat een andere lijst, zoals van "
    "mensen die weg zijn, haal die rijen dan uit het bestand.",
)


class Rapportregels:
    """The looks of the rows that are no record, in one file. `ids` are the places (from 0) of the columns with ids."""

    def __init__(self, koppen: Sequence[str], ids: Sequence[int], kopregel: int) -> None:
        self._koppen, self._ids = koppen, ids
        # Without a row of headers none comes once more.
        self._kop = next(filter(None, koppen), None) if kopregel else None
        named = sum(map(bool, koppen))
        self._most_of_sum = max(_CELLEN_VAN_TOTAAL, named // 4)
        # Of a report with few columns, a row with more than half of them filled may be somebody.
        self._most = min(self._most_of_sum, max(1, (named - 1) // 2))
        self._titles: set[tuple[str, ...]] = set()
        self._begin_titles: set[str] = set()

    def note_above(self, waarden: Sequence[Any]) -> None:
        """Remembers a row above the headers: it may stand above those of every next page too."""
        title = _texts(waarden)
        if title and len(title) <= self._most and _LETTERS.search(title[0]):
            self._titles.add(title)
            self._begin_titles.add(_first_of(waarden)[:3])

    def remark(self, waarden: Any) -> Opmerking | None:
        """Gives the remark on a row that is no record; None for any other row."""
        if not isinstance(waarden, list | tuple):
            return None
        for index in self._ids:
            value = waarden[index] if index < len(waarden) else None
            if value.__class__ is str and value.strip() == VOORBEELD_ID:
                return VOORBEELDRIJ
        first = None
        for first in waarden:
            if first is not None and first != "":
                break
        if first.__class__ is not str:
            return None
        if first == self._kop and _are_headers(waarden, self._koppen):
            return _KOPREGEL_OPNIEUW
        if self._titles and first[:3] in self._begin_titles and _texts(waarden) in self._titles:
            return _RAPPORTREGEL
        begin = first[:12].strip()[:3].casefold()
        if begin not in _BEGINNINGS:
            sign = begin[:1]
            if sign not in _SIGNS and not (sign in _NUMBER and " " in first):
                return None
        if any(value.__class__ is str and _POSTCODE.fullmatch(tekst(value)) for value in waarden):
            return None
        text = tekst(first)
        if _TOTAAL.match(text):
            return _TOTAALREGEL if _filled(waarden) <= self._most_of_sum else None
        if _RAPPORT.match(text):
            return _RAPPORTREGEL if _filled(waarden) <= self._most else None
        return _RAPPORTREGEL if _LINE.fullmatch(text) and _is_line(waarden) else None


def _filled(waarden: Sequence[Any]) -> int:
    return sum(1 for value in waarden if value is not None and value != "")


def _first_of(waarden: Sequence[Any]) -> str:
    return next((value for value in waarden if value.__class__ is str and value), "")


def _texts(waarden: Sequence[Any]) -> tuple[str, ...]:
    """Gives the texts in a row without their digits: the number of the page and the time differ."""
    return tuple(_DIGITS.sub("", text) for value in waarden if (text := tekst(value)))


def _is_line(waarden: Sequence[Any]) -> bool:
    """Tells whether every filled cell of this row is a piece of a line."""
    return all(_LINE.fullmatch(text) for value in waarden if (text := tekst(value)))


def _are_headers(waarden: Sequence[Any], koppen: Sequence[str]) -> bool:
    """Tells whether each filled cell of this row, of several, repeats the header of its column."""
    cells = [(tekst(value), kop) for value, kop in zip(waarden, koppen, strict=False) if tekst(value)]
    return len(cells) > 1 and all(text == kop for text, kop in cells)
