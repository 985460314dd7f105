"""Select marks, one or many; move them by dragging; delete them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.geometry import moved
from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.domain.script import Change
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.canvas.tools.tool import Pointer, Surface, Tool
from mv_desktop.ui.theme import ON_PAPER

_REACH = 6.0  # pixels beside a mark that still hit it
_DRAG = 4.0  # pixels that make a click a drag
_ABOVE = 10.0


class SelectTool(Tool):
    """Click selects, Shift or Ctrl adds, a drag on nothing selects what it frames, a drag on a mark moves.

    Attributes:
        selected: ids of what is selected, in the order in which it was.
    """

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self.selected: list[AnnotationId] = []
        self._start: Pointer | None = None
        self._hit: MarkItem | None = None
        self._dragging = False
        self._outline: QGraphicsPathItem | None = None
        self._band: QGraphicsPathItem | None = None

    def select(self, annotation_ids: Iterable[AnnotationId]) -> None:
        """Select exactly these; ids that are not shown are left out."""
        sheet = self.surface.sheet
        kept = [] if sheet is None else [i for i in dict.fromkeys(annotation_ids) if sheet.mark(i) is not None]
        changed = kept != self.selected
        self.selected = kept
        self._draw_outline()
        if changed:
            self.surface.selection_changed_to(kept)

    def delete_selected(self) -> bool:
        """Ask for the deletion of what is selected; False when there is nothing or nothing may be changed."""
        if not self.selected or self.surface.read_only:
            return False
        self.surface.delete(tuple(self.selected))
        return True

    def redraw(self) -> None:
        """What is selected has moved on the screen without being changed: frame it again."""
        self._draw_outline()

    # -- the gesture -----------------------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        self._start = pointer
        self._dragging = False
        self._hit = self._mark_under(pointer.scene)
        if self._hit is None:
            if not pointer.extend:
                self.select(())
        elif pointer.extend:
            without = [i for i in self.selected if i != self._hit.annotation_id]
            self.select(without if len(without) < len(self.selected) else [*self.selected, self._hit.annotation_id])
        elif self._hit.annotation_id not in self.selected:
            self.select((self._hit.annotation_id,))

    def move(self, pointer: Pointer) -> None:
        if self._start is None:
            return
        shift = pointer.view - self._start.view
        self._dragging = self._dragging or shift.manhattanLength() >= _DRAG
        if not self._dragging:
            return
        if self._hit is None:
            self._draw_band(QRectF(self._start.scene, pointer.scene).normalized())
        elif not self.surface.read_only:
            self._shift_items(pointer.scene - self._start.scene)

    def release(self, pointer: Pointer) -> None:
        sheet = self.surface.sheet
        self.move(pointer)
        start, hit, dragged = self._start, self._hit, self._dragging
        self._end_gesture()
        if start is None or sheet is None or not dragged:
            return
        if hit is None:
            framed = [item.annotation_id for item in sheet.marks_in(QRectF(start.scene, pointer.scene).normalized())]
            self.select([*(self.selected if pointer.extend else ()), *framed])
        elif not self.surface.read_only:
            self._ask_for_move(sheet, hit, pointer.scene - start.scene)

    def cancel(self) -> bool:
        if self._start is not None:
            self._end_gesture()
            return True
        had = bool(self.selected)
        self.select(())
        return had

    def leave(self) -> None:
        self._end_gesture()
        self.select(())

    def refreshed(self, change: Change) -> None:
        if self.selected and not change.annotations.isdisjoint(self.selected):
            self.select(list(self.selected))

    def closed(self) -> None:
        self._start = self._hit = self._outline = self._band = None
        self._dragging = False
        if self.selected:
            self.selected = []
            self.surface.selection_changed_to(())

    # -- private ---------------------------------------------------------------------------------------------

    def _mark_under(self, point: QPointF) -> MarkItem | None:
        """The mark at a point or within reach of it, the nearest middle first."""
        sheet = self.surface.sheet
        if sheet is None:
            return None
        reach = self.surface.reach(_REACH)
        near = sheet.marks_in(QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach))
        # a hollow stamp is hit inside too: its frame counts, not its ink
        near += [
            item
            for item in sheet.marks_in(QRectF(point.x() - 40, point.y() - 40, 80, 80))
            if item not in near and item.sceneBoundingRect().contains(point)
        ]
        return min(near, key=lambda item: _distance(item.sceneBoundingRect().center(), point), default=None)

    def _items(self) -> list[MarkItem]:
        sheet = self.surface.sheet
        found = [] if sheet is None else [sheet.mark(annotation_id) for annotation_id in self.selected]
        return [item for item in found if item is not None]

    def _shift_items(self, shift: QPointF) -> None:
        sheet = self.surface.sheet
        for item in self._items():
            page = item.parentItem()
            if sheet is not None and moved(item.placed.annotation, 0, 0) is not None:
                at = page.mapToScene(item.home) + shift
                item.setPos(page.mapFromScene(at))
        self._draw_outline()

    def _ask_for_move(self, sheet: PageScene, hit: MarkItem, shift: QPointF) -> None:
        """All that is selected goes by `shift` in the scene, to the page on which the dragged mark is let go."""
        placed: list[Placed] = []
        end = sheet.spot_at(hit.parentItem().mapToScene(hit.home) + shift, nearest=True)
        target = None if end is None else sheet.page(end.page)
        for item in self._items():
            page = target if target is not None and item.page == hit.page else sheet.page(item.page)
            if page is None:
                continue
            home = item.parentItem().mapToScene(item.home)
            there = page.mapFromScene(home + shift)
            from_x, from_y = item.home.x() / UNITS, item.home.y() / item.page_height
            dx = there.x() / UNITS - from_x
            dy = there.y() / page.height - from_y
            result = moved(item.placed.annotation, dx, dy)
            if result is not None:
                placed.append(Placed(page.ref, result))
        if placed:
            self.surface.put(placed)

    def _end_gesture(self) -> None:
        """Everything stands again where the script says; the owner's answer moves it."""
        for item in self._items() if self._dragging and self._hit is not None else ():
            item.setPos(item.home)
        self._start = self._hit = None
        self._dragging = False
        if self._band is not None and self._band.scene() is not None:
            self._band.scene().removeItem(self._band)
        self._band = None
        self._draw_outline()

    def _draw_outline(self) -> None:
        sheet = self.surface.sheet
        if sheet is None or (not self.selected and self._outline is None):
            return
        if self._outline is None:
            self._outline = _overlay(sheet, filled=False)
        path = QPainterPath()
        around = 3.0
        for item in self._items():
            path.addRoundedRect(item.sceneBoundingRect().adjusted(-around, -around, around, around), 3, 3)
        self._outline.setPath(path)

    def _draw_band(self, rect: QRectF) -> None:
        if self._band is None and self.surface.sheet is not None:
            self._band = _overlay(self.surface.sheet, filled=True)
        if self._band is not None:
            path = QPainterPath()
            path.addRect(rect)
            self._band.setPath(path)


def _overlay(sheet: PageScene, *, filled: bool) -> QGraphicsPathItem:
    """A frame in the accent colour above all pages."""
    accent = QColor(ON_PAPER)
    item = QGraphicsPathItem()
    pen = QPen(accent, 1.5)
    pen.setCosmetic(True)
    item.setPen(pen)
    if filled:
        accent.setAlphaF(0.12)
        item.setBrush(QBrush(accent))
    item.setZValue(_ABOVE)
    sheet.addItem(item)
    return item


def _distance(first: QPointF, second: QPointF) -> float:
    return (first - second).manhattanLength()
