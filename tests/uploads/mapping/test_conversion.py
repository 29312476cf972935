"""Columns and values to the standard: the table of the Sonar export, the standard's own headers, single cells."""

import datetime as dt
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.standard import Soort, validate, velden
from tests.factories import (
    SONAR_KOPPEN,
    een_sonar_rij,
    een_vacature,
    een_werkblad,
    een_werkzoekende,
)
from tests.uploads.readers.hier import open_here
from uploads.mapping.cells.contact import normal_postcode
from uploads.mapping.cells.dates import date_of
from uploads.mapping.cells.numbers import whole_number
from uploads.mapping.cells.text import cut_at_word, is_empty_list, tekst
from uploads.mapping.conversion import Omzetting, Rijuitkomst
from uploads.mapping.herhaald import names_in_every_row
from uploads.mapping.model import Ernst, Omgeving
from uploads.mapping.presets.standaard import target_of
from uploads.mapping.recognition import SoortOnduidelijk, recognise, recognise_headers
from uploads.mapping.setters import setter
from uploads.readers import Bestand, Formaat, Onleesbaar, Rij, Tabel, open_file

BSN = "799890005"


def pseudoniem(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


OMGEVING = Omgeving(
    pseudoniem,
    lambda postcode: not postcode.startswith("99"),
    {"beroepen": {"kok": "urn:um-demo:beroep:kok", "urn:um-demo:beroep:kok": "urn:um-demo:beroep:kok"}},
)


def convert(bestand: Bestand, soort: Soort | None = None) -> tuple[Omzetting, list[Rijuitkomst]]:
    omzetting = Omzetting(recognise(bestand, soort), OMGEVING)
    return omzetting, list(omzetting.uitkomsten())


def table(koppen: list[str] | tuple[str, ...], *rijen: list[Any]) -> Bestand:
    """A sheet as a reader would give it."""
    rows = [Rij(nummer, list(waarden)) for nummer, waarden in enumerate([list(koppen), *rijen], start=1)]
    return Bestand(Formaat.XLSX, (Tabel("Blad1", len(rows), lambda: iter(rows)),))


def sonar(**changes: Any) -> Rijuitkomst:
    """Gives the outcome of one row of a Sonar export."""
    rij = een_sonar_rij(**{"ID_WZ": "S1", **changes})
    _, uitkomsten = convert(table(SONAR_KOPPEN, [rij.get(kop, "") for kop in SONAR_KOPPEN]))
    return uitkomsten[0]


def codes(uitkomst: Rijuitkomst) -> set[str]:
    return {bevinding.opmerking.code for bevinding in uitkomst.bevindingen}


def record_of(uitkomst: Rijuitkomst) -> dict[str, Any]:
    assert uitkomst.record is not None, uitkomst.bevindingen
    return uitkomst.record


def test_a_cell_that_is_merged_with_the_one_above_it_has_the_value_that_a_person_sees():
    koppen = ["idWerkzoekende", "bemiddelingspostcode", "aantalWerkurenPerWeekMaximaal"]
    bestand = table(koppen, ["W1", "3511AB", 24], ["W2", "", ""], ["", "", ""], ["W3", "3512AB", ""])
    [tabel] = bestand.tabellen
    # Rows and columns count from 0: the postcode of W1 and W2, and the hours of W1 and all below it.
    merged = replace(tabel, samengevoegd=((1, 1, 2, 1), (1, 2, 4, 2)))
    omzetting, uitkomsten = convert(replace(bestand, tabellen=(merged,)))
    found = [record_of(one) for one in uitkomsten]
    assert [one["mobiliteit"]["bemiddelingspostcode"] for one in found] == ["3511AB", "3511AB", "3512AB"]
    assert {one["werktijden"]["aantalWerkurenPerWeekMaximaal"] for one in found} == {24}
    assert [len(one.bevindingen) for one in uitkomsten] == [0, 2, 1]
    assert codes(uitkomsten[1]) == {"samengevoegd"}
    assert (omzetting.telling.omgezet, omzetting.telling.lege_rijen) == (3, 1)


# --- Sonar ------------------------------------------------------------------------------------------------


def test_a_sonar_row_becomes_a_record_by_the_table():
    uitkomst = sonar(
        **{
            "Beschikbare uren/wk": 32.0,
            "Opleidingsniveau": "MBO",
            "Beroepssector": 47241.0,
            "Bemiddelingsberoep": " KOK ",
            "Mondeling Nederlands": 4.0,
            "Schriftelijk Nederlands": "3",
            "Rijbewijs": "A,B, be",
            "Vervoer": "AUTO",
            "Postcode": "3511 ab",
            "Banenafspraak": 2.0,
            "Telefoonnummer": "06-12345678",
            "E-mailadres": "wie@voorbeeld.example",
            "Volledige Naam": "Piet Jansen",
            "Geslacht": "Man",
            "Straatnaam": "Dorpsstraat",
        }
    )
    assert record_of(uitkomst) == {
        "idWerkzoekende": pseudoniem("S1"),
        "mobiliteit": {"bemiddelingspostcode": "3511AB"},
        "werktijden": {"aantalWerkurenPerWeekMaximaal": 32},
        "sector": [{"codeSbi": 47241}],
        "bemiddelingsberoep": [{"codeBeroepsnaam": "urn:um-demo:beroep:kok"}],
        "vervoermiddel": [{"codeVervoermiddel": 1}],
        "arbeidsmarktkwalificatie": {
            "opleiding": [{"codeNiveauOpleiding": 4, "codeStatusOpleiding": 1, "indicatieDiploma": 1}],
            "taalbeheersing": [
                {
                    "codeTaal": "nld",
                    "codeNiveauTaalbeheersingMondeling": 4,
                    "codeNiveauTaalbeheersingSchriftelijk": 3,
                }
            ],
            "rijbewijs": [{"codeSoortRijbewijs": code} for code in ("A", "B", "BE")],
        },
        "indicatieLdrRegistratie": 2,
        "telefoonnummer": ["06-12345678"],
        "emailadres": ["wie@voorbeeld.example"],
        "contactpersoon": [{"naamContactpersoonAfdeling": "Henk Vermeer, Werkplein"}],
        "indicatieBeschikbaarheidContactgegevens": 1,
    }
    assert uitkomst.bevindingen == ()


@pytest.mark.parametrize(
    ("niveau", "code"),
    [
        ("basisonderwijs", 1), ("VMBO", 2), ("HAVO/VWO", 3), ("havo", 3), ("VWO", 3), ("MBO", 4), ("MBO 4", 4),
        ("HBO", 5), ("hbo/bachelor", 5), ("WO", 6), ("WO/master", 6), ("Universiteit van het leven", 9), (4.0, 9),
    ],
)  # fmt: skip
def test_the_level_of_education_by_the_table(niveau, code):
    uitkomst = sonar(Opleidingsniveau=niveau)
    assert record_of(uitkomst)["arbeidsmarktkwalificatie"]["opleiding"][0]["codeNiveauOpleiding"] == code
    assert ("opleiding_anders" in codes(uitkomst)) is (code == 9)


@pytest.mark.parametrize(
    ("vervoer", "gewenst"),
    [
        ("auto", [1]), ("AUTO ", [1]), ("Scooter", [2]), ("bromfiets", [2]), ("FIETS", [3]),
        ("motor", [4]), ("OV", [5]),
        ("step", [9]), ("auto, fiets", [1, 3]), ("Fiets/OV", [3, 5]), ("auto en fiets", [1, 3]),
    ],
)  # fmt: skip
def test_means_of_transport_by_the_table(vervoer, gewenst):
    record = record_of(sonar(Vervoer=vervoer))
    assert [one["codeVervoermiddel"] for one in record["vervoermiddel"]] == gewenst


@pytest.mark.parametrize("toestemming", ["Nee", "", None, "nnb", "misschien", "J", 1, True and "Ja?"])
def test_without_consent_a_row_is_skipped(toestemming):
    uitkomst = sonar(Toestemming=toestemming)
    assert uitkomst.record is None
    assert codes(uitkomst) == {"geen_toestemming"}


@pytest.mark.parametrize("toestemming", ["Ja", "ja", " JA ", "Ja\u00a0"])
def test_with_consent_in_any_case_it_is_not(toestemming):
    assert sonar(Toestemming=toestemming).record is not None


@pytest.mark.parametrize(
    "marker", ["NNB", "nnb", "Onbekend", "n.v.t.", "-", "??", "leeg", "\u200b", " \u00a0 ", "#N/B", None]
)
def test_a_marker_for_nothing_is_nothing(marker):
    velden = (
        "Beschikbare uren/wk", "Opleidingsniveau", "Beroepssector", "Bemiddelingsberoep", "Mondeling Nederlands",
        "Rijbewijs", "Vervoer", "Banenafspraak", "Telefoonnummer", "E-mailadres", "Medewerker Naam", "Organisatie Naam",
    )  # fmt: skip
    record = record_of(sonar(**dict.fromkeys(velden, marker)))
    assert set(record) <= {
        "idWerkzoekende", "mobiliteit", "arbeidsmarktkwalificatie", "indicatieBeschikbaarheidContactgegevens",
    }  # fmt: skip
    assert record["indicatieBeschikbaarheidContactgegevens"] == 2
    # "Onbekend" is a level of language in the standard, with a code of its own.
    assert set(record.get("arbeidsmarktkwalificatie", {})) <= {"taalbeheersing"}


@pytest.mark.parametrize("bsn", [799890005.0, 799890005, "799890005", "799.890.005", "799 890 005"])
def test_a_bsn_stands_in_for_an_absent_id_as_a_pseudonym(bsn):
    assert record_of(sonar(ID_WZ="NNB", BSN=bsn))["idWerkzoekende"] == pseudoniem(BSN)


def test_a_bsn_that_lost_its_leading_zero_is_the_same_person():
    assert (
        record_of(sonar(ID_WZ=None, BSN=10000008.0))["idWerkzoekende"]
        == record_of(sonar(ID_WZ=None, BSN="010000008"))["idWerkzoekende"]
    )


def test_the_id_goes_before_the_bsn():
    assert record_of(sonar(ID_WZ="X-1", BSN=BSN))["idWerkzoekende"] == pseudoniem("X-1")
    assert record_of(sonar(ID_WZ=12345.0, BSN=BSN))["idWerkzoekende"] == pseudoniem("12345")


def test_without_id_and_bsn_a_row_is_refused():
    uitkomst = sonar(ID_WZ="NNB", BSN="??")
    assert uitkomst.record is None
    assert codes(uitkomst) == {"geen_id"}


def test_a_bsn_that_cannot_be_one_is_warned_about():
    assert "bsn_onjuist" in codes(sonar(ID_WZ="NNB", BSN="123456789"))


@pytest.mark.parametrize(
    ("postcode", "code"),
    [
        ("12345", "postcode_onmogelijk"), ("0123AB", "postcode_onmogelijk"), ("3511", "postcode_onmogelijk"),
        (3511.0, "postcode_onmogelijk"), ("Utrecht", "postcode_onmogelijk"), ("9999XX", "postcode_onvindbaar"),
        ("", "postcode_ontbreekt"), ("NNB", "postcode_ontbreekt"),
    ],
)  # fmt: skip
def test_a_row_without_a_usable_postcode_is_refused_with_row_column_and_reason(postcode, code):
    uitkomst = sonar(Postcode=postcode)
    assert uitkomst.record is None
    (bevinding,) = uitkomst.bevindingen
    assert (bevinding.rij, bevinding.kolom, bevinding.opmerking.code) == (2, "Postcode", code)


def test_the_later_of_two_rows_with_the_same_id_is_refused_and_says_where_the_other_is():
    rijen = [een_sonar_rij(ID_WZ=eigen_id, Vervoer="") for eigen_id in ("A", "B", "A")]
    _, uitkomsten = convert(
        table(SONAR_KOPPEN, *[[rij.get(kop, "") for kop in SONAR_KOPPEN] for rij in rijen])
    )
    assert [uitkomst.record is not None for uitkomst in uitkomsten] == [True, True, False]
    (bevinding,) = uitkomsten[2].bevindingen
    assert (bevinding.kolom, bevinding.opmerking.code) == ("ID_WZ", "dubbel_id")
    assert "rij 2" in bevinding.opmerking.melding


def test_a_refused_row_does_not_claim_its_id():
    rijen = [een_sonar_rij(ID_WZ="A", Postcode="x"), een_sonar_rij(ID_WZ="A")]
    _, uitkomsten = convert(
        table(SONAR_KOPPEN, *[[rij.get(kop, "") for kop in SONAR_KOPPEN] for rij in rijen])
    )
    assert uitkomsten[1].record is not None


def test_an_unknown_occupation_is_dropped_with_a_warning_and_counted_by_value():
    rijen = [een_sonar_rij(Bemiddelingsberoep=beroep) for beroep in ("Tovenaar", "Tovenaar", "kok", "Piraat")]
    omzetting, uitkomsten = convert(
        table(SONAR_KOPPEN, *[[rij.get(kop, "") for kop in SONAR_KOPPEN] for rij in rijen])
    )
    assert omzetting.onbekend == {"beroepen": {"Tovenaar": 2, "Piraat": 1}}
    assert omzetting.telling.waarschuwingen == 3
    assert "bemiddelingsberoep" not in record_of(uitkomsten[0])


def test_a_value_that_looks_like_somebodys_number_is_counted_but_not_kept():
    rijen = [
        een_sonar_rij(Bemiddelingsberoep=waarde)
        for waarde in (BSN, "bel 06-12345678", "wie@voorbeeld.example")
    ]
    omzetting, _ = convert(
        table(SONAR_KOPPEN, *[[rij.get(kop, "") for kop in SONAR_KOPPEN] for rij in rijen])
    )
    assert omzetting.onbekend == {"beroepen": {"": 3}}


def test_a_long_contact_person_is_cut_at_a_word_with_a_warning():
    uitkomst = sonar(
        **{"Medewerker Naam": "Henk van der Vermeer-Jansen", "Organisatie Naam": "Werkplein Voorbeeldstad"}
    )
    assert record_of(uitkomst)["contactpersoon"] == [
        {"naamContactpersoonAfdeling": "Henk van der Vermeer-Jansen"}
    ]
    assert codes(uitkomst) == {"contact_ingekort"}


@pytest.mark.parametrize(
    ("kop", "waarde"),
    [
        ("Rijbewijs", "B,X"),
        ("Mondeling Nederlands", 7),
        ("Banenafspraak", "soms"),
    ],
)
def test_what_the_standard_cannot_hold_is_left_out_with_its_column(kop, waarde):
    uitkomst = sonar(**{kop: waarde})
    assert record_of(uitkomst)
    assert [(one.kolom, one.ernst) for one in uitkomst.bevindingen] == [(kop, Ernst.WAARSCHUWING)]


@pytest.mark.parametrize("waarde", ["veel", 400])
def test_hours_that_nobody_can_work_are_left_out_with_their_column(waarde):
    uitkomst = sonar(**{"Beschikbare uren/wk": waarde})
    assert "werktijden" not in record_of(uitkomst)
    assert [(one.kolom, one.ernst) for one in uitkomst.bevindingen] == [
        ("Beschikbare uren/wk", Ernst.WAARSCHUWING)
    ]


@pytest.mark.parametrize(
    ("kop", "waarde", "pad"),
    [
        ("Telefoonnummer", "bel mij maar na vijf uur", "telefoonnummer"),
        ("E-mailadres", "geen idee", "emailadres"),
        ("Beroepssector", "Bouw", "sector"),
    ],
)
def test_contact_details_that_cannot_be_used_are_left_out_with_a_warning(kop, waarde, pad):
    uitkomst = sonar(**{kop: waarde})
    assert pad not in record_of(uitkomst)
    assert len(uitkomst.bevindingen) == 1


def test_a_number_or_address_of_somebody_else_is_left_out_of_the_record_and_told():
    uitkomst = sonar(
        Telefoonnummer="0612345678 (moeder)", **{"E-mailadres": "jobcoach: c@x.example; p@x.example"}
    )
    record = record_of(uitkomst)
    assert "telefoonnummer" not in record
    assert record["emailadres"] == ["p@x.example"]
    assert codes(uitkomst) == {"telefoon_van_ander", "email_van_ander"}
    assert record_of(sonar(Telefoonnummer="06-12345678 (na 18u)"))["telefoonnummer"] == ["06-12345678"]


def test_a_phone_number_gets_back_the_zero_that_the_spreadsheet_took():
    assert record_of(sonar(Telefoonnummer=612345678.0))["telefoonnummer"] == ["0612345678"]
    assert record_of(sonar(Telefoonnummer="+31 (0)88 - 123 45 67"))["telefoonnummer"] == ["+31881234567"]
    assert record_of(sonar(Telefoonnummer="06-12345678 / 010-1234567"))["telefoonnummer"] == [
        "06-12345678",
        "010-1234567",
    ]


def test_columns_may_have_moved_and_others_may_stand_between_them():
    koppen = ["Iets", *reversed(SONAR_KOPPEN), "Nog iets"]
    rij = een_sonar_rij(ID_WZ="S1")
    omzetting, (uitkomst,) = convert(
        table(koppen, [rij.get(kop, "x" if "iets" in kop.casefold() else "") for kop in koppen])
    )
    assert record_of(uitkomst)["idWerkzoekende"] == pseudoniem("S1")
    assert {"Iets", "Nog iets", "Geslacht"} <= set(omzetting.gevonden.herkenning.ongebruikt)


def test_headers_are_known_by_their_letters():
    koppen = [
        kop.upper().replace("-", " ").replace("_", " ").replace("/", " / ") + "\u00a0" for kop in SONAR_KOPPEN
    ]
    rij = een_sonar_rij(ID_WZ="S1")
    _, (uitkomst,) = convert(table(koppen, [rij.get(kop, "") for kop in SONAR_KOPPEN]))
    assert record_of(uitkomst)["werktijden"] == {"aantalWerkurenPerWeekMaximaal": 32}


def test_the_header_row_may_stand_lower_and_on_another_sheet():
    uitleg = [Rij(1, ["Toelichting", "Let op", "x"])]
    rij = een_sonar_rij()
    rijen = [
        Rij(1, ["Export van 1 mei"]),
        Rij(2, []),
        Rij(3, list(SONAR_KOPPEN)),
        Rij(4, [rij.get(kop, "") for kop in SONAR_KOPPEN]),
    ]
    bestand = Bestand(
        Formaat.XLSX, (Tabel("Uitleg", 1, lambda: iter(uitleg)), Tabel("Gegevens", 4, lambda: iter(rijen)))
    )
    gevonden = recognise(bestand)
    assert (gevonden.tabel.naam, gevonden.kopregel, gevonden.herkenning.koppeling) == ("Gegevens", 3, "sonar")
    _, (uitkomst,) = convert(bestand)
    assert uitkomst.rij == 4


@pytest.mark.parametrize(
    ("weg", "woord"),
    [(["Toestemming"], "Toestemming"), (["Postcode"], "Postcode"), (["ID_WZ", "BSN"], "ID_WZ")],
)
def test_an_indispensable_column_that_is_missing_is_named(weg, woord):
    with pytest.raises(Onleesbaar, match=woord):
        recognise(table([kop for kop in SONAR_KOPPEN if kop not in weg]))


def test_empty_rows_are_counted_apart():
    inhoud = een_werkblad([een_sonar_rij(), None, {"Plaats": " \u00a0 "}, een_sonar_rij()])
    omzetting, _ = convert(open_file(inhoud))
    assert (omzetting.telling.gelezen, omzetting.telling.lege_rijen) == (2, 2)


def below_sonar(*rijen: list[Any], above: tuple[list[Any], ...] = ()) -> list[set[str]]:
    """Gives the codes of the remarks on each of these rows, which stand below a person in a Sonar export."""
    person = [een_sonar_rij(ID_WZ="S1").get(kop, "") for kop in SONAR_KOPPEN]
    lines = [*above, list(SONAR_KOPPEN), person, *rijen]
    rows = [
        Rij(number, [*line, *[""] * (len(SONAR_KOPPEN) - len(line))]) for number, line in enumerate(lines, 1)
    ]
    omzetting, uitkomsten = convert(Bestand(Formaat.XLSX, (Tabel("Blad1", len(rows), lambda: iter(rows)),)))
    assert (
        omzetting.telling.omgezet + omzetting.telling.overgeslagen + omzetting.telling.afgekeurd
        == len(rijen) + 1
    )
    assert not any(omzetting.onbekend.values())
    return [codes(uitkomst) for uitkomst in uitkomsten[1:]]


@pytest.mark.parametrize(
    "voet",
    [
        ["2 rows selected"], ["(25 rijen)"], ["25 row(s) affected"], ["25 rijen geselecteerd."], ["-- einde --"],
        ["(25 rows affected)"], ["25 rows in set (0.02 sec)"], ["Rows affected:", 25], ["Number of records", 25],
        ["Einde rapport"], ["*** Einde van de lijst ***"], ["End of report"], ["EINDE OVERZICHT 12-05-2026"],
        ["Pagina 1 van 3"], ["", "", "", "Page 2 of 3"], ["blz. 2"], ["Printed on 12-05-2026 10:00"],
        ["Afgedrukt door: P. Puk", "", "", "12-05-2026"], ["Printdatum: 12-5-2026"], ["Gegenereerd op 12 mei 2026"],
        ["Completion time: 2026-05-12T10:00:00"], ["Exportdatum", dt.date(2026, 5, 12)], ["--------"],
        ["----------", "----", "---", "-------", "------"], ["=====", "=====", "=====", "=====", "====="],
    ],
    ids=lambda voet: str(next(filter(None, voet))),
)  # fmt: skip
def test_a_row_of_the_report_itself_is_told_as_what_it_is(voet):
    assert below_sonar(voet) == [{"rapportregel"}]


def test_the_number_of_records_below_a_list_is_a_total():
    assert below_sonar(["Aantal records: 25"], ["Totaal", "", 25]) == [{"totaalregel"}] * 2


def test_the_headings_of_every_next_page_are_told_and_the_people_below_them_are_read():
    heading = [["Caseload mei 2026", "", "Pagina 1 van 2"], ["Werkplein Utrecht"]]
    person = [een_sonar_rij(ID_WZ="S2").get(kop, "") for kop in SONAR_KOPPEN]
    again = [["Caseload mei 2026", "", "Pagina 2 van 2"], ["Werkplein Utrecht"], list(SONAR_KOPPEN), person]
    assert below_sonar(*again, above=tuple(heading)) == [
        {"rapportregel"},
        {"rapportregel"},
        {"kopregel_opnieuw"},
        set(),
    ]


@pytest.mark.parametrize(
    "begin", ["Pagina 1 van 3", "Einde", "25 rijen", "Printed on Monday", "-----", "Caseload"]
)
@pytest.mark.parametrize("more", [0, 6])
def test_a_person_whose_row_begins_with_such_a_word_stays_a_person(begin, more):
    koppen = [
        "Toelichting",
        *(f"k{place}" for place in range(more)),
        "idWerkzoekende",
        "bemiddelingspostcode",
    ]
    rows = [["Caseload"], koppen, [begin, *["x"] * more, "N1", "3511AB"]]
    lines = [Rij(number, [*row, *[""] * (len(koppen) - len(row))]) for number, row in enumerate(rows, 1)]
    bestand = Bestand(Formaat.XLSX, (Tabel("Blad1", 3, lambda: iter(lines)),))
    _omzetting, uitkomsten = convert(bestand, Soort.WERKZOEKENDEN)
    assert [uitkomst.record is not None for uitkomst in uitkomsten] == [True]


@given(
    st.sampled_from(
        [
            "Pagina 1 van 3",
            "Einde rapport",
            "25 rows selected",
            "Printed on x",
            "----",
            "Totaal",
            "Caseload 3",
        ]
    ),
    st.lists(st.sampled_from(["", "3511AB", "Ja", "x", 3, None]), min_size=4, max_size=30),
)
def test_a_row_with_an_id_a_postcode_and_consent_is_never_taken_for_one_of_the_report(begin, cells):
    koppen = ["kop", *(f"k{place}" for place in range(len(cells))), "idWerkzoekende", "bemiddelingspostcode"]
    bestand = table(koppen, [begin, *cells, "N1", "3511AB"], [begin, *cells[:1]])
    omzetting = Omzetting(recognise(bestand, Soort.WERKZOEKENDEN), OMGEVING)
    first, *rest = omzetting.uitkomsten()
    assert first.record is not None
    assert omzetting.telling.gelezen == 1 + len(rest)


def crystal(*people: list[str], before: list[str] | None = None, after: list[str] | None = None) -> bytes:
    """Makes a csv in which every line has the names of its columns before the values, as Crystal Reports does."""
    koppen = ["idWerkzoekende", "bemiddelingspostcode", "aantalWerkurenPerWeekMaximaal", "E-mailadres"]
    rows = [[*(before or []), *koppen, *person, *(after or [])] for person in people]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()


PEOPLE = [["K1", "3511AB", "24", "a@x.example"], ["K2", "3512AB", "", ""], ["K3", "", "32", ""]]


def test_names_that_every_line_repeats_are_the_headers_of_the_values_behind_them():
    omzetting, uitkomsten = convert(open_file(crystal(*PEOPLE)), Soort.WERKZOEKENDEN)
    assert [uitkomst.rij for uitkomst in uitkomsten] == [1, 2, 3]
    assert [(uitkomst.record or {}).get("idWerkzoekende") for uitkomst in uitkomsten] == ["K1", "K2", None]
    assert record_of(uitkomsten[0])["werktijden"]["aantalWerkurenPerWeekMaximaal"] == 24
    assert codes(uitkomsten[2]) == {"postcode_ontbreekt"}
    assert (omzetting.telling.omgezet, omzetting.telling.afgekeurd) == (2, 1)


@pytest.mark.parametrize(
    "inhoud",
    [
        crystal(*PEOPLE, before=["Caseload mei", "Pagina 1"]),
        crystal(*PEOPLE, before=["Caseload"], after=["Einde"]),
        crystal(*PEOPLE, after=["Werkplein"]),
        crystal(*PEOPLE) + b'\n"K4","3513AB","24",""',
        crystal(*PEOPLE) + b'\n"idWerkzoekende","bemiddelingspostcode","K4","3513AB"',
    ],
    ids=[
        "headings of the page",
        "with a footer",
        "one text behind",
        "a line of another kind",
        "a line cut off",
    ],
)
def test_names_in_every_line_are_told_where_it_is_not_certain_to_which_value_they_belong(inhoud):
    with pytest.raises(Onleesbaar, match="staan de kolomnamen opnieuw") as problem:
        convert(open_file(inhoud), Soort.WERKZOEKENDEN)
    assert type(problem.value) is Onleesbaar


@given(
    st.lists(
        st.lists(st.sampled_from(["Naam", "Postcode", "Toestemming", "Uren", "3511AB"]), min_size=4, max_size=4),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_a_file_with_its_headers_once_is_never_taken_for_one_with_headers_in_every_row(rows):
    koppen = ["Naam", "Postcode", "Toestemming", "Uren"]
    lines = [Rij(number, row) for number, row in enumerate([koppen, *rows], 1)]
    # No names at all is a refusal, and no reading.
    assert not names_in_every_row(lines) or all(row[:2] == koppen[:2] for row in rows)


# --- The standard's own headers ----------------------------------------------------------------------------


@pytest.mark.parametrize("soort", [Soort.WERKZOEKENDEN, Soort.VACATURES])
def test_every_attribute_can_be_delivered_under_its_path_and_its_full_label(soort):
    for leaf in velden(soort):
        for kop in (leaf.pad, leaf.pad.replace("[]", ""), leaf.pad.replace("[]", "[1]")):
            target = target_of(kop, soort)
            assert target is not None, kop
            assert target[0].pad == leaf.pad, kop
        labelled = target_of(leaf.volledig_label, soort)
        assert labelled is not None, leaf.volledig_label


@pytest.mark.parametrize(
    ("kop", "pad"),
    [
        ("bemiddelingspostcode", "mobiliteit.bemiddelingspostcode"),
        ("Bemiddelingspostcode", "mobiliteit.bemiddelingspostcode"),
        ("rijbewijs", "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs"),
        ("Rijbewijs 2", "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs"),
        ("opleiding[2].codeNiveauOpleiding", "arbeidsmarktkwalificatie.opleiding[].codeNiveauOpleiding"),
        ("bemiddelingsberoep", "bemiddelingsberoep[].codeBeroepsnaam"),
        ("E-mail adres", "emailadres[]"),
        ("ID werkzoekende", "idWerkzoekende"),
        ("codeBeroepsnaam", None),
        ("naam", None),
        ("", None),
        ("rijbewijs[0]", None),
        ("rijbewijs[999]", None),
        ("bemiddelingspostcode[2]", None),
    ],
)
def test_a_header_means_one_attribute_or_nothing(kop, pad):
    target = target_of(kop, Soort.WERKZOEKENDEN)
    assert (target[0].pad if target else None) == pad


def test_lists_come_in_one_cell_or_in_numbered_columns():
    koppen = [
        "idWerkzoekende", "bemiddelingspostcode", "rijbewijs", "opleiding[1].codeNiveauOpleiding",
        "opleiding[2].codeNiveauOpleiding", "opleiding[2].toelichtingOpleiding", "emailadres[1]", "emailadres[2]",
        "bemiddelingsberoep",
    ]  # fmt: skip
    _, (vol, half) = convert(
        table(
            koppen,
            ["1", "3511AB", "B; BE", "MBO", 5, "een, twee", "a@b.nl", "c@d.nl", "Kok"],
            [2.0, "3511AB", "", "", "HBO/Bachelor", "", "", "c@d.nl", "https://linkeddata.example/beroep/1"],
        )
    )
    assert record_of(vol) == {
        "idWerkzoekende": "1",
        "mobiliteit": {"bemiddelingspostcode": "3511AB"},
        "arbeidsmarktkwalificatie": {
            "rijbewijs": [{"codeSoortRijbewijs": "B"}, {"codeSoortRijbewijs": "BE"}],
            "opleiding": [
                {"codeNiveauOpleiding": 4},
                {"codeNiveauOpleiding": 5, "toelichtingOpleiding": "een, twee"},
            ],
        },
        "emailadres": ["a@b.nl", "c@d.nl"],
        "indicatieBeschikbaarheidContactgegevens": 1,
        "bemiddelingsberoep": [{"codeBeroepsnaam": "urn:um-demo:beroep:kok"}],
    }
    assert record_of(half) == {
        "idWerkzoekende": "2",
        "mobiliteit": {"bemiddelingspostcode": "3511AB"},
        "arbeidsmarktkwalificatie": {"opleiding": [{"codeNiveauOpleiding": 5}]},
        "emailadres": ["c@d.nl"],
        "indicatieBeschikbaarheidContactgegevens": 1,
        "bemiddelingsberoep": [{"codeBeroepsnaam": "https://linkeddata.example/beroep/1"}],
    }


@pytest.mark.parametrize("soort", [Soort.WERKZOEKENDEN, Soort.VACATURES])
def test_the_standards_own_examples_go_through_a_spreadsheet_and_come_out_valid(soort):
    leaves = velden(soort)
    koppen = [leaf.pad for leaf in leaves]
    waarden = [leaf.attribuut.voorbeeld for leaf in leaves]
    _, (uitkomst,) = convert(table(koppen, waarden))
    record = record_of(uitkomst)
    assert validate(soort, record) == []
    assert set(record) == {leaf.pad.split(".")[0].split("[")[0] for leaf in leaves}


def test_the_kind_follows_from_the_headers():
    assert recognise(table(["idWerkzoekende", "bemiddelingspostcode"])).soort is Soort.WERKZOEKENDEN
    assert recognise(table(["idVacature", "postcode", "rijbewijs"])).soort is Soort.VACATURES


def test_a_header_row_for_another_kind_is_not_recognised():
    with pytest.raises(Onleesbaar, match="niet herkend"):
        recognise(table(["idVacature", "adres.postcode"]), Soort.WERKZOEKENDEN)


def test_sonar_headers_are_not_taken_for_the_standard():
    assert next(h.koppeling for h in recognise_headers(SONAR_KOPPEN)) == "sonar"
    assert recognise(table(SONAR_KOPPEN)).herkenning.koppeling == "sonar"


def test_a_bsn_as_id_becomes_a_pseudonym_here_too():
    _, (uitkomst,) = convert(table(["idWerkzoekende", "bemiddelingspostcode"], [799890005.0, "3511AB"]))
    assert record_of(uitkomst)["idWerkzoekende"] == pseudoniem(BSN)


def test_what_is_too_long_is_refused_under_its_own_header():
    _, (uitkomst,) = convert(table(["idVacature", "postcode", "Naam vacature"], ["1", "3511AB", "x" * 121]))
    assert uitkomst.record is None
    assert [b.kolom for b in uitkomst.bevindingen] == ["Naam vacature"]


# --- JSON -------------------------------------------------------------------------------------------------


def json_file(value: Any) -> Bestand:
    return open_here(json.dumps(value).encode())


def test_records_in_the_standard_come_out_as_they_are_with_the_empty_values_that_have_a_place_there():
    record = een_werkzoekende("W.1", sector=[], emailadres=[""])
    _, (uitkomst,) = convert(json_file([{**record, "werktijden": "", "onbekend": [], "interesse": None}]))
    assert record_of(uitkomst) == {k: v for k, v in record.items() if k != "werktijden"}


def test_an_unlocatable_postcode_is_refused_in_json_too():
    _, (uitkomst,) = convert(json_file([een_werkzoekende(mobiliteit={"bemiddelingspostcode": "9999aa"})]))
    assert uitkomst.record is None
    assert codes(uitkomst) == {"postcode_onvindbaar"}


def test_the_kind_of_records_is_found_or_asked():
    assert recognise(json_file([een_vacature()])).soort is Soort.VACATURES
    with pytest.raises(SoortOnduidelijk):
        recognise(json_file([{"werktijden": {}, "vervoermiddel": []}]))
    with pytest.raises(Onleesbaar, match="bevat vacatures"):
        recognise(json_file([een_vacature()]), Soort.WERKZOEKENDEN)
    with pytest.raises(Onleesbaar, match="geen velden"):
        recognise(json_file([{"kat": 1}]))


# --- Single cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "waarde",
    [
        dt.date(2025, 12, 31), dt.datetime(2025, 12, 31, 10), 46022, 46022.0, "46022", "31-12-2025", "31/12/2025",
        "31.12.2025", "2025-12-31", "2025-12-31T00:00:00", "31-12-2025 00:00", "20251231", "31 december 2025",
        "31 dec 2025", "2025-12-31\u00a0",
    ],
)  # fmt: skip
def test_a_date_in_any_spelling(waarde):
    assert date_of(waarde) == dt.date(2025, 12, 31)


@pytest.mark.parametrize(
    "waarde",
    [
        "31-02-2025",
        "morgen",
        "13/13/2025",
        "",
        None,
        True,
        -5,
        10**12,
        float("nan"),
        float("inf"),
    ],
)
def test_what_is_no_date_is_none(waarde):
    assert date_of(waarde) is None


@pytest.mark.parametrize(
    ("waarde", "getal"),
    [
        (40.0, 40), ("40", 40), (" 40,0 ", 40), ("007", 7), ("40\u200b", 40), (36.5, None), ("36,5", None),
        ("veertig", None), (True, None), (None, None), (float("inf"), None), (float("nan"), None),
        ("9" * 40, None), ("٤٠", None),
    ],
)  # fmt: skip
def test_whole_numbers(waarde, getal):
    assert whole_number(waarde) == getal


def test_invisible_characters_do_not_count():
    assert tekst("\ufeff a\u00a0 b\u200b\t\n c\x07 ") == "a b c"
    assert tekst(12.0) == "12"
    assert tekst(dt.datetime(2025, 1, 2)) == "2025-01-02"
    assert normal_postcode(" 1234\u00a0ab ") == "1234AB"
    assert is_empty_list(["", None, " ", "\u200b\u00a0"])
    assert not is_empty_list([None, 0])


def test_cutting_never_leaves_more_than_asked():
    assert cut_at_word("een twee drie", 8) == "een twee"
    assert cut_at_word("een twee drie", 7) == "een"
    assert cut_at_word("aaneengeschreven", 5) == "aanee"


def test_values_are_put_at_their_path():
    record: dict[str, Any] = {}
    setter("a.b[1].c")(record, 1)
    setter("a.b[0].d")(record, 2)
    setter("lijst[]")(record, [1, 2])
    setter("lijst[0]")(record, 3)
    setter("x.y[].z")(record, ["p", "q"])
    assert record == {
        "a": {"b": [{"d": 2}, {"c": 1}]},
        "lijst": [1, 2, 3],
        "x": {"y": [{"z": "p"}, {"z": "q"}]},
    }


# --- Anything at all --------------------------------------------------------------------------------------

WILD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.text(max_size=40),
    st.sampled_from(
        ["Ja", "NNB", "3511AB", "B,BE", "799890005", "31-12-2025", "MBO", "a@b.nl", "", "1" * 60]
    ),
)
_STANDARD_HEADERS = [leaf.pad for soort in (Soort.WERKZOEKENDEN, Soort.VACATURES) for leaf in velden(soort)]


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(SONAR_KOPPEN, WILD)), max_size=4), st.booleans())
def test_no_cells_in_a_sonar_file_break_the_conversion_and_the_counts_add_up(rijen, met_toestemming):
    if met_toestemming:
        rijen = [{**rij, "Toestemming": "Ja", "Postcode": "3511AB"} for rij in rijen]
    omzetting, uitkomsten = convert(table(SONAR_KOPPEN, *[list(rij.values()) for rij in rijen]))
    check_accounts(omzetting, uitkomsten, len(rijen))


