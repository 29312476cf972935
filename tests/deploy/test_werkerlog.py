"""A real worker, and what is in its log: nothing of what a task was given, nor of the words of its exceptions."""

from pathlib import Path

import pytest

from tests.deploy.parts import a_part
from tests.processes import wait_until
from um_portal.celery import app
from um_portal.onderdelen import Wachtrij

MERK = "merk999990019"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", ["onderhoud", "bestanden"])
def test_a_worker_logs_that_something_failed_and_not_what(part: str, tmp_path: Path) -> None:
    log = tmp_path / "werker.log"
    queue = {"onderhoud": Wachtrij.ONDERHOUD, "bestanden": Wachtrij.BESTANDEN}[part].value
    with a_part(part, log):
        # The database says: Field 'id' expected a number but got '...'.
        app.send_task("uploads.tasks.convert", [MERK, f"{MERK}b"], queue=queue)
        app.send_task("uploads.tasks.convert", [MERK], {MERK: MERK}, queue=queue)
        app.send_task(f"geen.{queue}", [MERK], {"wie": MERK}, queue=queue)
        wait_until(lambda: log.read_text().count("uploads.tasks.convert[") >= 2, "both tasks failed", 60)
        wait_until(lambda: "unregistered task" in log.read_text(), "the unknown task was refused", 30)
    said = log.read_text()
    assert "raised unexpected" in said
    # Where it went wrong is there, to find the fault with.
    assert "builtins.ValueError op" in said
    assert "builtins.TypeError op" in said
    assert MERK not in said
