"""The chain of the audit log: nobody forges a line, and what was changed behind its back is found and named."""

import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from tests.conftest import OWNER_URL
from tests.factories import een_gebruiker, een_gemeente
from um_portal.accounts.models import Gebruiker
from um_portal.audit import koppen, retention
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_account, log_act
from um_portal.audit.models import Auditregel, Keten, Pseudoniem
from um_portal.audit.verify import GeenEigenaar, verify
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import handelt, voor_gemeente, voor_portaal

WRITTEN = Handeling.LEVERING_ONTVANGEN


@pytest.fixture(autouse=True)
def heads(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Keeps the heads of a test apart; the numbers of municipalities begin again in the next."""
    settings.UM_LOGBOEK_KOPPEN = tmp_path / "koppen"
    koppen._written.clear()
    yield
    koppen._written.clear()


def write(gemeente: Gemeente, *subjects: str, gebruiker: Gebruiker | None = None) -> None:
    """Writes a line per subject, each in a transaction of its own."""
    for subject in subjects:
        with voor_gemeente(gemeente):
            log_act(gemeente, WRITTEN, gebruiker=gebruiker, onderwerp=subject)


def as_owner(statement: str, *parameters: object) -> None:
    """Does what the owner of the database can do, in one transaction."""
    name = django_settings.DATABASES["default"]["NAME"]
    with psycopg.connect(OWNER_URL, dbname=name) as owner:
        owner.execute(statement, parameters)


def verdict() -> tuple[bool, list[str]]:
    """Runs the command; gives whether all is well, and its sentences."""
    out = StringIO()
    try:
        call_command("verify_audit", stdout=out)
    except CommandError:
        return False, out.getvalue().splitlines()
    return True, out.getvalue().splitlines()


# --- Nobody writes but the function ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_auditregel (gemeente_id, tijdstip, functie, namens, handeling, onderwerp, uitkomst, vum_id,"
        " partij, trace, span) VALUES (%(gemeente)s, now(), '', false, 'ingelogd', '', '', '', '', '', '')",
        "UPDATE audit_auditregel SET actor = NULL",
        "UPDATE audit_auditregel SET tijdstip = tijdstip - interval '1 day'",
        "DELETE FROM audit_auditregel",
        "TRUNCATE audit_auditregel",
        "UPDATE audit_keten SET volgnummer = 0",
        "DELETE FROM audit_keten",
        "INSERT INTO audit_pseudoniem (pseudoniem, gebruiker_id) VALUES (gen_random_uuid(), %(gebruiker)s)",
        "UPDATE audit_pseudoniem SET gebruiker_id = %(gebruiker)s",
        "DELETE FROM audit_pseudoniem",
        "DELETE FROM audit_brontelling",
        "UPDATE audit_supportregel SET handeling = 'ingelogd'",
        "DELETE FROM audit_supportregel",
        "ALTER TABLE audit_auditregel DISABLE TRIGGER keten",
        "SELECT logboek_pseudoniem(%(gebruiker)s)",
        "SELECT * FROM audit_supportregel",
        "SELECT um_ruim_logboek(0, 1)",
        "SELECT um_log(%(gemeente)s, 'bron_bevraagd', NULL, NULL, '', 1, '', '', '', '', '', NULL)",
        "SELECT um_log(%(gemeente)s, 'logboek_opgeruimd', NULL, NULL, '', 1, '', '', '', '', '', NULL)",
    ],
)
def test_the_application_itself_cannot_write_change_or_remove_a_line(statement: str) -> None:
    gemeente = een_gemeente()
    numbers = {"gemeente": gemeente.pk, "gebruiker": een_gebruiker(gemeente).pk}
    write(gemeente, "levering 1", gebruiker=een_gebruiker(gemeente))
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute(statement, numbers)
        assert Auditregel.objects.filter(onderwerp="levering 1").count() == 1


@pytest.mark.django_db
def test_the_user_who_works_is_the_actor_whatever_the_caller_says() -> None:
    gemeente = een_gemeente()
    een, ander = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER), een_gebruiker(gemeente)
    with handelt(een.pk), voor_gemeente(gemeente):
        log_act(gemeente, WRITTEN, gebruiker=ander, onderwerp="zelf")
    write(gemeente, "taak", gebruiker=ander)
    write(gemeente, "portaal")
    whose = {one.pseudoniem: one.gebruiker for one in Pseudoniem.objects.select_related("gebruiker")}
    with voor_gemeente(gemeente):
        lines = {one.onderwerp: one for one in Auditregel.objects.filter(handeling=WRITTEN)}
    assert whose[lines["zelf"].actor] == een
    assert (lines["zelf"].functie, lines["zelf"].namens) == ("functioneel_beheerder", False)
    assert whose[lines["taak"].actor] == ander
    assert (lines["taak"].functie, lines["taak"].namens) == ("jobcoach", True)
    assert (lines["portaal"].actor, lines["portaal"].functie) == (None, "")


@pytest.mark.django_db
def test_a_line_is_for_the_municipality_of_the_transaction_and_no_other() -> None:
    een, ander = een_gemeente(), een_gemeente()
    with voor_gemeente(een):
        for wrong in (ander, None):
            with pytest.raises(ProgrammingError, match="andere gemeente"), transaction.atomic():
                log_act(wrong, WRITTEN)
    with pytest.raises(ProgrammingError, match="andere gemeente"), transaction.atomic():
        log_act(een, WRITTEN)
    with voor_gemeente(ander):
        assert not Auditregel.objects.filter(handeling=WRITTEN).exists()


@pytest.mark.django_db
def test_who_leaves_stays_in_the_log_under_the_same_pseudonym_that_leads_to_nobody() -> None:
    gemeente = een_gemeente()
    gebruiker = een_gebruiker(gemeente)
    write(gemeente, "levering 1", "levering 2", gebruiker=gebruiker)
    with voor_gemeente(gemeente):
        Lidmaatschap.objects.all().delete()
        gebruiker.delete()
        actors = set(Auditregel.objects.filter(handeling=WRITTEN).values_list("actor", flat=True))
    assert len(actors) == 1
    assert actors != {None}
    assert not Pseudoniem.objects.filter(pk__in=actors).exists()


# --- The chain -------------------------------------------------------------------------------------------

transactional = pytest.mark.django_db(transaction=True, databases=["default", "eigenaar"])


@transactional
def test_a_log_that_nobody_touched_is_right_and_so_are_its_heads() -> None:
    een, ander = een_gemeente("Aadorp"), een_gemeente("Beedorp")
    write(een, "levering 1", "=cmd|'/c calc'!A0 é\n", gebruiker=een_gebruiker(een))
    with voor_gemeente(ander):  # two lines in one transaction, and one that is taken back
        log_act(ander, WRITTEN, aantal=-3, vum_id="V1", partij=een.oin, duur_ms=12)
        with transaction.atomic():
            log_act(ander, WRITTEN)
            transaction.set_rollback(True)
        log_act(ander, WRITTEN)
    log_account(Handeling.INLOGGEN_MISLUKT, None)
    assert verdict() == (True, ["Het logboek klopt: 9 regels in 3 ketens, 8 koppen van buiten de database."])
    assert list(Keten.objects.order_by("nummer").values_list("volgnummer", flat=True)) == [1, 4, 4]


@transactional
def test_what_the_owner_of_the_database_changed_is_found_and_named() -> None:
    gemeente, ander = een_gemeente("Aadorp"), een_gemeente("Beedorp")
    write(gemeente, *(f"levering {number}" for number in range(2, 9)))
    write(ander, "levering 1")
    begin = f"Gemeente Aadorp ({gemeente.pk}): "
    where = "WHERE gemeente_id = %s AND volgnummer = %s"
    as_owner(f"UPDATE audit_auditregel SET onderwerp = 'iets anders' {where}", gemeente.pk, 2)
    as_owner(f"UPDATE audit_auditregel SET tijdstip = tijdstip - interval '1 day' {where}", gemeente.pk, 4)
    as_owner(f"DELETE FROM audit_auditregel {where}", gemeente.pk, 6)
    assert verdict() == (
        False,
        [f"{begin}regel 2 is gewijzigd.", f"{begin}regel 4 is gewijzigd.", f"{begin}regel 6 ontbreekt."],
    )


@transactional
def test_lines_that_changed_places_are_found() -> None:
    gemeente = een_gemeente("Aadorp")
    write(gemeente, "levering 2", "levering 3")
    as_owner(
        "UPDATE audit_auditregel SET volgnummer = -volgnummer WHERE volgnummer > 2;"
        "UPDATE audit_auditregel SET volgnummer = 7 + volgnummer WHERE volgnummer < 0"
    )
    correct, sentences = verdict()
    assert not correct
    assert f"Gemeente Aadorp ({gemeente.pk}): regel 3 is gewijzigd." in sentences
    assert f"Gemeente Aadorp ({gemeente.pk}): regel 4 is gewijzigd." in sentences


@transactional
def test_a_chain_that_was_written_anew_as_a_whole_is_found_by_the_heads_outside() -> None:
    gemeente = een_gemeente("Aadorp")
    write(gemeente, "levering 2", "levering 3", "levering 4")
    # The last two away and the head put back: the chain itself is right.
    as_owner(
        "DELETE FROM audit_auditregel WHERE volgnummer > 3;"
        "UPDATE audit_keten k SET volgnummer = r.volgnummer, hash = r.hash, tijdstip = r.tijdstip"
        " FROM audit_auditregel r WHERE r.volgnummer = 3"
    )
    begin = f"Gemeente Aadorp ({gemeente.pk}): "
    assert verdict() == (False, [f"{begin}regels 4 tot en met 5 ontbreken."])
    # And others in their place.
    write(gemeente, "levering 30", "levering 40")
    twice = [
        f"{begin}van regel {number} zijn buiten de database twee verschillende koppen bewaard."
        for number in (4, 5)
    ]
    correct, sentences = verdict()
    assert not correct
    assert sentences[:2] == twice
    assert [one.partition(" dan ")[0] for one in sentences[2:]] == [
        f"{begin}regel 4 is een andere",
        f"{begin}regel 5 is een andere",
    ]
    as_owner("TRUNCATE audit_auditregel, audit_keten")
    assert verdict() == (False, [*twice, f"{begin}regels 1 tot en met 5 ontbreken."])


@transactional
def test_a_line_outside_the_chain_is_found() -> None:
    gemeente = een_gemeente()
    as_owner("ALTER TABLE audit_auditregel DISABLE TRIGGER keten")
    try:
        write(gemeente, "levering 1")
    finally:
        as_owner("ALTER TABLE audit_auditregel ENABLE TRIGGER keten")
    correct, [sentence] = verdict()
    assert not correct
    assert "staat buiten de keten" in sentence


@transactional
def test_writers_at_once_make_one_chain_and_do_not_wait_for_each_others_work() -> None:
    gemeente, ander = een_gemeente(), een_gemeente()
    both = threading.Barrier(2)
    problems: list[BaseException] = []

    def work(own: Gemeente) -> None:
        try:
            for number in range(10):
                with voor_gemeente(own):
                    log_act(own, WRITTEN, onderwerp=f"levering {number}")
                    # Both have written before either ends: nothing is locked until then.
                    both.wait(timeout=20)
        except BaseException as problem:  # told by the test itself
            problems.append(problem)
            both.abort()
        finally:
            connections.close_all()

    for pair in ((gemeente, gemeente), (gemeente, ander)):
        threads = [threading.Thread(target=work, args=(one,)) for one in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert problems == []
    correct, sentences = verdict()
    assert correct, sentences
    assert dict(Keten.objects.values_list("nummer", "volgnummer")) == {gemeente.pk: 32, ander.pk: 12}


# --- Keeping and erasing ---------------------------------------------------------------------------------


def aged(gemeente: Gemeente, *days: int) -> None:
    """Writes lines that the chain takes as written so many days ago, as if the clock had stood there."""
    for number in days:
        as_owner(
            "INSERT INTO audit_auditregel (gemeente_id, tijdstip, functie, namens, handeling, onderwerp, uitkomst,"
            " vum_id, partij, trace, span) VALUES (%s, now() - make_interval(days => %s), '', false,"
            " 'levering_ontvangen', 'oud', '', '', '', '', '')",
            gemeente.pk,
            number,
        )


@transactional
def test_old_lines_are_erased_and_what_stays_can_be_verified() -> None:
    gemeente = Gemeente.objects.create(oin="1" * 20, naam="Aadorp")
    aged(gemeente, 4000, 3000, 2000, 100)
    write(gemeente, "levering 1")
    koppen.write_all()
    assert retention.erase_expired() == 3
    with voor_gemeente(gemeente):
        numbers = list(Auditregel.objects.order_by("volgnummer").values_list("volgnummer", "handeling"))
    assert numbers == [(4, "levering_ontvangen"), (5, "levering_ontvangen"), (6, "logboek_opgeruimd")]
    correct, sentences = verdict()
    assert correct, sentences
    assert retention.erase_expired() == 0
    # One more line goes at the beginning, and one that was too young to go.
    as_owner("DELETE FROM audit_auditregel WHERE volgnummer = 4")
    assert verdict() == (False, [f"Gemeente Aadorp ({gemeente.pk}): regel 4 ontbreekt."])


@transactional
def test_lines_that_were_erased_too_soon_are_found(settings: Any) -> None:
    gemeente = Gemeente.objects.create(oin="1" * 20, naam="Aadorp")
    aged(gemeente, 700, 600)
    koppen.write_all()
    write(gemeente, "levering 1")
    settings.UM_LOGBOEK_BEWAARDAGEN = 365
    assert retention.erase_expired() == 2
    assert verdict()[0]
    settings.UM_LOGBOEK_BEWAARDAGEN = 1826
    assert verdict() == (
        False,
        [f"Gemeente Aadorp ({gemeente.pk}): regel 2 is gewist voordat de bewaartermijn voorbij was."],
    )


@transactional
def test_a_head_that_cannot_be_written_keeps_no_act_back(settings: Any, tmp_path: Path, caplog: Any) -> None:
    gemeente = een_gemeente()
    settings.UM_LOGBOEK_KOPPEN = tmp_path / "bestand"
    settings.UM_LOGBOEK_KOPPEN.write_text("")
    write(gemeente, "levering 1")
    with voor_gemeente(gemeente):
        assert Auditregel.objects.filter(onderwerp="levering 1").exists()
    assert "on_commit" in caplog.text
    settings.UM_LOGBOEK_KOPPEN = tmp_path / "weer"
    with caplog.at_level("INFO"):
        koppen.tell_all()
    assert 'logboekkop {"tijdstip": "' in caplog.text
    assert [head.volgnummer for head in koppen.read_all()] == [3]


def test_a_file_with_heads_that_was_spoilt_is_named(settings: Any, tmp_path: Path) -> None:
    settings.UM_LOGBOEK_KOPPEN = tmp_path
    (tmp_path / "2026-01-01.jsonl").write_text('{"keten": 1}\n')
    with pytest.raises(CommandError, match=r"onleesbaar: 2026-01-01\.jsonl, regel 1\."):
        call_command("verify_audit", stdout=StringIO())


def test_a_file_with_heads_that_may_not_be_read_is_named(settings: Any, tmp_path: Path) -> None:
    settings.UM_LOGBOEK_KOPPEN = tmp_path
    (tmp_path / "2026-01-01.jsonl").mkdir()
    with pytest.raises(CommandError, match=r"onleesbaar: 2026-01-01\.jsonl mag deze gebruiker niet lezen"):
        call_command("verify_audit", stdout=StringIO())


@pytest.mark.django_db
def test_a_login_that_does_not_see_every_line_is_not_told_that_all_is_well() -> None:
    with pytest.raises(GeenEigenaar):
        verify([], using="default")


@pytest.mark.django_db
def test_the_portal_has_lines_of_its_own_that_no_municipality_sees() -> None:
    gemeente = een_gemeente()
    with voor_portaal():
        log_act(None, Handeling.LOGBOEK_GEDOWNLOAD)
    with voor_gemeente(gemeente):
        assert not Auditregel.objects.filter(handeling="logboek_gedownload").exists()
