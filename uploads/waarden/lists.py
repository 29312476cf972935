"""The value lists that a municipality's own words can be mapped to: their codes, whether those still hold, and what
is probably meant by a word.

The standard's own lists come from `exchange.standard`, those that others keep from the database. Public, the same
for every municipality.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from exchange.standard import Waardelijst
from exchange.waardelijsten.lijsten import LIJSTEN, PastNiet, attributen, canonical
from exchange.waardelijsten.models import Code, Codestatus
from um_portal.errors import FoutMetMelding
from uploads.mapping.doelen import code_in, waardelijsten
from uploads.waarden.suggest import Codeoptie, Voorsteller, fold

# A list that has no more is shown whole, without searching.
_SMALL: Final = 25
_MOST_FOUND: Final = 20

Paar = tuple[str, str]


class Codestand(StrEnum):
    """What a code is in its list today. ONBEKEND: it is not there, NIET_GELADEN: nobody can tell."""

    GELDIG = "geldig"
    VERVALLEN = "vervallen"
    ONBEKEND = "onbekend"
    NIET_GELADEN = "niet_geladen"


class OngeldigeCode(FoutMetMelding):
    """A code that cannot be chosen; `melding` is Dutch."""


@dataclass(frozen=True, slots=True)
class Keuzelijst:
    """A list by the name that value mappings use, with how it is called on screen."""

    naam: str
    titel: str
    waardelijst: Waardelijst

    @property
    def is_klein(self) -> bool:
        """Whether all its codes fit in one choice."""
        return 0 < len(self.waardelijst.waarden) <= _SMALL


@cache
def keuzelijsten() -> Mapping[str, Keuzelijst]:
    """Every list by name: those that others keep first, as most words are theirs."""
    found = waardelijsten()
    order = [*LIJSTEN, *sorted(found.keys() - LIJSTEN.keys())]
    return {
        naam: Keuzelijst(naam, LIJSTEN[naam].titel if naam in LIJSTEN else naam, found[naam])
        for naam in order
        if naam in found
    }


def list_called(text: str) -> Keuzelijst | None:
    """The list that somebody calls so: by its name or its title."""
    wanted = fold(text).strip()
    return next(
        (lijst for lijst in keuzelijsten().values() if wanted in {fold(lijst.naam), fold(lijst.titel)}), None
    )


# --- Codes -------------------------------------------------------------------------------------------------


class Codes:
    """What is known of a number of (list, code) pairs, asked of the database in two queries at most."""

    def __init__(self, paren: Iterable[Paar]) -> None:
        asked: dict[str, set[str]] = {}
        for lijst, code in paren:
            if lijst in LIJSTEN and code:
                asked.setdefault(lijst, set()).update({code, _canonical(lijst, code)})
        self._known: dict[Paar, tuple[str, bool]] = {}
        self._loaded: set[str] = set()
        if not asked:
            return
        wanted = Q()
        for lijst, codes in asked.items():
            wanted |= Q(lijst=lijst, code__in=codes)
        rows = Code.objects.filter(wanted).order_by().values_list("lijst", "code", "label", "status")
        for lijst, code, label, status in rows:
            self._known[lijst, code] = (label, status == Codestatus.GELDIG)
        self._loaded = loaded(asked)

    def label(self, lijst: str, code: str) -> str:
        """The Dutch label, or the code itself when nobody knows one."""
        if (lijst, code) in self._known:
            return self._known[lijst, code][0]
        return _own_label(lijst, code) or code

    def stand(self, lijst: str, code: str) -> Codestand:
        """Whether the code holds today."""
        if lijst not in LIJSTEN:
            return Codestand.GELDIG if _own_label(lijst, code) else Codestand.ONBEKEND
        if (lijst, code) in self._known:
            return Codestand.GELDIG if self._known[lijst, code][1] else Codestand.VERVALLEN
        return Codestand.ONBEKEND if lijst in self._loaded else Codestand.NIET_GELADEN

    def chosen(self, lijst: str, code: str) -> str:
        """The code as it is kept. Raises OngeldigeCode when it may not be chosen; an empty code always may."""
        if not code:
            return ""
        found = keuzelijsten().get(lijst)
        if found is None:
            raise OngeldigeCode("Deze lijst bestaat niet in de gegevensstandaard.")
        if lijst in LIJSTEN:
            code = _canonical(lijst, code)
        match self.stand(lijst, code):
            case Codestand.VERVALLEN:
                raise OngeldigeCode(
                    f"Deze code is vervallen in de lijst {found.titel}. Kies een code die nu geldt."
                )
            case Codestand.ONBEKEND:
                raise OngeldigeCode(
                    f"Deze code staat niet in de lijst {found.titel}. Kies een code uit de lijst."
                )
            case Codestand.NIET_GELADEN:
                _check_form(found, code)
        return code


def loaded(namen: Iterable[str]) -> set[str]:
    """Which of these lists have codes in the database, or need none."""
    asked = set(namen)
    own = {naam for naam in asked if naam in keuzelijsten() and naam not in LIJSTEN}
    there = Code.objects.geldig().filter(lijst__in=asked - own).order_by().values_list("lijst").distinct()
    return own | {lijst for (lijst,) in there}


def _own_label(lijst: str, code: str) -> str:
    found = keuzelijsten().get(lijst)
    if found is None or found.waardelijst.extern:
        return ""
    known = code_in(found.waardelijst, code)
    return "" if known is None or str(known) != code else found.waardelijst.waarden[known]


def _canonical(lijst: str, code: str) -> str:
    try:
        return canonical(LIJSTEN[lijst], code)
    except PastNiet:
        return code


def _check_form(lijst: Keuzelijst, code: str) -> None:
    """Raises OngeldigeCode for what the standard could never take as a code of this list."""
    try:
        canonical(LIJSTEN[lijst.naam], code)
    except PastNiet as problem:
        raise OngeldigeCode(f"Deze code {problem}. Neem de code over uit de lijst {lijst.titel}.") from None
    has_form = any(attribuut.patroon is not None for attribuut in attributen(LIJSTEN[lijst.naam]))
    if lijst.waardelijst.numeriek or has_form:
        return
    # What the standard leaves free there is a reference: a URI.
    if "://" not in code and not code.casefold().startswith("urn:"):
        raise OngeldigeCode(
            f"Deze code is geen verwijzing. Een code uit de lijst {lijst.titel} begint met https:// of urn:."
        )


def codes_with(woorden: str) -> Q:
    """A condition on rows with `lijst` and `code`: the code's label has each of these words."""
    asked = fold(woorden).split()
    if not asked:
        return Q()
    own = Q()
    for lijst in keuzelijsten().values():
        found = [
            str(code)
            for code, label in lijst.waardelijst.waarden.items()
            if all(word in fold(label) for word in asked)
        ]
        if found:
            own |= Q(lijst=lijst.naam, code__in=found)
    external = Code.objects.filter(lijst=OuterRef("lijst"), code=OuterRef("code")).zoek(woorden)
    return own | Q(Exists(external.order_by()))


