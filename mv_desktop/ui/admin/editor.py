"""Into what one types: one small widget for each kind of field, all of which keep what was typed as words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from PySide6.QtCore import QDate, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from mv_desktop.domain.report_table import printable
from mv_desktop.ui.admin.day_edit import DayEdit
from mv_desktop.ui.admin.field import YES, Field, Kind
from mv_desktop.ui.admin.picture_table import PictureTable
from mv_desktop.ui.admin.row_table import RowTable
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing

_NARROW = 42
_WIDE = {Kind.TEXT, Kind.LINES, Kind.SWITCH, Kind.ROWS, Kind.PICTURES}


class Place(NamedTuple):
    """Where somebody is in a field.

    Attributes:
        anchor, cursor: of words, as signs from the first; what is selected lies between them.
        scrolled: of several lines, down.
        slot: of pictures.
    """

    anchor: int = 0
    cursor: int = 0
    scrolled: int = 0
    slot: str = ""


class Editor(QWidget):
    """Asks for one field.

    Signals:
        changed(): something else was typed.

    Attributes:
        field: what it asks for.
        control: what has the keyboard.
    """

    changed = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        control, self._read, self._write = _CONTROLS[field.kind](field, self)
        self.control = control
        self.control.setAccessibleName(tr(field.label))
        if field.read_only and isinstance(control, QLineEdit | QPlainTextEdit):
            control.setReadOnly(True)
        self.setFocusProxy(self.control)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        if field.kind is Kind.MONEY:
            row.addWidget(QLabel("₹", self))
        row.addWidget(self.control, int(field.kind in _WIDE))
        if field.unit:
            row.addWidget(QLabel(tr(field.unit), self))
        row.addStretch(int(field.kind not in _WIDE))

    @property
    def typed(self) -> str:
        """What stands in it."""
        return printable(self._read())  # what is pasted from a PDF may hold signs that no server keeps

    @property
    def typing(self) -> bool:
        """Something is being typed that does not stand in it yet."""
        return isinstance(self.control, RowTable) and self.control.typing

    @property
    def place(self) -> Place:
        """Where somebody is in it."""
        control = self.control
        if isinstance(control, QLineEdit):
            cursor, start, end = control.cursorPosition(), control.selectionStart(), control.selectionEnd()
            return Place(cursor if start < 0 else start + end - cursor, cursor)
        if isinstance(control, QPlainTextEdit):
            words = control.textCursor()
            return Place(words.anchor(), words.position(), control.verticalScrollBar().value())
        return Place(slot=control.slot) if isinstance(control, PictureTable) else Place()

    def go_to(self, place: Place) -> None:
        """Be there again, as far as there still is such a place."""
        control = self.control
        if place == self.place:
            return
        if isinstance(control, QLineEdit):
            length = len(control.text())
            anchor = min(place.anchor, length)
            control.setCursorPosition(anchor)
            control.setSelection(anchor, min(place.cursor, length) - anchor)
        elif isinstance(control, QPlainTextEdit):
            words, length = control.textCursor(), control.document().characterCount() - 1
            words.setPosition(min(place.anchor, length))
            words.setPosition(min(place.cursor, length), QTextCursor.MoveMode.KeepAnchor)
            control.setTextCursor(words)
            control.verticalScrollBar().setValue(place.scrolled)
        elif isinstance(control, PictureTable):
            control.choose(place.slot)

    def write(self, typed: str) -> None:
        """Let this stand in it; nobody is told."""
        if typed != self._read():
            before = self.blockSignals(True)
            self._write(typed)
            self.blockSignals(before)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Let these be chosen, each with what it is called in the language spoken; what is chosen stays."""
        control = self.control
        if not isinstance(control, QComboBox):
            return
        now = [(control.itemData(at), control.itemText(at)) for at in range(1, control.count())]
        chosen = self.typed
        wanted = [*choices, *([(chosen, chosen)] if chosen and chosen not in dict(choices) else [])]
        if now == wanted:
            return
        before = control.blockSignals(True)
        while control.count() > 1:
            control.removeItem(1)
        for value, words in wanted:
            control.addItem(words, value)
        control.setCurrentIndex(max(0, control.findData(chosen)))
        control.blockSignals(before)

    def describe(self, words: str) -> None:
        """What a screen reader says after the name: what is wrong, or the help."""
        self.control.setAccessibleDescription(words)


_Parts = tuple[QWidget, Callable[[], str], Callable[[str], None]]


def _line(field: Field, editor: Editor) -> _Parts:
    control = QLineEdit(editor)
    control.setMinimumHeight(spacing(8))
    if field.kind is not Kind.TEXT:
        control.setFixedWidth(spacing(_NARROW))
    control.textChanged.connect(editor.changed)
    return control, control.text, control.setText


def _lines(field: Field, editor: Editor) -> _Parts:
    control = QPlainTextEdit(editor)
    control.setTabChangesFocus(True)
    control.setFixedHeight(control.fontMetrics().lineSpacing() * field.lines + spacing(4))
    control.textChanged.connect(editor.changed)
    return control, control.toPlainText, control.setPlainText


def _switch(field: Field, editor: Editor) -> _Parts:
    control = QCheckBox(tr(field.label), editor)
    control.toggled.connect(editor.changed)
    return control, lambda: YES if control.isChecked() else "", lambda typed: control.setChecked(typed == YES)


def _choice(field: Field, editor: Editor) -> _Parts:
    control = QComboBox(editor)
    if field.optional or field.offered:
        control.addItem("–", "")
    for value, name in field.choices:
        control.addItem(tr(name), str(value))
    if field.offered:
        control.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    control.setMinimumHeight(spacing(8))
    control.currentIndexChanged.connect(editor.changed)

    def write(typed: str) -> None:
        if field.offered and typed and control.findData(typed) < 0:
            control.addItem(typed, typed)
        control.setCurrentIndex(control.findData(typed))

    return control, lambda: str(control.currentData() or ""), write


def _day(_field: Field, editor: Editor) -> _Parts:
    control = DayEdit(editor)
    control.dateChanged.connect(editor.changed)
    return control, lambda: _written(control), lambda typed: _show_day(control, typed)


def _written(control: QDateEdit) -> str:
    day = control.date()
    return date(day.year(), day.month(), day.day()).isoformat()


def _show_day(control: QDateEdit, typed: str) -> None:
    if typed:
        day = date.fromisoformat(typed)
        control.setDate(QDate(day.year, day.month, day.day))


def _rows(field: Field, editor: Editor) -> _Parts:
    control = RowTable(field, editor)
    control.changed.connect(editor.changed)
    return control, lambda: control.typed, control.write


def _pictures(_field: Field, editor: Editor) -> _Parts:
    control = PictureTable(editor)
    control.changed.connect(editor.changed)
    return control, lambda: control.typed, control.write


_CONTROLS: dict[Kind, Callable[[Field, Editor], _Parts]] = {
    Kind.TEXT: _line,
    Kind.WHOLE: _line,
    Kind.DECIMAL: _line,
    Kind.MONEY: _line,
    Kind.TIME: _line,
    Kind.LINES: _lines,
    Kind.SWITCH: _switch,
    Kind.CHOICE: _choice,
    Kind.DAY: _day,
    Kind.ROWS: _rows,
    Kind.PICTURES: _pictures,
}
