"""The folder that is watched: only what is complete, once, gone from the disk, and with a text of what became of it."""

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from exchange.bron.models import Vacature, Werkzoekende
from tests.factories import een_gemeente, een_sonar_rij, een_vacature, een_werkblad, een_werkzoekende
from tests.places import ROOT
from tests.processes import wait_until
from um_portal.audit.models import Auditregel
from um_portal.gemeenten import lifecycle
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.aanleveren import folder
from uploads.aanleveren.folder import Rondetelling, Wachter
from uploads.models import Bronbestand, Koppeling, Levering, Leveringstatus

pytestmark = pytest.mark.django_db


def a_folder(tmp_path: Path, gemeente: Gemeente, what: str = "werkzoekenden") -> Path:
    place = tmp_path / gemeente.oin / what
    place.mkdir(parents=True, exist_ok=True)
    return place


def records(*ids: str) -> bytes:
    return json.dumps([een_werkzoekende(one) for one in ids or ("A-1", "A-2")]).encode()


def look(tmp_path: Path, **more: Any) -> Rondetelling:
    """One round that believes that every file is complete."""
    return Wachter(tmp_path, 0, **more).round()


def work(gemeente: Gemeente) -> None:
    """Does the work of the workers."""
    for status, task in (
        (Leveringstatus.ONTVANGEN, tasks.convert),
        (Leveringstatus.PUBLICEREN, tasks.publish),
    ):
        with voor_gemeente(gemeente):
            waiting = list(Levering.objects.filter(status=status).order_by("pk").values_list("pk", flat=True))
        for pk in waiting:
            task(pk, gemeente.pk)


def leveringen(gemeente: Gemeente) -> list[Levering]:
    with voor_gemeente(gemeente):
        return list(Levering.objects.order_by("pk"))


def files(place: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if not path.is_dir())


def text_in(place: Path) -> str:
    """The one text in a folder."""
    [found] = place.iterdir()
    assert found.suffix == ".txt"
    return found.read_text()


# --- The way that it is meant ----------------------------------------------------------------------------


def test_it_works_from_a_file_in_the_folder_to_what_the_source_answers_with(tmp_path, gemeente):
    place = a_folder(tmp_path, gemeente)
    (place / "nacht.json").write_bytes(records())
    assert look(tmp_path) == Rondetelling(ingenomen=1)
    [levering] = leveringen(gemeente)
    assert (levering.bestandsnaam, levering.soort, levering.publiceer_vanzelf) == (
        "nacht.json", "werkzoekenden", True,
    )  # fmt: skip
    assert levering.ingebracht_door == "via een bewaakte map"
    assert files(place) == [f"bezig/levering-{levering.pk}-nacht.json"]
    assert (place / files(place)[0]).read_bytes() == b"", "nothing of the file is left on the disk"

    assert look(tmp_path) == Rondetelling()
    work(gemeente)
    look(tmp_path)
    assert not list((place / "bezig").iterdir())
    told = text_in(place / "verwerkt")
    assert f"Levering {levering.pk}" in told
    assert "Stand: gepubliceerd." in told
    assert "Nieuw 2" in told
    with voor_gemeente(gemeente):
        assert set(Werkzoekende.objects.values_list("id_bron", flat=True)) == {"A-1", "A-2"}
        assert not Bronbestand.objects.exists()
        assert Auditregel.objects.filter(handeling="levering_gepubliceerd").count() == 1


def test_the_name_of_the_folder_says_what_is_in_it(tmp_path, gemeente):
    with voor_gemeente(gemeente):
        Koppeling.objects.create(gemeente=gemeente, naam="Suite / maand", soort="vacatures")
    for what, name, inhoud in (
        ("vacatures", "a.json", json.dumps([een_vacature("V1")]).encode()),
        ("sonar", "b.xlsx", een_werkblad([een_sonar_rij()])),
        ("werkzoekenden.aanvullend", "c.json", records("C")),
        ("suite-maand", "d.csv", b"a;b\n1;2\n"),
        ("werkgeverscontactmomenten", "e.json", b"[]"),
    ):
        (a_folder(tmp_path, gemeente, what) / name).write_bytes(inhoud)
    assert look(tmp_path).ingenomen == 5
    assert {
        one.bestandsnaam: (one.soort, one.gevraagde_koppeling, one.wijze) for one in leveringen(gemeente)
    } == {
        "a.json": ("vacatures", "", "volledig"),
        "b.xlsx": ("", "sonar", "volledig"),
        "c.json": ("werkzoekenden", "", "aanvullend"),
        "d.csv": ("vacatures", "Suite / maand", "volledig"),
        "e.json": ("werkgeverscontactmomenten", "", "volledig"),
    }


