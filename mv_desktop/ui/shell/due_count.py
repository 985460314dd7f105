"""How many questions wait for who has the place, beside its icon, also before she has looked at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.ui.asking import Asking
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from mv_desktop.ui.admin.question import QuestionSubject
    from mv_desktop.ui.admin.screen import OfficeScreen

_SECONDS = 120.0
_SLOWEST = 900.0


class DueCount(QObject):
    """Asks again some time after each answer; what the list has counted is told at once.

    Args:
        subject: what is counted.
        lane: on which the server is asked for the subject.
        place: by which the window knows the place.
        screen: of the place; this goes with it.
    """

    def __init__(
        self, subject: QuestionSubject, lane: str, place: str, screen: OfficeScreen, window: MainWindow, tasks: Tasks
    ) -> None:
        super().__init__(screen)
        self._subject, self._place, self._window = subject, place, window
        self._asking = Asking(
            *(tasks, lane, subject.count_due, screen, self._on_answered, self._tell),
            seconds=_SECONDS,
            slowest=_SLOWEST,
            hidden=_SECONDS,
        )
        screen.looked.connect(self._tell)
        self._asking.now()

    def stop(self) -> None:
        """Ask nothing more."""
        self._asking.stop()

    # -- slots -----------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        self._window.count_at(self._place, *self._subject.due())

    def _on_answered(self, _answer: None, _recovered: bool) -> None:  # noqa: FBT001
        self._tell()
