"""Where the next stamp goes when no mouse is used: a cross-hair that the arrow keys move."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from mv_desktop.ui.canvas.page_item import PAGE_WIDTH
from mv_desktop.ui.canvas.scene import PageScene, Spot
from mv_desktop.ui.theme import ON_PAPER

_ABOVE = 20.0
PEN_POINT_PIXELS = 18
"""So far around its middle it covers what is below."""
_STEP = 0.02  # of the page's width
_FINE_STEP = 0.004


class PenPoint:
    """The keyboard's place on the pages; hidden until it is first moved, and when the mouse is used again."""

    def __init__(self) -> None:
        self._item: _CrossHair | None = None

    def within(self, window: QRectF) -> QPointF | None:
        """Where it is in the scene, unless it is hidden or was left behind outside of `window`."""
        if self._item is None or not window.contains(self._item.pos()):
            return None
        return self._item.pos()

    @property
    def place(self) -> QPointF | None:
        """Where it is in the scene, in the window or not; None while it is hidden."""
        return None if self._item is None else self._item.pos()

    def spot(self, sheet: PageScene) -> Spot | None:
        """Where it is on its page; None while it is hidden."""
        return None if self._item is None else sheet.spot_at(self._item.pos(), nearest=True)

    def move(
        self, sheet: PageScene, window: QRectF, across: int, down: int, *, fine: bool = False, anywhere: bool = False
    ) -> QPointF | None:
        """Move by steps; where it is not in the window it appears in its middle, except when it may be `anywhere`.

        Returns:
            The place, None without pages.
        """
        at = self.place if anywhere else self.within(window)
        if at is not None:
            step = PAGE_WIDTH * (_FINE_STEP if fine else _STEP)
            there = sheet.stepped(at, QPointF(across * step, down * step))
        else:
            self.hide()
            there = window.center()
        spot = sheet.spot_at(there, nearest=True)
        if spot is None:
            return None
        self.appear(sheet, sheet.point_of(spot))
        return self.place

    def appear(self, sheet: PageScene, there: QPointF) -> None:
        """Be at this place of the scene."""
        if self._item is None:
            self._item = _CrossHair()
            sheet.addItem(self._item)
        self._item.setPos(there)

    def stand(self, sheet: PageScene, there: QPointF) -> None:
        """Be near this place of the scene, where it is shown at all."""
        spot = sheet.spot_at(there, nearest=True)
        if self._item is not None and spot is not None:
            self._item.setPos(sheet.point_of(spot))

    def hide(self) -> bool:
        """Take it away; False when it was not there."""
        item, self._item = self._item, None
        if item is None:
            return False
        if item.scene() is not None:
            item.scene().removeItem(item)
        return True

    def closed(self) -> None:
        """The scene goes, and takes it along."""
        self._item = None


class _CrossHair(QGraphicsPathItem):
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
