"""Draw a straight line, an arrow, a box or an ellipse from one corner to the other."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, Qt

from mv_desktop.domain.annotation.shape import Figure, FigureName, Placed
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.page_room import end_on
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.canvas.tools.held import foot, held_line, held_square
from mv_desktop.ui.canvas.tools.tool import DRAG, Pointer, Surface, Tool

_LINES = ("line", "arrow")


class FigureTool(Tool):
    """Press sets the first corner, release the second; Shift holds lines to 45° and makes boxes square; Escape drops.

    A line or an arrow that begins at a ruler's edge follows it, except with Alt.

    Args:
        kind: which figure.
    """

    cursor = Qt.CursorShape.CrossCursor
    spans = True

    def __init__(self, surface: Surface, kind: FigureName) -> None:
        super().__init__(surface)
        self._kind: FigureName = kind
        self._page: PageItem | None = None
        self._start: Pointer | None = None
        self._pressed = QPointF()
        self._edge: QLineF | None = None
        self._ghost: MarkItem | None = None

    def press(self, pointer: Pointer) -> None:
        self.cancel()
        sheet = self.surface.sheet
        self._page = None if sheet is None or self.surface.read_only else sheet.page_at(pointer.scene)
        self._edge, self._pressed = None, pointer.scene
        if self._kind in _LINES and not pointer.alt:
            self._edge = self.surface.edge_near(pointer.scene)
        self._start = pointer if self._edge is None else pointer._replace(scene=foot(self._edge, pointer.scene))

    def move(self, pointer: Pointer) -> None:
        sheet, drawn = self.surface.sheet, self._drawn(pointer)
        if sheet is None or drawn is None:
            self._drop_ghost()
        elif self._ghost is None:
            self._ghost = sheet.ghost(drawn)
        else:
            self._ghost.show_mark(drawn)

    def release(self, pointer: Pointer) -> None:
        drawn = self._drawn(pointer)
        self._end()
        if drawn is not None:
            self.surface.put([drawn])

    def cancel(self) -> bool:
        drawing = self._page is not None
        self._end()
        return drawing

    def leave(self) -> None:
        self._end()

    def closed(self) -> None:
        self._ghost = None
        self._end()

    # -- private ---------------------------------------------------------------------------------------------

    def _drawn(self, pointer: Pointer) -> Placed | None:
        """The figure from where the gesture began; None when it did not begin on a page or is no more than a click."""
        page, start = self._page, self._start
        if (
            page is None
            or start is None
            or math.dist(self._pressed.toTuple(), pointer.scene.toTuple()) < (self.surface.reach(DRAG))
        ):
            return None
        end = pointer.scene if self._edge is None else foot(self._edge, pointer.scene)
        first, second = page.mapFromScene(start.scene), page.mapFromScene(end)
        held = pointer.shift and self._edge is None
        if held:
            second = (held_line if self._kind in _LINES else held_square)(first, second)
        second = end_on(page, first, second, keep=held or self._edge is not None)
        carried, ink = self.surface.ink_for(None, page.ref), self.surface.ink
        return Placed(
            page.ref,
            Figure(
                id=self.surface.ids() if self._ghost is None else self._ghost.placed.annotation.id,
                type=self._kind,
                x=round(first.x() / UNITS, 5),
                y=round(first.y() / page.height, 5),
                x2=round(second.x() / UNITS, 5),
                y2=round(second.y() / page.height, 5),
                width=ink.width,
                color=ink.color,
                question_number=carried.question_number,
                alternative=carried.alternative,
            ),
        )

    def _end(self) -> None:
        self._page = self._start = None
        self._drop_ghost()

    def _drop_ghost(self) -> None:
        if self._ghost is not None and self._ghost.scene() is not None:
            self._ghost.scene().removeItem(self._ghost)
        self._ghost = None
