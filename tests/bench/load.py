"""Callers that put questions over HTTP and note how long each answer took; in a process of their own."""

import http.client
import multiprocessing
import statistics
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meting:
    """What came of one measurement; durations in milliseconds."""

    per_seconde: float
    p50: float
    p95: float
    p99: float
    fouten: int


def _call_for(
    address: tuple[str, int], path: str, headers: Mapping[str, str], body: bytes, until: float
) -> tuple[list[float], int]:
    durations: list[float] = []
    wrong = 0
    connection = http.client.HTTPConnection(*address, timeout=30)
    while time.perf_counter() < until:
        begin = time.perf_counter()
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        durations.append(time.perf_counter() - begin)
        wrong += answer.status != 200
    connection.close()
    return durations, wrong


def _callers(
    address: tuple[str, int], path: str, headers: Mapping[str, str], body: bytes, callers: int, seconds: float
) -> Meting:
    _call_for(address, path, headers, body, time.perf_counter() + min(1.0, seconds / 4))  # warm
    found: list[tuple[list[float], int]] = []
    begin = time.perf_counter()

    def caller() -> None:
        found.append(_call_for(address, path, headers, body, begin + seconds))

    threads = [threading.Thread(target=caller) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begin
    durations = sorted(1000 * duration for part, _ in found for duration in part)
    cuts = statistics.quantiles(durations, n=100) if len(durations) > 1 else durations * 99
    return Meting(len(durations) / elapsed, cuts[49], cuts[94], cuts[98], sum(wrong for _, wrong in found))


def measure(
    address: tuple[str, int],
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    callers: int,
    seconds: float,
) -> Meting:
    """Let so many callers ask this for so long. They live in another process than whoever measures."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_callers, (address, path, headers, body, callers, seconds))
