"""JSON in the old pilot's form: lifted to the standard where that can be, and told where it cannot."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.standard import Soort, validate, velden
from tests.factories import een_vacature, een_werkzoekende
from uploads.mapping.conversion import Omzetting, Rijuitkomst
from uploads.mapping.model import Omgeving
from uploads.mapping.presets import pilot, records
from uploads.mapping.presets.pilot import TABEL, PilotVertaling, Veldwijze, is_pilot
from uploads.mapping.recognition import recognise
from uploads.readers import open_file

KOK, LEIDEN = "urn:um-demo:beroep:kok", "urn:um-demo:competentie:leiden"
OMGEVING = Omgeving(
    lambda text: f"pseudoniem-{len(text)}",
    lambda postcode: True,
    {
        "beroepen": {"kok": KOK, "20039": "urn:um-demo:beroep:timmerman"},
        "competenties": {"aansturen": LEIDEN, "stuken": "urn:um-demo:competentie:stuken"},
        "opleidingen": {"horeca": "12345"},
    },
)


def convert(*found: Any) -> tuple[Omzetting, list[Rijuitkomst]]:
    omzetting = Omzetting(recognise(open_file(json.dumps(found).encode())), OMGEVING)
    return omzetting, list(omzetting.uitkomsten())


def lifted(
    soort: Soort, old: dict[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str]], list[tuple[str, str]]]:
    """The record, what was told (field and code), and the values that no list knows."""
    told: list[tuple[str, str]] = []
    unknown: list[tuple[str, str]] = []
    vertaling = PilotVertaling(soort, OMGEVING)
    record = vertaling.vertaal(
        old,
        lambda kolom, opmerking: told.append((kolom, opmerking.code)),
        lambda kolom, value: unknown.append(value),
    )
    assert record is not None
    return record, told, unknown


def werkzoekende(**more: Any) -> tuple[dict[str, Any], list[tuple[str, str]], list[tuple[str, str]]]:
    return lifted(Soort.WERKZOEKENDEN, een_werkzoekende("W1", **more))


def vacature(**more: Any) -> tuple[dict[str, Any], list[tuple[str, str]], list[tuple[str, str]]]:
    old = {name: value for name, value in een_vacature("V1").items() if name != "adres"}
    return lifted(Soort.VACATURES, {**old, **more})


ADRES = {
    "adres": {
        "adresNederland": {
            "postcode": "3511AB",
            "woonplaatsnaam": "Utrecht",
            "adresDetails": {
                "straatadres": {
                    "straatnaam": "Voorbeeldstraat",
                    "huisnummer": 12,
                    "huisletter": "A",
                    "huisnummertoevoeging": "bis",
                }
            },
        }
    }
}
POSTBUS = {
    "adres": {
        "adresNederland": {"postcode": "1012XX", "adresDetails": {"postbusadres": {"postbusnummer": 1}}}
    }
}


# --- Recognition ------------------------------------------------------------------------------------------


def test_it_is_recognised_by_fields_that_the_standard_does_not_have():
    old = een_werkzoekende(bemiddelingsberoep=[{"naamBeroepOngecodeerd": "Kok"}])
    assert convert(old)[0].gevonden.herkenning.koppeling == pilot.NAAM
    assert convert(een_werkzoekende())[0].gevonden.herkenning.koppeling == records.NAAM
    assert (
        convert(een_vacature(sluitingsDatumVacature="2027-01-01"))[0].gevonden.herkenning.koppeling
        == pilot.NAAM
    )


def test_an_occupation_of_the_standard_does_not_make_it_the_pilot():
    assert not is_pilot(
        [een_werkzoekende(bemiddelingsberoep=[{"codeBeroepsnaam": KOK}])], Soort.WERKZOEKENDEN
    )
    assert not is_pilot([een_vacature(beroep={"codeBeroepsnaam": KOK})], Soort.VACATURES)
    assert not is_pilot([een_werkzoekende(voorkeursland=[])], Soort.WERKZOEKENDEN)


def test_the_table_names_only_what_the_standard_has():
    for soort, tabel in TABEL.items():
        pads = {leaf.pad for leaf in velden(soort)}
        for old, omzetting in tabel.items():
            assert old not in pads
            assert (omzetting.doel in pads) is (omzetting.wijze is not Veldwijze.VERVALLEN)


# --- Lifting ----------------------------------------------------------------------------------------------


def test_what_is_the_standard_already_stays_as_it_is():
    old = een_werkzoekende(
        "W1", contractvorm=[{"codeTypeArbeidscontract": "B"}], eisAanWerk={"indicatieBegeleiding": 1}
    )
    assert lifted(Soort.WERKZOEKENDEN, old) == (old, [], [])


def test_occupations_go_through_the_value_mapping():
    record, told, unknown = werkzoekende(
        bemiddelingsberoep=[
            {"naamBeroepOngecodeerd": " KOK "},
            {"codeBeroepsnaam": "999", "omschrijvingBeroepsnaam": "Kok"},
            {"codeBeroepsnaam": "20039"},
            {"naamBeroepOngecodeerd": "Vrachtwagenschaufeur"},
            {"codeBeroepsnaam": KOK},
        ]
    )
    assert record["bemiddelingsberoep"] == [
        {"codeBeroepsnaam": KOK},
        {"codeBeroepsnaam": "urn:um-demo:beroep:timmerman"},
    ]
    assert told == [("bemiddelingsberoep[]", "beroep_onbekend")]
    assert unknown == [("beroepen", "Vrachtwagenschaufeur")]


def test_the_same_value_counts_once_in_a_record():
    _, told, unknown = werkzoekende(
        bemiddelingsberoep=[{"naamBeroepOngecodeerd": "Metselaar"}],
        arbeidsmarktkwalificatie={"werkervaring": [{"beroep": {"naamBeroepOngecodeerd": "Metselaar"}}]},
    )
    assert unknown == [("beroepen", "Metselaar")]
    assert len(told) == 2


def test_experience_keeps_what_is_not_its_occupation():
    record, *_ = werkzoekende(
        arbeidsmarktkwalificatie={
            "werkervaring": [
                {
                    "naamOrganisatie": "Voorbeeld BV",
                    "beroep": {"naamBeroepOngecodeerd": "Onbekende bezigheid"},
                },
                {"beroep": {"naamBeroepOngecodeerd": "Kok"}},
            ]
        }
    )
    assert record["arbeidsmarktkwalificatie"]["werkervaring"] == [
        {"naamOrganisatie": "Voorbeeld BV"},
        {"beroep": {"codeBeroepsnaam": KOK}},
    ]


@pytest.mark.parametrize(
    ("opleidingsnaam", "expected"),
    [
        ({"naamOpleidingOngecodeerd": "MBO koken"}, {"toelichtingOpleiding": "MBO koken"}),
        (
            {"naamOpleidingOngecodeerd": "Horeca"},
            {"codeOpleidingsnaam": "12345", "toelichtingOpleiding": "Horeca"},
        ),
        (
            {"codeOpleidingsnaam": 20036, "omschrijvingOpleidingsnaam": "Sociologie"},
            {"codeOpleidingsnaam": "20036", "toelichtingOpleiding": "Sociologie"},
        ),
        (
            {"naamOpleidingOngecodeerd": "Koken", "omschrijvingOpleiding": "Koken in drie jaar"},
            {"toelichtingOpleiding": "Koken. Koken in drie jaar"},
        ),
    ],
)
def test_the_name_of_an_education_is_a_code_or_an_explanation(opleidingsnaam, expected):
    opleiding = {"codeNiveauOpleiding": 4, "opleidingsnaam": opleidingsnaam}
    record, told, _ = werkzoekende(arbeidsmarktkwalificatie={"opleiding": [opleiding]})
    assert record["arbeidsmarktkwalificatie"]["opleiding"] == [{"codeNiveauOpleiding": 4, **expected}]
    assert told == []


def test_competences_and_skills_go_through_the_value_mapping():
    record, told, unknown = vacature(
        gedragscompetentie=[
            {"codeGedragscompetentie": 24101, "codeBeheersingGedragscompetentie": 1},
            {"codeGedragscompetentie": 24101, "codeBeheersingGedragscompetentie": 3},
            {"codeGedragscompetentie": 24102, "codeBeheersingGedragscompetentie": 2},
        ],
        vakvaardigheid=[{"omschrijving": "stuken"}, {"omschrijving": "Timmeren"}],
        werkgever={"adresHouding": [ADRES]},
    )
    assert record["competentiebeheersing"] == [
        {"codeCompetentie": LEIDEN},
        {"codeCompetentie": "urn:um-demo:competentie:stuken"},
    ]
    assert ("gedragscompetentie[]", "pilot_niet_beheerst") in told
    assert unknown == [("competenties", "Begeleiden"), ("competenties", "Timmeren")]


def test_the_address_of_the_employer_becomes_that_of_the_work_and_that_is_told():
    record, told, _ = vacature(
        werkgever={"handelsnaamOrganisatie": "Voorbeeld BV", "adresHouding": [POSTBUS, ADRES]}
    )
    assert record["adres"] == {
        "postcode": "3511AB",
        "straatnaam": "Voorbeeldstraat",
        "huisnummer": 12,
        "huisnummertoevoeging": "A bis",
    }
    assert record["werkgever"] == {"handelsnaamOrganisatie": "Voorbeeld BV"}
    assert told == [("werkgever.adresHouding[]", "pilot_adres_werkgever")]
    assert validate(Soort.VACATURES, record) == []


def test_a_foreign_address_is_no_address_to_search_around():
    _, told, _ = vacature(
        werkgever={"adresHouding": [{"adres": {"adresBuitenland": {"landencodeIso": "BE"}}}]}
    )
    assert told == [("werkgever.adresHouding[]", "pilot_geen_adres")]


def test_what_was_renamed_gets_its_new_name():
    record, told, _ = vacature(sluitingsDatumVacature="2027-01-01")
    assert record["sluitingsdatumVacature"] == "2027-01-01"
    assert told == []


@pytest.mark.parametrize(
    ("soort", "old", "kolom", "code"),
    [
        (Soort.WERKZOEKENDEN, {"voorkeursland": [{"landencodeIso": "BE"}]}, "voorkeursland[]", "pilot_vervallen"),
        (
            Soort.VACATURES,
            {"flexibiliteit": {"codeRegiostraal": 3}},
            "flexibiliteit.codeRegiostraal",
            "pilot_vervallen",
        ),
        (Soort.VACATURES, {"indicatieLdrRegistratie": 1}, "indicatieLdrRegistratie", "pilot_vervallen"),
        (Soort.WERKZOEKENDEN, {"schoenmaat": 42}, "schoenmaat", "pilot_onbekend_veld"),
        (Soort.WERKZOEKENDEN, {"Jan Jansen 06-12345678": 42}, "", "pilot_onbekend_veld"),
        (Soort.WERKZOEKENDEN, {"bemiddelingsberoep": ["Kok"]}, "bemiddelingsberoep[]", "pilot_onbruikbaar"),
        (Soort.VACATURES, {"werkgever": {"adresHouding": "Utrecht"}}, "werkgever.adresHouding[]", "pilot_onbruikbaar"),
    ],
)  # fmt: skip
def test_what_the_standard_has_no_place_for_is_left_out_and_told(soort, old, kolom, code):
    record, told, _ = werkzoekende(**old) if soort is Soort.WERKZOEKENDEN else vacature(**old)
    assert told == [(kolom, code)]
    assert set(record) & set(old) <= {"flexibiliteit", "werkgever"}


def test_a_fault_names_the_field_of_the_file():
    _, (uitkomst,) = convert(
        {
            "idVacature": "V1",
            "sluitingsDatumVacature": "morgen",
            "werkgever": {"adresHouding": [{"adres": {"adresNederland": {"postcode": "geen"}}}]},
        }
    )
    assert uitkomst.record is None
    refused = {one.kolom for one in uitkomst.bevindingen if one.opmerking.ernst == "afgekeurd"}
    assert refused == {"sluitingsDatumVacature", "werkgever.adresHouding[]"}


def test_records_of_the_pilot_are_converted_and_counted():
    old = een_werkzoekende("", bemiddelingsberoep=[{"naamBeroepOngecodeerd": "Timmerman"}])
    omzetting, uitkomsten = convert(old, {**old, "idWerkzoekende": "123456782"}, "geen record")
    assert [uitkomst.record is not None for uitkomst in uitkomsten] == [True, True, False]
    assert omzetting.onbekend == {"beroepen": {"Timmerman": 2}}
    assert uitkomsten[1].record is not None
    assert uitkomsten[1].record["idWerkzoekende"] == "pseudoniem-9"


def test_a_bsn_in_a_text_that_moved_is_found():
    opleiding = {"opleidingsnaam": {"naamOpleidingOngecodeerd": "Koken, bsn 123456782"}}
    _, (uitkomst,) = convert(een_werkzoekende(arbeidsmarktkwalificatie={"opleiding": [opleiding]}))
    assert uitkomst.record is None
    assert "bsn_in_tekst" in {one.opmerking.code for one in uitkomst.bevindingen}


_names = st.sampled_from(
    [
        "bemiddelingsberoep", "naamBeroepOngecodeerd", "arbeidsmarktkwalificatie", "opleiding", "opleidingsnaam",
        "gedragscompetentie", "vakvaardigheid", "werkgever", "adresHouding", "adres", "adresNederland", "postcode",
        "flexibiliteit", "codeRegiostraal", "sluitingsDatumVacature", "idWerkzoekende", "beroep", "werkervaring", "x",
    ]
)  # fmt: skip
_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=20,
)


@given(st.sampled_from(list(TABEL)), st.lists(_values, max_size=3))
def test_no_json_makes_lifting_fail(soort: Soort, found: Sequence[Any]):
    is_pilot(found, soort)
    vertaling = PilotVertaling(soort, OMGEVING)
    for value in found:
        record = vertaling.vertaal(value, lambda kolom, opmerking: None, lambda kolom, value: None)
        if record is not None:
            validate(soort, record)
