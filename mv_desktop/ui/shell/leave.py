"""Leaving: by signing out, or by closing the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.ui.shell.leaving_screen import LeavingScreen
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from mv_desktop.ui.shell.workspace import Workspace

MOMENT_SECONDS = 0.5
"""What takes no longer than this is not worth a word."""
NOTE_SECONDS = 5.0
"""So long the window says what waits on this computer, before it closes by itself."""


class Leave(QObject):
    """Closes what somebody works with, and says what goes on meanwhile and what is left behind.

    Attributes:
        hurried: the session ends: nobody reads anything any more.
    """

    def __init__(self, window: MainWindow, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._tasks = window, tasks
        self.hurried = False
        self._ended = False

    def close(self, workspace: Workspace, done: Callable[[], None]) -> None:
        """Close `workspace`; when that takes longer than a moment, she is told why."""
        self._ended = False

        def end() -> None:
            self._ended = True
            done()

        workspace.close(end)
        self._tasks.after(MOMENT_SECONDS, partial(self._show, workspace), receiver=self)

    def note(self, left_behind: int, done: Callable[[], None]) -> None:
        """Say what waits on this computer, then call `done`; at once when that is nothing, or nobody reads it."""
        if not left_behind or self.hurried:
            done()
            return
        ended: list[bool] = []

        def end() -> None:
            if not ended:
                ended.append(True)
                done()

        screen = LeavingScreen(left_behind)
        screen.show_left(left_behind)
        self._bring(screen, end)
        self._tasks.after(NOTE_SECONDS, end, receiver=self)

    # -- private ---------------------------------------------------------------------------------------------

    def _show(self, workspace: Workspace) -> None:
        if not self._ended:
            self._bring(LeavingScreen(workspace.driver.state.pending), workspace.hurry)

    def _bring(self, screen: LeavingScreen, hurry: Callable[[], None]) -> None:
        screen.hurried.connect(hurry)
        self._window.open_sign_in(screen)
        self._window.setEnabled(True)
        screen.setFocus()
