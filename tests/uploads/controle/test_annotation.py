"""The clerk's own workbook back: what is coloured and said, that it comes in again, and that it does no harm."""

import datetime as dt
import io
import subprocess
import sys
import tempfile
import threading
import tracemalloc
import zipfile
from collections import Counter
from typing import Any

import openpyxl
import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName

from exchange.bron.models import Werkzoekende
from tests.examples import examples
from tests.factories import (
    SONAR_KOPPEN,
    een_client,
    een_gebruiker,
    een_gemeente,
    een_sonar_rij,
    een_werkblad,
    een_werkzoekende,
    enqueued,
)
from tests.places import ROOT
from um_portal.audit.models import Auditregel
from um_portal.formulas import can_be_formula, csv_text
from um_portal.jobs import MoetStoppen
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.workbooks.writer import GEWOON, Rijenstroom, to_bytes
from uploads import tasks
from uploads.controle import annotate_in_place, annotation, explanation, opmerkingen, plan
from uploads.controle.annotation import annotate
from uploads.controle.plan import KLEUREN, Leveringuitkomst, Reden
from uploads.gepubliceerd.publication import publish, request_publication
from uploads.leveringen.erasure import erase_expired, withdraw
from uploads.leveringen.intake import receive
from uploads.mapping.cells.text import tekst
from uploads.mapping.eigen import EIGEN_BLAD, KOP_LOT, KOP_REDEN
from uploads.mapping.model import Ernst, Opmerking, Rijopmerking
from uploads.models import Bevinding, Levering, Leveringstatus, Opmerkingenbestand
from uploads.omzetten import processing
from uploads.readers import Onleesbaar, open_file

ROOD, GRIJS, GEEL = (KLEUREN[ernst] for ernst in (Ernst.AFGEKEURD, Ernst.OVERGESLAGEN, Ernst.WAARSCHUWING))
AANVAL = "=cmd|'/c calc'!A0"


def converted(gemeente: Gemeente, inhoud: bytes, naam: str = "export november.xlsx") -> Levering:
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam=naam).pk
    tasks.convert(pk, gemeente.pk)
    return reload(gemeente, pk)


def reload(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def download(client: Client, levering: Levering) -> bytes:
    response = client.get(reverse("uploads:opmerkingen_bestand", args=[levering.pk]))
    assert response.status_code == 200
    return response.content


def opened(inhoud: bytes) -> Any:
    """The workbook; Any, because its cells may hold whatever there is."""
    return openpyxl.load_workbook(io.BytesIO(inhoud))


def the_sheet(inhoud: bytes) -> Any:
    """The sheet with the data: the one behind the explanation."""
    workbook = opened(inhoud)
    assert workbook.worksheets[0].title == "Opmerkingen"
    return workbook.worksheets[1]


def headers(sheet: Any, rij: int = 1) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[rij] if cell.value}


def colour(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)[2:] if cell.fill.fill_type == "solid" else ""


def fates(sheet: Any, kopregel: int = 1) -> Counter[str]:
    column = headers(sheet, kopregel)[KOP_LOT]
    return Counter(
        str(sheet.cell(row, column).value)
        for row in range(kopregel + 1, sheet.max_row + 1)
        if sheet.cell(row, column).value
    )


def een_opmerking(rij: int, kolom: str, ernst: Ernst, melding: str) -> Rijopmerking:
    return Rijopmerking(rij, kolom, Opmerking(ernst, "code", melding))


def een_uitkomst(**changes: Any) -> Leveringuitkomst:
    values: dict[str, Any] = {"bestandsnaam": "x.csv", "blad": "", "kopregel": 1, "gelezen": 1, "omgezet": 0,
              "overgeslagen": 0, "afgekeurd": 1, "redenen": ()}  # fmt: skip
    return Leveringuitkomst(**(values | changes))


RIJEN = [
    een_sonar_rij(),
    een_sonar_rij(Toestemming="Nee"),
    None,
    een_sonar_rij(Postcode="12345"),
    een_sonar_rij(Vervoer="step"),
    een_sonar_rij(Postcode=None),
]


def as_csv(rijen: list[dict[str, Any] | None]) -> bytes:
    lines = [";".join(SONAR_KOPPEN)]
    lines += [";".join(str((rij or {}).get(kop) or "") for kop in SONAR_KOPPEN) for rij in rijen]
    return "\r\n".join(lines).encode("cp1252")


