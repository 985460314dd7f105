"""Does with a record what its subject offers beside changing it: asks why and once more, and then the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from mv_desktop.domain.record import Opened
from mv_desktop.ui.admin.act import Act, Once
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.subject import OFFICE_LANE, Subject
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr


class RecordActor(QObject):
    """One thing at a time; whoever looks at it says what came of it.

    Signals:
        begun(): the server is asked.
        done(str, str): with which record, and what is told of it.
        failed(Exception): nothing was done.

    Attributes:
        busy: the server is asked.
        waiting: what waits for its reason.
    """

    begun = Signal()
    done = Signal(str, str)
    failed = Signal(object)

    def __init__(self, subject: Subject, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._subject, self._tasks = subject, tasks
        self._panel: RecordPanel | None = None
        self._back: QWidget | None = None
        self._opened: Callable[[], Opened[Any] | None] = _nothing
        self.waiting: Act | None = None
        self.busy = False

    @property
    def handlers(self) -> dict[str, Callable[[], object]]:
        """By command, what begins it."""
        return {act.command: partial(self.begin, act) for act in self._subject.acts if not act.many}

    def attach(self, panel: RecordPanel, back: QWidget, opened: Callable[[], Opened[Any] | None]) -> None:
        """Ask on this panel, and give the keyboard back to `back`."""
        self._panel, self._back, self._opened = panel, back, opened
        panel.reason.returnPressed.connect(self._on_reason_return_pressed)

    def enable(self, actions: dict[str, QAction], *, able: bool) -> None:
        """Offer what can be done with the record as it stands; nothing while something was typed that is not saved."""
        opened = self._opened()
        for act in filter(lambda one: not one.many, self._subject.acts):
            possible = opened is not None and self._subject.able(act, opened.draft)
            actions[act.command].setEnabled(possible and able and not self.busy)
            if self._panel is not None:
                self._panel.offer(act, possible=possible)

    def begin(self, act: Act) -> None:
        """Ask why, then once more where much is at stake, then do it."""
        opened, panel = self._opened(), self._panel
        if opened is None or panel is None or self.busy:
            return
        self.waiting = act
        if act.why and not panel.asked_why():
            return
        self.waiting = None
        go_on = partial(self._go_on, act, opened, panel.why)
        words = self._subject.asked(act, opened.draft)
        if words:
            panel.question.ask(words, _plain(act), tr("Leave it"), go_on, self._back)
        else:
            go_on()

    # -- private ---------------------------------------------------------------------------------------------

    def _go_on(self, act: Act, opened: Opened[Any], reason: str) -> None:
        if not act.suffix:
            self._do(act, opened, reason, None)
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._panel, tr(act.label), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(act.suffix.removeprefix("."))
        dialog.selectFile(self._subject.file_name(act, opened.draft))
        dialog.fileSelected.connect(lambda path: self._do(act, opened, reason, Path(path)))
        dialog.open()

    def _do(self, act: Act, opened: Opened[Any], reason: str, target: Path | None) -> None:
        if self.busy:
            return
        self.busy = True
        self.begun.emit()
        work = partial(self._subject.act, act, opened, reason, target)
        done = partial(self._on_done, act, opened.key, target)
        self._tasks.run(OFFICE_LANE, work, done, self._on_failed, receiver=self)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_reason_return_pressed(self) -> None:
        if self.waiting is not None:
            self.begin(self.waiting)

    def _on_done(self, act: Act, key: str, target: Path | None, once: Once | None) -> None:
        self.busy = False
        if self._panel is not None:
            self._panel.reason.clear()
            if self._back is not None:
                self._back.setFocus()
            if once is not None:
                self._panel.once.show_once(once)
        words = tr("Written: {path}", path=target) if target is not None else tr("Done: {what}.", what=_plain(act))
        self.done.emit(key, words)

    def _on_failed(self, error: Exception) -> None:
        self.busy = False
        self.failed.emit(error)


def _plain(act: Act) -> str:
    """What it is called where nothing more is asked."""
    return tr(act.label).removesuffix("…").rstrip()


def _nothing() -> None:
    """Nothing is looked at yet."""
