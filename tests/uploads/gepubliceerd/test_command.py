"""`manage.py publish`: from a file on the command line to the set that the source answers with."""

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from exchange.bron.models import ConceptWerkzoekende, Stand, Vacature, Werkzoekende
from tests.factories import een_gemeente, een_vacature, een_werkzoekende
from tests.places import SONAR
from um_portal.tenants.keys import pseudoniem
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_gemeente
from uploads.models import Bevinding, Bronbestand, Levering
from uploads.omzetten import processing

pytestmark = pytest.mark.django_db


def publish(
    capsys: Any, gemeente: Gemeente | str, bestand: Path, soort: str = "werkzoekenden", **more: str
) -> tuple[int, dict[str, Any], str]:
    """Run the command: exit status, the JSON of its last line, and what it wrote to stderr."""
    oin = gemeente if isinstance(gemeente, str) else gemeente.oin
    status = 0
    try:
        call_command("publish", str(bestand), oin=oin, soort=soort, **more)
    except SystemExit as end:
        status = int(end.code or 0)
    output = capsys.readouterr()
    return status, json.loads(output.out.splitlines()[-1]), output.err


def published(gemeente: Gemeente) -> set[str]:
    """The ids that the municipality publishes now."""
    with voor_gemeente(gemeente):
        return set(Werkzoekende.objects.values_list("id_bron", flat=True)) | set(
            Vacature.objects.values_list("id_bron", flat=True)
        )


@pytest.mark.skipif(not SONAR.exists(), reason="the reference material is not here")
def test_the_real_sonar_example_goes_through(capsys):
    gemeente = een_gemeente()
    status, result, err = publish(capsys, gemeente, SONAR, koppeling="sonar")
    assert status == 0, err
    assert (result["gelezen"], result["gepubliceerd"], result["overgeslagen"], result["afgekeurd"]) == (
        24,
        22,
        1,
        1,
    )
    with voor_gemeente(gemeente):
        assert pseudoniem(gemeente, "799890005") in published(gemeente)
        profiel = json.loads(Werkzoekende.objects.get(id_bron=pseudoniem(gemeente, "799890054")).zoekprofiel)
        assert profiel["mobiliteit"] == {"bemiddelingspostcode": "1234NF"}
        assert profiel["vervoermiddel"] == [{"codeVervoermiddel": 3}]
        assert not Bronbestand.objects.exists()
        assert not ConceptWerkzoekende.objects.exists()
        assert Stand.objects.get(soort="werkzoekenden").aantal == 22


def test_json_in_the_standard_is_published_as_it_is(capsys, tmp_path):
    gemeente = een_gemeente()
    bestand = tmp_path / "w.json"
    bestand.write_text(
        json.dumps([een_werkzoekende("A-1"), een_werkzoekende("A-2"), een_werkzoekende("799890005")])
    )
    status, result, _ = publish(capsys, gemeente, bestand)
    assert status == 0
    assert result["gepubliceerd"] == 3
    assert published(gemeente) == {"A-1", "A-2", pseudoniem(gemeente, "799890005")}


def test_a_publication_replaces_the_whole_set_of_that_kind_only(capsys, tmp_path):
    gemeente = een_gemeente()
    for soort, records in (
        ("werkzoekenden", [een_werkzoekende("A"), een_werkzoekende("B")]),
        ("vacatures", [een_vacature("V")]),
        ("werkzoekenden", [een_werkzoekende("B"), een_werkzoekende("C")]),
    ):
        bestand = tmp_path / "x.json"
        bestand.write_text(json.dumps(records))
        status, result, err = publish(capsys, gemeente, bestand, soort)
        assert status == 0, err
    assert published(gemeente) == {"B", "C", "V"}
    assert (result["nieuw"], result["weg"]) == (1, 1)


def test_a_csv_with_headers_of_the_standard_is_published(capsys, tmp_path):
    gemeente = een_gemeente()
    bestand = tmp_path / "v.csv"
    bestand.write_bytes(
        "idVacature;Naam vacature;adres.postcode;rijbewijs;Sluitingsdatum vacature;aantalWerkurenPerWeekMaximaal\n"
        "V1;Kok in café;3511 ab;B,C;31-12-2030;32\nV2;Bakker;0123AB;;;\n".encode("cp1252")
    )
    status, result, err = publish(capsys, gemeente, bestand, "vacatures")
    assert status == 0, err
    assert (result["gelezen"], result["gepubliceerd"], result["afgekeurd"]) == (2, 1, 1)
    with voor_gemeente(gemeente):
        profiel = json.loads(Vacature.objects.get().zoekprofiel)
        bevinding = Bevinding.objects.get()
    assert profiel == {
        "idVacature": "V1",
        "naamVacature": "Kok in café",
        "adres": {"postcode": "3511AB"},
        "rijbewijs": [{"codeSoortRijbewijs": "B"}, {"codeSoortRijbewijs": "C"}],
        "sluitingsdatumVacature": "2030-12-31",
        "werktijden": {"aantalWerkurenPerWeekMaximaal": 32},
    }
    assert (bevinding.rij, bevinding.kolom, bevinding.ernst) == (3, "adres.postcode", "afgekeurd")


