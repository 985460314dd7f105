"""A line that says that something waits elsewhere, and leads there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.framed import Framed
from mv_desktop.ui.widgets.sign_label import SignLabel


class WayLine(Framed):
    """Takes no place while nothing waits.

    Args:
        going: the command that leads there.
        text: what its button says.
    """

    def __init__(self, going: QAction, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = SignLabel(self)
        self.button = QPushButton(text, self)
        self.button.clicked.connect(going.trigger)
        follow_tip(self.button, going)
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing(3), spacing(2), spacing(2), spacing(2))
        row.setSpacing(spacing(3))
        row.addWidget(self._said, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.button)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._said.text

    def say(self, words: str) -> None:
        """Say that this waits; nothing for ""."""
        self._said.say("info" if words else "", words)
        self.button.setAccessibleDescription(words)
        self.setVisible(bool(words))
