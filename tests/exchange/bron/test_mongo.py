"""A second oracle: the selectievraag is MongoDB's query language, so a MongoDB must find the same.

mongomock stands in for MongoDB. It knows no selectiegebied, so everything here lies at distance 0. What the
contract gives another meaning than MongoDB does is rewritten in `as_mongodb` and nowhere else.
"""

import json
from typing import Any

import mongomock
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.bron import answer
from exchange.simulator.matching import matches
from exchange.standard import Soort, without_empties
from exchange.vum3.interface import VUM3
from tests.examples import examples
from tests.factories import SOORTEN, een_gemeente, publish_set
from tests.strategies import questions_of, records_of

WZ, VAC = SOORTEN
WCM = Soort.WERKGEVERSCONTACTMOMENTEN
WIDE = {"postcode": "3511AB", "afstand": 999}

# What the contract spells otherwise than the data, and means as the data.
_RENAMED = {
    WZ: {"datumAanvangBeschikbaarVoorWerk": "flexibiliteit.datumAanvangBeschikbaarVoorWerk"},
    VAC: {"datumAanvangWerkzaamheden": "arbeidsVoorwaarden.datumAanvangWerkzaamheden"},
    WCM: {},
}


def as_mongodb(soort: Soort, vraag: dict[str, Any]) -> dict[str, Any]:
    """Rewrites the question as MongoDB must be asked it.

    Left out, because VUM gives them another meaning than MongoDB:
    - `selectiegebied`: VUM's own key; MongoDB would look for a property of that name;
    - a key that the contract does not know: it has no effect, in MongoDB nothing would match it;
    - a condition without operators: no effect either, while `{}` in MongoDB asks for an empty object.
    """
    query = {
        _RENAMED[soort].get(key, key): value
        for key, value in vraag.items()
        if value and key not in {"selectiegebied", "iets.onbekends"}
    }
    if "bemiddelingsberoep" in query:
        branches = query["bemiddelingsberoep"]["$elemMatch"]["$or"]
        query["bemiddelingsberoep"] = {
            "$elemMatch": {"$or": [{"codeBeroepsnaam": one["beroep.codeBeroepsnaam"]} for one in branches]}
        }
    return query


def found_by_mongodb(
    soort: Soort, vragen: list[dict[str, Any]], records: dict[str, dict[str, Any]]
) -> list[list[str]]:
    """Gives the keys that MongoDB finds for each question."""
    collection = mongomock.MongoClient().db.records
    collection.insert_many([{**record, "_id": key} for key, record in records.items()])
    return [sorted(row["_id"] for row in collection.find(as_mongodb(soort, vraag))) for vraag in vragen]


def found_by_evaluator(soort: Soort, vraag: dict[str, Any], records: dict[str, dict[str, Any]]) -> list[str]:
    """Gives the keys that the plain evaluator finds, when everything is near."""
    return sorted(
        key for key, record in records.items() if matches(soort, vraag, record, lambda een, ander: 0.0)
    )


@st.composite
def everywhere(draw: st.DrawFn, soort: Soort) -> dict[str, Any]:
    """Makes questions about the whole country, most with one or two conditions.

    With many conditions hardly anything is found, and a mistake in one hides behind another.
    """
    vraag = draw(questions_of(soort))
    keys = sorted(vraag.keys() - {"selectiegebied"})
    kept = draw(st.just(keys) | st.lists(st.sampled_from(keys), max_size=2)) if keys else []
    return {key: vraag[key] for key in kept} | {"selectiegebied": WIDE}


def without_own_limit(record: dict[str, Any]) -> dict[str, Any]:
    """Makes the record that of somebody who travels any distance: the limit is VUM's, not MongoDB's."""
    own = record.get("mobiliteit", {})
    if "maximaleReisafstand" not in own:
        return record
    kept = {key: value for key, value in own.items() if key != "maximaleReisafstand"}
    return {**record, "mobiliteit": kept}


