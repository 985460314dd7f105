"""Locks the program when its person has been away, or says so: work is kept, and nobody sees it meanwhile."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QToolTip, QWidget

from mv_desktop.core.clock import Clock, SteadyClock
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.shell.idle_watch import IdleWatch
from mv_desktop.ui.shell.lock_screen import LockScreen
from mv_desktop.ui.shell.lockout import SignInLock
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.workspace import Workspace
from mv_desktop.ui.tasks import Tasks

_HIDDEN = (Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Tool)


class IdleLock(QObject):
    """Watches over one signed-in person's work.

    While it is locked, sync goes on and the connection is closed after each run. Dialogs and the second window are
    hidden and come back as they were.

    Args:
        attempts: counts wrong passwords.
        clock, steady: the computer's, and one that nobody sets.

    Signals:
        tried(): a wrong password was counted.

    Attributes:
        watch: notices that nobody is there.
    """

    tried = Signal()

    def __init__(
        self,
        desk: Desk,
        workspace: Workspace,
        window: MainWindow,
        tasks: Tasks,
        attempts: SignInLock,
        clock: Clock,
        steady: SteadyClock,
    ) -> None:
        super().__init__(workspace)
        self._desk, self._workspace, self._window, self._tasks = desk, workspace, window, tasks
        self._attempts, self._steady = attempts, steady
        self._screen: LockScreen | None = None
        self._hidden: list[tuple[QWidget, Qt.WindowModality]] = []
        self._focus: QWidget | None = None
        self.watch = IdleWatch(tasks, clock, self)
        self.watch.idled.connect(self.lock)
        self.watch.rested.connect(self._on_watch_rested)
        window.lock_requested.connect(self.lock)
        workspace.person_changed.connect(self._on_workspace_person_changed)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._on_app_focus_window_changed)
        self.watch.start(desk.idle_minutes * 60.0)

    @property
    def locked(self) -> bool:
        """Nobody gets at the work without the password."""
        return self._screen is not None

    @property
    def screen(self) -> LockScreen | None:
        """What is shown while it is locked."""
        return self._screen

    def lock(self) -> None:
        """Hide everything until her password is typed."""
        if self.locked or self._workspace.driver.closing:
            return
        self.watch.stop()
        self._workspace.put_down()
        self._focus = QApplication.focusWidget()
        self._screen = LockScreen(
            self._desk.person.email, self._desk.opens_with, self._attempts, self._steady, self._tasks
        )
        self._screen.unlocked.connect(self._on_screen_unlocked)
        self._screen.tried.connect(self.tried)
        self._screen.other_wanted.connect(self._window.sign_out_requested)
        self._window.cover(self._screen)
        self._hide_windows()
        self._window.activateWindow()
        self._workspace.driver.rest(resting=True)

    def end(self) -> None:
        """She signs out: what was hidden of hers is closed. What covers it stays until something else is shown."""
        self.watch.stop()
        for widget, _ in self._hidden:
            if _alive(widget) and isinstance(widget, QDialog):
                widget.reject()
                widget.close()
        self._hidden.clear()
        if self._screen is not None:
            self._screen.setEnabled(False)
            self._screen = None

    # -- private ---------------------------------------------------------------------------------------------

    def _hide_windows(self) -> None:
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        QToolTip.hideText()
        others = [widget for widget in QApplication.topLevelWidgets() if widget is not self._window.window()]
        for widget in sorted(others, key=_depth, reverse=True):
            if widget.isVisible() and widget.windowType() in _HIDDEN:
                self._hidden.append((widget, widget.windowModality()))
                widget.hide()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_screen_unlocked(self) -> None:
        self._screen = None
        self._window.uncover()
        hidden, self._hidden = self._hidden, []
        for widget, modality in sorted(hidden, key=lambda entry: _depth(entry[0]) if _alive(entry[0]) else 0):
            if _alive(widget):
                widget.setWindowModality(modality)  # Qt forgets it of a dialog that was hidden
                widget.show()
        focus, self._focus = self._focus, None
        if focus is not None and _alive(focus) and focus.isVisible():
            focus.window().activateWindow()
            focus.setFocus()
        self._workspace.driver.rest(resting=False)
        self.watch.start(self._desk.idle_minutes * 60.0)

    def _on_watch_rested(self, resting: bool) -> None:  # noqa: FBT001 - the signal's
        if not self.locked:
            self._workspace.driver.rest(resting=resting)

    def _on_workspace_person_changed(self) -> None:
        self.watch.set_limit(self._desk.idle_minutes * 60.0)

    def _on_app_focus_window_changed(self, window: QWindow | None) -> None:
        """What opens by itself while it is locked is hidden too."""
        if self.locked and window is not None and window is not self._window.windowHandle():
            self._hide_windows()


def _depth(widget: QWidget) -> int:
    above, depth = widget.parentWidget(), 0
    while above is not None:
        above, depth = above.parentWidget(), depth + 1
    return depth


def _alive(widget: QWidget) -> bool:
    return bool(shiboken6.isValid(widget))