def test_several_municipalities_stay_apart(tmp_path, gemeente):
    other = een_gemeente("Elders")
    (a_folder(tmp_path, gemeente) / "x.json").write_bytes(records("A"))
    (a_folder(tmp_path, other, "vacatures") / "x.json").write_bytes(json.dumps([een_vacature("V")]).encode())
    assert look(tmp_path).ingenomen == 2
    work(gemeente)
    work(other)
    with voor_gemeente(gemeente):
        assert not Vacature.objects.exists()
    with voor_gemeente(other):
        assert Vacature.objects.count() == 1


# --- Only what is complete -------------------------------------------------------------------------------


def test_a_file_that_still_grows_is_left_alone(tmp_path, gemeente):
    file = a_folder(tmp_path, gemeente) / "x.json"
    wachter = Wachter(tmp_path, rust=0.2)
    file.write_bytes(records()[:10])
    assert wachter.round() == Rondetelling(onrijp=1)
    time.sleep(0.25)
    file.write_bytes(records())
    assert wachter.round() == Rondetelling(onrijp=1), "it changed: the waiting begins anew"
    assert wachter.round() == Rondetelling(onrijp=1)
    time.sleep(0.25)
    assert wachter.round() == Rondetelling(ingenomen=1)


@pytest.mark.parametrize("name", ["x.json.deel", "x.json.part", "x.FILEPART", ".x.json", "~$x.xlsx", "x.tmp"])
def test_a_name_that_says_that_it_is_not_ready_is_left_alone_until_it_is_renamed(tmp_path, gemeente, name):
    place = a_folder(tmp_path, gemeente)
    (place / name).write_bytes(records())
    assert look(tmp_path) == Rondetelling()
    (place / name).rename(place / "klaar.json")
    assert look(tmp_path) == Rondetelling(ingenomen=1)


def test_what_is_no_file_is_left_alone_and_told_once(tmp_path, gemeente, caplog):
    place = a_folder(tmp_path, gemeente)
    secret = tmp_path / "geheim.json"
    secret.write_bytes(records())
    (place / "link.json").symlink_to(secret)
    os.mkfifo(place / "pijp.json")
    (place / "map").mkdir()
    wachter = Wachter(tmp_path, 0)
    assert [wachter.round() for _ in range(3)] == [Rondetelling(onbruikbaar=1)] * 3
    assert secret.exists()
    assert leveringen(gemeente) == []
    assert "geheim" not in caplog.text
    assert "link.json" not in caplog.text


def test_a_link_instead_of_a_folder_leads_nowhere(tmp_path, gemeente):
    elsewhere = tmp_path / "elders"
    elsewhere.mkdir()
    root = tmp_path / "map"
    place = a_folder(root, gemeente)
    (place / "bezig").symlink_to(elsewhere)
    (place / "x.json").write_bytes(records())
    assert look(root) == Rondetelling(onbruikbaar=1)
    assert list(elsewhere.iterdir()) == []
    assert (place / "x.json").exists()
    (root / gemeente.oin / "vacatures").symlink_to(elsewhere)
    (elsewhere / "y.json").write_bytes(b"[]")
    look(root)
    assert (elsewhere / "y.json").exists()


# --- What is refused -------------------------------------------------------------------------------------


