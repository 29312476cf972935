"""Cells as a person reads them: what a program maimed is never guessed at, and one bad cell is not a bad row."""

import datetime as dt
from typing import Any

import pytest

from exchange.standard import Soort
from uploads.mapping.cells.contact import bsn_of, email_reader, phone_reader, read_postcode
from uploads.mapping.cells.dates import Volgorde, order_of
from uploads.mapping.cells.hours import read_hours
from uploads.mapping.cells.verminkt import why_maimed, why_no_id
from uploads.mapping.conversion import Omzetting, Rijuitkomst
from uploads.mapping.model import Ernst, Lot, Omgeving
from uploads.mapping.recognition import Bestandskeuze, recognise
from uploads.mapping.regels import PSEUDONIEM, VERVANGEN, Regel, Regels, Toestemming
from uploads.readers import Bestand, Formaat, Rij, Tabel

OMGEVING = Omgeving(lambda text: f"ps_{len(text)}", lambda postcode: True)
MAX = "werktijden.aantalWerkurenPerWeekMaximaal"
MIN = "werktijden.aantalWerkurenPerWeekMinimaal"
PER = "flexibiliteit.datumAanvangBeschikbaarVoorWerk"
RULES = (
    Regel("idWerkzoekende", ("nr",)),
    Regel("mobiliteit.bemiddelingspostcode", ("pc",)),
    Regel(MAX, ("uren",)),
    Regel(PER, ("per",)),
)


def converted(*rows: dict[str, Any], rules: tuple[Regel, ...] = RULES) -> list[Rijuitkomst]:
    koppen = ["nr", "pc", "uren", "per"]
    cells = [
        [{"nr": f"W{place}", "pc": "3511AB", **row}.get(kop) for kop in koppen]
        for place, row in enumerate(rows)
    ]
    lines = [Rij(number, line) for number, line in enumerate([koppen, *cells], 1)]
    bestand = Bestand(Formaat.XLSX, (Tabel("Blad", len(lines), lambda: iter(lines)),))
    regels = Regels(Soort.WERKZOEKENDEN, rules, Toestemming(verklaring=True))
    return list(Omzetting(recognise(bestand, keuze=Bestandskeuze(regels=regels)), OMGEVING).uitkomsten())


def werktijden(**row: Any) -> dict[str, Any]:
    found: dict[str, Any] = (converted(row)[0].record or {}).get("werktijden", {})
    return found


@pytest.mark.parametrize(
    "value",
    [
        "6.12E+08", "6,12e8", "1.23E+017", 1.2345e15, 12345678901234567, "12345678901234000", "####", "#########",
    ],
)  # fmt: skip
def test_a_cell_that_lost_its_digits_is_told_from_one_that_did_not(value):
    assert why_maimed(value)
    assert (
        why_maimed("612345678")
        == why_maimed(612345678)
        == why_maimed("E12")
        == why_maimed("1234567890123451")
        == ""
    )


@pytest.mark.parametrize(
    "value", ["#NAAM?", "#VERW!", "#GETTING_DATA", "Err:502", "nan", "None", "\\N", "<NA>", "6E+8"]
)
def test_what_identifies_nobody_refuses_the_row_and_becomes_no_pseudonym(value):
    assert why_no_id(value)
    for rule in (Regel("idWerkzoekende", ("nr",), pseudoniem=True), Regel("idWerkzoekende", ("nr",))):
        outcome = converted({"nr": value}, rules=(rule, *RULES[1:]))[0]
        assert (outcome.lot, outcome.record) == (Lot.AFGEKEURD, None)


def test_an_apostrophe_and_a_point_nil_are_no_part_of_a_number():
    ids = [
        one.record["idWerkzoekende"] for one in converted({"nr": "'W002"}, {"nr": "12345.0"}) if one.record
    ]
    assert ids == ["W002", "12345"]
    assert bsn_of("111222333.0") == bsn_of("'111222333") == "111222333"
    assert phone_reader()("'+31612345671").waarde == ["+31612345671"]
    assert phone_reader()("612345671.0").waarde == ["0612345671"]
    assert phone_reader()("612345671").waarde == ["0612345671"]
    assert email_reader()("p.puk@x.nl.").waarde == ["p.puk@x.nl"]
    assert read_postcode(bool)("'2408GH").waarde == "2408GH"


