"""Tells whether a record matches a selectievraag: the plain answer, straight from the rules.

It is slow and simple on purpose: it works on the raw question and the raw record, and is the oracle for the
sources that answer from a database. Every combination of the contract has its own line below; anything else
in a question has no effect.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from exchange.standard import Soort

#: Kilometres between two postcodes ("1234AB"), or None when one of them is not known.
Afstand: TypeAlias = Callable[[str, str], float | None]
#: One condition of a question, to be put to a record.
Voorwaarde: TypeAlias = Callable[[Mapping[str, Any]], bool]


def matches(
    soort: Soort, vraag_object: Mapping[str, Any], record: Mapping[str, Any], afstand_km: Afstand
) -> bool:
    """Tells whether the record satisfies every condition of the question."""
    return all(voorwaarde(record) for voorwaarde in voorwaarden(soort, vraag_object, afstand_km))


def voorwaarden(soort: Soort, vraag_object: Mapping[str, Any], afstand_km: Afstand) -> list[Voorwaarde]:
    """Gives the conditions of a question that have an effect; for putting one question to many records."""
    match Soort(soort):
        case Soort.WERKZOEKENDEN:
            return _werkzoekenden(vraag_object, afstand_km)
        case Soort.VACATURES:
            return _vacatures(vraag_object, afstand_km)
        case Soort.WERKGEVERSCONTACTMOMENTEN:
            return _werkgeverscontactmomenten(vraag_object)


# --- The combinations of the three contracts ---------------------------------------------------------------


def _werkzoekenden(vraag: Mapping[str, Any], afstand_km: Afstand) -> list[Voorwaarde]:
    kwalificatie = "arbeidsmarktkwalificatie"
    return [
        *_compare(vraag, "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst", "$eq"),
        *_compare(vraag, "werktijden.indicatieKantoortijden", "$eq"),
        *_compare(vraag, "werktijden.aantalWerkurenPerWeekMaximaal", "$gte"),
        *_compare(vraag, "werktijden.aantalWerkurenPerWeekMinimaal", "$lte"),
        # The question spells it without its group, the record with it.
        *_compare(
            vraag,
            "datumAanvangBeschikbaarVoorWerk",
            "$lte",
            pad="flexibiliteit.datumAanvangBeschikbaarVoorWerk",
        ),
        # The question spells it as if an occupation lay in a group of its own; in the record it does not.
        *_one_of(vraag, "bemiddelingsberoep", asked_as="beroep.codeBeroepsnaam", naam="codeBeroepsnaam"),
        *_one_of(vraag, "contractvorm", asked_as="codeTypeArbeidscontract", naam="codeTypeArbeidscontract"),
        *_all_licences(vraag, f"{kwalificatie}.rijbewijs"),
        *_all_languages(vraag, f"{kwalificatie}.taalbeheersing"),
        *_within_area(
            vraag,
            "mobiliteit.bemiddelingspostcode",
            afstand_km,
            eigen_maximum="mobiliteit.maximaleReisafstand",
        ),
    ]


def _vacatures(vraag: Mapping[str, Any], afstand_km: Afstand) -> list[Voorwaarde]:
    return [
        *_compare(vraag, "beroep.codeBeroepsnaam", "$eq"),
        *_compare(vraag, "codeWerkEnDenkniveauMinimaal", "$eq", "$gte", "$lt"),
        *_compare(
            vraag, "datumAanvangWerkzaamheden", "$gte", pad="arbeidsVoorwaarden.datumAanvangWerkzaamheden"
        ),
        *_compare(vraag, "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst", "$eq"),
        *_compare(vraag, "werktijden.aantalWerkurenPerWeekMaximaal", "$gte"),
        *_compare(vraag, "werktijden.aantalWerkurenPerWeekMinimaal", "$lte"),
        *_all_licences(vraag, "rijbewijs"),
        *_all_languages(vraag, "taalbeheersing"),
        *_within_area(vraag, "adres.postcode", afstand_km),
    ]


def _werkgeverscontactmomenten(vraag: Mapping[str, Any]) -> list[Voorwaarde]:
    return [
        *_compare(vraag, "werkgever.nummerKvk", "$eq"),
        *_compare(vraag, "datum", "$gte"),
    ]


# --- What a combination means ------------------------------------------------------------------------------


def _compare(
    vraag: Mapping[str, Any], sleutel: str, *operatoren: str, pad: str | None = None
) -> list[Voorwaarde]:
    """Compares a single value of the record, at `pad` or the key's own path, with each operator asked."""
    return [
        _comparison(operator, asked, pad or sleutel)
        for operator, asked in _operators(_value(vraag, sleutel), *operatoren)
    ]


def _comparison(operator: str, asked: object, pad: str) -> Voorwaarde:
    return lambda record: holds(_at(record, pad), operator, asked)


