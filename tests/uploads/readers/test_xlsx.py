"""An xlsx that is read a slice at a time has the rows that calamine gives when it reads the sheet as a whole."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.examples import examples
from tests.places import SHARED as GEDEELD
from tests.spreadsheets import MAIN, xlsx
from uploads.readers import Onleesbaar, open_file
from uploads.sandbox import xlsx as slicing
from uploads.sandbox.sheets import Blad, Cells, Grenzen
from uploads.sandbox.werkmap import Werkmap
from uploads.sandbox.xlsx import Xlsx

GRENZEN = Grenzen(100_000, 1_000)
FORMATS = (
    "General",
    "dd-mm-yyyy",
    "hh:mm",
    "[h]:mm:ss",
    "d mmm yyyy hh:mm:ss",
    "0.00",
    '"d "0',
    "@",
    "m/d/yy",
)
SONAR_MAP = GEDEELD / "reference" / "sonar"


@pytest.fixture(autouse=True, scope="module")
def _small_slices() -> Iterator[None]:
    """Every sheet in many slices, and every part in many pieces."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slicing, "_SLICE", 400)
        patch.setattr(slicing, "_PIECE", 64)
        yield


def told(inhoud: Xlsx | Werkmap) -> list[tuple[Any, ...]]:
    """Gives the facts about the sheets, except their sizes."""
    return [(blad.volgnummer, blad.naam, blad.verborgen, blad.samengevoegd) for blad in inhoud.bladen]


def bare(rows: list[Cells]) -> list[list[tuple[type, Any]]]:
    """The cells with their types (1 and 1.0 and True are not the same), without what is empty at the end."""
    found = []
    for row in rows:
        cells = [(type(value), repr(value)) for value in row]
        while cells and cells[-1][1] == "''":
            cells.pop()
        found.append(cells)
    while found and not found[-1]:
        found.pop()
    return found


def check_alike(
    inhoud: bytes, *, sliced: bool | None = True, starts: tuple[int, ...] = (0, 1, 3)
) -> list[Blad]:
    """Both ways give the same; `sliced` says whether all of it must have been read in slices (None: either)."""
    whole, ours = Werkmap(inhoud, "xlsx", GRENZEN), Xlsx(inhoud, GRENZEN)
    assert told(ours) == told(whole)
    assert ours.epoch_1904 == whole.epoch_1904
    for mine, theirs in zip(ours.bladen, whole.bladen, strict=True):
        for start in starts:
            rows = list(ours.rijen(mine.volgnummer, start))
            assert bare(rows) == bare(list(whole.rijen(theirs.volgnummer, start)))
            assert all(len(row) >= mine.breedte for row in rows)
            assert len(rows) == max(mine.hoogte - start, 0)
        assert bare(list(mine.kop)) == bare(list(theirs.kop))[: len(mine.kop)]
    if sliced is not None:
        assert (ours._whole is None) == sliced
    return ours.bladen


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


# --- What programs write -----------------------------------------------------------------------------------

MARK = ' t="s"'
TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12).map(
    lambda text: "".join(letter for letter in text if letter >= " " or letter in "\n\t\r")
)
TRICKY = st.sampled_from(
    [
        "a & b",
        "<c r='A1'><v>1</v></c>",
        MARK,
        "</row>",
        "_x000D_",
        "_x0041_",
        "  spaties  ",
        "a\r\nb",
        "&amp;",
        "é€😀",
        "",
    ]
)
CELLS = st.one_of(
    st.none(),
    TEXTS,
    TRICKY,
    st.integers(-(10**9), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2100, 1, 1)),
    st.dates(dt.date(1901, 1, 1), dt.date(2100, 1, 1)),
    st.times(),
    st.just("=1+1"),
)


def _possible(cell: tuple[Any, str]) -> tuple[Any, str]:
    # At a duration of more than some thousands of years calamine gives up, whichever way it reads.
    value, _ = cell
    return cell if not isinstance(value, int | float) or abs(value) < 1e6 else (value, "General")


ROWS = st.lists(st.lists(st.tuples(CELLS, st.sampled_from(FORMATS)).map(_possible), max_size=6), max_size=40)


