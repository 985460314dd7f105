"""Time, injected: nothing else in the program asks the operating system for it."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_SLEEPLESS: int | None = getattr(
    time, {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}.get(sys.platform, ""), None
)
"""The clock that goes on while the computer sleeps, where Python's own stands still then."""


class Clock(Protocol):
    """A source of time."""

    def now(self) -> datetime:
        """The wall clock's moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps back; only differences mean something."""
        ...

    def elapsed(self) -> float:
        """The same, also counting while the computer sleeps."""
        ...


class SystemClock:
    """The computer's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() if _SLEEPLESS is None else time.clock_gettime(_SLEEPLESS)


class SteadyClock:
    """A wall clock that was right when it was made, and that nobody sets: for what must not be waited out by that.

    Args:
        clock: the computer's.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._began, self._then = clock, clock.now(), clock.elapsed()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.elapsed() - self._then)

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def elapsed(self) -> float:
        return self._clock.elapsed()
