"""Confines this process in the kernel, for good: it can only turn bytes into rows.

After that the process can read the pipe it was started with, write to the other, compute, and end. It can
open no file, no socket and no other process, and start nothing. Two mechanisms of Linux refuse all that, each
by itself: Landlock (files, ports, signals to others and their memory) and a seccomp filter (every system call
that is not in a short list). Both need no rights and no installed library, so the code calls them here as the
kernel documents them.
"""

import ctypes
import os
import resource
import struct
import sys
from typing import Final, NamedTuple

LANDLOCK: Final = "Landlock"
SECCOMP: Final = "seccomp"

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38

# --- Landlock (linux/landlock.h); the numbers of its calls are the same on every processor ---
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_ASK_VERSION = 1
# Per version of Landlock in the kernel: the number of kinds of file access that it
# knows, as bits from the lowest.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
_MOST_FILE_BITS = 16
# Listening on and connecting to a TCP port, from version 4; abstract unix sockets
# and signals, from version 6.
_PORTS, _PORTS_FROM = 0b11, 4
_SCOPES, _SCOPES_FROM = 0b11, 6

# --- Capabilities (linux/capability.h) ---
_CAPABILITY_VERSION = 0x20080522

# --- seccomp (linux/seccomp.h, linux/filter.h, linux/bpf_common.h) ---
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_KILL, _ALLOW, _REFUSE = 0x80000000, 0x7FFF0000, 0x00050000 | 1  # the last with EPERM
_LOAD, _IF_EQUAL, _IF_BITS, _RETURN = 0x20, 0x15, 0x45, 0x06
# The offsets in struct seccomp_data of the number of the call, the kind of processor and
# (the low half of) an argument.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_PROT_EXEC = 4


class _Processor(NamedTuple):
    """The kernel's name of a processor, and the numbers of the system calls on it."""

    architecture: int
    seccomp: int
    capset: int
    mmap: int
    mprotect: int
    tgkill: int
    allowed: tuple[int, ...]


# Both have the same calls, in the same order: read, write, writev, lseek, close; brk, munmap, mremap,
# madvise; futex, sched_yield; clock_gettime, clock_nanosleep; getrandom; getpid, gettid; rt_sigaction,
# rt_sigprocmask, rt_sigreturn, sigaltstack, restart_syscall; exit, exit_group.
_PROCESSORS = {
    "x86_64": _Processor(
        0xC000003E, 317, 126, 9, 10, 234,
        (0, 1, 20, 8, 3, 12, 11, 25, 28, 202, 24, 228, 230, 318, 39, 186, 13, 14, 15, 131, 219, 60, 231),
    ),
    "aarch64": _Processor(
        0xC00000B7, 277, 91, 222, 226, 131,
        (63, 64, 66, 62, 57, 214, 215, 216, 233, 98, 124, 113, 115, 278, 172, 178, 134, 135, 139, 132, 128, 93, 94),
    ),
}  # fmt: skip


def confine() -> list[str]:
    """Confines this process, and gives the mechanisms that the kernel lacks.

    Those are LANDLOCK and SECCOMP; mostly none is lacking. Import and open everything before the call. Call
    it while there is one thread.
    """
    os.environ.clear()
    os.closerange(3, max(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 3))
    processor = (
        _PROCESSORS.get(os.uname().machine) if sys.platform == "linux" and sys.maxsize > 1 << 32 else None
    )
    if processor is None:
        return [LANDLOCK, SECCOMP]
    libc = ctypes.CDLL(None)
    libc.syscall.restype = ctypes.c_long
    # No process of the same user can look in; and a program that is started gets no more
    # rights than this one has.
    _prctl(libc, _PR_SET_DUMPABLE, 0)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    lacking = [] if _landlock(libc) else [LANDLOCK]
    drop_capabilities()
    # No new descriptors and no new processes, for a kernel that lacks both mechanisms.
    for kind, most in ((resource.RLIMIT_NOFILE, 3), (resource.RLIMIT_NPROC, 0)):
        resource.setrlimit(kind, (most, most))
    # This comes last, because the filter refuses these calls too.
    return lacking if _seccomp(libc, processor) else [*lacking, SECCOMP]


def drop_capabilities() -> None:
    """Gives up all rights beyond those of the user, which root or a container gave this process."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(_PROCESSORS[os.uname().machine].capset, header, bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")


def _prctl(libc: ctypes.CDLL, option: int, value: int) -> None:
    if libc.prctl(option, *(ctypes.c_ulong(number) for number in (value, 0, 0, 0))):
        raise OSError(f"prctl {option}")


def _landlock(libc: ctypes.CDLL) -> bool:
    """Forbids every access that Landlock knows, without an exception. Tells whether the kernel does that."""
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    files = (1 << _FILE_BITS.get(version, _MOST_FILE_BITS)) - 1
    ports = _PORTS if version >= _PORTS_FROM else 0
    scopes = _SCOPES if version >= _SCOPES_FROM else 0
    # An older kernel knows a shorter form of this struct, and accepts the longer one
    # while the rest of it is zero.
    attributes = struct.pack("=QQQ", files, ports, scopes)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    done = bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    os.close(ruleset)
    return done


def _seccomp(libc: ctypes.CDLL, processor: _Processor) -> bool:
    """Refuses every system call that is not needed, with EPERM. Tells whether the kernel does that."""
    program = b"".join(_program(processor))
    kept = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, and their address.
    given = struct.pack("@HP", len(program) // 8, ctypes.addressof(kept))
    return bool(libc.syscall(processor.seccomp, _SET_MODE_FILTER, _ALL_THREADS, given) == 0)


def _program(processor: _Processor) -> list[bytes]:
    """Gives the filter: instructions of eight bytes, in the order in which they run."""
    program = [
        _instruction(_LOAD, _ARCHITECTURE),
        # A call by the numbers of another kind of processor is no accident.
        _instruction(_IF_EQUAL, processor.architecture, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
    ]
    for number in processor.allowed:
        program += [_instruction(_IF_EQUAL, number, 0, 1), _instruction(_RETURN, _ALLOW)]
    # Memory is allowed, as long as it cannot be executed.
    for number in (processor.mmap, processor.mprotect):
        program += _on_argument(number, 2, _instruction(_IF_BITS, _PROT_EXEC, 1, 0))
    # A signal to itself is allowed: a library stops that way when there is no memory left.
    program += _on_argument(processor.tgkill, 0, _instruction(_IF_EQUAL, os.getpid(), 0, 1))
    return [*program, _instruction(_RETURN, _REFUSE)]


def _on_argument(number: int, argument: int, test: bytes) -> list[bytes]:
    """Allows a call when the test of one argument (counted from 0) passes on to the next instruction."""
    return [
        _instruction(_IF_EQUAL, number, 0, 4),
        _instruction(_LOAD, _ARGUMENTS + 8 * argument),
        test,
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _REFUSE),
    ]


def _instruction(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
