"""A field in which one types what is looked for."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme


class SearchField(QLineEdit):
    """A glass before the words, a cross behind them.

    Args:
        name: what can be looked for, shown while nothing is typed, and for a screen reader.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(tr("Clear the search"))
        glass = self.addAction(current_theme().icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        glass.setText(tr("Search"))
        glass.triggered.connect(self.setFocus)