# --- What is said where ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("inhoud", "naam"),
    [(een_werkblad(RIJEN), "export.xlsx"), (as_csv(RIJEN), "export.csv")],
    ids=["xlsx", "csv"],
)
def test_it_works(client, gemeente, inhoud, naam):
    levering = converted(gemeente, inhoud, naam)
    assert (levering.omgezet, levering.overgeslagen, levering.afgekeurd) == (2, 1, 2)
    assert (
        "Bestand met opmerkingen downloaden"
        in client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    )
    sheet = the_sheet(download(client, levering))
    where = headers(sheet)
    assert fates(sheet) == {"Gaat mee": 2, "Overgeslagen": 1, "Afgekeurd": 2}
    # Each cell that something is said of, with its colour and the reason.
    for rij, kop, kleur, woord in [
        (3, "Toestemming", GRIJS, "toestemming"),
        (5, "Postcode", ROOD, "postcode"),
        (6, "Vervoer", GEEL, "lijst"),
        (7, "Postcode", ROOD, "postcode"),
    ]:
        cell = sheet.cell(rij, where[kop])
        assert colour(cell) == kleur
        assert woord in cell.comment.text.lower()
        assert woord in sheet.cell(rij, where[KOP_REDEN]).value.lower()
    # And nothing of what is fine.
    assert colour(sheet.cell(2, where["Postcode"])) == ""
    assert sheet.cell(2, where[KOP_REDEN]).value is None
    assert sheet.cell(4, where[KOP_LOT]).value is None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.endswith("7")


@pytest.mark.django_db
def test_the_first_sheet_says_what_was_found_and_what_to_do(client, gemeente):
    levering = converted(gemeente, een_werkblad(RIJEN))
    workbook = opened(download(client, levering))
    texts = [str(value) for row in workbook.worksheets[0].values for value in row if value is not None]
    assert texts[0] == EIGEN_BLAD
    assert "5 rijen gelezen = 2 gaan mee + 1 overgeslagen + 2 afgekeurd" in texts
    assert any("persoonsgegevens" in text for text in texts)
    assert {"Postcode", "Toestemming", "Vervoer"} <= set(texts)


@pytest.mark.django_db
def test_rows_below_titles_and_columns_that_begin_later_are_found(client, gemeente):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["C2"] = "Export van het dashboard"
    rij = een_sonar_rij(Postcode="12345")
    for column, kop in enumerate(SONAR_KOPPEN, start=3):
        sheet.cell(4, column, kop)
        sheet.cell(6, column, rij.get(kop))
    file = io.BytesIO()
    workbook.save(file)
    for limit in (100_000, 0):
        levering = converted(gemeente, file.getvalue())
        ingredients = opmerkingen._ingredients(gemeente, levering.pk)
        out = the_sheet(annotate(*ingredients, in_place=limit))
        where = headers(out, 4)
        assert colour(out.cell(6, where["Postcode"])) == ROOD
        assert out.cell(6, where["Postcode"]).value == "12345"
        assert fates(out, 4) == {"Afgekeurd": 1}


@pytest.mark.django_db
def test_of_two_columns_with_one_name_the_right_one_is_coloured(client, gemeente):
    inhoud = (
        b"idVacature;naamVacature;postcode;sluitingsdatumVacature;postcode\nV1;Bakker;3511AB;32-1-2030;9999\n"
    )
    levering = converted(gemeente, inhoud, "v.csv")
    sheet = the_sheet(download(client, levering))
    assert [colour(cell) for cell in sheet[2]][:5] == ["", "", "", GEEL, ""]


@pytest.mark.django_db
def test_a_finding_without_a_column_is_told_behind_its_row():
    out = annotate(
        b"a;b\n1;2\n", een_uitkomst(), [een_opmerking(2, "", Ernst.AFGEKEURD, "Dit klopt niet. Pas het aan.")]
    )
    sheet = the_sheet(out)
    where = headers(sheet)
    assert sheet.cell(2, where[KOP_REDEN]).value == "Dit klopt niet. Pas het aan."
    assert colour(sheet.cell(2, where[KOP_LOT])) == ROOD


@pytest.mark.django_db
def test_a_file_without_headers_gets_the_fates_too():
    out = annotate(
        b"1;2\n3;4\n",
        een_uitkomst(kopregel=0),
        [
            een_opmerking(1, "kolom B", Ernst.AFGEKEURD, "Fout."),
            een_opmerking(2, "kolom A", Ernst.WAARSCHUWING, "Let op."),
        ],
    )
    sheet = the_sheet(out)
    assert [cell.value for cell in sheet[1]] == ["1", "2", "Afgekeurd", "kolom B: Fout."]
    assert colour(sheet["B1"]) == ROOD
    assert colour(sheet["A2"]) == GEEL


