"""Turns a record into what people read: the standard's Dutch labels and texts, in the standard's order.

It gives nested (label, value) pairs for the `gegevens` component. Names of occupations and competences come
from the loaded value lists, in one query for the whole record.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from exchange.standard import (
    STANDAARD,
    Attribuut,
    Entiteit,
    Gegevenstype,
    Soort,
    label_of,
    veld_op,
    without_empties,
)
from exchange.standard.waardelijsten import SOORT_RIJBEWIJS
from exchange.waardelijsten.lijsten import NAAM_BIJ, SBI, TALEN
from exchange.waardelijsten.models import labels_of
from exchange.waardelijsten.talen import NAMEN

Pairs = list[tuple[str, Any]]
# Names of codes, by (loaded list, code).
Labels = Mapping[tuple[str, str], str]


def labels_in(soort: Soort, records: Iterable[Mapping[str, Any]]) -> Labels:
    """Fetches the names of all codes in these records that lists of others keep, in one query."""
    places = _places_of(soort)
    return labels_of(code for record in records for code in _codes(places, record))


class _Plek(NamedTuple):
    """An attribute with codes of a list of others, or a group with such attributes in it (`binnen`)."""

    naam: str
    lijst: str
    binnen: "tuple[_Plek, ...]"


@cache
def _places_of(soort: Soort) -> tuple[_Plek, ...]:
    """Gives the places in a record where such codes can stand: few of all its attributes."""
    return _places(STANDAARD[soort])


def _places(entiteit: Entiteit) -> tuple[_Plek, ...]:
    found = (
        _Plek(
            attribuut.naam,
            _list_of(attribuut),
            () if attribuut.groep is None else _places(attribuut.groep),
        )
        for attribuut in entiteit.attributen
    )
    return tuple(plek for plek in found if plek.lijst or plek.binnen)


def _codes(places: Iterable[_Plek], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for naam, lijst, binnen in places:
        for value in _as_list(values.get(naam)):
            if binnen:
                if isinstance(value, dict):
                    yield from _codes(binnen, value)
            elif text := _code_in(value):
                yield lijst, text


def _list_of(attribuut: Attribuut) -> str:
    """Gives the name of the list of others that an attribute takes its codes from; empty for any other."""
    return (attribuut.waardelijst and NAAM_BIJ.get(attribuut.waardelijst.naam)) or ""


def _code_in(value: Any) -> str:
    """Gives a value as a code; empty when it cannot be one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value) if isinstance(value, str) or abs(value) < 10**12 else ""
    return text if len(text) <= 200 else ""


def _list_and_code(attribuut: Attribuut, value: Any) -> tuple[str, str] | None:
    lijst, text = _list_of(attribuut), _code_in(value)
    return (lijst, text) if lijst and text else None


def as_pairs(soort: Soort, record: Mapping[str, Any], labels: Labels | None = None) -> Pairs:
    """Gives the record as nested (label, value) pairs; leaves out what the standard does not know.

    Contact details come first, because a detail is asked for to reach somebody. `labels` are the names of
    external codes; they are fetched when not given.
    """
    if labels is None:
        labels = labels_in(soort, [record])
    return _pairs(soort, STANDAARD[soort], "", without_empties(dict(record)), labels)


def group_pairs(soort: Soort, pad: str, values: Mapping[str, Any], labels: Labels) -> Pairs:
    """Gives one group of a record as pairs; `pad` is its path, such as `arbeidsmarktkwalificatie.opleiding[]`."""
    entiteit = STANDAARD[soort]
    for name in pad.replace("[]", "").split("."):
        groep = next(item for item in entiteit.attributen if item.naam == name).groep
        if groep is None:
            raise ValueError(f"{pad} is no group")
        entiteit = groep
    return _pairs(soort, entiteit, f"{pad}.", without_empties(dict(values)), labels)


def _pairs(soort: Soort, entiteit: Entiteit, prefix: str, values: Mapping[str, Any], labels: Labels) -> Pairs:
    found: Pairs = []
    for attribuut in sorted(entiteit.attributen, key=lambda item: not item.contactgegeven):
        if attribuut.naam not in values:
            continue
        pad = f"{prefix}{attribuut.naam}{'[]' if attribuut.meervoudig else ''}"
        items = _as_list(values[attribuut.naam])
        if attribuut.groep is None:
            texts = [text for item in items if (text := value_text(soort, pad, item, labels))]
            found.append((screen_label(attribuut), texts if len(texts) > 1 else "".join(texts)))
            continue
        groups = [
            _pairs(soort, attribuut.groep, f"{pad}.", item, labels)
            for item in items
            if isinstance(item, dict)
        ]
        found.extend(_grouped(attribuut, [group for group in groups if group]))
    return found


def screen_label(attribuut: Attribuut) -> str:
    """Gives the official name without the words about how the value is coded: "Code taal" becomes "Taal"."""
    for word in ("Code ", "Indicatie "):
        if attribuut.label.startswith(word):
            rest = attribuut.label.removeprefix(word)
            return rest[:1].upper() + rest[1:]
    return attribuut.label


def _grouped(attribuut: Attribuut, groups: list[Pairs]) -> Pairs:
    """Gives a group as one entry; groups with a single text each become a plain list of texts."""
    if not groups:
        return []
    if attribuut.groep is not None and not attribuut.groep.in_label:
        return [pair for group in groups for pair in group]
    if len(attribuut.groep.attributen if attribuut.groep else ()) == 1:
        texts = list(dict.fromkeys(group[0][1] for group in groups if isinstance(group[0][1], str)))
        return [(attribuut.label, texts if len(texts) > 1 else "".join(texts))]
    return [(attribuut.label, groups if len(groups) > 1 else groups[0])]


def value_text(soort: Soort, pad: str, value: Any, labels: Labels) -> str:
    """Gives the text of one value of the leaf at `pad`; empty for anything but a single value."""
    if isinstance(value, dict | list):
        return ""
    attribuut = veld_op(soort, pad).attribuut
    key = _list_and_code(attribuut, value)
    if key is not None and key in labels:
        return labels[key]
    if key is not None and key[0] == TALEN and key[1] in NAMEN:
        return NAMEN[key[1]]
    text = label_of(soort, pad, value)
    if key is not None and key[0] == SBI:
        return f"sector {text}"
    if attribuut.waardelijst is SOORT_RIJBEWIJS and text != value:
        return f"{value} ({text[:1].lower()}{text[1:]})"  # everybody says "B"; the words explain it
    if (
        attribuut.type is Gegevenstype.TEKST
        and attribuut.naam.lower().endswith("postcode")
        and len(text) == 6
    ):
        return f"{text[:4]} {text[4:].upper()}"
    return text


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
