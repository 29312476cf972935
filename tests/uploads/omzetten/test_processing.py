"""Converting and publishing under every kind of trouble: killed workers, two at once, another municipality, leaks."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from exchange.bron import sets, store
from exchange.bron.models import ConceptWerkzoekende, Stand, Werkzoekende
from exchange.standard import Soort
from tests.conftest import OWNER_URL
from tests.factories import (
    SONAR_KOPPEN,
    een_gebruiker,
    een_gemeente,
    een_sonar_rij,
    een_werkblad,
)
from tests.spreadsheets import MAIN, xlsx
from tests.threads import at_once
from tests.uploads.readers.test_process import processes
from um_portal.jobs import MAX_POGINGEN, claim
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import set_session, voor_gemeente
from uploads import tasks
from uploads.gepubliceerd import publication
from uploads.gepubliceerd.publication import NietPubliceerbaar, publish, request_publication
from uploads.leveringen.erasure import erase_expired, withdraw
from uploads.leveringen.intake import receive
from uploads.models import Bevinding, Bronbestand, Levering, Leveringstatus, Waardekoppeling
from uploads.omzetten import processing
from uploads.omzetten.processing import convert, retry

TABELLEN = ("levering", "bronbestand", "bevinding", "waardekoppeling")


def csv_of(aantal: int, **changes: Any) -> bytes:
    """A large Sonar export, cheaply."""
    rij = een_sonar_rij(**changes)
    vast = [str(rij.get(kop, "")) for kop in SONAR_KOPPEN]
    positie = SONAR_KOPPEN.index("ID_WZ")
    lines = [";".join(SONAR_KOPPEN)]
    lines += [";".join([*vast[:positie], f"WZ{n}", *vast[positie + 1 :]]) for n in range(aantal)]
    return "\n".join(lines).encode()


def received(gemeente: Gemeente, inhoud: bytes | None = None) -> int:
    return receive(gemeente, inhoud=inhoud or een_werkblad([een_sonar_rij()]), bestandsnaam="export.xlsx").pk


def reload(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def change(gemeente: Gemeente, pk: int, **values: Any) -> None:
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=pk).update(**values)


def count(gemeente: Gemeente, model: Any) -> int:
    with voor_gemeente(gemeente):
        aantal: int = model.objects.count()
    return aantal


def ready(gemeente: Gemeente, *ids: str) -> int:
    """A converted levering with jobseekers with these ids."""
    pk = received(gemeente, een_werkblad([een_sonar_rij(ID_WZ=eigen_id) for eigen_id in ids]))
    convert(gemeente, pk)
    return pk


def approve(gemeente: Gemeente, pk: int) -> None:
    """Ask for publication, whatever disappears."""
    request_publication(gemeente, pk, None, zonder_rem=True)


def published_by(gemeente: Gemeente, *ids: str) -> int:
    pk = ready(gemeente, *ids)
    approve(gemeente, pk)
    assert publish(gemeente, pk) is not None
    return pk


def long_ago() -> Any:
    return timezone.now() - timedelta(minutes=10)


# --- Converting -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_figures_of_a_conversion_add_up_and_its_content_is_encrypted():
    gemeente = een_gemeente()
    pk = received(
        gemeente,
        een_werkblad([een_sonar_rij(), een_sonar_rij(Toestemming="Nee"), een_sonar_rij(Postcode="x"), None]),
    )
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert (levering.gelezen, levering.omgezet, levering.overgeslagen, levering.afgekeurd) == (3, 1, 1, 1)
    assert levering.status == Leveringstatus.OMGEZET
    assert levering.rijen_gedaan == levering.rijen_totaal == 3
    with voor_gemeente(gemeente):
        for sealed in [Bronbestand.objects.get().inhoud, ConceptWerkzoekende.objects.get().detail]:
            assert b"3511AB" not in bytes(sealed)
            assert b"PK\x03\x04" not in bytes(sealed)


@pytest.mark.django_db
def test_converting_again_changes_nothing():
    gemeente = een_gemeente()
    pk = ready(gemeente, "A")
    before = reload(gemeente, pk)
    convert(gemeente, pk)
    assert reload(gemeente, pk).gewijzigd_op == before.gewijzigd_op
    assert count(gemeente, ConceptWerkzoekende) == 1


@pytest.mark.django_db
def test_a_large_file_is_put_ready_in_parts_and_published_whole(monkeypatch):
    monkeypatch.setattr(processing, "_RECORDS_PER_PART", 1000)
    gemeente = een_gemeente()
    pk = received(gemeente, csv_of(2500))
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert (levering.gelezen, levering.omgezet, count(gemeente, ConceptWerkzoekende)) == (2500, 2500, 2500)
    assert store.difference(gemeente, Soort.WERKZOEKENDEN, pk).nieuw == 2500
    approve(gemeente, pk)
    verschil = publish(gemeente, pk)
    assert verschil is not None
    assert verschil.totaal == 2500


@pytest.mark.django_db
def test_the_municipalitys_own_words_go_before_the_list():
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        Waardekoppeling.objects.create(gemeente=gemeente, lijst="beroepen", waarde="tovenaar", code="urn:x")
    pk = received(gemeente, een_werkblad([een_sonar_rij(Bemiddelingsberoep=" TOVENAAR ")]))
    convert(gemeente, pk)
    approve(gemeente, pk)
    publish(gemeente, pk)
    with voor_gemeente(gemeente):
        assert Werkzoekende.objects.get().beroepen == ["urn:x"]


@pytest.mark.django_db
def test_a_warning_on_every_row_is_counted_fully_and_kept_up_to_a_point(monkeypatch):
    monkeypatch.setattr(processing, "_MAX_WARNINGS_PER_REASON", 5)
    gemeente = een_gemeente()
    pk = received(gemeente, csv_of(20, Vervoer="step"))
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert levering.waarschuwingen == 20
    assert levering.redenen[0]["aantal"] == 20
    assert count(gemeente, Bevinding) == 5


@pytest.mark.django_db
def test_a_file_that_breaks_off_halfway_fails_as_a_whole():
    gemeente = een_gemeente()
    pk = received(gemeente, csv_of(3000) + b'\n"nooit gesloten;')
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert levering.status == Leveringstatus.MISLUKT
    assert "aanhalingsteken" in levering.melding
    assert levering.gelezen == 0
    assert count(gemeente, ConceptWerkzoekende) == 0
    assert count(gemeente, Bronbestand) == 1


# --- A worker that dies -----------------------------------------------------------------------------------


class Gedood(BaseException):
    """Stands for the end of a process: nobody catches it."""


def die_after(rows: int) -> Callable[[Levering], None]:
    def follow(levering: Levering) -> None:
        if levering.rijen_gedaan >= rows:
            raise Gedood

    return follow


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_is_done_again_cleanly_while_the_old_set_answers(monkeypatch):
    monkeypatch.setattr(processing, "_RECORDS_PER_PART", 100)
    gemeente = een_gemeente()
    published_by(gemeente, "OUD")
    pk = received(gemeente, csv_of(450))
    with pytest.raises(Gedood):
        convert(gemeente, pk, die_after(200))
    half = reload(gemeente, pk)
    assert half.status == Leveringstatus.OMZETTEN
    assert half.rijen_gedaan == 200
    assert count(gemeente, ConceptWerkzoekende) == 200
    assert count(gemeente, Werkzoekende) == 1

    # Its lease still runs: nobody else touches it.
    convert(gemeente, pk)
    assert reload(gemeente, pk).rijen_gedaan == 200
    assert tasks.resume(gemeente) == 0
    change(gemeente, pk, lease_tot=long_ago())
    assert tasks.resume(gemeente) == 1
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert (levering.status, levering.gelezen, levering.omgezet) == (Leveringstatus.OMGEZET, 450, 450)
    assert count(gemeente, ConceptWerkzoekende) == 450
    approve(gemeente, pk)
    publish(gemeente, pk)
    assert count(gemeente, Werkzoekende) == 450


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_stops_without_a_trace(monkeypatch):
    monkeypatch.setattr(processing, "_RECORDS_PER_PART", 100)
    gemeente = een_gemeente()
    pk = received(gemeente, csv_of(450))
    tomorrow = timezone.now() + timedelta(days=1)

    def steal(levering: Levering) -> None:
        if levering.rijen_gedaan == 100:
            change(gemeente, pk, lease_tot=tomorrow)

    convert(gemeente, pk, steal)
    levering = reload(gemeente, pk)
    assert (levering.status, levering.rijen_gedaan, levering.lease_tot) == (
        Leveringstatus.OMZETTEN,
        100,
        tomorrow,
    )
    assert count(gemeente, ConceptWerkzoekende) == 100


@pytest.mark.django_db(transaction=True)
def test_withdrawing_stops_a_conversion_that_is_under_way(monkeypatch):
    monkeypatch.setattr(processing, "_RECORDS_PER_PART", 100)
    gemeente = een_gemeente()
    pk = received(gemeente, csv_of(450))

    def stop(levering: Levering) -> None:
        if levering.rijen_gedaan:
            assert withdraw(gemeente, pk, None)

    convert(gemeente, pk, stop)
    assert reload(gemeente, pk).status == Leveringstatus.VERVALLEN
    assert count(gemeente, ConceptWerkzoekende) == count(gemeente, Bronbestand) == 0


@pytest.mark.django_db
def test_after_too_many_interruptions_it_fails_and_can_be_tried_again():
    gemeente = een_gemeente()
    gebruiker = een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)
    pk = received(gemeente)
    change(gemeente, pk, status=Leveringstatus.OMZETTEN, pogingen=MAX_POGINGEN, lease_tot=long_ago())
    tasks.resume(gemeente)
    levering = reload(gemeente, pk)
    assert levering.status == Leveringstatus.MISLUKT
    assert "onderbroken" in levering.melding
    assert retry(gemeente, pk, gebruiker)
    convert(gemeente, pk)
    assert reload(gemeente, pk).status == Leveringstatus.OMGEZET


@pytest.mark.django_db
def test_a_task_that_comes_once_too_often_gives_up_by_itself():
    gemeente = een_gemeente()
    pk = received(gemeente)
    change(gemeente, pk, status=Leveringstatus.OMZETTEN, pogingen=MAX_POGINGEN, lease_tot=long_ago())
    convert(gemeente, pk)
    assert reload(gemeente, pk).status == Leveringstatus.MISLUKT


@pytest.mark.django_db
def test_what_waits_in_the_queue_is_not_handed_out_twice_in_a_row():
    gemeente = een_gemeente()
    pk = received(gemeente)
    assert tasks.resume(gemeente) == 0
    change(gemeente, pk, gewijzigd_op=long_ago())
    assert tasks.resume(gemeente) == 1
    assert tasks.resume(gemeente) == 0


@pytest.mark.django_db
def test_only_a_failed_levering_with_its_file_is_tried_again():
    gemeente = een_gemeente()
    pk = ready(gemeente, "A")
    assert not retry(gemeente, pk, None)
    change(gemeente, pk, status=Leveringstatus.MISLUKT)
    with voor_gemeente(gemeente):
        Bronbestand.objects.all().delete()
    assert not retry(gemeente, pk, None)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_it_goes_on(monkeypatch):
    monkeypatch.setattr(processing, "_RECORDS_PER_PART", 100)
    gemeente = een_gemeente()
    pk = received(gemeente, csv_of(350))
    seen: list[int] = []

    def look(_: Levering) -> None:
        in_thread(lambda: seen.append(reload(gemeente, pk).rijen_gedaan))

    convert(gemeente, pk, look)
    assert [number for number, before in zip(seen, [None, *seen], strict=False) if number != before] == [
        0, 100, 200, 300, 350,
    ]  # fmt: skip


def in_thread(action: Callable[[], Any]) -> Any:
    """Do it on a connection of its own, as another process would."""
    (result,) = at_once(action)
    return result


def kill_the_reader(times: int) -> Callable[[Levering], None]:
    """Kills the process that reads the file, so many times, when it has just opened it."""
    left = [times]

    def look(levering: Levering) -> None:
        if levering.melding.startswith("De kolommen worden") and left[0]:
            left[0] -= 1
            [process] = processes()
            process.kill()

    return look


@pytest.mark.django_db(transaction=True)
def test_a_file_of_which_the_reading_was_killed_is_read_again_by_itself():
    gemeente = een_gemeente()
    pk = received(gemeente, csv_of(450))
    kill = kill_the_reader(1)
    assert convert(gemeente, pk, kill)
    waiting = reload(gemeente, pk)
    assert (waiting.status, waiting.lease_tot, waiting.pogingen) == (Leveringstatus.OMZETTEN, None, 1)
    assert waiting.is_onderbroken
    # Not at once: what killed it may still be going on.
    assert tasks.resume(gemeente) == 0
    change(gemeente, pk, gewijzigd_op=long_ago())
    assert tasks.resume(gemeente) == 1
    convert(gemeente, pk, kill)
    levering = reload(gemeente, pk)
    assert (levering.status, levering.omgezet, levering.pogingen) == (Leveringstatus.OMGEZET, 450, 0)
    assert count(gemeente, ConceptWerkzoekende) == 450


@pytest.mark.django_db(transaction=True)
def test_a_file_of_which_the_reading_is_killed_each_time_fails_in_the_end_with_the_reason():
    gemeente = een_gemeente()
    pk = received(gemeente, csv_of(450))
    for attempt in range(MAX_POGINGEN):
        assert reload(gemeente, pk).is_bezig, attempt
        convert(gemeente, pk, kill_the_reader(1))
    levering = reload(gemeente, pk)
    assert levering.status == Leveringstatus.MISLUKT
    assert "van buitenaf afgebroken" in levering.melding
    assert levering.kan_opnieuw
    assert count(gemeente, ConceptWerkzoekende) == 0


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_too_large_for_the_reading_process_is_not_tried_again_by_itself(settings):
    gemeente = een_gemeente()
    shared = f"<sst {MAIN}><si><t>{'x' * 100_000}</t></si></sst>"
    row = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
    pk = received(gemeente, xlsx(row * 10_000, shared=shared))
    settings.UM_LEES_GEHEUGEN_MB = 300
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert levering.status == Leveringstatus.MISLUKT
    assert "te groot om te lezen" in levering.melding


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_process_killed_with_9_leaves_a_job_that_is_picked_up_again():
    gemeente = een_gemeente()
    published_by(gemeente, "OUD")
    pk = received(gemeente, csv_of(30_000))
    code = (
        "import django; django.setup();"
        "from um_portal.tenants.models import Gemeente; from uploads.omzetten.processing import convert;"
        f"convert(Gemeente.objects.get(pk={gemeente.pk}), {pk})"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "um_portal.settings"}
    worker = subprocess.Popen([sys.executable, "-c", code], env=environment)
    try:
        for _ in range(300):
            if reload(gemeente, pk).rijen_gedaan > 2000:
                break
            time.sleep(0.1)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    half = reload(gemeente, pk)
    assert half.status == Leveringstatus.OMZETTEN
    assert 2000 < half.rijen_gedaan < 30_000
    assert count(gemeente, Werkzoekende) == 1
    change(gemeente, pk, lease_tot=long_ago())
    assert tasks.resume(gemeente) == 1
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert (levering.gelezen, levering.omgezet) == (30_000, 30_000)
    approve(gemeente, pk)
    publish(gemeente, pk)
    assert count(gemeente, Werkzoekende) == 30_000


# --- Publishing -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_publication_erases_file_and_concept_and_happens_once():
    gemeente = een_gemeente()
    pk = published_by(gemeente, "A", "B")
    assert count(gemeente, Bronbestand) == count(gemeente, ConceptWerkzoekende) == 0
    assert publish(gemeente, pk) is None
    with pytest.raises(NietPubliceerbaar):
        approve(gemeente, pk)
    with voor_gemeente(gemeente):
        assert Stand.objects.get().aantal == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_publish_at_once_one_wins_and_the_other_is_told():
    gemeente = een_gemeente()
    for ids in ("A", "AB", "BC", "D", "E"):
        pk = ready(gemeente, *ids)
        results = at_once(*[partial(approve, gemeente, pk)] * 2)
        assert [type(result) for result in results if result] == [NietPubliceerbaar]
        results = at_once(*[partial(publish, gemeente, pk)] * 3)
        assert [type(result) for result in results if result] == [sets.Verschil]
        assert count(gemeente, Werkzoekende) == len(ids)


@pytest.mark.django_db(transaction=True)
def test_while_another_levering_is_published_the_second_goes_back_with_a_message():
    gemeente = een_gemeente()
    published_by(gemeente, "A")
    pk = ready(gemeente, "B")
    approve(gemeente, pk)
    with voor_gemeente(gemeente):
        sets.lock(gemeente, Soort.WERKZOEKENDEN)
        assert in_thread(lambda: publish(gemeente, pk)) is None
    levering = reload(gemeente, pk)
    assert levering.status == Leveringstatus.OMGEZET
    assert "andere levering" in levering.melding
    approve(gemeente, pk)
    assert publish(gemeente, pk) is not None


@pytest.mark.django_db(transaction=True)
def test_a_publication_that_breaks_off_leaves_the_old_set_and_is_done_again(monkeypatch):
    gemeente = een_gemeente()
    published_by(gemeente, "OUD")
    pk = ready(gemeente, "A", "B")
    approve(gemeente, pk)
    with monkeypatch.context() as patch:

        def die(*_: Any) -> None:
            raise Gedood

        # Right before the commit: the set has been written already.
        patch.setattr(publication, "_mark_published", die)
        with pytest.raises(Gedood):
            publish(gemeente, pk)
    assert count(gemeente, Werkzoekende) == 1
    assert reload(gemeente, pk).status == Leveringstatus.PUBLICEREN
    change(gemeente, pk, lease_tot=long_ago())
    assert tasks.resume(gemeente) == 1
    tasks.publish(pk, gemeente.pk)
    assert count(gemeente, Werkzoekende) == 2
    assert reload(gemeente, pk).status == Leveringstatus.GEPUBLICEERD


@pytest.mark.django_db
def test_a_publication_that_was_interrupted_too_often_goes_back_with_a_message():
    gemeente = een_gemeente()
    pk = ready(gemeente, "A")
    approve(gemeente, pk)
    change(gemeente, pk, pogingen=MAX_POGINGEN, lease_tot=long_ago())
    tasks.resume(gemeente)
    assert publish(gemeente, pk) is None
    assert reload(gemeente, pk).status == Leveringstatus.OMGEZET
    assert "onderbroken" in reload(gemeente, pk).melding


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing_and_keeps_every_id():
    gemeente = een_gemeente()
    published_by(gemeente, "A", "B")
    with voor_gemeente(gemeente):
        before = set(Werkzoekende.objects.values_list("pk", "id_bron"))
    pk = published_by(gemeente, "A", "B")
    with voor_gemeente(gemeente):
        assert set(Werkzoekende.objects.values_list("pk", "id_bron")) == before
    levering = reload(gemeente, pk)
    assert (levering.nieuw, levering.weg) == (0, 0)


# --- Its time has come ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "status",
    [Leveringstatus.ONTVANGEN, Leveringstatus.OMZETTEN, Leveringstatus.OMGEZET, Leveringstatus.MISLUKT],
)
def test_a_file_that_nobody_published_is_erased_in_time(status):
    gemeente = een_gemeente()
    oud, nieuw = ready(gemeente, "A"), ready(gemeente, "B")
    change(
        gemeente,
        oud,
        status=status,
        aangemaakt_op=timezone.now() - timedelta(hours=settings.UM_BRONBESTAND_UREN + 1),
    )
    assert erase_expired(gemeente) == 1
    assert reload(gemeente, oud).status == Leveringstatus.VERVALLEN
    with voor_gemeente(gemeente):
        assert set(Bronbestand.objects.values_list("levering", flat=True)) == {nieuw}
        assert set(ConceptWerkzoekende.objects.values_list("stapel", flat=True)) == {nieuw}
    assert erase_expired(gemeente) == 0


@pytest.mark.django_db
def test_what_was_published_stays_published_when_its_time_comes():
    gemeente = een_gemeente()
    pk = published_by(gemeente, "A")
    change(gemeente, pk, aangemaakt_op=timezone.now() - timedelta(days=30))
    assert erase_expired(gemeente) == 0
    assert count(gemeente, Werkzoekende) == 1


# --- Another municipality ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_database_itself_shows_and_takes_nothing_of_another_municipality():
    gemeente, andere = een_gemeente(), een_gemeente()
    with voor_gemeente(gemeente):
        Waardekoppeling.objects.create(gemeente=gemeente, lijst="beroepen", waarde="x", code="y")
    pk = received(gemeente, een_werkblad([een_sonar_rij(), een_sonar_rij(Postcode="x")]))
    convert(gemeente, pk)
    with connection.cursor() as cursor:
        for viewer, expected in ((None, False), (andere, False), (gemeente, True)):
            set_session("default", gemeente=viewer.pk if viewer else None)
            for tabel in TABELLEN:
                cursor.execute(f"SELECT count(*) > 0 FROM uploads_{tabel}")
                assert cursor.fetchone() == (expected,), (tabel, viewer)
        set_session("default", gemeente=andere.pk)
        for tabel in TABELLEN:
            cursor.execute(f"UPDATE uploads_{tabel} SET gemeente_id = %s", [andere.pk])
            assert cursor.rowcount == 0
            cursor.execute(f"DELETE FROM uploads_{tabel}")
            assert cursor.rowcount == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            cursor.execute(
                "INSERT INTO uploads_waardekoppeling (gemeente_id, lijst, waarde, code) VALUES (%s, 'a', 'b', 'c')",
                [gemeente.pk],
            )
        set_session("default")


@pytest.mark.django_db
@pytest.mark.parametrize("action", [convert, publish])
def test_work_for_the_wrong_municipality_finds_nothing(action):
    gemeente, andere = een_gemeente(), een_gemeente()
    pk = received(gemeente)
    action(andere, pk)
    assert reload(gemeente, pk).status == Leveringstatus.ONTVANGEN
    assert not withdraw(andere, pk, None)
    with pytest.raises(ObjectDoesNotExist):
        reload(andere, pk)


@pytest.mark.django_db
def test_the_same_person_has_another_id_in_another_municipality():
    ids = []
    for gemeente in (een_gemeente(), een_gemeente()):
        published_by(gemeente, "799890005")
        with voor_gemeente(gemeente):
            ids.append(Werkzoekende.objects.get().id_bron)
    assert ids[0] != ids[1]
    assert "799890005" not in ids


# --- Nothing leaks ----------------------------------------------------------------------------------------

GEHEIM = {
    "Volledige Naam": "Zwanenburg-Geheim",
    "BSN": "799890005",
    "Telefoonnummer": "0687654321",
    "E-mailadres": "geheim@verborgen.example",
    "Straatnaam": "Verborgenlaan",
    "Medewerker Naam": "Medewerker-Geheim",
    "Geslacht": "Geslacht-Geheim",
    "Plaats": "Plaats-Geheim",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("published", [False, True])
def test_no_personal_data_is_in_the_database_or_the_log_in_the_clear(caplog, capfd, published):
    caplog.set_level(logging.DEBUG)
    gemeente = een_gemeente()
    # In the right columns, and in every column where they do not belong.
    verkeerd = [
        een_sonar_rij(**{"ID_WZ": "NNB", **GEHEIM, kop: waarde})
        for kop in SONAR_KOPPEN
        for waarde in GEHEIM.values()
    ]
    pk = receive(
        gemeente,
        inhoud=een_werkblad([een_sonar_rij(**{"ID_WZ": "NNB", **GEHEIM}), *verkeerd]),
        bestandsnaam="lijst 799890005 geheim@verborgen.example.xlsx",
    ).pk
    convert(gemeente, pk)
    assert reload(gemeente, pk).omgezet >= 1
    if published:
        approve(gemeente, pk)
        assert publish(gemeente, pk) is not None
    text = everything_in_the_database() + caplog.text + "".join(capfd.readouterr())
    for waarde in [*GEHEIM.values(), "799.890.005", "10799890005"]:
        assert waarde not in text, waarde


def everything_in_the_database() -> str:
    """Every row of every table as the owner sees it, binary columns as both hexadecimal and plain text."""
    found = []
    with psycopg.connect(OWNER_URL, dbname=settings.DATABASES["default"]["NAME"]) as owner:
        tables = [
            row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        assert "uploads_levering" in tables
        for table in tables:
            for row in owner.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                found += [
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    return "\n".join(found)


@pytest.mark.django_db
def test_a_task_is_given_ids_only():
    assert tasks.convert.__wrapped__.__code__.co_varnames[:2] == ("levering_id", "gemeente_id")
    assert tasks.publish.__wrapped__.__code__.co_varnames[:2] == ("levering_id", "gemeente_id")


@pytest.mark.django_db
def test_a_claim_is_only_for_what_waits():
    gemeente = een_gemeente()
    pk = ready(gemeente, "A")
    with voor_gemeente(gemeente):
        assert claim(Levering.objects.filter(status=Leveringstatus.ONTVANGEN), pk) is None
