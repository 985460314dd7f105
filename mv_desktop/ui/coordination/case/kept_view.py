"""Kept work question by question: as the former teacher left it, beside what stands now, and a tick for each."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from mv_desktop.domain.kept_work import KeptQuestion, KeptReading
from mv_desktop.ui.coordination.case.wording import decisions_text, mark_text, question_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel


class KeptView(QWidget):
    """Takes no place while a case is about no kept work.

    Signals:
        ticked(): other questions are ticked.
    """

    ticked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading: KeptReading | None = None
        self._rows: dict[int, KeptRow] = {}
        self._note = ToneLabel("", "muted", self)
        self._note.setWordWrap(True)
        self._column = QVBoxLayout()
        self._column.setSpacing(spacing(2))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addWidget(self._note)
        column.addLayout(self._column)
        self.hide()

    @property
    def chosen(self) -> tuple[int, ...]:
        """The numbers of the ticked questions."""
        return tuple(number for number, row in self._rows.items() if row.ticked)

    @property
    def rows(self) -> tuple[KeptRow, ...]:
        """One a question."""
        return tuple(self._rows.values())

    def show_reading(self, reading: KeptReading | None, former: str, present: str) -> None:
        """Show it; what was ticked stays so when the same work is read again."""
        same = self._reading is not None and reading is not None and self._reading.piece == reading.piece
        unticked = {number for number, row in self._rows.items() if not row.ticked} if same else set()
        if reading == self._reading:
            return
        self._reading = reading
        for row in self._rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {}
        for question in () if reading is None else reading.questions:
            row = KeptRow(question, former, present, self)
            row.tick(on=question.number not in unticked and (same or question.waiting > 0))
            row.changed.connect(self.ticked)
            self._rows[question.number] = row
            self._column.addWidget(row)
        if reading is not None:
            replaces = tr("A question that is taken takes the place of what stands there now.")
            self._note.setText(replaces if reading.replaces else tr("What is taken is added to what stands there now."))
        self.setVisible(reading is not None)


class KeptRow(QWidget):
    """A question: the tick, and both sides.

    Signals:
        changed(): it was ticked, or is no more.
    """

    changed = Signal()

    def __init__(self, question: KeptQuestion, former: str, present: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QCheckBox(question_text(question), self)
        self._box.setAccessibleName(question_text(question))
        self._box.toggled.connect(self._on_box_toggled)
        grid = QGridLayout(self)
        grid.setContentsMargins(spacing(3), spacing(2), spacing(3), spacing(2))
        grid.setHorizontalSpacing(spacing(4))
        grid.setVerticalSpacing(spacing(1))
        grid.addWidget(self._box, 0, 0, 1, 2)
        sides = (
            (tr("{name}, kept", name=former), mark_text(question.marks, len(question.annotations))),
            (tr("{name}, now", name=present), mark_text(question.present_marks, len(question.present_annotations))),
        )
        for column, (heading, words) in enumerate(sides):
            name = ToneLabel(heading, "muted", self)
            name.setTextFormat(Qt.TextFormat.PlainText)
            name.setWordWrap(True)
            grid.addWidget(name, 1, column)
            grid.addWidget(_plain(words, self), 2, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        told = decisions_text(question)
        if told:
            grid.addWidget(_plain(told, self), 3, 0, 1, 2)
        self._box.setAccessibleDescription(". ".join(f"{name}: {words}" for name, words in sides))

    @property
    def ticked(self) -> bool:
        """It is meant."""
        return self._box.isChecked()

    def tick(self, *, on: bool) -> None:
        """Mean it, or not."""
        self._box.setChecked(on)

    def _on_box_toggled(self, _on: bool) -> None:  # noqa: FBT001 - Qt's signature
        self.changed.emit()

    # -- Qt --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current_theme().colors.outline), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


def _plain(words: str, parent: QWidget) -> QLabel:
    label = QLabel(words, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
