"""The interface of a source as OpenAPI documents, one per kind of record.

The records come from the standard through `json_schema`; what is written down here is the rest of the
interface: paths, headers, errors, and how a selectievraag asks for each searchable attribute.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from exchange.standard.boom import veld_op
from exchange.standard.identifiers import OIN_PATROON
from exchange.standard.model import Profiel, Soort
from exchange.standard.schema import json_schema
from exchange.vum3.zoekvelden import ZOEKVELDEN, Conditie, Schema, Vorm, Zoekveld

OPENAPI_VERSIE: Final = "3.0.3"
BERICHT_VERSIE: Final = "3.0.0"
VERSIE_HEADERS: Final = ("X-VUM-berichtVersie", "API-Version")
PARTIJ_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X-VUM-fromParty": "Het OIN van de partij die dit bericht stuurt.",
        "X-VUM-toParty": "Het OIN van de partij voor wie dit bericht is.",
        "X-VUM-viaParty": "Het OIN van de partij die het bericht doorgeeft.",
    }
)
SUWI_HEADER: Final = "X-VUM-SUWIparty"
# Status -> what it means, and the codes that `Error` then carries; 401 has no body.
FOUTEN: Final[Mapping[int, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        400: ("Ongeldige of onvolledige aanroep", ("400.01", "400.02")),
        401: ("Niet geautoriseerd", ()),
        429: ("Limiet overschreden", ("429.01",)),
        500: ("Interne serverfout", ("500.1",)),
        503: ("Service niet beschikbaar", ("500.3",)),
    }
)


# --- The selectievraag -------------------------------------------------------------------------------------


# Either a range of levels below "not known", or "not known" itself; the contract leaves no other choice.
_NIVEAU: Final = "codeWerkEnDenkniveauMinimaal"


def selectievraag_schema(soort: Soort) -> Schema:
    """What may stand under `vraagObject`: the area, and each searchable attribute with its operators."""
    properties: Schema = {}
    required = []
    if soort.postcode_pad is not None:
        properties["selectiegebied"] = _selectiegebied(soort, soort.postcode_pad)
        required.append("selectiegebied")
    for zoekveld in ZOEKVELDEN[soort]:
        properties[zoekveld.sleutel] = _wrapped(soort, zoekveld)
        required += [c.sleutel for c in zoekveld.condities if c.verplicht and zoekveld.vorm is Vorm.ENKEL]
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
                "maximum": 999,
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
        [conditie.sleutel for conditie in zoekveld.condities if conditie.verplicht],
    )
    if zoekveld.vorm is Vorm.ALLE:
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
        operator: {
            **leaf_schema(soort, conditie.pad),
            **conditie.beperking.get("", {}),
            **conditie.beperking.get(operator, {}),
        }
        for operator in conditie.operatoren
    }
    if conditie.pad == _NIVEAU:
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
    """The schema of one value of the leaf at `pad` (as `bladeren` writes it), as records have it."""
    schema = json_schema(soort, Profiel.DETAIL)
    for step in pad.split("."):
        schema = schema["properties"][step.removesuffix("[]")]
        if step.endswith("[]"):
            schema = schema["items"]
    # An example of a record says nothing about what is asked for.
    return {key: value for key, value in schema.items() if key not in ("title", "description", "example")}


def _object(properties: Schema, required: list[str] | None = None, **more: Any) -> Schema:
    schema: Schema = {"type": "object", **more, "properties": properties}
    return {**schema, "required": required} if required else schema


def _list(items: Schema, at_least_one: bool) -> Schema:
    schema: Schema = {"type": "array", "items": items}
    return {**schema, "minItems": 1} if at_least_one else schema


# --- The document ------------------------------------------------------------------------------------------


def openapi(soort: Soort, server: str = "/vum/bron/v3") -> Schema:
    """The OpenAPI document of a source of this kind; `server` is the address below which it answers.

    A kind without ids has no detailvraag.
    """
    paths = {f"/{soort.api_naam}/matches": {"post": _matches(soort)}}
    schemas = {"Selectievraag": selectievraag_schema(soort), "Zoekprofiel": _record(soort, Profiel.ZOEK)}
    if soort.id_pad is not None:
        paths[f"/{soort.api_naam}/{{{soort.id_pad}}}"] = {"get": _detail(soort, soort.id_pad)}
        schemas["Detailprofiel"] = _record(soort, Profiel.DETAIL)
    return {
        "openapi": OPENAPI_VERSIE,
        "info": {
            "title": f"VUM-bron voor {soort.label}",
            "description": (
                f"Hoe de uitwisselingsvoorziening van VUM een bron van {soort.label} bevraagt, volgens "
                "gegevensstandaard 1.5 en interface 3.1. De aanroeper toont wie hij is met een "
                "PKIoverheid-certificaat waarin zijn OIN staat."
            ),
            "version": BERICHT_VERSIE,
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Error": _error_schema()},
            "parameters": {
                name: {"name": name, "in": "header", "required": True, **header}
                for name, header in _request_headers().items()
            },
            "headers": _response_headers(),
        },
    }


def _record(soort: Soort, profiel: Profiel) -> Schema:
    schema = json_schema(soort, profiel)
    del schema["$schema"]  # OpenAPI 3.0 has a dialect of its own
    return schema


def _matches(soort: Soort) -> Schema:
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
        "parameters": _parameters(),
        "requestBody": {
            "required": True,
            "content": _json(_object({"vraagObject": _ref("schemas", "Selectievraag")}, ["vraagObject"])),
        },
        "responses": _responses("De gevonden zoekprofielen", answer),
    }


def _detail(soort: Soort, id_pad: str) -> Schema:
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
        "parameters": [parameter, *_parameters()],
        "responses": _responses("Het detailprofiel", _ref("schemas", "Detailprofiel")),
    }


def _request_headers() -> dict[str, Schema]:
    return {
        **_response_headers(),
        SUWI_HEADER: {
            "description": "Of de vrager een SUWI-partij is, zoals UWV of een gemeente.",
            "schema": {"type": "boolean"},
        },
    }


def _response_headers() -> dict[str, Schema]:
    versie = {
        "description": "De versie van het bericht.",
        "schema": {"type": "string", "enum": [BERICHT_VERSIE]},
    }
    partijen = {
        name: {"description": text, "schema": {"type": "string", "pattern": OIN_PATROON}}
        for name, text in PARTIJ_HEADERS.items()
    }
    return {**dict.fromkeys(VERSIE_HEADERS, versie), **partijen}


def _parameters() -> list[Schema]:
    return [_ref("parameters", name) for name in _request_headers()]


def _responses(description: str, schema: Schema) -> Schema:
    headers = {name: _ref("headers", name) for name in _response_headers()}
    responses: Schema = {"200": {"description": description, "headers": headers, "content": _json(schema)}}
    for status, (meaning, codes) in FOUTEN.items():
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
