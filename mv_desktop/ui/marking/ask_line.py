"""A small field in the top line that asks for one thing, and says there what is wrong with the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRegularExpression, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.ui.part import take_keyboard
from mv_desktop.ui.text import said
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel

_KEPT = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for.

    Attributes:
        prompt: what stands before the field.
        name: the field's name for a screen reader.
        hint: what can be typed, for the tool tip.
        pattern: the characters that can be typed, as a regular expression.
        take: takes the answer. Raises UserError when it is none: the reason then stands in the prompt's place.
        text: what stands in the field at first.
        placeholder: what an empty answer means.
        width: of the field, in steps of the grid.
    """

    prompt: str
    name: str
    hint: str
    pattern: str
    take: Callable[[str], None]
    text: str = ""
    placeholder: str = ""
    width: int = 14


class AskLine(QWidget):
    """Hidden until something is asked. Enter answers, Escape leaves, and so does going elsewhere.

    Signals:
        left(): it was answered, or Escape: the keys belong to the page again.
        opened(bool): it is shown, or no longer.
    """

    left = Signal()
    opened = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._question: Question | None = None
        self.prompt = ElidedLabel("", "muted", self)
        self.prompt.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.field = _AskField(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        row.addWidget(self.prompt, 1)
        row.addWidget(self.field)
        self.field.entered.connect(self._on_field_entered)
        self.field.given_up.connect(self._on_field_given_up)
        self.field.abandoned.connect(self.close_question)
        self.hide()

    def ask(self, question: Question) -> None:
        """Ask; nothing else waits for the answer."""
        self._question = question
        self._say(question.prompt)
        self.field.setAccessibleName(question.name)
        self.field.setToolTip(question.hint)
        self.field.setPlaceholderText(question.placeholder)
        # with the digits of all scripts: a Hindi keyboard writes its own
        pattern = QRegularExpression(question.pattern, QRegularExpression.PatternOption.UseUnicodePropertiesOption)
        self.field.setValidator(QRegularExpressionValidator(pattern, self.field))
        self.field.setFixedWidth(spacing(question.width))
        self.field.setText(question.text)
        self.field.selectAll()
        self.show()
        self.opened.emit(True)
        take_keyboard(self.field, Qt.FocusReason.ShortcutFocusReason)

    def close_question(self) -> None:
        """Ask no longer."""
        if self._question is not None:
            self._question = None
            self.hide()
            self.opened.emit(False)

    # -- private ---------------------------------------------------------------------------------------------

    def _say(self, words: str, *, wrong: bool = False) -> None:
        self.prompt.setText(words)
        self.prompt.set_tone("danger" if wrong else "muted")
        self.field.setAccessibleDescription(words)

    def _on_field_entered(self, text: str) -> None:
        if self._question is None:
            return
        try:
            self._question.take(text)
        except UserError as error:
            self._say(" ".join(said(part) for part in (error.message, error.remedy) if part), wrong=True)
            self.field.selectAll()
        else:
            self.close_question()
            self.left.emit()

    def _on_field_given_up(self) -> None:
        self.close_question()
        self.left.emit()


class _AskField(QLineEdit):
    """The field.

    Signals:
        entered(str): Enter.
        given_up(): Escape.
        abandoned(): the focus went elsewhere.
    """

    entered = Signal(str)
    given_up = Signal()
    abandoned = Signal()

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _KEPT:
            event.accept()  # the screen has an action on Escape too
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif event.key() in _KEPT:
            self.entered.emit(self.text())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.abandoned.emit()