@pytest.mark.parametrize(
    ("naam", "inhoud", "woord"),
    [
        ("leeg.csv", b"", "leeg"),
        ("x.pdf", b"%PDF-1.7 ...", "pdf"),
        ("x.xlsx", b"PK\x03\x04 kapot", "beschadigd"),
        ("x.json", b'[{"idWerkzoekende": "A"', "JSON"),
        ("x.csv", b"naam;leeftijd\nJan;40\n", "niet herkend"),
        ("x.json", b"[]", "geen records"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing_and_says_so_in_dutch(
    capsys, tmp_path, naam, inhoud, woord
):
    gemeente = een_gemeente()
    goed = tmp_path / "goed.json"
    goed.write_text(json.dumps([een_werkzoekende("A")]))
    publish(capsys, gemeente, goed)
    bestand = tmp_path / naam
    bestand.write_bytes(inhoud)
    status, result, err = publish(capsys, gemeente, bestand)
    assert status == 1
    assert {result[k] for k in ("gelezen", "gepubliceerd", "overgeslagen", "afgekeurd")} == {0}
    assert woord in err
    assert "Traceback" not in err
    assert published(gemeente) == {"A"}


def test_nothing_is_changed_when_every_row_is_refused(capsys, tmp_path):
    gemeente = een_gemeente()
    bestand = tmp_path / "x.json"
    bestand.write_text(json.dumps([een_werkzoekende("A")]))
    publish(capsys, gemeente, bestand)
    bestand.write_text(json.dumps([{"idWerkzoekende": "B"}, een_werkzoekende("C", onbekend=1)]))
    status, result, _ = publish(capsys, gemeente, bestand)
    assert status == 1
    assert (result["gelezen"], result["gepubliceerd"], result["afgekeurd"]) == (2, 0, 2)
    assert published(gemeente) == {"A"}
    with voor_gemeente(gemeente):
        assert not Bronbestand.objects.exists()
        assert Levering.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "woord"),
    [
        ({"oin": "12345678901234567890"}, "OIN"),
        ({"soort": "katten"}, "soort"),
        ({"koppeling": "excelletje"}, "koppeling"),
        ({"bestand": "/bestaat/niet.xlsx"}, "openen"),
    ],
)
def test_a_wrong_argument_gets_a_dutch_sentence_and_the_json_line(capsys, tmp_path, changes, woord):
    bestand = tmp_path / "goed.json"
    bestand.write_text(json.dumps([een_werkzoekende("A")]))
    values: dict[str, Any] = {
        "oin": een_gemeente().oin,
        "soort": "werkzoekenden",
        "bestand": str(bestand),
        **changes,
    }
    status, result, err = publish(
        capsys, values["oin"], Path(values["bestand"]), values["soort"], koppeling=values.get("koppeling", "")
    )
    assert status == 1
    assert woord in err
    assert result["gepubliceerd"] == 0


def test_a_municipality_that_is_not_admitted_cannot_publish(capsys, tmp_path):
    bestand = tmp_path / "x.json"
    bestand.write_text(json.dumps([een_werkzoekende("A")]))
    status, _, err = publish(capsys, een_gemeente(status=Gemeentestatus.OPGESCHORT), bestand)
    assert status == 1
    assert "toegelaten" in err


def test_a_server_without_room_is_told_with_what_to_do_and_nothing_stays(capsys, tmp_path, monkeypatch):
    def no_room(werk: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(processing._Werk, "run", no_room)
    gemeente = een_gemeente()
    bestand = tmp_path / "een.json"
    bestand.write_text(json.dumps([een_werkzoekende("W1")]))
    status, result, _ = publish(capsys, gemeente, bestand)
    assert status == 1
    assert "deze opdracht daarna opnieuw" in result["melding"]
    with voor_gemeente(gemeente):
        assert not Bronbestand.objects.exists()