@given(
    st.lists(st.sampled_from(_STANDARD_HEADERS), max_size=12),
    st.lists(st.text(max_size=20), max_size=4),
    st.lists(st.lists(WILD, max_size=20), max_size=4),
    st.sampled_from([Soort.WERKZOEKENDEN, Soort.VACATURES]),
)
def test_no_headers_and_cells_break_the_conversion_and_the_counts_add_up(koppen, vreemde, rijen, soort):
    koppen = [soort.id_pad or "", soort.postcode_pad or "", *koppen, *vreemde]
    omzetting, uitkomsten = convert(table(koppen, *rijen), soort)
    check_accounts(omzetting, uitkomsten, len(rijen))


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["idVacature", "adres", "postcode", "naamVacature", "rijbewijs", "omschrijvingVacature", "x"]
            ),
            children,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(JSON_VALUES, min_size=1, max_size=5))
def test_no_json_breaks_the_conversion_and_the_counts_add_up(records):
    omzetting, uitkomsten = convert(json_file([een_vacature("V-altijd"), *records]), Soort.VACATURES)
    check_accounts(omzetting, uitkomsten, len(records) + 1)


def check_accounts(omzetting: Omzetting, uitkomsten: list[Rijuitkomst], aantal: int) -> None:
    telling = omzetting.telling
    assert telling.gelezen == telling.omgezet + telling.overgeslagen + telling.afgekeurd == len(uitkomsten)
    assert telling.gelezen + telling.lege_rijen == aantal
    for uitkomst in uitkomsten:
        if uitkomst.record is None:
            assert uitkomst.bevindingen
        else:
            assert validate(omzetting.gevonden.soort, uitkomst.record) == []
            json.dumps(uitkomst.record).encode()
