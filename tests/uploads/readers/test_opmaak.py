"""Reads what the looks of a cell tell: that somebody struck it through, or that nobody can see what is in it."""

import io
import struct
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.table import Table, TableStyleInfo

from tests.ole import FORMULA, biff8, ole
from tests.spreadsheets import xlsb, xlsx, xml2003, zipped
from tests.uploads.readers.test_odd_workbooks import cells, marks, parts_of, refused, saved
from tests.uploads.readers.test_readers import ods
from uploads.mapping.samengevoegd import SAMENGEVOEGD, rows_with_merged
from uploads.readers import (
    DOORGEHAALD,
    FOUT,
    MAX_MERGED,
    ONZICHTBAAR,
    VERBORGEN,
    Merk,
    Onleesbaar,
    Rij,
    Tabel,
    open_file,
)
from uploads.sandbox.kept import Bewaard
from uploads.sandbox.sheets import Grenzen

_STRUCK_ODS = (
    '<office:automatic-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">'
    '<style:style style:name="weg"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="ce2" style:parent-style-name="weg"/>'
    '<style:style style:name="terug" style:parent-style-name="weg">'
    '<style:text-properties style:text-line-through-style="none"/></style:style></office:automatic-styles>'
)


def workbook(*, whole: bool) -> bytes:
    made = Workbook()
    sheet: Any = made.active
    for row in (["id", "naam"], ["P1", "Jan"], ["P2", "Piet"], ["P3", "Kees"], ["P4", None]):
        sheet.append(row)
    sheet["B3"].font = sheet["B5"].font = Font(strike=True)
    sheet["B4"] = CellRichText("Kees ", TextBlock(InlineFont(strike=True), "de Boer"))
    inhoud = saved(made)
    return read_as_a_whole(inhoud) if whole else inhoud


def read_as_a_whole(inhoud: bytes) -> bytes:
    parts = parts_of(inhoud)
    sheet = "xl/worksheets/sheet1.xml"
    return zipped({**parts, sheet: parts[sheet].replace(b"</sheetData>", b"<!-- --></sheetData>")})


def ods_cell(text: str, style: str = "") -> str:
    named = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell office:value-type="string"{named}><text:p>{text}</text:p></table:table-cell>'


def ods_people() -> bytes:
    rows = (
        [ods_cell("id"), ods_cell("naam")],
        [ods_cell("P1"), ods_cell("Jan", "terug")],
        [ods_cell("P2"), ods_cell("Piet", "ce2")],
        [ods_cell("P3"), ods_cell('Kees <text:span text:style-name="weg">de Boer</text:span>')],
    )
    return ods(
        "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows), before=_STRUCK_ODS
    )


_PAGE = (
    "<style>.xl66 {color:red; text-decoration: line-through;} .xl67 {text-decoration:none}</style><table>"
    "<tr><th>id<th>naam<tr><td>P1<td class='xl67'>Jan<tr><td>P2<td class='xl65 xl66'>Piet"
    "<tr><td>P3<td>Kees <s>de Boer</s><tr><td>P4<td><s></s></table>"
)
_XML = '<Styles><Style ss:ID="weg"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="ook" ss:Parent="weg"/></Styles>'


@pytest.mark.parametrize(
    ("inhoud", "struck"),
    [
        pytest.param(workbook(whole=False), {3, 4}, id="xlsx"),
        pytest.param(workbook(whole=True), {3, 4}, id="xlsx as a whole"),
        pytest.param(ods_people(), {3, 4}, id="ods"),
        pytest.param(_PAGE.encode(), {3, 4}, id="a web page"),
        pytest.param(ole({"Workbook": biff8([["id", "naam"]], struck=True)}), {1}, id="xls"),
        pytest.param(xlsb([["id", "naam"]], struck=True), {1}, id="xlsb"),
        pytest.param(
            xml2003(
                '<Row><Cell><Data ss:Type="String">id</Data></Cell><Cell ss:StyleID="ook">'
                '<Data ss:Type="String">naam</Data></Cell></Row>',
                head=_XML,
            ),
            {1},
            id="xml2003",
        ),
    ],
)
def test_a_cell_with_a_line_through_it_is_told_and_an_empty_one_is_not(inhoud, struck):
    told = marks(inhoud)
    assert set(told) == struck
    assert all({code for code, _ in of_row} == {DOORGEHAALD} for of_row in told.values())
    assert all(1 in places for of_row in told.values() for _, places in of_row)
    with open_file(inhoud) as bestand:
        assert bestand.tabellen[0].doorgehaald


