"""Generates records and selectievragen from so few values that they often match."""

from typing import Any

from hypothesis import strategies as st

from exchange.standard import Soort
from exchange.standard.waardelijsten import SOORT_RIJBEWIJS
from tests.factories import SOORTEN

WZ, _ = SOORTEN

_codes = st.sampled_from(["urn:a", "urn:b", "urn:c"])
_levels = st.sampled_from([0, 1, 2, 3, 4, 8])
_postcodes = st.sampled_from(["3511AB", "3512AB", "3701CD", "1012XX", "9711AA", "6211LE"])
_dates = st.sampled_from(["2026-01-01", "2026-06-15", "2027-01-01"])
_flag = st.sampled_from([0, 1, 2])
_licences = st.sampled_from([str(code) for code in list(SOORT_RIJBEWIJS.waarden)[:4]])
_language = st.fixed_dictionaries(
    {},
    optional={
        "codeTaal": st.sampled_from(["nld", "eng"]),
        "codeNiveauTaalbeheersingMondeling": _levels,
        "codeNiveauTaalbeheersingSchriftelijk": _levels,
    },
)
_hours = st.fixed_dictionaries(
    {},
    optional={
        "aantalWerkurenPerWeekMaximaal": st.integers(0, 40),
        "aantalWerkurenPerWeekMinimaal": st.integers(0, 40),
        "indicatieKantoortijden": _flag,
    },
)


def records_of(soort: Soort) -> st.SearchStrategy[dict[str, Any]]:
    """Generates records of this kind with what can be searched for, without an id; empty values occur."""
    licences = st.lists(st.fixed_dictionaries({"codeSoortRijbewijs": _licences}), max_size=3)
    languages = st.lists(_language, max_size=3)
    occupations = st.fixed_dictionaries({}, optional={"codeBeroepsnaam": _codes})
    if soort is WZ:
        return st.fixed_dictionaries(
            {"mobiliteit": st.fixed_dictionaries(
                {"bemiddelingspostcode": _postcodes}, optional={"maximaleReisafstand": st.integers(0, 150)}
            )},
            optional={
                "arbeidsmarktkwalificatie": st.fixed_dictionaries({"rijbewijs": licences, "taalbeheersing": languages}),
                "bemiddelingsberoep": st.lists(occupations, max_size=2),
                "contractvorm": st.lists(
                    st.fixed_dictionaries({}, optional={"codeTypeArbeidscontract": st.sampled_from("OB")}), max_size=2
                ),
                "flexibiliteit": st.fixed_dictionaries({}, optional={
                    "datumAanvangBeschikbaarVoorWerk": _dates, "indicatieOnregelmatigWerkOfPloegendienst": _flag,
                }),
                "werktijden": _hours,
            },
        )  # fmt: skip
    return st.fixed_dictionaries(
        {"adres": st.fixed_dictionaries({"postcode": _postcodes})},
        optional={
            "rijbewijs": licences,
            "taalbeheersing": languages,
            "beroep": st.fixed_dictionaries({"codeBeroepsnaam": _codes}),
            "codeWerkEnDenkniveauMinimaal": st.sampled_from([str(level) for level in range(8)]),
            "arbeidsVoorwaarden": st.fixed_dictionaries({"datumAanvangWerkzaamheden": _dates}),
            "flexibiliteit": st.fixed_dictionaries({"indicatieOnregelmatigWerkOfPloegendienst": _flag}),
            "werktijden": _hours,
        },
    )


_numbers = st.integers(-5, 45) | st.sampled_from([2.5, 19.999, 1e9, -1e9])


def _all_of(key: str, conditions: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(st.fixed_dictionaries({"$elemMatch": conditions}), min_size=1, max_size=2).map(
        lambda elements: {"$all": elements}
    )


def _any_of(key: str) -> Any:
    return lambda codes: {"$elemMatch": {"$or": [{key: {"$eq": code}} for code in codes]}}


def questions_of(soort: Soort) -> st.SearchStrategy[dict[str, Any]]:
    """Generates selectievragen of this kind: every combination of the contract, and an unknown one."""
    licences = _all_of(
        "rijbewijs", st.fixed_dictionaries({"codeSoortRijbewijs": st.fixed_dictionaries({"$eq": _licences})})
    )
    languages = _all_of(
        "taal",
        st.fixed_dictionaries(
            {"codeTaal": st.fixed_dictionaries({"$eq": st.sampled_from(["nld", "eng", "fra"])})},
            optional={
                "codeNiveauTaalbeheersingMondeling": st.fixed_dictionaries({"$gte": _numbers}),
                "codeNiveauTaalbeheersingSchriftelijk": st.fixed_dictionaries({"$gte": _numbers}),
            },
        ),
    )
    shared = {
        "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": st.fixed_dictionaries({"$eq": _numbers}),
        "werktijden.aantalWerkurenPerWeekMaximaal": st.fixed_dictionaries({"$gte": _numbers}),
        "werktijden.aantalWerkurenPerWeekMinimaal": st.fixed_dictionaries({"$lte": _numbers}),
        "iets.onbekends": st.just({"$gt": 3}),
    }
    own = (
        {
            "arbeidsmarktkwalificatie.rijbewijs": licences,
            "arbeidsmarktkwalificatie.taalbeheersing": languages,
            "werktijden.indicatieKantoortijden": st.fixed_dictionaries({"$eq": _flag}),
            "datumAanvangBeschikbaarVoorWerk": st.fixed_dictionaries({"$lte": _dates}),
            "bemiddelingsberoep": st.lists(_codes, min_size=1, max_size=2).map(
                _any_of("beroep.codeBeroepsnaam")
            ),
            "contractvorm": st.lists(st.sampled_from("OB"), min_size=1, max_size=2).map(
                _any_of("codeTypeArbeidscontract")
            ),
        }
        if soort is WZ
        else {
            "rijbewijs": licences,
            "taalbeheersing": languages,
            "beroep.codeBeroepsnaam": st.fixed_dictionaries({"$eq": _codes}),
            "datumAanvangWerkzaamheden": st.fixed_dictionaries({"$gte": _dates}),
            "codeWerkEnDenkniveauMinimaal": st.fixed_dictionaries(
                {},
                optional={
                    "$gte": st.sampled_from("0367"),
                    "$lt": st.sampled_from("257"),
                    "$eq": st.sampled_from("17"),
                },
            ),
        }
    )
    area = st.fixed_dictionaries({"postcode": _postcodes, "afstand": st.sampled_from([0, 3, 40, 160, 999])})
    return st.fixed_dictionaries({"selectiegebied": area}, optional={**shared, **own})
