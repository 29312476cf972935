"""A reading process that a file has taken over: at the place where a file is opened, it tries whatever does harm.

A test starts this in place of the reading process. What it gets as a file says where to try. Everything it needs it
imports beforehand, which a real file could not. As rows it gives what it tried and what came of it.
"""

import ctypes
import errno
import json
import mmap
import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

from uploads.sandbox import leesproces as reader
from uploads.sandbox import openen
from uploads.sandbox.sheets import Blad, Cells

REFUSED = "refused"
_NOT_NEEDED = {
    "x86_64": {
        "ptrace": 101, "mount": 165, "unshare": 272, "keyctl": 250, "add_key": 248, "perf_event_open": 298,
        "bpf": 321, "userfaultfd": 323, "memfd_create": 319, "process_vm_writev": 311, "setns": 308, "kexec": 246,
        "clone": 56, "vfork": 58, "execveat": 322, "openat": 257, "open": 2, "open_by_handle_at": 304, "dup": 32,
        "fcntl": 72, "ioctl": 16, "prctl": 157, "capset": 126, "setuid": 105, "tkill": 200, "prlimit": 302,
        "rt_sigqueueinfo": 129,
    },
    "aarch64": {
        "ptrace": 117, "mount": 40, "unshare": 97, "keyctl": 219, "add_key": 217, "perf_event_open": 241,
        "bpf": 280, "userfaultfd": 282, "memfd_create": 279, "process_vm_writev": 271, "setns": 268, "kexec": 104,
        "clone": 220, "execveat": 281, "openat": 56, "open_by_handle_at": 265, "dup": 23, "fcntl": 25, "ioctl": 29,
        "prctl": 167, "capset": 91, "setuid": 146, "tkill": 130, "prlimit": 261, "rt_sigqueueinfo": 138,
    },
}  # fmt: skip
# The same on every processor.
_NEWER = {
    "io_uring_setup": 425, "pidfd_open": 434, "pidfd_getfd": 438, "pidfd_send_signal": 424, "clone3": 435,
    "openat2": 437, "process_madvise": 440, "landlock_create_ruleset": 444, "fsopen": 430,
}  # fmt: skip
# What it runs on cannot be asked later on either.
_MACHINE = platform.machine()
_libc = ctypes.CDLL(None, use_errno=True)
# As if somebody left it open.
_left_open = os.open(__file__, os.O_RDONLY)


def _call(*arguments: Any) -> int:
    """A system call by its number. Raises OSError."""
    result = _libc.syscall(*(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return int(result)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(1)


def _read_memory(pid: int) -> str:
    """Reads nowhere in the memory of another process: that this is nowhere, only who is let in is told."""
    piece = (ctypes.c_size_t * 2)(1, 1)
    try:
        _call(310 if _MACHINE == "x86_64" else 270, pid, piece, 1, piece, 1, 0)
    except OSError as problem:
        if problem.errno != errno.EFAULT:
            raise
    return "let in"


def _c_environment() -> bytes | None:
    value: bytes | None = ctypes.POINTER(ctypes.c_char_p).in_dll(_libc, "environ")[0]
    return value


def _empty(value: Any) -> Any:
    """Gives a value that is not empty; an empty one counts as refused."""
    if not value:
        raise PermissionError
    return value


def _in_a_child(do: Callable[[], object]) -> str:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    do()
    return "forked"


def _connect(family: int, address: Any) -> str:
    with socket.socket(family) as one:
        one.connect(address)
    return "connected"


def _listen() -> str:
    with socket.create_server(("127.0.0.1", 0)):
        return "listening"


def _signal(pid: int) -> str:
    os.kill(pid, 0)
    return "sent"


def _write(folder: str) -> str:
    handle, path = tempfile.mkstemp(dir=folder)
    os.close(handle)
    os.unlink(path)
    return path


def _thread() -> str:
    one = threading.Thread(target=int)
    one.start()
    one.join()
    return "started"


def attempts(places: dict[str, Any]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yields each attempt with its name. All are harmless when they succeed."""
    for who in ("parent", "other"):
        pid = places[who]
        for name in ("environ", "mem", "maps"):
            yield f"{who}: {name}", lambda pid=pid, name=name: (_read(f"/proc/{pid}/{name}"), "read")  # type: ignore[misc]
        yield f"{who}: signal", lambda pid=pid: _signal(pid)  # type: ignore[misc]
        yield f"{who}: memory", lambda pid=pid: _read_memory(pid)  # type: ignore[misc]
        yield f"{who}: limits", lambda pid=pid: resource.prlimit(pid, resource.RLIMIT_CORE)  # type: ignore[misc]
    for path in ("/proc/self/environ", "/proc/self/maps", "/etc/passwd", "/dev/zero", *places["files"]):
        yield f"file: {path}", lambda path=path: (_read(path), "read")  # type: ignore[misc]
    yield "folder", lambda: os.listdir(places["folder"])
    yield "whether a file is there", lambda: os.stat("/etc/passwd").st_size
    yield "a link", lambda: os.readlink("/proc/self/exe")
    yield "writing", lambda: _write(places["folder"])
    yield "TCP", lambda: _connect(socket.AF_INET, tuple(places["tcp"]))
    yield "unix", lambda: _connect(socket.AF_UNIX, places["unix"])
    yield "listening", _listen
    yield "UDP", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    yield "fork", lambda: _in_a_child(int)
    yield "exec", lambda: subprocess.run([sys.executable, "-c", ""], check=True, close_fds=False)
    yield "spawn", lambda: os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}), 0)
    yield "thread", _thread
    yield "executable memory", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_EXEC | mmap.PROT_READ)
    yield "descriptor left open", lambda: os.pread(_left_open, 1, 0)
    yield "inherited descriptors", lambda: _empty(list(filter(_is_open, range(3, 1024))))
    yield "environment", lambda: _empty({**os.environ} or _c_environment())
    if places["all"]:
        # Without a confinement some of these would not be harmless.
        for name, number in (_NOT_NEEDED[_MACHINE] | _NEWER).items():
            yield f"call: {name}", lambda number=number: _call(number, 0, 0, 0, 0, 0, 0)  # type: ignore[misc]
        yield (
            "call: tgkill",
            lambda: _call(234 if _MACHINE == "x86_64" else 131, places["parent"], 1, 0),
        )
        if _MACHINE == "x86_64":
            yield "call: getpid of x32", lambda: _call(0x40000000 | 39)


def _is_open(handle: int) -> bool:
    try:
        os.read(handle, 0)
    except OSError:
        return False
    return True


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        return f"succeeded: {attempt()!r}"
    except OSError as problem:
        refused = isinstance(problem, PermissionError) or problem.errno in {errno.EBADF, errno.EMFILE}
        return REFUSED if refused else f"failed: {problem!r}"
    except Exception as problem:
        return REFUSED if "start new thread" in str(problem) else f"failed: {problem!r}"


class Overgenomen:
    """An object that the process takes for an opened file."""

    epoch_1904 = False

    def __init__(self, inhoud: bytes) -> None:
        places = json.loads(inhoud)
        found: list[Cells] = [[name, _outcome(attempt)] for name, attempt in attempts(places)]
        self.bladen = [Blad(0, "uitkomsten", len(found), 2, False, found, [])]

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """No more than what was told at once."""
        return iter(())


def run(confine: Callable[[], list[str]] | None = None) -> None:
    """Be the reading process; confined in another way than it is, when that is given."""
    openen.opener = lambda opdracht: lambda inhoud, formaat: Overgenomen(inhoud)
    if confine is not None:
        reader.confine = confine
    reader.main(json.loads(sys.argv[1]))