def _one_of(vraag: Mapping[str, Any], sleutel: str, *, asked_as: str, naam: str) -> list[Voorwaarde]:
    """Reads `$elemMatch` with `$or`: some element of the list has, as `naam`, one of the values asked for."""
    branches = _value(_value(_value(vraag, sleutel), "$elemMatch"), "$or")
    asked = [value for branch in _list(branches) for _, value in _operators(_value(branch, asked_as), "$eq")]
    if not asked:
        return []
    return [
        lambda record: any(
            holds(_value(element, naam), "$eq", value)
            for element in _list(_at(record, sleutel))
            for value in asked
        )
    ]


def _all_licences(vraag: Mapping[str, Any], sleutel: str) -> list[Voorwaarde]:
    """Requires that every licence asked for is in the list."""
    return [
        _some_element(sleutel, asked)
        for element in _elements_of_all(vraag, sleutel)
        if (asked := _asked_of_element(element, ("codeSoortRijbewijs", "$eq")))
    ]


def _all_languages(vraag: Mapping[str, Any], sleutel: str) -> list[Voorwaarde]:
    """Requires every language asked for, at the levels asked for; other levels do not matter."""
    return [
        _some_element(sleutel, asked)
        for element in _elements_of_all(vraag, sleutel)
        if _asked_of_element(element, ("codeTaal", "$eq"))
        and (
            asked := _asked_of_element(
                element,
                ("codeTaal", "$eq"),
                ("codeNiveauTaalbeheersingMondeling", "$gte"),
                ("codeNiveauTaalbeheersingSchriftelijk", "$gte"),
            )
        )
    ]


def _within_area(
    vraag: Mapping[str, Any], postcode: str, afstand_km: Afstand, eigen_maximum: str | None = None
) -> list[Voorwaarde]:
    """Requires that the record lies in the area, and no further than the jobseeker's own maximum distance."""
    gebied = _value(vraag, "selectiegebied")
    centrum, grens = _value(gebied, "postcode"), _value(gebied, "afstand")
    if gebied is None:
        return []

    def near_enough(record: Mapping[str, Any]) -> bool:
        waar = _at(record, postcode)
        if not isinstance(centrum, str) or not isinstance(waar, str):
            return False
        afstand = afstand_km(centrum, waar)
        if not holds(afstand, "$lte", grens):
            return False
        maximum = _at(record, eigen_maximum) if eigen_maximum else None
        return maximum is None or holds(afstand, "$lte", maximum)

    return [near_enough]


# --- MongoDB's comparisons ---------------------------------------------------------------------------------


def holds(value: object, operator: str, asked: object) -> bool:
    """Tells whether `value operator asked` is true in MongoDB: a missing value or another type is false."""
    if _is_number(value) and _is_number(asked):
        left: Any = value
        right: Any = asked
    elif isinstance(value, str) and isinstance(asked, str):
        left, right = value, asked  # Python too compares by code point
    else:
        return False
    match operator:
        case "$eq":
            return bool(left == right)
        case "$gte":
            return bool(left >= right)
        case "$lte":
            return bool(left <= right)
        case "$lt":
            return bool(left < right)
        case _:
            raise ValueError(operator)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# --- Finding one's way in a record and in a question -------------------------------------------------------


def _present(value: object) -> Any:
    """Gives the value, or None when it is empty: an empty text, list or group counts as absent."""
    return None if value is None or value == "" or value == [] or value == {} else value


def _value(group: object, name: str) -> Any:
    """Gives the property of a group by its exact name (a dot is part of it), or None."""
    return _present(group.get(name)) if isinstance(group, Mapping) else None


def _at(record: object, pad: str) -> Any:
    """Gives the value at a path, group by group ("werktijden.indicatieKantoortijden"), or None."""
    for name in pad.split("."):
        record = _value(record, name)
    return record


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _operators(value: object, *known: str) -> list[tuple[str, Any]]:
    """Gives the operators asked for, with their values, of those that the contract knows in this place."""
    return [(operator, asked) for operator in known if (asked := _value(value, operator)) is not None]


def _elements_of_all(vraag: Mapping[str, Any], sleutel: str) -> list[Any]:
    """Gives the groups of conditions in `$all` of `$elemMatch`."""
    return [_value(element, "$elemMatch") for element in _list(_value(_value(vraag, sleutel), "$all"))]


def _asked_of_element(element: object, *known: tuple[str, str]) -> list[tuple[str, str, Any]]:
    """Gives the conditions on one element, of the names and operators that the contract knows there."""
    return [
        (name, operator, asked)
        for name, operator in known
        for _, asked in _operators(_value(element, name), operator)
    ]


def _some_element(pad: str, asked: list[tuple[str, str, Any]]) -> Voorwaarde:
    """Requires that one and the same element of the list satisfies every condition."""
    return lambda record: any(
        all(holds(_value(element, name), operator, value) for name, operator, value in asked)
        for element in _list(_at(record, pad))
    )
