"""Reading files: every format gives the same rows, and a hostile file gives a Dutch sentence."""

import contextlib
import io
import json
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.factories import een_sonar_rij, een_werkblad
from tests.spreadsheets import xlsx
from tests.uploads.readers.hier import read_here
from uploads.readers import Formaat, Onleesbaar, open_file, recognise_format
from uploads.readers.rows import Rij


def rows(inhoud: bytes) -> list[tuple[int, Any]]:
    """All rows of the first table, without the empty ones."""
    return [
        (rij.nummer, rij.waarden)
        for rij in open_file(inhoud).tabellen[0].rijen()
        if isinstance(rij.waarden, dict) or any(value not in ("", None) for value in rij.waarden)
    ]


def refused(inhoud: bytes) -> str:
    """Gives the message about a file that cannot be read."""
    with pytest.raises(Onleesbaar) as problem:
        read_all(inhoud)
    return problem.value.melding


def read_all(inhoud: bytes) -> list[Rij]:
    """Every row of every table."""
    return [rij for tabel in open_file(inhoud).tabellen for rij in tabel.rijen()]


# --- Workbooks --------------------------------------------------------------------------------------------


def test_rows_and_cells_keep_the_place_they_have_in_the_spreadsheet():
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet["B4"] = "kop"
    sheet["B7"] = "waarde"
    file = io.BytesIO()
    workbook.save(file)
    assert rows(file.getvalue()) == [(4, ["", "kop"]), (7, ["", "waarde"])]


def test_the_format_is_judged_by_content_and_not_by_name():
    assert recognise_format(een_werkblad([])) is Formaat.XLSX
    assert recognise_format(b"a;b\n1;2") is Formaat.CSV
    assert recognise_format(b"\xef\xbb\xbf  [1]") is Formaat.JSON
    assert recognise_format("[1]".encode("utf-16")) is Formaat.JSON


