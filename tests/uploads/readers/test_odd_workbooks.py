"""Workbooks as programs in the wild write them: one odd part never condemns the file, and nothing of it is lost."""

import contextlib
import io
import re
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart

from tests.factories import een_werkblad
from tests.ole import DATE_FORMULA, FORMULA, TEXT_FORMULA, biff8, encrypted, ole
from tests.spreadsheets import MAIN, xlsb, xlsx, xml2003, xml_row, zipped
from tests.uploads.readers.hier import read_here
from tests.uploads.readers.test_readers import ods, ods_rij
from uploads.readers import (
    FOUT,
    ONLEESBAAR,
    VERBORGEN,
    VREEMD,
    ZONDER_UITKOMST,
    Formaat,
    Merk,
    Onleesbaar,
    Rij,
    open_file,
)
from uploads.sandbox.bijzonderheden import Xls
from uploads.sandbox.herkenning import recognise
from uploads.sandbox.kept import Bewaard
from uploads.sandbox.sheets import HEAD_ROWS, MAX_MERGED, Grenzen, Leesprobleem
from uploads.sandbox.weergave import weergave
from uploads.sandbox.werkmap import facts_in

_RIJEN: list[list[str | float]] = [["id", "plaats"], ["P1", "Curaçao"], ["P2", 3.5]]


def cells(inhoud: bytes) -> list[list[Any]]:
    return [rij.waarden for rij in read_here(inhoud)[1][0]]


def marks(inhoud: bytes) -> dict[int, list[tuple[str, tuple[int, ...]]]]:
    return {rij.nummer: [tuple(merk) for merk in rij.merken] for rij in read_here(inhoud)[1][0] if rij.merken}  # type: ignore[misc]


def refused(inhoud: bytes) -> str:
    with pytest.raises(Onleesbaar) as problem:
        read_here(inhoud)
    return problem.value.melding


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


# --- xls --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codepage", [None, 1200, 1252, 850, 437, 10000, 65001])
def test_in_biff8_no_codepage_changes_the_text(codepage):
    assert cells(ole({"Workbook": biff8(_RIJEN, codepage=codepage)})) == _RIJEN


@pytest.mark.parametrize("naam", ["Workbook", "WORKBOOK", "workbook"])
@pytest.mark.parametrize("scattered", [False, True])
def test_a_stream_is_found_by_any_name_and_in_any_order(naam, scattered):
    long: list[list[Any]] = [*_RIJEN, *([f"P{n}", "Zeist"] for n in range(500))]
    assert cells(ole({"Iets": b"x" * 5000, naam: biff8(long)}, scattered=scattered)) == long


def test_bytes_in_a_text_that_look_like_a_password_are_text():
    # In UTF-16 this is the record for a password, at a place where a piece of the stream may begin.
    rijen: list[list[Any]] = [["id", "tekst"], *([f"P{n}", "/" * n + '"' * n] for n in range(200))]
    assert cells(ole({"Workbook": biff8(rijen)}, scattered=True)) == rijen


def test_in_biff8_a_formula_without_a_stored_result_is_told():
    rijen: list[list[Any]] = [["id", "uren", "plaats"], ["P1", FORMULA, "Zeist"], ["P2", 24.0, FORMULA]]
    inhoud = ole({"Workbook": biff8(rijen, hidden=[2])})
    assert cells(inhoud) == [["id", "uren", "plaats"], ["P1", "", "Zeist"], ["P2", 24.0, ""]]
    assert marks(inhoud) == {2: [(ZONDER_UITKOMST, (1,))], 3: [(VERBORGEN, ()), (ZONDER_UITKOMST, (2,))]}


def test_in_biff8_an_empty_result_is_told_where_the_formula_gives_a_number():
    inhoud = ole({"Workbook": biff8([["id", "vanaf", "naam"], ["P1", DATE_FORMULA, TEXT_FORMULA]])})
    assert marks(inhoud) == {2: [(ZONDER_UITKOMST, (1,))]}


def test_in_biff8_a_number_is_read_as_its_format_shows_it():
    rijen: list[list[Any]] = [["id", "tel", "deel"], [7.0, 12345678.0, 0.5], [8.0, 87654321.0, 1.0]]
    inhoud = ole({"Workbook": biff8(rijen, formats=["0", '"06-"00000000', "0%"])})
    assert cells(inhoud) == [["id", "tel", "deel"], [7.0, "06-12345678", "50%"], [8.0, "06-87654321", "100%"]]


