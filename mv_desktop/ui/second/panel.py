"""What stands between the teacher and handing in: what is missing, the word to who coordinates, or why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mv_desktop.domain.second import COMMENT_MAX
from mv_desktop.ui.text import numbers_text, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.framed import Framed
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

_ROOMY = spacing(150)


class HandInPanel(Framed):
    """Takes no place while nothing is asked.

    Signals:
        hand_in_requested(): all is marked, and she wants to send it.
        decline_requested(str): she hands it back, for this reason.
        question_wanted(int): lead to a question that is missing.
        note_changed(str): the word to who coordinates, with every letter.
        left(): go on marking.
        asking_changed(): it was opened or closed.
    """

    hand_in_requested = Signal()
    decline_requested = Signal(str)
    question_wanted = Signal(int)
    note_changed = Signal(str)
    left = Signal()
    asking_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act: Callable[[], object] = _nothing
        self._declining = False
        self._told = SignLabel(self)
        self._label = QLabel(self)
        self._line = QLineEdit(self)
        self._line.setMaxLength(COMMENT_MAX)
        self._line.setAccessibleName(tr("To the coordinator"))
        self._line.textEdited.connect(self._on_line_edited)
        self._label.setBuddy(self._line)
        self._note = ""
        self._go = PrimaryButton(tr("Hand in"), self)
        self._go.clicked.connect(self._on_go_clicked)
        self._stay = QPushButton(tr("Go on marking"), self)
        self._stay.setMinimumHeight(spacing(9))
        self._stay.clicked.connect(self.leave)
        field = QHBoxLayout()
        field.setSpacing(spacing(2))
        field.addWidget(self._label)
        field.addWidget(self._line, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(spacing(2))
        buttons.addStretch(1)
        buttons.addWidget(self._stay)
        buttons.addWidget(self._go)
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(spacing(2))
        row.addLayout(field, 1)
        row.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(3), spacing(3), spacing(3))
        column.setSpacing(spacing(2))
        column.addWidget(self._told)
        column.addLayout(row)
        keep_clear(self)
        self.hide()

    @property
    def asking(self) -> bool:
        """It is open."""
        return not self.isHidden()

    @property
    def told(self) -> str:
        """What is said."""
        return self._told.text

    @property
    def note(self) -> str:
        """The word to who coordinates."""
        return self._note

    def show_note(self, note: str) -> None:
        """What was written before."""
        self._note = note

    def check(self, missing: Sequence[int], total: str, possible: str, *, writing: bool = False) -> None:
        """Say what is missing, or ask whether it is to be handed in; `writing`: she is about to write a word."""
        self._declining = False
        self._label.setText(tr("To the coordinator"))
        self._line.setText(self._note)
        self._line.setPlaceholderText(tr("What else is to be known of this script; may be left empty"))
        if missing:
            words = tr("Not marked yet, or with marks that are not possible: {numbers}.", numbers=numbers_text(missing))
            self._told.say("warning", words)
            self._go.setText(tr("Go to question {number}", number=missing[0]))
            self._act = lambda: self._lead_to(missing[0])
        else:
            sums = tr("{total} of {possible} marks", total=total, possible=possible)
            once = tr("Once it is handed in, you do not see this script any more.")
            self._told.say("done", f"{tr('Every question has a mark.')} {sums}. {once}")
            self._go.setText(tr("Hand in"))
            self._act = self.hand_in_requested.emit
        self._open(self._line if writing else self._go)

    def ask_why(self) -> None:
        """Ask why it is handed back."""
        self._declining = True
        self._told.say(
            "warning",
            tr("The coordinator gives it to somebody else. Your marks are not sent, and are gone from this computer."),
        )
        self._label.setText(tr("Why?"))
        self._line.clear()
        self._line.setPlaceholderText("")
        self._go.setText(tr("Hand back"))
        self._act = lambda: self.decline_requested.emit(self._line.text().strip())
        self._open(self._line)

    def say_failed(self, words: str) -> None:
        """It could not be done; it may be tried again."""
        self._told.say("warning", words)
        self._busy(busy=False)
        self._go.setFocus()

    def say_busy(self) -> None:
        """It is on its way."""
        self._told.say("info", tr("Being sent …"))
        self._busy(busy=True)

    def leave(self) -> None:
        """Go on marking."""
        self.close_panel()
        self.left.emit()

    def close_panel(self) -> None:
        """It takes no place any more."""
        self._busy(busy=False)
        self.hide()
        self.asking_changed.emit()

    # -- private ---------------------------------------------------------------------------------------------

    def _open(self, first: QWidget) -> None:
        self._line.setAccessibleName(self._label.text())
        for widget in (self._line, self._go):
            widget.setAccessibleDescription(self._told.text)
        self._busy(busy=False)
        self.show()
        self.asking_changed.emit()
        first.setFocus()

    def _busy(self, *, busy: bool) -> None:
        self._line.setEnabled(not busy)
        self._stay.setEnabled(not busy)
        self._go.setEnabled(not busy and not (self._declining and not self._line.text().strip()))

    def _lead_to(self, number: int) -> None:
        self.close_panel()
        self.question_wanted.emit(number)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_line_edited(self, words: str) -> None:
        if self._declining:
            self._busy(busy=False)
        else:
            self._note = words
            self.note_changed.emit(words)

    def _on_go_clicked(self) -> None:
        if self._go.isEnabled():
            self._act()

    # -- Qt --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room beside the buttons to read what one writes, they stand below."""
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if self.width() >= _ROOMY else ways.TopToBottom)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is the button that has the keyboard; it sends a reason, and ends a word without handing in."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._line.hasFocus():
                if self._declining:
                    self._on_go_clicked()
                else:
                    self._go.setFocus()
                return
            for button in (self._go, self._stay):
                if button.hasFocus():
                    button.click()
                    return
        super().keyPressEvent(event)


def _nothing() -> None:
    """Nothing was asked yet."""
