"""Frames around what stands out from what it stands on."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mv_desktop.ui.theme import current_theme


def paint_frame(widget: QWidget, edge: str, ground: str, radius: int) -> None:
    """Paint the ground of a widget and a frame around it; only while it paints itself.

    Args:
        widget: what is painted, to its edges.
        edge: the colour of the frame, which is one pixel wide.
        ground: the colour within.
        radius: of the corners, in pixels.
    """
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(edge), 1))
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(widget.rect().adjusted(0, 0, -1, -1), radius, radius)
    painter.end()


class Framed(QWidget):
    """Paints its ground and its frame in the colours of the theme."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = current_theme().colors
        paint_frame(self, colors.outline, colors.raised, 6)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