@pytest.mark.django_db
def test_that_warnings_were_left_out_is_told(client, gemeente, monkeypatch):
    monkeypatch.setattr(processing, "_MAX_WARNINGS_PER_REASON", 2)
    levering = converted(gemeente, een_werkblad([een_sonar_rij(Vervoer="step") for _ in range(5)]))
    workbook = opened(download(client, levering))
    text = "\n".join(str(value) for row in workbook.worksheets[0].values for value in row if value)
    assert "komt 5 keer voor. Alleen de eerste 2 keer" in text
    where = headers(workbook.worksheets[1])
    assert [colour(workbook.worksheets[1].cell(row, where["Vervoer"])) for row in range(2, 7)] == [
        GEEL, GEEL, "", "", "",
    ]  # fmt: skip
    page = client.get(reverse("uploads:levering", args=[levering.pk]), {"code": "vervoer_anders"})
    assert "3 staan er niet bij" in page.content.decode()


@pytest.mark.django_db
def test_beyond_so_many_comments_the_reason_is_in_the_last_column_only(monkeypatch):
    for module in (plan, explanation):
        monkeypatch.setattr(module, "MAX_COMMENTS", 2)
    said = [een_opmerking(rij, "a", Ernst.AFGEKEURD, "Fout.") for rij in range(2, 7)]
    reden = Reden("a", Ernst.AFGEKEURD, "Fout.", 5, 5)
    out = annotate(b"a;b\n" + b"1;2\n" * 5, een_uitkomst(redenen=[reden]), said)
    sheet = the_sheet(out)
    assert [bool(sheet.cell(row, 1).comment) for row in range(2, 7)] == [True, True, False, False, False]
    assert {colour(sheet.cell(row, 1)) for row in range(2, 7)} == {ROOD}
    first = opened(out).worksheets[0]
    assert any("ten hoogste 2 cellen" in str(value) for row in first.values for value in row)


# --- It comes in again -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("naam", ["export.xlsx", "export.csv"])
def test_what_comes_back_unchanged_gives_the_same_outcome(client, gemeente, naam):
    first = converted(gemeente, een_werkblad(RIJEN) if naam.endswith("xlsx") else as_csv(RIJEN), naam)
    again = converted(gemeente, download(client, first), naam)
    same = ("soort", "koppeling", "gelezen", "omgezet", "overgeslagen", "afgekeurd", "lege_rijen", "redenen",
            "kolommen_gebruikt", "kolommen_ongebruikt", "vulling", "kopregel")  # fmt: skip
    assert {name: getattr(again, name) for name in same} == {name: getattr(first, name) for name in same}


@pytest.mark.django_db
@pytest.mark.parametrize("naam", ["export.xlsx", "export.csv"])
def test_annotate_correct_deliver_again_and_all_of_it_is_published(client, gemeente, naam):
    first = converted(gemeente, een_werkblad(RIJEN) if naam.endswith("xlsx") else as_csv(RIJEN), naam)
    workbook = opened(download(client, first))
    sheet = workbook.worksheets[1]
    where = headers(sheet)
    # Correct exactly what is coloured, and nothing else.
    good = {"Toestemming": "Ja", "Postcode": "3511AB", "Vervoer": "auto"}
    for row in sheet.iter_rows(min_row=2, max_col=len(SONAR_KOPPEN)):
        for cell in row:
            if colour(cell):
                cell.value = good[sheet.cell(1, cell.column).value]
    file = io.BytesIO()
    workbook.save(file)
    again = converted(gemeente, file.getvalue(), naam)
    assert (again.gelezen, again.omgezet, again.redenen) == (5, 5, [])
    # What is fine now is not coloured any more, and there are no more columns than before.
    clean = the_sheet(download(client, again))
    assert headers(clean) == where
    assert fates(clean) == {"Gaat mee": 5}
    assert {colour(cell) for row in clean.iter_rows(min_row=2) for cell in row} == {""}
    assert not any(cell.comment for row in clean.iter_rows() for cell in row)
    request_publication(gemeente, again.pk, None)
    publish(gemeente, again.pk)
    with voor_gemeente(gemeente):
        assert Werkzoekende.objects.count() == 5


@pytest.mark.django_db
def test_a_row_that_was_emptied_does_not_count_though_our_columns_still_say_something(client, gemeente):
    levering = converted(gemeente, een_werkblad([een_sonar_rij(), een_sonar_rij(Postcode="x")]))
    workbook = opened(download(client, levering))
    for cell in workbook.worksheets[1][3][: len(SONAR_KOPPEN)]:
        cell.value = None
    file = io.BytesIO()
    workbook.save(file)
    again = converted(gemeente, file.getvalue())
    assert (again.gelezen, again.omgezet, again.lege_rijen) == (1, 1, 1)


