"""Icons of the tools."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from mv_desktop.ui.theme import current_theme


def pressed_icon(name: str) -> QIcon:
    """An icon that can be read on the ground of a pressed button, too."""
    theme = current_theme()
    icon = QIcon(theme.icon(name))
    if theme.name == "contrast":
        for ratio in (1.0, 2.0):
            icon.addPixmap(theme.pixmap(name, 20, "on_accent", ratio), QIcon.Mode.Normal, QIcon.State.On)
            icon.addPixmap(theme.pixmap(name, 20, "on_accent", ratio), QIcon.Mode.Active, QIcon.State.On)
    return icon


def drawn_icon(draw: Callable[[QPainter], None], size: QSize, ratio: float) -> QIcon:
    """An icon of `size` that is drawn, for a screen of `ratio` pixels each."""
    pixmap = QPixmap(size * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(ratio)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    return QIcon(pixmap)
