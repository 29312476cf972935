"""Names of places: each postcode has one, and a name finds its place however people write it."""

import string

import pytest

from exchange.geo.plaatsen import describe, find_places, numbers_from, place_of, similar_places, with_name
from exchange.geo.reading import shipped_postcodes


def test_every_postcode_of_the_table_has_the_name_of_a_place_and_no_other_has() -> None:
    shipped = shipped_postcodes()
    assert [pc4 for pc4 in shipped if not place_of(pc4)] == []
    assert [pc4 for pc4 in range(1000, 10_000) if place_of(pc4) and pc4 not in shipped] == []


def test_a_postcode_is_shown_with_its_place_and_only_with_letters_that_were_typed() -> None:
    assert describe("2405") == describe("2405AA") == "2405 · Alphen aan den Rijn"
    assert describe("2405ab") == "2405 AB · Alphen aan den Rijn"
    assert describe("7255") == "7255 · Hengelo (Bronckhorst)"
    assert describe("1234") == "1234"


@pytest.mark.parametrize(
    ("typed", "pc4"),
    [("den haag", 2526), ("'S-GRAVENHAGE", 2526), ("s gravenhage", 2526), ("Ohe en Laak", 6109)],
)
def test_a_name_is_found_without_capitals_accents_and_punctuation(typed: str, pc4: int) -> None:
    assert [plaats.pc4 for plaats in with_name(typed)] == [pc4]


def test_a_name_that_the_table_writes_longer_for_the_lesser_known_place_stands_for_both() -> None:
    assert [plaats.label for plaats in with_name("Bergen")] == ["Bergen (Bergen NH)", "Bergen L"]
    assert [plaats.label for plaats in with_name("bergen l")] == ["Bergen L"]
    assert [plaats.label for plaats in with_name("Bergen (Bergen NH)")] == ["Bergen (Bergen NH)"]
    assert [plaats.label for plaats in with_name("Loo")] == ["Loo Gld"]
    assert find_places("bergen l")[0].label == "Bergen L"


def test_every_label_that_can_be_chosen_stands_for_one_place() -> None:
    labels = [plaats.label for letter in string.ascii_lowercase for plaats in find_places(letter)]
    assert [label for label in dict.fromkeys(labels) if len(with_name(label)) != 1] == []


def test_what_begins_with_the_text_comes_before_what_contains_it_and_similar_names_come_apart() -> None:
    labels = [plaats.label for plaats in find_places("rijn")]
    assert labels.index("Rijnsburg") < labels.index("Alphen aan den Rijn")
    assert find_places("Amsterdm") == []
    assert similar_places("Amsterdm")[0].label == "Amsterdam"
    assert numbers_from("240", 3) == [2401, 2402, 2403]
