"""Rules as data, and the engine that runs them: any header row, any cells, any rules."""

import datetime as dt
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.standard import Gegevenstype, Soort, validate, velden
from tests.factories import SONAR_KOPPEN, een_sonar_rij
from tests.uploads.mapping.test_conversion import (
    OMGEVING,
    WILD,
    check_accounts,
    codes,
    pseudoniem,
    record_of,
    table,
)
from uploads.mapping.conversion import Omzetting, Rijuitkomst
from uploads.mapping.doelen import SOORTEN, OngeldigeRegels, doelen, list_of, usual_target, waardelijsten
from uploads.mapping.herkenning import herkenning
from uploads.mapping.kolommen import kolomkoppen, kolomletter, kolomsleutels
from uploads.mapping.model import Omgeving
from uploads.mapping.presets.sonar import REGELS as SONAR_REGELS
from uploads.mapping.presets.standaard import rules_for
from uploads.mapping.recognition import (
    EIGEN,
    Bestandskeuze,
    BladOnduidelijk,
    Herkend,
    NietGekoppeld,
    Opgeslagen,
    SoortOnduidelijk,
    first_rows,
    headers_at,
    recognise,
)
from uploads.mapping.regels import (
    AFKEUREN,
    PSEUDONIEM,
    VERVANGEN,
    Regel,
    Regels,
    Toestemming,
    check,
    what_is_missing,
)
from uploads.mapping.regels_json import from_json, to_json
from uploads.mapping.setters import each_setter, setter
from uploads.readers import Bestand, Formaat, Onleesbaar, Rij, Tabel

WERKZOEKENDEN = Soort.WERKZOEKENDEN
BSN = "799890005"
ID = Regel("idWerkzoekende", ("nummer",))
POSTCODE = Regel("mobiliteit.bemiddelingspostcode", ("pc",))
IEDEREEN = Toestemming(verklaring=True)


def regels(*more: Regel, **changes: Any) -> Regels:
    """Rules for jobseekers in a file with the columns Nummer and PC, and more."""
    return replace(Regels(WERKZOEKENDEN, (ID, POSTCODE, *more), IEDEREEN), **changes)


def convert(
    rules: Regels, koppen: list[str], *rijen: list[Any], omgeving: Omgeving = OMGEVING, **more: Any
) -> tuple[Omzetting, list[Rijuitkomst]]:
    """Converts rows under these headers; Nummer and PC are put before them."""
    koppen = ["Nummer", "PC", *koppen]
    bestand = table(koppen, *[[f"N{n}", "3511AB", *rij] for n, rij in enumerate(rijen, start=1)])
    gevonden = Herkend(herkenning(EIGEN, koppen, rules, 0), bestand.tabellen[0], tuple(koppen), 1, **more)
    omzetting = Omzetting(gevonden, omgeving)
    return omzetting, list(omzetting.uitkomsten())


def record(rule: Regel | tuple[Regel, ...], koppen: list[str], *cellen: Any, **more: Any) -> dict[str, Any]:
    """The record of one row, without what every record here has."""
    rules = regels(*(rule if isinstance(rule, tuple) else (rule,)))
    _, (uitkomst,) = convert(rules, koppen, list(cellen), **more)
    return {
        name: value
        for name, value in record_of(uitkomst).items()
        if name not in {"idWerkzoekende", "mobiliteit", "indicatieBeschikbaarheidContactgegevens"}
    }


# --- Headers ----------------------------------------------------------------------------------------------


def test_every_column_has_a_key_of_its_own():
    kolommen = kolomkoppen(["Naam", "", "naam ", "%", "Kolom B", "NAAM"])
    assert [kolom.sleutel for kolom in kolommen] == [
        "naam",
        "kolom B",
        "naam#2",
        "kolom D",
        "kolomb",
        "naam#3",
    ]
    assert [kolom.naam for kolom in kolommen] == [
        "Naam",
        "kolom B",
        "naam (2)",
        "kolom D",
        "Kolom B",
        "NAAM (3)",
    ]


@given(st.lists(st.text(max_size=12), max_size=60))
def test_no_headers_give_two_columns_the_same_key(koppen):
    sleutels = kolomsleutels(koppen)
    assert len(set(sleutels)) == len(koppen)


def test_columns_have_the_letters_of_a_spreadsheet():
    assert [kolomletter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


# --- Targets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("soort", SOORTEN)
def test_every_attribute_is_offered_and_can_be_the_target_of_one_column(soort):
    assert [doel.pad for doel in doelen(soort)] == [leaf.pad for leaf in velden(soort)]
    for doel, leaf in zip(doelen(soort), velden(soort), strict=True):
        check(Regels(soort, (Regel(doel.doel, ("x",)),)))
        assert doel.label
        assert doel.groep
        assert doel.nummerbaar == ("[]" in doel.pad)
        assert doel.lijst == list_of(leaf.attribuut)
        assert not doel.lijst or doel.lijst in waardelijsten()
    assert {doel.pad for doel in doelen(soort) if doel.verplicht} == {soort.id_pad, soort.postcode_pad}


# --- JSON -------------------------------------------------------------------------------------------------


def test_the_presets_are_good_rules_and_go_through_json():
    for one in (SONAR_REGELS, rules_for([leaf.pad for leaf in velden(Soort.VACATURES)], Soort.VACATURES)):
        check(one)
        assert from_json(to_json(one)) == one
        assert what_is_missing(one) == ()


@pytest.mark.parametrize(
    ("rule", "woord"),
    [
        (Regel("bestaatNiet", ("a",)), "bestaat niet"),
        (Regel("sector[].codeSbi.x", ("a",)), "bestaat niet"),
        (Regel("sector[99].codeSbi", ("a",)), "volgnummer"),
        (Regel("sector[1234].codeSbi", ("a",)), "bestaat niet"),
        (Regel("sector.codeSbi", ("a",)), "bestaat niet"),
        (Regel("", ("a",)), "bestaat niet"),
        (Regel("emailadres[]"), "vaste waarde"),
        (Regel("emailadres[]", ("a",), constante="x@y.nl"), "vaste waarde"),
        (Regel("emailadres[]", ("a", "a")), "verschillende"),
        (Regel("idWerkzoekende", constante="1"), "eigen kenmerk"),
        (Regel("persoonlijkePresentatie", ("bsn",)), "burgerservicenummers"),
        (Regel("idWerkzoekende", ("bsn", "naam")), "burgerservicenummers"),
        (Regel("persoonlijkePresentatie", ("a",), splits=","), "geknipt"),
        (Regel("sector[0].codeSbi", ("a",), splits=","), "geknipt"),
        (Regel("mobiliteit.maximaleReistijd", ("a",), eenheid="uren_per_dag"), "omrekenen"),
        (Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("a",), eenheid="eeuwen"), "omrekenen"),
        (Regel("persoonlijkePresentatie", ("a",), bij_onbekend=AFKEUREN), "geen waardelijst"),
        (Regel("indicatieLdrRegistratie", ("a",), waarden=(("ja", "7"),)), "niet in de waardelijst"),
        (Regel("indicatieLdrRegistratie", ("a",), bij_onbekend="7"), "niet in de waardelijst"),
        (Regel("indicatieLdrRegistratie", constante="7"), "vaste waarde past niet"),
        (Regel("persoonlijkePresentatie", constante=f"mijn bsn is {BSN}"), "vaste waarde past niet"),
        (Regel("mobiliteit.bemiddelingspostcode", constante="hier"), "vaste waarde past niet"),
        (Regel("werktijden.aantalWerkurenPerWeekMaximaal", constante="400"), "vaste waarde past niet"),
        (Regel("mobiliteit.maximaleReistijd", ("a",), inkorten=True), "niet in te korten"),
        (Regel("sector[].codeSbi", ("a",), alleen_met="niets"), "bestaat niet"),
        (Regel("sector[].codeSbi", ("a",), pseudoniem=True), "pseudoniem"),
    ],
)
def test_rules_that_mean_nothing_are_refused_in_dutch(rule, woord):
    with pytest.raises(OngeldigeRegels, match=woord):
        check(regels(rule))
    with pytest.raises(OngeldigeRegels):
        from_json(to_json(regels(rule)))