@pytest.mark.parametrize("whole", [True, False])
def test_a_line_that_a_condition_draws_is_told_of_the_sheet(whole):
    made = load_workbook(io.BytesIO(workbook(whole=False)))
    rule = FormulaRule(formula=['$A2="P1"'], font=Font(strike=True))
    sheet: Any = made.active
    sheet.conditional_formatting.add("A2:B5", rule)
    inhoud = saved(made)
    with open_file(read_as_a_whole(inhoud) if whole else inhoud) as bestand:
        assert bestand.tabellen[0].streep_bij_voorwaarde
    with open_file(workbook(whole=whole)) as bestand:
        assert not bestand.tabellen[0].streep_bij_voorwaarde


def test_a_line_that_a_condition_draws_is_told_of_an_ods_and_of_a_rule_with_its_own_looks():
    row = f"<table:table-row>{ods_cell('P1')}</table:table-row>"
    for style, told in (("weg", True), ("terug", False)):
        condition = (
            f'<table:conditions><table:condition table:apply-style-name="{style}"/></table:conditions>'
        )
        with open_file(ods(row + condition, before=_STRUCK_ODS)) as bestand:
            assert bestand.tabellen[0].streep_bij_voorwaarde is told
    condition = (
        '<ConditionalFormatting xmlns="urn:schemas-microsoft-com:office:excel"><Range>R1C1</Range><Condition>'
        "<Value1>TRUE</Value1><Format Style='color:red;text-line-through:{}'/></Condition></ConditionalFormatting>"
    )
    for line, told in (("single", True), ("none", False)):
        made = xml2003('<Row><Cell><Data ss:Type="String">P1</Data></Cell></Row>')
        end = made.rindex(b"</", 0, made.rindex(b"</"))
        with open_file(made[:end] + condition.format(line).encode() + made[end:]) as bestand:
            assert bestand.tabellen[0].streep_bij_voorwaarde is told
    rule = "<extLst><ext><x14:cfRule><x14:dxf><font>{}</font></x14:dxf></x14:cfRule></ext></extLst>"
    parts = parts_of(workbook(whole=False))
    sheet = "xl/worksheets/sheet1.xml"
    for looks, told in (("<strike/>", True), ('<strike val="0"/>', False)):
        more = rule.format(looks).replace("<x14:cfRule>", '<x14:cfRule xmlns:x14="urn:x14">').encode()
        changed = {**parts, sheet: parts[sheet].replace(b"</worksheet>", more + b"</worksheet>")}
        with open_file(zipped(changed)) as bestand:
            assert bestand.tabellen[0].streep_bij_voorwaarde is told


def test_a_line_through_a_remark_on_a_cell_of_an_ods_says_nothing_of_the_cell():
    remark = '<office:annotation><text:p><text:span text:style-name="weg">oud</text:span></text:p></office:annotation>'
    cell = ods_cell("Jan").replace("<text:p>", f"{remark}<text:p>")
    assert marks(ods(f"<table:table-row>{ods_cell('P1')}{cell}</table:table-row>", before=_STRUCK_ODS)) == {}


def test_numbers_that_an_xls_keeps_together_and_a_text_of_a_formula_are_told_when_they_are_struck_through():
    stream = biff8([[1.0, 2.0], [FORMULA, 3.0]], struck=True)
    one, other = (struct.pack("<HHHHHi", 0x27E, 10, 0, place, 0, place + 1 << 2 | 2) for place in (0, 1))
    both = struct.pack("<HHHHHiHiH", 0xBD, 18, 0, 0, 0, 1 << 2 | 2, 0, 2 << 2 | 2, 1)
    assert one + other in stream
    told = marks(ole({"Workbook": stream.replace(one + other, both)}))
    for number in (1, 2):
        assert (DOORGEHAALD, (0, 1)) in told[number]


def test_a_line_through_an_empty_text_is_not_told():
    stream = biff8([["P1", ""], ["", ""]], struck=True)
    assert marks(ole({"Workbook": stream})) == {1: [(DOORGEHAALD, (0,))]}


def test_of_a_page_that_was_saved_is_read_what_a_person_saw():
    row = (
        "<tr><td><input value=P1><td><select><option>Nee<option selected>Ja</select>"
        "<td><select><option>B<option>C</select><td><input type=checkbox checked><td><img alt=Auto src=x>"
        "<td><input type=hidden value=geheim><textarea>tekst</textarea>"
    )
    page = f"<style>tr.weg {{display: none}}</style><table>{row}{row.replace('<tr>', '<tr class=weg>', 1)}</table>"
    assert cells(page.encode()) == [["P1", "Ja", "B", True, "Auto", "tekst"]] * 2
    assert marks(page.encode()) == {2: [(VERBORGEN, ())]}
    assert cells(page.replace(" checked", "").encode())[0][3] is False


