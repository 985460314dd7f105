"""What is drawn around selected marks: an outline for each, a frame around all, and handles to resize them by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsScene

from mv_desktop.domain.annotation.selection import Stretch
from mv_desktop.ui.theme import ON_PAPER

_ABOVE = 10.0
_HANDLE = 9.0  # pixels across
_HANDLE_REACH = 8.0  # pixels around a handle's middle that still take hold of it
_AROUND = 6.0  # pixels between what is selected and its frame
_ROOM = 44.0  # pixels of a side that leave room for a handle between its corners


class Handle(NamedTuple):
    """A place of the frame to pull at: -1, 0 or 1 from left to right and from top to bottom.

    `end` is 1 or 2 for the first or the other end of a line, which is at no fixed place of the frame.
    """

    across: int
    down: int
    end: int = 0

    @property
    def is_corner(self) -> bool:
        """It pulls both ways."""
        return bool(self.across and self.down)

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer's shape over it."""
        if self.end:
            return Qt.CursorShape.CrossCursor
        if not self.down:
            return Qt.CursorShape.SizeHorCursor
        if not self.across:
            return Qt.CursorShape.SizeVerCursor
        return Qt.CursorShape.SizeFDiagCursor if self.across == self.down else Qt.CursorShape.SizeBDiagCursor


CORNERS = tuple(Handle(across, down) for across in (-1, 1) for down in (-1, 1))
SIDES = (Handle(-1, 0), Handle(1, 0))
TOP_AND_BOTTOM = (Handle(0, -1), Handle(0, 1))
ENDS = (Handle(0, 0, 1), Handle(0, 0, 2))

_OFFERED = {
    Stretch.NONE: (),
    Stretch.WHOLE: CORNERS,
    Stretch.WRAP: (*CORNERS, *SIDES),
    Stretch.ENDS: ENDS,
    Stretch.FREE: (*CORNERS, *SIDES, *TOP_AND_BOTTOM),
}


def handle_point(rect: QRectF, handle: Handle) -> QPointF:
    """Where a handle of a rectangle stands."""
    middle = rect.center()
    return QPointF(middle.x() + handle.across * rect.width() / 2, middle.y() + handle.down * rect.height() / 2)


class SelectionFrame:
    """The frame of one scene.

    Attributes:
        inner: the rectangle around what is selected, in the scene; null when nothing is.
    """

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._outline = overlay(scene, filled=False)
        self._handles: dict[Handle, QGraphicsPathItem] = {}
        self._reach = 1.0
        self.inner = QRectF()

    def show(self, rects: Iterable[QRectF], stretch: Stretch, reach: float, ends: tuple[QPointF, ...] = ()) -> None:
        """Frame these rectangles of the scene.

        Args:
            rects: what is selected.
            stretch: how it can be resized.
            reach: the length of a pixel in the scene.
            ends: those of a line, where it is resized by them.
        """
        self._reach = reach
        path = QPainterPath()
        each = list(rects)
        self.inner = QRectF()
        for rect in each:
            self.inner = self.inner.united(rect)
        outer = self._outer()
        single = len(each) == 1 and stretch not in {Stretch.NONE, Stretch.ENDS}
        for rect in () if single else each:
            path.addRoundedRect(_widened(rect, 3 * reach), 3 * reach, 3 * reach)
        if stretch not in {Stretch.NONE, Stretch.ENDS} and not self.inner.isNull():
            path.addRect(outer)
        self._outline.setPath(path)
        offered = () if self.inner.isNull() else _OFFERED[stretch]
        places = {handle: handle_point(outer, handle) for handle in offered}
        self._show_handles(outer, places | dict(zip(ENDS, ends, strict=False)))

    def handle_at(self, point: QPointF) -> Handle | None:
        """The handle under a point of the scene."""
        reach = _HANDLE_REACH * self._reach
        for handle, item in self._handles.items():
            off = item.pos() - point
            if item.isVisible() and abs(off.x()) <= reach and abs(off.y()) <= reach:
                return handle
        return None

    # -- private ---------------------------------------------------------------------------------------------

    def _outer(self) -> QRectF:
        return _widened(self.inner, _AROUND * self._reach)

    def _show_handles(self, outer: QRectF, places: dict[Handle, QPointF]) -> None:
        room = _ROOM * self._reach
        for handle in {*self._handles, *places}:
            fits = handle.is_corner or handle.end or (outer.height() if handle.across else outer.width()) >= room
            if handle in places and fits:
                if handle not in self._handles:
                    self._handles[handle] = self._made_handle()
                self._handles[handle].setPos(places[handle])
                self._handles[handle].show()
            elif handle in self._handles:
                self._handles[handle].hide()

    def _made_handle(self) -> QGraphicsPathItem:
        """A square of the same size at every zoom, with a rim that shows on any ink."""
        path = QPainterPath()
        path.addRect(-_HANDLE / 2, -_HANDLE / 2, _HANDLE, _HANDLE)
        item = QGraphicsPathItem(path)
        item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        item.setPen(QPen(QColor(ON_PAPER), 1.5))
        item.setBrush(QBrush(Qt.GlobalColor.white))
        item.setZValue(_ABOVE + 1)
        self._scene.addItem(item)
        return item


def overlay(scene: QGraphicsScene, *, filled: bool) -> QGraphicsPathItem:
    """A line in the accent colour above all pages, of the same breadth at every zoom."""
    accent = QColor(ON_PAPER)
    item = QGraphicsPathItem()
    pen = QPen(accent, 1.5)
    pen.setCosmetic(True)
    item.setPen(pen)
    if filled:
        accent.setAlphaF(0.12)
        item.setBrush(QBrush(accent))
    item.setZValue(_ABOVE)
    scene.addItem(item)
    return item


def _widened(rect: QRectF, by: float) -> QRectF:
    return rect.adjusted(-by, -by, by, by)