def bomb(size: int) -> bytes:
    """A workbook with a sheet that unpacks to this many bytes of nothing."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(size // 1_000_000):
                part.write(b" " * 1_000_000)
    return file.getvalue()


def test_a_zip_bomb_is_refused_before_anything_unpacks_it(settings):
    settings.UM_MAX_UITGEPAKT_MB = 20
    assert "Uitgepakt" in refused(bomb(40_000_000))


def test_a_zip_bomb_that_lies_about_its_size_is_refused_too(settings):
    settings.UM_MAX_UITGEPAKT_MB = 20
    inhoud = bytearray(bomb(40_000_000))
    # Say in both headers that the part is ten bytes.
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        position = inhoud.rfind(signature)
        struct.pack_into("<I", inhoud, position + offset, 10)
    assert "Uitgepakt" in refused(bytes(inhoud)) or "beschadigd" in refused(bytes(inhoud))


def test_a_sheet_with_one_cell_far_away_does_not_take_all_memory():
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet["A1"] = "a"
    sheet["XFD1048576"] = "b"
    file = io.BytesIO()
    workbook.save(file)
    assert "Een blad heeft meer dan 250000 rijen" in refused(file.getvalue())
    # As a whole, because it cannot be cut.
    rows = '<row><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "groot" in refused(xlsx(rows))


def test_too_many_rows_or_columns_are_told(settings):
    settings.UM_MAX_RIJEN = 3
    assert "3 rijen" in refused(een_werkblad([een_sonar_rij() for _ in range(5)]))
    settings.UM_MAX_RIJEN = 1000
    settings.UM_MAX_KOLOMMEN = 10
    assert "10 kolommen" in refused(een_werkblad([een_sonar_rij()]))
    assert "10 kolommen" in refused((";".join("a" * 20) + "\n").encode())


def test_a_truncated_workbook_is_told():
    inhoud = een_werkblad([een_sonar_rij()])
    assert "beschadigd" in refused(inhoud[: len(inhoud) // 2])


def test_a_workbook_with_damaged_xml_is_told():
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(een_werkblad([een_sonar_rij()]))) as good,
        zipfile.ZipFile(file, "w") as bad,
    ):
        for name in good.namelist():
            bad.writestr(name, b"<stuk" if name.endswith("workbook.xml") else good.read(name))
    assert "beschadigd" in refused(file.getvalue())


def test_a_protected_workbook_is_told():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert "wachtwoord" in refused(ole)


def test_an_old_word_document_is_not_a_spreadsheet():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument\0".encode("utf-16-le")
    assert "geen spreadsheet" in refused(ole)


def test_another_zip_is_told():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "geen spreadsheet" in refused(file.getvalue())


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_damage_to_a_workbook_raises_anything_else(extra, position):
    inhoud = _small_workbook()
    damaged = inhoud[:position] + extra + inhoud[position + len(extra) :]
    with contextlib.suppress(Onleesbaar):
        read_here(damaged)


def _small_workbook() -> bytes:
    if not _SMALL:
        _SMALL.append(een_werkblad([{"Postcode": "3511AB"}]))
    return _SMALL[0]


_SMALL: list[bytes] = []


# --- Delimited text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(encoding, delimiter):
    text = f"naam{delimiter}plaats\r\nAndré{delimiter}Curaçao\r\n"
    assert rows(text.encode(encoding)) == [(1, ["naam", "plaats"]), (2, ["André", "Curaçao"])]


def test_a_comma_inside_quotes_does_not_mislead():
    text = 'id;tekst\n1;"een, twee, drie"\n2;"vier\nregels; en meer"\n3;x'
    assert rows(text.encode()) == [
        (1, ["id", "tekst"]),
        (2, ["1", "een, twee, drie"]),
        (3, ["2", "vier\nregels; en meer"]),
        (4, ["3", "x"]),
    ]


def test_excels_own_first_line_with_the_delimiter_is_not_a_row():
    assert rows(b"sep=;\r\na;b\r\n1,5;2\r\n") == [(1, ["a", "b"]), (2, ["1,5", "2"])]


def test_a_quote_that_never_ends_is_told_instead_of_swallowing_the_rest():
    assert "rij 3" in refused(b'a;b\n1;2\n"3;4\n5;6\n7;8\n')


def test_binary_rubbish_is_not_text():
    assert "geen spreadsheet" in refused(bytes(range(256)) * 20)


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_a_dutch_sentence(inhoud):
    with contextlib.suppress(Onleesbaar):
        read_here(inhoud)


@given(
    st.lists(
        st.lists(
            st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=4
        )
    )
)
def test_no_text_in_csv_raises_anything_but_a_dutch_sentence(cells):
    text = "\n".join(";".join(row) for row in cells)
    with contextlib.suppress(Onleesbaar):
        read_here(text.encode())


# --- JSON -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"a": 1}, {"b": 2}], [{"a": 1}, {"b": 2}]),
        ({"totaal": 2, "werkzoekenden": [{"a": 1}, {"a": 2}], "bron": {"x": [1]}}, [{"a": 1}, {"a": 2}]),
        ({"idVacature": "1", "rijbewijs": []}, [{"idVacature": "1", "rijbewijs": []}]),
        ([], []),
    ],
)
def test_json_is_a_list_an_object_with_one_list_or_one_record(value, expected):
    for indent in (None, 2):
        inhoud = json.dumps(value, indent=indent).encode()
        assert [rij.waarden for rij in open_file(inhoud).tabellen[0].rijen()] == expected


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}',
        '[{"a": 1},]',
        '[{"a": 1}] x',
        "{",
        '{"a"',
        '{"a": [1]} x',
        "[NaN]",
        "[1 2]",
        "{1: 2}",
        '{"a": 1 "b": 2}',
    ],
)
def test_invalid_json_is_told(text):
    assert "geen geldige JSON" in refused(text.encode())


def test_two_lists_are_one_too_many():
    assert "precies één lijst" in refused(b'{"a": [1], "b": [2]}')


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ('[{"a": 1}, {"b": {"a": 1, "a": 2}}]', 2),
        ('{"a": 1}\n{"a": 1, "\\u0061": 2}', 2),
        ('{"werkzoekenden": [{"a": 1, "a": 1}]}', 1),
        ('{"idVacature": "1", "idVacature": "2"}', 1),
    ],
)
def test_a_name_that_a_record_has_twice_is_told_and_no_value_is_chosen(text, record):
    melding = refused(text.encode())
    assert f"In record {record} staat dezelfde naam twee keer" in melding


def test_json_that_is_nested_too_deep_is_told():
    assert "diep" in refused(b"[" * 200_000)
    assert "diep" in refused(b'[{"a":' * 100_000)


def test_a_number_of_thousands_of_digits_is_told():
    assert "geen geldige JSON" in refused(b"[" + b"9" * 10_000 + b"]")


def test_too_many_records_are_told(settings):
    settings.UM_MAX_RIJEN = 2
    assert "2 records" in refused(b"[1, 2, 3]")


@given(st.text(alphabet='[]{}",:1ae \\u\n', max_size=60))
def test_no_text_that_looks_like_json_raises_anything_else(text):
    with contextlib.suppress(Onleesbaar):
        read_here(text.encode())


# --- OpenDocument -----------------------------------------------------------------------------------------

_ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Blad">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)


def ods(rijen: str, manifest: str = "", before: str = "") -> bytes:
    """Makes an ods of these rows; `before` is written before their sheet."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{namespace}">{manifest}</manifest:manifest>',
        )
        archive.writestr(
            "content.xml", _ODS.format(rijen).replace("<table:table ", f"{before}<table:table ", 1)
        )
    return file.getvalue()