@pytest.mark.parametrize(
    ("toestemming", "woord"),
    [
        (Toestemming(), "niet allebei"),
        (Toestemming("a", verklaring=True), "niet allebei"),
        (Toestemming("a", waarden=()), "bij welke waarden"),
        (Toestemming("a", waarden=(" ",)), "bij welke waarden"),
    ],
)
def test_consent_is_a_column_or_a_declaration(toestemming, woord):
    with pytest.raises(OngeldigeRegels, match=woord):
        check(regels(toestemming=toestemming))


def test_what_must_still_be_chosen_is_told():
    assert what_is_missing(regels()) == ()
    assert len(what_is_missing(Regels(WERKZOEKENDEN, ()))) == 3
    assert "toestemming" in what_is_missing(regels(toestemming=None))[0]
    vacature = Regels(Soort.VACATURES, (Regel("idVacature", ("a",)), Regel("adres.postcode", ("b",))))
    assert what_is_missing(vacature) == ()


def test_rules_of_another_kind_of_record_are_refused():
    with pytest.raises(OngeldigeRegels):
        check(Regels(Soort.WERKGEVERSCONTACTMOMENTEN, ()))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@st.composite
def near_json(draw: st.DrawFn) -> str:
    """Rules as JSON in which something was changed."""
    data = json.loads(to_json(SONAR_REGELS))
    value = draw(JSON_VALUES)
    where = draw(st.sampled_from(["top", "regel", "veld", "toestemming"]))
    if where == "top":
        data[draw(st.sampled_from([*data, "nieuw"]))] = value
    elif where == "regel":
        data["regels"][draw(st.integers(0, 5))] = value
    elif where == "veld":
        rule = data["regels"][draw(st.integers(0, 5))]
        names = [*Regel.__dataclass_fields__, "nieuw"]
        rule[draw(st.sampled_from(names))] = value
    else:
        data["toestemming"][draw(st.sampled_from(["kolom", "waarden", "verklaring", "x"]))] = value
    return json.dumps(data)


@given(st.text(max_size=60) | JSON_VALUES.map(json.dumps) | near_json())
def test_any_json_is_good_rules_or_a_dutch_sentence(text):
    melding, found = "Goed.", None
    try:
        found = from_json(text)
    except OngeldigeRegels as problem:
        melding = problem.melding
    assert melding.endswith(".")
    assert found is None or from_json(to_json(found)) == found


def test_json_that_is_nested_without_end_is_refused():
    with pytest.raises(OngeldigeRegels):
        from_json("[" * 100_000)


# --- What a rule can do -----------------------------------------------------------------------------------


def test_columns_are_combined_without_what_is_absent():
    rule = Regel("contactpersoon[0].naamContactpersoonAfdeling", ("coach", "team"), voeg_samen=" - ")
    kop = ["Coach", "Team"]
    for cellen, naam in ((["Jo", "Werk"], "Jo - Werk"), (["Jo", "n.v.t."], "Jo"), ([None, "Werk"], "Werk")):
        assert record(rule, kop, *cellen) == {"contactpersoon": [{"naamContactpersoonAfdeling": naam}]}
    assert record(rule, kop, None, "-") == {}


def test_a_combined_date_and_a_single_one_that_stays_a_date():
    rule = Regel("flexibiliteit.datumAanvangBeschikbaarVoorWerk", ("dag", "maand", "jaar"), voeg_samen="-")
    kop = ["Dag", "Maand", "Jaar"]
    datum = {"flexibiliteit": {"datumAanvangBeschikbaarVoorWerk": "2026-03-01"}}
    assert record(rule, kop, 1, 3.0, 2026) == datum
    assert record(rule, kop, dt.datetime(2026, 3, 1), None, "") == datum


def test_one_cell_is_cut_into_several_elements():
    rule = Regel("bemiddelingsberoep[].codeBeroepsnaam", ("beroep",), splits="/ en ")
    omgeving = replace(OMGEVING, codes={"beroepen": {"kok": "urn:k", "ober": "urn:o", "kok/ober": "urn:ko"}})
    for cel, gewenst in (
        ("kok / ober", ["urn:k", "urn:o"]),
        ("Kok en Ober", ["urn:k", "urn:o"]),
        ("kok/kok", ["urn:k"]),
        # Known as a whole, so not cut.
        ("KOK/OBER", ["urn:ko"]),
        ("urn:x", ["urn:x"]),
        ("urn:x/urn:y", ["urn:x", "urn:y"]),
        ("/", []),
    ):
        found = record(rule, ["Beroep"], cel, omgeving=omgeving)
        assert [one["codeBeroepsnaam"] for one in found.get("bemiddelingsberoep", [])] == gewenst


