"""What is shown once: it stands until somebody says that she has it, and is nowhere else."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.admin.act import Once
from mv_desktop.ui.clipboard import copy_private
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.framed import Framed
from mv_desktop.ui.widgets.sign_label import SignLabel


class OnceBox(Framed):
    """Takes no place while there is nothing to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = SignLabel(self)
        self._value = QLineEdit(self)
        self._value.setReadOnly(True)
        self._value.setAccessibleName(tr("Shown once"))
        self._value.setMinimumHeight(spacing(8))
        self._copy, self._end = QPushButton(tr("Copy"), self), QPushButton(tr("I have it"), self)
        for button, slot in ((self._copy, self._on_copy_clicked), (self._end, self._on_end_clicked)):
            button.setAutoDefault(False)
            button.clicked.connect(slot)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addWidget(self._value, 1)
        row.addWidget(self._copy)
        row.addWidget(self._end)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(3), spacing(3), spacing(3))
        column.setSpacing(spacing(2))
        column.addWidget(self._words)
        column.addLayout(row)
        keep_clear(self)
        self.hide()

    @property
    def label(self) -> str:
        """What is shown; "" while nothing is."""
        return "" if self.isHidden() else self._words.text

    @property
    def value(self) -> str:
        """What stands there to be read; "" while nothing does."""
        return self._value.text()

    def show_once(self, once: Once) -> None:
        """Show this until it is said that she has it."""
        self._words.say("info", once.label)
        self._value.setText(once.value)
        self._value.setAccessibleName(once.label)
        self._value.setCursorPosition(0)
        self.show()

    def forget(self) -> None:
        """Show it no more."""
        self._value.clear()
        self.hide()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_copy_clicked(self, *_: object) -> None:
        copy_private(self._value.text())

    def _on_end_clicked(self, *_: object) -> None:
        self.forget()