@settings(deadline=None, max_examples=examples(120), suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.booleans(), st.lists(st.integers(0, 30), max_size=3))
def test_whatever_stands_in_the_cells(rows: list[Any], write_only: bool, gaps: list[int]) -> None:
    workbook = Workbook(write_only=write_only)
    sheet: Any = workbook.create_sheet("Blad é") if write_only else workbook.active
    for number, row in enumerate(rows):
        if write_only:
            cells = []
            for value, form in row:
                cell = WriteOnlyCell(sheet, value=value)
                cell.number_format = form
                cells.append(cell)
            sheet.append(cells)
            continue
        place = 1 + number + sum(gap for gap in gaps if gap < number)
        for column, (value, form) in enumerate(row, start=1):
            cell = sheet.cell(place, column + len(gaps), value)
            if not isinstance(value, dt.date | dt.time):
                cell.number_format = form
    # A text that holds what marks a cell is rare enough to be read the other way.
    marked = any(value == MARK for row in rows for value, _ in row)
    check_alike(saved(workbook), sliced=None if marked else True)


def test_several_sheets_with_merged_and_rich_and_hidden_things() -> None:
    workbook = Workbook()
    first: Any = workbook.active
    first.title = "Eerste & beste"
    first["A1"] = "samen"
    first.merge_cells("A1:C2")
    first.merge_cells("D4:D9")
    first["B7"] = CellRichText("gewoon ", TextBlock(InlineFont(b=True), "vet"), " weer gewoon")
    first["C7"] = dt.datetime(2025, 12, 31, 13, 37, 0, 5000)
    workbook.create_sheet("Leeg")
    hidden: Any = workbook.create_sheet("Verborgen")
    hidden.sheet_state = "hidden"
    for number in range(60):
        hidden.append([f"naam {number % 7}", number, None, number / 3])
    workbook.create_chartsheet("Grafiek")
    last: Any = workbook.create_sheet("Ver weg")
    last["ZZ900"] = "hier"
    last["B12"] = True
    found = check_alike(saved(workbook), starts=(0, 11, 500, 899, 900))
    assert [(blad.naam, blad.hoogte, blad.breedte) for blad in found] == [
        ("Eerste & beste", 7, 3),
        ("Leeg", 0, 0),
        ("Verborgen", 60, 4),
        ("Ver weg", 900, 702),
    ]


def test_days_counted_from_1904() -> None:
    workbook = Workbook()
    workbook.epoch = dt.datetime(1904, 1, 1)
    sheet: Any = workbook.active
    for day in range(1, 28):
        sheet.append([dt.date(2025, 2, day), day])
    check_alike(saved(workbook))


def test_rows_and_cells_with_only_a_colour_make_no_sheet_larger() -> None:
    rows = '<row r="1"><c r="B1" s="0"/><c r="C1"><v>1</v></c><c r="XFD1" s="0"/></row>'
    rows += '<row r="2" spans="1:3" ht="12"/><row r="3"><c r="A3"><v>2</v></c></row>'
    rows += "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(4, 200))
    [blad] = check_alike(xlsx(rows + '<row r="1000000"/>'))
    assert (blad.hoogte, blad.breedte) == (3, 3)


def test_a_real_export_is_read_in_slices() -> None:
    files = sorted(SONAR_MAP.glob("*.xlsx")) if SONAR_MAP.exists() else []
    if not files:
        pytest.skip(f"{SONAR_MAP} is er niet")
    for file in files:
        check_alike(file.read_bytes())


# --- What no program writes, or hardly any -----------------------------------------------------------------


def cell(inner: str, kind: str = "", place: str = "A1") -> str:
    return f'<c r="{place}"{f" t={chr(34)}{kind}{chr(34)}" if kind else ""}>{inner}</c>'


def one(inner: str, kind: str = "") -> str:
    return f'<row r="1">{cell(inner, kind)}</row>'


