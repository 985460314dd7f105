"""A clock that tests set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """A `Clock` that stands still until a test moves it.

    Args:
        now: the aware moment it starts at.
    """

    def __init__(self, now: datetime = datetime(2026, 7, 15, 6, 0, tzinfo=UTC)) -> None:
        self._now = now.astimezone(UTC)
        self._monotonic = 1000.0
        self._slept = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def elapsed(self) -> float:
        return self._monotonic + self._slept

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass on both clocks."""
        if seconds < 0:
            raise ValueError("time does not run backwards; use set_wall for a wall clock that jumps")
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def sleep(self, seconds: float) -> None:
        """Let the computer sleep: its monotonic clock stands still meanwhile."""
        self._now += timedelta(seconds=seconds)
        self._slept += seconds

    def set_wall(self, now: datetime) -> None:
        """Let the wall clock jump, as when somebody sets it; the monotonic clock does not move."""
        self._now = now.astimezone(UTC)