@pytest.mark.parametrize("examples", [30, pytest.param(150, marks=pytest.mark.slow)])
@pytest.mark.parametrize("soort", SOORTEN)
def test_mongodb_finds_what_the_plain_evaluator_finds(soort: Soort, examples: int) -> None:
    seen = {"some": 0, "none": 0}

    @hypothesis_settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        records=st.lists(records_of(soort), min_size=1, max_size=8),
        vragen=st.lists(everywhere(soort), min_size=8, max_size=8),
    )
    def check(records: list[dict[str, Any]], vragen: list[dict[str, Any]]) -> None:
        named = {f"R{number}": without_empties(record) for number, record in enumerate(records)}
        for vraag, found in zip(vragen, found_by_mongodb(soort, vragen, named), strict=True):
            assert found == found_by_evaluator(soort, vraag, named), vraag
            seen["some" if found else "none"] += 1

    check()
    # Two that never find anything would agree as well.
    assert min(seen.values()) > examples // 3, seen


@pytest.mark.django_db
@pytest.mark.parametrize("soort", SOORTEN)
def test_mongodb_finds_what_the_database_finds(soort: Soort) -> None:
    gemeente = een_gemeente()

    @hypothesis_settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        records=st.lists(records_of(soort).map(without_own_limit), min_size=1, max_size=8),
        vragen=st.lists(everywhere(soort), min_size=8, max_size=8),
    )
    def check(records: list[dict[str, Any]], vragen: list[dict[str, Any]]) -> None:
        id_pad = str(soort.id_pad)
        named = {
            f"R{number}": without_empties({**record, id_pad: f"R{number}"})
            for number, record in enumerate(records)
        }
        publish_set(gemeente, soort, named.values())
        for vraag, found in zip(vragen, found_by_mongodb(soort, vragen, named), strict=True):
            profielen = answer.find_matches(gemeente, VUM3.parse(soort, vraag)).profielen
            assert sorted(json.loads(text)[id_pad] for text in profielen) == found, vraag

    check()


_KVK = st.sampled_from(["12345678", "87654321"])
_DAYS = st.sampled_from(["2026-01-01", "2026-05-20", "2027-01-01"])


@given(
    records=st.lists(
        st.fixed_dictionaries(
            {}, optional={"werkgever": st.fixed_dictionaries({"nummerKvk": _KVK}), "datum": _DAYS}
        ),
        min_size=1,
        max_size=6,
    ),
    vraag=st.fixed_dictionaries(
        {"werkgever.nummerKvk": st.fixed_dictionaries({"$eq": _KVK})},
        optional={"datum": st.fixed_dictionaries({"$gte": _DAYS})},
    ),
)
def test_mongodb_finds_the_same_contact_moments(records: list[dict[str, Any]], vraag: dict[str, Any]) -> None:
    named = {f"R{number}": record for number, record in enumerate(records)}
    assert found_by_mongodb(WCM, [vraag], named) == [found_by_evaluator(WCM, vraag, named)]


@pytest.mark.parametrize(
    ("waarde", "minimum"),
    [
        (3, "2"),  # a number is no text
        ("3", 2),
        (8, 3),  # "niet van toepassing" is a level like any other
        (2, 2.0),
        (2, 2.5),
        (None, 0),
    ],
)
def test_mongodb_compares_values_as_the_plain_evaluator_does(waarde: Any, minimum: Any) -> None:
    eis = {"codeTaal": {"$eq": "nld"}, "codeNiveauTaalbeheersingMondeling": {"$gte": minimum}}
    vraag = {"selectiegebied": WIDE, "taalbeheersing": {"$all": [{"$elemMatch": eis}]}}
    taal = {"codeTaal": "nld", "codeNiveauTaalbeheersingMondeling": waarde}
    named = {"R0": without_empties({"adres": {"postcode": "3511AB"}, "taalbeheersing": [taal]})}
    assert found_by_mongodb(VAC, [vraag], named) == [found_by_evaluator(VAC, vraag, named)]


@pytest.mark.parametrize(("minimum", "gevonden"), [(1, ["R0"]), (3, [])])
def test_a_language_and_its_level_are_of_one_and_the_same_element(minimum: int, gevonden: list[str]) -> None:
    talen = [
        {"codeTaal": taal, "codeNiveauTaalbeheersingMondeling": niveau}
        for taal, niveau in (("nld", 1), ("eng", 4))
    ]
    eis = {"codeTaal": {"$eq": "nld"}, "codeNiveauTaalbeheersingMondeling": {"$gte": minimum}}
    vraag = {"selectiegebied": WIDE, "taalbeheersing": {"$all": [{"$elemMatch": eis}]}}
    named = {"R0": {"adres": {"postcode": "3511AB"}, "taalbeheersing": talen}}
    assert found_by_mongodb(VAC, [vraag], named) == [found_by_evaluator(VAC, vraag, named)] == [gevonden]
