"""A button that gives a command of its screen."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from mv_desktop.ui.actions import follow_tip


def command_button(action: QAction, words: str, parent: QWidget) -> QPushButton:
    """Pressed while the command can be given, with its key as the tip.

    Args:
        action: the command.
        words: on the button, in the language spoken.
        parent: where it stands.
    """
    button = QPushButton(words, parent)
    button.clicked.connect(action.trigger)
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    follow_tip(button, action)
    return button
