"""A message from the server: what it says, where it leads, and that it was read."""

from __future__ import annotations

from datetime import datetime, tzinfo

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.sync.state import CONFLICT, SyncNote
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.tone_label import ToneLabel


class NoteCard(QWidget):
    """One message.

    Signals:
        opened(SyncNote): show me where.
        dismissed(note id): the person has read it.
    """

    opened = Signal(object)
    dismissed = Signal(int)

    def __init__(self, note: SyncNote, now: datetime, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = note
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(2), spacing(3), spacing(2))
        column.setSpacing(spacing(1))
        told = " · ".join(part for part in (note.script_code, moment(note.made_at, now, zone)) if part)
        column.addWidget(ToneLabel(told, "muted", self))
        text = QLabel(said(note.text), self)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(text)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        if note.evaluation_id is not None:
            row.addWidget(self._button(self._where(), self._on_open_clicked))
        row.addWidget(self._button(tr("I have read this"), self._on_read_clicked))
        row.addStretch(1)
        column.addSpacing(spacing(1))
        column.addLayout(row)

    def _where(self) -> str:
        if self._note.kind == CONFLICT:
            return tr("Decide")
        if self._note.question is None:
            return tr("Open the script")
        return tr("Open question {number}", number=self._note.question)

    def _button(self, words: str, clicked: object) -> QPushButton:
        button = QPushButton(words, self)
        button.setAccessibleName(f"{words}: {self._note.script_code}" if self._note.script_code else words)
        button.clicked.connect(clicked)
        return button

    def _on_open_clicked(self) -> None:
        self.opened.emit(self._note)

    def _on_read_clicked(self) -> None:
        self.dismissed.emit(self._note.note_id)

    # -- Qt --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(current_theme().colors.outline))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
