"""Shows that the exchange gets what was delivered in the standard, empties included, as its runner compares it.

A match must be exactly what the contract gives of the record, and a detail the record itself. The records go the
whole way: a file of JSON is converted and published, and the source API is asked.
"""

import json
import random
from typing import Any

import pytest
import yaml
from django.test import Client

from exchange.bron import answer, journaal
from exchange.bron.models import Journaal, Vacature
from exchange.fictief import generate
from exchange.standard import STANDAARD, Gegevenstype, Profiel, Soort, json_schema, validate, without_empties
from exchange.standard.model import Entiteit
from exchange.vum3.interface import VUM3
from tests.factories import (
    SOORTEN,
    een_contactmoment,
    een_gebruiker,
    een_gemeente,
    een_levering,
    een_vacature,
    een_vraag,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from tests.places import SHARED
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.gepubliceerd import publication
from uploads.gepubliceerd.download import Momentopname

WZ, VAC = SOORTEN
WCM = Soort.WERKGEVERSCONTACTMOMENTEN
ACCREDITATIE = SHARED / "reference" / "accreditatie"
CONTRACTEN = SHARED / "reference" / "vum-3"
_CONTRACT = {WZ: "WerkzoekendeProfielen", VAC: "Vacatures"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_is_answered(settings) -> None:
    settings.UM_DEMO = True
    settings.UM_MAX_RESULTATEN = 10_000


def deliver(gemeente: Gemeente, records: list[dict[str, Any]]) -> None:
    """Uploads these records as a file in the standard, and publishes them."""
    levering = een_levering(gemeente, json.dumps(records).encode(), "records.json")
    assert levering.omgezet == len(records), levering.redenen
    publication.request_publication(gemeente, levering.pk, een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    tasks.publish(levering.pk, gemeente.pk)


def matches(gemeente: Gemeente, soort: Soort, vraag: dict[str, Any] | None = None) -> dict[str, Any]:
    """Asks the source, for the whole country unless `vraag` says otherwise; gives the matches by their id."""
    response = Client().post(
        f"/vum/bron/v3/{soort.api_naam}/matches",
        data=json.dumps({"vraagObject": vraag or een_vraag(999)}),
        content_type="application/json",
        headers=vum_headers(gemeente),
    )
    assert response.status_code == 200, response.content
    return {match[soort.id_pad]: match for match in response.json()["matches"]}


def detail(gemeente: Gemeente, soort: Soort, id_bron: str) -> Any:
    return Client().get(f"/vum/bron/v3/{soort.api_naam}/{id_bron}", headers=vum_headers(gemeente)).json()


# --- What the contract gives of a record ---------------------------------------------------------------


def part_of(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """Gives what a schema has a place for; None for a group or list that loses all it held."""
    schema = _resolved(schema, document)
    if isinstance(value, dict):
        places = schema.get("properties", {})
        parts = {
            name: part_of(item, places[name], document) for name, item in value.items() if name in places
        }
        kept: Any = {name: part for name, part in parts.items() if part is not None}
    elif isinstance(value, list):
        kept = [part for item in value if (part := part_of(item, schema["items"], document)) is not None]
    else:
        return value
    return kept if kept or not value else None


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def match_schema(soort: Soort) -> tuple[dict[str, Any], dict[str, Any]]:
    """Gives the schema of a match, and the document that it refers to: the contract's own where it is here."""
    if not CONTRACTEN.is_dir():
        return json_schema(soort, Profiel.ZOEK), {}
    text = (CONTRACTEN / f"VUM-Bron-{_CONTRACT[soort]}.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    given = document["paths"][f"/{soort.api_naam}/matches"]["post"]["responses"]["200"]
    answered = _resolved(given["content"]["application/json"]["schema"], document)
    return _resolved(_resolved(answered["properties"]["matches"], document)["items"], document), document


def with_empties(entiteit: Entiteit, record: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Gives the record with here and there an empty list, group or text in a place that was not filled."""
    found = dict(record)
    for attribuut in entiteit.attributen:
        value = found.get(attribuut.naam)
        if attribuut.groep is not None and isinstance(value, dict):
            found[attribuut.naam] = with_empties(attribuut.groep, value, rng)
        elif attribuut.groep is not None and isinstance(value, list):
            found[attribuut.naam] = [with_empties(attribuut.groep, item, rng) for item in value]
        elif value is None and not attribuut.verplicht and rng.random() < 0.3:
            if attribuut.meervoudig:
                found[attribuut.naam] = []
            elif attribuut.groep is not None and not any(one.verplicht for one in attribuut.groep.attributen):
                found[attribuut.naam] = {}
            elif attribuut.type is Gegevenstype.TEKST and attribuut.patroon is None:
                found[attribuut.naam] = ""
    return found


def check_all(
    gemeente: Gemeente, soort: Soort, records: list[dict[str, Any]], detail_of_every: int = 1
) -> None:
    schema, document = match_schema(soort)
    found = matches(gemeente, soort)
    own_limit = [r for r in records if "maximaleReisafstand" in r.get("mobiliteit", {})]
    assert len(found) >= len(records) - len(own_limit)
    for number, record in enumerate(records):
        id_bron = record[str(soort.id_pad)]
        if id_bron in found:
            assert found[id_bron] == part_of(record, schema, document)
        if number % detail_of_every == 0:
            assert detail(gemeente, soort, id_bron) == record


@pytest.mark.parametrize("soort", SOORTEN)
def test_made_up_records_are_answered_as_they_were_delivered(soort: Soort) -> None:
    gemeente = een_gemeente()
    rng, postcodes = random.Random(5), generate.Postcodes([3511, 1012, 9712])
    make = generate.werkzoekenden if soort is WZ else generate.vacatures
    records = [with_empties(STANDAARD[soort], record, rng) for record in make(7, 60, postcodes)]
    texts = json.dumps(records)
    assert all(empty in texts for empty in ('""', "[]", "{}"))
    deliver(gemeente, records)
    check_all(gemeente, soort, records)


@pytest.mark.skipif(
    not (ACCREDITATIE / "werkzoekenden.json").is_file() or not CONTRACTEN.is_dir(),
    reason="../shared is er niet: de acceptatieset of de contracten ontbreken",
)
def test_the_acceptance_set_gets_whole_matches_and_whole_details() -> None:
    gemeente = een_gemeente()
    records = json.loads((ACCREDITATIE / "werkzoekenden.json").read_text())
    by_id = {record["idWerkzoekende"]: record for record in records}
    deliver(gemeente, records)
    check_all(gemeente, WZ, records, detail_of_every=8)
    schema, document = match_schema(WZ)
    for asked in json.loads((ACCREDITATIE / "werkzoekenden-selectievragen.json").read_text()):
        found = matches(gemeente, WZ, asked["vraagObject"])
        for id_bron in asked["verwacht"]:
            assert found[id_bron] == part_of(by_id[id_bron], schema, document)


# --- Empty still means absent --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("soort", "record", "vraag"),
    [
        (VAC, een_vacature("V1", beroep={"codeBeroepsnaam": ""}), {"beroep.codeBeroepsnaam": {"$eq": ""}}),
        (
            VAC,
            een_vacature("V1", rijbewijs=[{"codeSoortRijbewijs": ""}]),
            {"rijbewijs": {"$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": ""}}}]}},
        ),
        (
            WZ,
            een_werkzoekende("W1", bemiddelingsberoep=[{"codeBeroepsnaam": ""}, {}], werktijden={}),
            {"bemiddelingsberoep": {"$elemMatch": {"$or": [{"beroep.codeBeroepsnaam": {"$eq": ""}}]}}},
        ),
        (
            WZ,
            een_werkzoekende("W1", arbeidsmarktkwalificatie={"taalbeheersing": [{"codeTaal": ""}, {}]}),
            {
                "arbeidsmarktkwalificatie.taalbeheersing": {
                    "$all": [{"$elemMatch": {"codeTaal": {"$eq": ""}}}]
                }
            },
        ),
    ],
)
def test_nobody_finds_a_record_by_what_is_empty_in_it(
    soort: Soort, record: dict[str, Any], vraag: dict[str, Any]
) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, soort, [record])
    assert answer.find_matches(gemeente, VUM3.parse(soort, een_vraag())).profielen
    assert not answer.find_matches(gemeente, VUM3.parse(soort, een_vraag(**vraag))).profielen


def test_the_fill_of_a_levering_does_not_count_what_is_empty() -> None:
    gemeente = een_gemeente()
    record = een_werkzoekende("W1", sector=[], persoonlijkePresentatie="", flexibiliteit={})
    levering = een_levering(gemeente, json.dumps([record]).encode(), "records.json")
    assert levering.vulling["mobiliteit.bemiddelingspostcode"] == 1
    assert not {
        pad for pad in levering.vulling if pad.startswith(("sector", "persoonlijke", "flexibiliteit"))
    }


def test_a_download_shows_nothing_for_what_is_empty() -> None:
    gemeente = een_gemeente()
    levels = [{"toelichtingOpleiding": text} for text in ("", "Kok", "")]
    publish_set(gemeente, VAC, [een_vacature("V1", opleiding=levels, omschrijvingVacature="", werkgever={})])
    with voor_gemeente(gemeente):
        [row] = Momentopname(VAC, Vacature.objects.all()).rows()
    assert "Kok" in row
    assert "" not in row


def test_an_empty_value_that_comes_or_goes_is_a_change_that_can_be_undone() -> None:
    gemeente = een_gemeente()
    before = een_vacature("V1", rijbewijs=[], opleiding=[{"toelichtingOpleiding": ""}])
    assert publish_set(gemeente, VAC, [before]).nieuw == 1
    assert publish_set(gemeente, VAC, [before]).gelijk == 1
    assert publish_set(gemeente, VAC, [without_empties(before)]).gewijzigd == 1
    assert detail(gemeente, VAC, "V1") == without_empties(before)
    with voor_gemeente(gemeente):
        last = Journaal.objects.latest("pk")
    journaal.undo(gemeente, VAC, last.stapel)
    assert detail(gemeente, VAC, "V1") == before
    assert matches(gemeente, VAC)["V1"] == before


def test_a_contact_moment_stays_the_same_one_when_an_empty_value_comes_or_goes() -> None:
    gemeente, record = een_gemeente(), een_contactmoment()
    record["werkgever"]["vestigingsadres"]["woonplaatsnaam"] = ""
    assert publish_set(gemeente, WCM, [record]).nieuw == 1
    changed = publish_set(gemeente, WCM, [without_empties(record)])
    assert (changed.nieuw, changed.gewijzigd, changed.weg) == (0, 1, 0)


def test_what_has_no_place_in_the_standard_does_not_go_along_empty() -> None:
    gemeente = een_gemeente()
    record = een_werkzoekende(
        "W1", onbekend=None, sector=None, flexibiliteit={"datumAanvangBeschikbaarVoorWerk": ""}
    )
    assert validate(WZ, record) == []
    deliver(gemeente, [record])
    assert detail(gemeente, WZ, "W1") == een_werkzoekende("W1", flexibiliteit={})
