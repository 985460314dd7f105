"""How long a teacher works on a script, for her own eyes only."""

from __future__ import annotations

from dataclasses import dataclass

IDLE_SECONDS = 120.0
"""A longer pause than this is none of her work."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a script took so far, and how long such scripts take her.

    Attributes:
        seconds: spent on it before it was opened this time.
        usual: the median of her finished scripts of the same kind of paper, in seconds; None before the first.
        scripts: how many those are.
    """

    seconds: float = 0.0
    usual: float | None = None
    scripts: int = 0


class Stopwatch:
    """Counts the time between signs of work, and no pause.

    Args:
        now: seconds on a clock that never jumps back.
    """

    def __init__(self, now: float) -> None:
        self._last = now
        self._counted = 0.0

    def touched(self, now: float) -> None:
        """The teacher did something."""
        self._counted += self._since(now)
        self._last = now

    def read(self, now: float) -> float:
        """Seconds of work until now; while she pauses it stays, and after too long a pause that is not counted."""
        return self._counted + self._since(now)

    def take(self, now: float) -> float:
        """The same, and count from nought again."""
        self.touched(now)
        counted, self._counted = self._counted, 0.0
        return counted

    def _since(self, now: float) -> float:
        since = now - self._last
        return since if 0 <= since <= IDLE_SECONDS else 0.0
