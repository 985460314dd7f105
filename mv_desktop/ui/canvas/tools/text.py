"""Write on the page: click and type."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import TextNote
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.note_desk import NARROWEST
from mv_desktop.ui.canvas.selection_frame import overlay
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.canvas.tools.tool import Pointer, Surface, Tool, pixels_between

_DRAG = 6.0  # pixels that make a click a drag
_HALF_LINE = 0.013  # of the page's width: what is clicked is the middle of the first line


class TextTool(Tool):
    """A click begins a note, a drag says how wide it is; a click on a note writes on there."""

    cursor = Qt.CursorShape.IBeamCursor
    drags = True

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self._start: Pointer | None = None
        self._band: QGraphicsPathItem | None = None

    def press(self, pointer: Pointer) -> None:
        self._start = pointer

    def move(self, pointer: Pointer) -> None:
        sheet = self.surface.sheet
        if self._start is None or sheet is None or self.surface.read_only:
            return
        if self._band is None and pixels_between(self._start, pointer, self.surface) < _DRAG:
            return
        if self._band is None:
            self._band = overlay(sheet, filled=True)
        path = QPainterPath()
        path.addRect(QRectF(self._start.scene, pointer.scene).normalized())
        self._band.setPath(path)

    def release(self, pointer: Pointer) -> None:
        start, dragged = self._start, self._band is not None
        self._drop_band()
        self._start = None
        sheet = self.surface.sheet
        if start is None or sheet is None:
            return
        if dragged:
            self._write_in(QRectF(start.scene, pointer.scene).normalized())
            return
        note = self._note_under(start.scene)
        if note is not None:
            self.surface.notes.edit(note.annotation_id)
            return
        page = sheet.page_at(start.scene)
        if page is None:
            return
        above = _HALF_LINE * UNITS * page.scale()
        spot = sheet.spot_at(start.scene - QPointF(0.0, above)) or sheet.spot_at(start.scene)
        if spot is not None:
            self.surface.notes.write(spot)

    def cancel(self) -> bool:
        had = self._start is not None
        self._drop_band()
        self._start = None
        return had

    def leave(self) -> None:
        self.cancel()

    def closed(self) -> None:
        self._start = self._band = None

    # -- private ---------------------------------------------------------------------------------------------

    def _write_in(self, rect: QRectF) -> None:
        sheet = self.surface.sheet
        spot = None if sheet is None else sheet.spot_at(rect.topLeft(), nearest=True)
        page = None if sheet is None or spot is None else sheet.page(spot.page)
        if spot is not None and page is not None:
            self.surface.notes.write(spot, max(NARROWEST, min(2.0, rect.width() / (UNITS * page.scale()))))

    def _note_under(self, point: QPointF) -> MarkItem | None:
        sheet = self.surface.sheet
        reach = self.surface.reach(20)
        around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        near = [] if sheet is None else sheet.marks_in(around)
        notes = [item for item in near if isinstance(item.placed.annotation, TextNote) and item.frame().contains(point)]
        return notes[0] if notes else None

    def _drop_band(self) -> None:
        if self._band is not None and self._band.scene() is not None:
            self._band.scene().removeItem(self._band)
        self._band = None
