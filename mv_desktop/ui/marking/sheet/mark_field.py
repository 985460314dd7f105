"""The two fields of the mark sheet: the mark, and the words for the student."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from mv_desktop.ui.key_rule import is_modifier
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing

_STEPS = {
    Qt.Key.Key_Return: 1,
    Qt.Key.Key_Enter: 1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_Up: -1,
}
_EDITING = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.SelectAll,
)
_MOVING = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Backspace, Qt.Key.Key_Delete}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier)


class MarkField(QLineEdit):
    """The field of the current row.

    Digits, ".", "½" and "/" are input, and so are a space after them and what edits them. Every other key is left to
    the screen's actions; what was typed is taken first, so that an action always acts on the mark that the teacher
    sees.

    Args:
        take: takes what was typed; False when it is no mark, and then the key does nothing.

    Signals:
        moved(int): taken, and on to the next (1) or the previous (-1) question.
        left(): Escape; what was typed is to be dropped.
    """

    moved = Signal(int)
    left = Signal()

    def __init__(self, take: Callable[[], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._take = take
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(12)
        # the row is as high as its text: a field's usual air above and below does not fit into it
        self.setStyleSheet("QLineEdit { padding: 0px 4px 0px 5px; } QLineEdit:focus { padding: 0px 3px 0px 4px; }")

    def show_text(self, text: str, placeholder: str = "") -> None:
        """Show `text` as what stands there already; nothing is typed."""
        self.setPlaceholderText(placeholder)
        self.setText(text)
        self.setModified(False)
        if self.hasFocus():
            self.selectAll()

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                # a key that is not accepted here goes to the actions of the screen
                event.setAccepted(self._keeps(event))
                return True
            # Tab never reaches keyPressEvent: Qt moves the focus with it
            if event.type() == QEvent.Type.KeyPress and self._steps(event):
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif self._is_input(event) or _edits(event) or self._reverts(event):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.isModified():
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._take()

    # -- private ---------------------------------------------------------------------------------------------

    def _keeps(self, event: QKeyEvent) -> bool:
        """This key is for the field. Where it is not, what was typed is taken now."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape or (key in _STEPS and event.modifiers() in _PLAIN):
            return True
        if self._is_input(event) or _edits(event) or self._reverts(event):
            return True
        return not is_modifier(key) and not self._take()

    def _steps(self, event: QKeyEvent) -> bool:
        by = _STEPS.get(Qt.Key(event.key()))
        if by is None or event.modifiers() not in _PLAIN:
            return False
        if self._take():
            self.moved.emit(by)
        return True

    def _is_input(self, event: QKeyEvent) -> bool:
        """Also what is no part of a mark: were “1” taken at the “/” of “1/2”, the 2 would stand in its place."""
        text = event.text()
        known = text.isdigit() or text in ".,½/" or (text == " " and self.isModified())
        return event.modifiers() in _PLAIN and len(text) == 1 and known

    def _reverts(self, event: QKeyEvent) -> bool:
        """Undo and redo are the field's own while something is being typed, and the script's otherwise."""
        undo_or_redo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
        return undo_or_redo and self.isModified()


class CommentField(QPlainTextEdit):
    """Words for the student. Enter takes them and goes to the mark; Shift+Enter begins a line.

    Signals:
        finished(): they are to be taken, and the mark is next.
        moved(int): they are to be taken, and on to the next (1) or the previous (-1) question.
        left(): they are to be taken, and the page is next.
        taken(): the field lost the focus.
    """

    finished = Signal()
    moved = Signal(int)
    left = Signal()
    taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(tr("Comment for the student"))
        self.setTabChangesFocus(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(spacing(1))
        self._fit()

    def show_text(self, text: str) -> None:
        """Show `text` as what was said already."""
        if text != self.toPlainText():
            self.setPlainText(text)
        self.document().setModified(False)

    def _fit(self) -> None:
        """Two lines high; more of them scroll."""
        self.setFixedHeight(2 * self.fontMetrics().lineSpacing() + 2 * spacing(1) + 2 * self.frameWidth())

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        ours = {Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in ours:
            event.accept()  # the screen has actions on them too
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = Qt.Key(event.key()), event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not shift:
            self.finished.emit()
        elif key in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            self.moved.emit(1 if key == Qt.Key.Key_Tab else -1)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.taken.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()


def _edits(event: QKeyEvent) -> bool:
    # with Ctrl the arrows are the screen's: a mark has no words to jump over
    moves = event.key() in _MOVING and event.modifiers() in _PLAIN
    return moves or any(event.matches(key) for key in _EDITING)
