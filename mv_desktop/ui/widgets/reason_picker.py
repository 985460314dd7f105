"""One reason out of a few, by digit, arrow or mouse, and words that go with it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

OTHER = "other"
"""The reason that needs words."""


class ReasonPicker(QWidget):
    """Radio buttons, numbered from 1, above a line for words.

    Args:
        heading: what is asked.
        reasons: value → what it is called, in English; the values stand in the database.
        longest: how many letters the words may have.

    Signals:
        changed(): another reason, or other words.
        chosen(str): another reason.
    """

    changed = Signal()
    chosen = Signal(str)

    def __init__(self, heading: str, reasons: Mapping[str, str], longest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addWidget(ToneLabel(heading, "text", self, strong=True))
        self._group = QButtonGroup(self)
        self._values = tuple(reasons)
        for number, (value, text) in enumerate(reasons.items(), start=1):
            button = QRadioButton(f"{number}   {tr(text)}", self)
            button.setObjectName(value)
            button.setAccessibleName(tr(text))
            self._group.addButton(button, number)
            column.addWidget(button)
        column.addSpacing(spacing(2))
        label = QLabel(tr("In your own words"), self)
        self._words = QLineEdit(self)
        self._words.setMaxLength(longest)
        self._words.setAccessibleName(tr("In your own words"))
        self._words.setMinimumHeight(spacing(8))
        label.setBuddy(self._words)
        self._needed = ToneLabel(tr("Say in your own words what it is."), "soon", self)
        policy = self._needed.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing jumps when it comes and goes
        self._needed.setSizePolicy(policy)
        self._needed.hide()
        for widget in (label, self._words, self._needed):
            column.addWidget(widget)
        self._group.idToggled.connect(self._on_group_toggled)
        self._words.textChanged.connect(self._on_words_changed)

    @property
    def reason(self) -> str:
        """What was chosen, "" before that."""
        number = self._group.checkedId()
        return self._values[number - 1] if number > 0 else ""

    @property
    def words(self) -> str:
        """What was typed, without blanks around it."""
        return self._words.text().strip()

    @property
    def complete(self) -> bool:
        """A reason was chosen, and it has the words that it needs."""
        return bool(self.reason) and (self.reason != OTHER or bool(self.words))

    def begin(self) -> None:
        """Let the keyboard be at the first reason, without choosing it."""
        self._group.buttons()[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, event: QKeyEvent) -> bool:
        """Choose by a digit that was pressed; False when it is none of them. Another reason needs words: go there."""
        if not event.text().isdecimal() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        number = int(event.text())
        if not 0 < number <= len(self._values):
            return False
        button = self._group.button(number)
        button.setChecked(True)
        (self._words if button.objectName() == OTHER else button).setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    # -- private ---------------------------------------------------------------------------------------------

    def _on_group_toggled(self, _number: int, checked: bool) -> None:  # noqa: FBT001 - Qt's signature
        if checked:
            self.chosen.emit(self.reason)
            self._tell()

    def _on_words_changed(self, _text: str) -> None:
        self._tell()

    def _tell(self) -> None:
        self._needed.setVisible(self.reason == OTHER and not self.words)
        self.changed.emit()
