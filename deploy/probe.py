"""Runs `python deploy/probe.py live|ready`: exits with 0 when the part in this container is well, else with 1.

A web part is asked over its socket (UM_BIND); a worker and the clock touch a file (UM_HARTSLAG) on every round.
It uses the standard library alone, so that asking often costs nothing.
"""

import http.client
import os
import socket
import sys
import time
from pathlib import Path

# Seconds. A worker makes no rounds while Redis is away, and is not to be ended for that.
TOO_OLD = 600
WITHIN = 4


class _Connection(http.client.HTTPConnection):
    def connect(self) -> None:
        bind = os.environ["UM_BIND"]
        if bind.startswith("unix:"):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(WITHIN)
            self.sock.connect(bind.removeprefix("unix:"))
        else:
            host, _, port = bind.rpartition(":")
            self.sock = socket.create_connection((host, int(port)), WITHIN)


def is_well(question: str) -> bool:
    """Tells whether the part lives, or is ready for work."""
    try:
        if os.environ.get("UM_HARTSLAG"):
            return time.time() - Path(os.environ["UM_HARTSLAG"]).stat().st_mtime < TOO_OLD
        connection = _Connection("localhost", timeout=WITHIN)
        connection.request("GET", f"/health/{question}")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1]) else 1)
