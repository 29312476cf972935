"""Delimited text: whatever a program wrote comes back, whichever delimiter, quotes and encoding it chose."""

import codecs
import contextlib
import csv
import io
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.uploads.readers.hier import read_here
from uploads.readers import Formaat, Onleesbaar


def rows(inhoud: bytes) -> list[list[str]]:
    """All rows of a file that must be recognised as delimited text."""
    formaat, [rijen] = read_here(inhoud)
    assert formaat is Formaat.CSV
    return [rij.waarden for rij in rijen]


def refused(inhoud: bytes) -> str:
    with pytest.raises(Onleesbaar) as problem:
        rows(inhoud)
    return problem.value.melding


def written(cells: list[list[str]], encoding: str, **dialect: Any) -> bytes:
    """Gives the text that csv.writer makes of these rows."""
    file = io.StringIO(newline="")
    csv.writer(file, **dialect).writerows(cells)
    return file.getvalue().encode(encoding)


def is_whole(cells: list[list[str]]) -> bool:
    """Tells whether this text cannot be UTF-8 that was read as Windows-1252, which is healed."""
    text = "".join(cell for row in cells for cell in row)
    try:
        return text.encode("cp1252").decode() == text
    except UnicodeError:
        return True


_DELIMITERS = [";", ",", "\t", "|"]
# Encodings that a file names itself or that its bytes give away, and those in which only Western text fits.
_ANY_TEXT = ["utf-8", "utf-8-sig", "utf-16", "utf-32"]
_WESTERN = ["cp1252", "latin-1", "utf-16-le", "utf-16-be"]
_western = st.text(st.sampled_from("abcxyz0189 .:/-@éëïüçÀØß°½\n'\""), max_size=12)
_no_delimiters = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters=";,\t|="), max_size=12
)
# Many control characters would be no text at all.
_anything = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="=")
    | st.sampled_from("\n\r\t;,|\"'"),
    max_size=12,
)
_KOP = ["id", "naam", "plaats"]


def _tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    found = st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8).filter(is_whole)
    return found.map(lambda rows: [_KOP, *rows])