def test_addresses_and_numbers_are_found_beside_names_and_words():
    assert email_reader()("Puk, P. <p.puk@x.nl>; <q@x.nl>, r@x.nl").waarde == [
        "p.puk@x.nl",
        "q@x.nl",
        "r@x.nl",
    ]
    assert phone_reader()("06-12345678 (mobiel)").waarde == ["06-12345678"]
    cel = phone_reader()("6.12E+08")
    assert cel.waarde is None
    assert cel.opmerking is not None
    assert cel.opmerking.ernst is Ernst.WAARSCHUWING


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("24 - 32", 24, 32), ("38/40", 38, 40), ("24 t/m 32 uur", 24, 32), ("24-32 uur per week", 24, 32),
        ("20 uur", None, 20), ("32 u p/w", None, 32), ("fulltime", 36, 40), ("32:00", None, 32), ("max. 20", None, 20),
        (dt.timedelta(hours=32), None, 32), (dt.time(8, 0), None, 8), ("i.o.", None, None), (36, None, 36),
    ],
)  # fmt: skip
def test_hours_as_people_write_them(cell, low, high):
    found = werktijden(uren=cell)
    assert found.get("aantalWerkurenPerWeekMaximaal") == high
    assert found.get("aantalWerkurenPerWeekMinimaal") == low


@pytest.mark.parametrize("cell", ["80%", 0.8, "32 - 24", "veel"])
def test_hours_that_cannot_be_read_are_left_out_and_told(cell):
    outcome = converted({"uren": cell})[0]
    assert outcome.lot is Lot.MEE
    assert "werktijden" not in (outcome.record or {})
    (remark,) = outcome.bevindingen
    assert remark.ernst is Ernst.WAARSCHUWING
    assert remark.melding.endswith("Dit gegeven is weggelaten.")


def test_the_other_end_of_a_range_has_its_own_column_when_there_is_one():
    rules = (*RULES[:2], Regel(MAX, ("uren",)), Regel(MIN, ("per",)))
    record = converted({"uren": "24 - 32", "per": 28}, rules=rules)[0].record or {}
    assert record["werktijden"] == {"aantalWerkurenPerWeekMaximaal": 32, "aantalWerkurenPerWeekMinimaal": 28}


def test_a_range_of_hours_a_day_becomes_hours_a_week():
    assert read_hours(0, 99, 5.0)("6 - 8 uur per dag").waarde == 40
    assert read_hours(0, 99, 5.0, laagste=True)("6 - 8 uur per dag").waarde == 30


def test_available_at_once_is_today_and_to_be_agreed_is_nothing():
    records = [one.record or {} for one in converted({"per": "per direct"}, {"per": "i.o."})]
    assert records[0]["flexibiliteit"]["datumAanvangBeschikbaarVoorWerk"] == dt.date.today().isoformat()
    assert "flexibiliteit" not in records[1]


def test_the_month_comes_first_in_the_whole_column_when_some_dates_can_only_be_that():
    dates = [one.record["flexibiliteit"]["datumAanvangBeschikbaarVoorWerk"] for one in converted(
        {"per": "1/5/2027"}, {"per": "4/6/2027"}, {"per": "5/31/2027"}, {"per": dt.date(2027, 5, 1)}
    ) if one.record]  # fmt: skip
    assert dates == ["2027-01-05", "2027-04-06", "2027-05-31", "2027-05-01"]


def test_a_column_in_which_day_and_month_change_places_is_left_out_with_the_reason():
    outcomes = converted({"per": "1/5/2027"}, {"per": "31/5/2027"}, {"per": "5/31/2027"})
    assert [one.lot for one in outcomes] == [Lot.MEE] * 3
    assert all("flexibiliteit" not in (one.record or {}) for one in outcomes)
    assert {found.opmerking.code for one in outcomes for found in one.bevindingen} == {"datum_door_elkaar"}


def test_a_koppeling_that_has_the_month_first_is_not_followed_against_the_values():
    rules = (*RULES[:3], Regel(PER, ("per",), maand_eerst=True))
    records = [one.record or {} for one in converted({"per": "1/5/2027"}, rules=rules)]
    assert records[0]["flexibiliteit"]["datumAanvangBeschikbaarVoorWerk"] == "2027-01-05"
    assert "flexibiliteit" not in (converted({"per": "31/5/2027"}, rules=rules)[0].record or {})


def test_the_order_is_told_only_by_dates_that_can_have_one():
    assert order_of(["1-2-2026", "2026-12-31", 46022, None, "31 dec 2025"]) is None
    assert order_of(["1-2-2026", "31-12-2025"]) is Volgorde.DAG_MAAND
    assert order_of(["1/2/26", "12/31/25"]) is Volgorde.MAAND_DAG


@pytest.mark.parametrize(("tekens", "becomes"), [("", None), (PSEUDONIEM, "ps_7"), (VERVANGEN, "A-12-B")])
def test_an_id_with_characters_that_are_not_allowed_becomes_what_the_clerk_chose(tekens, becomes):
    rule = Regel("idWerkzoekende", ("nr",), tekens=tekens)
    outcomes = converted({"nr": "A 12/ B"}, {"nr": "B-7"}, rules=(rule, *RULES[1:]))
    assert (outcomes[0].record or {}).get("idWerkzoekende") == becomes
    assert (outcomes[1].record or {})["idWerkzoekende"] == "B-7"
