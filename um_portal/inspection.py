"""Keeps what this process knows from other processes of the same user."""

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def forbid_inspection() -> None:
    """Closes /proc/PID/environ and /proc/PID/mem of this process, and ptrace, to everybody but root.

    Holds for processes that are forked from this one; a program that is started has to ask for it itself. It also means
    no core dump. Does nothing on systems other than Linux.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, *(ctypes.c_ulong(0) for _ in range(4)))
