"""A sentence with the sign of what it means, so that colour is never all there is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from mv_desktop.ui.theme import ColorRole, current_theme, spacing

_ICON = 16
_ROLES: dict[str, ColorRole] = {"warning": "danger", "done": "done", "info": "muted", "take": "accent"}


class SignLabel(QWidget):
    """An icon and words beside it; nothing while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = ""
        self._icon = QLabel(self)
        self._icon.setFixedWidth(_ICON)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)

    @property
    def text(self) -> str:
        """What is said."""
        return self._words.text()

    def say(self, sign: str, words: str) -> None:
        """Say `words`.

        Args:
            sign: "warning", "done", "info", "take", or "" for nothing.
            words: in the language spoken.
        """
        self._sign = sign
        self._words.setText(words)
        self._dress()

    def _dress(self) -> None:
        if self._sign:
            theme = current_theme()
            self._icon.setPixmap(theme.pixmap(self._sign, _ICON, _ROLES[self._sign], self.devicePixelRatioF()))
        else:
            self._icon.clear()

    # -- Qt --------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_words"):
            self._dress()