# --- The clerk's own looks -----------------------------------------------------------------------------------


def _own_workbook() -> bytes:
    workbook = opened(een_werkblad([een_sonar_rij(), een_sonar_rij(Postcode="x")]))
    sheet = workbook.worksheets[0]
    sheet.title = "Mijn gegevens"
    sheet.column_dimensions["B"].width = 33
    sheet["A2"] = dt.date(2025, 3, 1)
    sheet["A2"].number_format = "d mmm yyyy"
    sheet["E2"].fill = PatternFill("solid", fgColor="00FF00")
    sheet["T3"].comment = Comment("Nakijken bij de balie", "Ada")
    sheet.freeze_panes = "C2"
    workbook.create_sheet("Notities")["A1"] = "Van mij"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


@pytest.mark.django_db
def test_a_small_workbook_keeps_its_looks_and_its_other_sheets(client, gemeente):
    levering = converted(gemeente, _own_workbook())
    workbook = opened(download(client, levering))
    assert workbook.sheetnames == ["Opmerkingen", "Mijn gegevens", "Notities"]
    sheet = workbook["Mijn gegevens"]
    assert sheet.column_dimensions["B"].width == 33
    assert sheet["A2"].number_format == "d mmm yyyy"
    assert colour(sheet["E2"]) == "00FF00"
    assert sheet.freeze_panes == "C2"
    assert sheet["T3"].comment.text.startswith("Nakijken bij de balie")
    assert "postcode" in sheet["T3"].comment.text
    # The next time our words go and the clerk's stay.
    sheet["T3"] = "3511AB"
    file = io.BytesIO()
    workbook.save(file)
    clean = opened(download(client, converted(gemeente, file.getvalue())))
    assert clean.sheetnames == ["Opmerkingen", "Mijn gegevens", "Notities"]
    assert clean["Mijn gegevens"]["T3"].comment.text == "Nakijken bij de balie"
    assert colour(clean["Mijn gegevens"]["T3"]) == ""
    assert colour(clean["Mijn gegevens"]["E2"]) == "00FF00"


@pytest.mark.django_db
def test_a_workbook_that_is_written_anew_keeps_its_values(gemeente):
    levering = converted(gemeente, _own_workbook())
    sheet = the_sheet(annotate(*opmerkingen._ingredients(gemeente, levering.pk), in_place=0))
    assert sheet.title == "Mijn gegevens"
    assert sheet["A2"].value == dt.datetime(2025, 3, 1)
    assert sheet["E2"].value == 32
    assert sheet["D2"].value.startswith("S")


def test_leading_zeros_dates_and_numbers_survive_a_csv():
    out = annotate(b"id;datum;getal\n007;31-12-2025;1.234,5\n", een_uitkomst(), [])
    sheet = the_sheet(out)
    assert [cell.value for cell in sheet[2]][:3] == ["007", "31-12-2025", "1.234,5"]
    assert {cell.number_format for cell in sheet[2][:3]} == {"@"}


def test_what_openpyxl_cannot_load_is_written_anew(monkeypatch):
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise KeyError("styles")

    monkeypatch.setattr(annotate_in_place, "load_workbook", broken)
    inhoud = een_werkblad([een_sonar_rij()])
    sheet = the_sheet(annotate(inhoud, een_uitkomst(blad="Sheet"), []))
    assert headers(sheet)[KOP_LOT] == len(SONAR_KOPPEN) + 1


def test_a_worker_that_has_to_stop_does_not_begin_anew_in_another_way(monkeypatch):
    def stop(rij: int) -> None:
        raise MoetStoppen

    monkeypatch.setattr(annotate_in_place, "logger", None)  # falling back would say so
    inhoud = een_werkblad([een_sonar_rij()] * plan.ROWS_PER_STEP)
    with pytest.raises(MoetStoppen):
        annotate(inhoud, een_uitkomst(blad="Sheet"), [], in_place=100_000, volg=stop)


# --- It does no harm ----------------------------------------------------------------------------------------


