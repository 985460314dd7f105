"""A flag at a spot of a page: no ink, always upright, as large at any zoom, and larger where text is."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsSimpleTextItem

from mv_desktop.domain.flag import Flag, Spot
from mv_desktop.domain.identifier import FlagId
from mv_desktop.domain.returned import Pinned
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.theme import text_factor

_OVER_INK = 1000.0
_HEIGHT, _DIGITS = 23, 12
"""How far above its point the middle of a pin is, and how high its number is written, in pixels."""
_CLOTH = "#f2b134"
_GLASS = "#7fb2f0"
_EDGE = "#1d1b16"
"""The page is white in every palette, so these are the same in all: amber, blue for pins, an edge for dark scans."""


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


class PinItem(QGraphicsPathItem):
    """A drop whose point is the place that a coordinator means, with the number of the question in it.

    Attributes:
        pin: the place.
        number: of the question.
    """

    def __init__(self, pin: Pinned, number: int, words: str, page: PageItem) -> None:
        super().__init__(_drop(), page)
        self.pin, self.number = pin, number
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(_OVER_INK)
        self.setPos(QPointF(pin.spot.x * UNITS, pin.spot.y * page.height))
        self.setBrush(QBrush(QColor(_GLASS)))
        self.setPen(QPen(QColor(_EDGE), 1.5))
        self.setToolTip(words)
        label = QGraphicsSimpleTextItem(str(number), self)
        font = label.font()
        font.setPixelSize(_DIGITS)
        font.setBold(True)
        label.setFont(font)
        label.setBrush(QBrush(QColor(_EDGE)))
        box = label.boundingRect()
        label.setPos(-box.width() / 2, -_HEIGHT - box.height() / 2)


class FlagLayer:
    """The flags of the script that is shown, and the pins of what was returned of it."""

    def __init__(self) -> None:
        self._sheet: PageScene | None = None
        self._items: list[QGraphicsPathItem] = []

    def show(
        self, sheet: PageScene | None, flags: Iterable[tuple[Flag, str]], pins: Iterable[tuple[int, Pinned, str]] = ()
    ) -> None:
        """Show the flags that have a spot, and the pins of questions, each with what it says, and none from before."""
        if sheet is not None and sheet is self._sheet:
            for item in self._items:
                sheet.removeItem(item)
        self._sheet, self._items = sheet, []
        factor = text_factor()
        for flag, words in flags:
            page = None if sheet is None or flag.page is None else sheet.page(flag.page)
            if page is not None and flag.spot is not None:
                self._items.append(FlagItem(flag.flag_id, flag.spot, words, page))
        for number, pin, words in pins:
            page = None if sheet is None else sheet.page(pin.page)
            if page is not None:
                self._items.append(PinItem(pin, number, words, page))
        for item in self._items:
            item.setScale(factor)


def _drop() -> QPainterPath:
    path = QPainterPath(QPointF(0, 0))
    path.cubicTo(-4, -10, -11, -15, -11, -_HEIGHT)
    path.arcTo(-11, -_HEIGHT - 11, 22, 22, 180, -180)
    path.cubicTo(11, -15, 4, -10, 0, 0)
    return path


def _outline() -> QPainterPath:
    path = QPainterPath(QPointF(0, 0))
    path.lineTo(0, -26)
    path.lineTo(18, -20)
    path.lineTo(1, -13)
    return path
