"""XML Spreadsheet 2003 and web pages: what many systems save under the name .xls."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.spreadsheets import xml2003, xml_row
from uploads.readers import FOUT, VERBORGEN, Formaat, Merk, Onleesbaar, Tabel, open_file, recognise_format


def only(inhoud: bytes) -> Tabel:
    (tabel,) = open_file(inhoud).tabellen
    return tabel


def cells(inhoud: bytes) -> list[list[Any]]:
    """All rows of the only sheet."""
    return [rij.waarden for rij in only(inhoud).rijen()]


def refused(inhoud: bytes) -> str:
    with pytest.raises(Onleesbaar) as problem:
        cells(inhoud)
    return problem.value.melding


# --- XML Spreadsheet 2003 ---------------------------------------------------------------------------------


def test_numbers_errors_and_hidden_rows_are_read_as_a_person_sees_them():
    styles = (
        '<Styles><Style ss:ID="s1"><NumberFormat ss:Format="00000"/></Style>'
        '<Style ss:ID="s2"><NumberFormat ss:Format="Percent"/></Style></Styles>'
    )
    rows = (
        '<Row><Cell ss:StyleID="s1"><Data ss:Type="Number">42</Data></Cell>'
        '<Cell ss:StyleID="s2"><Data ss:Type="Number">0.5</Data></Cell>'
        '<Cell><Data ss:Type="Number">42</Data></Cell></Row>'
        '<Row ss:StyleID="s1"><Cell><Data ss:Type="Number">7</Data></Cell>'
        '<Cell><Data ss:Type="Error">#DIV/0!</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row>'
        '<Row ss:Height="0"><Cell><Data ss:Type="String">x</Data></Cell></Row>'
    )
    (tabel,) = open_file(xml2003(rows, head=styles)).tabellen
    read = list(tabel.rijen())
    assert [rij.waarden for rij in read] == [["00042", "50,00%", 42], ["00007", "", ""], ["x", "", ""]]
    assert [rij.merken for rij in read] == [(), (Merk(FOUT, (1,)),), (Merk(VERBORGEN),)]


def test_a_row_of_a_page_that_is_not_shown_is_hidden():
    rows = '<tr><td>a<tr style="color:red; display: none"><td>b<tr hidden><td>c<tr hidden><td><tr><td>d'
    (tabel,) = open_file(page(rows)).tabellen
    hidden = (Merk(VERBORGEN),)
    assert [rij.merken for rij in tabel.rijen()] == [(), hidden, hidden, (), ()]
    assert tabel.verborgen_rijen == 2


def test_it_is_recognised_by_its_content():
    assert recognise_format(xml2003(xml_row("a"))) is Formaat.XML2003
    assert recognise_format(xml2003(xml_row("a"), encoding="utf-16")) is Formaat.XML2003
    assert cells(b"\r\n\n " + xml2003(xml_row("a"))) == [["a"]]
    assert "XML" in refused(b'<?xml version="1.0"?><rows><row/></rows>')


def test_cells_have_the_type_that_they_say():
    def cell(kind: str, text: str) -> str:
        return f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>'

    row = "".join(
        [
            cell("String", "0012"), cell("Number", "12"), cell("Number", "24.5"), cell("Number", "1.5E3"),
            cell("DateTime", "2025-12-31T00:00:00.000"), cell("DateTime", "2025-12-31T13:05:00.000"),
            cell("Boolean", "1"), cell("Boolean", "0"), cell("Error", "#N/A"), cell("Number", "geen getal"),
            cell("DateTime", "31-12-2025"), cell("String", "Zo&#235; &amp; co"), "<Cell/>",
            '<Cell ss:Formula="=RC[-1]*2"><Data ss:Type="Number">48</Data></Cell>',
        ]
    )  # fmt: skip
    assert cells(xml2003(f"<Row>{row}</Row>")) == [
        [
            "0012", 12, 24.5, 1500.0, dt.date(2025, 12, 31), dt.datetime(2025, 12, 31, 13, 5), True, False, "",
            "geen getal", "31-12-2025", "Zoë & co", "", 48,
        ]
    ]  # fmt: skip


def test_text_with_markup_is_text_and_a_comment_is_not():
    row = (
        '<Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>u</B>ren<Font> vet</Font>'
        '</ss:Data><Comment><ss:Data xmlns="http://www.w3.org/TR/REC-html40"><B>opmerking</B></ss:Data></Comment>'
        "</Cell></Row>"
    )
    assert cells(xml2003(row)) == [["uren vet"]]


def test_gaps_are_empty_rows_and_cells():
    rows = (
        xml_row("titel") + '<Row ss:Index="4"><Cell ss:Index="3"><Data ss:Type="String">c4</Data></Cell>'
        '<Cell><Data ss:Type="String">d4</Data></Cell></Row>'
        + '<Row ss:Index="6" ss:Span="1"/>'
        + xml_row("a8")
    )
    found = [(rij.nummer, rij.waarden) for rij in only(xml2003(rows)).rijen() if any(rij.waarden)]
    assert found == [(1, ["titel", "", "", ""]), (4, ["", "", "c4", "d4"]), (8, ["a8", "", "", ""])]


def test_merged_cells_keep_the_others_in_their_place():
    rows = (
        '<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">titel</Data></Cell>'
        '<Cell><Data ss:Type="String">d</Data></Cell></Row>'
        '<Row><Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">blok</Data></Cell></Row>'
        '<Row><Cell ss:Index="3"><Data ss:Type="String">ernaast</Data></Cell></Row>'
    )
    tabel = only(xml2003(rows))
    assert [rij.waarden for rij in tabel.rijen()] == [
        ["titel", "", "", "d"],
        ["blok", "", "", ""],
        ["", "", "ernaast", ""],
    ]
    assert tabel.samengevoegd == ((0, 0, 0, 2), (1, 0, 2, 1))


def test_sheets_have_their_names_and_hidden_ones_come_last():
    hidden = (
        '<Worksheet ss:Name="Weg"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>'
        "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
    )
    bestand = open_file(xml2003(xml_row("a"), xml_row("b"), head=hidden))
    assert [(tabel.naam, tabel.verborgen) for tabel in bestand.tabellen] == [
        ("Blad1", False),
        ("Blad2", False),
        ("Weg", True),
    ]


def test_the_epoch_is_told():
    assert open_file(xml2003(xml_row("a"))).epoch_1904 is False
    head = "<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook>"
    assert open_file(xml2003(xml_row("a"), head=head)).epoch_1904 is True


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-1"])
def test_the_encoding_that_it_names_is_used(encoding):
    assert cells(xml2003(xml_row("Curaçao", "Zoë"), encoding=encoding)) == [["Curaçao", "Zoë"]]


_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=10)


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(_text | st.integers(-(10**14), 10**14), min_size=3, max_size=3), min_size=1, max_size=5)
)
def test_whatever_is_written_comes_back(rows):
    # XML itself makes one line end of every kind, and has no place for noncharacters.
    rows = [
        [
            value.replace("\ufffe", "").replace("\uffff", "") if isinstance(value, str) else value
            for value in row
        ]
        for row in rows
    ]
    assert cells(xml2003("".join(xml_row(*row) for row in rows))) == rows


_BOMB = (
    '<!DOCTYPE Workbook [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "before",
    [
        _BOMB,
        f"<!-- {'x' * 5000} -->{_BOMB}",
        '<!DOCTYPE Workbook [<!ENTITY i SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Workbook [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>',
        '<!DOCTYPE Workbook SYSTEM "http://127.0.0.1:1/x.dtd">',
    ],
)
def test_bombs_and_entities_from_elsewhere_are_refused(before):
    row = '<Row><Cell><Data ss:Type="String">&i;</Data></Cell></Row>'
    assert "DOCTYPE" in refused(xml2003(row, before=before))


def test_an_entity_that_nobody_declared_is_a_fault():
    assert "beschadigd" in refused(xml2003('<Row><Cell><Data ss:Type="String">&i;</Data></Cell></Row>'))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("<Row>" + "<Cell/>" * 1_000_000 + "</Row>", "kolommen"),
        ('<Row><Cell ss:Index="99999999999"/></Row>', "kolommen"),
        ('<Row><Cell ss:MergeAcross="99999999999"/></Row>', "kolommen"),
        ('<Row ss:Index="99999999999"><Cell/></Row>', "rijen"),
        ('<Row ss:Span="99999999999"><Cell/></Row>', "rijen"),
        ("<Row>" * 100_000, "beschadigd"),
        ('<Row ss:Index="3"/><Row ss:Index="2"/>', "beschadigd"),
        ('<Row><Cell ss:Index="3"/><Cell ss:Index="2"/></Row>', "beschadigd"),
        (xml_row("x" * 11_000_000), "beschadigd"),
        ("", "geen blad met gegevens"),
    ],
)
def test_a_table_of_impossible_size_or_form_is_told(rows, said):
    assert said in refused(xml2003(rows))


def test_too_many_rows_are_told(settings):
    settings.UM_MAX_RIJEN = 1000
    assert "1000 rijen" in refused(xml2003(xml_row("a") * 1001))
    assert len(cells(xml2003(xml_row("a") * 1000))) == 1000


# --- Web pages --------------------------------------------------------------------------------------------


def page(rows: str, encoding: str = "utf-8", head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><table>{rows}</table></body></html>".encode(encoding)


def test_a_table_of_a_web_page_is_a_sheet():
    inhoud = page(
        "<thead><tr><th>id</th><th>naam</th></tr></thead>"
        "<tbody><tr><td>0012<td> Zo&euml;&nbsp;&amp;<br>co <b>vet</b></tr>"
        "<tr><td></td><td>b</td></tr></tbody>",
        head="<style>td {mso-number-format:'\\@'}</style><script>alert('<table>')</script>",
    )
    assert recognise_format(inhoud) is Formaat.HTML
    assert cells(inhoud) == [["id", "naam"], ["0012", "Zoë\u00a0&\nco vet"], ["", "b"]]


@pytest.mark.parametrize(
    "start", ["<table>", "<TABLE border=1>", "<!DOCTYPE html><table>", "<meta charset=utf-8><table>"]
)
def test_a_bare_table_will_do(start):
    assert cells(f"{start}<tr><td>a<td>b<tr><td>c<td>d</table>".encode()) == [["a", "b"], ["c", "d"]]


def test_cells_over_more_columns_and_rows_keep_the_others_in_their_place():
    tabel = only(
        page(
            "<tr><td colspan=2>titel<td rowspan=3>rechts</tr><tr><td rowspan=2>a<td>b</tr><tr><td>c</tr><tr><td>d</tr>"
        )
    )
    assert [rij.waarden for rij in tabel.rijen()] == [
        ["titel", "", "rechts"],
        ["a", "b", ""],
        ["", "c", ""],
        ["d", "", ""],
    ]
    assert tabel.samengevoegd == ((0, 0, 0, 1), (0, 2, 2, 2), (1, 0, 2, 0))


def test_a_table_inside_a_table_is_one_of_its_own():
    outer, inner = open_file(page("<tr><td>a<table><tr><td>x<td>y</table>b<td>c</tr>")).tabellen
    assert [rij.waarden for rij in outer.rijen()] == [["ab", "c"]]
    assert [rij.waarden for rij in inner.rijen()] == [["x", "y"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_of_a_page_is_found_out_and_not_believed(encoding):
    inhoud = page("<tr><td>Curaçao<td>Zoë</tr>", encoding, head='<meta charset="iso-8859-5">')
    assert cells(inhoud) == [["Curaçao", "Zoë"]]


def test_entities_of_a_page_do_not_grow():
    inhoud = _BOMB.encode() + page("<tr><td>&i;<td>b</tr>")
    assert cells(inhoud) == [["&i;", "b"]]


@pytest.mark.parametrize(
    ("inhoud", "said"),
    [
        (b"<html><body><p>Uw sessie is verlopen. Log opnieuw in.</body></html>", "zonder tabel"),
        (page("<tr><td colspan=99999999>x</tr>"), "kolommen"),
        (page("<tr>" * 250_001), "rijen"),
        # Cut off: what is missing would be taken for gone.
        (page("<tr><td>a<td>b</tr>" * 5)[:90], "beschadigd"),
    ],
)
def test_a_page_that_holds_no_rows_that_can_be_used_is_told(inhoud, said):
    assert said in refused(inhoud)


def test_rows_that_reach_down_endlessly_cost_nothing():
    assert len(cells(page("<tr>" + "<td rowspan=99999999>x" * 400 + "</tr>" + "<tr><td>y</tr>" * 3))) == 4


def test_a_web_archive_is_told():
    assert "webarchief" in refused(b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html><table>")