def test_numbered_columns_fill_a_group_each_and_leave_no_empty_ones():
    rules = tuple(
        Regel(f"arbeidsmarktkwalificatie.opleiding[{n}].{naam}", (f"{kop}{n + 1}",))
        for n in range(3)
        for kop, naam in (("niveau", "codeNiveauOpleiding"), ("jaar", "datumDiploma"))
    )
    koppen = ["Niveau 1", "Jaar 1", "Niveau 2", "Jaar 2", "Niveau 3", "Jaar 3"]
    found = record(rules, koppen, "MBO", None, None, None, "HBO/Bachelor", "1-7-2020")
    assert found["arbeidsmarktkwalificatie"]["opleiding"] == [
        {"codeNiveauOpleiding": 4},
        {"codeNiveauOpleiding": 5, "datumDiploma": "2020-07-01"},
    ]


def test_a_finding_names_the_column_of_its_own_number():
    rules = regels(
        *(Regel(f"arbeidsmarktkwalificatie.cursus[{n}].naamCursus", (f"cursus{n + 1}",)) for n in range(2))
    )
    _, (uitkomst,) = convert(rules, ["Cursus 1", "Cursus 2"], ["kort", "x" * 121])
    assert [one.kolom for one in uitkomst.bevindingen] == ["Cursus 2"]


def test_a_constant_goes_into_every_record_or_only_where_its_group_has_something():
    vast = Regel("contractvorm[0].codeTypeArbeidscontract", constante="O")
    assert record(vast, []) == {"contractvorm": [{"codeTypeArbeidscontract": "O"}]}
    niveau = "arbeidsmarktkwalificatie.opleiding[1].codeNiveauOpleiding"
    rules = (
        Regel(niveau, ("niveau",)),
        Regel("arbeidsmarktkwalificatie.opleiding[1].codeStatusOpleiding", constante="1", alleen_met=niveau),
    )
    assert record(rules, ["Niveau"], None) == {}
    assert record(rules, ["Niveau"], "MBO")["arbeidsmarktkwalificatie"]["opleiding"] == [
        {"codeNiveauOpleiding": 4, "codeStatusOpleiding": 1}
    ]


def test_a_constant_goes_into_every_element_of_its_group():
    rules = (
        Regel("vervoermiddel[].indicatieBeschikbaarVoorUitvoeringWerk", constante="1"),
        Regel("vervoermiddel[].codeVervoermiddel", ("vervoer",), splits=","),
    )
    assert record(rules, ["Vervoer"], "auto, fiets") == {
        "vervoermiddel": [
            {"codeVervoermiddel": 1, "indicatieBeschikbaarVoorUitvoeringWerk": 1},
            {"codeVervoermiddel": 3, "indicatieBeschikbaarVoorUitvoeringWerk": 1},
        ]
    }
    assert record(rules, ["Vervoer"], None) == {}


@pytest.mark.parametrize(
    ("eenheid", "cel", "uren"),
    [
        ("uren_per_dag", 8, 40), ("uren_per_dag", "7,6", 38), ("uren_per_dag", "4 uur per dag", 20),
        ("uren_per_maand", 104.0, 24), ("uren_per_maand", "156 u/mnd", 36), ("", "32 uur", 32),
        ("uren_per_dag", "nnb", None),
    ],
)  # fmt: skip
def test_hours_in_another_unit_become_hours_a_week(eenheid, cel, uren):
    rule = Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("uren",), eenheid=eenheid)
    found = record(rule, ["Uren"], cel)
    assert found == ({"werktijden": {"aantalWerkurenPerWeekMaximaal": uren}} if uren is not None else {})


@pytest.mark.parametrize("cel", ["veel", 21, -1, True, "1e3", float("inf"), float("nan")])
def test_hours_that_cannot_be_are_refused(cel):
    rule = Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("uren",), eenheid="uren_per_dag")
    _, (uitkomst,) = convert(regels(rule), ["Uren"], [cel])
    assert codes(uitkomst) == {"getal_onmogelijk"}
    assert "werktijden" not in (uitkomst.record or {})


def test_of_two_rules_for_one_target_the_first_that_comes_to_something_counts():
    rules = (
        Regel("persoonlijkePresentatie", ("lang",)),
        Regel("persoonlijkePresentatie", ("kort",)),
        Regel("persoonlijkePresentatie", constante="Vraag ernaar."),
    )
    for cellen, tekst in (
        (["a", "b"], "a"),
        ([None, "b"], "b"),
        (["nnb", "b"], "b"),
        ([None, None], "Vraag ernaar."),
    ):
        assert record(rules, ["Lang", "Kort"], *cellen) == {"persoonlijkePresentatie": tekst}


def test_two_columns_of_addresses_add_up():
    rules = (Regel("emailadres[0]", ("mail",)), Regel("emailadres[1]", ("mail2",)))
    assert record(rules, ["Mail", "Mail 2"], "a@b.nl; c@d.nl", "a@b.nl, e@f.nl") == {
        "emailadres": ["a@b.nl", "c@d.nl", "e@f.nl"]
    }


def test_a_text_is_shortened_only_when_that_was_asked():
    tekst = "Werkplein Voorbeeldstad en omstreken west"
    naam = "contactpersoon[0].naamContactpersoonAfdeling"
    _, (uitkomst,) = convert(regels(Regel(naam, ("team",), inkorten=True)), ["Team"], [tekst])
    assert record_of(uitkomst)["contactpersoon"] == [
        {"naamContactpersoonAfdeling": "Werkplein Voorbeeldstad en"}
    ]
    assert codes(uitkomst) == {"contact_ingekort"}
    _, (uitkomst,) = convert(regels(Regel(naam, ("team",))), ["Team"], [tekst])
    assert codes(uitkomst) == {"te-lang"}


# --- Codes ------------------------------------------------------------------------------------------------

VERVOER = Regel("vervoermiddel[].codeVervoermiddel", ("vervoer",), splits=",")


def test_an_unknown_value_is_left_out_refused_or_replaced_and_always_counted():
    for how, record_made, found in (("", True, None), (AFKEUREN, False, None), ("9", True, 9)):
        omzetting, (uitkomst,) = convert(
            regels(replace(VERVOER, bij_onbekend=how)), ["Vervoer"], ["step, auto, step, slee"]
        )
        assert (uitkomst.record is not None) is record_made
        assert omzetting.onbekend == {"Vervoermiddel": {"step": 2, "slee": 1}}
        assert all("step" not in one.opmerking.melding for one in uitkomst.bevindingen)
        if record_made:
            gewenst = [code for code in (found, 1) if code is not None]
            assert [one["codeVervoermiddel"] for one in record_of(uitkomst)["vervoermiddel"]] == gewenst