def _parts(inhoud: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _has_formula(inhoud: bytes) -> bool:
    return any(
        b"<f>" in part or b"<f " in part
        for name, part in _parts(inhoud).items()
        if name.startswith("xl/worksheets/")
    )


def _dangerous(**cells: Any) -> bytes:
    """A Sonar export in which somebody put more than data."""
    workbook = opened(een_werkblad([een_sonar_rij(), een_sonar_rij(Postcode="x")]))
    sheet = workbook.worksheets[0]
    sheet["O2"] = AANVAL
    assert sheet["O2"].data_type == "f"
    sheet["P2"] = "x"
    sheet["P2"]._value, sheet["P2"].data_type = AANVAL, "s"
    sheet["V2"].hyperlink = "file:///c:/windows/system32/calc.exe"
    sheet["V2"].value = "klik"
    sheet["W2"].hyperlink = "https://voorbeeld.example/"
    other = workbook.create_sheet("Ander")
    other["A1"] = '=HYPERLINK("http://kwaad.example","hier")'
    workbook.defined_names["Kwaad"] = DefinedName("Kwaad", attr_text="cmd|'/c calc'!A0")
    workbook.defined_names["Goed"] = DefinedName("Goed", attr_text="Sheet!$A$1:$A$2")
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [100_000, 0], ids=["in place", "anew"])
def test_formulas_and_what_looks_like_them_are_neutralised(gemeente, limit):
    levering = converted(gemeente, _dangerous())
    out = annotate(*opmerkingen._ingredients(gemeente, levering.pk), in_place=limit)
    assert not _has_formula(out)
    sheet = the_sheet(out)
    cell = sheet["P2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (AANVAL, "s", True)
    assert sheet["O2"].value in (None, "")
    assert not any("calc.exe" in part.decode("latin-1") for part in _parts(out).values())
    assert b"/c calc'!A0</definedName>" not in _parts(out)["xl/workbook.xml"]


@pytest.mark.django_db
def test_harmless_links_and_names_stay(gemeente):
    levering = converted(gemeente, _dangerous())
    out = annotate(*opmerkingen._ingredients(gemeente, levering.pk))
    workbook = opened(out)
    assert workbook["Sheet"]["W2"].hyperlink.target == "https://voorbeeld.example/"
    assert workbook["Sheet"]["V2"].value == "klik"
    assert list(workbook.defined_names) == ["Goed"]


@pytest.mark.django_db
def test_formulas_in_a_csv_its_headers_and_its_name_are_neutralised(client, gemeente):
    rij = een_sonar_rij(Postcode="x", **{"Volledige Naam": AANVAL})
    inhoud = as_csv([rij]).replace(b"Geslacht", b'"=1+1"')
    levering = converted(gemeente, inhoud, "=cmd.csv")
    out = download(client, levering)
    assert not _has_formula(out)
    sheet = the_sheet(out)
    assert sheet.cell(2, headers(sheet)["Volledige Naam"]).value == AANVAL
    assert sheet.cell(2, headers(sheet)["Volledige Naam"]).quotePrefix
    assert sheet.cell(1, headers(sheet)["=1+1"]).quotePrefix


@pytest.mark.django_db
def test_macros_and_links_to_other_files_are_left_out(gemeente):
    file = io.BytesIO(een_werkblad([een_sonar_rij()]))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0macro")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
        archive.writestr("customUI/customUI.xml", b"<customUI/>")
    levering = converted(gemeente, file.getvalue())
    assert levering.status == Leveringstatus.OMGEZET
    names = "\n".join(_parts(annotate(*opmerkingen._ingredients(gemeente, levering.pk))))
    assert "vba" not in names
    assert "external" not in names
    assert "customUI" not in names


_VREEMDE_DATUM = """
import io, os
os.environ["DJANGO_SETTINGS_MODULE"] = "um_portal.embedded.mypy_settings"
import django
django.setup()
import openpyxl
from uploads.controle.annotation import annotate
from uploads.controle.plan import Leveringuitkomst
workbook = openpyxl.Workbook()
for row in (["a", "b"], ["x", 612345678]):
    workbook.worksheets[0].append(row)
workbook.worksheets[0]["B2"].number_format = "dd-mm-yyyy"
file = io.BytesIO()
workbook.save(file)
out = annotate(file.getvalue(), Leveringuitkomst("x.xlsx", "Sheet", 1, 1, 1, 0, 0), [])
print(openpyxl.load_workbook(io.BytesIO(out))["Sheet"]["B2"].value)
"""


def test_a_number_that_cannot_be_the_date_it_is_shown_as_stays_and_is_in_no_log():
    done = subprocess.run(
        [sys.executable, "-c", _VREEMDE_DATUM], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == ["612345678"]
    assert "612345678" not in done.stderr


def test_xml_that_defines_its_own_entities_is_not_loaded_a_second_time():
    inhoud = een_werkblad([een_sonar_rij()])
    assert annotation._fits(inhoud, 100_000)
    parts = _parts(inhoud)
    for name in parts:
        for text in (b"<!DOCTYPE x [<!ENTITY a 'a'>]>", "<!DOCTYPE x []>".encode("utf-16")):
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w") as archive:
                for other, content in parts.items():
                    archive.writestr(other, text + content if other == name else content)
            assert not annotation._fits(file.getvalue(), 100_000)


def test_nothing_is_written_to_disk_on_the_way(monkeypatch):
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a temporary file")

    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    inhoud = een_werkblad([een_sonar_rij(Postcode="x")])
    said = [een_opmerking(2, "Postcode", Ernst.AFGEKEURD, "Fout.")]
    monkeypatch.setattr(annotate_in_place, "logger", None)  # falling back would say so
    for limit in (100_000, 0):
        assert annotate(inhoud, een_uitkomst(blad="Sheet"), said, in_place=limit)


@pytest.mark.parametrize("text", [AANVAL, "+31612345678", "-", "@SUM(1)", "\tx", "\rx", " =1", "＝1", "=1"])
def test_what_can_be_a_formula_gets_an_apostrophe_in_a_csv(text):
    assert csv_text(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Jan", "1+1", "a@b.nl", "", None, -5, 3.5, True, "2025-01-01"])
def test_what_cannot_is_left_alone(value):
    assert csv_text(value) == value


_VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from([AANVAL, "_x0041_", "a\r\nb", "\x00\x01", "\ud800", "￾", "#N/A", "x" * 40_000, "<&>\"'"]),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(dt.timedelta(0), dt.timedelta(days=2000)),
)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.lists(_VALUES, min_size=1, max_size=4), min_size=1, max_size=4))
def test_whatever_is_in_a_cell_the_sheet_can_be_opened_and_holds_no_formula(rijen):
    workbook = openpyxl.Workbook()
    stroom = Rijenstroom(workbook.worksheets[0], 5, laatste_rij=len(rijen))
    stroom.rijen = [(nummer, ["kop", *rij], {1: GEWOON}) for nummer, rij in enumerate(rijen, start=1)]
    out = to_bytes(workbook, [stroom])
    assert not _has_formula(out)
    read = {rij.nummer: rij.waarden for rij in open_file(out).tabellen[0].rijen()}
    for nummer, rij in enumerate(rijen, start=1):
        for index, value in enumerate(rij, start=1):
            if isinstance(value, str) and len(value) < 32_000 and tekst(value):
                assert tekst(read[nummer][index]) == tekst(value.replace("\ud800", " ").replace("￾", " "))