def ods_rij(*waarden: str, rijen: int = 1, kolommen: int = 1) -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{kolommen}">'
        f"<text:p>{waarde}</text:p></table:table-cell>"
        for waarde in waarden
    )
    return f'<table:table-row table:number-rows-repeated="{rijen}">{cells}</table:table-row>'


def test_an_opendocument_sheet_is_read_like_any_other():
    leeg = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    inhoud = ods(ods_rij("kop", "naam") + leeg + ods_rij("a", "b"))
    assert recognise_format(inhoud) is Formaat.ODS
    assert rows(inhoud) == [(1, ["kop", "naam"]), (4, ["a", "b"])]


@pytest.mark.parametrize(
    ("rijen", "kolommen"), [(1_048_576, 16_384), (1_048_576, 2), (99_999_999_999, 99_999_999_999)]
)
def test_cells_that_repeat_themselves_endlessly_do_not_take_all_memory(rijen, kolommen):
    assert refused(ods(ods_rij("boem", rijen=rijen, kolommen=kolommen)))


def test_names_in_a_zip_may_be_written_in_another_way():
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(ods(ods_rij("a", "b")))) as good, zipfile.ZipFile(file, "w") as odd:
        for name in good.namelist():
            odd.writestr(name.lower(), good.read(name))
    assert recognise_format(file.getvalue()) is Formaat.ODS
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(een_werkblad([{"Postcode": "3511AB"}]))) as good,
        zipfile.ZipFile(file, "w") as odd,
    ):
        for name in good.namelist():
            info = zipfile.ZipInfo("x")
            info.filename = name.replace("/", "\\")
            odd.writestr(info, good.read(name))
    assert rows(file.getvalue())[1][1][19] == "3511AB"


def test_a_numbers_document_is_told_what_to_do():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Index/Document.iwa", "x")
    assert "Numbers" in refused(file.getvalue())


def test_a_protected_opendocument_sheet_is_told():
    assert "wachtwoord" in refused(ods("", "<manifest:encryption-data/>"))
