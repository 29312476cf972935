"""The standard against its sources: the six VUM contracts and the two official workbooks.

Every attribute is compared both ways, so that nothing is missing, nothing is extra and nothing is looser or
stricter than the contracts. Where we differ on purpose, the difference is listed here with its reason, and
the list must be exact: a difference that is no longer there fails too.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import openpyxl
import pytest
import yaml

from exchange.standard import (
    STANDAARD,
    Attribuut,
    Entiteit,
    Gegevenstype,
    Profiel,
    Soort,
    Veld,
    json_schema,
    velden,
)
from tests.places import SHARED

SOURCES = SHARED / "reference" / "vum-3"

pytestmark = pytest.mark.skipif(
    not SOURCES.is_dir(), reason=f"no contracts and workbooks to compare with: {SOURCES} is absent"
)

CONTRACTS = {
    Soort.WERKZOEKENDEN: "WerkzoekendeProfielen",
    Soort.VACATURES: "Vacatures",
    Soort.WERKGEVERSCONTACTMOMENTEN: "Werkgeverscontactmomenten",
}
SIDES = {"bron": "Bron", "vum": "Bemiddelaar"}
WITH_DETAIL = (Soort.WERKZOEKENDEN, Soort.VACATURES)
WORKBOOKS = {Soort.WERKZOEKENDEN: "werkzoekenden", Soort.VACATURES: "vacatures"}


# --- Contracts ---------------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """One fact about one place: what the contract says of it and what we say. None: it is not there."""

    soort: Soort
    profiel: Profiel
    pad: str
    fact: str
    contract: object
    ours: object


DELIBERATE = {
    # What we publish always has an id and a place; the contracts ask that only of the search profile.
    Difference(
        Soort.WERKZOEKENDEN,
        Profiel.DETAIL,
        "",
        "required",
        frozenset(),
        frozenset({"idWerkzoekende", "mobiliteit"}),
    ),
    Difference(
        Soort.VACATURES,
        Profiel.DETAIL,
        "",
        "required",
        frozenset({"idVacature"}),
        frozenset({"idVacature", "adres"}),
    ),
}


@cache
def contract(soort: Soort, side: str) -> dict[str, Any]:
    path = SOURCES / f"VUM-{SIDES[side]}-{CONTRACTS[soort]}.yaml"
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def answer_of(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return resolved(operation["responses"]["200"]["content"]["application/json"]["schema"], document)


def record_schema(soort: Soort, side: str, profiel: Profiel) -> dict[str, Any]:
    """Gives the schema of one record in an answer, found by following the paths of the contract."""
    document = contract(soort, side)
    if profiel is Profiel.ZOEK:
        answer = answer_of(document["paths"][f"/{soort.api_naam}/matches"]["post"], document)
        matches = resolved(answer["properties"]["matches"], document)
        return resolved(matches["items"], document)
    parameter = soort.id_pad if side == "bron" else "vumID"
    answer = answer_of(document["paths"][f"/{soort.api_naam}/{{{parameter}}}"]["get"], document)
    if side == "bron":
        return answer
    return resolved(answer["properties"][soort.enkelvoud], document)


LEAF_FACTS = ("type", "format", "maxLength", "minimum", "maximum", "pattern")
# Says something about a value without limiting it.
REMARKS = {"title", "description", "example", "$schema"}


def facts_of_schema(
    schema: dict[str, Any], document: dict[str, Any], pad: str = ""
) -> Iterator[tuple[tuple[str, str], object]]:
    """Gives everything that a schema says, as ((path, fact), value); `pad` as `velden` writes it."""
    schema = resolved(schema, document)
    said = set(schema) - REMARKS
    if schema["type"] == "array":
        assert said == {"type", "items"}, (pad, said)
        yield from facts_of_schema(schema["items"], document, f"{pad}[]")
    elif schema["type"] == "object":
        assert said <= {"type", "properties", "required", "additionalProperties"}, (pad, said)
        yield (pad, "there"), True
        yield (pad, "additionalProperties"), schema.get("additionalProperties", True)
        yield (pad, "required"), frozenset(schema.get("required", ()))
        for naam, value in schema["properties"].items():
            yield from facts_of_schema(value, document, f"{pad}.{naam}" if pad else naam)
    else:
        assert said <= {*LEAF_FACTS, "enum"}, (pad, said)
        yield (pad, "there"), True
        for fact in LEAF_FACTS:
            yield (pad, fact), schema.get(fact)
        # With the type, because 1 and True and "1" are different codes.
        yield (pad, "enum"), frozenset((type(code).__name__, code) for code in schema.get("enum", ()))


def facts_of_entity(
    entiteit: Entiteit, profiel: Profiel, pad: str = ""
) -> Iterator[tuple[tuple[str, str], object]]:
    """Gives the same for the standard itself, read straight from the attributes."""
    attributen = [
        attribuut
        for attribuut in entiteit.attributen
        if profiel is Profiel.DETAIL or attribuut.profiel is Profiel.ZOEK
    ]
    yield (pad, "there"), True
    yield (pad, "additionalProperties"), False
    yield (pad, "required"), frozenset(attribuut.naam for attribuut in attributen if attribuut.verplicht)
    for attribuut in attributen:
        below = f"{pad}.{attribuut.naam}" if pad else attribuut.naam
        below += "[]" if attribuut.meervoudig else ""
        if attribuut.groep is not None:
            yield from facts_of_entity(attribuut.groep, profiel, below)
        else:
            yield from facts_of_attribute(attribuut, below)


def facts_of_attribute(attribuut: Attribuut, pad: str) -> Iterator[tuple[tuple[str, str], object]]:
    yield (pad, "there"), True
    yield (pad, "type"), attribuut.json_type
    yield (pad, "format"), "date" if attribuut.type is Gegevenstype.DATUM else None
    yield (pad, "maxLength"), attribuut.lengte
    yield (pad, "minimum"), attribuut.minimum
    yield (pad, "maximum"), attribuut.maximum
    yield (pad, "pattern"), attribuut.patroon
    codes = attribuut.waardelijst.waarden if attribuut.waardelijst is not None else ()
    yield (pad, "enum"), frozenset((type(code).__name__, code) for code in codes)


def differences(
    soort: Soort,
    profiel: Profiel,
    theirs: dict[tuple[str, str], object],
    ours: dict[tuple[str, str], object],
) -> set[Difference]:
    found = set()
    for pad, fact in theirs.keys() | ours.keys():
        here = (pad, "there")
        if fact != "there" and not (here in theirs and here in ours):
            continue  # said once, by the fact that one of the two does not have it at all
        contract_says, we_say = theirs.get((pad, fact)), ours.get((pad, fact))
        if contract_says != we_say:
            found.add(Difference(soort, profiel, pad, fact, contract_says, we_say))
    return found


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("soort", "profiel"),
    [*((soort, Profiel.ZOEK) for soort in Soort), *((soort, Profiel.DETAIL) for soort in WITH_DETAIL)],
)
def test_json_schema_says_what_the_contract_says(soort: Soort, profiel: Profiel, side: Any) -> None:
    theirs = dict(facts_of_schema(record_schema(soort, side, profiel), contract(soort, side)))
    ours = dict(facts_of_schema(json_schema(soort, profiel, met_id=side), {}))
    expected = {difference for difference in DELIBERATE if difference[:2] == (soort, profiel)}
    assert differences(soort, profiel, theirs, ours) == expected
    assert len(ours) > 100, "the comparison must have had something to compare"


@pytest.mark.parametrize("profiel", Profiel)
@pytest.mark.parametrize("soort", Soort)
def test_json_schema_says_what_the_attributes_say(soort: Soort, profiel: Profiel) -> None:
    from_schema = dict(facts_of_schema(json_schema(soort, profiel), {}))
    from_attributes = dict(facts_of_entity(STANDAARD[soort], profiel))
    assert from_schema == from_attributes


def test_a_changed_fact_in_a_contract_is_noticed() -> None:
    soort, profiel = Soort.WERKZOEKENDEN, Profiel.DETAIL
    theirs = dict(facts_of_schema(record_schema(soort, "bron", profiel), contract(soort, "bron")))
    ours = dict(facts_of_entity(STANDAARD[soort], profiel))
    before = differences(soort, profiel, theirs, ours)
    theirs["telefoonnummer[]", "maxLength"] = 15
    del theirs["persoonlijkePresentatie", "there"]
    theirs["kleurOgen", "there"] = True
    assert differences(soort, profiel, theirs, ours) - before == {
        Difference(soort, profiel, "telefoonnummer[]", "maxLength", 15, 14),
        Difference(soort, profiel, "persoonlijkePresentatie", "there", None, True),
        Difference(soort, profiel, "kleurOgen", "there", True, None),
    }


def test_contactmomenten_have_no_detailvraag_and_no_detail_attributes() -> None:
    soort = Soort.WERKGEVERSCONTACTMOMENTEN
    for side in SIDES:
        assert list(contract(soort, side)["paths"]) == [f"/{soort.api_naam}/matches"]
    assert {leaf.profiel for leaf in velden(soort)} == {Profiel.ZOEK}


# The selectievraag spells some attributes differently from the record.
SPELLING = {
    "bemiddelingsberoep[].beroep.codeBeroepsnaam": "bemiddelingsberoep[].codeBeroepsnaam",
    "datumAanvangBeschikbaarVoorWerk": "flexibiliteit.datumAanvangBeschikbaarVoorWerk",
    "datumAanvangWerkzaamheden": "arbeidsVoorwaarden.datumAanvangWerkzaamheden",
}


def asked_for(schema: dict[str, Any], document: dict[str, Any], pad: str = "") -> Iterator[str]:
    """Gives the paths that a selectievraag can ask for, in its own spelling."""
    schema = resolved(schema, document)
    if "items" in schema:
        yield from asked_for(schema["items"], document, pad)
        return
    properties = schema.get("properties", {})
    if not properties or any(naam in ("$eq", "$gte", "$lte", "$lt") for naam in properties):
        yield pad
    for naam, value in properties.items():
        if naam == "$elemMatch":
            yield from asked_for(value, document, f"{pad}[]")
        elif naam in ("$all", "$or"):
            yield from asked_for(value, document, pad)
        elif not naam.startswith("$"):
            yield from asked_for(value, document, f"{pad}.{naam}" if pad else naam)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("soort", Soort)
def test_searchable_is_exactly_what_a_selectievraag_can_ask_for(soort: Soort, side: str) -> None:
    document = contract(soort, side)
    operation = document["paths"][f"/{soort.api_naam}/matches"]["post"]
    body = resolved(operation["requestBody"], document)["content"]["application/json"]["schema"]
    asked = set(asked_for(body["properties"]["vraagObject"], document))
    if soort.postcode_pad is not None:
        asked -= {"selectiegebied.afstand", "selectiegebied.postcode"}
        asked.add(soort.postcode_pad)
    assert {SPELLING.get(pad, pad) for pad in asked} == {leaf.pad for leaf in velden(soort) if leaf.zoekbaar}


# --- Workbooks ---------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """The content of a workbook about one attribute."""

    soort: Soort
    entiteit: str
    attribuut: str
    zoekbaar: bool
    profiel: Profiel
    data_type: str
    values: str


def cell(value: object) -> str:
    return "" if value is None else str(value).replace("_x000D_", "").strip()


def sheet(soort: Soort, name: str) -> Iterator[dict[str, str]]:
    path = SOURCES / f"entiteiten-attributen-{WORKBOOKS[soort]}-1.5.xlsx"
    rows = openpyxl.load_workbook(path, data_only=True)[name].iter_rows(values_only=True)
    header = [cell(value) for value in next(rows)]
    for row in rows:
        if any(row):
            yield dict(zip(header, map(cell, row), strict=True))


@cache
def rows_of_workbooks() -> tuple[Row, ...]:
    return tuple(
        Row(
            soort,
            row["Entiteit"],
            row["Attribuut"],
            {"Ja": True, "Nee": False}[row["Zoekbaar gegeven"]],
            {"Zoekprofiel": Profiel.ZOEK, "Detailprofiel": Profiel.DETAIL}[row["Zoekprofiel/Detailprofiel"]],
            row["Data Type"],
            row["List of Values"],
        )
        for soort in WORKBOOKS
        for row in sheet(soort, "Attributen")
    )


def entity_of(soort: Soort, leaf: Veld) -> Entiteit:
    if not leaf.voorouders:
        return STANDAARD[soort]
    groep = leaf.voorouders[-1].groep
    assert groep is not None
    return groep


def leaves_of(row: Row) -> list[Veld]:
    return [
        leaf
        for leaf in velden(row.soort)
        if (entity_of(row.soort, leaf).label, leaf.label) == (row.entiteit, row.attribuut)
    ]


# In the contract, but the workbook knows only those of a contactperson.
NOT_IN_WORKBOOK = {
    (Soort.WERKZOEKENDEN, "Werkzoekende", "E-mail adres"),
    (Soort.WERKZOEKENDEN, "Werkzoekende", "Telefoonnummer"),
}
# The contract has one address, for both profiles; a match carries all of it (decision 37).
OTHER_PROFILE = {
    (Soort.VACATURES, "Adres", label)
    for label in ("Postcode", "Straatnaam", "Huisnummer", "Huisnummertoevoeging")
}
# The workbook says AN..50, the contract 11; what does not fit the contract cannot be sent.
OTHER_LENGTH = {(Soort.VACATURES, "Vacature", "Nummer vacature"): 50}
# A label with a bracket that is never opened.
CORRECTED_LABEL = {
    "Bus voor meer dan 8 en maximaal 16 zitplaatsen, exclusief de bestuurder). Maximale lengte bus 8 meter.":
    "Bus voor meer dan 8 en maximaal 16 zitplaatsen (exclusief de bestuurder). Maximale lengte bus 8 meter.",
}  # fmt: skip


def test_the_workbooks_are_read_in_full() -> None:
    counted = [row.soort for row in rows_of_workbooks()]
    assert counted.count(Soort.WERKZOEKENDEN) == 57
    assert counted.count(Soort.VACATURES) == 48


def test_the_workbooks_and_the_standard_have_the_same_attributes_under_the_same_labels() -> None:
    theirs = {row[:3] for row in rows_of_workbooks()}
    ours = {
        (soort, entity_of(soort, leaf).label, leaf.label) for soort in WORKBOOKS for leaf in velden(soort)
    }
    assert theirs - ours == set()
    assert ours - theirs == NOT_IN_WORKBOOK


def test_the_workbooks_and_the_standard_have_the_same_entities() -> None:
    for soort in WORKBOOKS:
        theirs = {row["Entiteit"] for row in sheet(soort, "Entiteiten")}
        groepen = [groep for leaf in velden(soort) for groep in leaf.voorouders]
        ours = {STANDAARD[soort].label, *(groep.label for groep in groepen)}
        ours |= {groep.groep.label for groep in groepen if groep.groep is not None}
        assert theirs == ours


@pytest.mark.parametrize("soort", WORKBOOKS)
def test_every_label_spells_the_name_of_its_property(soort: Soort) -> None:
    for leaf in velden(soort):
        assert re.sub(r"[^a-z0-9]", "", leaf.label.casefold()) == leaf.attribuut.naam.casefold()


def test_searchable_is_as_in_the_workbooks() -> None:
    # The workbook speaks of an attribute of an entity, wherever that entity is used; a selectievraag can
    # reach it in at least one of those places (never, for instance, the occupation in a werkervaring).
    for row in rows_of_workbooks():
        assert any(leaf.zoekbaar for leaf in leaves_of(row)) == row.zoekbaar, row


def test_search_and_detail_profile_are_as_in_the_workbooks() -> None:
    different = {
        row[:3] for row in rows_of_workbooks() if {leaf.profiel for leaf in leaves_of(row)} != {row.profiel}
    }
    assert different == OTHER_PROFILE


def test_lengths_are_as_in_the_workbooks() -> None:
    different = {}
    for row in rows_of_workbooks():
        length = re.fullmatch(r"(?:AN|VA)(?:\.\.)?(\d+)", row.data_type)
        for leaf in leaves_of(row):
            ours = leaf.attribuut.lengte
            if length is not None and ours is not None and ours != int(length[1]):
                different[row[:3]] = int(length[1])
    assert different == OTHER_LENGTH


def values_of(row: Row) -> dict[str, str]:
    r"""Gives the codes and labels in a cell, written as "1\t= Ja", "1\tJa" or "A = Zware motor"."""
    found = {}
    for line in row.values.splitlines():
        pair = re.fullmatch(r"(\S+)\s*(?:\t|=)[\s=]*(\S.*)", line.strip())
        if pair is not None and not row.values.startswith(("Code uit", "Zie")):
            # What the workbook adds to a webadres in brackets explains, and is not part of its name.
            label = re.sub(r" \(webadres .*\)$", "", " ".join(pair[2].split()))
            found[pair[1]] = CORRECTED_LABEL.get(label, label).casefold()
    return found


def test_codes_and_their_labels_are_as_in_the_workbooks() -> None:
    compared = 0
    for row in rows_of_workbooks():
        theirs = values_of(row)
        for leaf in leaves_of(row):
            waardelijst = leaf.attribuut.waardelijst
            waarden = waardelijst.waarden if waardelijst is not None else {}
            # A label starts with a capital here, whether or not it does in the workbook.
            assert {str(code): label.casefold() for code, label in waarden.items()} == theirs, row
            compared += len(theirs)
    assert compared > 200, "the comparison must have had something to compare"


def test_no_explanation_is_copied_from_a_workbook() -> None:
    def runs(text: str, length: int = 6) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.casefold())
        return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}

    theirs: set[tuple[str, ...]] = set()
    for soort in WORKBOOKS:
        for row in sheet(soort, "Attributen"):
            theirs |= runs(row["Description Text"])
        for row in sheet(soort, "Entiteiten"):
            theirs |= runs(row["Entiteit Description Text"])
    for soort in Soort:
        for leaf in velden(soort):
            for text in (leaf.attribuut.uitleg, *(groep.uitleg for groep in leaf.voorouders)):
                assert not runs(text) & theirs, text
