"""Ink while it is drawn: it grows by its last piece, so that a long stroke costs no more than a short one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.stroke import Point
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.shape.paper import Paper, fill
from mv_desktop.ui.canvas.shape.stroke import broad_pen, line_through, pen_shape, translucent

_PIECE = 12  # points


class LiveInk:
    """A pen's stroke that is being drawn, in pieces of a few points each.

    Args:
        page: where it is drawn.
        color: ``#rrggbb``.
        width: its nominal width, a fraction of the page's.
    """

    def __init__(self, page: PageItem, color: str, width: float) -> None:
        self._page, self._ink, self._width = page, QColor(color), width
        self._paper = Paper(page.height, QFont())
        self._items: list[QGraphicsPathItem] = []
        self._points: list[Point] = []

    def grow(self, point: Point) -> None:
        """The pen moved on to a point."""
        if not self._points or len(self._points) >= _PIECE:
            item = QGraphicsPathItem(self._page)
            item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self.dress(item, self._ink, self._width)
            self._items.append(item)
            self._points = self._points[-1:]
        self._points.append(point)
        self.show(self._items[-1], self._points)

    def lift(self) -> None:
        """The pen was lifted, or left the page: what follows is not joined to what was."""
        self._points = []

    def drop(self) -> None:
        """Take the ink away: it stands on the page now, or was rolled back."""
        for item in self._items:
            if item.scene() is not None:
                item.scene().removeItem(item)
        self._items = []

    # -- how a piece looks -----------------------------------------------------------------------------------

    def dress(self, item: QGraphicsPathItem, ink: QColor, width: float) -> None:  # noqa: ARG002
        """Give a new piece its colour."""
        fill(item, ink)

    def show(self, item: QGraphicsPathItem, points: list[Point]) -> None:
        """Let a piece lead through these points."""
        item.setPath(pen_shape(points, self._width, self._paper))


class LiveHighlight(LiveInk):
    """A highlighter's stroke that is being drawn; its pieces end square, because round ends would overlap darker."""

    def dress(self, item: QGraphicsPathItem, ink: QColor, width: float) -> None:
        pen: QPen = broad_pen(ink, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        item.setPen(pen)
        item.setBrush(QBrush(Qt.BrushStyle.NoBrush))
        translucent(item)

    def show(self, item: QGraphicsPathItem, points: list[Point]) -> None:
        item.setPath(line_through(points, self._paper))
