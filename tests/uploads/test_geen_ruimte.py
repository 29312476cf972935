"""A server without room: nobody's file is blamed, nothing is lost, and the work goes on when there is room again."""

import contextlib
import errno
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.db.utils import OperationalError
from django.test import Client
from django.urls import reverse
from psycopg import sql

from exchange.bron.models import ConceptWerkzoekende, Werkzoekende
from tests.conftest import OWNER_URL
from tests.factories import een_client, een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad
from tests.faults.storingen import _full
from um_portal.embedded import accounts
from um_portal.ruimte import GEEN_RUIMTE, is_full
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.gepubliceerd import publication
from uploads.leveringen.intake import receive
from uploads.models import Bronbestand, Levering, Leveringstatus

ROWS = 3000


class TooManyLocks(psycopg.errors.OutOfMemory):
    """Has the text and the code with which PostgreSQL tells that its table of locks is full."""

    def __str__(self) -> str:
        return 'out of shared memory\nHINT:  You might need to increase "max_locks_per_transaction".'


def caused_by(cause: BaseException) -> Exception:
    """Gives an error of Django that came of this one."""
    try:
        raise OperationalError("een tekst die er niet toe doet") from cause
    except OperationalError as error:
        return error


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (caused_by(psycopg.errors.DiskFull()), True),
        (caused_by(psycopg.errors.OutOfMemory()), True),
        (caused_by(TooManyLocks()), False),
        (caused_by(psycopg.errors.TooManyConnections()), False),
        (caused_by(psycopg.errors.QueryCanceled()), False),
        (OSError(errno.EPIPE, "Broken pipe"), False),
        (None, False),
    ],
)
def test_only_a_lack_of_room_counts_as_one(error: BaseException | None, full: bool) -> None:
    assert is_full(error) is full


@pytest.mark.django_db
def test_a_full_table_of_locks_of_the_real_database_is_no_lack_of_room() -> None:
    every_lock = "SELECT count(pg_advisory_xact_lock(number)) FROM generate_series(1, 1000000) number"
    with (
        pytest.raises(OperationalError, match="shared memory") as problem,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(every_lock)
    assert not is_full(problem.value)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk that PostgreSQL may write on."""
    place = tmp_path_factory.mktemp("schijf")
    account = accounts.server_account()
    made = (
        account
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], check=False, capture_output=True
        ).returncode
    )
    if not made or account is None:
        pytest.skip("alleen root maakt een schijf")
    (place / "tabellen").mkdir()
    accounts.give(place / "tabellen", account)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


@contextlib.contextmanager
def no_room_for(model: type[Model], disk: Path) -> Iterator[None]:
    """Puts the table of this model on a disk without room while this lasts."""
    table = sql.Identifier(model._meta.db_table)
    name = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(OWNER_URL, dbname=name, autocommit=True) as owner:
        owner.execute(
            sql.SQL("CREATE TABLESPACE klein LOCATION {}").format(sql.Literal(str(disk / "tabellen")))
        )
        try:
            owner.execute(sql.SQL("ALTER TABLE {} SET TABLESPACE klein").format(table))
            with _full(disk):
                yield
        finally:
            connection.close()
            owner.execute(sql.SQL("ALTER TABLE {} SET TABLESPACE pg_default").format(table))
            owner.execute("DROP TABLESPACE klein")


@pytest.fixture
def gemeente(db: None) -> Gemeente:
    return een_gemeente()


@pytest.fixture
def clerk(gemeente: Gemeente) -> Client:
    client = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    client.raise_request_exception = False
    return client


def newest(gemeente: Gemeente) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.latest("pk")
    return levering


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_that_finds_no_room_is_refused_with_the_reason_and_comes_in_later(
    disk: Path, clerk: Client, gemeente: Gemeente
) -> None:
    def upload() -> Any:
        return clerk.post(reverse("uploads:nieuw"), {"bestand": SimpleUploadedFile("export.xlsx", inhoud)})

    inhoud = een_werkblad([een_sonar_rij() for _ in range(ROWS)])
    with no_room_for(Bronbestand, disk):
        page = upload()
        assert (page.status_code, page["Retry-After"]) == (503, "60")
        assert "De server is vol" in page.text
        assert "niet aan uw bestand" in page.text
        with voor_gemeente(gemeente):
            assert not Levering.objects.exists(), "half of it is nowhere"
    assert upload().status_code == 302


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_work_that_finds_no_room_waits_says_why_and_goes_on_by_itself(
    disk: Path, clerk: Client, gemeente: Gemeente
) -> None:
    def says_so(status: Leveringstatus) -> None:
        levering = newest(gemeente)
        assert (levering.status, levering.melding, levering.lease_tot) == (status, GEEN_RUIMTE, None)
        assert levering.pogingen == 0, "waiting for room is no attempt"
        page = clerk.get(reverse("uploads:levering", args=[levering.pk])).text
        assert GEEN_RUIMTE in page

    inhoud = een_werkblad([een_sonar_rij() for _ in range(ROWS)])
    levering = receive(gemeente, inhoud=inhoud, bestandsnaam="export.xlsx")
    with no_room_for(ConceptWerkzoekende, disk):
        for _ in range(6):
            tasks.convert(levering.pk, gemeente.pk)
            says_so(Leveringstatus.ONTVANGEN)
    tasks.convert(levering.pk, gemeente.pk)
    done = newest(gemeente)
    assert (done.status, done.omgezet, done.melding) == (Leveringstatus.OMGEZET, ROWS, "")

    publication.request_publication(gemeente, levering.pk, een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    with no_room_for(Werkzoekende, disk):
        for _ in range(6):
            tasks.publish(levering.pk, gemeente.pk)
            says_so(Leveringstatus.PUBLICEREN)
    tasks.publish(levering.pk, gemeente.pk)
    done = newest(gemeente)
    assert (done.status, done.melding) == (Leveringstatus.GEPUBLICEERD, "")
    with voor_gemeente(gemeente):
        assert Werkzoekende.objects.count() == ROWS
