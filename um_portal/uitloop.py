"""Tells whether this part is about to stop, and since when.

Whoever spreads the work over web parts gives such a part none; a worker hands back what it cannot finish in time. The
processes of one part share this: the first one, which is told to stop, and those that work. It imports nothing of the
project, because gunicorn's configuration reads it.
"""

import mmap
import signal
import struct
import threading
import time
from types import FrameType
from typing import Any

# The moment, on the clock that all processes of a machine share; zero before it. Processes forked after this see it.
_MOMENT = struct.Struct("d")
_told = mmap.mmap(-1, _MOMENT.size)


def is_leaving() -> bool:
    """Tells whether this part was told to stop."""
    return bool(_MOMENT.unpack_from(_told)[0])


def leave() -> None:
    """Tells all processes of this part that it was told to stop; the first time counts."""
    if not is_leaving():
        _MOMENT.pack_into(_told, 0, time.monotonic())


def seconds_left(allowed: float) -> float:
    """Gives how much is left of the seconds that are allowed after this part was told to stop; all before that."""
    return allowed - (time.monotonic() - _MOMENT.unpack_from(_told)[0]) if is_leaving() else allowed


def leave_after(seconds: float, server: Any) -> None:
    """Makes SIGTERM stop this gunicorn after so many seconds, in which it answers, and says that it is not ready.

    A second SIGTERM stops it at once.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        if is_leaving():
            server.signal(number, None)
            return
        leave()
        stop = threading.Timer(seconds, server.signal, (number, None))
        stop.daemon = True
        stop.start()

    signal.signal(signal.SIGTERM, on_signal)
