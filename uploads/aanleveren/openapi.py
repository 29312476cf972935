"""Writes the OpenAPI document of the API for delivering, after the Dutch API design rules (NL GOV).

The paths and answers are written here; the kinds, states, reasons and problems come from where they are
defined. `api` answers as this document says, and the tests check that the two agree.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings

from exchange.standard import Soort
from exchange.vum3.openapi import OPENAPI_VERSIE
from um_portal.machines import contact
from uploads.aanleveren import problems
from uploads.aanleveren.problems import PROBLEMEN, Probleem
from uploads.mapping.model import Ernst
from uploads.models import Leveringstatus, RedenStop, Wijze

Schema = dict[str, Any]

PAD: Final = "/api/v1"
API_VERSIE: Final = "1.0.0"
BESTAND, KOPPELING, WIJZE, PUBLICEER, SOORT = "bestand", "koppeling", "wijze", "publiceer", "soort"
VELDEN: Final = (BESTAND, KOPPELING, WIJZE, PUBLICEER, SOORT)
MAX_PAGINA: Final = 100_000
# The problems that any call with a key can get.
_ALTIJD = (401, 403, 429, 500, 503)


def _ref(name: str, kind: str = "schemas") -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def _text(uitleg: str, **more: Any) -> Schema:
    return {"type": "string", "description": uitleg, **more}


def _number(uitleg: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": uitleg}


def _moment(uitleg: str) -> Schema:
    return _text(uitleg, format="date-time")


def _object(properties: dict[str, Schema], *optional: str, uitleg: str = "") -> Schema:
    found: Schema = {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }
    return {**found, "description": uitleg} if uitleg else found


def _page_of(item: Schema) -> Schema:
    link = {"type": "string", "format": "uri-reference"}
    return _object(
        {
            "aantal": _number("Hoeveel er in totaal zijn."),
            "pagina": {"type": "integer", "minimum": 1, "description": "Welke pagina dit is, vanaf 1."},
            "aantalPaginas": _number("Hoeveel pagina's er zijn."),
            "resultaten": {"type": "array", "items": item},
            "volgende": {**link, "description": "Het adres van de volgende pagina, als die er is."},
            "vorige": {**link, "description": "Het adres van de vorige pagina, als die er is."},
        },
        "volgende",
        "vorige",
    )


def _schemas() -> dict[str, Schema]:
    ernst = {"type": "string", "enum": [one.value for one in Ernst], "description": "Hoe erg het is."}
    soort = {
        "type": "string",
        "enum": [one.value for one in Soort],
        "description": "Wat er in het bestand staat.",
    }
    finding = {
        "ernst": ernst,
        "code": _text("Waar het om gaat, voor een programma."),
        "kolom": _text("De kop van de kolom, of het gegeven; leeg als het over de hele rij gaat."),
        "melding": _text("Wat er is en wat u kunt doen. Nooit de inhoud van een cel."),
    }
    samenvatting = {
        "id": {"type": "integer", "minimum": 1, "description": "Het nummer van de levering."},
        "url": _text("Het adres van deze levering.", format="uri-reference"),
        "soort": soort,
        "status": {
            "type": "string",
            "enum": [status.value for status in Leveringstatus],
            "description": "Waar de levering staat: " + _list_of(Leveringstatus) + ".",
        },
        "bezig": {
            "type": "boolean",
            "description": "Of er vanzelf nog iets verandert. Vraag anders niet meer om de stand.",
        },
        "melding": _text("Wat er aan de hand is, als daar iets over te zeggen is."),
        "gestopt": _object(
            {
                "code": {"type": "string", "enum": [reden.value for reden in RedenStop]},
                "melding": _text("Wat er is, en wat een medewerker van de gemeente kan doen."),
            },
            uitleg="Waarom de levering niet vanzelf is gepubliceerd. Een medewerker moet er nu naar kijken.",
        ),
        "bestandsnaam": _text("De naam van het bestand, zonder wat een nummer of adres van iemand kan zijn."),
        "bestandsgrootte": _number("In bytes."),
        "koppeling": _text("Hoe de kolommen zijn gelezen, als dat bekend is."),
        "wijze": _wijze(),
        "publiceer": {"type": "boolean", "description": "Of de levering vanzelf wordt gepubliceerd."},
        "aangemaaktOp": _moment("Wanneer het bestand binnenkwam."),
        "gepubliceerdOp": _moment("Wanneer de levering is gepubliceerd."),
        "teruggedraaidOp": _moment("Wanneer een medewerker de publicatie terugdraaide."),
        "voortgang": _object(
            {
                "rijenGedaan": _number("Hoeveel rijen er gelezen zijn, ook lege."),
                "rijenTotaal": _number("Hoeveel rijen er zijn, als dat bekend is."),
            },
            "rijenTotaal",
        ),
        "aantallen": _object(
            {
                "gelezen": _number("Rijen met iets erin: omgezet, overgeslagen en afgekeurd samen."),
                "omgezet": _number("Gaat mee."),
                "overgeslagen": _number("Gaat niet mee, bijvoorbeeld zonder toestemming."),
                "afgekeurd": _number("Gaat niet mee, omdat er iets niet klopt."),
                "legeRijen": _number("Tellen nergens in mee."),
                "waarschuwingen": _number("Opmerkingen bij rijen die wel meegaan."),
            }
        ),
        "publicatie": _object(
            {
                "nieuw": _number("Records die er nog niet waren."),
                "gewijzigd": _number("Records die veranderden."),
                "gelijk": _number("Records die hetzelfde bleven."),
                "weg": _number("Records die zijn verdwenen."),
                "tegengehouden": _number(
                    "Records die eerder zijn ingetrokken en daarom niet meegaan, tot een medewerker anders besluit."
                ),
            },
            uitleg="Wat het publiceren deed; alleen van een levering die gepubliceerd is.",
        ),
        "bevindingen": _text("Het adres van de fouten en opmerkingen per rij.", format="uri-reference"),
    }
    optional = ("melding", "gestopt", "koppeling", "gepubliceerdOp", "teruggedraaidOp", "publicatie")
    redenen = {
        "type": "array",
        "description": "De bevindingen geteld per reden, de ergste en meest voorkomende eerst.",
        "items": _object({**finding, "aantal": _number("Hoe vaak.")}),
    }
    return {
        "LeveringSamenvatting": _object(samenvatting, *optional),
        "Levering": _object({**samenvatting, "redenen": redenen}, *optional),
        "Leveringen": _page_of(_ref("LeveringSamenvatting")),
        "Bevinding": _object(
            {
                "rij": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "De rij in het blad, zoals een spreadsheet telt.",
                },
                "blad": _text("De naam van het blad; leeg als het bestand er geen heeft."),
                **finding,
            }
        ),
        "Bevindingen": _page_of(_ref("Bevinding")),
        "NieuweLevering": {
            "type": "object",
            "required": [BESTAND],
            "additionalProperties": False,
            "properties": {
                BESTAND: _text(
                    "De export: xlsx, xls, xlsb, ods, XML-werkblad 2003, csv of JSON; of een zip met twee "
                    "bestanden die bij elkaar horen. Wat het is blijkt uit de inhoud. "
                    f"Hoogstens {settings.UM_MAX_BESTAND_MB} MB.",
                    format="binary",
                ),
                KOPPELING: _text(
                    "De naam van een koppeling die in het portaal is bewaard, of sonar of standaard. Zonder deze "
                    "naam herkent het portaal zelf hoe de kolommen te lezen zijn.",
                    maxLength=60,
                ),
                WIJZE: {**_wijze(), "default": Wijze.VOLLEDIG.value},
                PUBLICEER: {
                    "type": "boolean",
                    "default": True,
                    "description": "true: publiceer vanzelf als niets in de weg staat. false: een medewerker doet het.",
                },
                SOORT: {**soort, "description": "Ter controle: moet de soort van de sleutel zijn."},
            },
        },
        "Probleem": _problem(),
    }


def _problem() -> Schema:
    fout = _object(
        {
            "in": {"type": "string", "enum": ["body", "query", "header"]},
            "location": _object({"name": _text("De naam van het veld of de parameter.")}),
            "code": _text("Wat er mis is, voor een programma."),
            "detail": _text("Wat er mis is en wat u kunt doen."),
        }
    )
    return _object(
        {
            "type": {
                "type": "string",
                "format": "uri",
                "enum": [probleem.type for probleem in PROBLEMEN],
                "description": "Welk probleem het is, voor een programma.",
            },
            "title": _text("Het probleem in een paar woorden."),
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _text("Wat er aan de hand is en wat u kunt doen."),
            "instance": _text("Het kenmerk van deze ene fout. Noem het als u om hulp vraagt.", format="uri"),
            "errors": {
                "type": "array",
                "items": fout,
                "description": "Bij status 400: welke velden of parameters niet kloppen.",
            },
        },
        "errors",
        uitleg="Een fout volgens RFC 9457.",
    )


def _wijze() -> Schema:
    return {
        "type": "string",
        "enum": [wijze.value for wijze in Wijze],
        "description": "Wat er met de gegevens gebeurt die er al staan: " + _list_of(Wijze) + ".",
    }


def _list_of(choices: Any) -> str:
    return "; ".join(f"{one.value}: {one.label[:1].lower()}{one.label[1:]}" for one in choices)


def _headers(*names: str) -> Schema:
    return {name: _ref(name, "headers") for name in ("API-Version", *names)}


def _answer(uitleg: str, schema: str, *headers: str) -> Schema:
    return {
        "description": uitleg,
        "headers": _headers(*headers),
        "content": {"application/json": {"schema": _ref(schema)}},
    }


def _refusals(statuses: Iterable[int]) -> Schema:
    return {str(status): _ref(f"Fout{status}", "responses") for status in sorted(statuses)}


def _responses() -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for status in sorted({probleem.status for probleem in PROBLEMEN}):
        same: list[Probleem] = [probleem for probleem in PROBLEMEN if probleem.status == status]
        extra = {401: ("WWW-Authenticate",), 405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",)}
        found[f"Fout{status}"] = {
            "description": ". ".join(f"{probleem.titel} ({probleem.naam})" for probleem in same) + ".",
            "headers": _headers(*extra.get(status, ())),
            "content": {problems.MEDIATYPE: {"schema": _ref("Probleem")}},
        }
    return found


def _id_parameter() -> Schema:
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "Het nummer van de levering.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
    }


def _query(name: str, uitleg: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": uitleg, "schema": schema}


def _page_parameter() -> Schema:
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_PAGINA, "default": 1}
    return _query("pagina", "Welke pagina, vanaf 1.", schema)


def _paths() -> Schema:
    statuses = {"type": "string", "enum": [status.value for status in Leveringstatus]}
    ernsten = {"type": "string", "enum": [ernst.value for ernst in Ernst]}
    code = {"type": "string", "maxLength": 40, "pattern": "^[a-z0-9_.-]+$"}
    return {
        "/leveringen": {
            "post": {
                "operationId": "leverAan",
                "tags": ["leveringen"],
                "summary": "Lever een bestand aan",
                "description": (
                    "Het bestand wordt versleuteld bewaard en daarna omgezet. Staat niets in de weg, dan wordt het "
                    "vanzelf gepubliceerd. Wie hetzelfde bestand binnen "
                    f"{settings.UM_AANLEVER_HERHAAL_MINUTEN} minuten nog eens stuurt, krijgt dezelfde levering terug, "
                    "zolang er van die soort niets anders tussendoor kwam. Opnieuw sturen na een verbroken verbinding "
                    "is dus veilig."
                ),
                "requestBody": {
                    "required": True,
                    "content": {"multipart/form-data": {"schema": _ref("NieuweLevering")}},
                },
                "responses": {
                    "200": _answer("Dit bestand was er al; dit is de levering.", "Levering", "Location"),
                    "201": _answer("Het bestand is ontvangen.", "Levering", "Location"),
                    **_refusals((400, 409, 411, 413, 415, 422, *_ALTIJD)),
                },
            },
            "get": {
                "operationId": "bekijkLeveringen",
                "tags": ["leveringen"],
                "summary": "Bekijk wat met deze sleutel is aangeleverd, het nieuwste eerst",
                "parameters": [
                    _page_parameter(),
                    _query("status", "Alleen leveringen met deze status.", statuses),
                ],
                "responses": {
                    "200": _answer("Een pagina met leveringen.", "Leveringen"),
                    **_refusals((400, *_ALTIJD)),
                },
            },
        },
        "/leveringen/{id}": {
            "get": {
                "operationId": "bekijkLevering",
                "tags": ["leveringen"],
                "summary": "Bekijk hoe het met een levering staat",
                "parameters": [_id_parameter()],
                "responses": {
                    "200": _answer("De levering.", "Levering"),
                    **_refusals((400, 404, *_ALTIJD)),
                },
            }
        },
        "/leveringen/{id}/bevindingen": {
            "get": {
                "operationId": "bekijkBevindingen",
                "tags": ["leveringen"],
                "summary": "Bekijk per rij wat er niet klopt",
                "description": "In de volgorde van het bestand. De inhoud van cellen staat er niet in.",
                "parameters": [
                    _id_parameter(),
                    _page_parameter(),
                    _query("ernst", "Alleen bevindingen van deze ernst.", ernsten),
                    _query("code", "Alleen bevindingen met deze code.", code),
                ],
                "responses": {
                    "200": _answer("Een pagina met bevindingen.", "Bevindingen"),
                    **_refusals((400, 404, *_ALTIJD)),
                },
            }
        },
    }


def document() -> dict[str, Any]:
    """Gives the whole document, as JSON."""
    return {
        "openapi": OPENAPI_VERSIE,
        "info": {
            "title": "Aanleveren bij het UM-portaal",
            "version": API_VERSIE,
            "description": (
                "Hiermee levert het systeem van een gemeente werkzoekenden, vacatures of contacten met werkgevers aan, "
                "zonder dat iemand inlogt. De functioneel beheerder van de gemeente maakt in het portaal een "
                "aanleversleutel; die geldt voor één gemeente en één soort.\n\n"
                f"Per sleutel mogen er {settings.UM_AANLEVER_AANROEPEN_PER_MINUUT} aanroepen per minuut en "
                f"{settings.UM_AANLEVER_PER_UUR} leveringen per uur zijn. Een tijdstip heeft de vorm van RFC 3339."
            ),
            "contact": contact(),
            "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/nl/"},
        },
        "servers": [{"url": PAD, "description": "Dit portaal"}],
        "tags": [{"name": "leveringen", "description": "Een levering is een bestand dat is aangeleverd."}],
        "security": [{"aanleversleutel": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "aanleversleutel": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "De tekst van de aanleversleutel, in de header Authorization.",
                }
            },
            "headers": {
                "API-Version": {
                    "description": "De versie van deze API.",
                    "required": True,
                    "schema": {"type": "string", "example": API_VERSIE},
                },
                "Location": {
                    "description": "Het adres van de levering.",
                    "required": True,
                    "schema": {"type": "string", "format": "uri-reference"},
                },
                "WWW-Authenticate": {
                    "description": "Dat er een sleutel nodig is.",
                    "required": True,
                    "schema": {"type": "string"},
                },
                "Allow": {
                    "description": "De methoden die hier wel kunnen.",
                    "required": True,
                    "schema": {"type": "string"},
                },
                "Retry-After": {
                    "description": "Na hoeveel seconden het weer kan.",
                    "required": True,
                    "schema": {"type": "integer", "minimum": 1},
                },
            },
            "responses": _responses(),
            "schemas": _schemas(),
        },
    }