def test_in_ods_a_number_is_read_as_it_is_shown():
    def cell(kind: str, value: str, text: str, times: int = 1) -> str:
        return (
            f'<table:table-cell office:value-type="{kind}" office:value="{value}" '
            f'table:number-columns-repeated="{times}"><text:p>{text}</text:p></table:table-cell>'
        )

    phone, part = cell("float", "12345678", "06-12345678"), cell("percentage", "0.5", "50%", 2)
    row = cell("float", "24", "24,00") + cell("float", "7", "7") + phone + part
    inhoud = ods(f'<table:table-row table:number-rows-repeated="2">{row}</table:table-row>')
    assert cells(inhoud) == [[24.0, 7.0, "06-12345678", "50%", "50%"]] * 2


@pytest.mark.parametrize(
    "text", ["ID;Postcode\nC;3511AB\nP;Plaats\n", "ID;PWN;Naam\n1;2;E", "[ID];[Postcode]\n1;3511AB\n", "ID;P"]
)
def test_a_text_that_starts_like_another_format_is_a_text(text):
    assert recognise(text.encode(), 10) is Formaat.CSV


def test_in_ods_cells_that_are_merged_over_rows_and_errors_of_formulas_are_told():
    span = '<table:table-cell table:number-rows-spanned="3" table:number-columns-spanned="2"/>'
    span += "<table:covered-table-cell/>"
    names = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    wrong = f'<table:table-cell {names} calcext:value-type="error"><text:p>{{}}</text:p></table:table-cell>'
    last = "".join(map(wrong.format, ("#N/A", "#DIV/0!", "#N/B")))
    facts, _ = facts_in(
        ods(f"<table:table-row>{span}</table:table-row><table:table-row>{last}</table:table-row>"), "ods"
    )
    assert (facts[0].samengevoegd, facts[0].fouten) == ([(0, 0, 2, 1)], {1: [1]})


def with_odd_record(inhoud: bytes) -> bytes:
    """Puts a row that is cut off before the rows of an xls that `biff8` made."""
    dimensions = struct.pack("<HH", 0x200, 14)
    return inhoud.replace(dimensions, struct.pack("<HH", 0x208, 3) + bytes(3) + dimensions, 1)


def odd_sheets() -> dict[str, bytes]:
    """Gives a file of every format with an odd record before a hidden row, which is the second."""
    rows = '<table:table-row table:visibility="collapse"><table:table-cell/></table:table-row>'
    odd = '<table:table><table:table-row table:number-rows-repeated="veel"/></table:table>'
    parts = parts_of(xlsb([["id"], [1.0]], hidden_rows=[1]))
    sheet = parts["xl/worksheets/sheet1.bin"]
    # The widths of columns, cut off, before the rows.
    parts["xl/worksheets/sheet1.bin"] = sheet.replace(b"\x91\x01\x00", b"\x3c\x02\0\0\x91\x01\x00", 1)
    return {
        "xls": ole({"Workbook": with_odd_record(biff8(_RIJEN, hidden=[1]))}),
        "xlsb": zipped(parts),
        "ods": ods(f"<table:table-row/>{rows}", before=odd),
    }


@pytest.mark.parametrize("formaat", ["xls", "xlsb", "ods"])
def test_after_an_odd_record_the_rest_is_looked_at_and_what_is_not_known_is_told(formaat):
    facts, _ = facts_in(odd_sheets()[formaat], formaat)
    last = facts[max(facts)]
    assert last.rijen == {1}
    assert not facts[0].volledig
    # In an ods it is a sheet of its own that is odd.
    assert last.volledig is (formaat == "ods")


@pytest.mark.parametrize("formaat", ["xls", "xlsb", "ods"])
def test_of_a_sheet_that_cannot_be_looked_at_nothing_is_said(formaat):
    facts, others = facts_in(b"PK\3\4 geen bestand", formaat)
    assert (facts, others.volledig) == ({}, False)