def test_what_a_page_holds_beside_what_a_person_sees_is_no_part_of_a_cell():
    page = (
        "<style>.sort {display:none}</style><table><tr><td>24<span class=sort>00024<br><img><b>x</b></span>"
        "<td>32<sup>1</sup>"
        "<tr><td><span style='display: none'>0</span>P1<td hidden>16<tr><td>P2<td>8</table>"
    )
    assert cells(page.encode()) == [["24", "32 1"], ["P1", "16"], ["P2", "8"]]


def test_a_class_that_a_page_hides_in_another_place_or_on_paper_only_is_read():
    page = (
        "<style>.cel .hulp, .cel:empty {display:none} @media print {.uren {display:none}} .sort {display:none}</style>"
        "<table><tr><td><div class=cel>P1</div><td><span class=uren>24</span><span class=sort>0024</span></table>"
    )
    assert cells(page.encode()) == [["P1", "24"]]


def test_a_value_that_its_format_hides_is_not_read_and_told():
    made = Workbook()
    sheet: Any = made.active
    for row in (["id", "uren"], ["P1", 24], ["P2", "32 uur"], ["P3", 0], ["P4", 8], ["P5", "8"]):
        sheet.append(row)
    for place, code in (("B2", ";;;"), ("B3", ";;;"), ("B4", "0;-0;;@"), ("B5", ";;"), ("B6", ";;")):
        sheet[place].number_format = code
    inhoud = saved(made)
    for one in (inhoud, read_as_a_whole(inhoud)):
        assert [row[1] for row in cells(one)[1:]] == ["", "", "", "", "8"]
        assert {number: {code for code, _ in of_row} for number, of_row in marks(one).items()} == {
            2: {ONZICHTBAAR},
            3: {ONZICHTBAAR},
            5: {ONZICHTBAAR},
        }
    hidden = '<table:table-cell office:value-type="float" office:value="24"><text:p/></table:table-cell>'
    assert marks(ods(f"<table:table-row>{ods_cell('P1')}{hidden}</table:table-row>")) == {
        1: [(ONZICHTBAAR, (1,))]
    }
    assert marks(ole({"Workbook": biff8([[24.0]], formats=[";;;"])})) == {1: [(ONZICHTBAAR, (0,))]}


WHITE, DARK = Color(rgb="FFFFFFFF"), Color(rgb="FF1F3864")


def coloured(letters: Color, background: Color | None = None) -> Any:
    """Makes a workbook with a number and a text in these colours, in the second and third column of row 2."""
    made = Workbook()
    sheet: Any = made.active
    for row in (["id", "uren", "plaats"], ["P1", 24, "Utrecht"], ["P2", 32, "Zeist"]):
        sheet.append(row)
    for place in ("B2", "C2"):
        sheet[place].font = Font(color=letters)
        if background is not None:
            sheet[place].fill = PatternFill("solid", fgColor=background)
    return made


@pytest.mark.parametrize(
    ("letters", "background", "seen"),
    [
        (WHITE, None, False),
        (WHITE, WHITE, False),
        (Color(theme=0), None, False),
        (Color(theme=0, tint=0.4), Color(theme=0), False),
        (Color(indexed=9), Color(rgb="FFFEFEFE"), False),
        (DARK, DARK, False),
        (Color(theme=4, tint=-0.25), Color(theme=4, tint=-0.25), False),
        (WHITE, DARK, True),
        (WHITE, Color(theme=4), True),
        (Color(theme=0, tint=-0.5), None, True),
        (Color(rgb="FFFFFFFF", tint=-0.5), None, True),
        (Color(theme=0), Color(theme=0, tint=-0.5), True),
        (Color(theme=1), None, True),
        (Color(theme=4), Color(theme=4, tint=0.8), True),
        (Color(rgb="FFEEEEEE"), None, True),
        (Color(indexed=64), None, True),
    ],
)
def test_a_value_in_the_colour_of_its_cell_is_not_read_and_told_and_any_other_is(letters, background, seen):
    inhoud = saved(coloured(letters, background))
    for one in (inhoud, read_as_a_whole(inhoud)):
        assert cells(one)[1:] == [["P1", 24, "Utrecht"] if seen else ["P1", "", ""], ["P2", 32, "Zeist"]]
        told = {place for code, places in marks(one).get(2, []) for place in places if code == ONZICHTBAAR}
        assert told == (set() if seen else {1, 2})