# --- Suggestions and searching -----------------------------------------------------------------------------

# Per list what it was made from, and what it became; as the lists are public this may live as long as the process.
_made: dict[str, tuple[object, Voorsteller]] = {}


def suggesters(namen: Iterable[str]) -> dict[str, Voorsteller]:
    """What suggests codes, per list; taken apart once, until a list changes."""
    wanted = [naam for naam in namen if naam in keuzelijsten()]
    prints: dict[str, object] = _fingerprints([naam for naam in wanted if naam in LIJSTEN])
    changed = [naam for naam in wanted if naam not in _made or _made[naam][0] != prints.get(naam)]
    external = [naam for naam in changed if naam in LIJSTEN]
    choices: dict[str, list[Codeoptie]] = {naam: [] for naam in changed}
    if external:
        rows = Code.objects.geldig().filter(lijst__in=external).order_by("code")
        for naam, code, label, synoniemen in rows.values_list(
            "lijst", "code", "label", "synoniemen"
        ).iterator():
            choices[naam].append(Codeoptie(code, label, tuple(synoniemen.splitlines())))
    for naam, keuzes in choices.items():
        if naam not in LIJSTEN:
            keuzes += own_choices(naam)
        _made[naam] = (prints.get(naam), Voorsteller(naam, keuzes))
    return {naam: _made[naam][1] for naam in wanted}


def own_choices(lijst: str) -> list[Codeoptie]:
    """All codes of one of the standard's own lists."""
    return [Codeoptie(str(code), label) for code, label in keuzelijsten()[lijst].waardelijst.waarden.items()]


def _fingerprints(namen: list[str]) -> dict[str, object]:
    """Something that changes when a list does."""
    if not namen:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lijst, count(*), sum(hashtextextended(concat_ws(chr(1), code, label, synoniemen), 0))"
            " FROM waardelijsten_code WHERE status = 'geldig' AND lijst = ANY(%s) GROUP BY lijst",
            [namen],
        )
        return {lijst: (aantal, som) for lijst, aantal, som in cursor.fetchall()}


def find(lijst: Keuzelijst, tekst: str) -> list[Codeoptie]:
    """Codes with these words in them, and then those that look like them; a handful at most."""
    words = " ".join(tekst.replace("\x00", "").split())[:100]
    if not words:
        return []
    found: dict[str, Codeoptie] = {}
    if lijst.naam in LIJSTEN:
        rows = Code.objects.filter(lijst=lijst.naam).geldig().zoek(words).order_by("label", "code")
        begin = words.casefold()
        near = sorted(rows[: 5 * _MOST_FOUND], key=lambda row: not row.label.casefold().startswith(begin))
        found = {row.code: Codeoptie(row.code, row.label) for row in near[:_MOST_FOUND]}
    else:
        asked = fold(words).split()
        found = {
            keuze.code: keuze
            for keuze in own_choices(lijst.naam)
            if all(word in fold(f"{keuze.code} {keuze.label}") for word in asked)
        }
    if len(found) < _MOST_FOUND:
        for voorstel in suggesters([lijst.naam])[lijst.naam].voorstellen(words):
            found.setdefault(voorstel.code, Codeoptie(voorstel.code, voorstel.label))
    return list(found.values())[:_MOST_FOUND]
