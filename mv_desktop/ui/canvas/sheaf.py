"""Marks of a page that were made one after another, held together so that a repaint elsewhere passes them over."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.shape.paper import UNITS

SHEAF_SIZE = 64
"""As many marks are in one: on a full page, some thirty sheaves are looked at instead of 2,000 marks."""
_SPARE = 1 / 16  # of the page's length: a sheaf that grew has room for the next lines, too, for growing repaints it


class Sheaf(QGraphicsRectItem):
    """Up to `SHEAF_SIZE` marks that follow one another in the order in which they lie on the page.

    Qt looks at every child of a page for every repaint, however small; at those of an item that says that it contains
    them (`ItemContainsChildrenInShape`) only when it is touched itself. It must be one that draws: what has no contents
    is not passed over. It draws nothing.
    """

    def __init__(self, page: PageItem, level: float) -> None:
        super().__init__(page)
        self.setZValue(level)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemContainsChildrenInShape)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.page = page
        self._taken = self._gone = 0

    @property
    def full(self) -> bool:
        """It takes no more."""
        return self._taken >= SHEAF_SIZE

    @property
    def marks(self) -> int:
        """How many it holds."""
        return self._taken - self._gone

    @property
    def spent(self) -> bool:
        """All that it could take has gone again."""
        return self._gone >= SHEAF_SIZE

    def take(self) -> None:
        """It has one more mark."""
        self._taken += 1

    def lose(self) -> None:
        """One of its marks has gone."""
        self._gone += 1

    def cover(self, item: QGraphicsItem) -> None:
        """Reach around a child; to be called when it has become larger or stands elsewhere."""
        needed = item.mapRectToParent(item.boundingRect())
        if not self.rect().contains(needed):
            spare = self.page.height * _SPARE
            needed.setLeft(min(0.0, needed.left()))
            needed.setRight(max(UNITS, needed.right()))
            self.setRect(self.rect().united(needed.adjusted(0.0, -spare, 0.0, spare)))
