"""Child processes that never outlive their purpose.

A child runs in a session of its own, so Ctrl-C in the terminal reaches only whoever supervises it, and is
written down in the data directory, so what a killed supervisor left behind can be ended at the next start.
Which children there are is left to the other modules.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MAX_LOG_BYTES = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


class StartMislukt(RuntimeError):
    """Something could not be started; the message is a Dutch sentence for whoever typed the command."""


class AlInGebruik(StartMislukt):
    """Another process works with this data directory."""


@contextlib.contextmanager
def exclusive(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for this process alone; the kernel lets go of it however the process ends."""
    with (data_dir / "in-gebruik").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlInGebruik(
                f"De map {data_dir} is al in gebruik (proces {lock.read().strip() or 'onbekend'}). "
                "Stop dat eerst, of kies met UM_DATA_DIR een andere map."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@dataclass
class Register:
    """The file that says which processes belong to this data directory."""

    path: Path
    known: dict[int, float] = field(default_factory=dict)

    def add(self, pid: int) -> None:
        """Write down a process with its start time, because the system reuses process ids."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.known[pid] = psutil.Process(pid).create_time()
            self._save()

    def remove(self, pid: int) -> None:
        """Forget a process that has ended."""
        if self.known.pop(pid, None) is not None:
            self._save()

    def _save(self) -> None:
        draft = self.path.with_suffix(".nieuw")
        draft.write_text(json.dumps([[pid, created] for pid, created in self.known.items()]))
        draft.replace(self.path)

    def end_leftovers(self) -> int:
        """End what an earlier, killed supervisor left running; returns how many there were.

        The last started goes first: the servers that the others need were started before them.
        """
        try:
            written = [(int(pid), float(created)) for pid, created in json.loads(self.path.read_text())]
        except (OSError, ValueError, TypeError):
            written = []
        ended = 0
        for pid, created in reversed(written):
            if is_alive(pid, created):
                with contextlib.suppress(psutil.NoSuchProcess):
                    end_group(psutil.Process(pid))
                    ended += 1
        self.path.unlink(missing_ok=True)
        return ended


def is_alive(pid: int, created: float) -> bool:
    """Tells whether the process with this number, started at this time (seconds since 1970), still runs."""
    try:
        process = psutil.Process(pid)
        # Two seconds of play: the start time is derived from the clock, which may be corrected.
        same = abs(process.create_time() - created) < 2
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.NoSuchProcess, ValueError):
        return False


def end_group(process: psutil.Process, grace: float = 10) -> None:
    """End a process and everything in its process group: first politely, then at once."""
    # SIGINT makes PostgreSQL disconnect its clients and stop; the others take SIGTERM.
    polite = signal.SIGINT if process.name().startswith("postgres") else signal.SIGTERM
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(polite)
        try:
            process.wait(grace)
        except psutil.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(process.pid) == process.pid:
                    os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait(5)


@dataclass
class Child:
    """One supervised program; `start` may be called again after it ended."""

    name: str
    argv: Sequence[str]
    log: Path
    register: Register
    env: Mapping[str, str] | None = None
    cwd: Path | str | None = None
    user: pwd.struct_passwd | None = None
    stdin: bytes | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10
    speaks: bool = False  # its stdout goes to the terminal, only its stderr to the log
    process: subprocess.Popen[bytes] | None = None
    asked: bool = False

    def start(self) -> None:
        """Start the program with its output in the log; does not wait until it is ready."""
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".oud.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.argv),
                stdin=subprocess.DEVNULL if self.stdin is None else subprocess.PIPE,
                stdout=None if self.speaks else log,
                stderr=log,
                env=None if self.env is None else dict(self.env),
                cwd=self.cwd,
                start_new_session=True,
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                preexec_fn=_end_with_parent(self.stop_signal),
            )
        self.asked = False
        self.register.add(self.process.pid)
        if self.stdin is not None and self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.write(self.stdin)
                self.process.stdin.close()

    def running(self) -> bool:
        """Whether it is alive now."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the polite signal once, without waiting; to some programs a second one means haste."""
        if self.process is not None and self.running() and not self.asked:
            self.asked = True
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """End it, its own children included; harmless when it has ended already."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            pass
        # Whatever it leaves in its group (pool processes, backends) goes too.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(5)
        self.register.remove(self.process.pid)

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, to show when it does not start."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])
        except OSError:
            return ""


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> None:
    """Wait until `ready`; raises StartMislukt when the child ends first or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.running():
            raise StartMislukt(f"{child.name}: niet gestart. Zie {child.log}:\n{child.last_lines()}")
        if time.monotonic() > deadline:
            raise StartMislukt(f"{child.name}: na {seconds:.0f} seconden nog niet klaar. Zie {child.log}.")
        time.sleep(0.05)


def _end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel passes the signal on when the parent dies, even by SIGKILL."""
    if not sys.platform.startswith("linux"):
        return None
    # Looked up before the fork: after it, only the call itself is safe.
    libc = ctypes.CDLL(None, use_errno=True)
    prctl = libc.prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return ask
