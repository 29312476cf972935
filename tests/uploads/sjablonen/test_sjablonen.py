"""The Excel templates: every column is recognised, every choice is read, the example never goes along."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from exchange.bron.answer import find_detail
from exchange.standard import Gegevenstype, Soort, validate, velden
from exchange.waardelijsten import models as waardelijsten
from tests.factories import een_client, een_gebruiker
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.gepubliceerd.publication import publish, request_publication
from uploads.leveringen.intake import receive
from uploads.mapping.eigen import VOORBEELD_ID, is_eigen_blad
from uploads.mapping.presets.standaard import target_of
from uploads.models import Bevinding, Levering, Leveringstatus
from uploads.sjablonen import columns
from uploads.sjablonen.columns import (
    SOORTEN,
    VANZELF,
    Lijstopties,
    Sjabloonkolom,
    example_of,
    kolommen,
    lists,
    options_of,
    remaining,
)
from uploads.sjablonen.workbook import make

BEROEPEN = [
    ("urn:test:bakker", "Bakker"),
    ("urn:test:kok", "Kok"),
    ("urn:test:kok2", "kok"),
    ("urn:test:z", "Zaagster"),
]


@pytest.fixture
def _geladen() -> None:
    waardelijsten.replace("beroepen", BEROEPEN)
    waardelijsten.replace("competenties", [("urn:test:samen", "Samenwerken")])
    waardelijsten.replace("talen", [("nld", "Nederlands"), ("eng", "Engels"), ("pol", "Pools")])


def opened(inhoud: bytes) -> Any:
    """The workbook; Any, because its cells may hold whatever there is."""
    return openpyxl.load_workbook(io.BytesIO(inhoud))


def the_sheet(soort: Soort, lijsten: Lijstopties) -> Any:
    return opened(make(soort, lijsten)).worksheets[0]


def filled_in(soort: Soort, rijen: list[dict[str, Any]], *, zonder_voorbeeld: bool = False) -> bytes:
    """The template with these rows (by header) typed in below the example."""
    workbook = opened(make(soort, lists()))
    sheet = workbook.worksheets[0]
    where = {cell.value: cell.column for cell in sheet[1]}
    if zonder_voorbeeld:
        sheet.delete_rows(2)
    for nummer, rij in enumerate(rijen, start=sheet.max_row + 1):
        for kop, value in rij.items():
            sheet.cell(nummer, where[kop], value)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def converted(gemeente: Gemeente, inhoud: bytes) -> Levering:
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam="sjabloon.xlsx").pk
    tasks.convert(pk, gemeente.pk)
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def kop_van(soort: Soort, pad: str) -> str:
    return next(kolom.kop for kolom in kolommen(soort) if kolom.veld.pad == pad)


def an_id(soort: Soort) -> dict[str, Any]:
    assert soort.id_pad is not None
    assert soort.postcode_pad is not None
    return {kop_van(soort, soort.id_pad): "A1", kop_van(soort, soort.postcode_pad): "3511AB"}


def findings(gemeente: Gemeente) -> list[tuple[int, str, str]]:
    with voor_gemeente(gemeente):
        return list(Bevinding.objects.values_list("rij", "code", "melding"))


# --- Columns ------------------------------------------------------------------------------------------------

ALLE = [(soort, kolom) for soort in SOORTEN for kolom in kolommen(soort)]


@pytest.mark.parametrize(("soort", "kolom"), ALLE, ids=lambda value: getattr(value, "kop", ""))
def test_every_column_is_recognised_by_its_header(soort: Soort, kolom: Sjabloonkolom) -> None:
    target = target_of(kolom.kop, soort)
    assert target is not None
    assert target[0].pad == kolom.veld.pad
    assert (target[1] or 0) == max(kolom.nummer - 1, 0)


@pytest.mark.parametrize("soort", SOORTEN)
def test_every_attribute_has_a_column_or_is_mentioned(soort: Soort) -> None:
    columns = {kolom.veld.pad for kolom in kolommen(soort)}
    mentioned = {leaf.pad for leaf in remaining(soort)}
    assert columns | mentioned | set(VANZELF[soort]) == {leaf.pad for leaf in velden(soort)}
    assert not columns & mentioned
    # Whoever adds a column for one that is only mentioned gets it recognised too.
    for leaf in remaining(soort):
        target = target_of(leaf.volledig_label, soort)
        assert target is not None
        assert target[0].pad == leaf.pad
        if leaf.in_lijst:
            assert target_of(f"{leaf.volledig_label} 2", soort) == (leaf, 1)


@pytest.mark.parametrize("soort", SOORTEN)
def test_it_is_made_for_people(soort: Soort) -> None:
    headers = [kolom.kop for kolom in kolommen(soort)]
    assert len(headers) == len(set(headers)) <= 80
    assert headers[0].startswith("ID ")
    # What a search asks for is never left for somebody to add.
    assert {leaf.pad for leaf in velden(soort) if leaf.zoekbaar} <= {k.veld.pad for k in kolommen(soort)}
    assert {kop for kop in headers if kop.endswith("*")} == {
        k.kop for k in kolommen(soort) if k.veld.verplicht
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("_geladen")
@pytest.mark.parametrize("soort", SOORTEN)
def test_all_columns_filled_in_come_back_without_any_mapping(gemeente, soort):
    lijsten = lists()
    rij: dict[str, Any] = {}
    for kolom in kolommen(soort):
        options = options_of(kolom.veld.attribuut, lijsten)
        value = example_of(kolom, soort, lijsten)
        if value is None:
            value = example_of(Sjabloonkolom(kolom.kop, kolom.veld, 1, 0), soort, lijsten)
        # Something else in each column of a repeated group.
        rij[kolom.kop] = options[(kolom.nummer or 1) % len(options)][0] if options else value
    rij |= an_id(soort)
    levering = converted(gemeente, filled_in(soort, [rij]))
    assert levering.status == Leveringstatus.OMGEZET
    assert (levering.koppeling, levering.soort) == ("standaard", soort.value)
    assert [one for one in findings(gemeente) if one[1] != "voorbeeldrij"] == []
    assert (levering.gelezen, levering.omgezet, levering.overgeslagen) == (2, 1, 1)
    assert levering.kolommen_ongebruikt == []
    assert {pad for pad in levering.vulling if not pad.startswith("(")} >= {
        k.veld.pad for k in kolommen(soort)
    }


# --- What can be chosen -----------------------------------------------------------------------------------


def _values(record: Any, steps: list[str]) -> list[Any]:
    if not steps:
        return [record]
    inner = record.get(steps[0].removesuffix("[]")) if isinstance(record, dict) else None
    elements = inner if isinstance(inner, list) else [inner]
    return [value for one in elements if one is not None for value in _values(one, steps[1:])]


@pytest.mark.django_db
@pytest.mark.usefixtures("_geladen")
@pytest.mark.parametrize("soort", SOORTEN)
def test_everything_that_can_be_chosen_is_read_as_its_code(gemeente, soort):
    lijsten = lists()
    expected: dict[str, tuple[str, str]] = {}
    rijen: list[dict[str, Any]] = []
    id_kop = kop_van(soort, soort.id_pad or "")
    for leaf in {kolom.veld.pad: kolom.veld for kolom in kolommen(soort)}.values():
        for value, meaning in options_of(leaf.attribuut, lijsten):
            lijst = leaf.attribuut.waardelijst
            assert lijst is not None
            own = (
                {str(code) for code in lijst.waarden} if not lijst.extern else {code for code, _ in BEROEPEN}
            )
            code = meaning.removeprefix("code ")
            name = f"R{len(rijen)}"
            expected[name] = (leaf.pad, value if code not in own and value in own else code)
            rijen.append({**an_id(soort), id_kop: name, kop_van(soort, leaf.pad): value})
    assert len(rijen) > 40
    levering = converted(gemeente, filled_in(soort, rijen, zonder_voorbeeld=True))
    assert findings(gemeente) == []
    assert levering.omgezet == len(rijen)
    request_publication(gemeente, levering.pk, None)
    publish(gemeente, levering.pk)
    for name, (pad, code) in expected.items():
        record = find_detail(gemeente, soort, name, suwi=True)
        assert record is not None
        attribuut = next(leaf.attribuut for leaf in velden(soort) if leaf.pad == pad)
        found = [str(value) for value in _values(record, pad.split("."))]
        assert found
        if attribuut.waardelijst is not None and not attribuut.waardelijst.extern:
            assert found == [code] or attribuut.waardelijst.waarden.get(_typed(attribuut, found[0])) == code


def _typed(attribuut: Any, text: str) -> Any:
    return int(text) if attribuut.waardelijst.numeriek else text


@pytest.mark.django_db
@pytest.mark.usefixtures("_geladen")
@pytest.mark.parametrize("soort", SOORTEN)
def test_every_list_is_a_drop_down_of_the_cells_that_hold_it(soort):
    lijsten = lists()
    workbook = opened(make(soort, lijsten))
    sheet = workbook.worksheets[0]
    by_column: dict[str, Any] = {}
    for validation in sheet.data_validations.dataValidation:
        for cells in validation.sqref.ranges:
            by_column[cells.coord.split("2:")[0]] = validation
    for cell, kolom in zip(sheet[1], kolommen(soort), strict=True):
        options = options_of(kolom.veld.attribuut, lijsten)
        validation = by_column.get(cell.column_letter)
        if options:
            assert validation is not None
            assert validation.type == "list"
            name, _, cells = validation.formula1.partition("!")
            shown = [row[0].value for row in workbook[name][cells.replace("$", "")]]
            assert shown == [value for value, _ in options]
        elif kolom.veld.attribuut.type is Gegevenstype.DATUM:
            assert validation is not None
            assert validation.type == "date"
            assert sheet.column_dimensions[cell.column_letter].number_format == "dd-mm-yyyy"


@pytest.mark.django_db
@pytest.mark.usefixtures("_geladen")
def test_occupations_are_chosen_by_name_and_where_two_share_one_by_code():
    offered = dict(lists()["beroepen"])
    assert offered == {
        "Bakker": "urn:test:bakker",
        "urn:test:kok": "Kok",
        "urn:test:kok2": "kok",
        "Zaagster": "urn:test:z",
    }


@pytest.mark.django_db
def test_a_list_that_is_not_loaded_or_too_long_is_explained_instead(monkeypatch):
    monkeypatch.setattr(columns, "MAX_LIJST", 3)
    assert "beroepen" not in lists()
    waardelijsten.replace("beroepen", BEROEPEN)
    assert "beroepen" not in lists()
    workbook = opened(make(Soort.VACATURES, lists()))
    where = {cell.value: cell for cell in workbook.worksheets[0][1]}
    assert "gegevenswoordenboek" in where["Beroep"].comment.text
    # A link of the list itself can be typed, so the example is one.
    assert workbook.worksheets[0].cell(2, where["Beroep"].column).value.startswith("urn:")


@pytest.mark.django_db
@pytest.mark.parametrize("soort", SOORTEN)
def test_nobody_is_asked_to_choose_not_known(soort):
    """An empty cell says that, and programs write it in many ways."""
    for kolom in kolommen(soort):
        offered = {value.casefold() for value, _ in options_of(kolom.veld.attribuut, {})}
        assert not offered & {"onbekend", "niet van toepassing"}


# --- The example and the explanation ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("_geladen")
@pytest.mark.parametrize("soort", SOORTEN)
def test_the_example_never_goes_along_and_says_so(gemeente, soort):
    levering = converted(gemeente, make(soort, lists()))
    assert (levering.gelezen, levering.omgezet, levering.overgeslagen) == (1, 0, 1)
    [(rij, code, melding)] = findings(gemeente)
    assert (rij, code) == (2, "voorbeeldrij")
    assert VOORBEELD_ID in melding


@pytest.mark.django_db
@pytest.mark.usefixtures("_geladen")
@pytest.mark.parametrize("soort", SOORTEN)
def test_the_example_is_right_in_everything_but_its_id(gemeente, soort):
    workbook = opened(make(soort, lists()))
    sheet = workbook.worksheets[0]
    assert sheet["A2"].value == VOORBEELD_ID
    for kop, value in an_id(soort).items():
        sheet.cell(2, next(cell.column for cell in sheet[1] if cell.value == kop), value)
    file = io.BytesIO()
    workbook.save(file)
    levering = converted(gemeente, file.getvalue())
    assert findings(gemeente) == []
    assert levering.omgezet == 1


@pytest.mark.parametrize("soort", SOORTEN)
def test_the_explanation_is_about_every_column(soort):
    workbook = opened(make(soort, {}))
    sheet, uitleg, lijsten = workbook.worksheets
    assert [one.title for one in (uitleg, lijsten)] == ["Uitleg", "Lijsten"]
    assert workbook.active is sheet
    for ours in (uitleg, lijsten):
        assert is_eigen_blad([cell.value for cell in ours[1]])
    texts = {str(cell.value) for row in uitleg.iter_rows() for cell in row if cell.value}
    for leaf in velden(soort):
        assert leaf.pad in texts or leaf.volledig_label in texts
        assert leaf.attribuut.uitleg in texts or leaf.pad in VANZELF[soort]
    for cell, kolom in zip(sheet[1], kolommen(soort), strict=True):
        assert kolom.veld.attribuut.uitleg in cell.comment.text
        assert ("Verplicht" in cell.comment.text) is kolom.veld.verplicht
        assert ("Gevoelig" in cell.comment.text) is kolom.veld.gevoelig
        assert ("Hierop wordt gezocht" in cell.comment.text) is kolom.veld.zoekbaar


def test_dates_in_the_example_are_dates_and_ids_keep_their_zeros():
    sheet = the_sheet(Soort.VACATURES, {})
    where = {cell.value: cell.column for cell in sheet[1]}
    assert isinstance(sheet.cell(2, where["Sluitingsdatum vacature"]).value, dt.datetime)
    assert sheet.column_dimensions["A"].number_format == "@"


def test_the_examples_of_the_standard_are_used_where_they_can_be():
    for soort in SOORTEN:
        record = {leaf.pad: leaf.attribuut.voorbeeld for leaf in velden(soort)}
        assert validate(soort, {soort.id_pad or "": record[soort.id_pad or ""]}) != ()
        for kolom in kolommen(soort):
            if kolom.nummer <= 1:
                assert example_of(kolom, soort, {}) is not None, kolom.kop


# --- The page ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("soort", SOORTEN)
def test_it_can_be_downloaded_from_the_page_where_a_file_is_chosen(gemeente, soort):
    client = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    url = reverse("uploads:sjabloon", args=[soort.value])
    assert url in client.get(reverse("uploads:nieuw")).content.decode()
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="sjabloon-{soort.value}.xlsx"'
    assert opened(response.content).worksheets[0].title == soort.label.capitalize()


@pytest.mark.django_db
def test_what_does_not_exist_does_not_exist_and_a_jobcoach_needs_none(gemeente):
    client = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    for soort in ("werkgeverscontactmomenten", "katten"):
        assert client.get(reverse("uploads:sjabloon", args=[soort])).status_code == 404
    jobcoach = een_client(een_gebruiker(gemeente, Rol.JOBCOACH))
    assert jobcoach.get(reverse("uploads:sjabloon", args=["vacatures"])).status_code == 403
    assert Client().get(reverse("uploads:sjabloon", args=["vacatures"])).status_code == 302
