"""Turns of threads that compute: one at a time, and by turns for those they compute for."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from um_portal.beurtelings import Beurtelings


def _waits(row: Beurtelings, number: int) -> None:
    """Waits until so many threads stand in the row."""
    deadline = time.monotonic() + 10
    while sum(map(len, row._waiting.values())) < number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextmanager
def _queued(row: Beurtelings, *who: str) -> Iterator[list[str]]:
    """Lets somebody hold the row until these, one after the other, stand in it; gives who had a turn, in order."""
    had: list[str] = []
    busy = threading.Lock()

    def take(wie: str) -> None:
        with row.turn_of(wie):
            assert busy.acquire(blocking=False), "two at once"
            had.append(wie)
            busy.release()

    threads = [threading.Thread(target=take, args=(wie,), daemon=True) for wie in who]
    with row.turn_of("wie bezig is"):
        for number, thread in enumerate(threads, start=1):
            thread.start()
            _waits(row, number)
    for thread in threads:
        thread.join(10)
    yield had


def test_whoever_comes_alone_has_the_turn_after_the_next_however_many_another_has_waiting() -> None:
    with _queued(Beurtelings(), "druk", "druk", "druk", "druk", "alleen") as had:
        assert had == ["druk", "alleen", "druk", "druk", "druk"]


def test_three_take_turns() -> None:
    with _queued(Beurtelings(), "a", "a", "b", "b", "c") as had:
        assert had == ["a", "b", "c", "a", "b"]


def test_a_turn_that_fails_is_passed_on() -> None:
    row = Beurtelings()
    with pytest.raises(ValueError, match="mis"), row.turn_of("een"):
        raise ValueError("mis")
    with _queued(row, "ander", "een") as had:
        assert had == ["ander", "een"]
    assert not row._busy
