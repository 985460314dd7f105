"""Asking the server how something is, again and again while somebody looks; what is said when that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtWidgets import QApplication, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.ui.tasks import Periodic, Task, Tasks
from mv_desktop.ui.text import said, tr

T = TypeVar("T")


def trouble_in(error: Exception, tasks: Tasks) -> str:
    """What a failure is called in a sentence; one that nobody foresaw is reported besides."""
    if isinstance(error, UserError):
        return said(str(error))
    tasks.error.emit(error)
    return tr("Something unexpected happened.")


def keep_focus_inside(screen: QWidget, take_focus: Callable[[], None]) -> None:
    """When a screen is shown, the keyboard goes to it, unless it is there already."""
    focus = QApplication.focusWidget()
    if focus is None or not screen.isAncestorOf(focus):
        take_focus()


class Asking(Generic[T]):
    """One question to the server, asked again some time after each answer, as long as somebody looks.

    What shows the answers calls `now` when it is shown and `rest` when it is hidden.

    Attributes:
        trouble: why there was no answer last, in a sentence; "" when there was one or none was awaited yet.
    """

    def __init__(
        self,
        tasks: Tasks,
        lane: str,
        question: Callable[[], T],
        screen: QWidget,
        answered: Callable[[T, bool], None],
        failed: Callable[[], None],
        *,
        seconds: float,
        slowest: float = 0.0,
        hidden: float = 0.0,
    ) -> None:
        """Ask `question` on `lane`.

        Args:
            tasks: on whose lanes it is asked.
            lane: where; one question at a time.
            question: asks the server, on the lane.
            screen: what shows the answers.
            answered: gets each answer, and whether there was trouble before it.
            failed: told when `trouble` has come.
            seconds: from an answer to the next question.
            slowest: after failures twice as long each time, up to so many seconds; 0 for as often as ever.
            hidden: at least so many seconds while nobody looks; 0 for not at all.
        """
        self.trouble = ""
        self._tasks, self._lane, self._question, self._screen = tasks, lane, question, screen
        self._answered, self._failed = answered, failed
        self._seconds, self._slowest, self._hidden = seconds, slowest, hidden
        self._task: Task[T] | None = None
        self._timer: Periodic | None = None
        self._failures = 0
        self._stopped = False

    @property
    def running(self) -> bool:
        """An answer is awaited."""
        return self._task is not None

    def now(self) -> None:
        """Ask at once, unless an answer is awaited."""
        self._cancel()
        if self._task is None and not self._stopped:
            done, failed = self._on_answer, self._on_failure
            self._task = self._tasks.run(self._lane, self._question, done, failed, receiver=self._screen)

    def rest(self) -> None:
        """Nobody looks any more."""
        self._cancel()
        if self._task is None:
            self._wait(self._hidden)

    def stop(self) -> None:
        """Ask nothing more: the program ends, or this is not for her any more."""
        self._stopped = True
        self._cancel()

    def fail(self, error: Exception) -> None:
        """Something else that was asked beside it was not answered: the next question has the usual time."""
        self._tell(error)
        if self._task is None:
            self._wait(self._seconds)

    # -- private ---------------------------------------------------------------------------------------------

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self, seconds: float) -> None:
        self._cancel()
        if self._stopped or not (self._hidden or self._screen.isVisible()):
            return
        wait = seconds if self._screen.isVisible() else max(seconds, self._hidden)
        self._timer = self._tasks.after(wait, self.now, receiver=self._screen)

    def _tell(self, error: Exception) -> None:
        self.trouble = trouble_in(error, self._tasks)
        self._failed()

    def _on_answer(self, answer: T) -> None:
        self._task = None
        recovered, self.trouble, self._failures = bool(self.trouble), "", 0
        self._answered(answer, recovered)
        if self._task is None:
            self._wait(self._seconds)

    def _on_failure(self, error: Exception) -> None:
        self._task = None
        self._failures += 1
        self._tell(error)
        self._wait(min(self._slowest, self._seconds * 2**self._failures) if self._slowest else self._seconds)
