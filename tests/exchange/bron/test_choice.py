"""More matches than may be given: a fair choice, found without looking at every record."""

import json
import math
from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from django.db import connection

from exchange.bron import answer
from exchange.bron.models import Werkzoekende
from exchange.standard import Soort
from exchange.vum3.parse import parse
from tests.factories import een_gemeente, een_vacature, een_vraag, een_werkzoekende, publish_set
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

WZ, VAC = Soort.WERKZOEKENDEN, Soort.VACATURES

pytestmark = pytest.mark.django_db


def numbers(gemeente: Gemeente) -> list[int]:
    with voor_gemeente(gemeente):
        return sorted(Werkzoekende.objects.values_list("volgnummer", flat=True))


def drawn(gemeente: Gemeente, asked: dict[str, Any]) -> list[str]:
    found = answer.find_matches(gemeente, parse(WZ, asked))
    return [json.loads(text)["idWerkzoekende"] for text in found.profielen]


def test_a_set_stays_numbered_without_gaps_whatever_is_published() -> None:
    gemeente = een_gemeente()
    for ids in (range(50), range(30, 60), range(5), range(3, 90), range(0)):
        publish_set(gemeente, WZ, [een_werkzoekende(f"W{n}") for n in ids])
        assert numbers(gemeente) == list(range(1, len(ids) + 1))


def _clustered(number: int) -> list[dict[str, Any]]:
    """Records of which the matching ones stand close together, as a file sorted by postcode has them."""
    return [
        een_werkzoekende(f"W{n}", mobiliteit={"bemiddelingspostcode": "3511AB" if n % 200 < 80 else "9711AA"})
        for n in range(number)
    ]


@pytest.mark.parametrize("trekking", [True, False], ids=["from a draw", "from all matches"])
def test_every_match_and_every_pair_of_matches_has_the_same_chance_in_clustered_data(
    settings, monkeypatch, trekking: bool
) -> None:
    settings.UM_MAX_RESULTATEN = 6
    if not trekking:
        monkeypatch.setattr(answer, "_TREKKING_VANAF", 10**6)
    gemeente, total, rounds = een_gemeente(), 400, 600
    publish_set(gemeente, WZ, _clustered(total))
    expected_ids = {f"W{n}" for n in range(total) if n % 200 < 80}
    counts: Counter[str] = Counter()
    neighbours = 0
    for _ in range(rounds):
        chosen = drawn(gemeente, een_vraag(5))
        assert len(chosen) == 6
        counts.update(chosen)
        places = sorted(int(name[1:]) for name in chosen)
        neighbours += sum(b - a == 1 for a, b in combinations(places, 2))
    assert set(counts) <= expected_ids
    # A sum of squares over 160 matches: its mean is 159 (a little less without replacement), its deviation 18.
    expected = rounds * 6 / len(expected_ids)
    chi2 = sum((counts[name] - expected) ** 2 / expected for name in expected_ids)
    assert 159 - 5 * 18 < chi2 < 159 + 5 * 18
    # Records that stand next to each other come together no more often than any two others.
    pairs = 2 * 79 * rounds * math.comb(6, 2) / math.comb(160, 2)
    assert abs(neighbours - pairs) < 5 * math.sqrt(pairs)


@pytest.mark.parametrize("broad", [True, False], ids=["many match", "few match"])
def test_the_draw_gives_the_same_answer_as_looking_at_everything(settings, broad: bool) -> None:
    settings.UM_MAX_RESULTATEN = 5
    gemeente = een_gemeente()
    records = [
        een_werkzoekende(f"W{n}", werktijden={"aantalWerkurenPerWeekMaximaal": 40 if broad or n < 3 else 8})
        for n in range(300)
    ]
    publish_set(gemeente, WZ, records)
    asked = een_vraag() | {"werktijden.aantalWerkurenPerWeekMaximaal": {"$gte": 20}}
    for _ in range(30):
        found = answer.find_matches(gemeente, parse(WZ, asked))
        assert len(set(found.profielen)) == (5 if broad else 3)
        assert found.maximum_bereikt is broad


@pytest.mark.parametrize(("aantal", "bereikt"), [(4, False), (5, False), (6, True)])
def test_around_the_maximum_the_answer_is_exact_when_a_draw_is_tried_too(
    settings, aantal: int, bereikt: bool
) -> None:
    settings.UM_MAX_RESULTATEN = 5
    gemeente = een_gemeente()
    publish_set(
        gemeente,
        WZ,
        [
            een_werkzoekende(
                f"W{n}", mobiliteit={"bemiddelingspostcode": "3511AB" if n < aantal else "9711AA"}
            )
            for n in range(400)
        ],
    )
    for _ in range(20):
        found = answer.find_matches(gemeente, parse(WZ, een_vraag(5)))
        assert (len(set(found.profielen)), found.maximum_bereikt) == (min(aantal, 5), bereikt)


def test_a_broad_question_to_a_large_set_reads_a_small_part_of_it(settings) -> None:
    settings.UM_MAX_RESULTATEN = 10
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende(f"W{n}") for n in range(3000)])
    _prefer_indexes()
    statement = answer.matches_statement(gemeente, parse(WZ, een_vraag()))
    assert statement is not None
    plan = _plan(gemeente, *statement)
    assert _rows_read(plan) < 300


def test_vacancies_are_found_by_occupation_through_an_index_under_row_level_security() -> None:
    gemeente = een_gemeente()
    publish_set(
        gemeente,
        VAC,
        [een_vacature(f"V{n}", beroep={"codeBeroepsnaam": f"urn:{n % 500}"}) for n in range(3000)],
    )
    _prefer_indexes()
    asked = een_vraag() | {"beroep.codeBeroepsnaam": {"$eq": "urn:7"}}
    statement = answer.matches_statement(gemeente, parse(VAC, asked))
    assert statement is not None
    assert "vacature_beroep" in json.dumps(_plan(gemeente, *statement))


def _prefer_indexes() -> None:
    # The tables are new and small to the planner; what matters here is which indexes it may use.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def _plan(gemeente: Gemeente, sql: str, parameters: list[Any]) -> Any:
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        return cursor.fetchone()[0]


def _rows_read(plan: Any) -> float:
    """How many rows of the table the plan reads, counting those it then drops."""
    if isinstance(plan, list):
        return sum(map(_rows_read, plan))
    if not isinstance(plan, dict):
        return 0.0
    below = sum(_rows_read(value) for value in plan.values())
    if plan.get("Relation Name") != "bron_werkzoekende":
        return below
    rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return below + float(rows) * float(plan["Actual Loops"])
