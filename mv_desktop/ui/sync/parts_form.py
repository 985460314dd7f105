"""Parts of both: a mark of one's own, and which ink of the two computers stays."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.shape import Placed, Stamp, TextNote
from mv_desktop.domain.conflict import MarkConflict
from mv_desktop.domain.decision import Side, both_ink, mark_with, side_ink
from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.domain.marks import GivenMark, MarkState, format_marks, parse_marks
from mv_desktop.domain.script import MarkedScript
from mv_desktop.ui.sync.ink_layers import NUMBERS
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

_ID = Qt.ItemDataRole.UserRole
_KINDS = {
    "pen": "Pen",
    "highlighter": "Highlighter",
    "line": "Straight line",
    "arrow": "Arrow",
    "box": "Box",
    "ellipse": "Ellipse",
}
STAMPS = {"tick": "Tick", "cross": "Cross", "half": "Half", "circle": "Circle", "star": "Star"}


class PartsForm(QWidget):
    """Asks for a mark, a comment, and the ink that stays. Enter takes them, Escape leaves all as it was.

    Signals:
        taken(GivenMark, frozenset[AnnotationId])
        left(): she wants nothing of it.
        ink_chosen(frozenset[AnnotationId]): so much stays, as it is ticked now.
    """

    taken = Signal(object, object)
    left = Signal()
    ink_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conflict: MarkConflict | None = None
        self._script: MarkedScript | None = None
        self._possible = Decimal(0)
        self._mark, self._comment = QLineEdit(self), QLineEdit(self)
        self._mark.setAccessibleName(tr("The mark that counts"))
        self._mark.setPlaceholderText(tr("the sum of the stamps"))
        self._comment.setAccessibleName(tr("Comment for the student"))
        self._ink = QListWidget(self)
        self._ink.setAccessibleName(tr("Ink that stays"))
        self._ink.setMinimumHeight(spacing(20))
        self._ink.itemChanged.connect(self._on_ink_item_changed)
        self._wrong = ToneLabel("", "danger", self)
        self._wrong.setWordWrap(True)
        self._wrong.hide()
        take, leave = QPushButton(tr("Take these parts"), self), QPushButton(tr("Leave it"), self)
        take.clicked.connect(self.take)
        leave.clicked.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addWidget(ToneLabel(tr("Parts of both"), parent=self, strong=True))
        column.addWidget(QLabel(tr("The mark that counts"), self))
        column.addWidget(self._mark)
        column.addWidget(QLabel(tr("Comment for the student"), self))
        column.addWidget(self._comment)
        column.addWidget(self._wrong)
        column.addWidget(QLabel(tr("Ink that stays"), self))
        column.addWidget(self._ink, 1)
        row = QHBoxLayout()
        row.addWidget(take)
        row.addWidget(leave)
        row.addStretch(1)
        column.addLayout(row)
        for control in (self._mark, self._comment, self._ink):
            control.installEventFilter(self)

    def ask(self, script: MarkedScript, conflict: MarkConflict, given: GivenMark) -> None:
        """Begin with all ink that stands there, and with the mark `given`."""
        self._conflict, self._script = conflict, script
        self._possible = script.possible(conflict.key)
        self._ink.blockSignals(True)
        self._ink.clear()
        for item in both_ink(conflict):
            side = Side.MINE if item.annotation.annotation_id in side_ink(conflict, Side.MINE) else Side.THEIRS
            entry = QListWidgetItem(f"{NUMBERS[side]} · {ink_text(item)}", self._ink)
            entry.setData(_ID, item.annotation.annotation_id)
            entry.setFlags(entry.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            there = item.annotation.annotation_id in script.ink
            entry.setCheckState(Qt.CheckState.Checked if there else Qt.CheckState.Unchecked)
        self._ink.blockSignals(False)
        self._ink.setEnabled(self._ink.count() > 0)
        if self._ink.count():
            self._ink.setCurrentRow(0)
        marks = given.marks
        self._mark.setText("" if given.state is not MarkState.MARKED or marks is None else format_marks(marks))
        self._comment.setText(given.comment)
        self._comment.setCursorPosition(0)  # a long one is read from its beginning
        self._say("")
        self._mark.setFocus()
        self._mark.selectAll()

    def take(self) -> None:
        """Take what is there, if it is a mark."""
        typed, comment = self._mark.text().strip(), self._comment.text().strip()
        given = GivenMark(comment=comment)
        if typed:
            try:
                given = GivenMark(MarkState.MARKED, parse_marks(typed, self._possible), comment)
            except InvalidError as error:
                self._say(" ".join(said(part) for part in (error.message, error.remedy) if part))
                self._mark.setFocus()
                return
        self._say("")
        self.taken.emit(given, self.wanted)

    @property
    def wanted(self) -> frozenset[AnnotationId]:
        """The ink that stays."""
        rows = (self._ink.item(row) for row in range(self._ink.count()))
        return frozenset(row.data(_ID) for row in rows if row.checkState() is Qt.CheckState.Checked)

    # -- private ---------------------------------------------------------------------------------------------

    def _say(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def _on_ink_item_changed(self, _: QListWidgetItem) -> None:
        self.ink_chosen.emit(self.wanted)
        self._show_sum()

    def _show_sum(self) -> None:
        if self._script is not None and self._conflict is not None:
            total = mark_with(self._script, self._conflict, GivenMark(), self.wanted).marks
            words = tr("the sum of the stamps")
            self._mark.setPlaceholderText(words if total is None else f"{words}: {format_marks(total)}")

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride}:
            enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            if enter or event.key() == Qt.Key.Key_Escape:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    self.take() if enter else self.left.emit()
                return True
            if event.type() == QEvent.Type.ShortcutOverride and event.text() and not event.modifiers():
                event.accept()  # what is typed here is no command
        return super().eventFilter(watched, event)


def ink_text(placed: Placed) -> str:
    """What an annotation is, what it carries, and where: “Tick, 1 mark, page 2”."""
    note = placed.annotation
    if isinstance(note, Stamp):
        what = tr(STAMPS[note.stamp])
    elif isinstance(note, TextNote):
        what = f"“{note.text}”"
    else:
        what = tr(_KINDS[note.type]) if note.type in _KINDS else tr("Ink")
    parts = [what]
    if note.carried is not None:
        parts.append(tr("{marks} mark" if note.carried == 1 else "{marks} marks", marks=format_marks(note.carried)))
    parts.append(tr("page {page}", page=placed.page.label))
    return ", ".join(parts)
