"""Erases again after a restore what was erased before it; tests/deploy/test_back_up.py does the whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from exchange.bemiddelaar import herhalen
from exchange.bemiddelaar.models import Stopreden, Zoekherhaling, Zoekvraag
from exchange.bron.answer import find_detail
from exchange.standard import Soort
from tests.exchange.bemiddelaar.test_searching import een_zoekvraag
from tests.factories import (
    een_gebruiker,
    een_gemeente,
    een_levering,
    een_sonar_rij,
    een_werkblad,
    een_werkzoekende,
    publish_set,
)
from um_portal.accounts.models import Gebruiker
from um_portal.audit import wissingen
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.models import Auditregel
from um_portal.audit.wissingen import Wat, Wissing
from um_portal.bewaking.wissen import erase_again
from um_portal.gemeenten import erasure
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.gepubliceerd.withdrawal import withdraw_records
from uploads.models import Bronbestand

pytestmark = pytest.mark.django_db(transaction=True)
WZ = Soort.WERKZOEKENDEN


@pytest.fixture(autouse=True)
def place(settings, tmp_path: Path) -> Path:
    settings.UM_WISSINGEN = tmp_path / "wissingen"
    return tmp_path / "wissingen"


def written(place: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line) for file in sorted(place.glob("*.jsonl")) for line in file.read_text().splitlines()
    ]


def _known_as(gebruiker: Gebruiker, gemeente: Gemeente) -> str:
    with voor_gemeente(gemeente):
        log_act(gemeente, Handeling.SLEUTEL_GEMAAKT, gebruiker=gebruiker)
        return wissingen.pseudonym_of(gebruiker)


def test_an_erasure_is_written_down_when_it_is_sure_by_numbers_alone(place: Path) -> None:
    gemeente = een_gemeente("Lindewaard")
    gebruiker = een_gebruiker(gemeente, first_name="Fatima")
    publish_set(gemeente, WZ, [een_werkzoekende("W1"), een_werkzoekende("W2")])
    with transaction.atomic():
        withdraw_records(gemeente, WZ, ["W2"], gebruiker)
        transaction.set_rollback(True)
    assert written(place) == []
    withdraw_records(gemeente, WZ, ["W1"], gebruiker)
    erasure.erase_user(gebruiker)
    records, user = written(place)
    assert (records["wat"], records["oin"], records["soort"], records["ids"]) == (
        "records", gemeente.oin, "werkzoekenden", ["W1"]
    )  # fmt: skip
    assert user["wat"] == "gebruiker"
    text = "".join(file.read_text() for file in place.iterdir())
    assert "Fatima" not in text
    assert gebruiker.username not in text
    assert place.stat().st_mode & 0o007 == 0


def test_after_a_restore_everything_that_was_erased_is_erased_again_and_only_once(place: Path) -> None:
    """The lines are of a later time than the database, as after a restore: it does not know their spans."""
    gemeente, ander = een_gemeente(), een_gemeente("Vertrekdorp")
    weg = een_gebruiker(gemeente)
    lid, beheerder = een_gebruiker(gemeente), een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    publish_set(gemeente, WZ, [een_werkzoekende("W1"), een_werkzoekende("W2")])
    publish_set(ander, WZ, [een_werkzoekende("A1")])
    zoekvraag = een_zoekvraag(gemeente, beheerder, put=False)
    with voor_gemeente(gemeente):
        herhalen.turn_on(gemeente, zoekvraag)
        stopped = herhalen.turn_on(gemeente, een_zoekvraag(gemeente, beheerder, put=False))
    levering = een_levering(gemeente, een_werkblad([een_sonar_rij()]))
    for wissing in (
        Wissing(Wat.GEMEENTE, ander.oin, "0" * 16),
        Wissing(Wat.RECORDS, gemeente.oin, "1" * 16, ["W1"], "werkzoekenden"),
        Wissing(Wat.ZOEKVRAAG, gemeente.oin, "2" * 16, [str(zoekvraag.pk)]),
        Wissing(Wat.LEVERING, gemeente.oin, "3" * 16, [str(levering.pk)]),
        Wissing(Wat.LIDMAATSCHAP, gemeente.oin, "4" * 16, [_known_as(lid, gemeente)]),
        Wissing(Wat.GEBRUIKER, "", "5" * 16, [_known_as(weg, gemeente)]),
        Wissing(Wat.SET, gemeente.oin, "6" * 16, [], "vacatures"),
        Wissing(Wat.HERHALING, gemeente.oin, "8" * 16, [str(stopped.pk)]),
        Wissing(Wat.RECORDS, "9" * 20, "7" * 16, ["W9"], "werkzoekenden"),
    ):
        wissingen._write(wissing)
    verslag = erase_again()
    assert verslag.mislukt == 0
    assert sum(verslag.gewist.values()) == 8
    ander.refresh_from_db()
    assert ander.status == Gemeentestatus.VERTROKKEN
    assert not Gebruiker.objects.filter(pk=weg.pk).exists()
    with voor_gemeente(gemeente):
        assert find_detail(gemeente, WZ, "W1", suwi=True) is None
        assert find_detail(gemeente, WZ, "W2", suwi=True) is not None
        assert not Zoekvraag.objects.filter(pk=zoekvraag.pk).exists()
        reasons = Zoekherhaling.objects.order_by("pk").values_list("reden", flat=True)
        assert list(reasons) == [Stopreden.GEWIST, Stopreden.ZELF]
        assert not Bronbestand.objects.filter(levering=levering).exists()
        assert set(Lidmaatschap.objects.values_list("gebruiker", flat=True)) == {beheerder.pk}
        assert Auditregel.objects.filter(handeling=Handeling.WISSING_HERHAALD).count() == 6
    again = erase_again()
    assert sum(again.gewist.values()) == 0
    assert again.mislukt == 0


def test_a_file_that_is_damaged_stops_before_anything_is_erased(place: Path, capsys) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("W1")])
    wissingen._write(Wissing(Wat.RECORDS, gemeente.oin, "1" * 16, ["W1"], "werkzoekenden"))
    [file] = place.iterdir()
    file.write_text(file.read_text() + '{"wat": "rec')
    with pytest.raises(CommandError, match="regel 2"):
        call_command("erase_again")
    with voor_gemeente(gemeente):
        assert find_detail(gemeente, WZ, "W1", suwi=True) is not None


def test_files_go_when_no_back_up_from_before_them_is_left(settings, place: Path) -> None:
    place.mkdir()
    for day in ("2020-01-01", "2999-01-01"):
        (place / f"{day}.jsonl").touch()
    wissingen.erase_expired()
    assert [file.stem for file in place.iterdir()] == ["2999-01-01"]
