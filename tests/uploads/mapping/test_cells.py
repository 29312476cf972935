"""Single cells: dates, numbers and what cannot be seen, in every spelling that people and programs have."""

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uploads.mapping.cells.contact import bsn_of, email_reader, phone_reader, read_postcode
from uploads.mapping.cells.dates import date_of, date_reader
from uploads.mapping.cells.numbers import number_of, read_number, whole_number
from uploads.mapping.cells.text import is_absent, tekst
from uploads.mapping.model import AFWEZIG, Ernst
from uploads.mapping.words import AFWEZIG_WOORDEN, DERDEN, split_words

OUDEJAAR = dt.date(2025, 12, 31)


# --- Dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "waarde",
    [
        "31-12-2025", "31/12/2025", "31.12.2025", "31 12 2025", "31 - 12 - 2025", "31-12-25", "31/12/25",
        "2025-12-31", "2025/12/31", "2025.12.31", "20251231", "31122025", 20251231, 31122025, 31122025.0,
        "31 dec 2025", "31 dec. 2025", "31-dec-2025", "31-dec-25", "31dec2025", "31 DECEMBER 2025",
        "31 december '25", "31e december 2025", "woensdag 31 december 2025", "wo 31 dec 2025", "wo. 31-12-2025",
        "31 December 2025", "31-12-2025 13:05", "31-12-2025 13.05 uur", "31-12-2025 0:00:00",
        "2025-12-31T00:00:00", "2025-12-31 13:05:00.000", "2025-12-31T13:05:00Z", "2025-12-30T23:00:00.000Z",
        "2025-12-31T13:05:00+01:00", "31-12-2025, 13:05", "\u200e31-12-2025\u00a0", 46022, 46022.0, 46022.75, "46022",
        dt.datetime(2025, 12, 31, 23, 59), OUDEJAAR,
    ],
)  # fmt: skip
def test_a_day_in_any_spelling(waarde):
    assert date_of(waarde) == OUDEJAAR


@pytest.mark.parametrize(
    ("maand", "nummer"),
    [("mrt", 3), ("maa", 3), ("maart", 3), ("mei", 5), ("okt", 10), ("oct", 10), ("sept", 9), ("may", 5)],
)
def test_months_by_name(maand, nummer):
    assert date_of(f"5 {maand} 2026") == dt.date(2026, nummer, 5)


@pytest.mark.parametrize(
    "waarde",
    [
        "31-02-2025", "31-13-2025", "0-1-2025", "31 brumaire 2025", "dec 2025", "12-2025", "2025", 2025, 2025.0,
        # These were years or numbers, not days of 1905 or 4972.
        1950, 123, 7, 311225, "311225", "99-12-31", "31-12-2025 en later", "morgen", "", None, True, -46022,
        10**12, float("nan"), float("inf"), "2025-12-31T99:99:99Z", "0001-01-01T00:00:00+14:00", dt.time(9, 30),
        dt.timedelta(hours=30),
    ],
)  # fmt: skip
def test_what_is_no_day_is_none(waarde):
    assert date_of(waarde) is None


def test_two_digits_of_a_year_are_of_the_century_that_fits():
    assert date_of("01-02-49") == dt.date(2049, 2, 1)
    assert date_of("01-02-50") == dt.date(1950, 2, 1)
    assert date_of("25-12-31") == dt.date(2031, 12, 25)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2199, 12, 31)))
def test_every_day_comes_back_from_its_number_in_both_epochs(day):
    assert date_of((day - dt.date(1899, 12, 30)).days) == day
    assert date_of(float((day - dt.date(1904, 1, 1)).days), epoch_1904=True) == day


@given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)), st.sampled_from("-/. "))
def test_every_day_comes_back_from_its_text(day, separator):
    number = f"{day.day}{separator}{day.month}{separator}"
    assert date_of(f"{number}{day.year}") == date_of(f"{number}{day.year % 100:02d}") == day
    assert (
        date_of(day.strftime("%d%m%Y")) == date_of(day.strftime("%Y%m%d")) == date_of(day.isoformat()) == day
    )