def test_a_file_that_no_reader_takes_is_refused_with_the_reason_and_erased(tmp_path, gemeente):
    place = a_folder(tmp_path, gemeente)
    (place / "x.pdf").write_bytes(b"%PDF-1.4 met BSN 123456782")
    assert look(tmp_path) == Rondetelling(afgewezen=1)
    told = text_in(place / "afgewezen")
    assert "pdf" in told
    assert "123456782" not in told
    assert leveringen(gemeente) == []


def test_a_file_that_is_too_large_is_refused(tmp_path, gemeente, settings):
    settings.UM_MAX_BESTAND_MB = 1
    place = a_folder(tmp_path, gemeente)
    (place / "x.csv").write_bytes(b"a;b\n" * 260_000)
    assert look(tmp_path) == Rondetelling(afgewezen=1)
    assert "groter dan 1 MB" in text_in(place / "afgewezen")


def test_a_refused_file_is_kept_only_when_asked_and_not_for_long(tmp_path, gemeente, settings):
    settings.UM_AANLEVER_AFGEWEZEN_BEWAREN = True
    place = a_folder(tmp_path, gemeente)
    for name in ("x.pdf", "tekst.txt"):
        (place / name).write_bytes(b"%PDF-1.4")
    assert look(tmp_path) == Rondetelling(afgewezen=2)
    kept = files(place / "afgewezen")
    assert sorted(name[16:] for name in kept) == ["tekst.txt", "tekst.txt.txt", "x.pdf", "x.pdf.txt"]
    look(tmp_path)
    assert files(place / "afgewezen") == kept
    old = f"{timezone.localtime() - timedelta(hours=25):%Y%m%d-%H%M%S}"
    for name in kept:
        (place / "afgewezen" / name).rename(place / "afgewezen" / f"{old}-{name[16:]}")
    (place / "afgewezen" / "van een ander.pdf").write_bytes(b"x")
    look(tmp_path)
    assert files(place / "afgewezen") == [f"{old}-tekst.txt.txt", f"{old}-x.pdf.txt", "van een ander.pdf"]


def test_a_name_that_may_be_somebodys_number_stands_nowhere_in_the_folder(tmp_path, gemeente):
    place = a_folder(tmp_path, gemeente)
    (place / "wz 123456782.json").write_bytes(records())
    for name in ("jan@dorp.example.pdf", "piet@dorp.example.pdf"):
        (place / name).write_bytes(b"%PDF-1.4")
    look(tmp_path)
    assert not [name for name in files(place) if "123456782" in name or "@" in name]
    work(gemeente)
    look(tmp_path)
    told = files(place)
    assert len(told) == 3, "of each file there is a text, also of two whose masked names are equal"
    assert not [name for name in told if "123456782" in name or "@" in name]


def test_texts_are_erased_in_time(tmp_path, gemeente, settings):
    settings.UM_AANLEVER_BERICHT_DAGEN = 30
    place = a_folder(tmp_path, gemeente)
    now = timezone.localtime()
    for where in ("verwerkt", "afgewezen"):
        (place / where).mkdir()
        for days in (29, 31):
            (place / where / f"{now - timedelta(days=days):%Y%m%d-%H%M%S}-x.txt").write_text("Levering 1.")
        (place / where / "van een ander.txt").write_text("x")
    look(tmp_path)
    for where in ("verwerkt", "afgewezen"):
        assert len(files(place / where)) == 2
        assert "van een ander.txt" in files(place / where)


def test_a_file_that_cannot_be_converted_is_told_among_the_refused(tmp_path, gemeente):
    place = a_folder(tmp_path, gemeente)
    (place / "x.json").write_bytes(json.dumps([een_vacature("V")]).encode())
    look(tmp_path)
    work(gemeente)
    look(tmp_path)
    assert "vacatures" in text_in(place / "afgewezen")


def test_what_waits_for_somebody_is_told_and_what_was_wrong_without_the_cells(tmp_path, gemeente):
    place = a_folder(tmp_path, gemeente, "sonar")
    (place / "x.xlsx").write_bytes(
        een_werkblad([een_sonar_rij(Postcode="geheim@x.example"), een_sonar_rij(Toestemming="Nee")])
    )
    look(tmp_path)
    work(gemeente)
    look(tmp_path)
    told = text_in(place / "verwerkt")
    assert "omgezet 0, overgeslagen 1, afgekeurd 1" in told
    assert "1 keer afgekeurd, kolom Postcode" in told
    assert "geheim" not in told


