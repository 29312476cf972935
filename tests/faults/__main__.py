"""`make test-faults`: breaks one thing after another under a whole portal at work, and counts afterwards.

UM_STORING_MAP names the data directory of a demonstration that was stopped; a copy of it saves filling one.
Numbers behind `python -m tests.faults` choose faults, by their place in `tests/faults/storingen.py`. The exit
code is 1 when something was lost, doubled, mixed, charged wrongly or told to the wrong reader.
"""

import os
import sys

from tests.nergens import NERGENS


def main() -> int:
    """Reads the settings of nowhere, since the demonstration has its own, and runs the faults."""
    os.environ |= NERGENS
    import django

    django.setup()
    from tests.faults.run import run
    from tests.faults.storingen import STORINGEN

    chosen = [STORINGEN[int(text)] for text in sys.argv[1:]]
    return 0 if run(chosen or STORINGEN) else 1


if __name__ == "__main__":
    sys.exit(main())