def test_the_epoch_is_that_of_the_file():
    assert date_reader()(44560).waarde == "2021-12-30"
    assert date_reader(epoch_1904=True)(44560).waarde == "2025-12-31"
    # A date is a date in both.
    assert date_reader(epoch_1904=True)(OUDEJAAR).waarde == date_reader(epoch_1904=True)("31-12-2025").waarde


def test_the_last_day_that_a_spreadsheet_has_is_a_day():
    assert date_of(2_958_465) == date_of("31-12-9999") == dt.date(9999, 12, 31)


# --- Numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waarde", "getal"),
    [
        (24, 24), (24.0, 24), ("24", 24), ("24,0", 24), ("24.0", 24), ("24,00", 24), ("24,000", 24), ("024", 24),
        ("24,5", 24.5), ("24.5", 24.5), ("0.5", 0.5), ("0,500", 0.5), ("0.500", 0.5), ("1.234", 1234),
        ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1.234.567", 1_234_567), ("1,234,567.89", 1_234_567.89),
        ("1 234", 1234), ("1\u00a0234,5", 1234.5), ("1'234", 1234), ("1’234.50", 1234.5), ("€ 12", 12),
        ("€12,50", 12.5), ("12,50 €", 12.5), ("EUR 1.250,-", 1250), ("12,-", 12), ("12,--", 12), ("12 euro", 12),
        ("-12", -12), ("−12,5", -12.5), ("12-", -12), ("€ -12", -12), ("+3", 3), ("25%", 0.25), ("12,5 %", 0.125),
        ("12\u200b", 12), ("5.", 5),
    ],
)  # fmt: skip
def test_a_number_in_any_spelling(waarde, getal):
    assert number_of(waarde) == getal


@pytest.mark.parametrize(
    "waarde",
    [
        "1.2.3", "31.12.2025", "1,23,456", "1.23,456.7", "12,5,5", "a12", "12a", "--12", "-12-", "", ",", "€", "%",
        None, True, False, float("nan"), float("inf"), "1e5", "٤٠", "9" * 40, "1 2", "12 34", dt.date(2025, 1, 1),
    ],
)  # fmt: skip
def test_what_is_no_number_is_none(waarde):
    assert number_of(waarde) is None


@given(st.integers(-(10**9), 10**9), st.integers(0, 99))
def test_dutch_and_english_spellings_of_a_number_are_the_same(whole, cents):
    english = f"{whole:,}.{cents:02d}"
    dutch = english.replace(",", "_").replace(".", ",").replace("_", ".")
    sign = -1 if whole < 0 else 1
    assert number_of(english) == number_of(dutch) == pytest.approx(whole + sign * cents / 100)
    assert number_of(f"€ {dutch}") == number_of(dutch)


@given(st.text(max_size=60) | st.floats() | st.integers())
def test_no_cell_makes_reading_fail(value):
    for read in (
        number_of,
        whole_number,
        date_of,
        tekst,
        bsn_of,
        read_number(0, 9),
        date_reader(),
        phone_reader(),
    ):
        read(value)


def test_a_fraction_is_rounded_and_told():
    read = read_number(0, 99, "uur|uren")
    cel = read("36,5 uur")
    assert cel.waarde == 37
    assert cel.opmerking is not None
    assert (cel.opmerking.ernst, cel.opmerking.code) == (Ernst.WAARSCHUWING, "getal_afgerond")
    assert read("36,0 uren").opmerking is None
    assert read(36.0).waarde == read(" 36\u00a0").waarde == 36


@pytest.mark.parametrize("waarde", ["100", "-1", "veertig", "50%", 99.5, True, "1.234"])
def test_a_number_that_cannot_be_is_refused(waarde):
    opmerking = read_number(0, 99)(waarde).opmerking
    assert opmerking is not None
    assert opmerking.code == "getal_onmogelijk"