@given(
    _tables(_anything),
    st.sampled_from(_DELIMITERS),
    st.sampled_from(_ANY_TEXT),
    st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_whatever_is_written_between_quotes_comes_back(cells, delimiter, encoding, newline):
    inhoud = written(cells, encoding, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=newline)
    assert rows(inhoud) == cells


@given(
    _tables(_no_delimiters),
    st.sampled_from(_DELIMITERS),
    st.sampled_from(_ANY_TEXT),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
)
def test_whatever_is_written_with_few_quotes_comes_back(cells, delimiter, encoding, quoting):
    # With a backslash before it, a quote may be one that some programs keep in that way.
    assume(not any('\\"' in cell for row in cells for cell in row))
    assert rows(written(cells, encoding, delimiter=delimiter, quoting=quoting)) == cells


@given(_tables(_western), st.sampled_from(_DELIMITERS), st.sampled_from(_WESTERN))
def test_western_text_comes_back_without_a_mark_that_tells_its_encoding(cells, delimiter, encoding):
    # A letter with a sign behind it can be UTF-8 for something else, in which case nothing tells which it is.
    assume(not any(re.search("[Øß][°½]|[éëïç][°½]{2}", cell) for row in cells for cell in row))
    # Something that is not ASCII must be there, or any encoding will do.
    cells = [*cells, ["1", "André", "Curaçao"]]
    assert rows(written(cells, encoding, delimiter=delimiter)) == cells


@given(_tables(_no_delimiters), st.sampled_from(_DELIMITERS))
def test_quotes_kept_with_a_backslash_come_back(cells, delimiter):
    cells = [[cell.replace("\\", "/") for cell in row] for row in [*cells, ["1", 'de "grote" zaal', "x"]]]
    dialect = {"doublequote": False, "escapechar": "\\", "quoting": csv.QUOTE_ALL}
    assert rows(written(cells, "utf-8", delimiter=delimiter, **dialect)) == cells


def test_single_quotes_around_every_cell_are_quotes_too():
    assert rows(b"'id';'naam'\n'1';'een; twee'\n") == [["id", "naam"], ["1", "een; twee"]]
    assert rows(b"id;naam\n1;'s-Gravenhage\n") == [["id", "naam"], ["1", "'s-Gravenhage"]]


def test_a_space_before_a_quote_is_no_part_of_the_cell():
    assert rows(b'id, naam, ja\n"1", "een, twee", "ja"\n') == [["id", "naam", "ja"], ["1", "een, twee", "ja"]]
    assert rows(b'id; naam\n1; "s" x\n') == [["id", " naam"], ["1", ' "s" x']]


@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_damage_raises_anything_but_a_dutch_sentence(extra, position):
    inhoud = written([_KOP, ["1", 'A; "b"', "c"]] * 8, "utf-8", delimiter=";")
    with contextlib.suppress(Onleesbaar):
        read_here(inhoud[:position] + extra + inhoud[position + len(extra) :])


# --- Delimiters -------------------------------------------------------------------------------------------


def test_decimal_commas_do_not_make_the_comma_the_delimiter():
    text = "id;uren;bedrag\n1;24,5;1,5\n2;36,0;2,25\n3;12,5;3,1\n"
    assert rows(text.encode())[1] == ["1", "24,5", "1,5"]


def test_addresses_with_more_commas_than_columns_do_not_make_the_comma_the_delimiter():
    text = "id;adres\n" + "".join(f"{n};Dorpsstraat {n}, 3511AB, Utrecht, NL\n" for n in range(50))
    assert rows(text.encode())[1] == ["0", "Dorpsstraat 0, 3511AB, Utrecht, NL"]


def test_titles_above_the_table_do_not_decide_the_delimiter():
    title = "Overzicht, peildatum 1 januari\nGemeente Lindewaard\n\n"
    text = f"{title}id;naam;plaats\n1;Jansen, P.;Utrecht\n2;Bakker, A.;Zeist\n"
    assert rows(text.encode())[3:5] == [["id", "naam", "plaats"], ["1", "Jansen, P.", "Utrecht"]]


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=|\n", '"sep=,"\n', "sep=\t\r\n", "sep=^\n"])
def test_the_line_in_which_a_program_names_its_delimiter_is_believed(line):
    delimiter = line.strip('\r\n"')[-1]
    text = f'{line}id{delimiter}naam\n1{delimiter}"a;b,c"\n'
    assert rows(text.encode()) == [["id", "naam"], ["1", "a;b,c"]]
    assert rows(codecs.BOM_UTF16_LE + text.encode("utf-16-le")) == [["id", "naam"], ["1", "a;b,c"]]


def test_ragged_rows_and_delimiters_at_the_end_stay_as_they_are():
    assert rows(b"id;naam;\n1;a;\n2\n3;b;;;\n\n") == [
        ["id", "naam", ""],
        ["1", "a", ""],
        ["2"],
        ["3", "b", "", "", ""],
        [],
    ]


def test_a_quote_in_the_middle_of_a_cell_is_a_quote():
    assert rows(b'id;maat\n1;5" pijp\n2;"6"" pijp"\n3;4" x 3" plaat\n')[1:] == [
        ["1", '5" pijp'],
        ["2", '6" pijp'],
        ["3", '4" x 3" plaat'],
    ]


def test_cells_may_hold_line_ends():
    assert rows(b'id;tekst\r\n1;"een\r\ntwee\n\nvier"\r\n2;x\r\n')[1:] == [
        ["1", "een\r\ntwee\n\nvier"],
        ["2", "x"],
    ]


def test_rows_that_stand_between_quotes_as_a_whole_are_cut():
    text = '"id,naam,plaats"\n"1,""Jansen, P."",Utrecht"\n"2,Bakker,Zeist"\n'
    assert rows(text.encode()) == [
        ["id", "naam", "plaats"],
        ["1", "Jansen, P.", "Utrecht"],
        ["2", "Bakker", "Zeist"],
    ]


def test_one_column_is_one_column():
    assert rows(b"postcode\n3511AB\n3512AB\n") == [["postcode"], ["3511AB"], ["3512AB"]]


def test_a_formula_that_keeps_zeros_is_its_text():
    inhoud = b'id;naam\n="0012";x\n"=""0013""";=1+1\n'
    assert rows(inhoud) == [["id", "naam"], ["0012", "x"], ["0013", "=1+1"]]


def test_too_many_rows_are_told(settings):
    settings.UM_MAX_RIJEN = 3
    assert "3 rijen" in refused(b"a;b\n" * 5)


# --- Encodings --------------------------------------------------------------------------------------------


def test_a_few_damaged_bytes_do_not_make_another_encoding_of_the_rest():
    good = "id;naam\n" + "1;Zoë Müller\n" * 50
    damaged = good.encode() + b"2;kapot \xe9\n"
    assert rows(damaged)[1] == ["1", "Zoë Müller"]
    assert rows(good.encode()[: -len("ller\n") - 1])[1] == ["1", "Zoë Müller"]


def test_utf_16_that_was_cut_off_halfway_a_character_is_read_as_far_as_it_goes():
    inhoud = "id;naam\r\n1;André\r\n".encode("utf-16")
    assert rows(inhoud[:-3])[1][1].startswith("André")


def test_a_mark_of_utf_8_before_windows_text_does_not_spoil_it():
    assert rows(codecs.BOM_UTF8 + "id;naam\n1;André\n".encode("cp1252"))[1] == ["1", "André"]
