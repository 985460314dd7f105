"""How long the window does not answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer

_BEAT_MS = 2


class Gaps(list[float]):
    """By how many milliseconds the event loop was late, again and again.

    Attributes:
        work: for each, how much of it the GUI thread was at work itself. On a computer that does other things as well
            this says more of the program, and the gap more of what a person felt.
    """

    def __init__(self) -> None:
        super().__init__()
        self.work: list[float] = []


@contextmanager
def heart(parent: QObject) -> Iterator[Gaps]:
    """Listen to the event loop."""
    gaps = Gaps()
    last = [time.perf_counter(), time.thread_time()]

    def beat() -> None:
        now, worked = time.perf_counter(), time.thread_time()
        gaps.append((now - last[0]) * 1000 - _BEAT_MS)
        gaps.work.append((worked - last[1]) * 1000)
        last[:] = now, worked

    timer = QTimer(parent)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(_BEAT_MS)
    timer.timeout.connect(beat)
    timer.start()
    try:
        yield gaps
    finally:
        timer.stop()
