"""A flag at a spot of a page: no ink, always upright and as large at any zoom."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from mv_desktop.domain.flag import Flag, Spot
from mv_desktop.domain.identifier import FlagId
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.shape.paper import UNITS

_OVER_INK = 1000.0
_CLOTH = "#f2b134"
_EDGE = "#1d1b16"
"""The page is white in every palette, so these are the same in all of them: amber, and an edge that shows on a scan."""


class FlagItem(QGraphicsPathItem):
    """A pole whose foot is the spot, with a pennant.

    Attributes:
        flag_id: the flag that it stands for.
    """

    def __init__(self, flag_id: FlagId, spot: Spot, words: str, page: PageItem) -> None:
        super().__init__(_outline(), page)
        self.flag_id = flag_id
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(_OVER_INK)
        self.setPos(QPointF(spot.x * UNITS, spot.y * page.height))
        self.setBrush(QBrush(QColor(_CLOTH)))
        edge = QPen(QColor(_EDGE), 1.5)
        edge.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self.setPen(edge)
        self.setToolTip(words)


class FlagLayer:
    """The flags of the script that is shown."""

    def __init__(self) -> None:
        self._sheet: PageScene | None = None
        self._items: list[FlagItem] = []

    def show(self, sheet: PageScene | None, flags: Iterable[tuple[Flag, str]]) -> None:
        """Show the flags that have a spot, each with what it says, and none that was shown before."""
        if sheet is not None and sheet is self._sheet:
            for item in self._items:
                sheet.removeItem(item)
        self._sheet, self._items = sheet, []
        for flag, words in flags:
            page = None if sheet is None or flag.page is None else sheet.page(flag.page)
            if page is not None and flag.spot is not None:
                self._items.append(FlagItem(flag.flag_id, flag.spot, words, page))


def _outline() -> QPainterPath:
    path = QPainterPath(QPointF(0, 0))
    path.lineTo(0, -26)
    path.lineTo(18, -20)
    path.lineTo(1, -13)
    return path
