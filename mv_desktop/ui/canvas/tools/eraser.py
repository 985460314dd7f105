"""Take ink away by going over it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.ui.canvas.tools.tool import Pointer, Surface, Tool

_REACH = 5.0  # pixels to either side


class EraserTool(Tool):
    """What the pointer touches disappears at once, each mark for itself; release deletes it, Escape brings it back."""

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self._at: QPointF | None = None
        self._touched: tuple[AnnotationId, ...] = ()

    def press(self, pointer: Pointer) -> None:
        self.cancel()
        if self.surface.sheet is not None and not self.surface.read_only:
            self._at = pointer.scene
            self.move(pointer)

    def move(self, pointer: Pointer) -> None:
        sheet = self.surface.sheet
        if sheet is None or self._at is None:
            return
        for item in sheet.marks_on(_band(self._at, pointer.scene, self.surface.reach(_REACH))):
            item.setVisible(False)
            self._touched = (*self._touched, item.annotation_id)
        self._at = pointer.scene

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        touched = self._touched
        self._at, self._touched = None, ()
        if touched:
            self.surface.delete(touched)
            self._show(touched)  # what the owner refused to delete

    def cancel(self) -> bool:
        erasing = self._at is not None
        touched, self._at, self._touched = self._touched, None, ()
        self._show(touched)
        return erasing

    def leave(self) -> None:
        self.cancel()

    def closed(self) -> None:
        self._at, self._touched = None, ()

    # -- private ---------------------------------------------------------------------------------------------

    def _show(self, annotation_ids: tuple[AnnotationId, ...]) -> None:
        sheet = self.surface.sheet
        for annotation_id in annotation_ids if sheet is not None else ():
            item = None if sheet is None else sheet.mark(annotation_id)
            if item is not None:
                item.setVisible(True)


def _band(start: QPointF, end: QPointF, reach: float) -> QPainterPath:
    """What the eraser covers on its way."""
    way = QPainterPath(start)
    if start == end:
        way.addEllipse(QRectF(start.x() - reach, start.y() - reach, 2 * reach, 2 * reach))
        return way
    way.lineTo(end)
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * reach)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    return stroker.createStroke(way)
