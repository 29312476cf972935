"""From a record in the standard to the row that the source searches and answers with.

A plain function per kind: what is searched goes into typed columns, exactly as
`exchange.selection.sql` expects them.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from exchange.geo.distances import pc4_of, resolve
from exchange.selection import taal_token
from exchange.standard import Soort, zoekprofiel

Row = dict[str, Any]
Record = Mapping[str, Any]


class OnbekendePostcode(ValueError):
    """The record's postcode is nowhere near a Dutch one, so that no distance can be told."""


def as_json(value: Any) -> str:
    """The one spelling in which records are stored, sent and compared."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def canonical_json(record: Record) -> str:
    """A record without an id of its own, in the spelling that tells it from another."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def whole_numbers(value: Any) -> Any:
    """The same value with 36.0 written as 36: in JSON one number, in a column of whole numbers not."""
    if isinstance(value, dict):
        return {name: whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def pack(text: str) -> bytes:
    """The JSON of a whole record, small; what gets encrypted."""
    return zlib.compress(text.encode(), 6)


def unpack(data: bytes) -> dict[str, Any]:
    """The record that `pack` made small."""
    record: dict[str, Any] = json.loads(zlib.decompress(data))
    return record


def _group(record: Record, name: str) -> Record:
    found: Record = record.get(name) or {}
    return found


def _codes(elements: Any, key: str) -> list[str]:
    return list(dict.fromkeys(element[key] for element in elements or () if key in element))


def _talen(elements: Any) -> list[str]:
    tokens = (
        taal_token(
            element["codeTaal"],
            element.get("codeNiveauTaalbeheersingMondeling"),
            element.get("codeNiveauTaalbeheersingSchriftelijk"),
        )
        for element in elements or ()
        if "codeTaal" in element
    )
    return list(dict.fromkeys(tokens))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _shared(record: Record, postcode: str) -> Row:
    pc4 = pc4_of(postcode)
    known = resolve(pc4) if pc4 is not None else None
    if known is None:
        raise OnbekendePostcode
    hours = _group(record, "werktijden")
    return {
        "pc4": known,
        "onregelmatig": _group(record, "flexibiliteit").get("indicatieOnregelmatigWerkOfPloegendienst"),
        "uren_minimaal": hours.get("aantalWerkurenPerWeekMinimaal"),
        "uren_maximaal": hours.get("aantalWerkurenPerWeekMaximaal"),
    }


def _werkzoekende(record: Record) -> Row:
    mobility, qualification = _group(record, "mobiliteit"), _group(record, "arbeidsmarktkwalificatie")
    return {
        **_shared(record, mobility["bemiddelingspostcode"]),
        "aanvang": _day(_group(record, "flexibiliteit").get("datumAanvangBeschikbaarVoorWerk")),
        "rijbewijzen": _codes(qualification.get("rijbewijs"), "codeSoortRijbewijs"),
        "talen": _talen(qualification.get("taalbeheersing")),
        "reisafstand": mobility.get("maximaleReisafstand"),
        "kantoortijden": _group(record, "werktijden").get("indicatieKantoortijden"),
        "beroepen": _codes(record.get("bemiddelingsberoep"), "codeBeroepsnaam"),
        "contractvormen": _codes(record.get("contractvorm"), "codeTypeArbeidscontract"),
    }


def _vacature(record: Record) -> Row:
    return {
        **_shared(record, _group(record, "adres")["postcode"]),
        "aanvang": _day(_group(record, "arbeidsVoorwaarden").get("datumAanvangWerkzaamheden")),
        "rijbewijzen": _codes(record.get("rijbewijs"), "codeSoortRijbewijs"),
        "talen": _talen(record.get("taalbeheersing")),
        "beroep": _group(record, "beroep").get("codeBeroepsnaam"),
        "denkniveau": record.get("codeWerkEnDenkniveauMinimaal"),
        "sluitingsdatum": _day(record.get("sluitingsdatumVacature")),
    }


def _contactmoment(record: Record) -> Row:
    return {"nummer_kvk": _group(record, "werkgever")["nummerKvk"], "datum": _day(record["datum"])}


_ROW: dict[Soort, Callable[[Record], Row]] = {
    Soort.WERKZOEKENDEN: _werkzoekende,
    Soort.VACATURES: _vacature,
    Soort.WERKGEVERSCONTACTMOMENTEN: _contactmoment,
}


def search_columns(soort: Soort, record: Record) -> Row:
    """The searched columns of a valid record, and its ready JSON where the kind has a search profile.

    Raises OnbekendePostcode when no known postcode can stand for the record's own.
    """
    columns = _ROW[soort](record)
    if soort is not Soort.WERKGEVERSCONTACTMOMENTEN:
        columns["zoekprofiel"] = as_json(zoekprofiel(soort, dict(record)))
    return columns
