"""A subject of the office that is only read: its list on the left, the row with the cursor on the right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QByteArray, QStandardPaths, Qt
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import UserError
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.admin.pause import Pauses
from mv_desktop.ui.admin.record_list import RecordList, today_of
from mv_desktop.ui.admin.row_feed import RowFeed
from mv_desktop.ui.admin.subject import OFFICE_LANE, OFFICE_WORK_LANE, Viewed
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Progress, Task, Tasks, breathe
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.progress_panel import ProgressPanel
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_TYPING_SECONDS = 0.25
_FILES = {"csv": "CSV", "xlsx": "Excel"}


class ViewScreen(QWidget):
    """One of these for each subject that is only read. What was read stays while the server does not answer.

    Args:
        zone: the school's.

    Attributes:
        actions_by_id: its commands, for the palette.
        list, view: the rows, and the one that is looked at.
    """

    def __init__(
        self,
        subject: Viewed,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._subject, self._tasks, self._clock, self._zone = subject, tasks, clock, zone
        self._read, self._offered = False, False
        self._trouble = ""
        self._working: Task[Any] | None = None
        self._pauses = Pauses(tasks, self)
        self._feed = RowFeed(subject, tasks, self)
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.RECORD, self._handlers(), keys)
        self.list = RecordList(subject, partial(today_of, clock, zone), self)
        self.view = subject.view(self)
        self._build()
        self._connect()
        self._say_state()
        self._show_row()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def subject(self) -> Viewed:
        """What it is about."""
        return self._subject

    @property
    def state_text(self) -> str:
        """What is said of the server, "" while it answers."""
        return self._state.text()

    @property
    def told(self) -> str:
        """What came of the last long work."""
        return self._told.text

    @property
    def working(self) -> bool:
        """Something that takes long is being done."""
        return self._working is not None

    @property
    def settled(self) -> bool:
        """Nothing is asked of the server, and nothing waits to be."""
        return not self._feed.asking and not self._pauses.waiting and not self.working

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)

    def save_state(self) -> QByteArray:
        """How the screen is divided."""
        return self._split.saveState()

    def restore_state(self, state: QByteArray) -> None:
        """Divide it as it was."""
        self._split.restoreState(state)

    def refresh(self) -> None:
        """Ask the server again; what was read stays until it has answered."""
        self._feed.begin(self.list.wanted)
        if not self._offered and any(choice.fetched for choice in self._subject.choices):
            self._tasks.run(OFFICE_LANE, self._subject.values, self._on_values, self._fail, receiver=self)

    def save_as(self, path: Path) -> None:
        """Write what is looked for now, CSV or for Excel by the name."""
        work = partial(self._subject.save, self.list.wanted, path)
        self._work(work, partial(self._on_saved, path), tr("Saving"))

    def cancel(self) -> None:
        """End what takes long."""
        if self._working is not None:
            self._working.cancel()

    def stop(self) -> None:
        """Ask nothing more."""
        self._pauses.stop()
        self.cancel()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._state = ToneLabel("", "soon", self)
        self._told = SignLabel(self)
        self._told.hide()
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self._state, 1)
        foot.addWidget(ProgressPanel(self._tasks, self), 2)
        for name, words in self._buttons():
            foot.addWidget(self._button(name, words))
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, spacing(1), 0)
        column.setSpacing(spacing(2))
        column.addWidget(self.list, 1)
        column.addWidget(self._told)
        column.addLayout(foot)
        view = cast(QWidget, self.view)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(left)
        self._split.addWidget(view)
        self._split.setStretchFactor(0, 4)
        self._split.setStretchFactor(1, 3)
        self._split.setSizes([spacing(185), spacing(125)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)
        mark_parts(self.list, view)

    def _buttons(self) -> list[tuple[str, str]]:
        files = [(f"record.{kind}", name) for kind, name in _FILES.items()] if self._subject.files else []
        return [*([("record.check", tr(self._subject.check))] if self._subject.check else []), *files]

    def _button(self, name: str, words: str) -> QPushButton:
        button, action = QPushButton(words, self), self.actions_by_id[name]
        button.clicked.connect(action.trigger)
        button.setEnabled(action.isEnabled())
        action.enabledChanged.connect(button.setEnabled)
        follow_tip(button, action)
        return button

    def _connect(self) -> None:
        self.list.wanted_changed.connect(partial(self._pauses.later, "page", _TYPING_SECONDS, self.refresh))
        self.list.selected.connect(self._show_row)
        self.list.opened.connect(self.view.take_focus)
        self.list.end_neared.connect(self._feed.go_on)
        self.list.empty.action_requested.connect(self.refresh)
        self._feed.came.connect(self._on_feed_came)
        self._feed.grew.connect(self._on_feed_grew)
        self._feed.failed.connect(self._fail)
        self._tasks.finished.connect(self._on_tasks_finished)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        found: dict[str, Callable[[], object]] = {
            "record.search": self._search,
            "record.clear": self._clear,
            "record.refresh": self.refresh,
            **{name: partial(self._look_alike, name) for name in self._subject.others},
        }
        if self._subject.choices:
            found["record.choice"] = self._next_choice
        if self._subject.check:
            found["record.check"] = self._check
        if self._subject.files:
            found |= {f"record.{kind}": partial(self._ask_where, kind) for kind in _FILES}
        return found

    # -- doing -----------------------------------------------------------------------------------------------

    @property
    def _row(self) -> Any | None:  # noqa: ANN401
        key = self.list.key
        return next((row for row in self._feed.rows if self._subject.key(row) == key), None)

    def _show_row(self) -> None:
        row = self._row
        self.view.show_row(row)
        cast(QWidget, self.view).setVisible(row is not None)
        for name in self._subject.others:
            able = row is not None and self._subject.alike(name, row) is not None
            self.actions_by_id[name].setEnabled(able)

    def _say_state(self) -> None:
        self.list.say_empty(read=self._read, trouble=self._trouble)
        self._state.setText(tr("Not connected. {trouble}", trouble=self._trouble) if self._trouble else "")

    def _look_alike(self, name: str) -> None:
        row = self._row
        wanted = None if row is None else self._subject.alike(name, row)
        if wanted is not None:
            self.list.offer({of: (pair,) for of, pair in self._subject.called(row).items()})
            self.list.look_for(wanted)

    def _search(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()

    def _clear(self) -> None:
        if self.list.wanted.words or self.list.wanted.choices:
            self.list.clear()
        self.list.take_focus()

    def _next_choice(self) -> None:
        self.list.next_choice()

    def _check(self) -> None:
        self._work(self._subject.examine, self._on_examined, tr(self._subject.check))

    def _work(self, work: Callable[[Callable[[int, int], None]], Any], done: Callable[[Any], None], label: str) -> None:
        """One long work at a time, beside the window."""
        if self._working is not None:
            return
        self._told.hide()
        self._working = self._tasks.run_reporting(
            OFFICE_WORK_LANE, partial(_reporting, work), done, self._on_work_failed, label=label, receiver=self
        )
        self._enable()

    def _enable(self) -> None:
        for name in ("record.check", *(f"record.{kind}" for kind in _FILES)):
            if name in self.actions_by_id:
                self.actions_by_id[name].setEnabled(not self.working)

    def _ask_where(self, kind: str) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, tr("Save as {kind}", kind=_FILES[kind]), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilters([f"{_FILES[kind]} (*.{kind})"])
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(f"{tr(self._subject.title)} {today_of(self._clock, self._zone):%Y-%m-%d}")
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.open()

    def _tell(self, sign: str, words: str) -> None:
        self._told.say(sign, words)
        self._told.setVisible(bool(words))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_feed_came(self) -> None:
        first, self._trouble, self._read = not self._read, "", True
        self._say_state()
        self.list.show_rows(self._feed.rows)
        if first and self.window().focusWidget() is self.list.search and not self.list.wanted.words:
            self.list.take_focus()  # it went there because there were no rows
        self._show_row()

    def _on_feed_grew(self) -> None:
        self.list.show_rows(self._feed.rows)

    def _on_values(self, values: Any) -> None:  # noqa: ANN401
        self._offered = True
        self.list.offer(values)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
        self._trouble = said(str(error)) if isinstance(error, UserError) else tr("Something unexpected happened.")
        self._say_state()

    def _on_dialog_file_selected(self, path: str) -> None:
        self.save_as(Path(path))

    def _on_saved(self, path: Path, count: int) -> None:
        words = tr("Saved as {name}, in the folder {folder}.", name=path.name, folder=path.parent)
        self._tell("done", f"{words} {tr_count('{count} row.', '{count} rows.', count)}")

    def _on_examined(self, found: tuple[str, str]) -> None:
        self._tell(*found)

    def _on_work_failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
            return
        self._tell("warning", " ".join(filter(None, (said(error.message), said(error.remedy)))))

    def _on_tasks_finished(self, task: Task[Any]) -> None:
        if task is self._working:
            self._working = None
            if task.cancelled:
                self._tell("info", tr("Stopped. Nothing was written."))
            self._enable()

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self.list.take_focus()
        self.refresh()


class _StoppedError(Exception):
    """Nobody wants the result any more."""


def _reporting(work: Callable[[Callable[[int, int], None]], Any], progress: Progress) -> Any:  # noqa: ANN401
    def told(done: int, everything: int) -> None:
        if progress.cancelled:
            raise _StoppedError
        progress.report(done, everything, "" if everything or not done else f"{done:,}")
        breathe()

    try:
        return work(told)
    except _StoppedError:
        return None
