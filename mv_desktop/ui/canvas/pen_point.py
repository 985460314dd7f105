"""Where the next stamp goes when no mouse is used: a cross-hair that the arrow keys move."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from mv_desktop.ui.theme import ON_PAPER

_ABOVE = 20.0


class PenPoint(QGraphicsPathItem):
    """A cross-hair of the same size at every zoom, dark with a light rim so that it shows on any ink."""

    def __init__(self) -> None:
        path = QPainterPath()
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            path.moveTo(QPointF(x * 5, y * 5))
            path.lineTo(QPointF(x * 15, y * 15))
        path.addEllipse(QPointF(0, 0), 9, 9)
        super().__init__(path)
        self.setPen(_pen(ON_PAPER, 2.0))
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(_ABOVE)
        self._rim = QGraphicsPathItem(path, self)
        self._rim.setPen(_pen("#ffffff", 5.0))
        self._rim.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent)


def _pen(color: str, width: float) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
