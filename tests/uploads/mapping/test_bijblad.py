"""Shows that two sheets are read as one on a key, and that every row of both is accounted for."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uploads.mapping.bijblad import PastNiet, TeGroot, find_bijbladen, key_of, spelling_of, with_bijblad
from uploads.mapping.regels import Bijblad
from uploads.readers import DOORGEHAALD, VERBORGEN, Bestand, Formaat, Merk, Rij, Tabel

OP_NUMMER = Bijblad("Personen", "nummer", "Contact", "klantnr")


def sheet(naam: str, *rows: Sequence[Any], hidden: Sequence[int] = ()) -> Tabel:
    """Makes a sheet of rows; `hidden` has the numbers of hidden ones."""
    made = [
        Rij(number, list(row), (Merk(VERBORGEN),) if number in hidden else ())
        for number, row in enumerate(rows, start=1)
    ]
    return Tabel(naam, len(made), lambda: iter(made), breedte=max(map(len, rows)))


def book(*tabellen: Tabel) -> Bestand:
    return Bestand(Formaat.XLSX, tabellen)


def people(*keys: Any) -> Tabel:
    return sheet("Personen", ["Nummer", "Postcode"], *([key, "3511AB"] for key in keys))


def contacts(*keys: Any, hidden: Sequence[int] = ()) -> Tabel:
    rows = [[f"06-{number}", key] for number, key in enumerate(keys)]
    return sheet("Contact", ["Telefoon", "Klantnr"], *rows, hidden=hidden)


def read(bestand: Bestand, bijblad: Bijblad = OP_NUMMER) -> tuple[list[list[Any]], list[list[str]], Any]:
    """Gives the cells of the first sheet, what its rows have to tell, and the counts of the second."""
    found = with_bijblad(bestand, bijblad, 1000)
    rows = list(found.bestand.tabellen[0].rijen())
    return [row.waarden for row in rows], [[merk.code for merk in row.merken] for row in rows], found.telling


def test_the_columns_of_the_second_sheet_come_beside_those_of_the_first_in_any_order_of_sheets_and_rows():
    for tables in ((people("A1", "A2"), contacts("A2", "A1")), (contacts("A2", "A1"), people("A1", "A2"))):
        cells, marks, telling = read(book(*tables))
        assert cells == [
            ["Nummer", "Postcode", "Telefoon (blad Contact)"],
            ["A1", "3511AB", "06-1"],
            ["A2", "3511AB", "06-0"],
        ]
        assert marks == [[], [], []]
        assert (telling.rijen, telling.samen) == (2, 2)


@pytest.mark.parametrize(
    ("here", "there"),
    [("00123", 123), (123.0, "123"), (" 12 34", "1234 "), ("'0123", "123"), ("a1", "A1"), ("1.0", 1)],
)
def test_a_key_may_be_spelled_otherwise_on_the_other_sheet(here: Any, there: Any):
    cells, _, telling = read(book(people(here, "X"), contacts(there, "X")))
    assert cells[1][2] == "06-0"
    assert telling.samen == 2


@pytest.mark.parametrize("cell", [None, "", " ", "nvt", "NULL", "#N/A", "1,23E+10", 1.23e17, "####"])
def test_an_empty_or_maimed_key_belongs_to_nobody(cell: Any):
    cells, marks, telling = read(book(people(cell, "A2"), contacts(cell, "A2")))
    assert len(cells[1]) == 2
    assert marks[1] == ["sleutel_leeg"]
    assert (telling.zonder_sleutel, telling.samen) == (1, 1)


def test_cells_that_are_merged_on_the_second_sheet_count_for_each_of_their_rows():
    scholing = sheet(
        "Contact",
        ["Klantnr", "Opleiding", "Plaats"],
        ["A1", "Kok", "Ede"],
        ["", "Bakker", ""],
        ["A2", "Lasser", "Assen"],
    )
    merged = replace(scholing, samengevoegd=((1, 0, 2, 0), (1, 2, 2, 2)))
    several = replace(OP_NUMMER, aantal=2)
    cells, marks, telling = read(book(people("A1", "A2"), merged), several)
    assert cells[1][2:] == ["Kok", "Ede", "Bakker", "Ede"]
    assert (marks[1], telling.samen, telling.zonder_sleutel) == (["samengevoegd"], 3, 0)
    # Read as a sheet of one row per person, which one of the two is meant is not known.
    assert read(book(people("A1", "A2"), merged))[1][1] == ["bijrij_dubbel"]


def test_a_row_of_the_second_sheet_that_is_struck_through_does_not_go_along():
    struck = contacts("A1", "A2")
    rows = [
        rij._replace(merken=(Merk(DOORGEHAALD, (0,)),) if rij.nummer == 2 else ()) for rij in struck.rijen()
    ]
    _, marks, telling = read(book(people("A1", "A2"), replace(struck, rijen=lambda: iter(rows))))
    assert (telling.samen, telling.doorgehaald, marks[1]) == (1, 1, ["geen_bijrij"])


def test_a_column_of_the_second_sheet_that_is_struck_through_with_its_header_is_about_nobody():
    column = Merk(DOORGEHAALD, (1,))
    rows = [rij._replace(merken=(column,)) for rij in contacts("A1", "A2").rijen()]
    _, marks, telling = read(
        book(people("A1", "A2"), replace(contacts("A1", "A2"), rijen=lambda: iter(rows)))
    )
    assert (telling.samen, telling.doorgehaald, marks[1]) == (2, 0, [])
    with_condition = replace(contacts("A1"), streep_bij_voorwaarde=True)
    samen = with_bijblad(book(people("A1"), with_condition), OP_NUMMER, 100)
    assert samen.bestand.tabellen[0].streep_bij_voorwaarde


def test_a_key_that_comes_twice_or_in_two_spellings_is_never_guessed_at():
    cells, marks, telling = read(
        book(people("A1", "A1", "A2", "A3", "007", "7"), contacts("A1", "A2", "A2", "A3", "7"))
    )
    assert [len(row) for row in cells[1:]] == [2, 2, 2, 3, 2, 2]
    assert marks[1:] == [
        ["sleutel_dubbel"],
        ["sleutel_dubbel"],
        ["bijrij_dubbel"],
        [],
        ["sleutel_dubbel"],
        ["sleutel_dubbel"],
    ]
    assert (telling.samen, telling.dubbel, telling.hoofd_dubbel) == (1, 2, 2)
    _, marks, telling = read(book(people("12", "13"), contacts("012", "12", "13")))
    assert (marks[1], telling.dubbel) == (["bijrij_dubbel"], 2)


def test_several_rows_become_numbered_columns_and_the_rest_is_told():
    several = Bijblad("Personen", "nummer", "Contact", "klantnr", 2)
    cells, marks, telling = read(book(people("A1", "A2"), contacts("A1", "A2", "A1", "A1", "A9")), several)
    assert cells[0][2:] == ["Telefoon 1 (blad Contact)", "Telefoon 2 (blad Contact)"]
    assert [row[2:] for row in cells[1:]] == [["06-0", "06-2"], ["06-1"]]
    assert marks[1:] == [["bijrijen_te_veel"], []]
    assert (telling.samen, telling.dubbel, telling.zonder_partner, telling.rijnummers) == (3, 1, 1, [6])


def test_a_hidden_row_of_the_second_sheet_is_counted_and_not_read():
    _, marks, telling = read(book(people("A1", "A2"), contacts("A1", "A2", hidden=[2])))
    assert (marks[1], telling.verborgen, telling.samen) == (["geen_bijrij"], 1, 1)


@pytest.mark.parametrize("unknown", ["Personen", "Contact"])
def test_what_is_not_known_of_either_sheet_is_not_known_of_both_together(unknown: str):
    sheets = [replace(one, niet_nagegaan=one.naam == unknown) for one in (people("a", "b"), contacts("a"))]
    assert with_bijblad(book(*sheets), OP_NUMMER, 1000).bestand.tabellen[0].niet_nagegaan


def test_cells_below_the_headers_stay_merged_when_a_second_sheet_comes_beside_them():
    hoofd = replace(people("a", "b"), samengevoegd=((0, 0, 0, 1), (1, 1, 2, 1)))
    [tabel] = with_bijblad(book(hoofd, contacts("a")), OP_NUMMER, 1000).bestand.tabellen
    assert tabel.samengevoegd == ((1, 1, 2, 1),)


def test_columns_may_move_and_a_date_in_the_name_of_a_sheet_may_change():
    moved = sheet("Personen 2027", ["Plaats", "Postcode", "Nummer"], ["Utrecht", "3511AB", "A1"])
    wanted = Bijblad("Personen 2026", "nummer", "Contact", "klantnr")
    found = with_bijblad(book(moved, contacts("A1")), wanted, 1000)
    assert found.bijblad.hoofd == "Personen 2027"
    assert found.telling.samen == 1


def test_a_missing_sheet_a_missing_key_or_no_partner_at_all_is_no_join():
    nameless = sheet("Contact", ["Telefoon", "Nr"], ["06", "A1"])
    for tables in (
        (people("A1"),),
        (contacts("A1"),),
        (people("A1"), nameless),
        (people("A1"), contacts("B1")),
        (people("A1"), sheet("Contact", ["Telefoon", "Klantnr"])),
    ):
        with pytest.raises(PastNiet):
            with_bijblad(book(*tables), OP_NUMMER, 1000)
    with pytest.raises(TeGroot):
        with_bijblad(book(people("A1"), contacts("A1", "A2", "A3")), OP_NUMMER, 3)


_KEYS = st.lists(st.sampled_from(["A1", "a1", "7", "07", 7, None, "nvt", "B2", "C3", ""]), max_size=8)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_KEYS, _KEYS, st.integers(1, 3), st.sets(st.integers(2, 9)))
def test_every_row_of_any_two_sheets_is_accounted_for(
    here: list[Any], there: list[Any], aantal: int, hidden: set[int]
):
    bestand = book(people(*here), contacts(*there, hidden=sorted(hidden)))
    wanted = Bijblad("Personen", "nummer", "Contact", "klantnr", aantal)
    try:
        cells, marks, telling = read(bestand, wanted)
    except PastNiet:
        keys = [{key_of(text) for one in rows if (text := spelling_of(one))} for rows in (here, there)]
        assert keys[0]
        return
    assert len(cells) == len(here) + 1
    assert [row[:2] for row in cells[1:]] == [[key, "3511AB"] for key in here]
    counted = (
        telling.samen, telling.zonder_partner, telling.zonder_sleutel, telling.dubbel, telling.hoofd_dubbel,
        telling.verborgen, telling.leeg,
    )  # fmt: skip
    assert sum(counted) == telling.rijen == len(there)
    # What is counted as read stands in a cell, once, and beside its own key.
    beside = [(row[0], phone) for row in cells[1:] for phone in row[2:]]
    assert len(beside) == telling.samen
    assert all(count == 1 for count in Counter(phone for _, phone in beside).values())
    for key, phone in beside:
        assert key_of(spelling_of(key)) == key_of(spelling_of(there[int(phone[3:])]))
    # A row without anything beside it says why.
    assert all(len(row) > 2 or said for row, said in zip(cells[1:], marks[1:], strict=True))


def found_in(*tabellen: Tabel) -> list[Bijblad]:
    return [paar.bijblad for paar in find_bijbladen(book(*tabellen), 1000, 500)]


def test_the_sheet_that_tells_where_people_live_is_the_first_also_when_the_other_has_more_rows():
    here, there = [f"K{number:04}" for number in range(20)], [f"K{number:04}" for number in range(2, 24)]
    assert found_in(contacts(*there), people(*here)) == [OP_NUMMER]


def test_when_nothing_tells_which_sheet_is_the_first_both_ways_are_offered():
    def numbered(name: str, begin: int, end: int) -> Tabel:
        rows = [[f"K{number:04}", f"{name}{number % 2}"] for number in range(begin, end)]
        return sheet(name, ["Nummer", name], *rows)

    assert found_in(numbered("Werk", 0, 20), numbered("Opleiding", 2, 24)) == [
        Bijblad("Opleiding", "nummer", "Werk", "nummer"),
        Bijblad("Werk", "nummer", "Opleiding", "nummer"),
    ]
    assert len(found_in(numbered("Werk", 0, 20), numbered("Opleiding", 2, 18))) == 1


def test_two_sheets_with_the_same_values_in_a_column_are_found_whatever_its_header():
    keys = [f"K{number:04}" for number in range(5)]
    assert found_in(people(*keys), contacts(*keys[:4])) == [OP_NUMMER]
    assert found_in(contacts(*keys[:4]), people(*keys)) == [OP_NUMMER]
    [several] = found_in(people(*keys), contacts(*keys, *keys, keys[0]))
    assert (several.hoofd, several.aantal) == ("Personen", 3)


def test_no_pair_is_found_in_sheets_that_only_look_alike():
    ages = [23, 34, 45, 56]
    days = [dt.date(2027, 1, number) for number in range(1, 5)]
    keys = ["K1", "K2", "K3", "K4"]
    assert found_in(people(*ages), contacts(*ages)) == []
    assert found_in(people(*days), contacts(*days)) == []
    assert found_in(people(*keys), contacts("L1", "L2", "L3", "L4")) == []
    # One goes on where the other ends.
    assert (
        found_in(people(*keys), sheet("Februari", ["Nummer", "Postcode"], *([k, "1011AB"] for k in keys)))
        == []
    )
    assert found_in(people(*keys)) == []