# --- What is text, and what is nothing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waarde", "text"),
    [
        (1234.0, "1234"), ("001234", "001234"), ("001234.0", "001234.0"), (1234567890123.0, "1234567890123"),
        ("\u202a0612345678\u202c", "0612345678"), ("a\u00a0\u202f b", "a b"), ("\ufeffkop\u200b", "kop"),
        ("e\u0301", "é"), ("a\x00b", "a b"), ("é\x00b", "é b"), (True, "ja"), (12.5, "12.5"),
    ],
)  # fmt: skip
def test_text_as_it_was_meant(waarde, text):
    assert tekst(waarde) == text


@pytest.mark.parametrize("woord", ["NNB", "Onbekend", "n.v.t.", "-", "?", "#N/B", "", "\u00a0", "\u200b"])
def test_the_usual_words_say_that_there_is_nothing(woord):
    assert is_absent(tekst(woord))
    for read in (date_reader(), read_number(0, 9), email_reader(), phone_reader(), read_postcode(bool)):
        assert read(woord) == AFWEZIG
    assert bsn_of(woord) == ""


def test_a_municipality_without_a_word_has_no_such_word():
    def own(text: str) -> bool:
        return text in {"", "geen idee"}

    readers: list[Any] = [
        date_reader(afwezig=own),
        read_number(0, 9, afwezig=own),
        email_reader(own),
        phone_reader(own),
        read_postcode(bool, own),
    ]
    for read in readers:
        assert read("geen idee") == AFWEZIG
        assert read("onbekend").opmerking is not None
    assert bsn_of("onbekend", own) == "onbekend"
    assert "onbekend" in AFWEZIG_WOORDEN


# --- Whose number it is -------------------------------------------------------------------------------------

OTHERS = sorted(
    {word.lstrip("-") for word in split_words(DERDEN)}
    | {"woonbegeleider", "Moeders", "schoonouders", "nichtje", "vriendje", "bewindvoersters"}
)
LAYOUTS_OF_TWO = [
    "{own}, {other} ({word})", "{other} {word}; {own}", "{word}: {other} / {own}", "{own} (mobiel) {word}: {other}",
    "{own}\n{other} - {word}", "{own} of via {word} {other}", "{other} ({word}) {own}", "{own} en {other} van {word}",
]  # fmt: skip
# With which of the two the word stands is not certain, or the word stands for both.
LAYOUTS_IN_DOUBT = [
    "prive {own} {word} {other}", "{own} werk {other} {word}", "{own} (of {word} {other})", "{word} {own} {other}",
    "{other} (de {word} of buren) en {own} (na 18u)", "{own} / {other} (vader en {word})", "{own} {word} {other}",
    "Vader en {word}: {own} / {other}", "{own} {word} (sinds 01-01-2025)", "{own}, {other}, {word}",
]  # fmt: skip
PHONES = ["0612345678", "06-12345678", "+31612345678", "010 1234567", "(010) 1234567", "+31 (0)6 12345678"]
PHONES_OF_OTHERS = ["0687654321", "06 87 65 43 21", "0031687654321", "(020) 7654321", "+49 151 87654321"]


@given(
    st.sampled_from(LAYOUTS_OF_TWO),
    st.sampled_from(OTHERS),
    st.sampled_from(PHONES),
    st.sampled_from(PHONES_OF_OTHERS),
)
def test_of_two_numbers_only_the_one_beside_a_word_for_somebody_else_is_left_out(layout, word, own, other):
    cel = phone_reader(eigen=True)(layout.format(own=own, other=other, word=word))
    plain = [re.sub(r"\(0\)(?=6)|[ ()\-]", "", number) for number in (*(cel.waarde or []), own)]
    assert plain[:-1] == plain[-1:]
    # No half of a pair of brackets is left over.
    assert all(number.count("(") == number.count(")") for number in cel.waarde or [])
    assert cel.opmerking is not None
    assert (cel.opmerking.ernst, cel.opmerking.code) == (Ernst.WAARSCHUWING, "telefoon_van_ander")


@given(
    st.sampled_from(LAYOUTS_IN_DOUBT),
    st.sampled_from(OTHERS),
    st.sampled_from(PHONES),
    st.sampled_from(PHONES_OF_OTHERS),
)
def test_no_number_is_taken_where_it_is_not_certain_whose_it_is(layout, word, own, other):
    cel = phone_reader(eigen=True)(layout.format(own=own, other=other, word=word))
    assert (cel.waarde, cel.opmerking and cel.opmerking.code) == (None, "telefoon_van_ander")


