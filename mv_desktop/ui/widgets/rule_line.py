"""The thin line between groups of buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QWidget

from mv_desktop.ui.theme import spacing


def rule_line(parent: QWidget, orientation: Qt.Orientation) -> QFrame:
    """A line across a column of buttons, with room above and below it, or one that stands in a row of them."""
    rule = QFrame(parent)
    across = orientation == Qt.Orientation.Horizontal
    rule.setFrameShape(QFrame.Shape.HLine if across else QFrame.Shape.VLine)
    rule.setFrameShadow(QFrame.Shadow.Plain)
    rule.setForegroundRole(QPalette.ColorRole.Mid)
    rule.setFixedHeight(spacing(1) if across else spacing(6))
    return rule
