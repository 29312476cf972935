"""Gives the standard as JSON Schema, for documentation and for people who check messages themselves."""

from typing import Any, Literal

from exchange.standard.entiteiten import STANDAARD
from exchange.standard.identifiers import VUM_ID_PATROON
from exchange.standard.model import Attribuut, Entiteit, Gegevenstype, Profiel, Soort

Ids = Literal["bron", "vum"]


def json_schema(soort: Soort, profiel: Profiel, *, met_id: Ids = "bron") -> dict[str, Any]:
    """Makes a JSON Schema (draft 2020-12) for a record of this kind in this profile, without empty values.

    `met_id` says which id a search profile carries: the source's own ("bron") or that of the match at the
    exchange ("vum"). A detail profile carries the source's id on both sides of the exchange. The schema
    requires what this portal publishes, which is more than the contracts ask of a detail profile. Except for
    `$schema` it uses only keywords that OpenAPI 3.0 has too. The caller may change the result.
    """
    schema = _group(STANDAARD[soort], profiel)
    if met_id == "vum" and profiel is Profiel.ZOEK and soort.id_pad is not None:
        del schema["properties"][soort.id_pad]
        schema["properties"] = {
            "vumID": {
                "type": "string",
                "title": "VUM-ID",
                "description": "Het kenmerk van deze match bij de uitwisselingsvoorziening.",
                "pattern": VUM_ID_PATROON,
            },
            **schema["properties"],
        }
        schema["required"] = ["vumID", *(naam for naam in schema["required"] if naam != soort.id_pad)]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _group(entiteit: Entiteit, profiel: Profiel) -> dict[str, Any]:
    attributen = [
        attribuut
        for attribuut in entiteit.attributen
        if profiel is Profiel.DETAIL or attribuut.profiel is Profiel.ZOEK
    ]
    schema: dict[str, Any] = {
        "type": "object",
        "title": entiteit.label,
        "description": entiteit.uitleg,
        "additionalProperties": False,
        "properties": {attribuut.naam: _attribute(attribuut, profiel) for attribuut in attributen},
    }
    required = [attribuut.naam for attribuut in attributen if attribuut.verplicht]
    return {**schema, "required": required} if required else schema


def _attribute(attribuut: Attribuut, profiel: Profiel) -> dict[str, Any]:
    value = _group(attribuut.groep, profiel) if attribuut.groep is not None else _value(attribuut)
    if attribuut.meervoudig:
        value = {"type": "array", "items": value}
    return {**value, "title": attribuut.label, "description": attribuut.uitleg}


def _value(attribuut: Attribuut) -> dict[str, Any]:
    waardelijst = attribuut.waardelijst
    keywords: dict[str, Any] = {
        "type": attribuut.json_type,
        "format": "date" if attribuut.type is Gegevenstype.DATUM else None,
        "enum": list(waardelijst.waarden) if waardelijst is not None and waardelijst.waarden else None,
        "maxLength": attribuut.lengte,
        "minimum": attribuut.minimum,
        "maximum": attribuut.maximum,
        "pattern": attribuut.patroon,
        "example": attribuut.voorbeeld,
    }
    return {keyword: value for keyword, value in keywords.items() if value is not None}
