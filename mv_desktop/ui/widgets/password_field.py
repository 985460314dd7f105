"""A field for a password, which shows on request what was typed."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing


class PasswordField(QLineEdit):
    """Dots, and an eye at the end that turns them into letters.

    Args:
        name: what a screen reader calls it.

    Attributes:
        eye: shows and hides what was typed.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(name)
        self.setMinimumHeight(spacing(9))
        self.eye = self.addAction(current_theme().icon("eye", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        self.eye.setCheckable(True)
        self.eye.setText(tr("Show the password"))
        self.eye.setToolTip(tr("Show the password"))
        self.eye.toggled.connect(self._on_eye_toggled)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_eye_toggled(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signature
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        words = tr("Hide the password") if shown else tr("Show the password")
        self.eye.setText(words)
        self.eye.setToolTip(words)
