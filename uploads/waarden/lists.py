"""Gives the value lists that a municipality's own words can be mapped to.

It tells which codes a list has, whether a code still holds, and which code a word probably means. The
standard's own lists come from `exchange.standard`, the lists that others maintain from the database. They are
public, and the same for every municipality.
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

# A list with no more codes than this is shown whole, without searching.
_SMALL: Final = 25
_MOST_FOUND: Final = 20

Paar = tuple[str, str]


class Codestand(StrEnum):
    """The state of a code in its list today.

    ONBEKEND: it is not in the list; NIET_GELADEN: the list is not loaded.
    """

    GELDIG = "geldig"
    VERVALLEN = "vervallen"
    ONBEKEND = "onbekend"
    NIET_GELADEN = "niet_geladen"


class OngeldigeCode(FoutMetMelding):
    """The code cannot be chosen; `melding` is Dutch."""


@dataclass(frozen=True, slots=True)
class Keuzelijst:
    """A list: the name that value mappings use, and its title on screen."""

    naam: str
    titel: str
    waardelijst: Waardelijst

    @property
    def is_klein(self) -> bool:
        """Tells whether all its codes fit in one choice."""
        return 0 < len(self.waardelijst.waarden) <= _SMALL


@cache
def keuzelijsten() -> Mapping[str, Keuzelijst]:
    """Gives every list by name. Lists that others maintain come first, as most words belong to them."""
    found = waardelijsten()
    order = [*LIJSTEN, *sorted(found.keys() - LIJSTEN.keys())]
    return {
        naam: Keuzelijst(naam, LIJSTEN[naam].titel if naam in LIJSTEN else naam, found[naam])
        for naam in order
        if naam in found
    }


def list_called(text: str) -> Keuzelijst | None:
    """Finds the list with this name or title."""
    wanted = fold(text).strip()
    return next(
        (lijst for lijst in keuzelijsten().values() if wanted in {fold(lijst.naam), fold(lijst.titel)}), None
    )


# --- Codes -------------------------------------------------------------------------------------------------


class Codes:
    """Knows the labels and states of a number of (list, code) pairs.

    Asks the database in two queries at most.
    """

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
        """Gives the Dutch label, or the code itself when no label is known."""
        if (lijst, code) in self._known:
            return self._known[lijst, code][0]
        return _own_label(lijst, code) or code

    def stand(self, lijst: str, code: str) -> Codestand:
        """Tells whether the code holds today."""
        if lijst not in LIJSTEN:
            return Codestand.GELDIG if _own_label(lijst, code) else Codestand.ONBEKEND
        if (lijst, code) in self._known:
            return Codestand.GELDIG if self._known[lijst, code][1] else Codestand.VERVALLEN
        return Codestand.ONBEKEND if lijst in self._loaded else Codestand.NIET_GELADEN

    def chosen(self, lijst: str, code: str) -> str:
        """Gives the code as it is kept; an empty code is always allowed.

        Raises OngeldigeCode when it may not be chosen.
        """
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
    """Tells which of these lists have codes in the database, or need none."""
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
    """Refuses a text that the standard could never take as a code of this list. Raises OngeldigeCode."""
    try:
        canonical(LIJSTEN[lijst.naam], code)
    except PastNiet as problem:
        raise OngeldigeCode(f"Deze code {problem}. Neem de code over uit de lijst {lijst.titel}.") from None
    has_form = any(attribuut.patroon is not None for attribuut in attributen(LIJSTEN[lijst.naam]))
    if lijst.waardelijst.numeriek or has_form:
        return
    # Where the standard leaves the code free, it is a reference: a URI.
    if "://" not in code and not code.casefold().startswith("urn:"):
        raise OngeldigeCode(
            f"Deze code is geen verwijzing. Een code uit de lijst {lijst.titel} begint met https:// of urn:."
        )


def codes_with(woorden: str) -> Q:
    """Gives a condition on rows with `lijst` and `code`: the code's label contains each of these words."""
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

# Per list its fingerprint and what was made from it; the lists are public, so this may live as long as the
# process.
_made: dict[str, tuple[object, Voorsteller]] = {}


def suggesters(namen: Iterable[str]) -> dict[str, Voorsteller]:
    """Gives per list the object that suggests its codes; it is kept until the list changes."""
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
    """Gives all codes of one of the standard's own lists."""
    return [Codeoptie(str(code), label) for code, label in keuzelijsten()[lijst].waardelijst.waarden.items()]


def _fingerprints(namen: list[str]) -> dict[str, object]:
    """Gives per list a value that changes when the list does."""
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
    """Finds codes with these words in them, then those that look like them; a handful at most."""
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
