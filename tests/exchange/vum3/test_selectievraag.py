"""Reading and writing a selectievraag."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.selection import (
    Alle,
    EenVan,
    Ongeldig,
    Onvolledig,
    Selectievraag,
    Taaleis,
    Vergelijking,
    VraagFout,
    compile_sql,
)
from exchange.standard import Soort
from exchange.vum3.compose import Criteria
from exchange.vum3.interface import VUM3
from tests.factories import SOORTEN, een_vraag

WZ, VAC = SOORTEN
CONTACT = Soort.WERKGEVERSCONTACTMOMENTEN


def test_a_full_question_for_jobseekers_is_understood() -> None:
    vraag = VUM3.parse(
        WZ,
        een_vraag(
            50,
            **{
                "bemiddelingsberoep": {
                    "$elemMatch": {
                        "$or": [
                            {"beroep.codeBeroepsnaam": {"$eq": "urn:a"}},
                            {"beroep.codeBeroepsnaam": {"$eq": "urn:b"}},
                        ]
                    }
                },
                "contractvorm": {"$elemMatch": {"$or": [{"codeTypeArbeidscontract": {"$eq": "B"}}]}},
                "arbeidsmarktkwalificatie.rijbewijs": {
                    "$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": "B"}}}]
                },
                "arbeidsmarktkwalificatie.taalbeheersing": {
                    "$all": [
                        {
                            "$elemMatch": {
                                "codeTaal": {"$eq": "nld"},
                                "codeNiveauTaalbeheersingMondeling": {"$gte": 3},
                            }
                        }
                    ]
                },
                "datumAanvangBeschikbaarVoorWerk": {"$lte": "2026-12-01"},
                "werktijden.aantalWerkurenPerWeekMaximaal": {"$gte": 20},
            },
        ),
    )
    assert (vraag.postcode, vraag.afstand, vraag.genegeerd) == ("3511AB", 50, 0)
    assert set(vraag.eisen) == {
        EenVan("beroepen", ("urn:a", "urn:b")),
        EenVan("contractvormen", ("B",)),
        Alle("rijbewijzen", ("B",)),
        Taaleis("talen", "nld", 3, None),
        Vergelijking("aanvang", "$lte", date(2026, 12, 1)),
        Vergelijking("uren_maximaal", "$gte", 20),
    }
    assert len(vraag.eisen) == 6


def test_what_the_contract_does_not_know_has_no_effect_and_is_counted() -> None:
    vraag = VUM3.parse(
        WZ,
        een_vraag(
            50,
            **{
                "onbekend.veld": {"$eq": 1},
                "werktijden.aantalWerkurenPerWeekMaximaal": {"$lt": 3, "$gte": 20},
                "$where": "alles",
                "contractvorm": {"$in": ["B"]},
            },
        ),
    )
    assert vraag.genegeerd == 4
    assert vraag.eisen == (Vergelijking("uren_maximaal", "$gte", 20),)


@pytest.mark.parametrize("soort", SOORTEN)
@pytest.mark.parametrize(
    ("vraag", "pad"),
    [
        ({}, "vraagObject.selectiegebied"),
        ({"selectiegebied": {"postcode": "3511AB"}}, "vraagObject.selectiegebied.afstand"),
        ({"selectiegebied": {"afstand": 5}}, "vraagObject.selectiegebied.postcode"),
    ],
)
def test_a_question_that_lacks_something_names_the_place(soort: Soort, vraag: Any, pad: str) -> None:
    with pytest.raises(Onvolledig) as fout:
        VUM3.parse(soort, vraag)
    assert fout.value.pad == pad


def _around(**more: Any) -> dict[str, Any]:
    return een_vraag(**{name.replace("__", "."): value for name, value in more.items()})


@pytest.mark.parametrize(
    ("vraag", "pad"),
    [
        (None, "vraagObject"),
        ([], "vraagObject"),
        ({"selectiegebied": "3511AB"}, "vraagObject.selectiegebied"),
        ({"selectiegebied": {"postcode": 3511, "afstand": 5}}, "vraagObject.selectiegebied.postcode"),
        ({"selectiegebied": {"postcode": "3511", "afstand": 5}}, "vraagObject.selectiegebied.postcode"),
        ({"selectiegebied": {"postcode": "3511AB\n", "afstand": 5}}, "vraagObject.selectiegebied.postcode"),
        ({"selectiegebied": {"postcode": "3511AB", "afstand": "5"}}, "vraagObject.selectiegebied.afstand"),
        ({"selectiegebied": {"postcode": "3511AB", "afstand": True}}, "vraagObject.selectiegebied.afstand"),
        ({"selectiegebied": {"postcode": "3511AB", "afstand": -1}}, "vraagObject.selectiegebied.afstand"),
        ({"selectiegebied": {"postcode": "3511AB", "afstand": 1000}}, "vraagObject.selectiegebied.afstand"),
        ({"selectiegebied": {"postcode": "3511AB", "afstand": 2.5}}, "vraagObject.selectiegebied.afstand"),
        (
            _around(werktijden__aantalWerkurenPerWeekMaximaal=20),
            "vraagObject.werktijden.aantalWerkurenPerWeekMaximaal",
        ),
        (
            _around(werktijden__aantalWerkurenPerWeekMaximaal={"$gte": "20"}),
            "vraagObject.werktijden.aantalWerkurenPerWeekMaximaal.$gte",
        ),
        (
            _around(datumAanvangBeschikbaarVoorWerk={"$lte": "2026-W01-1"}),
            "vraagObject.datumAanvangBeschikbaarVoorWerk.$lte",
        ),
        (
            _around(datumAanvangBeschikbaarVoorWerk={"$lte": "2026-02-30"}),
            "vraagObject.datumAanvangBeschikbaarVoorWerk.$lte",
        ),
        (_around(contractvorm={"$elemMatch": {"$or": []}}), "vraagObject.contractvorm.$elemMatch.$or"),
        (_around(contractvorm={"$elemMatch": {"$or": ["B"]}}), "vraagObject.contractvorm.$elemMatch.$or[0]"),
        (
            _around(arbeidsmarktkwalificatie__rijbewijs={"$all": {}}),
            "vraagObject.arbeidsmarktkwalificatie.rijbewijs.$all",
        ),
        (
            _around(
                arbeidsmarktkwalificatie__rijbewijs={
                    "$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": "B\x00"}}}]
                }
            ),
            "vraagObject.arbeidsmarktkwalificatie.rijbewijs.$all[0].$elemMatch.codeSoortRijbewijs.$eq",
        ),
    ],
)
def test_a_question_of_another_form_names_the_place(vraag: Any, pad: str) -> None:
    with pytest.raises(Ongeldig) as fout:
        VUM3.parse(WZ, vraag)
    assert fout.value.pad == pad


def test_a_language_requirement_without_a_language_is_incomplete() -> None:
    element = {"$elemMatch": {"codeNiveauTaalbeheersingMondeling": {"$gte": 3}}}
    with pytest.raises(Onvolledig) as fout:
        VUM3.parse(VAC, een_vraag(taalbeheersing={"$all": [element]}))
    assert fout.value.pad == "vraagObject.taalbeheersing.$all[0].$elemMatch.codeTaal"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.sampled_from(
        ["$eq", "$gte", "$lte", "$lt", "$all", "$or", "$elemMatch", "codeTaal", "codeSoortRijbewijs", "postcode"]
    ), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
_keys = st.sampled_from(
    ["selectiegebied", "rijbewijs", "taalbeheersing", "contractvorm", "bemiddelingsberoep", "datumAanvangWerkzaamheden",
     "arbeidsmarktkwalificatie.taalbeheersing", "werktijden.aantalWerkurenPerWeekMaximaal", "beroep.codeBeroepsnaam"]
)  # fmt: skip


@given(soort=st.sampled_from(SOORTEN), vraag=_json | st.dictionaries(_keys, _json), met_gebied=st.booleans())
def test_whatever_is_sent_is_understood_or_refused_with_a_place(
    soort: Soort, vraag: Any, met_gebied: bool
) -> None:
    if met_gebied and isinstance(vraag, dict):
        vraag = {**vraag, **een_vraag()}
    place = "vraagObject"
    try:
        condition = compile_sql(VUM3.parse(soort, vraag))
    except VraagFout as fout:
        place = fout.pad
    else:
        assert condition.sql.count("%s") == len(condition.parameters)
    assert place.startswith("vraagObject")


def test_a_filled_in_form_becomes_a_question_that_is_wholly_understood() -> None:
    criteria = Criteria(
        "3511AB",
        30,
        {
            "beroep": ["urn:a"],
            "uren_vanaf": 16,
            "uren_tot": 32,
            "rijbewijzen": ["B", "BE"],
            "taal": "nld",
            "taal_mondeling": 3,
            "kantoortijden": 1,
            "onregelmatig": 2,
            "contractvormen": ["O"],
            "datum": date(2026, 12, 1),
            "denkniveau_minimaal": "3",
        },
    )
    for soort in SOORTEN:
        vraag = VUM3.parse(soort, VUM3.compose(soort, criteria))
        assert vraag.genegeerd == 0
        assert {
            Alle("rijbewijzen", ("B", "BE")),
            Taaleis("talen", "nld", 3, None),
            Vergelijking("uren_maximaal", "$gte", 16),
            Vergelijking("uren_minimaal", "$lte", 32),
        } <= set(vraag.eisen)


def test_an_empty_form_asks_only_the_area() -> None:
    assert VUM3.compose(WZ, Criteria(postcode="3511AB", afstand=30)) == {
        "selectiegebied": {"postcode": "3511AB", "afstand": 30}
    }


# --- Werkgeverscontactmomenten -------------------------------------------------------------------------------


def test_a_question_for_contacts_with_an_employer_is_understood() -> None:
    vraag = {"werkgever.nummerKvk": {"$eq": "12345678"}, "datum": {"$gte": "2026-02-01"}}
    of_employer = Vergelijking("nummer_kvk", "$eq", "12345678")
    since = Vergelijking("datum", "$gte", date(2026, 2, 1))
    assert set(VUM3.parse(CONTACT, vraag).eisen) == {of_employer, since}
    alone = VUM3.parse(CONTACT, {"werkgever.nummerKvk": {"$eq": "12345678"}})
    assert alone == Selectievraag(CONTACT, (of_employer,))


@pytest.mark.parametrize(
    ("vraag", "pad"),
    [
        ({}, "vraagObject.werkgever.nummerKvk"),
        ({"werkgever": {"nummerKvk": {"$eq": "12345678"}}}, "vraagObject.werkgever.nummerKvk"),
        ({"werkgever.nummerKvk": {}}, "vraagObject.werkgever.nummerKvk.$eq"),
    ],
)
def test_without_a_kvk_number_the_question_is_incomplete(vraag: Any, pad: str) -> None:
    with pytest.raises(Onvolledig) as fout:
        VUM3.parse(CONTACT, vraag)
    assert fout.value.pad == pad


@given(vraag=_json | st.dictionaries(st.sampled_from(["werkgever.nummerKvk", "datum"]), _json))
def test_whatever_is_asked_about_employers_is_understood_or_refused_with_a_place(vraag: Any) -> None:
    place = "vraagObject"
    try:
        VUM3.parse(CONTACT, vraag)
    except VraagFout as fout:
        place = fout.pad
    assert place.startswith("vraagObject")