def test_a_workbook_of_before_excel_97_is_looked_at_in_full():
    def record(kind: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    code = b'"06-"00000000'
    whole = record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 0))
    whole += record(0x41E, struct.pack("<HB", 164, len(code)) + code) + record(
        0xE0, struct.pack("<HH", 0, 164)
    )
    place = len(whole) + 4 + 8 + 4
    whole += record(0x85, struct.pack("<IBBB", place, 0, 0, 1) + b"B") + record(0x0A)
    sheet = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0))
    sheet += record(0x203, struct.pack("<3Hd", 1, 0, 0, 12345678.0)) + record(0x0A)
    [found] = facts_in(ole({"Book": whole + sheet}), "xls")[0].values()
    assert (found.volledig, found.getoond) == (True, {1: {0: "06-12345678"}})


@given(st.binary(min_size=1, max_size=60), st.integers(0, 12_000))
def test_no_damage_to_a_container_raises_anything_else(extra, position):
    good = ole({"Workbook": biff8(_RIJEN)})
    damaged = good[:position] + extra + good[position + len(extra) :]
    facts_in(damaged, "xls")
    with contextlib.suppress(Leesprobleem):
        recognise(damaged, 10)
        Xls(damaged).readable()


# --- xlsx -------------------------------------------------------------------------------------------------

_HEAD = '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>uren</v></c></row>'


def _row(number: int, cell: str, attributes: str = "") -> str:
    return f'<row r="{number}"{attributes}><c r="A{number}" t="str"><v>P{number}</v></c>{cell}</row>'


@pytest.mark.parametrize("text", ["#GETTING_DATA", "Err:502", "#NOM?", "#WERT!", "#SPILL!", "#VELD!", ""])
@pytest.mark.parametrize("sliced", [True, False])
def test_an_error_text_that_nobody_knows_is_an_error_cell(text, sliced):
    rows = _HEAD + _row(2, f'<c r="B2" t="e"><v>{text}</v></c>') + _row(3, '<c r="B3"><v>24</v></c>')
    # A comment makes that the sheet is read as a whole.
    inhoud = xlsx(rows if sliced else f"{rows}<!-- -->")
    assert cells(inhoud) == [["id", "uren"], ["P2", ""], ["P3", 24.0]]


@pytest.mark.parametrize("sliced", [True, False])
def test_the_error_of_a_formula_is_told_and_a_missing_value_is_none(sliced):
    errors = _row(2, '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>') + _row(
        3, '<c r="B3" t="e"><v>#N/A</v></c>'
    )
    assert marks(xlsx(_HEAD + errors if sliced else f"{_HEAD}{errors}<!-- -->")) == {2: [(FOUT, (1,))]}


def test_the_error_of_a_formula_is_told_in_old_and_in_binary_workbooks():
    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    old = biff8([["id", "uren"], ["P1", 24.0]])
    errors = record(0x205, struct.pack("<3HBB", 2, 1, 0, 0x07, 1)) + record(
        0x205, struct.pack("<3HBB", 3, 1, 0, 0x2A, 1)
    )
    facts, _ = facts_in(ole({"Workbook": old[:-4] + errors + old[-4:]}), "xls")
    assert facts[0].fouten == {2: [1]}
    parts = parts_of(xlsb([["id"]]))
    sheet = parts["xl/worksheets/sheet1.bin"]
    # Behind the last row: a cell with an error, and one without a value.
    errors = b"\x03\x09" + struct.pack("<2IB", 1, 0, 0x07) + b"\x0b\x09" + struct.pack("<2IB", 2, 0, 0x2A)
    parts["xl/worksheets/sheet1.bin"] = sheet.replace(b"\x92\x01\x00", errors + b"\x92\x01\x00", 1)
    facts, _ = facts_in(zipped(parts), "xlsb")
    assert facts[0].fouten == {0: [1]}


@pytest.mark.parametrize("sliced", [True, False])
def test_a_row_or_column_without_height_or_width_is_hidden(sliced):
    rows = _HEAD + _row(2, '<c r="B2"><v>8</v></c>', ' ht="0" customHeight="1"') + _row(3, "", ' ht="0.5"')
    parts = parts_of(xlsx(rows if sliced else f"{rows}<!-- -->"))
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        b"<sheetData>", b'<cols><col min="2" max="2" width="0" customWidth="1"/></cols><sheetData>'
    )
    with open_file(zipped(parts)) as bestand:
        [tabel] = bestand.tabellen
        assert (tabel.verborgen_rijen, tabel.verborgen_kolommen) == (1, (1,))
        assert [rij.merken for rij in tabel.rijen()] == [(), (Merk(VERBORGEN),), ()]