def test_the_municipalitys_own_words_go_before_the_rule_and_the_list():
    eigen = {"Vervoermiddel": {"auto": "2", "step": "3", "slee": "", "raket": "77"}}
    omgeving = replace(OMGEVING, codes=eigen)
    rule = replace(VERVOER, waarden=(("auto", "4"), ("slee", "9"), ("bus", "5")))
    omzetting, (uitkomst,) = convert(
        regels(rule), ["Vervoer"], ["AUTO, Step, slee, bus, raket"], omgeving=omgeving
    )
    assert [one["codeVervoermiddel"] for one in record_of(uitkomst)["vervoermiddel"]] == [2, 3, 5]
    # Left out on purpose is not told; a code that is not in the list (any more) says nothing.
    assert omzetting.onbekend == {"Vervoermiddel": {"raket": 1}}


def test_own_words_replace_those_of_the_list():
    rule = replace(VERVOER, waarden=(("bolide", "1"), ("lopend", "")))
    omzetting, (uitkomst,) = convert(regels(rule), ["Vervoer"], ["Bolide, lopend, fiets"])
    assert [one["codeVervoermiddel"] for one in record_of(uitkomst)["vervoermiddel"]] == [1]
    assert omzetting.onbekend == {"Vervoermiddel": {"fiets": 1}}


def test_a_word_of_the_cell_is_enough_when_the_rule_says_so():
    rule = Regel(
        "arbeidsmarktkwalificatie.opleiding[0].codeNiveauOpleiding", ("niveau",), waarden=(("mbo", "4"),)
    )
    assert record(replace(rule, per_woord=True), ["Niveau"], "MBO-4 (bol)") != {}
    assert record(rule, ["Niveau"], "MBO-4 (bol)") == {}


@pytest.mark.parametrize(
    ("doel", "kent", "onbekend"),
    [
        ("arbeidsmarktkwalificatie.taalbeheersing[0].codeTaal", "nld", "Nederlands"),
        ("arbeidsmarktkwalificatie.opleiding[0].codeOpleidingsnaam", "25655", "Kok"),
        ("sector[0].codeSbi", "47241", "Bouw"),
        ("sector[0].codeSbi", 56101, 123456),
        ("bemiddelingsberoep[0].codeBeroepsnaam", "https://linkeddata.example/1", "Kok in ruste"),
    ],
)
def test_a_code_of_a_list_of_others_is_known_by_its_form_and_words_only_by_the_list(doel, kent, onbekend):
    rule = Regel(doel, ("kolom",))
    assert record(rule, ["Kolom"], kent) != {}
    omzetting, (uitkomst,) = convert(regels(rule), ["Kolom"], [onbekend])
    assert uitkomst.record is not None
    assert sum(map(len, omzetting.onbekend.values())) == 1
    (lijst,) = omzetting.onbekend
    code = {"sbi": "56101", "opleidingen": "25655"}.get(lijst, "nld" if lijst == "talen" else "urn:x")
    omgeving = replace(OMGEVING, codes={lijst: {str(onbekend).casefold(): code}})
    assert record(rule, ["Kolom"], onbekend, omgeving=omgeving) != {}


def test_none_of_something_is_nothing():
    for cel in ("geen", "Nee", "geen , nee"):
        assert record(VERVOER, ["Vervoer"], cel) == {}
        assert convert(regels(VERVOER), ["Vervoer"], [cel])[1][0].bevindingen == ()


# --- Absent words -----------------------------------------------------------------------------------------


def test_a_municipality_has_its_own_words_for_nothing():
    rules = (
        Regel("persoonlijkePresentatie", ("tekst",)),
        Regel("arbeidsmarktkwalificatie.taalbeheersing[0].codeNiveauTaalbeheersingMondeling", ("spreken",)),
    )
    omgeving = replace(OMGEVING, afwezig=frozenset({"geen idee", "onbekend"}))
    koppen = ["Tekst", "Spreken"]
    assert record(rules, koppen, "Geen idee", "geen idee", omgeving=omgeving) == {}
    assert record(rules, koppen, "#N/B", None, omgeving=omgeving) == {}
    # Taken off the list of the usual words.
    assert record(rules, koppen, "nnb", None, omgeving=omgeving) == {"persoonlijkePresentatie": "nnb"}
    # A code of the standard stays one.
    assert record(rules, koppen, None, "Onbekend", omgeving=omgeving) == {
        "arbeidsmarktkwalificatie": {"taalbeheersing": [{"codeNiveauTaalbeheersingMondeling": 0}]}
    }


# --- Ids --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "kop", "cel", "gewenst"),
    [
        (Regel("idWerkzoekende", ("id",)), "id", "A-1", "A-1"),
        (Regel("idWerkzoekende", ("id",)), "id", BSN, pseudoniem(BSN)),
        (Regel("idWerkzoekende", ("id",), pseudoniem=True), "id", "A-1", pseudoniem("A-1")),
        (Regel("idWerkzoekende", ("clientbsn",)), "Cliënt-BSN", 10000008.0, pseudoniem("010000008")),
        (
            Regel("idWerkzoekende", ("burgerservicenummer",)),
            "Burgerservicenummer",
            "1234",
            pseudoniem("1234"),
        ),
    ],
)
def test_an_id_is_itself_unless_it_is_a_bsn(rule, kop, cel, gewenst):
    kop_key = kolomsleutels([kop])[0]
    rules = Regels(WERKZOEKENDEN, (replace(rule, kolommen=(kop_key,)), POSTCODE), IEDEREEN)
    _, (uitkomst,) = convert(rules, [kop], [cel])
    assert record_of(uitkomst)["idWerkzoekende"] == gewenst


def test_a_row_without_an_id_is_refused_and_says_which_columns_could_give_one():
    rules = Regels(
        WERKZOEKENDEN,
        (Regel("idWerkzoekende", ("klant",)), Regel("idWerkzoekende", ("bsn",)), POSTCODE),
        IEDEREEN,
    )
    _, (uitkomst,) = convert(rules, ["Klant", "BSN"], ["nnb", None])
    (bevinding,) = uitkomst.bevindingen
    assert (bevinding.kolom, bevinding.opmerking.code) == ("Klant", "geen_id")
    assert "geen Klant en geen BSN" in bevinding.opmerking.melding


