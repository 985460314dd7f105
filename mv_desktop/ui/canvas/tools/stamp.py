"""Place a stamp where the pointer is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from mv_desktop.domain.annotation.shape import Placed, Stamp, StampName
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.scene import Spot
from mv_desktop.ui.canvas.tools.tool import Pointer, Surface, Tool

_FAINT = 0.45


class StampTool(Tool):
    """A faint stamp follows the pointer; press makes it solid, release places it, Escape drops it.

    Attributes:
        stamp: which stamp.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self.stamp: StampName = "tick"
        self._ghost: MarkItem | None = None
        self._pressed = False

    def choose(self, stamp: StampName) -> None:
        """Place this stamp from now on."""
        self.stamp = stamp
        self._drop_ghost()

    def hover(self, pointer: Pointer) -> None:
        self._show_ghost(pointer.scene, _FAINT)

    def away(self) -> None:
        self._drop_ghost()

    def leave(self) -> None:
        self._pressed = False
        self._drop_ghost()

    def press(self, pointer: Pointer) -> None:
        self._pressed = True
        self._show_ghost(pointer.scene, 1.0)

    def move(self, pointer: Pointer) -> None:
        if self._pressed:
            self._show_ghost(pointer.scene, 1.0)

    def release(self, pointer: Pointer) -> None:
        if not self._pressed:
            return
        self._pressed = False
        self._drop_ghost()
        self.place_at(pointer.scene)

    def cancel(self) -> bool:
        was_pressed = self._pressed
        self._pressed = False
        self._drop_ghost()
        return was_pressed

    def closed(self) -> None:
        self._pressed = False
        self._ghost = None

    def place_at(self, point: QPointF, *, stamp: StampName | None = None, nearest: bool = False) -> bool:
        """Ask for a stamp (the one in hand when None) at a point of the scene.

        With `nearest`, a point beside the pages means the nearest spot on one. False when there is no page or
        nothing may be changed.
        """
        sheet = self.surface.sheet
        spot = None if sheet is None else sheet.spot_at(point, nearest=nearest)
        if spot is None or self.surface.read_only:
            return False
        self.surface.put((self._placed(stamp or self.stamp, spot),))
        return True

    # -- private ---------------------------------------------------------------------------------------------

    def _placed(self, stamp: StampName, spot: Spot) -> Placed:
        ink = self.surface.ink_for(stamp, spot.page)
        return Placed(
            spot.page,
            Stamp(
                id=self.surface.ids(),
                stamp=stamp,
                x=round(spot.x, 5),
                y=round(spot.y, 5),
                size=ink.size,
                color=ink.color or self.surface.ink.color,
                question_number=ink.question_number,
                alternative=ink.alternative,
                marks=None if ink.marks is None else str(ink.marks),
                step=ink.step,
            ),
        )

    def _show_ghost(self, point: QPointF, opacity: float) -> None:
        sheet = self.surface.sheet
        spot = None if sheet is None or self.surface.read_only else sheet.spot_at(point)
        if sheet is None or spot is None:
            self._drop_ghost()
            return
        if self._ghost is None or self._ghost.page != spot.page:
            self._drop_ghost()
            self._ghost = sheet.ghost(self._placed(self.stamp, spot))
        if self._ghost is not None:
            self._ghost.setOpacity(opacity)
            page = self._ghost.parentItem()
            self._ghost.setPos(page.mapFromScene(point))

    def _drop_ghost(self) -> None:
        if self._ghost is not None and self._ghost.scene() is not None:
            self._ghost.scene().removeItem(self._ghost)
        self._ghost = None
