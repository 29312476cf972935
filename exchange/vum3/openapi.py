"""Writes the interface of a source as OpenAPI documents, one per kind of record.

The records come from the standard through `json_schema`; the addresses, headers, errors and questions come
from the `Interface`. Only the way in which OpenAPI writes them stands here.
"""

from typing import Any, Final

from exchange.standard.boom import veld_op
from exchange.standard.identifiers import OIN_PATROON
from exchange.standard.model import Profiel, Soort
from exchange.standard.schema import json_schema
from exchange.vum3.interface import Interface
from exchange.vum3.parse import MAX_AFSTAND
from exchange.vum3.zoekvelden import Conditie, Schema, Vorm, Zoekveld
from um_portal.machines import contact

OPENAPI_VERSIE: Final = "3.0.3"


# --- The selectievraag -------------------------------------------------------------------------------------


def selectievraag_schema(interface: Interface, soort: Soort) -> Schema:
    """Gives the schema of a `vraagObject`: the area, and each searchable attribute with its operators."""
    properties: Schema = {}
    required = []
    if soort.postcode_pad is not None:
        properties["selectiegebied"] = _selectiegebied(soort, soort.postcode_pad)
        required.append("selectiegebied")
    for zoekveld in interface.zoekvelden[soort]:
        properties[zoekveld.sleutel] = _wrapped(soort, zoekveld)
        required += [c.sleutel for c in zoekveld.condities if c.ontbreekt and zoekveld.vorm is Vorm.ENKEL]
    return {
        "type": "object",
        "title": "Selectievraag",
        "description": f"Waaraan {soort.label} moeten voldoen. Alles wat gevraagd wordt, moet kloppen.",
        "properties": properties,
        "required": required,
    }


def _selectiegebied(soort: Soort, pad: str) -> Schema:
    return _object(
        {
            "postcode": leaf_schema(soort, pad),
            "afstand": {
                "type": "integer",
                "title": "Afstand",
                "description": "Kilometers hemelsbreed.",
                "minimum": 0,
                "maximum": MAX_AFSTAND,
            },
        },
        ["afstand", "postcode"],
        title="Selectiegebied",
        description="Een postcode met een afstand daaromheen.",
    )


def _wrapped(soort: Soort, zoekveld: Zoekveld) -> Schema:
    if zoekveld.vorm is Vorm.ENKEL:
        return _condition(soort, zoekveld.condities[0])
    asked = _object(
        {conditie.sleutel: _condition(soort, conditie) for conditie in zoekveld.condities},
        [conditie.sleutel for conditie in zoekveld.condities if conditie.ontbreekt],
    )
    if zoekveld.vorm in (Vorm.ALLE, Vorm.TAAL):
        several = _list(_object({"$elemMatch": asked}), zoekveld.minstens_een)
        return _object(
            {"$all": several}, description="Bij elk van deze eisen hoort een element van de lijst."
        )
    several = _list(asked, zoekveld.minstens_een)
    return _object(
        {"$elemMatch": _object({"$or": several})},
        description="Een element van de lijst voldoet aan een van deze eisen.",
    )


def _condition(soort: Soort, conditie: Conditie) -> Schema:
    leaf = veld_op(soort, conditie.pad)
    values = {
        operator: {**leaf_schema(soort, conditie.pad), **conditie.narrowed(operator)}
        for operator in conditie.operatoren
    }
    if conditie.bovengrens:
        # The contract allows either a range of levels below "not known", or "not known" itself.
        return {
            "title": leaf.label,
            "description": leaf.attribuut.uitleg,
            "oneOf": [
                {
                    **_object({key: values[key] for key in ("$gte", "$lt")}, ["$lt"]),
                    "additionalProperties": False,
                },
                {**_object({"$eq": values["$eq"]}), "not": {"required": ["$lt"]}},
            ],
        }
    return _object(values, title=leaf.label, description=leaf.attribuut.uitleg)


def leaf_schema(soort: Soort, pad: str) -> Schema:
    """Gives the schema of one value of the leaf at `pad` (as `velden` writes it), as records have it."""
    schema = json_schema(soort, Profiel.DETAIL)
    for step in pad.split("."):
        schema = schema["properties"][step.removesuffix("[]")]
        if step.endswith("[]"):
            schema = schema["items"]
    # An example in a record says nothing about a question.
    return {key: value for key, value in schema.items() if key not in ("title", "description", "example")}


def _object(properties: Schema, required: list[str] | None = None, **more: Any) -> Schema:
    schema: Schema = {"type": "object", **more, "properties": properties}
    return {**schema, "required": required} if required else schema


def _list(items: Schema, at_least_one: bool) -> Schema:
    schema: Schema = {"type": "array", "items": items}
    return {**schema, "minItems": 1} if at_least_one else schema


# --- The document ------------------------------------------------------------------------------------------