SHARED = (
    f"<sst {MAIN}><si><t>nul</t></si><si/>"
    '<si><r><t>r</t></r><r><rPr><b/></rPr><t xml:space="preserve"> ijk</t></r></si>\n'
    "<si><t>fo</t><rPh sb='0' eb='1'><t>NEE</t></rPh></si><si><t></t></si>"
    "<si><t> a_x000D_\r\n&lt;/si&gt; </t></si></sst>"
)
SLICEABLE = {
    "a number": one("<v>12.50</v>"),
    "a number in words": one("<v>1E5</v>"),
    "no number": one("<v>abc</v>"),
    "nothing": one("<v></v>"),
    "a formula": one("<f>A2&amp;B2</f><v>uitkomst</v>", "str"),
    "a shared formula": one('<f t="shared" ref="A1:A9" si="0">1+1</f><v>2</v>'),
    "yes": one("<v>1</v>", "b"),
    "a known fault": one("<v>#N/A</v>", "e"),
    "a day in words": one("<v>2025-12-31T12:00:00</v>", "d"),
    "inline": one("<is><t>a&amp;b &#233; &#x1F600;</t></is>", "inlineStr"),
    "inline with spaces": one('<is><t xml:space="preserve">  a </t></is>', "inlineStr"),
    "inline and rich": one("<is><r><t>a</t></r><r><t>b</t></r></is>", "inlineStr"),
    "a text that looks like a mark": one('<is><t> t="x"&gt;&lt;v&gt;1&lt;/v&gt;</t></is>', "inlineStr"),
    "texts by number": "".join(
        f'<row r="{number + 1}">{cell(f"<v>{number % 6}</v>", "s", f"A{number + 1}")}'
        f"{cell(f'<v>{(number * 5) % 6}</v>', 's', f'C{number + 1}')}</row>\n"
        for number in range(30)
    ),
    "attributes in another order": '<row spans="1:2" r="1"><c s="0" t="s" r="A1"><v>0</v></c>'
    '<c t="s" s="0" r="B1"><v>2</v></c></row>',
    "cells out of order": '<row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row>',
    "a cell that ends with a space": '<row r="1"><c r="A1"><v>1</v></c ></row>',
    "no rows": "",
}
WHOLE = {
    "rows without a number": "<row><c><v>1</v></c></row><row><c><v>2</v></c></row>",
    "cells without a place": '<row r="1"><c><v>1</v></c><c><v>2</v></c></row>',
    "rows out of order": '<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
    "a comment with the end of a row": '<row r="1"><!-- </row> --><c r="A1"><v>1</v></c></row>',
    "the end of a row as it is": '<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[</row>]]></t></is></c></row>',
    "a text that is a mark": one('<is><t> t="s"</t></is>', "inlineStr"),
    "a mark in other quotes": one("<v>2</v>", "s").replace('"s"', "'s'"),
    "a mark with spaces": one("<v>2</v>", "s").replace('t="s"', 't = "s"'),
    "a text that is quoted": one('<is><t>&gt;de &quot;s" van</t></is>', "inlineStr").replace("&quot;", '"'),
    "a number of a text with spaces": one("<v> 2 </v>", "s"),
    "a cell of another row": one("<v>1</v>").replace('"A1"', '"A3"'),
    "a cell of another row in front": f'<row r="1">{cell("<v>1</v>", "", "B30")}{cell("<v>2</v>")}</row>'
    + "".join(f'<row r="{number}">{cell("<v>1</v>", "", f"A{number}")}</row>' for number in range(2, 40)),
    "a row without a number after an empty one": '<row r="1"/><row><c r="A2"><v>1</v></c></row>',
}


@pytest.mark.parametrize("what", SLICEABLE)
def test_what_can_be_cut(what: str) -> None:
    check_alike(xlsx(SLICEABLE[what], shared=SHARED))


@pytest.mark.parametrize("what", WHOLE)
def test_what_cannot_be_cut_with_certainty_is_read_as_a_whole(what: str) -> None:
    rows = WHOLE[what]
    before = "".join(
        f'<row r="{number}">{cell("<v>1</v>", "", f"A{number}")}</row>' for number in range(1, 40)
    )
    check_alike(xlsx(rows, shared=SHARED), sliced=False)
    if "r=" in rows and "out of order" not in what:
        # Also when that only shows halfway: what was given already is not given again.
        check_alike(
            xlsx(before + rows.replace('r="1"', 'r="40"').replace('"A1"', '"A40"'), shared=SHARED),
            sliced=False,
        )