@pytest.mark.parametrize("status", [Gemeentestatus.AANGEMELD, Gemeentestatus.OPGESCHORT])
def test_files_of_a_municipality_that_may_not_exchange_wait(tmp_path, status, caplog):
    gemeente = een_gemeente(status=status)
    file = a_folder(tmp_path, gemeente) / "x.json"
    file.write_bytes(records())
    wachter = Wachter(tmp_path, 0)
    assert [wachter.round(), wachter.round()] == [Rondetelling(onbruikbaar=1)] * 2
    assert caplog.text.count("niet toegelaten") == 1
    assert file.exists()
    assert lifecycle.admit(gemeente.pk) or lifecycle.resume(gemeente.pk)
    assert wachter.round() == Rondetelling(ingenomen=1)


def test_folders_that_mean_nothing_are_told_once_and_nothing_in_them_is_touched(tmp_path, gemeente, caplog):
    places = [tmp_path / name for name in ("Testdorp", "9" * 20, f"{gemeente.oin}/bestaat-niet")]
    for place in places:
        place.mkdir(parents=True)
        (place / "x.json").write_bytes(records())
    wachter = Wachter(tmp_path, 0)
    assert [wachter.round(), wachter.round()] == [Rondetelling(onbruikbaar=3)] * 2
    assert len([line for line in caplog.records if line.levelno == logging.WARNING]) == 3
    assert all((place / "x.json").exists() for place in places)


@pytest.mark.parametrize(
    "name",
    [b"n\xe4\xff\xfe.json", b"regel\neinde.json", ("é" * 120 + ".json").encode(), b"-rf .json"],
)
def test_names_of_every_kind_are_taken(tmp_path, gemeente, name):
    place = a_folder(tmp_path, gemeente)
    with open(os.fsencode(place) + b"/" + name, "wb") as file:
        file.write(records())
    assert look(tmp_path) == Rondetelling(ingenomen=1)
    work(gemeente)
    look(tmp_path)
    assert "gepubliceerd" in text_in(place / "verwerkt")


# --- Killed, and more than one at once ---------------------------------------------------------------------


@pytest.mark.parametrize("step", ["receive", "_write", "os.unlink"])
def test_one_that_is_killed_at_any_step_costs_nothing_and_doubles_nothing(
    tmp_path, gemeente, step, monkeypatch
):
    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> Any:
        raise Killed

    place = a_folder(tmp_path, gemeente)
    (place / "x.json").write_bytes(records())
    with monkeypatch.context() as patch:
        patch.setattr(f"uploads.aanleveren.folder.{step}", killed)
        with pytest.raises(Killed):
            look(tmp_path)
    assert len(leveringen(gemeente)) == (step != "receive")
    assert look(tmp_path) == Rondetelling(ingenomen=1)
    assert len(leveringen(gemeente)) == 1
    work(gemeente)
    look(tmp_path)
    look(tmp_path)
    assert len(leveringen(gemeente)) == 1
    assert len(files(place)) == 1


def test_a_database_that_is_away_leaves_the_file_for_later(tmp_path, gemeente, monkeypatch, caplog):
    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("geheime melding")

    place = a_folder(tmp_path, gemeente)
    (place / "x.json").write_bytes(records())
    with monkeypatch.context() as patch:
        patch.setattr("uploads.aanleveren.folder.receive", away)
        assert look(tmp_path) == Rondetelling(onbruikbaar=1)
    assert "OperationalError" in caplog.text
    assert "geheime" not in caplog.text
    assert look(tmp_path) == Rondetelling(ingenomen=1)


def test_a_file_that_somebody_else_is_taking_in_is_left_to_them(tmp_path, gemeente):
    place = a_folder(tmp_path, gemeente)
    file = place / "x.json"
    file.write_bytes(records())
    with file.open("rb") as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX)
        assert look(tmp_path) == Rondetelling()
    assert look(tmp_path) == Rondetelling(ingenomen=1)


