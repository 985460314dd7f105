"""Background work that a test lets happen, piece by piece: `ui.tasks.Tasks` as far as a marking session sees it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any


class LaneByHand:
    """Keeps the work that it is given, in order, until `turn` does the next.

    Attributes:
        waiting: what was given and not done yet: the work, and who is told of its result or failure.
    """

    def __init__(self) -> None:
        self.waiting: deque[tuple[Callable[[], Any], Callable[[Any], None], Callable[[Exception], None]]] = deque()

    def run(
        self,
        _lane: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        *,
        receiver: object = None,
    ) -> None:
        self.waiting.append((work, done, failed))

    def turn(self) -> bool:
        """Do the next piece of work and tell of it; False when nothing waits."""
        if not self.waiting:
            return False
        work, done, failed = self.waiting.popleft()
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - as the real one: whoever gave the work is told
            failed(error)
        else:
            done(result)
        return True

    def finish(self) -> None:
        """Do all that waits."""
        while self.turn():
            pass