@settings(max_examples=examples(100), deadline=None)
@given(st.text(max_size=30))
def test_a_text_that_a_program_may_compute_is_marked_as_text(text):
    workbook = openpyxl.Workbook()
    stroom = Rijenstroom(workbook.worksheets[0], 1, laatste_rij=1)
    stroom.rijen = [(1, [text], {})]
    cell = opened(to_bytes(workbook, [stroom])).worksheets[0]["A1"]
    assert cell.data_type != "f"
    if cell.value and can_be_formula(str(cell.value)):
        assert cell.quotePrefix


# --- The download --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_download_is_not_kept_anywhere_and_is_told_in_the_log(client, gemeente):
    levering = converted(gemeente, een_werkblad(RIJEN), "Sonar 2025-11.xlsx")
    response = client.get(reverse("uploads:opmerkingen_bestand", args=[levering.pk]))
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"] == 'attachment; filename="Sonar 2025-11-met-opmerkingen.xlsx"'
    assert response["X-Content-Type-Options"] == "nosniff"
    with voor_gemeente(gemeente):
        assert Auditregel.objects.filter(handeling="opmerkingen_gedownload").count() == 1
        assert not Opmerkingenbestand.objects.exists()


@pytest.mark.parametrize(
    ("naam", "verwacht"),
    [
        ("x.csv", "x-met-opmerkingen.xlsx"),
        ("x", "x-met-opmerkingen.xlsx"),
        ("x-met-opmerkingen.xlsx", "x-met-opmerkingen.xlsx"),
        (".xlsx", "bestand-met-opmerkingen.xlsx"),
    ],
)
def test_the_name_is_that_of_the_file(naam, verwacht):
    assert opmerkingen.file_name(Levering(bestandsnaam=naam)) == verwacht


@pytest.mark.django_db
@pytest.mark.parametrize("naam", ["opmerkingen", "opmerkingen_bestand", "opmerkingen_voortgang"])
def test_nobody_else_gets_it(gemeente, naam):
    levering = converted(gemeente, een_werkblad(RIJEN))
    url = reverse(f"uploads:{naam}", args=[levering.pk])
    vreemde = een_client(een_gebruiker(een_gemeente(), Rol.GEGEVENSBEHEERDER))
    assert vreemde.get(url).status_code == 404
    assert een_client(een_gebruiker(gemeente, Rol.JOBCOACH)).get(url).status_code == 403
    assert een_client(een_gebruiker(supportrol="beslissend")).get(url).status_code == 403
    assert Client().get(url).status_code == 302


