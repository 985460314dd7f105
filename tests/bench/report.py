"""How benchmarks print: one JSON line each on stdout; with `budget` and `kept` where it has a budget."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence

from tests.bench.budget import judged


def report(name: str, samples_ms: Sequence[float], reference_ms: float | None = None, **on: int) -> None:
    """Print what was measured.

    Args:
        name: of the benchmark, for example "db.queue_1m".
        samples_ms: each measurement in milliseconds; at least one.
        reference_ms: what it is compared with; `ratio` is the median divided by it.
        on: what it was measured on, for example pages and marks.
    """
    median = statistics.median(samples_ms)
    _print(
        {
            "name": name,
            **on,
            "median_ms": round(median, 3),
            "p95_ms": round(percentile(samples_ms, 95), 3),
            "max_ms": round(max(samples_ms), 3),
            "n": len(samples_ms),
            "reference_ms": None if reference_ms is None else round(reference_ms, 3),
            "ratio": None if not reference_ms else round(median / reference_ms, 2),
        }
    )


def report_value(name: str, value: float, unit: str, **on: int) -> None:
    """Print what is no time: a count, a size, a rate."""
    _print({"name": name, **on, "value": value, "unit": unit})


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that it takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least `percent` of all do not exceed (nearest rank)."""
    ordered = sorted(samples)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]


def _print(line: dict[str, object]) -> None:
    print(json.dumps(judged(line)), flush=True)
