"""Box something, and have the stamp in the margin beside it: what a drag with a stamp in hand does."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from mv_desktop.domain.annotation.callout import Spot, callout
from mv_desktop.domain.annotation.shape import Annotation, Figure, Placed, Stamp
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.canvas.tools.tool import Surface


class CalloutGesture:
    """Shows box, line and stamp while they are drawn. Right and left are the viewer's, also on a turned page.

    Args:
        page: where it began; all of it stays there.
        start: where it began, in the scene.
        stamp: the stamp as it would be placed by a click.
    """

    def __init__(self, surface: Surface, page: PageItem, start: QPointF, stamp: Stamp) -> None:
        self._surface, self._page, self._start = surface, page, start
        group = surface.ids()
        self._stamp = stamp.model_copy(update={"group": group})
        line, box = (
            Figure(
                id=surface.ids(),
                type=kind,
                x=0.0,
                y=0.0,
                x2=0.0,
                y2=0.0,
                width=surface.ink.width,
                color=stamp.color,
                question_number=stamp.question_number,
                alternative=stamp.alternative,
                group=group,
            )
            for kind in ("line", "box")
        )
        self._box, self._line = box, line
        self._ghosts: list[MarkItem] = []

    def show(self, end: QPointF) -> None:
        """Show what it is when it ends at a point of the scene."""
        sheet = self._surface.sheet
        placed = self.placed(end)
        if self._ghosts:
            for ghost, item in zip(self._ghosts, placed, strict=True):
                ghost.show_mark(item)
        elif sheet is not None:
            made = [sheet.ghost(item) for item in placed]
            self._ghosts = [ghost for ghost in made if ghost is not None]

    def placed(self, end: QPointF) -> tuple[Placed, ...]:
        """Box, line and stamp, drawn to a point of the scene."""
        sheet = self._surface.sheet
        if sheet is None:
            return ()
        shown = sheet.page_rect(self._page)
        size = self._stamp.size * UNITS * self._page.scale()
        start, end = self._start - shown.topLeft(), end - shown.topLeft()
        inside = (min(max(0.0, end.x()), shown.width()), min(max(0.0, end.y()), shown.height()))

        def free(spot: Spot) -> bool:
            return _free(sheet, shown.topLeft() + QPointF(*spot), size)

        parts = callout(start.toTuple(), inside, (shown.width(), shown.height()), size, free)
        first, second, begin, tip, centre = (self._on_page(shown.topLeft() + QPointF(*spot)) for spot in parts)
        made: tuple[Annotation, ...] = (
            _between(self._box, first, second),
            _between(self._line, begin, tip),
            self._stamp.model_copy(update={"x": centre[0], "y": centre[1]}),
        )
        return tuple(Placed(self._page.ref, annotation) for annotation in made)

    def drop(self) -> None:
        """Show nothing more."""
        for ghost in self._ghosts:
            if ghost.scene() is not None:
                ghost.scene().removeItem(ghost)
        self._ghosts = []

    # -- private ---------------------------------------------------------------------------------------------

    def _on_page(self, point: QPointF) -> Spot:
        local = self._page.mapFromScene(point)
        return round(local.x() / UNITS, 5), round(local.y() / self._page.height, 5)


def _free(sheet: PageScene, point: QPointF, size: float) -> bool:
    """True where no stamp stands that one at `point` would lie over."""
    around = QRectF(point.x() - size / 2, point.y() - size / 2, size, size)
    return not any(isinstance(item.placed.annotation, Stamp) for item in sheet.marks_in(around))


def _between(figure: Figure, first: Spot, second: Spot) -> Figure:
    return figure.model_copy(update={"x": first[0], "y": first[1], "x2": second[0], "y2": second[1]})
