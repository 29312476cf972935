"""`python -m um_portal.embedded.prepare FILE`: the tables and the demonstration data, in one process.

One process because starting Django is most of the work when there is nothing new. The lines about the
demonstration accounts go to FILE, for the supervisor to show when everything runs.
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
    """Migrate, fill, and write down the accounts; every command leaves alone what is there already."""
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
