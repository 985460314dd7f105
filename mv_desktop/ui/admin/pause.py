"""What is done once the hand rests: typing asks for it again and again, and it happens once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from mv_desktop.ui.tasks import Periodic, Tasks


class Pauses(QObject):
    """One wait for each name at a time."""

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._waits: dict[str, Periodic] = {}

    @property
    def waiting(self) -> bool:
        """Something is to be done yet."""
        return bool(self._waits)

    def later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Do it when nothing has asked for it by this name for so long."""
        self.drop(name)

        def now() -> None:
            self._waits.pop(name, None)
            call()

        self._waits[name] = self._tasks.after(seconds, now, receiver=self)

    def drop(self, name: str) -> bool:
        """Do not do it; whether it was to be done."""
        wait = self._waits.pop(name, None)
        if wait is not None:
            wait.cancel()
        return wait is not None

    def stop(self) -> None:
        """Do nothing of it."""
        for name in tuple(self._waits):
            self.drop(name)
