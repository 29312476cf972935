"""Says in Dutch words what a search asked, part by part, and proposes how to ask less or wider.

All of it is derived from the stored question and the table of what can be asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from exchange.bemiddelaar.forms import label_of_question, listed, occupations_in, questions
from exchange.bemiddelaar.models import Zoekstatus, Zoekvraag
from exchange.interfaces import current
from exchange.standard import Gegevenstype, Soort, veld_op
from exchange.standard import waardelijsten as standaard
from exchange.standard.boom import lower_first
from exchange.vum3.compose import Criteria
from exchange.vum3.parse import MAX_AFSTAND
from exchange.vum3.zoekvelden import Conditie, Invoer, Vorm
from exchange.waardelijsten.models import BEROEPEN, labels_of
from exchange.waardelijsten.talen import NAMEN
from um_portal.presentation.templatetags.um import datum

# Distances in kilometres to widen a question to; and fewer results than this are few.
_AFSTANDEN: Final = (5, 10, 15, 25, 40, 60, 100, 150, 200)
_WEINIG: Final = 5
_MEESTE_VOORSTELLEN: Final = 6

Labels = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Onderdeel:
    """One criterion of a question besides the area. `sleutel` names it in the address that leaves it out."""

    sleutel: str
    tekst: str


@dataclass(frozen=True, slots=True)
class Voorstel:
    """Another question to try: its words, and the parameters that change this question into it."""

    tekst: str
    parameters: str


def parts(zoekvragen: Iterable[Zoekvraag]) -> list[list[Onderdeel]]:
    """Gives per search the criteria that it asked; one query for the names of occupations."""
    asked = [(zoekvraag.soort_van, criteria_of(zoekvraag)) for zoekvraag in zoekvragen]
    labels = labels_of(
        (BEROEPEN, code) for soort, criteria in asked for code in occupations_in(soort, criteria)
    )
    return [list(_parts(soort, criteria, labels)) for soort, criteria in asked]


def criteria_of(zoekvraag: Zoekvraag) -> Criteria:
    """Gives what was filled in for this search."""
    return current().decompose(zoekvraag.soort_van, zoekvraag.vraag_object)


def proposals(zoekvraag: Zoekvraag, onderdelen: Iterable[Onderdeel]) -> list[Voorstel]:
    """Proposes wider questions when this one found few or nothing; the coach decides."""
    if zoekvraag.status != Zoekstatus.KLAAR or zoekvraag.aantal_passend >= _WEINIG:
        return []
    afstand = criteria_of(zoekvraag).afstand
    wider = next((one for one in _AFSTANDEN if one > afstand), None)
    found = [Voorstel(f"Vergroot naar {wider} km", f"afstand={wider}")] if wider else []
    found += [Voorstel(f"Zonder {een.tekst}", f"zonder={een.sleutel}") for een in onderdelen]
    return found[:_MEESTE_VOORSTELLEN]


def changed(zoekvraag: Zoekvraag, parameters: Mapping[str, str]) -> Criteria:
    """Gives the criteria of a search with the change that a proposal's parameters ask; ignores any other."""
    criteria = criteria_of(zoekvraag)
    afstand = parameters.get("afstand", "")
    if afstand.isascii() and afstand.isdigit() and len(afstand) <= len(str(MAX_AFSTAND)):
        criteria = replace(criteria, afstand=int(afstand))
    return without(zoekvraag.soort_van, criteria, parameters.get("zonder", ""))


def without(soort: Soort, criteria: Criteria, sleutel: str) -> Criteria:
    """Gives the criteria without the one that has this key; unchanged when there is none."""
    naam, _, number = sleutel.partition(".")
    left = dict(criteria.ingevuld)
    values = listed(left.get(naam))
    if number.isascii() and number.isdigit():
        values = [value for index, value in enumerate(values) if index != int(number[:4])]
        left[naam] = values
    else:
        left.pop(naam, None)
    # Without its language a level asks nothing.
    for name, levels in _levels(soort).items():
        if name == naam:
            for level in levels:
                left.pop(level, None)
    return replace(criteria, ingevuld=left)


def _levels(soort: Soort) -> dict[str, list[str]]:
    return {
        zoekveld.condities[0].invoer.naam: [one.invoer.naam for one in zoekveld.condities[1:] if one.invoer]
        for zoekveld in current().zoekvelden[soort]
        if zoekveld.vorm is Vorm.TAAL and zoekveld.condities[0].invoer is not None
    }


def _parts(soort: Soort, criteria: Criteria, labels: Labels) -> Iterable[Onderdeel]:
    levels = _levels(soort)
    below = {name for names in levels.values() for name in names}
    asked = {vraag.invoer.naam: vraag for vraag in questions(soort)}
    for naam, vraag in asked.items():
        values = listed(criteria.ingevuld.get(naam))
        if naam in below:
            continue
        for index, value in enumerate(values):
            tekst = _written(soort, vraag.conditie, vraag.invoer, value, labels)
            if index and vraag.zoekveld.vorm is Vorm.EEN_VAN:
                tekst = f"of {_word(soort, vraag.conditie, vraag.invoer, value, labels)}"
            if naam in levels:
                tekst += _level_words(soort, criteria, [asked[name] for name in levels[naam]])
            yield Onderdeel(f"{naam}.{index}" if isinstance(criteria.ingevuld[naam], list) else naam, tekst)


def _level_words(soort: Soort, criteria: Criteria, levels: Iterable[Any]) -> str:
    words = [
        f"{vraag.invoer.label.lower()} {vraag.invoer.voorvoegsel.lower()} "
        f"{_word(soort, vraag.conditie, vraag.invoer, value, {})}"
        for vraag in levels
        for value in listed(criteria.ingevuld.get(vraag.invoer.naam))
    ]
    return f" ({', '.join(words)})" if words else ""


def _written(soort: Soort, conditie: Conditie, invoer: Invoer, value: Any, labels: Labels) -> str:
    word = _word(soort, conditie, invoer, value, labels)
    if invoer.gevraagd:
        return invoer.gevraagd.format(word)
    return f"{lower_first(label_of_question(soort, conditie))}: {word}"


def _word(soort: Soort, conditie: Conditie, invoer: Invoer, value: Any, labels: Labels) -> str:
    """Writes one value in the words of the standard; a code that has none stays a code."""
    attribuut = veld_op(soort, conditie.pad).attribuut
    if attribuut.waardelijst is standaard.BEROEPEN:
        return labels.get((BEROEPEN, value), str(value))
    if attribuut.waardelijst is standaard.TALEN:
        return NAMEN.get(value, str(value))
    if attribuut.type is Gegevenstype.DATUM:
        return str(datum(value))
    if invoer.als_code or attribuut.waardelijst is None or attribuut.waardelijst.extern:
        return str(value)
    return lower_first(attribuut.waardelijst.waarden.get(value, str(value)))
