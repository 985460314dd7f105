"""Which keys are the bank's own while it is open, so that none of them marks what lies behind."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from mv_desktop.ui.actions import OVER_ALL
from mv_desktop.ui.key_rule import key_name


def is_own_key(widget: QWidget, event: QEvent) -> bool:
    """A key is asked for that is the bank's, and not one of the few of the window that hold over it, too."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    key = QKeySequence(key_name(event))
    over = [action for action in widget.window().actions() if action.objectName() in OVER_ALL]
    return not any(key in action.shortcuts() for action in over)
