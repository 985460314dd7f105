"""What is shown while servers start: the name, and what is being done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing


class StartingScreen(QWidget):
    """The name of the program and what it is doing, in the middle of the window.

    Args:
        tasks: the reports of all its work are shown.
    """

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = QLabel("Mathvidya", self)
        name.setFont(current_theme().font(2.0, name.font().weight().DemiBold))
        name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._what = QLabel(tr("Starting …"), self)
        self._what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        bar = QProgressBar(self)
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedSize(spacing(80), spacing(2))
        bar.setAccessibleName(tr("Progress"))
        column = QVBoxLayout(self)
        column.setSpacing(spacing(4))
        column.addStretch(2)
        column.addWidget(name)
        column.addWidget(bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._what)
        column.addStretch(3)
        tasks.progressed.connect(self._on_tasks_progressed)

    @property
    def text(self) -> str:
        """What is being done."""
        return self._what.text()

    def _on_tasks_progressed(self, _task: Task[object], _done: float, _total: float, text: str) -> None:
        self._what.setText(text)