def test_a_row_that_a_sheet_has_twice_is_refused_when_a_value_would_be_lost():
    row = _row(2, '<c r="B2"><v>8</v></c>')
    assert "staat rij 2 twee keer" in refused(xlsx(_HEAD + row + _row(2, '<c r="B2"><v>9</v></c>')))
    other = '<row r="2"><c r="C2"><v>9</v></c></row>'
    assert cells(xlsx(_HEAD + row + other))[1] == ["P2", 8, 9]


def test_hidden_rows_and_errors_are_told_whatever_stands_before_the_names_of_elements():
    rows = _HEAD + _row(2, '<c r="B2" t="e"><v>#REF!</v></c>', ' hidden="1"')
    parts = parts_of(xlsx(rows))
    sheet = "xl/worksheets/sheet1.xml"
    named = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", parts[sheet]).replace(b"xmlns=", b"xmlns:x=")
    with open_file(zipped({**parts, sheet: named})) as bestand:
        [tabel] = bestand.tabellen
        assert (tabel.verborgen_rijen, tabel.niet_nagegaan) == (1, False)
        assert [rij.merken for rij in tabel.rijen()][1] == (Merk(VERBORGEN), Merk(FOUT, (1,)))


def test_a_hidden_row_that_does_not_say_which_one_it_is_makes_the_sheet_unknown():
    row = _row(2, '<c r="B2"><v>8</v></c>')
    for hidden, unknown in ((' hidden="1"', True), ("", False)):
        parts = parts_of(xlsx(_HEAD + row))
        sheet = "xl/worksheets/sheet1.xml"
        parts[sheet] = parts[sheet].replace(b'<row r="2"', f"<row{hidden}".encode())
        with open_file(zipped(parts)) as bestand:
            assert bestand.tabellen[0].niet_nagegaan is unknown


def test_cells_that_are_merged_beside_each_other_on_every_row_leave_room_for_those_below_each_other():
    below = (MAX_MERGED + HEAD_ROWS, 1, MAX_MERGED + HEAD_ROWS + 1, 1)
    blad = Bewaard("Blad", Grenzen(MAX_MERGED * 2, 10, 10))
    for number in range(below[0]):
        blad.voeg_samen(number, 0, number, 1)
    blad.voeg_samen(*below)
    assert blad.samengevoegd[-1] == below


def test_a_sheet_of_macros_or_a_chart_beside_the_data_is_passed_over():
    kind = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
    parts = parts_of(xlsx(_HEAD + _row(2, '<c r="B2"><v>8</v></c>')))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"<sheets>", b'<sheets><sheet name="Macro1" sheetId="9" r:id="rId9"/>'
    )
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId9" Type="{kind}" Target="macrosheets/sheet1.xml"/></Relationships>'.encode(),
    )
    parts["xl/macrosheets/sheet1.xml"] = b"<macrosheet/>"
    assert cells(zipped(parts)) == [["id", "uren"], ["P2", 8.0]]
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.append(["id", "uren"])
    chart = workbook.create_chartsheet("Grafiek", 0)
    chart.add_chart(BarChart())
    assert cells(saved(workbook)) == [["id", "uren"]]


def test_a_broken_sheet_condemns_the_file_only_when_somebody_sees_it():
    for hidden, rows in ((' state="hidden"', [["id", "uren"]]), ("", None)):
        parts = parts_of(xlsx(_HEAD))
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
            b"</sheets>", f'<sheet name="Kapot" sheetId="9"{hidden} r:id="rId9"/></sheets>'.encode()
        )
        kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
        parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
            b"</Relationships>",
            b'<Relationship Id="rId9" Type="' + kind + b'" Target="worksheets/sheet9.xml"/></Relationships>',
        )
        parts["xl/worksheets/sheet9.xml"] = (
            b"<worksheet><sheetData><row><c t='zz'><v>1</v></c></row></sheetData></worksheet>"
        )
        try:
            with open_file(zipped(parts)) as bestand:
                found = [rij.waarden for rij in bestand.tabellen[0].rijen()]
        except Onleesbaar:
            found = None
        assert found == rows


@pytest.mark.parametrize("name", ["workbook2.xml", "workbook22.xml"])
def test_a_workbook_under_another_name_is_found(name):
    parts = parts_of(xlsx(_HEAD))
    parts[f"xl/{name}"] = parts.pop("xl/workbook.xml")
    parts[f"xl/_rels/{name}.rels"] = parts.pop("xl/_rels/workbook.xml.rels")
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"workbook.xml", name.encode())
    assert cells(zipped(parts)) == [["id", "uren"]]