def test_white_letters_are_seen_where_something_else_colours_them_or_their_cell():
    def with_rule(made: Any) -> None:
        rule = FormulaRule(formula=['$A2="P1"'], fill=PatternFill("solid", bgColor=DARK))
        made.active.conditional_formatting.add("A2:C5", rule)

    def with_table(made: Any) -> None:
        table = Table(displayName="Mensen", ref="A1:C3", tableStyleInfo=TableStyleInfo("TableStyleDark2"))
        made.active.add_table(table)

    def with_own_letters(made: Any) -> None:
        made.active["C2"] = CellRichText(TextBlock(InlineFont(color=DARK), "Utrecht"))
        made.active["B2"].number_format = "[Red]0"

    for change in (with_rule, with_table, with_own_letters):
        made = coloured(WHITE)
        change(made)
        inhoud = saved(made)
        for one in (inhoud, read_as_a_whole(inhoud)):
            assert cells(one)[1] == ["P1", 24, "Utrecht"], change
            assert not marks(one)


def test_a_percentage_that_nobody_sees_stays_unread_and_a_theme_or_palette_may_have_another_white():
    made = coloured(WHITE)
    made.active["B2"].number_format = "0%"
    assert cells(saved(made))[1] == ["P1", "", ""]
    parts = parts_of(saved(coloured(Color(theme=0))))
    theme = "xl/theme/theme1.xml"
    assert b'lastClr="FFFFFF"' in parts[theme]
    dark = zipped({**parts, theme: parts[theme].replace(b'lastClr="FFFFFF"', b'lastClr="203040"')})
    assert cells(dark)[1] == ["P1", 24, "Utrecht"]
    parts = parts_of(saved(coloured(Color(indexed=9))))
    assert cells(zipped(parts))[1] == ["P1", "", ""]
    palette = parts["xl/styles.xml"].replace(b'rgb="00FFFFFF"', b'rgb="00FF0000"')
    assert cells(zipped({**parts, "xl/styles.xml": palette}))[1] == ["P1", 24, "Utrecht"]
    odd = parts["xl/styles.xml"].replace(b'indexed="9"', b'rgb="wit"')
    assert cells(zipped({**parts, "xl/styles.xml": odd}))[1] == ["P1", 24, "Utrecht"]


@pytest.mark.parametrize("sliced", [True, False])
def test_a_cell_that_stands_twice_in_one_row_is_refused_when_a_value_would_be_lost(sliced):
    def twice(value: str) -> bytes:
        row = f'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="A1">{value}</c></row>'
        return xlsx(row if sliced else f"{row}<!-- -->")

    assert "in rij 1 dezelfde cel twee keer" in refused(twice("<v>9</v>"))
    assert cells(twice("<v>1</v>")) == cells(twice("")) == [[1, 2]]


@pytest.mark.parametrize(
    "inhoud",
    [
        b"id;uren;postcode\nP1;#VERW!;3511AB\nP2;#N/B;Err:502\nP3;#1;#NAAM?\n",
        b"<table><tr><td>id<td>uren<td>postcode<tr><td>P1<td>#VERW!<td>3511AB"
        b"<tr><td>P2<td>#N/B<td>Err:502<tr><td>P3<td>#1<td> #NAAM? </table>",
    ],
)
def test_the_error_of_a_formula_is_told_in_a_text_and_a_page_as_in_a_workbook(inhoud):
    assert marks(inhoud) == {2: [(FOUT, (1,))], 3: [(FOUT, (2,))], 4: [(FOUT, (2,))]}


@pytest.mark.parametrize("delimiter", ["^", "~", ":"])
def test_a_text_with_a_rare_delimiter_has_columns(delimiter):
    rows = [
        ["id", "uren", "plaats"],
        ["P1", "24", "Zwolle; of Deventer, Olst"],
        ["P2", "32", "Ede, ook Arnhem"],
    ]
    assert cells("\n".join(map(delimiter.join, rows)).encode()) == rows


@pytest.mark.parametrize(
    "text", ["tijd\n09:00:00\n10:15:00", "id;begin\nP1;09:00:00\nP2;10:00:00", "a:b\nc:d"]
)
def test_a_time_has_no_columns(text):
    assert len(cells(text.encode())[0]) == 1 + (";" in text)


def test_more_merged_cells_than_are_kept_are_never_passed_over_in_silence():
    blad = Bewaard("Blad", Grenzen(4 * MAX_MERGED, 10, 10))
    for number in range(MAX_MERGED + 5):
        blad.voeg_samen(2 * number, 0, 2 * number + 1, 0)
    assert len(blad.samengevoegd) == MAX_MERGED + 1
    tabel = Tabel("", 2, lambda: iter([]), samengevoegd=tuple(blad.samengevoegd))
    with pytest.raises(Onleesbaar, match="meer dan 50000 plaatsen cellen samengevoegd"):
        list(rows_with_merged(tabel, 0))
    tabel = Tabel("", 2, lambda: iter([Rij(1, ["P1", "a"]), Rij(2, ["", "b"])]), samengevoegd=((0, 0, 1, 0),))
    assert list(rows_with_merged(tabel, 0))[1] == Rij(2, ["P1", "b"], (Merk(SAMENGEVOEGD, (0,)),))