def test_a_header_that_is_somebodys_data_is_not_in_the_sentence_that_is_kept():
    kop = "jan@voorbeeld.example"
    rules = Regels(WERKZOEKENDEN, (Regel("idWerkzoekende", kolomsleutels([kop])), POSTCODE), IEDEREEN)
    _, (uitkomst,) = convert(rules, [kop], ["nnb"])
    (bevinding,) = uitkomst.bevindingen
    assert bevinding.opmerking.code == "geen_id"
    assert "jan" not in bevinding.opmerking.melding


# --- Consent ----------------------------------------------------------------------------------------------


def test_consent_by_the_chosen_values_of_a_column():
    rules = regels(toestemming=Toestemming("akkoord", ("Getekend", "mondeling")))
    _, uitkomsten = convert(
        rules, ["Akkoord"], ["getekend "], ["Mondeling"], ["nee"], [None], ["ja"], [True], [1]
    )
    assert [uitkomst.record is not None for uitkomst in uitkomsten] == [True, True] + [False] * 5
    assert codes(uitkomsten[2]) == {"geen_toestemming"}
    assert "Getekend" not in uitkomsten[2].bevindingen[0].opmerking.melding


def test_without_the_column_of_consent_nobody_gave_it():
    _, (uitkomst,) = convert(regels(toestemming=Toestemming("akkoord")), ["Anders"], ["ja"])
    assert codes(uitkomst) == {"geen_toestemming"}


# --- Contact details --------------------------------------------------------------------------------------


def test_whether_there_are_contact_details_follows_from_the_record_unless_the_file_says_it():
    mail, zegt = (
        Regel("emailadres[]", ("mail",)),
        Regel("indicatieBeschikbaarheidContactgegevens", ("zegt",)),
    )
    for cellen, gewenst in (
        (["a@b.nl", None], 1),
        ([None, None], 2),
        (["geen", None], 2),
        (["a@b.nl", "Nee"], 2),
        ([None, 1], 1),
    ):
        _, (uitkomst,) = convert(regels(mail, zegt), ["Mail", "Zegt"], cellen)
        assert record_of(uitkomst)["indicatieBeschikbaarheidContactgegevens"] == gewenst


def test_a_vacancy_has_no_such_mark():
    rules = Regels(Soort.VACATURES, (Regel("idVacature", ("nummer",)), Regel("adres.postcode", ("pc",))))
    _, (uitkomst,) = convert(rules, [], [])
    assert record_of(uitkomst) == {"idVacature": "N1", "adres": {"postcode": "3511AB"}}


# --- Rows that are no records -----------------------------------------------------------------------------


def test_a_sum_below_the_data_is_skipped_and_a_person_with_that_word_is_not():
    koppen = ["a", "b", "c", "d", "e", "f"]
    bestand = table(
        ["Nummer", "PC", *koppen],
        ["N1", "3511AB", *"uvwxyz"],
        ["Totaal: 1", None, None, None, 12, None, "", None],
        [None, None, "Subtotaal", 4, None, None, None, None],
        ["Totaal", "3511AB", *"uvwxyz"],
    )
    gevonden = recognise(bestand, keuze=Bestandskeuze(regels=regels()))
    omzetting = Omzetting(gevonden, OMGEVING)
    uitkomsten = list(omzetting.uitkomsten())
    assert [uitkomst.record is not None for uitkomst in uitkomsten] == [True, False, False, True]
    assert (omzetting.telling.overgeslagen, omzetting.telling.afgekeurd) == (2, 0)
    assert codes(uitkomsten[1]) == {"totaalregel"}


def test_a_vacancy_past_its_closing_date_is_skipped():
    rules = Regels(
        Soort.VACATURES,
        (
            Regel("idVacature", ("nummer",)),
            Regel("adres.postcode", ("pc",)),
            Regel("sluitingsdatumVacature", ("sluit",)),
        ),
    )
    koppen = ["Nummer", "PC", "Sluit"]
    rijen = [[f"N{n}", "3511AB", sluit] for n, sluit in enumerate(["1-5-2026", "2-5-2026", None])]
    bestand = table(koppen, *rijen)
    gevonden = recognise(bestand, keuze=Bestandskeuze(regels=rules))
    uitkomsten = list(Omzetting(gevonden, OMGEVING, vandaag=dt.date(2026, 5, 2)).uitkomsten())
    assert [uitkomst.record is not None for uitkomst in uitkomsten] == [False, True, True]
    assert [one.kolom for one in uitkomsten[0].bevindingen] == ["Sluit"]
    assert codes(uitkomsten[0]) == {"gesloten"}


# --- How well attributes are filled -----------------------------------------------------------------------


def test_how_many_records_have_each_attribute_is_counted_for_those_that_go_along():
    rules = regels(
        Regel("emailadres[]", ("mail",)),
        *(Regel(f"arbeidsmarktkwalificatie.cursus[{n}].naamCursus", (f"cursus{n}",)) for n in (0, 1)),
    )
    rijen: list[list[Any]] = [
        ["a@b.nl", "x", "y"],
        [None, None, "y"],
        ["a@b.nl", "z" * 200, None],
        [None, None, None],
    ]
    omzetting, _ = convert(rules, ["Mail", "Cursus 0", "Cursus 1"], *rijen)
    assert omzetting.telling.omgezet == 3
    assert counted(omzetting) == {
        "idWerkzoekende": 3,
        "mobiliteit.bemiddelingspostcode": 3,
        "emailadres[]": 1,
        "arbeidsmarktkwalificatie.cursus[].naamCursus": 2,
        "indicatieBeschikbaarheidContactgegevens": 3,
    }


def test_what_is_counted_is_what_the_records_have():
    rijen = [een_sonar_rij(), een_sonar_rij(Vervoer="", Toestemming="Nee"), een_sonar_rij(Rijbewijs="A, B")]
    omzetting = Omzetting(
        recognise(table(SONAR_KOPPEN, *[[rij.get(kop) for kop in SONAR_KOPPEN] for rij in rijen])), OMGEVING
    )
    records = [uitkomst.record for uitkomst in omzetting.uitkomsten() if uitkomst.record is not None]
    assert counted(omzetting) == {
        leaf.pad: number
        for leaf in velden(WERKZOEKENDEN)
        if (number := sum(1 for one in records if values_at(one, leaf.pad)))
    }


