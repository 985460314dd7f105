"""Long work on one line: what is being done, how much of it, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing


class ProgressPanel(QWidget):
    """Shows the tasks that have a label, the oldest first; keeps its place while there are none.

    Args:
        tasks: whose work is shown.
    """

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task[object]] = []
        self._what = QLabel(self)
        self._what.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(spacing(2))
        self._bar.setMinimumWidth(spacing(30))
        self._bar.setAccessibleName(tr("Progress"))
        self._cancel = QPushButton(tr("Cancel"), self)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(spacing(2))
        self._what.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._what, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._cancel)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.setVisible(False)
        tasks.started.connect(self._on_tasks_started)
        tasks.finished.connect(self._on_tasks_finished)
        tasks.progressed.connect(self._on_tasks_progressed)

    @property
    def text(self) -> str:
        """What is being done."""
        return self._what.text()

    def _on_tasks_started(self, task: Task[object]) -> None:
        if task.label:
            self._tasks.append(task)
            self._show_first()

    def _on_tasks_finished(self, task: Task[object]) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
            self._show_first()

    def _on_tasks_progressed(self, task: Task[object], done: float, total: float, text: str) -> None:
        if not self._tasks or task is not self._tasks[0]:
            return
        # a bar counts in whole numbers: a thousandth of the work each
        self._bar.setRange(0, 1000 if total > 0 else 0)
        if total > 0:
            self._bar.setValue(round(1000 * min(1.0, done / total)))
        how_much = tr("{done} of {total}", done=f"{done:,.10g}", total=f"{total:,.10g}") if total > 0 else ""
        self._what.setText(" · ".join(part for part in (task.label, text, how_much) if part))

    def _on_cancel_clicked(self) -> None:
        if self._tasks:
            self._tasks[0].cancel()
            self._cancel.setEnabled(False)

    def _show_first(self) -> None:
        self.setVisible(bool(self._tasks))
        if self._tasks:
            self._what.setText(self._tasks[0].label)
            self._bar.setRange(0, 0)
            self._cancel.setEnabled(not self._tasks[0].cancelled)