@pytest.mark.django_db
def test_records_in_json_have_no_workbook(client, gemeente):
    levering = converted(
        gemeente, f"[{een_werkzoekende(mobiliteit={})}]".replace("'", '"').encode(), "x.json"
    )
    assert levering.afgekeurd == 1
    assert (
        "Bestand met opmerkingen"
        not in client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    )
    response = client.get(reverse("uploads:opmerkingen_bestand", args=[levering.pk]), follow=True)
    assert "is gewist" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("naam", ["opmerkingen", "opmerkingen_bestand"])
def test_once_the_file_is_erased_that_is_told(client, gemeente, naam):
    levering = converted(gemeente, een_werkblad(RIJEN))
    withdraw(gemeente, levering.pk, None)
    response = client.get(reverse(f"uploads:{naam}", args=[levering.pk]), follow=True)
    assert "is gewist" in response.content.decode()


# --- A large one ----------------------------------------------------------------------------------------------


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is too large to be made while somebody waits."""
    monkeypatch.setattr(opmerkingen, "_DIRECT_CELLS", 0)


def kept(gemeente: Gemeente) -> Opmerkingenbestand | None:
    with voor_gemeente(gemeente):
        return Opmerkingenbestand.objects.first()


@pytest.mark.django_db
@pytest.mark.usefixtures("_large")
def test_a_large_one_is_made_by_a_worker_and_fetched_after_that(
    client, gemeente, django_capture_on_commit_callbacks
):
    levering = converted(gemeente, een_werkblad(RIJEN))
    page, file = (
        reverse(f"uploads:{naam}", args=[levering.pk]) for naam in ("opmerkingen", "opmerkingen_bestand")
    )
    assert page in client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert client.get(file).url == page  # not there yet
    assert "Bestand maken" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks() as callbacks:
        client.post(page)
        client.post(page)  # once more does no harm
    assert enqueued(callbacks) == 1
    assert 'hx-trigger="every 1s"' in client.get(page).content.decode()
    progress = reverse("uploads:opmerkingen_voortgang", args=[levering.pk])
    assert "HX-Refresh" not in client.get(progress)
    tasks.annotate(levering.pk, gemeente.pk)
    assert client.get(progress)["HX-Refresh"] == "true"
    assert "Het bestand is klaar" in client.get(page).content.decode()
    response = client.get(file)
    assert "no-store" in response["Cache-Control"]
    assert fates(the_sheet(response.content)) == {"Gaat mee": 2, "Overgeslagen": 1, "Afgekeurd": 2}


@pytest.mark.django_db
def test_what_is_kept_is_encrypted_and_goes_with_the_file(gemeente):
    levering = converted(gemeente, een_werkblad(RIJEN))
    opmerkingen.request(gemeente, levering)
    opmerkingen.make(gemeente, levering.pk)
    row = kept(gemeente)
    assert row is not None
    assert row.inhoud is not None
    assert b"PK\x03\x04" not in bytes(row.inhoud)
    assert row.lease_tot is None
    withdraw(gemeente, levering.pk, None)
    assert kept(gemeente) is None


@pytest.mark.django_db
def test_it_is_erased_when_published_when_converted_anew_and_after_an_hour(gemeente):
    levering = converted(gemeente, een_werkblad(RIJEN))

    def make() -> None:
        opmerkingen.request(gemeente, levering)
        opmerkingen.make(gemeente, levering.pk)
        assert kept(gemeente) is not None

    make()
    with voor_gemeente(gemeente):
        Levering.objects.update(status=Leveringstatus.ONTVANGEN)
    tasks.convert(levering.pk, gemeente.pk)
    assert kept(gemeente) is None
    make()
    with voor_gemeente(gemeente):
        Opmerkingenbestand.objects.update(gewijzigd_op=timezone.now() - dt.timedelta(minutes=61))
    erase_expired(gemeente)
    assert kept(gemeente) is None
    make()
    request_publication(gemeente, levering.pk, None)
    publish(gemeente, levering.pk)
    assert kept(gemeente) is None


@pytest.mark.django_db
@pytest.mark.parametrize("problem", [plan.NietTeAnnoteren(), Onleesbaar("Dit bestand is niet te lezen.")])
def test_a_worker_that_ends_after_the_levering_was_withdrawn_has_nothing_to_say(
    gemeente, monkeypatch, problem
):
    levering = converted(gemeente, een_werkblad(RIJEN))

    def withdrawn_meanwhile(*args: Any, **options: Any) -> bytes:
        withdraw(gemeente, levering.pk, None)
        raise problem

    monkeypatch.setattr(opmerkingen, "annotate", withdrawn_meanwhile)
    opmerkingen.request(gemeente, levering)
    opmerkingen.make(gemeente, levering.pk)
    assert kept(gemeente) is None


@pytest.mark.django_db
def test_a_killed_worker_is_followed_up_and_given_up_in_the_end(gemeente, django_capture_on_commit_callbacks):
    levering = converted(gemeente, een_werkblad(RIJEN))
    opmerkingen.request(gemeente, levering)
    long_ago = timezone.now() - dt.timedelta(minutes=10)
    for _ in range(10):
        with voor_gemeente(gemeente):
            # As a worker leaves it that was killed in the middle.
            Opmerkingenbestand.objects.update(lease_tot=long_ago, pogingen=1, gewijzigd_op=long_ago)
        with django_capture_on_commit_callbacks() as callbacks:
            tasks.resume(gemeente)
        assert enqueued(callbacks) == 1
    with voor_gemeente(gemeente):
        Opmerkingenbestand.objects.update(lease_tot=long_ago, pogingen=9)
    tasks.annotate(levering.pk, gemeente.pk)
    row = kept(gemeente)
    assert row is not None
    assert "onderbroken" in row.melding
    # Somebody may ask again.
    assert opmerkingen.request(gemeente, levering)
    tasks.annotate(levering.pk, gemeente.pk)
    row = kept(gemeente)
    assert row is not None
    assert row.inhoud is not None


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_writes_nothing(gemeente, monkeypatch):
    levering = converted(gemeente, een_werkblad(RIJEN))
    opmerkingen.request(gemeente, levering)
    real = annotate

    def slow(*args: Any, **kwargs: Any) -> bytes:
        with voor_gemeente(gemeente):
            Opmerkingenbestand.objects.update(lease_tot=timezone.now() + dt.timedelta(minutes=5))
        return real(*args, **kwargs)

    monkeypatch.setattr(opmerkingen, "annotate", slow)
    opmerkingen.make(gemeente, levering.pk)
    row = kept(gemeente)
    assert row is not None
    assert row.inhoud is None


@pytest.mark.django_db
def test_what_is_too_large_for_anybody_is_told(client, gemeente, monkeypatch):
    levering = converted(gemeente, een_werkblad(RIJEN))
    monkeypatch.setattr(annotation, "MAX_CELLS", 10)
    response = client.get(reverse("uploads:opmerkingen_bestand", args=[levering.pk]), follow=True)
    assert "te groot" in response.content.decode()
    opmerkingen.request(gemeente, levering)
    opmerkingen.make(gemeente, levering.pk)
    assert "te groot" in client.get(reverse("uploads:opmerkingen", args=[levering.pk])).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_ask_at_once_one_gets_it_queued():
    gemeente = een_gemeente()
    levering = converted(gemeente, een_werkblad(RIJEN))
    barrier = threading.Barrier(4)
    answers: list[bool] = []

    def ask() -> None:
        barrier.wait()
        answers.append(opmerkingen.request(gemeente, levering))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, False, False, True]


@pytest.mark.django_db
def test_the_fates_are_those_of_the_conversion(client, gemeente):
    rijen = [
        een_sonar_rij(
            Toestemming=("Ja", "Nee")[n % 2],
            Postcode=("3511AB", "x", None)[n % 3],
            Vervoer=("auto", "step")[n % 5 == 0],
        )
        for n in range(60)
    ]
    levering = converted(gemeente, een_werkblad(rijen))
    assert fates(the_sheet(download(client, levering))) == {
        "Gaat mee": levering.omgezet,
        "Overgeslagen": levering.overgeslagen,
        "Afgekeurd": levering.afgekeurd,
    }
    with voor_gemeente(gemeente):
        assert Bevinding.objects.count() == sum(reden["aantal"] for reden in levering.redenen)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_hundred_thousand_rows_take_bounded_memory():
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].title = "Sheet"
    stroom = Rijenstroom(workbook.worksheets[0], len(SONAR_KOPPEN), laatste_rij=100_001)
    stroom.rijen = (
        (n, SONAR_KOPPEN if n == 1 else [f"waarde {n} {k}" for k in range(len(SONAR_KOPPEN))], {})
        for n in range(1, 100_002)
    )
    inhoud = to_bytes(workbook, [stroom])
    said = (een_opmerking(n, "Postcode", Ernst.AFGEKEURD, "Fout.") for n in range(2, 100_002, 2))
    tracemalloc.start()
    out = annotate(inhoud, een_uitkomst(blad="Sheet"), said)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(out) > 1_000_000
    assert peak < 200_000_000