@pytest.mark.django_db(transaction=True)
def test_four_who_watch_the_same_folder_take_every_file_in_once(tmp_path):
    gemeente = een_gemeente()
    place = a_folder(tmp_path, gemeente)
    for number in range(24):
        (place / f"{number}.json").write_bytes(records(f"W{number}"))
    start = threading.Barrier(4)

    def one(_: int) -> int:
        try:
            wachter = Wachter(tmp_path, 0)
            start.wait(10)
            return sum(wachter.round().ingenomen for _ in range(3))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(one, range(4)))
    assert sum(counts) == 24
    assert sorted(one.bestandsnaam for one in leveringen(gemeente)) == sorted(f"{n}.json" for n in range(24))
    assert len(files(place)) == 24
    assert all(name.startswith("bezig/levering-") for name in files(place))


# --- The command -------------------------------------------------------------------------------------------


def test_looking_once_takes_in_what_is_complete_and_tells_by_its_exit_code(tmp_path, gemeente, capsys):
    place = a_folder(tmp_path, gemeente)
    (place / "x.json").write_bytes(records())
    call_command("watch_leveringen", str(tmp_path), eenmalig=True, rust=0.1)
    assert "1 ingenomen, 0 afgewezen" in capsys.readouterr().out
    (place / "x.pdf").write_bytes(b"%PDF")
    with pytest.raises(SystemExit) as end:
        call_command("watch_leveringen", str(tmp_path), eenmalig=True, rust=0.1)
    assert end.value.code == 1
    assert "0 ingenomen, 1 afgewezen" in capsys.readouterr().out


def test_looking_once_tells_of_files_that_still_change(tmp_path, gemeente, capsys, monkeypatch):
    (a_folder(tmp_path, gemeente) / "x.json").write_bytes(records())
    prints = iter(range(100))
    monkeypatch.setattr(folder, "_print_of", lambda fd: (1, 1, next(prints)))
    call_command("watch_leveringen", str(tmp_path), eenmalig=True, rust=0.1)
    out = capsys.readouterr()
    assert "0 ingenomen" in out.out
    assert "1 bestanden veranderden nog" in out.err


@pytest.mark.parametrize("options", [{"interval": 0}, {"rust": -1}])
def test_a_wrong_number_of_seconds_is_told(tmp_path, options):
    with pytest.raises(CommandError):
        call_command("watch_leveringen", str(tmp_path), eenmalig=True, **options)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="niet"):
        call_command("watch_leveringen", str(tmp_path / "nergens"), eenmalig=True)


def a_process(tmp_path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [
            sys.executable,
            "manage.py",
            "watch_leveringen",
            str(tmp_path),
            "--interval",
            "0.1",
            "--rust",
            "0.2",
        ],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_process_takes_files_in_ends_at_sigterm_and_goes_on_after_a_kill(tmp_path):
    gemeente = een_gemeente()
    place = a_folder(tmp_path, gemeente)
    first = a_process(tmp_path)
    try:
        (place / "een.json").write_bytes(records("A"))
        wait_until(lambda: leveringen(gemeente), "the first file is taken in", 30)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
        (place / "twee.json").write_bytes(records("A", "B"))
    finally:
        first.kill()
        first.communicate()
    second = a_process(tmp_path)
    try:
        wait_until(lambda: len(leveringen(gemeente)) == 2, "and the second by the next process", 30)
        work(gemeente)
        work(gemeente)
        wait_until(lambda: len(list((place / "verwerkt").glob("*.txt"))) == 2, "both are told of", 10)
        second.send_signal(signal.SIGTERM)
        assert second.wait(10) == 0
    finally:
        second.kill()
        _, told = second.communicate()
    assert "gestopt" in told
    assert "twee.json" not in told, "a file's name may be somebody's"
    assert len(leveringen(gemeente)) == 2
    assert [name.split("/")[0] for name in files(place)] == ["verwerkt"] * 2
