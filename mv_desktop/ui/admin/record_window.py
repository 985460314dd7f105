"""Windows over one record of the office: what its subject offers beside the form, each opened by a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.record import Opened
from mv_desktop.ui.admin.act import Act
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.subject import OFFICE_LANE, Subject
from mv_desktop.ui.tasks import Tasks


class RecordWindow(QDialog):
    """Esc closes it.

    Signals:
        changed(): something of the record is otherwise on the server.
        put_back_wanted(dict): these values, by field, are to stand in the form.
    """

    changed = Signal()
    put_back_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)


class RecordWindows(QObject):
    """Opens them.

    Signals:
        changed(): something of the record is otherwise on the server.
        put_back_wanted(dict): these values, by field, are to stand in the form.

    Attributes:
        window: the one that is open; None while none is.
    """

    changed = Signal()
    put_back_wanted = Signal(object)

    def __init__(self, subject: Subject, tasks: Tasks, screen: QWidget) -> None:
        super().__init__(screen)
        self._subject, self._tasks, self._screen = subject, tasks, screen
        self._opened: Callable[[], Opened[Any] | None] = _nothing
        self._panel: RecordPanel | None = None
        self.window: RecordWindow | None = None

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By command, what opens it."""
        return {act.command: partial(self._open, act) for act in self._subject.windows}

    def attach(self, panel: RecordPanel, opened: Callable[[], Opened[Any] | None]) -> None:
        """Offer them on this panel for the record that is looked at."""
        self._panel, self._opened = panel, opened

    def enable(self, actions: Mapping[str, QAction]) -> None:
        """Offer those that there are for the record as it stands."""
        opened = self._opened()
        for act in self._subject.windows:
            possible = opened is not None and self._subject.able(act, opened.draft)
            actions[act.command].setEnabled(possible)
            if self._panel is not None:
                self._panel.offer(act, possible=possible)

    # -- private ---------------------------------------------------------------------------------------------

    def _open(self, act: Act) -> None:
        opened = self._opened()
        if opened is None or self.window is not None:
            return
        self.window = self._subject.window(act, opened, self._tasks, self._screen)
        self.window.changed.connect(self._on_window_changed)
        self.window.put_back_wanted.connect(self.put_back_wanted)
        self.window.finished.connect(self._on_window_finished)
        self.window.open()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_window_changed(self) -> None:
        """The record may be as it was, and what is known of it beside otherwise: that is said anew."""
        self.changed.emit()
        opened = self._opened()
        if opened is not None:
            work = partial(self._subject.open, opened.key)
            self._tasks.run(OFFICE_LANE, work, self._on_read_again, self._on_not_read, receiver=self)

    def _on_read_again(self, found: Opened[Any]) -> None:
        opened = self._opened()
        if self._panel is not None and opened is not None and opened.key == found.key:
            self._panel.say_facts(found.draft)

    def _on_not_read(self, error: Exception) -> None:
        if not isinstance(error, UserError):  # what the server's state is stands where it always does
            self._tasks.error.emit(error)

    def _on_window_finished(self, _result: int) -> None:
        self.window = None


def _nothing() -> None:
    """Nothing is looked at yet."""
