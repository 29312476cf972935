"""`make bench`: fills a database of its own with a country, measures, and prints tables in Markdown.

UM_BENCH_PROFIELEN (1000000), UM_BENCH_RIJEN (100000), UM_BENCH_REGELS (1000000) and UM_BENCH_SECONDEN (6) make it
smaller for a quick look. The database is a temporary one; with UM_BENCH_MAP it lies in that directory, is kept, and
is filled only once. `python -m tests.bench vloer snelheid servers querys profiel levering resultaten logboek` runs the
parts that are named. `python -m tests.bench druk` measures apart, in a demonstration of its own, whether anybody waits
for somebody else; letters behind it choose what goes beside (`druk c e`), UM_BENCH_RONDES (3) is how often alone and
beside take turns.
"""

import os
import sys
import tempfile
from pathlib import Path

from tests.nergens import NERGENS, OMGEVING
from um_portal.embedded import servers


def main() -> None:
    """Starts servers of its own, then measures in this process."""
    with tempfile.TemporaryDirectory(prefix="um-bench-") as temporary:
        directory = Path(os.environ.get("UM_BENCH_MAP") or temporary)
        os.environ |= {
            **OMGEVING,
            "UM_DATA_DIR": str(directory),
            "UM_LOG_NIVEAU": "ERROR",
            # For the delivery of twice as many rows.
            "UM_MAX_BESTAND_MB": "200",
            "UM_MAX_UITGEPAKT_MB": "4000",
            # A library for development brings defusedxml, with which openpyxl reads half as fast.
            "OPENPYXL_DEFUSEDXML": "False",
        }
        if sys.argv[1:2] == ["druk"]:
            # It starts a demonstration, with servers of its own; these are for reading the settings alone.
            os.environ |= NERGENS
            from tests.bench import druk

            druk.run(sys.argv[2:])
            return
        with servers(directory) as env:
            os.environ |= env
            # Only now: Django reads its settings when it is set up.
            from tests.bench.run import run

            run(sys.argv[1:])


if __name__ == "__main__":
    main()