def counted(omzetting: Omzetting) -> dict[str, int]:
    """Gives the number of times that each attribute of the standard is filled."""
    paden = {leaf.pad for leaf in velden(omzetting.gevonden.soort)}
    return {pad: number for pad, number in omzetting.vulling.items() if number and pad in paden}


def values_at(value: Any, pad: str) -> list[Any]:
    """Gives the values that a record has at a path."""
    values = [value]
    for step in pad.split("."):
        values = [one.get(step.removesuffix("[]")) for one in values if isinstance(one, dict)]
        values = [inner for one in values for inner in (one if isinstance(one, list) else [one])]
    return [one for one in values if one is not None]


# --- Where the headers are --------------------------------------------------------------------------------


def sheet(*rijen: list[Any], naam: str = "Blad1", samengevoegd: Any = ()) -> Tabel:
    """A sheet with these rows, of which the empty ones stay empty."""
    rows = [Rij(nummer, waarden) for nummer, waarden in enumerate(rijen, start=1)]
    return Tabel(naam, len(rows), lambda: iter(rows), samengevoegd=samengevoegd)


def book(*tabellen: Tabel) -> Bestand:
    """A workbook with these sheets."""
    return Bestand(Formaat.XLSX, tabellen)


def headers(tabel: Tabel, kopregel: int) -> tuple[str, ...]:
    return headers_at(first_rows(tabel), kopregel, tabel.samengevoegd)


TWEE_REGELS = (
    ["Naam", "Opleiding", None, "Werk", None],
    [None, "niveau", "jaar", "functie", "jaar"],
    ["Jo", "MBO", 2020, "kok", 2021],
)


def test_a_row_of_groups_above_the_headers_goes_before_them():
    gewenst = ("Naam", "Opleiding niveau", "Opleiding jaar", "Werk functie", "Werk jaar")
    assert headers(sheet(*TWEE_REGELS), 2) == gewenst
    assert headers(sheet(*TWEE_REGELS, samengevoegd=((0, 1, 0, 2), (0, 3, 0, 4), (0, 0, 1, 0))), 2) == gewenst
    # Told which cells are merged, a group ends where they do.
    assert headers(sheet(*TWEE_REGELS, samengevoegd=((0, 1, 0, 2),)), 2)[4] == "jaar"


@pytest.mark.parametrize(
    "boven",
    [
        ["Export van 1 mei", None, None, None, None],
        ["Export van", "1 mei", None, None, None],
        [None, None, None, None, None],
        [2026, 1, 2, 3, 4],
        ["Uitdraai", "Sonar", "mei", "2026", "intern"],
    ],
)
def test_a_title_above_the_headers_is_no_group(boven):
    koppen = ["Nummer", "PC", "Mail", "Uren", "Niveau"]
    assert headers(sheet(boven, koppen, ["1", "3511AB", "", "", ""]), 2) == tuple(koppen)


def test_a_title_merged_over_all_columns_is_no_group():
    tabel = sheet(["Uitdraai", None, None], ["Nummer", "PC", "Mail"], samengevoegd=((0, 0, 0, 2),))
    assert headers(tabel, 2) == ("Nummer", "PC", "Mail")


def test_a_file_without_headers_has_columns_by_their_letters():
    tabel = sheet(["N1", "3511AB"], ["N2", "3512AB", "meer"])
    assert headers(tabel, 0) == ("", "", "")
    rules = Regels(
        WERKZOEKENDEN,
        (Regel("idWerkzoekende", ("kolom A",)), Regel("mobiliteit.bemiddelingspostcode", ("kolom B",))),
        IEDEREEN,
    )
    gevonden = recognise(book(tabel), keuze=Bestandskeuze(kopregel=0, regels=rules))
    uitkomsten = list(Omzetting(gevonden, OMGEVING).uitkomsten())
    assert [record_of(one)["idWerkzoekende"] for one in uitkomsten] == ["N1", "N2"]


def test_what_is_not_recognised_comes_with_the_best_guess():
    uitleg = sheet(["Toelichting", "zie handboek"], ["Let op", "vertrouwelijk"], naam="Uitleg")
    gegevens = sheet(
        ["Caseload mei"],
        [],
        ["Team", "West"],
        [],
        ["Klantnr", "Woonplaats", "Wens", "Uren p/w", "Team"],
        ["K-1", "Utrecht", "kok", 24, "West"],
        ["K-2", "Zeist", "ober", 32, "Oost"],
        naam="Lijst",
    )
    with pytest.raises(NietGekoppeld, match="niet herkend") as problem:
        recognise(book(uitleg, gegevens))
    assert (problem.value.tabel.naam, problem.value.kopregel) == ("Lijst", 5)


def test_a_missing_column_leads_to_a_choice_on_its_own_row():
    koppen = [kop for kop in SONAR_KOPPEN if kop != "Toestemming"]
    with pytest.raises(NietGekoppeld, match="Toestemming") as problem:
        recognise(book(sheet(["Titel", "x"], koppen, ["?"])))
    assert (problem.value.kopregel, problem.value.soort) == (2, WERKZOEKENDEN)


# --- Saved koppelingen ------------------------------------------------------------------------------------

EIGEN_REGELS = Regels(
    WERKZOEKENDEN,
    (
        Regel("idWerkzoekende", ("klantnr",)),
        Regel("mobiliteit.bemiddelingspostcode", ("postcode",)),
        Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("urenpw",)),
        Regel("emailadres[]", ("mail",)),
        Regel("persoonlijkePresentatie", ("tekst",)),
    ),
    Toestemming("akkoord"),
)
EIGEN_KOPPEN = ["Klantnr", "Postcode", "Uren p/w", "Mail", "Tekst", "Akkoord"]
OPGESLAGEN = Opgeslagen("Caseload", 7, EIGEN_REGELS)


def found(koppen: list[str], *opgeslagen: Opgeslagen, **more: Any) -> Herkend:
    return recognise(book(sheet(koppen, ["x"] * len(koppen))), opgeslagen=opgeslagen, **more)


