"""What is known of a script before it is opened."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.domain.evaluation import QueueRow
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.queue.model import conflict_text, due_work, pages_text, returned_reasons, returned_text, unsent_text
from mv_desktop.ui.queue.row_filter import STATES
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_badge import DeadlineBadge
from mv_desktop.ui.widgets.exam_type_text import exam_type_text
from mv_desktop.ui.widgets.share_bar import ShareBar
from mv_desktop.ui.widgets.tone_label import ToneLabel


class QueuePreview(QScrollArea):
    """The paper, the deadline and its reasons, the pages and the progress of the selected script.

    Signals:
        open_requested(): its button was pressed.
    """

    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Preview"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("ring", "true")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(spacing(70))
        inside = QWidget(self)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(spacing(5), spacing(4), spacing(5), spacing(4))
        self._column.setSpacing(spacing(1))
        self._code = self._line(factor=1.3, strong=True)
        self._paper = self._line()
        self._kind = self._line(muted=True)
        self._column.addSpacing(spacing(2))
        self._badge = DeadlineBadge(inside, wraps=True)
        self._column.addWidget(self._badge)
        self._why = self._section(tr("Why this deadline"))
        self._returned_title, self._returned = self._heading(), self._line()
        self._progress_text = self._section(tr("Marked"))
        self._bar = ShareBar(tr("Marked"), inside)
        self._column.addWidget(self._bar)
        self._pages = self._section(tr("Pages"))
        self._unsent = self._line(muted=True)
        self._column.addSpacing(spacing(3))
        self._open = QPushButton(tr("Open the script"), inside)
        self._open.clicked.connect(self.open_requested)
        self._column.addWidget(self._open, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self.setWidget(inside)

    def show_row(self, row: QueueRow, calendar: WorkCalendar, now: datetime) -> None:
        """Show what is known of `row` at `now`."""
        self._code.setText(row.script_code)
        self._paper.setText(row.title)
        kind = f"{tr('Class')} {row.class_name} · {exam_type_text(row.exam_type)} · "
        self._kind.setText(kind + tr("{marks} marks", marks=row.total_marks))
        self._badge.show_deadline(due_work(row), calendar, now)
        told = self._badge.told
        self._why.setText(told.tooltip if told is not None else "")
        marked = tr("{marked} of {written} questions have a mark", marked=row.marked, written=row.written)
        self._returned_title.setText(returned_text(row))
        self._returned.setText("\n".join(returned_reasons(row)))
        for label in (self._returned_title, self._returned):
            label.setVisible(bool(label.text()))
        self._progress_text.setText(f"{tr(STATES[row.state])} · {marked}")
        self._bar.set_share(row.marked / row.written if row.written else 0.0)
        self._pages.setText(pages_text(row))
        self._unsent.setText("\n".join(filter(None, (conflict_text(row), unsent_text(row)))))

    @property
    def text(self) -> str:
        """All its words, for tests and for a screen reader."""
        above = (self._code, self._paper, self._kind, self._why, self._returned_title, self._returned)
        labels = (*above, self._progress_text, self._pages, self._unsent)
        return "\n".join(label.text() for label in labels)

    def _line(self, *, factor: float = 1.0, strong: bool = False, muted: bool = False) -> QLabel:
        label = ToneLabel("", "muted" if muted else "text", factor=factor, strong=strong)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(label)
        return label

    def _section(self, title: str) -> QLabel:
        self._heading().setText(title)
        return self._line()

    def _heading(self) -> QLabel:
        self._column.addSpacing(spacing(3))
        return self._line(strong=True)