def test_a_formula_without_its_result_is_told_and_one_with_an_empty_result_is_not():
    rows = (
        _HEAD
        + _row(2, '<c r="B2"><f>8*4</f></c>')
        + _row(3, '<c r="B3"><f>8*4</f><v></v></c>')
        + _row(4, '<c r="B4"><f t="shared" si="0"/><v/></c>')
        + _row(5, '<c r="B5" t="str"><f>IF(1,"")</f><v></v></c>')
        + _row(6, '<c r="B6"><f>8*4</f><v>32</v></c>')
        + '<row r="7"><c r="A7"><f>A6</f></c><c r="B7"><f>B6</f></c></row>'
    )
    unknown = {n: [(ZONDER_UITKOMST, (1,))] for n in (2, 3, 4)} | {
        7: [(ZONDER_UITKOMST, (0,)), (ZONDER_UITKOMST, (1,))]
    }
    for inhoud in (xlsx(rows), xlsx(f"{rows}<!-- -->")):
        assert marks(inhoud) == unknown
        assert cells(inhoud)[5] == ["P6", 32.0]


@pytest.mark.parametrize("kind", ["xlsx", "xlsx as a whole", "ods", "xls", "xml2003"])
def test_hidden_rows_and_columns_are_told_in_every_kind(kind):
    if kind.startswith("xlsx"):
        workbook = Workbook()
        sheet: Any = workbook.active
        for rij in (["id", "oud"], ["P1", "a"], ["P2", "b"], ["P3", "c"]):
            sheet.append(rij)
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["B"].hidden = True
        inhoud = saved(workbook)
        if "whole" in kind:
            parts = parts_of(inhoud)
            sheet1 = "xl/worksheets/sheet1.xml"
            parts[sheet1] = parts[sheet1].replace(b"<sheetData>", b"<!-- --><sheetData>")
            inhoud = zipped(parts)
    elif kind == "ods":
        hidden = ods_rij("P2", "b").replace(
            "<table:table-row ", '<table:table-row table:visibility="filter" '
        )
        columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
        inhoud = ods(columns + ods_rij("id", "oud") + ods_rij("P1", "a") + hidden + ods_rij("P3", "c"))
    elif kind == "xls":
        inhoud = ole({"Workbook": biff8([["id", "oud"], ["P1", "a"], ["P2", "b"], ["P3", "c"]], hidden=[2])})
    else:
        rows = xml_row("id", "oud") + xml_row("P1", "a") + xml_row("P2", "b", Hidden=1) + xml_row("P3", "c")
        inhoud = xml2003('<Column ss:Index="2" ss:Hidden="1"/>' + rows)
    with open_file(inhoud) as bestand:
        [tabel] = bestand.tabellen
        assert [(rij.nummer, rij.waarden[0]) for rij in tabel.rijen() if rij.merken] == [(3, "P2")]
        assert (tabel.verborgen_rijen, tabel.verborgen_kolommen) == (1, () if kind == "xls" else (1,))
        [third] = [rij for rij in tabel.rijen() if rij.nummer == 3]
        assert [merk.code for merk in third.merken] == [VERBORGEN]


def parts_of(inhoud: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- What a person sees -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ('"06-"00000000', "12345678", "06-12345678"),
        ('"06-"00000000', "1234567.0", "06-01234567"),
        ("000000000", "12345678", "012345678"),
        ("0000\\-00", "12345", "0123-45"),
        ('"+31 "0 00000000', "612345678", "+31 6 12345678"),
        ("00", "123", "123"),
        ("0%", "0.8", "80%"),
        ("0.0%", "0.825", "82,5%"),
        ('"WZ-"0', "43", "WZ-43"),
        ("[&lt;100]00000;000-000", "77", "00077"),
        ("[&lt;100]00000;000-000", "123456", "123-456"),
        ("0;-0;;@", "0", ""),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(code, number, shown):
    way = weergave(code.replace("&lt;", "<"))
    assert way is not None
    assert way(number) == shown
    styles = (
        f'<styleSheet {MAIN}><numFmts count="1"><numFmt numFmtId="170" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        '</numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    for more in ("", "<!-- -->"):
        parts = parts_of(xlsx(_HEAD + _row(2, f'<c r="B2" s="1"><v>{number}</v></c>') + more))
        parts["xl/styles.xml"] = styles.encode()
        parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
            b"</Relationships>",
            b'<Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"'
            b' Target="styles.xml"/></Relationships>',
        )
        assert cells(zipped(parts))[1] == ["P2", shown]


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "#,##0",
        "0.00",
        "dd-mm-yyyy",
        '0 "uur"',
        '"€ "0',
        "@",
        "[h]:mm",
        "0.00E+00",
        '"max. "0',
    ],
)
def test_a_format_that_only_adorns_the_number_leaves_it_a_number(code):
    assert weergave(code) is None


