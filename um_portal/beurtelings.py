"""Lets the threads of one process compute one after the other, and those for whom they do it by turns.

Python computes in one thread at a time. When many threads begin at once they all end late, also the one that does
little for somebody who asked nothing else. In a row each is done as soon as can be.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class Beurtelings:
    """A row for one kind of work. Keep the work in a turn short, and let it wait for no other party."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        # Whoever is in front has the next turn; the one who has it goes to the back.
        self._waiting: OrderedDict[Hashable, deque[threading.Event]] = OrderedDict()

    @contextmanager
    def turn_of(self, wie: Hashable) -> Iterator[None]:
        """Waits for a turn on behalf of this one, and has it while this lasts."""
        self._await(wie)
        try:
            yield
        finally:
            self._pass_on()

    def _await(self, wie: Hashable) -> None:
        with self._lock:
            if not self._busy:
                self._busy = True
                return
            called = threading.Event()
            self._waiting.setdefault(wie, deque()).append(called)
        called.wait()

    def _pass_on(self) -> None:
        with self._lock:
            if not self._waiting:
                self._busy = False
                return
            wie, row = self._waiting.popitem(last=False)
            row.popleft().set()
            if row:
                self._waiting[wie] = row
