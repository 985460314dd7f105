"""What stands where nothing is yet: what will appear here, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel


class EmptyState(QWidget):
    """An icon, a title, a sentence and perhaps one button, in the middle of an empty place.

    Signals:
        action_requested(): the button was pressed.
    """

    action_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = "info"
        self._icon = QLabel(self)
        self._title = ToneLabel("", parent=self, factor=1.3, strong=True)
        self._sentence = ToneLabel("", "muted", self)
        self._button = QPushButton(self)
        self._button.clicked.connect(self.action_requested)
        self._sentence.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(spacing(2))
        layout.addStretch(2)
        for label in (self._icon, self._title):
            layout.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._sentence.setFixedWidth(spacing(105))
        # between two stretches, not by an alignment: aligned, it would not get the height of its second line
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._sentence)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addSpacing(spacing(2))
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.tell("info", "", "")

    def tell(self, icon: str, title: str, sentence: str, button: str = "") -> None:
        """Say this instead; without a `button` there is nothing to press."""
        self._icon_name = icon
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        self._dress()

    @property
    def title(self) -> str:
        """What is said in one line."""
        return self._title.text()

    def _dress(self) -> None:
        theme = current_theme()
        self._icon.setPixmap(theme.pixmap(self._icon_name, 32, "muted", self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange} and hasattr(self, "_button"):
            self._dress()
