"""Every format the whole way: the same people in another kind of file give the same records."""

import json
from typing import Any

import pytest

from tests.factories import SONAR_KOPPEN, een_gemeente, een_sonar_rij, een_werkblad, een_werkzoekende
from tests.spreadsheets import xlsb, xml2003, xml_row
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.gepubliceerd.publication import publish, request_publication
from uploads.leveringen.intake import receive
from uploads.models import Bevinding, Levering, Leveringstatus
from uploads.omzetten.processing import convert, unknown_values

pytestmark = pytest.mark.django_db(transaction=True)


def converted(gemeente: Gemeente, inhoud: bytes) -> Levering:
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam="export.xls").pk
    convert(gemeente, pk)
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def _sonar(rijen: list[dict[str, Any]]) -> list[list[Any]]:
    return [list(SONAR_KOPPEN), *([rij.get(kop, "") for kop in SONAR_KOPPEN] for rij in rijen)]


def _page(table: list[list[Any]]) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
    return f"<html><body><table>{rows}</table></body></html>".encode("cp1252")


def test_the_same_people_in_every_format():
    rijen = [een_sonar_rij(Plaats="Curaçao") for _ in range(3)] + [een_sonar_rij(Toestemming="Nee")]
    table = _sonar(rijen)
    files = {
        "xlsx": een_werkblad(rijen),
        "xlsb": xlsb(table),
        "xml2003": xml2003("".join(xml_row(*row) for row in table)),
        "html": _page(table),
        "csv": "\r\n".join(";".join(map(str, row)) for row in table).encode("utf-16"),
        "één kolom": xml2003("".join(xml_row(";".join(map(str, row))) for row in table)),
    }
    for naam, inhoud in files.items():
        levering = converted(een_gemeente(), inhoud)
        assert levering.status == Leveringstatus.OMGEZET, (naam, levering.melding)
        assert levering.koppeling == "sonar"
        assert (levering.gelezen, levering.omgezet, levering.overgeslagen) == (4, 3, 1), naam


def test_a_file_of_the_pilot_is_converted_told_and_published():
    gemeente = een_gemeente()
    old = [
        een_werkzoekende(
            bemiddelingsberoep=[{"naamBeroepOngecodeerd": "Vrachtwagenschaufeur"}],
            voorkeursland=[{"landencodeIso": "BE"}],
        )
        for _ in range(2)
    ]
    levering = converted(gemeente, json.dumps(old).encode())
    assert (levering.status, levering.koppeling, levering.omgezet) == (Leveringstatus.OMGEZET, "pilot", 2)
    with voor_gemeente(gemeente):
        assert unknown_values(levering) == {"beroepen": {"Vrachtwagenschaufeur": 2}}
        told = set(Bevinding.objects.filter(levering=levering).values_list("kolom", "code"))
    assert told == {("bemiddelingsberoep[]", "beroep_onbekend"), ("voorkeursland[]", "pilot_vervallen")}
    request_publication(gemeente, levering.pk, None)
    publish(gemeente, levering.pk)
    with voor_gemeente(gemeente):
        assert Levering.objects.get(pk=levering.pk).status == Leveringstatus.GEPUBLICEERD


def test_a_file_that_breaks_off_while_it_is_read_leaves_nothing():
    gemeente = een_gemeente()
    levering = converted(gemeente, b"<table><tr><td>ID_WZ<td>Postcode</tr><tr><td>1")
    assert levering.status == Leveringstatus.MISLUKT
    assert "beschadigd" in levering.melding
