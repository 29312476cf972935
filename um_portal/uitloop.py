"""Tells whether this web part is about to stop, so that whoever spreads the work gives it none before it does.

The processes of one part share this: the first one, which is told to stop, and those that answer. It imports nothing of
the project, because gunicorn's configuration reads it.
"""

import mmap
import signal
import threading
from types import FrameType
from typing import Any

# One byte of memory that every process forked after this shares.
_going = mmap.mmap(-1, 1)


def is_leaving() -> bool:
    """Tells whether this part was told to stop."""
    return bool(_going[0])


def leave_after(seconds: float, server: Any) -> None:
    """Makes SIGTERM stop this gunicorn after so many seconds, in which it answers, and says that it is not ready.

    A second SIGTERM stops it at once.
    """

    def leave(number: int, frame: FrameType | None) -> None:
        if is_leaving():
            server.signal(number, None)
            return
        _going[0] = 1
        stop = threading.Timer(seconds, server.signal, (number, None))
        stop.daemon = True
        stop.start()

    signal.signal(signal.SIGTERM, leave)
