"""Runs `python -m um_portal.embedded.prepare FILE`: makes tables and demonstration data, in one process.

It is one process because starting Django takes most of the time when there is nothing new. The lines about
the demonstration accounts go to FILE, which the supervisor shows when everything runs.
"""

import contextlib
import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
from django.core.management import call_command


@contextlib.contextmanager
def _step(sentence: str) -> Iterator[None]:
    print(f"  - {sentence} ...", flush=True)
    begin = time.monotonic()
    yield
    print(f"    klaar ({time.monotonic() - begin:.1f} s)", flush=True)


def main(accounts: Path) -> None:
    """Migrates, fills the tables and writes down the accounts; every command keeps what is there already."""
    django.setup()
    with _step("Database bijwerken"):
        call_command("migrate", verbosity=0, interactive=False)
    with _step("Voorbeeldgegevens klaarzetten"):
        call_command("demodata")
    lines = io.StringIO()
    call_command("demodata", accounts=True, stdout=lines)
    accounts.write_text(lines.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