@pytest.mark.parametrize("code", ["00000", '"WZ-"0', "0%", "[<100]000;000"])
def test_a_number_with_more_digits_than_can_be_counted_stays_a_number(code):
    way = weergave(code)
    assert way is not None
    assert way("5e28") is None


def test_letters_that_were_lost_on_the_way_are_told():
    inhoud = "id;naam\n1;Ren\ufffd\n2;André\n3;CoÃ¶rdinator\n".encode()
    assert marks(inhoud) == {2: [(VREEMD, (1,))], 4: [(VREEMD, (1,))]}
    assert cells(inhoud)[2] == ["2", "André"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac-roman", "cp850"])
def test_names_come_back_from_every_encoding_that_exports_have(encoding):
    text = "id;naam\n1;Zoë de Groot\n2;René Müller\n3;Coördinator Noord\n4;Aïcha\n"
    assert [rij[1] for rij in cells(text.encode(encoding))][1:] == [
        "Zoë de Groot", "René Müller", "Coördinator Noord", "Aïcha",
    ]  # fmt: skip


def test_text_that_was_made_utf_8_twice_is_healed():
    text = "id;naam\n1;Zoë\n2;René Ünal\n3;Šimić à Œdipe\n"
    twice = text.encode().decode("cp1252").encode()
    assert [rij[1] for rij in cells(twice)] == ["naam", "Zoë", "René Ünal", "Šimić à Œdipe"]
    # Where a part is right already there is no one way to undo it.
    partly = twice + "4;André\n".encode()
    assert cells(partly)[4] == ["4", "André"]
    assert [code for found in marks(partly).values() for code, _ in found] == [VREEMD] * 3


def test_a_text_with_nuls_never_passes():
    assert "geen tekstbestand" in refused(b"id;naam\n1;K\0o\0k\n")
    late = b"id;naam\n" + b"1;Kok\n" * 5000 + b"2;K\0o\0k\n"
    assert marks(late) == {5002: [(ONLEESBAAR, (1,))]}


def test_the_first_rows_are_judged_like_the_others():
    for number in (1, 400):
        rijen = [["id", "naam"], *[["P1", "x"]] * number, ["P2", "K\0o"], ["P3", "Ren\ufffd"]]
        with open_file(ole({"Workbook": biff8(rijen)})) as bestand:
            *_, nul, wrong = bestand.tabellen[0].rijen()
        assert (nul.waarden, nul.merken) == (["P2", ""], ((ONLEESBAAR, (1,)),))
        assert (wrong.waarden, wrong.merken) == (["P3", "Ren\ufffd"], ((VREEMD, (1,)),))


# --- Files that are not read ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inhoud", "said"),
    [
        (b'ID;PWXL;N;E\r\nC;Y1;X1;K"id"\r\nE\r\n', "SYLK"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', "DIF"),
        (
            b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            b'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">',
            ".fods",
        ),
        (ole({"EncryptedPackage": b"x" * 5000, "DRMEncryptedDataSpace": b"x"}), "rechten"),
        (ole({"Workbook": biff8(_RIJEN), "\tDRMContent": b"x"}), "rechten"),
        (
            ole({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"\x04\0\x04\0" + b"x" * 100}),
            "versleuteld",
        ),
    ],
)
def test_what_is_not_read_gets_a_sentence_that_is_true(inhoud, said):
    assert said in refused(inhoud)


def test_the_password_that_excel_never_asks_for_is_no_password():
    plain = een_werkblad([{"Postcode": "3511AB"}] * 40)
    with open_file(encrypted(plain, "VelvetSweatshop")) as bestand:
        rijen: list[Rij] = list(bestand.tabellen[0].rijen())
    assert len(rijen) == 41
    assert rijen[40].waarden[19] == "3511AB"
    assert "wachtwoord" in refused(encrypted(plain, "geheim"))
