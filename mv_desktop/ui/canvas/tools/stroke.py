"""Draw freely: the pen, as broad as it is pressed, and the highlighter."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QLineF, Qt

from mv_desktop.domain.annotation.shape import Annotation, Highlight, PenStroke, Placed
from mv_desktop.domain.annotation.stroke import FINEST, Point, Trace, crossing, within
from mv_desktop.ui.canvas.live_ink import LiveHighlight, LiveInk
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH, PageItem
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.canvas.tools.held import foot, held_line
from mv_desktop.ui.canvas.tools.tool import Pointer, StampInk, Surface, Tool

_GRAIN = 0.75  # pixels: more exactly, nobody points


class StrokeTool(Tool):
    """The ink follows the pointer on the page where it was set down; release puts it there, Escape drops it.

    As long as Shift is held the stroke is straight from where it began, at a multiple of 45°. One that begins at a
    ruler's edge follows it, except with Alt.

    Where the pointer leaves the page the stroke ends at the edge; where it comes back another one begins, and all
    of them are one gesture.
    """

    cursor = Qt.CursorShape.CrossCursor
    spans = True
    tolerance = FINEST
    """How far the stored stroke may be from the drawn one, in page widths."""

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self._page: PageItem | None = None
        self._live: LiveInk | None = None
        self._trace: Trace | None = None
        self._traces: list[Trace] = []
        self._begun: Pointer | None = None
        self._edge: QLineF | None = None
        self._at: Point = (0.0, 0.0, 0.0)

    def press(self, pointer: Pointer) -> None:
        self.cancel()
        sheet = self.surface.sheet
        page = None if sheet is None else sheet.page_at(pointer.scene)
        if page is None or self.surface.read_only:
            return
        self._page, self._begun = page, pointer
        self._edge = None if pointer.alt else self.surface.edge_near(pointer.scene)
        if self._edge is not None:
            self._begun = pointer._replace(scene=foot(self._edge, pointer.scene))
        self._live = self.live(page)
        self._add(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._page is not None:
            self._add(pointer)

    def release(self, pointer: Pointer) -> None:
        page = self._page
        if page is None:
            return
        self._add(pointer)
        self._lift()
        strokes = [points for trace in self._traces if (points := trace.points())]
        if strokes:
            carried = self.surface.ink_for(None, page.ref)
            group = self.surface.ids() if len(strokes) > 1 else None
            self.surface.put([Placed(page.ref, self.made(points, carried, group)) for points in strokes])
        self._end()

    def cancel(self) -> bool:
        drawing = self._page is not None
        self._end()
        return drawing

    def leave(self) -> None:
        self._end()

    def closed(self) -> None:
        self._live = None
        self._end()

    # -- what a kind of stroke is ----------------------------------------------------------------------------

    def live(self, page: PageItem) -> LiveInk:
        """The ink while it is drawn."""
        raise NotImplementedError

    def made(self, points: tuple[Point, ...], carried: StampInk, group: UUID | None) -> Annotation:
        """The annotation that comes of it."""
        raise NotImplementedError

    # -- private ---------------------------------------------------------------------------------------------

    def _add(self, pointer: Pointer) -> None:
        if self._page is None or self._live is None:
            return
        begun, edge = self._begun, self._edge
        if begun is not None and (pointer.shift or edge is not None):
            self._live.drop()
            self._lift()
            self._traces = []
            end = held_line(begun.scene, pointer.scene) if edge is None else foot(edge, pointer.scene)
            self._reach(begun)
            pointer = pointer._replace(scene=end)
        self._reach(pointer)

    def _reach(self, pointer: Pointer) -> None:
        """Go on to a place."""
        if self._page is None:
            return
        local = self._page.mapFromScene(pointer.scene)
        point = (local.x() / UNITS, local.y() / self._page.height, pointer.pressure)
        if within(point):
            if self._trace is None:
                self._trace = Trace(self._page.ratio, self.surface.reach(_GRAIN) / PAGE_WIDTH, self.tolerance)
                if self._traces:
                    self._draw(crossing(point, self._at))
                self._traces.append(self._trace)
            self._draw(point)
        elif self._trace is not None:
            self._draw(crossing(self._at, point))
            self._lift()
        self._at = point

    def _draw(self, point: Point) -> None:
        if self._trace is not None and self._live is not None and self._trace.add(point):
            self._live.grow(point)

    def _lift(self) -> None:
        self._trace = None
        if self._live is not None:
            self._live.lift()

    def _end(self) -> None:
        if self._live is not None:
            self._live.drop()
        self._page = self._live = self._trace = self._begun = self._edge = None
        self._traces = []


class PenTool(StrokeTool):
    """A line in the ink in hand, broader where a tablet's pen presses."""

    def live(self, page: PageItem) -> LiveInk:
        return LiveInk(page, self.surface.ink.color, self.surface.ink.width)

    def made(self, points: tuple[Point, ...], carried: StampInk, group: UUID | None) -> Annotation:
        return PenStroke(
            id=self.surface.ids(),
            points=points,
            width=self.surface.ink.width,
            color=self.surface.ink.color,
            question_number=carried.question_number,
            alternative=carried.alternative,
            group=group,
        )


class HighlighterTool(StrokeTool):
    """A broad stroke of the highlighter's ink, equally broad everywhere."""

    tolerance = 0.0004
    width = 0.022
    """Of the page's."""

    def live(self, page: PageItem) -> LiveInk:
        return LiveHighlight(page, self.surface.ink.highlight_color, self.width)

    def made(self, points: tuple[Point, ...], carried: StampInk, group: UUID | None) -> Annotation:
        return Highlight(
            id=self.surface.ids(),
            points=tuple((x, y, 0.5) for x, y, _ in points),
            width=self.width,
            color=self.surface.ink.highlight_color,
            question_number=carried.question_number,
            alternative=carried.alternative,
            group=group,
        )