def test_what_is_commented_out_in_front_of_the_rows_is_not_taken_for_them() -> None:
    usual = xlsx(one("<v>1</v>"))
    comment = "<!-- <sheetData><row r='1'><c r='A1'><v>2</v></c></row></sheetData> --><sheetData>"
    check_alike(changed(usual, sheet1=("<sheetData>", comment)), sliced=False)


def changed(inhoud: bytes, **changes: tuple[str, str]) -> bytes:
    """The same workbook with something else in a part, by the last piece of its name."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(inhoud)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for part, (this, that) in changes.items():
                if f"/{part}." in name:
                    assert this in text
                    text = text.replace(this, that)
            new.writestr(name, text)
    return file.getvalue()


def test_parts_in_another_place_are_found() -> None:
    workbook = Workbook()
    sheet: Any = workbook.active
    for number in range(30):
        sheet.append([f"tekst {number}", dt.date(2025, 1, 1)])
    usual = saved(workbook)
    check_alike(usual)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(usual)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("workbook.xml.rels"):
                text = text.replace(b"styles.xml", b"opmaak/s.xml").replace(
                    b"sharedStrings.xml", b"teksten.xml"
                )
                text = text.replace(b"worksheets/sheet1.xml", b"bladen/een.xml")
            name = name.replace("styles.xml", "opmaak/s.xml").replace("sharedStrings.xml", "teksten.xml")
            new.writestr(name.replace("worksheets/sheet1.xml", "bladen/een.xml"), text)
    check_alike(file.getvalue(), sliced=False)


@pytest.mark.parametrize("name", ["xl/Styles.xml", "xl\\styles.xml"])
def test_styles_under_a_name_that_only_calamine_takes_for_theirs_still_say_what_is_a_day(name: str) -> None:
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.append([dt.date(2025, 1, 1)])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(workbook))) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            new.writestr(part.replace("xl/styles.xml", name), old.read(part))
    check_alike(file.getvalue(), sliced=False)


@pytest.mark.parametrize("text", ['<si xml:space="preserve"/>', "<si><t>een</t></si >"])
def test_texts_of_which_the_ends_cannot_be_counted_keep_their_numbers(text: str) -> None:
    shared = SHARED.replace("<si/>", text).replace("</sst>", "<si><t>meer</t></si></sst>")
    check_alike(xlsx(SLICEABLE["texts by number"], shared=shared), sliced=False)


def test_a_sheet_in_a_place_of_its_own_is_still_cut() -> None:
    usual = xlsx(SLICEABLE["texts by number"], shared=SHARED)
    check_alike(changed(usual, **{"workbook.xml": ("worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml")}))


def test_names_with_a_prefix_are_read_as_a_whole() -> None:
    prefix = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    inhoud = changed(
        xlsx(one("<v>12</v>")),
        sheet1=(
            f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v>12</v></c></row></sheetData></worksheet>',
            f'<x:worksheet {prefix}><x:sheetData><x:row r="1"><x:c r="A1"><x:v>12</x:v></x:c></x:row></x:sheetData>'
            "</x:worksheet>",
        ),
    )
    check_alike(inhoud, sliced=False)


# --- Broken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        cell("<v>99</v>", "s", "A50"),
        '<c r="A50"><v>1</c>',
        "<c r=A50><v>1</v></c>",
    ],
    ids=["no such text", "not closed", "no quotes"],
)
def test_what_breaks_halfway_is_told_as_broken(broken: str) -> None:
    rows = "".join(f'<row r="{number}">{cell("<v>1</v>", "", f"A{number}")}</row>' for number in range(1, 50))
    inhoud = xlsx(f'{rows}<row r="50">{broken}</row>', shared=SHARED)
    with pytest.raises(Onleesbaar) as problem:
        list(open_file(inhoud).tabellen[0].rijen())
    assert "beschadigd" in problem.value.melding


@pytest.mark.parametrize("size", [0, 300, 900, 1200])
def test_half_a_sheet_is_told_as_broken(size: int) -> None:
    usual = xlsx(SLICEABLE["texts by number"], shared=SHARED)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(usual)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[:size] if "sheet1" in name else data)
    with pytest.raises(Onleesbaar) as problem:
        list(open_file(file.getvalue()).tabellen[0].rijen())
    assert "beschadigd" in problem.value.melding or "geen blad" in problem.value.melding