def test_a_saved_koppeling_is_recognised_though_columns_moved_were_added_or_left():
    for koppen in (
        EIGEN_KOPPEN,
        ["Nieuw", *reversed(EIGEN_KOPPEN), "Ook nieuw"],
        [kop for kop in EIGEN_KOPPEN if kop != "Mail"],
        [kop.upper().replace(" ", "_") for kop in EIGEN_KOPPEN],
    ):
        gevonden = found(koppen, OPGESLAGEN)
        assert (gevonden.herkenning.koppeling, gevonden.herkenning.versie) == ("Caseload", 7)
    assert found([kop for kop in EIGEN_KOPPEN if kop != "Mail"], OPGESLAGEN).herkenning.ontbreekt == ("mail",)


def test_with_too_little_of_it_a_saved_koppeling_is_not_recognised():
    with pytest.raises(NietGekoppeld, match="niet herkend"):
        found(["Klantnr", "Postcode", "Akkoord", "Tekst", "Iets anders"], OPGESLAGEN)


@pytest.mark.parametrize(
    ("weg", "woord"), [("Klantnr", "kenmerk"), ("Postcode", "postcode"), ("Akkoord", "toestemming")]
)
def test_an_indispensable_column_of_a_saved_koppeling_is_asked_for(weg, woord):
    koppen = [kop for kop in EIGEN_KOPPEN if kop != weg]
    with pytest.raises(NietGekoppeld, match=woord):
        found(koppen, OPGESLAGEN)
    with pytest.raises(NietGekoppeld, match=woord):
        found(koppen, OPGESLAGEN, koppeling="Caseload")


def test_what_was_saved_goes_before_a_preset():
    mijn_sonar = Opgeslagen("Mijn Sonar", 3, replace(SONAR_REGELS, regels=SONAR_REGELS.regels[:4]))
    assert found(list(SONAR_KOPPEN), mijn_sonar).herkenning.koppeling == "Mijn Sonar"
    assert found(list(SONAR_KOPPEN), mijn_sonar, koppeling="sonar").herkenning.koppeling == "sonar"


def test_a_preset_that_fits_goes_before_a_saved_one_that_lacks_something():
    zonder = [kop for kop in SONAR_KOPPEN if kop != "Klantprofiel"]
    wil_meer = replace(
        SONAR_REGELS,
        regels=tuple(
            replace(rule, kolommen=("klantprofiel",))
            if rule.doel == "mobiliteit.bemiddelingspostcode"
            else rule
            for rule in SONAR_REGELS.regels
        ),
    )
    assert found(zonder, Opgeslagen("Anders", 3, wil_meer)).herkenning.koppeling == "sonar"


def test_by_name_a_koppeling_is_used_though_much_of_it_is_missing():
    gevonden = found(["Klantnr", "Postcode", "Akkoord", "Iets", "Nog iets"], OPGESLAGEN, koppeling="Caseload")
    assert gevonden.herkenning.versie == 7
    with pytest.raises(NietGekoppeld, match="geen koppeling met de naam Weg"):
        found(EIGEN_KOPPEN, OPGESLAGEN, koppeling="Weg")
    with pytest.raises(NietGekoppeld, match="passen niet"):
        found(EIGEN_KOPPEN, OPGESLAGEN, koppeling="sonar")


def test_two_saved_for_different_kinds_that_fit_equally_well_make_the_clerk_choose():
    vacatures = Regels(
        Soort.VACATURES,
        (
            Regel("idVacature", ("klantnr",)),
            Regel("adres.postcode", ("postcode",)),
            Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("urenpw",)),
            Regel("werkgever.contactpersoon[0].emailadres[]", ("mail",)),
            Regel("naamVacature", ("tekst",)),
            Regel("omschrijvingVacature", ("akkoord",)),
        ),
    )
    beide = (OPGESLAGEN, Opgeslagen("Vacatures", 8, vacatures))
    with pytest.raises(SoortOnduidelijk):
        found(EIGEN_KOPPEN, *beide)
    assert found(EIGEN_KOPPEN, *beide, soort=Soort.VACATURES).herkenning.koppeling == "Vacatures"


def test_a_missing_column_of_a_saved_koppeling_is_told_once():
    koppen = [kop for kop in EIGEN_KOPPEN if kop != "Mail"]
    rijen = [[f"K{n}", "3511AB", 24, "tekst", "ja"] for n in range(3)]
    omzetting = Omzetting(recognise(table(koppen, *rijen), opgeslagen=[OPGESLAGEN]), OMGEVING)
    bevindingen = [one for uitkomst in omzetting.uitkomsten() for one in uitkomst.bevindingen]
    assert [(one.rij, one.kolom, one.opmerking.code) for one in bevindingen] == [
        (1, "mail", "kolom_ontbreekt")
    ]
    assert omzetting.telling.omgezet == 3


def test_a_chosen_sheet_and_row_are_respected():
    een = sheet(EIGEN_KOPPEN, ["K1", "3511AB", 1, "", "", "ja"], naam="Een")
    twee = sheet(["x", "y"], EIGEN_KOPPEN, ["K2", "3511AB", 1, "", "", "ja"], naam="Twee")
    with pytest.raises(BladOnduidelijk):
        recognise(book(een, twee), opgeslagen=[OPGESLAGEN])
    for keuze, blad, kopregel in (
        (Bestandskeuze("Twee"), "Twee", 2),
        (Bestandskeuze("Twee", 2, EIGEN_REGELS), "Twee", 2),
        (Bestandskeuze("Een", 1), "Een", 1),
    ):
        gevonden = recognise(book(een, twee), opgeslagen=[OPGESLAGEN], keuze=keuze)
        assert (gevonden.tabel.naam, gevonden.kopregel) == (blad, kopregel)


def test_sheets_of_which_a_column_without_a_header_is_used_are_not_read_under_each_other():
    koppen = ["Nummer", "PC", "", "Plaats"]
    een = sheet(koppen, ["N1", "3511AB", "24", "Ede"], naam="Een")
    twee = sheet(koppen, ["N2", "3511AB", "32", "Ede"], naam="Twee")
    hidden = replace(twee, verborgen_kolommen=(3,))
    only_named = Bestandskeuze("*", regels=regels())
    together = recognise(book(een, hidden), keuze=only_named)
    assert [len(together.bladen), together.tabel.verborgen_kolommen] == [2, (3,)]
    hours = regels(Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("kolom C",)))
    with pytest.raises(BladOnduidelijk) as found:
        recognise(book(een, twee), keuze=Bestandskeuze("*", regels=hours))
    assert not found.value.onder_elkaar


