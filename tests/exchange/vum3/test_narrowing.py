"""Applying a question to what came back: the same rules as a source's, on a search profile."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.simulator.matching import matches
from exchange.standard import Soort, without_empties
from exchange.vum3.interface import VUM3
from exchange.vum3.narrowing import Tekort
from tests.examples import examples
from tests.factories import SOORTEN, een_vraag
from tests.strategies import questions_of, records_of

WZ, VAC = SOORTEN


@pytest.mark.parametrize("soort", SOORTEN)
def test_what_lacks_nothing_is_what_the_plain_evaluator_selects(soort: Soort) -> None:
    seen = {True: 0, False: 0}

    @hypothesis_settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        records=st.lists(records_of(soort), min_size=1, max_size=8),
        vragen=st.lists(questions_of(soort), min_size=4, max_size=4),
    )
    def check(records: list[dict[str, Any]], vragen: list[dict[str, Any]]) -> None:
        for vraag in vragen:
            lacking = VUM3.narrow(soort, vraag, records)
            for record, tekorten in zip(records, lacking, strict=True):
                # Everything is near: the area is not applied again.
                right = matches(soort, vraag, without_empties(record), lambda een, ander: 0.0)
                assert (not tekorten) == right, (vraag, record)
                seen[right] += 1

    check()
    assert min(seen.values()) > 20, seen


def test_it_tells_what_is_unknown_from_what_is_otherwise() -> None:
    vraag = {
        **een_vraag(),
        **{
            "rijbewijs": {"$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": "B"}}}]},
            "werktijden.aantalWerkurenPerWeekMaximaal": {"$gte": 30},
            "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": {"$eq": 1},
        },
    }
    profiel = {
        "rijbewijs": [{"codeSoortRijbewijs": "A"}],
        "werktijden": {},
        "flexibiliteit": {"indicatieOnregelmatigWerkOfPloegendienst": 1},
    }
    assert set(VUM3.narrow(VAC, vraag, [profiel])[0]) == {
        Tekort("rijbewijs", bekend=True),
        Tekort("werktijden.aantalWerkurenPerWeekMaximaal", bekend=False),
    }
