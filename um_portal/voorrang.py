"""Lets work that may wait step back for work that somebody waits for, where both want a processor.

It imports neither Django nor anything of the project: `um_portal.run` reads it before either is there.
"""

import contextlib
import os
import threading
from pathlib import Path
from typing import Final

_MOST: Final = 19


def step_back(steps: int) -> None:
    """Lets this process, and what it starts, go so many steps of `nice` back for the others on the machine.

    Linux weighs sessions first where it groups processes by session (autogroup): the group of the session that
    this process leads steps back as well. Where neither is possible it stays as it is.
    """
    with contextlib.suppress(OSError):
        os.nice(steps)
    if steps and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(min(_MOST, steps)))


def step_back_alone(steps: int) -> None:
    """Lets this thread go so many steps back, where the system gives every thread a priority of its own."""
    with contextlib.suppress(OSError, AttributeError):
        me = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, me, min(_MOST, os.getpriority(os.PRIO_PROCESS, me) + steps))
