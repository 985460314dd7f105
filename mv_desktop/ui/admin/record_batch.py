"""Does with all rows that are selected what its subject offers for many: part by part, stopped and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.ui.admin.act import Act
from mv_desktop.ui.admin.record_list import RecordList
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.row_feed import RowFeed
from mv_desktop.ui.admin.subject import OFFICE_WORK_LANE, Subject
from mv_desktop.ui.tasks import Progress, Task, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages

_PART = 50
"""So many rows go to the server at once; after each part it can be stopped."""
MOST_ROWS = 2000
"""So many are selected at once."""

Work = Callable[[Sequence[Any]], tuple[Sequence[Any], int]]


class RecordBatch(QObject):
    """One thing at a time. What is stopped stays as far as it came, and can be taken back as far.

    Args:
        screen: of the subject.

    Signals:
        begun(): the server is asked.
        ended(): the records may be others now.
        chosen(): other rows are selected.

    Attributes:
        busy: the server is asked.
    """

    begun = Signal()
    ended = Signal()
    chosen = Signal()

    def __init__(self, subject: Subject, tasks: Tasks, messages: Messages, screen: QWidget) -> None:
        super().__init__(screen)
        self._subject, self._tasks, self._messages = subject, tasks, messages
        self._acts = tuple(act for act in subject.acts if act.many)
        self._panel: RecordPanel | None = None
        self._list: RecordList | None = None
        self._feed: RowFeed | None = None
        self._shown: Callable[[], str | None] = lambda: None
        self._task: Task[None] | None = None
        self._act, self._undoing = self._acts[0], False
        self._done: list[Any] = []
        self._left = 0
        tasks.finished.connect(self._on_tasks_finished)

    @property
    def busy(self) -> bool:
        """The server is asked."""
        return self._task is not None

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By command, what it does."""
        return {"record.all": self.choose_all} | {act.command: partial(self.begin, act) for act in self._acts}

    def attach(self, panel: RecordPanel, rows: RecordList, feed: RowFeed, shown: Callable[[], str | None]) -> None:
        """Ask on this panel, of the rows of this list; `shown` is the key of the record that is looked at."""
        self._panel, self._list, self._feed, self._shown = panel, rows, feed, shown
        rows.table.selection_changed.connect(self.chosen)
        feed.ended.connect(self._on_feed_ended)

    def enable(self, actions: Mapping[str, QAction], *, able: bool) -> None:
        """Offer what can be done with what is selected; its button says with how many."""
        for act in self._acts:
            count = len(self._rows(act))
            actions[act.command].setEnabled(bool(count) and able)
            if self._panel is not None:
                words = tr("{what} ({count})", what=tr(act.label), count=count) if count > 1 else ""
                self._panel.offer(act, possible=bool(count), words=words)

    def choose_all(self) -> None:
        """Select everything that is looked for, also what was not listed yet."""
        if self._feed is not None:
            self._feed.go_to_end(MOST_ROWS)

    def begin(self, act: Act) -> None:
        """Do it with what is selected; with many after a question, as keys may be hit by mistake."""
        rows, panel, listed = self._rows(act), self._panel, self._list
        if panel is None or listed is None or self.busy or not rows:
            return
        if act.why and not panel.asked_why():
            return
        go_on = partial(self._do, act, rows, panel.why)
        if len(rows) == 1:
            go_on()
            return
        words = tr("{what}: {count} are selected.", what=tr(act.label), count=len(rows))
        panel.question.ask(words, tr(act.label), tr("Leave it"), go_on, listed.table, sign="info")

    # -- private ---------------------------------------------------------------------------------------------

    def _rows(self, act: Act) -> list[Any]:
        """What it would be done with: the selected rows; a single one only while it is the record that is looked at."""
        chosen = [] if self._list is None else list(self._list.chosen)
        if len(chosen) == 1 and self._subject.key(chosen[0]) != self._shown():
            chosen = []
        return [row for row in chosen if self._subject.able_row(act, row)]

    def _do(self, act: Act, rows: Sequence[Any], reason: str) -> None:
        self._run(act, rows, lambda part: self._subject.act_on_many(act, part, reason), undoing=False)

    def _undo(self, act: Act, done: Sequence[Any]) -> None:
        if not self.busy:
            self._run(act, done, lambda part: self._subject.undo_many(act, part), undoing=True)

    def _run(self, act: Act, rows: Sequence[Any], work: Work, *, undoing: bool) -> None:
        self._act, self._undoing, self._done, self._left = act, undoing, [], 0
        label = tr("Taking back") if undoing else tr(act.label)
        self._task = self._tasks.run_reporting(
            OFFICE_WORK_LANE, partial(self._work, rows, work), _nothing, self._on_failed, label=label, receiver=self
        )
        self.begun.emit()

    def _work(self, rows: Sequence[Any], work: Work, progress: Progress) -> None:
        """On the lane; what is done is counted as it is done, so that it is known also where the work ends early."""
        for start in range(0, len(rows), _PART):
            if progress.cancelled:
                return
            done, left = work(rows[start : start + _PART])
            self._done.extend(done)
            self._left += left
            progress.report(min(start + _PART, len(rows)), len(rows))

    def _tell(self) -> None:
        act, done = self._act, tuple(self._done)
        words = self._subject.told_many(act, done, self._left, undone=self._undoing)
        undo = partial(self._undo, act, done) if done and not self._undoing else None
        self._messages.say(words, undo=undo)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_feed_ended(self) -> None:
        if self._list is not None:
            self._list.table.selectAll()
            self._list.take_focus()

    def _on_tasks_finished(self, task: Task[Any]) -> None:
        if task is not self._task:
            return
        self._task = None
        if self._done or self._left or task.cancelled:
            self._tell()
        if self._panel is not None and self._done:
            self._panel.reason.clear()
        self.ended.emit()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)


def _nothing(_: None) -> None:
    """What came of it is told when the task has ended."""