def openapi(interface: Interface, soort: Soort) -> Schema:
    """Gives the OpenAPI document of this portal as a source of this kind, in this version of the interface.

    A kind without ids has no detailvraag.
    """
    paths = {f"/{soort.api_naam}/matches": {"post": _matches(interface, soort)}}
    schemas = {
        "Selectievraag": selectievraag_schema(interface, soort),
        "Zoekprofiel": _record(soort, Profiel.ZOEK),
    }
    if soort.id_pad is not None:
        paths[f"/{soort.api_naam}/{{{soort.id_pad}}}"] = {"get": _detail(interface, soort, soort.id_pad)}
        schemas["Detailprofiel"] = _record(soort, Profiel.DETAIL)
    return {
        "openapi": OPENAPI_VERSIE,
        "info": {
            "title": f"VUM-bron voor {soort.label}",
            "description": (
                f"Hoe de uitwisselingsvoorziening van VUM een bron van {soort.label} bevraagt, volgens "
                f"gegevensstandaard 1.5 en interface {interface.naam}. De aanroeper toont wie hij is met een "
                "PKIoverheid-certificaat waarin zijn OIN staat."
            ),
            "version": interface.headers.berichtversie,
            "contact": contact(),
        },
        "servers": [{"url": interface.bron_adres}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Error": _error_schema()},
            "parameters": {
                name: {"name": name, "in": "header", "required": True, **header}
                for name, header in _request_headers(interface).items()
            },
            "headers": _response_headers(interface),
        },
    }


def _record(soort: Soort, profiel: Profiel) -> Schema:
    schema = json_schema(soort, profiel)
    del schema["$schema"]  # OpenAPI 3.0 has its own dialect of JSON Schema.
    return schema


def _matches(interface: Interface, soort: Soort) -> Schema:
    answer = _object(
        {
            "maximumAantalResultatenBereikt": {
                "type": "boolean",
                "description": "Of er meer zijn gevonden dan er in één antwoord passen.",
            },
            "matches": {"type": "array", "items": _ref("schemas", "Zoekprofiel")},
        },
        ["maximumAantalResultatenBereikt", "matches"],
    )
    return {
        "operationId": f"zoek_{soort.value}",
        "summary": f"Zoek {soort.label} die aan een selectievraag voldoen",
        "parameters": _parameters(interface),
        "requestBody": {"required": True, "content": _json(_request(interface, soort))},
        "responses": _responses(interface, "De gevonden zoekprofielen", answer),
    }


def _request(interface: Interface, soort: Soort) -> Schema:
    schema = _object({"vraagObject": _ref("schemas", "Selectievraag")}, ["vraagObject"])
    return schema if soort in interface.ruime_aanroep else {**schema, "additionalProperties": False}


def _detail(interface: Interface, soort: Soort, id_pad: str) -> Schema:
    parameter = {
        "name": id_pad,
        "in": "path",
        "required": True,
        "description": veld_op(soort, id_pad).attribuut.uitleg,
        "schema": leaf_schema(soort, id_pad),
    }
    return {
        "operationId": f"geef_{soort.enkelvoud}",
        "summary": f"Geef het hele detailprofiel van één {soort.enkelvoud}",
        "parameters": [parameter, *_parameters(interface)],
        "responses": _responses(interface, "Het detailprofiel", _ref("schemas", "Detailprofiel")),
    }


def _request_headers(interface: Interface) -> dict[str, Schema]:
    return {
        **_response_headers(interface),
        interface.headers.suwi: {
            "description": "Of de vrager een SUWI-partij is, zoals UWV of een gemeente.",
            "schema": {"type": "boolean"},
        },
    }


def _response_headers(interface: Interface) -> dict[str, Schema]:
    versie = {
        "description": "De versie van het bericht.",
        "schema": {"type": "string", "enum": [interface.headers.berichtversie]},
    }
    partijen = {
        name: {"description": text, "schema": {"type": "string", "pattern": OIN_PATROON}}
        for name, text in interface.headers.partijen.items()
    }
    return {**dict.fromkeys(interface.headers.versie, versie), **partijen}


def _parameters(interface: Interface) -> list[Schema]:
    return [_ref("parameters", name) for name in _request_headers(interface)]


def _responses(interface: Interface, description: str, schema: Schema) -> Schema:
    headers = {name: _ref("headers", name) for name in _response_headers(interface)}
    responses: Schema = {"200": {"description": description, "headers": headers, "content": _json(schema)}}
    for status, (meaning, codes) in interface.fouten.by_status().items():
        error: Schema = {"description": meaning, "headers": headers}
        if codes:
            error["description"] = f"{meaning} ({' of '.join(codes)})"
            error["content"] = _json(_ref("schemas", "Error"))
        responses[str(status)] = error
    return responses


def _error_schema() -> Schema:
    return _object(
        {
            "code": {"type": "string", "maxLength": 10},
            "message": {"type": "string", "maxLength": 500},
            "details": {"type": "string", "maxLength": 2000},
        },
        ["code", "message"],
    )


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _ref(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}
