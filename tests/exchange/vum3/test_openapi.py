"""The OpenAPI documents: what the contracts say, what the portal answers, and nothing written down twice.

Every path, parameter, header, response and schema is compared with the contracts of a source. Where we differ
on purpose, the difference is listed with its reason, and the list must be exact.
"""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml
from django.test import Client
from django.urls import reverse

from exchange.standard import OIN_PATROON, Soort, veld_op, velden
from exchange.vum3.compose import Criteria
from exchange.vum3.headers import Partijen
from exchange.vum3.interface import VUM3
from exchange.vum3.openapi import openapi
from exchange.vum3.zoekvelden import ZOEKVELDEN
from tests.factories import (
    een_contactmoment,
    een_gemeente,
    een_vacature,
    een_vraag,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from tests.places import SHARED
from um_portal.tenants.scope import voor_gemeente

SOURCES = SHARED / "reference" / "vum-3"
CONTRACTS = {
    Soort.WERKZOEKENDEN: "WerkzoekendeProfielen",
    Soort.VACATURES: "Vacatures",
    Soort.WERKGEVERSCONTACTMOMENTEN: "Werkgeverscontactmomenten",
}
needs_contracts = pytest.mark.skipif(
    not SOURCES.is_dir(), reason=f"no contracts to compare with in {SOURCES}"
)


# --- Against the contracts -----------------------------------------------------------------------------------


class Difference(NamedTuple):
    """One place where the contract and our document do not say the same. None: it is not there."""

    soort: Soort
    place: str
    contract: Any
    ours: Any


# Remarks limit nothing; `style` and `explode` are given only where they are the default.
REMARKS = {"title", "description", "example", "summary", "operationId", "style", "explode"}
UNORDERED = {"enum", "required"}


@cache
def contract(soort: Soort) -> dict[str, Any]:
    path = SOURCES / f"VUM-Bron-{CONTRACTS[soort]}.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def plain(value: Any, document: dict[str, Any], key: str = "") -> Any:
    """Gives a part of a document with every $ref followed, without remarks, in one order."""
    if isinstance(value, dict):
        if "$ref" in value:
            target: Any = document
            for step in value["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return plain(target, document, key)
        # Below `properties` a key is a name and no keyword: an attribute may be called "title".
        names = key in ("properties", "headers", "responses")
        return {
            name: plain(item, document, "" if names else name)
            for name, item in value.items()
            if names or name not in REMARKS
        }
    if isinstance(value, list):
        items = [plain(item, document) for item in value]
        if key in UNORDERED:
            return sorted(items, key=str)
        if key == "parameters":
            return {f"{item['in']}:{item['name']}": item for item in items}
        return items
    return value


def differences(soort: Soort, theirs: Any, ours: Any, place: str = "") -> Iterator[Difference]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted(theirs.keys() | ours.keys()):
            below = f"{place} > {name}" if place else name
            yield from differences(soort, theirs.get(name), ours.get(name), below)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for number, pair in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(soort, *pair, f"{place}[{number}]")
    elif theirs != ours or type(theirs) is not type(ours):
        yield Difference(soort, place, theirs, ours)


def operations(document: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{method} {path}": plain(operation, document)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


OK = "responses > 200 > content > application/json > schema"
WZ, VAC = Soort.WERKZOEKENDEN, Soort.VACATURES
PARTIES = ("X-VUM-fromParty", "X-VUM-toParty", "X-VUM-viaParty")


def deliberate(soort: Soort) -> set[Difference]:
    matches = f"post /{soort.api_naam}/matches"
    calls = [matches] + ([f"get /{soort.api_naam}/{{{soort.id_pad}}}"] if soort.id_pad else [])
    # An OIN is always 20 digits, and a call with anything else is refused; the contract only says "string".
    found = {
        Difference(soort, f"{call} > {where} > schema > pattern", None, OIN_PATROON)
        for call in calls
        for name in PARTIES
        for where in (
            f"parameters > header:{name}",
            *(f"responses > {status} > headers > {name}" for status in (200, *VUM3.fouten.by_status())),
        )
    }
    if soort is Soort.WERKZOEKENDEN:
        # What we publish always has an id and a place.
        found.add(
            Difference(soort, f"{calls[1]} > {OK} > required", None, "['idWerkzoekende', 'mobiliteit']")
        )
    if soort is Soort.VACATURES:
        found.add(
            Difference(soort, f"{calls[1]} > {OK} > required", "['idVacature']", "['adres', 'idVacature']")
        )
    return found


def hashable(one: Difference) -> Difference:
    def text(value: Any) -> Any:
        if isinstance(value, dict):
            return str(dict(sorted(value.items())))
        return str(value) if isinstance(value, list) else value

    return one._replace(contract=text(one.contract), ours=text(one.ours))


@needs_contracts
@pytest.mark.parametrize("soort", Soort)
def test_the_document_says_what_the_contract_says(soort: Soort) -> None:
    theirs, ours = operations(contract(soort)), operations(openapi(VUM3, soort))
    assert theirs.keys() == ours.keys()
    found = {hashable(one) for one in differences(soort, theirs, ours)}
    assert found - deliberate(soort) == set(), "the document says something else than the contract"
    assert deliberate(soort) - found == set(), "a difference that is listed is no longer there"


@needs_contracts
def test_a_changed_fact_in_the_document_is_noticed() -> None:
    soort = Soort.VACATURES
    changed = openapi(VUM3, soort)
    del changed["components"]["schemas"]["Selectievraag"]["properties"]["rijbewijs"]["properties"]["$all"][
        "minItems"
    ]
    changed["components"]["parameters"]["API-Version"]["required"] = False
    changed["paths"]["/vacatures/matches"]["post"]["responses"].pop("503")
    before = {
        hashable(one)
        for one in differences(soort, operations(contract(soort)), operations(openapi(VUM3, soort)))
    }
    after = {hashable(one) for one in differences(soort, operations(contract(soort)), operations(changed))}
    places = {one.place.rpartition(" > ")[2] for one in after - before}
    assert {"minItems", "required", "503"} <= places


# --- Against ourselves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("soort", Soort)
def test_a_selectievraag_can_ask_for_every_searchable_attribute_and_for_nothing_else(soort: Soort) -> None:
    asked = {conditie.pad for zoekveld in ZOEKVELDEN[soort] for conditie in zoekveld.condities}
    searchable = {leaf.pad for leaf in velden(soort) if leaf.zoekbaar} - {soort.postcode_pad}
    assert asked == searchable
    assert all(veld_op(soort, pad).zoekbaar for pad in asked)


# A value of each type that a single attribute can have, as the document gives it.
VALUES = {"integer": 1, "date": "2026-03-01", "string": "12345678"}


@pytest.mark.parametrize("soort", Soort)
def test_the_source_understands_every_operator_of_the_document_and_no_other(soort: Soort) -> None:
    required = {WZ: een_vraag(), VAC: een_vraag()}.get(soort, {"werkgever.nummerKvk": {"$eq": "12345678"}})
    for key, schema in openapi(VUM3, soort)["components"]["schemas"]["Selectievraag"]["properties"].items():
        branches = schema.get("oneOf", [schema])
        written = {name: value for branch in branches for name, value in branch["properties"].items()}
        if key == "selectiegebied" or written.keys() & {"$all", "$elemMatch"}:
            continue
        for operator in ("$eq", "$gte", "$lte", "$lt"):
            value = next(iter(written.values()))
            asked = {operator: VALUES[value.get("format", value["type"])]}
            ignored = VUM3.parse(soort, {**required, key: {**required.get(key, {}), **asked}}).genegeerd
            assert ignored == (0 if operator in written else 1), (key, operator)


def test_headers_and_errors_are_those_that_the_portal_speaks() -> None:
    headers, fouten = VUM3.headers, VUM3.fouten
    document = openapi(VUM3, WZ)
    spoken = headers.write(Partijen("1", "2", "3"))
    assert set(spoken) == set(document["components"]["headers"])
    assert {spoken[name] for name in headers.versie} == {document["info"]["version"]}
    known = {(fout.status, fout.code) for name in fouten.__slots__ for fout in [getattr(fouten, name)]}
    assert known == {(status, code) for status, (_, codes) in fouten.by_status().items() for code in codes}


@pytest.mark.parametrize("soort", Soort)
def test_the_document_is_valid_openapi(soort: Soort) -> None:
    validator = pytest.importorskip(
        "openapi_spec_validator", reason="openapi-spec-validator is not installed"
    )
    validator.validate(openapi(VUM3, soort))


@pytest.mark.parametrize("soort", Soort)
def test_every_schema_is_a_valid_schema_of_openapi_3_0(soort: Soort) -> None:
    package = pytest.importorskip(
        "openapi_schema_validator", reason="openapi-schema-validator is not installed"
    )
    for schema in openapi(VUM3, soort)["components"]["schemas"].values():
        package.OAS30Validator.check_schema(schema)


def check(message: Any, schema: dict[str, Any], document: dict[str, Any]) -> None:
    jsonschema.validate(message, plain(schema, document), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("soort", [WZ, VAC])
def test_what_the_search_form_composes_is_a_selectievraag_of_the_document(soort: Soort) -> None:
    everything = Criteria(
        "3511AB",
        25,
        {
            "beroep": ["urn:um-demo:beroep:kok"],
            "uren_vanaf": 16,
            "uren_tot": 32,
            "rijbewijzen": ["B", "BE"],
            "taal": "nld",
            "taal_mondeling": 3,
            "taal_schriftelijk": 2,
            "kantoortijden": 1,
            "onregelmatig": 2,
            "contractvormen": ["B"],
            "datum": date(2026, 3, 1),
            "denkniveau_minimaal": "3",
        },
    )
    document = openapi(VUM3, soort)
    schema = document["components"]["schemas"]["Selectievraag"]
    vraag = VUM3.compose(soort, everything)
    check(vraag, schema, document)
    assert set(vraag) == set(schema["properties"]), "the form asks for everything that can be asked"


@pytest.mark.parametrize(
    "vraag",
    [
        {},
        {"selectiegebied": {"postcode": "3511AB"}},
        {"selectiegebied": {"postcode": "3511 AB", "afstand": 5}},
        een_vraag() | {"werktijden.indicatieKantoortijden": {"$eq": 0}},
        een_vraag() | {"arbeidsmarktkwalificatie.rijbewijs": {"$all": []}},
        een_vraag() | {"contractvorm": {"$elemMatch": {"$or": [{"codeTypeArbeidscontract": {"$eq": "X"}}]}}},
    ],
)
def test_what_is_no_selectievraag_is_refused_by_the_document(vraag: dict[str, Any]) -> None:
    document = openapi(VUM3, WZ)
    with pytest.raises(jsonschema.ValidationError):
        check(vraag, document["components"]["schemas"]["Selectievraag"], document)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("soort", "record", "vraag"),
    [
        (WZ, een_werkzoekende("W1"), een_vraag()),
        (VAC, een_vacature("V1"), een_vraag()),
        (
            Soort.WERKGEVERSCONTACTMOMENTEN,
            een_contactmoment("12345678"),
            {"werkgever.nummerKvk": {"$eq": "12345678"}, "datum": {"$gte": "2026-01-01"}},
        ),
    ],
    ids=[soort.value for soort in Soort],
)
def test_what_the_source_answers_is_what_the_document_promises(
    soort: Soort, record: dict[str, Any], vraag: dict[str, Any], settings: Any
) -> None:
    settings.UM_DEMO = True  # this machine may call the source
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        publish_set(gemeente, soort, [record])
    document = openapi(VUM3, soort)
    server = document["servers"][0]["url"]
    client = Client(headers=vum_headers(gemeente))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            url = server + path.replace(f"{{{soort.id_pad}}}", str(record.get(str(soort.id_pad))))
            body = json.dumps({"vraagObject": vraag})
            good = client.generic(method.upper(), url, body, content_type="application/json")
            assert good.status_code == 200
            if method == "post":
                assert len(good.json()["matches"]) == 1
            promised = operation["responses"]["200"]
            check(good.json(), promised["content"]["application/json"]["schema"], document)
            assert all(good.has_header(name) for name in promised["headers"])
            wrong = client.generic(
                method.upper(), url, "{", content_type="application/json", headers={"X-VUM-toParty": "9"}
            )
            assert wrong.status_code == 400
            refused = operation["responses"]["400"]
            check(wrong.json(), refused["content"]["application/json"]["schema"], document)


# --- Served ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("soort", Soort)
def test_the_portal_serves_the_document_to_anybody_without_a_query(client: Client, soort: Soort) -> None:
    # Without django_db: a query would be an error.
    response = client.get(reverse("api:document", args=[soort.api_naam]))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == openapi(VUM3, soort)


def test_an_unknown_document_is_not_found(client: Client) -> None:
    assert client.get("/api/openapi/geheimen.json").status_code == 404
    assert client.post(reverse("api:document", args=["vacatures"])).status_code == 405