@pytest.mark.parametrize("name", ["Aarts", "P. Arts", "J. de Vriend", "A.B. van Buren", "K. Baas"])
def test_a_surname_costs_nobody_the_own_number(name):
    assert phone_reader(eigen=True)(f"06-12345678 ({name})").waarde == ["06-12345678"]
    assert email_reader(eigen=True)(f"{name} <p@x.nl>").waarde == ["p@x.nl"]
    assert phone_reader(eigen=True)(f"06-12345678 T.N.V. {name}").waarde is None


@pytest.mark.parametrize("read", [phone_reader(eigen=True), email_reader(eigen=True)])
def test_a_cell_that_is_made_to_be_slow_is_read_at_once(read):
    # It would take minutes where each word is held against the whole cell.
    for cell in (
        "(" * 16000 + "0612345678 " + "ex," * 5000 + "0687654321",
        "a@b.nl " + "ex " * 40000 + "c@d.nl",
        "0 (" * 40000 + "moeder",
        "A. " * 40000 + "moeder 0612345678",
    ):
        read(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "0612345678 (moeder)", "06-12345678 begeleider", "via partner 0612345678", "Moeder: 0612345678",
        "0612345678, moeder", "0612345678 moeder 0687654321", "0612345678 / moeder / 0687654321",
        "0612345678, 0687654321 (beide van moeder)", "0612345678 moeder en vader", "t.n.v. J. Puk 0612345678",
        "werkgever 010-1234567 toestel 123", "bel moeder 123456", "moeder",
    ],
)  # fmt: skip
def test_a_number_that_may_be_somebody_elses_is_never_taken_for_the_persons_own(cell):
    cel = phone_reader(eigen=True)(cell)
    assert cel.waarde is None
    assert cel.opmerking is not None
    # Of a contact person it is told who that is.
    assert phone_reader()("06-12345678 begeleider").waarde == ["06-12345678"]


@pytest.mark.parametrize(
    "words",
    [
        "(mobiel)",
        "prive",
        "na 18u",
        "werk",
        "thuis",
        "(opleiding)",
        "via WhatsApp",
        "ma-vr",
        "seizoen",
        "Herman",
    ],
)
def test_a_number_beside_other_words_is_the_persons_own(words):
    assert phone_reader(eigen=True)(f"06-12345678 {words}") == ((["06-12345678"]), None, ())
    assert phone_reader(eigen=True)(f"{words}: 06-12345678").waarde == ["06-12345678"]


@pytest.mark.parametrize(
    ("cell", "own"),
    [
        ("p@x.nl (moeder)", None), ("Moeder van Piet <m@x.nl>", None), ("moeder:m@x.nl", None),
        ("m@x.nl(moeder)", None), ("p@x.nl; m@x.nl (begeleider)", ["p@x.nl"]),
        ("begeleider m@x.nl\nprive p@x.nl", ["p@x.nl"]), ("Puk, P. <p@x.nl>; jobcoach <m@x.nl>", ["p@x.nl"]),
    ],
)  # fmt: skip
def test_an_address_beside_a_word_for_somebody_else_is_left_out(cell, own):
    cel = email_reader(eigen=True)(cell)
    assert cel.waarde == own
    assert cel.opmerking is not None
    assert cel.opmerking.code == "email_van_ander"
    # What stands in the address itself says nothing.
    assert email_reader(eigen=True)("de.moeder@x.nl") == (["de.moeder@x.nl"], None, ())
    assert email_reader(eigen=True)("mijn.coach@x.nl; p@x.nl").waarde == ["mijn.coach@x.nl", "p@x.nl"]


@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(["moeder", "0612345678", "(", ")", ",", ":", " of ", "a@b.nl"]), max_size=9
    ).map(" ".join)
)
def test_no_text_beside_a_number_makes_reading_fail(text):
    for read in (phone_reader(eigen=True), email_reader(eigen=True)):
        read(text)
