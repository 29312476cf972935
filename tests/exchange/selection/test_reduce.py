"""A question reduced to what it comes to: the same records, whatever was asked how often."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.selection import (
    EenVan,
    Eis,
    Selectievraag,
    Taaleis,
    Vergelijking,
    compile_sql,
    reduced,
    satisfies,
    sql,
    taal_token,
)
from exchange.standard import Soort
from exchange.vum3.interface import VUM3
from tests.factories import een_vraag

_TALEN = ["nld", "eng", "", 'a "b', "nl"]
_bounds = st.none() | st.sampled_from([-1, 0, 0.5, 1, 2, 2.5, 3, 4, 5, 8, 8.5, 9, 1e300])
_levels = st.none() | st.sampled_from(sql.TAALNIVEAUS)
languages = st.builds(Taaleis, st.just("talen"), st.sampled_from(_TALEN), _bounds, _bounds)
codes = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=4).map(
    lambda found: EenVan("codes", tuple(found))
)
demands = st.lists(languages | codes | st.just(Vergelijking("uren", "$gte", 20)), max_size=8)
tokens = st.lists(st.builds(taal_token, st.sampled_from(_TALEN), _levels, _levels), max_size=5)


def met_by(eisen: Sequence[Eis], record: dict[str, Any]) -> bool:
    return all(satisfies(eis, record[eis.kolom]) for eis in eisen)


@given(
    eisen=demands, talen=tokens, letters=st.lists(st.sampled_from("ABC")), uren=st.sampled_from([None, 8, 40])
)
def test_a_record_meets_what_is_left_exactly_when_it_meets_everything_that_was_asked(
    eisen: list[Eis], talen: list[str], letters: list[str], uren: int | None
) -> None:
    record = {"talen": talen, "codes": letters, "uren": uren}
    assert met_by(reduced(eisen), record) == met_by(eisen, record)


@given(eisen=st.lists(languages, max_size=30))
def test_nothing_is_left_that_follows_from_the_rest(eisen: list[Taaleis]) -> None:
    left = reduced(eisen)
    assert reduced(left) == left
    # One for every level that can be asked, no level, and a level that nobody has.
    assert len(left) <= len(_TALEN) * (len(sql.TAALNIVEAUS) + 2)
    for number, eis in enumerate(left):
        rest = left[:number] + left[number + 1 :]
        # Somebody meets all the rest, but not this one.
        everything = [
            taal_token(taal, spoken, written)
            for taal in _TALEN
            for spoken in (None, *sql.TAALNIVEAUS)
            for written in (None, *sql.TAALNIVEAUS)
        ]
        without = [token for token in everything if not satisfies(eis, [token])]
        assert not met_by([eis], {"talen": without})
        if met_by(left, {"talen": everything}):
            assert met_by(rest, {"talen": without})


@pytest.mark.django_db
@pytest.mark.parametrize("long", [True, False], ids=["as a list", "each by itself"])
def test_the_database_finds_the_same_however_a_question_is_written_down(monkeypatch, long: bool) -> None:
    monkeypatch.setattr(sql, "_MAX_TALEN", 0 if long else 99)
    monkeypatch.setattr(sql, "_MAX_CODES", 0 if long else 99)

    @hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        eisen=st.lists(languages | codes, max_size=5),
        rows=st.lists(
            st.tuples(tokens, st.lists(st.sampled_from("ABC"), max_size=2)), min_size=1, max_size=8
        ),
    )
    def check(eisen: list[Eis], rows: list[tuple[list[str], list[str]]]) -> None:
        condition = compile_sql(Selectievraag(Soort.VACATURES, tuple(eisen)))
        values = ", ".join(["(%s, %s::text[], %s::text[])"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT p.nummer FROM (VALUES {values}) p(nummer, talen, codes) WHERE {condition.sql}",
                [*(v for number, row in enumerate(rows) for v in (number, *row)), *condition.parameters],
            )
            found = {number for (number,) in cursor.fetchall()}
        assert found == {
            number
            for number, (talen, letters) in enumerate(rows)
            if met_by(eisen, {"talen": talen, "codes": letters})
        }

    check()


@pytest.mark.parametrize("different", [True, False])
def test_a_statement_stays_short_however_long_the_question_is(different: bool) -> None:
    asked = [
        {
            "$elemMatch": {
                "codeTaal": {"$eq": f"t{number}" if different else "nld"},
                "codeNiveauTaalbeheersingMondeling": {"$gte": 2 + number % 3},
            }
        }
        for number in range(600)
    ]
    vraag = VUM3.parse(Soort.VACATURES, een_vraag(taalbeheersing={"$all": asked}))
    assert len(vraag.eisen) == (600 if different else 1)
    assert len(compile_sql(vraag).sql) < 500
    # What was asked is still there, to be put to what comes back.
    assert {eis.kolom for eis in vraag.eisen} == {"talen"}
    assert replace(vraag, eisen=reduced(vraag.eisen)) == vraag
