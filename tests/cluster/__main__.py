"""`make test-cluster`: lets machines fall over under a portal on several of them, and counts afterwards.

It works in a network and among processes of its own, which end with it. Numbers behind `python -m tests.cluster`
choose faults, by their place in `tests/cluster/storingen.py`. The exit code is 1 when something was lost, doubled,
mixed or told to the wrong reader, or when it took longer than the goal; 0 when this machine cannot run it, which it
says.
"""

import os
import shutil
import sys

from tests.nergens import NERGENS

BINNEN = "UM_CLUSTER_BINNEN"


def _wait_as_init(child: int) -> int:
    """Waits for all that lost its parent, as the first process has to; gives the exit code of the child."""
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status)


def main() -> int:
    """Goes inside, and runs the faults there."""
    from tests.cluster import programmas

    if os.environ.get(BINNEN) != "1":
        if os.geteuid() or not (shutil.which("unshare") and shutil.which("nsenter") and shutil.which("ip")):
            print(
                "Overgeslagen: hiervoor is root nodig, met unshare, nsenter en ip (util-linux en iproute2)."
            )
            return 0
        try:
            programmas.get()
        except programmas.NietTeKrijgen as problem:
            print(f"Overgeslagen: een programma is hier niet te krijgen ({problem}).")
            return 0
        os.environ[BINNEN] = "1"
        inside = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        os.execvp(inside[0], [*inside, sys.executable, "-m", "tests.cluster", *sys.argv[1:]])
    if child := os.fork():
        return _wait_as_init(child)
    os.environ |= NERGENS
    import django

    django.setup()
    from tests.cluster.run import run
    from tests.cluster.storingen import STORINGEN

    chosen = [STORINGEN[int(text)] for text in sys.argv[1:]]
    return 0 if run(chosen or STORINGEN, programmas.get()) else 1


if __name__ == "__main__":
    sys.exit(main())
