"""A back-up is put back to a moment, as docs/beheer/back-up.md says, and the portal goes on from there."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.processes import Demonstratie, Partij, a_demonstration, wait_until
from um_portal.embedded import accounts
from um_portal.embedded.postgresql import PostgreSQL, _installation
from um_portal.embedded.processes import Register

pytestmark = pytest.mark.slow
PROEFDORP, VERTREKDORP = "00000001899000117000", "00000001899000118000"
MERK = "merkteken-van-de-back-up"

VERANDER = f"""
from um_portal.tenants.models import Gemeente
from um_portal.accounts.models import Gebruiker
from um_portal.gemeenten import erasure, lifecycle, vertrek
from exchange.standard import Soort
from uploads.gepubliceerd.withdrawal import withdraw_records
withdraw_records(Gemeente.objects.get(oin="{PROEFDORP}"), Soort.WERKZOEKENDEN, ["PROEF-1"], None)
erasure.erase_user(Gebruiker.objects.get(username="weg@proefdorp.example"))
weg = Gemeente.objects.get(oin="{VERTREKDORP}")
lifecycle.suspend(weg.pk)
vertrek.announce(weg, vertrek.Vertrekreden.VERZOEK, None)
vertrek.confirm(weg, "Vertrekdorp", None)
weg.refresh_from_db()
assert vertrek.erase(weg)
"""
MAAK = f"""
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
gemeente = Gemeente.objects.get(oin="{PROEFDORP}")
weg = Gebruiker.objects.create(username="weg@proefdorp.example")
with voor_gemeente(gemeente):
    Lidmaatschap.objects.create(gemeente=gemeente, gebruiker=weg, rol=Rol.JOBCOACH)
    log_act(gemeente, Handeling.ROL_GEWIJZIGD, betrokkene=weg)
"""
TEL = f"""
from um_portal.tenants.models import Gemeente, Sleutel
from um_portal.tenants.scope import voor_gemeente
from um_portal.accounts.models import Gebruiker
from exchange.bron.models import Werkzoekende
for oin in ("{PROEFDORP}", "{VERTREKDORP}"):
    gemeente = Gemeente.objects.get(oin=oin)
    with voor_gemeente(gemeente):
        print(gemeente.naam, gemeente.status, *sorted(Werkzoekende.objects.values_list("id_bron", flat=True)),
              Sleutel.objects.count())
print("gebruiker", Gebruiker.objects.filter(username="weg@proefdorp.example").count())
"""


def _record(number: int) -> dict[str, Any]:
    return {
        "idWerkzoekende": f"PROEF-{number}",
        "mobiliteit": {"bemiddelingspostcode": "9711AB"},
        "persoonlijkePresentatie": MERK,
    }


def _publish(demo: Demonstratie, oin: str, place: Path, *numbers: int) -> None:
    file = place / "werkzoekenden.json"
    file.write_text(json.dumps([_record(number) for number in numbers]))
    code, _, said = demo.publish(oin, "werkzoekenden", file)
    assert code == 0, said


def _run(demo: Demonstratie, code: str) -> list[str]:
    done = demo.manage("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-3:]


@contextlib.contextmanager
def _archiving(demo: Demonstratie, wal: Path) -> Iterator[None]:
    """Keeps the log of the database outside it, from now on."""
    program = subprocess.Popen([_tool("pg_receivewal"), "-D", wal, "-d", demo.database_url, "--synchronous"])
    try:
        wait_until(lambda: any(wal.iterdir()), "the log is received")
        yield
    finally:
        program.terminate()
        program.wait(20)


def _is_restored(demo: Demonstratie) -> bool:
    with contextlib.suppress(psycopg.OperationalError), demo.database() as database:
        return database.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
    return False


def _tool(name: str) -> str:
    return str(_installation() / "bin" / name)


def test_a_restore_to_a_moment_loses_nothing_from_before_it_and_keeps_erased_what_was_erased_after_it(
    tmp_path: Path,
) -> None:
    wal, base = tmp_path / "wal", tmp_path / "kopie"
    wal.mkdir()
    with a_demonstration(tmp_path / "eerst") as demo, _archiving(demo, wal):
        for oin, naam in ((PROEFDORP, "Proefdorp"), (VERTREKDORP, "Vertrekdorp")):
            assert demo.manage("demodata", "--gemeente", oin, naam).returncode == 0
            _publish(demo, oin, tmp_path, 1, 2)
        _run(demo, MAAK)
        subprocess.run(
            [_tool("pg_basebackup"), "-D", base, "-d", demo.database_url, "-X", "none", "-c", "fast"],
            check=True,
        )
        _publish(demo, PROEFDORP, tmp_path, 1, 2, 3)
        with demo.database() as database:
            [moment] = database.execute("SELECT clock_timestamp()::text").fetchone() or [""]
        _run(demo, VERANDER)
        _publish(demo, PROEFDORP, tmp_path, 2, 3, 4)
        before = _run(demo, TEL)
        with demo.database() as database:
            [last] = database.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or [""]
        wait_until((wal / last).exists, "the last part of the log is outside")
    assert before[0].startswith("Proefdorp toegelaten PROEF-2 PROEF-3 PROEF-4")

    # The keys, and what is kept outside the database, come from elsewhere than the back-up.
    again = Demonstratie(tmp_path / "daarna")
    again.data.mkdir(parents=True)
    for name in ("geheimen", "wissingen", "logboekkoppen"):
        source = demo.data / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, again.data / name)
    shutil.move(base, again.data / "postgresql")
    with (again.data / "postgresql" / "postgresql.auto.conf").open("a") as config:
        config.write(
            f"restore_command = 'cp {wal}/%f %p'\n"
            f"recovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n"
        )
    (again.data / "postgresql" / "recovery.signal").touch()
    logs = again.place / "logs"
    logs.mkdir()
    server = PostgreSQL(again.data, logs, Register(again.place / "processen.json"))
    for place in (wal, server.sockets, server.data):
        accounts.give(place, server.account)
    server.child.start()
    try:
        wait_until(lambda: _is_restored(again), "it is restored", 60)
        back = _run(again, TEL)
        assert back[0].startswith("Proefdorp toegelaten PROEF-1 PROEF-2 PROEF-3")
        assert back[1].startswith("Vertrekdorp toegelaten PROEF-1 PROEF-2")
        assert back[2] == "gebruiker 1"
        done = again.manage("erase_again")
        assert done.returncode == 0, done.stderr
        assert "Klaar: 3 opnieuw gewist" in done.stdout
        after = _run(again, TEL)
        assert after[0].startswith("Proefdorp toegelaten PROEF-2 PROEF-3")
        assert after[1] == "Vertrekdorp vertrokken 0"
        assert after[2] == "gebruiker 0"
        # The heads that were kept outside tell that lines are missing: those of after the moment.
        checked = again.manage("verify_audit")
        assert checked.returncode == 1
    finally:
        server.stop()

    try:
        again.start()
        partij = Partij(again, PROEFDORP)
        assert {match["idWerkzoekende"] for match in partij.ask_source(PROEFDORP, "9711AB", 10)} == {
            "PROEF-2",
            "PROEF-3",
        }
        headers = partij._headers(PROEFDORP, **{"X-VUM-SUWIparty": "true"})
        detail = partij.client.get(f"{partij.source}/PROEF-3", headers=headers)
        assert detail.json()["persoonlijkePresentatie"] == MERK
        assert partij.client.get(f"{partij.source}/PROEF-1", headers=headers).status_code == 400
        assert partij.client.get(f"{partij.source}/PROEF-4", headers=headers).status_code == 400
    finally:
        again.stop()