def test_dates_as_bare_numbers_count_from_the_files_own_beginning():
    rule = Regel("flexibiliteit.datumAanvangBeschikbaarVoorWerk", ("vanaf",))
    for epoch_1904, getal in ((False, 46022), (True, 46022 - 1462)):
        _, (uitkomst,) = convert(regels(rule), ["Vanaf"], [getal], epoch_1904=epoch_1904)
        assert record_of(uitkomst)["flexibiliteit"] == {"datumAanvangBeschikbaarVoorWerk": "2025-12-31"}


# --- Setters ----------------------------------------------------------------------------------------------


def test_an_element_is_made_of_each_value_also_around_a_deeper_group():
    made: dict[str, Any] = {}
    put = setter("a.werk[].beroep.code")
    put(made, ["x", "y"])
    put(made, ["y", "z"])
    assert made == {"a": {"werk": [{"beroep": {"code": code}} for code in "xyz"]}}
    each_setter("a.werk[].soort")(made, 1)
    assert [one["soort"] for one in made["a"]["werk"]] == [1, 1, 1]
    untouched: dict[str, Any] = {}
    each_setter("a.werk[].soort")(untouched, 1)
    assert untouched == {}


# --- Anything at all --------------------------------------------------------------------------------------

KOLOMMEN = ["a", "b", "c", "bsn", "kolom D", "a#2", "weg"]
TEKSTEN = st.sampled_from(
    ["ja", "mbo", "3511AB", "1", "B,BE", "a@b.nl", "geen", "", BSN, "31-12-2025", "x" * 50]
)


@st.composite
def any_rule(draw: st.DrawFn, soort: Soort) -> Regel:
    """A rule that the checks let through, now and then."""
    leaf = draw(st.sampled_from(velden(soort)))
    doel = draw(
        st.sampled_from(
            [usual_target(leaf), leaf.pad, leaf.pad.replace("[]", "[0]"), leaf.pad.replace("[]", "[3]")]
        )
    )
    kolommen = tuple(draw(st.lists(st.sampled_from(KOLOMMEN), max_size=3, unique=True)))
    lijst = leaf.attribuut.waardelijst
    known = [str(code) for code in lijst.waarden] if lijst is not None else []
    code = st.sampled_from([*known, "", "1"])
    return Regel(
        doel,
        kolommen,
        constante="" if kolommen else draw(code | TEKSTEN),
        voeg_samen=draw(st.sampled_from([", ", "", " "])),
        splits=draw(st.sampled_from(["", ",;", ", en ", "]^-\\"])),
        eenheid=draw(st.sampled_from(["", "", "uren_per_dag", "uren_per_maand"])),
        waarden=tuple(draw(st.lists(st.tuples(TEKSTEN, code), max_size=2))) if lijst is not None else (),
        per_woord=lijst is not None and draw(st.booleans()),
        bij_onbekend=draw(st.sampled_from(["", AFKEUREN, *known[:2]])) if lijst is not None else "",
        inkorten=draw(st.booleans()) and leaf.attribuut.lengte is not None,
        alleen_met=draw(st.sampled_from(["", "", soort.id_pad or "", doel])),
        pseudoniem=draw(st.booleans()) and leaf.pad == soort.id_pad,
        tekens=draw(st.sampled_from(["", PSEUDONIEM, VERVANGEN])) if leaf.pad == soort.id_pad else "",
        maand_eerst=draw(st.booleans()) and leaf.attribuut.type is Gegevenstype.DATUM,
    )


@st.composite
def any_rules(draw: st.DrawFn) -> Regels:
    """Rules that the checks let through, whatever they mean."""
    soort = draw(st.sampled_from(SOORTEN))
    kept = []
    for rule in draw(st.lists(any_rule(soort), max_size=8)):
        # Mend what is rarely drawn right, so that most rules are tried.
        for mended in (rule, replace(rule, splits=""), replace(rule, splits="", eenheid="", waarden=())):
            try:
                check(Regels(soort, (mended,)))
            except OngeldigeRegels:
                continue
            kept.append(mended)
            break
    toestemming = draw(
        st.sampled_from(
            [None, Toestemming(verklaring=True), Toestemming("a"), Toestemming("weg", ("ja", "1"))]
        )
    )
    rules = Regels(soort, tuple(kept), toestemming)
    check(rules)
    return rules


@given(
    any_rules(),
    st.lists(st.lists(WILD | TEKSTEN, max_size=8), max_size=4),
    st.booleans(),
)
def test_no_rules_and_cells_break_the_conversion_and_the_counts_add_up(rules, rijen, basis):
    koppen = ["a", "b", "c", "", "BSN", "A", "nummer", "pc"]
    if basis:
        soort = rules.soort
        vast = (Regel(soort.id_pad or "", ("nummer",)), Regel(soort.postcode_pad or "", ("pc",)))
        rules = replace(rules, regels=(*vast, *rules.regels), toestemming=Toestemming(verklaring=True))
        rijen = [[*rij[:6], *[None] * (6 - len(rij[:6])), f"N{n}", "3511AB"] for n, rij in enumerate(rijen)]
    assert from_json(to_json(rules)) == rules
    bestand = table(koppen, *rijen)
    gevonden = Herkend(herkenning(EIGEN, koppen, rules, 0), bestand.tabellen[0], tuple(koppen), 1)
    omzetting = Omzetting(gevonden, OMGEVING)
    uitkomsten = list(omzetting.uitkomsten())
    check_accounts(omzetting, uitkomsten, len(rijen))
    made = [uitkomst.record for uitkomst in uitkomsten if uitkomst.record is not None]
    for one in made:
        assert validate(rules.soort, one) == []
        assert BSN not in json.dumps(
            {name: value for name, value in one.items() if name == rules.soort.id_pad}
        )
    for leaf in velden(rules.soort):
        assert omzetting.vulling.get(leaf.pad, 0) == sum(1 for one in made if values_at(one, leaf.pad))


@given(
    st.lists(st.lists(WILD | st.text(max_size=8), max_size=6), max_size=12), st.integers(0, 13) | st.none()
)
def test_no_sheet_breaks_recognition(rijen, kopregel):
    gevonden = None
    with suppress(Onleesbaar):
        gevonden = recognise(
            book(sheet(*rijen)), opgeslagen=[OPGESLAGEN], keuze=Bestandskeuze(kopregel=kopregel)
        )
    assert gevonden is None or gevonden.kopregel <= len(rijen)
