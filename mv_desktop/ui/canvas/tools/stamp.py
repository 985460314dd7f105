"""Place a stamp where the pointer is, or draw a box and have it in the margin."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt

from mv_desktop.domain.annotation.shape import Placed, Stamp, StampName
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.scene import Spot
from mv_desktop.ui.canvas.tools.callout import CalloutGesture
from mv_desktop.ui.canvas.tools.tool import Pointer, Surface, Tool, pixels_between

_FAINT = 0.45
_BOX = 8.0  # pixels that make a click a box


class StampTool(Tool):
    """A faint stamp follows the pointer; press makes it solid, release places it, Escape drops it.

    A drag draws a box with the stamp in the margin beside it, except with Alt, when the stamp goes where it ends.

    Attributes:
        stamp: which stamp.
    """

    cursor = Qt.CursorShape.CrossCursor
    drags = True

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self.stamp: StampName = "tick"
        self._ghost: MarkItem | None = None
        self._pressed: Pointer | None = None
        self._at = Pointer(QPointF(), QPoint())
        self._callout: CalloutGesture | None = None

    def choose(self, stamp: StampName) -> None:
        """Place this stamp from now on, also where a box is being drawn; what it carries is asked for anew."""
        self.stamp = stamp
        self._drop_ghost()
        if self._callout is not None:
            self._callout.drop()
            self._callout = None
            self.move(self._at)

    def hover(self, pointer: Pointer) -> None:
        self._show_ghost(pointer.scene, _FAINT)

    def away(self) -> None:
        self._drop_ghost()

    def leave(self) -> None:
        self._end()

    def press(self, pointer: Pointer) -> None:
        self._pressed = pointer
        self._show_ghost(pointer.scene, 1.0)

    def move(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        self._at = pointer
        box = self._box(pointer)
        if box is None:
            self._show_ghost(pointer.scene, 1.0)
        else:
            self._drop_ghost()
            box.show(pointer.scene)

    def release(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        box = self._box(pointer)
        self._end()
        if box is None:
            self.place_at(pointer.scene)
        else:
            self.surface.put(box.placed(pointer.scene))

    def cancel(self) -> bool:
        was_pressed = self._pressed is not None
        self._end()
        return was_pressed

    def closed(self) -> None:
        self._pressed = self._ghost = self._callout = None

    def place_at(self, point: QPointF, *, stamp: StampName | None = None, nearest: bool = False) -> bool:
        """Ask for a stamp (the one in hand when None) at a point of the scene.

        With `nearest`, a point beside the pages means the nearest spot on one. False when there is no page or
        nothing may be changed.
        """
        sheet = self.surface.sheet
        spot = None if sheet is None else sheet.spot_at(point, nearest=nearest)
        if spot is None or self.surface.read_only:
            return False
        self.surface.put((Placed(spot.page, self._made(stamp or self.stamp, spot)),))
        return True

    # -- private ---------------------------------------------------------------------------------------------

    def _box(self, pointer: Pointer) -> CalloutGesture | None:
        """The box that is drawn, while what is done is one."""
        start, sheet = self._pressed, self.surface.sheet
        if start is None or sheet is None or self.surface.read_only or pointer.alt:
            page = None
        else:
            page = sheet.page_at(start.scene)
        if page is None or start is None or pixels_between(start, pointer, self.surface) < _BOX:
            if self._callout is not None:
                self._callout.drop()
            return None
        if self._callout is None:
            made = self._made(self.stamp, Spot(page.ref, 0.0, 0.0))
            self._callout = CalloutGesture(self.surface, page, start.scene, made)
        return self._callout

    def _end(self) -> None:
        self._pressed = None
        self._drop_ghost()
        if self._callout is not None:
            self._callout.drop()
        self._callout = None

    def _made(self, stamp: StampName, spot: Spot) -> Stamp:
        ink = self.surface.ink_for(stamp, spot.page)
        return Stamp(
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
        )

    def _show_ghost(self, point: QPointF, opacity: float) -> None:
        sheet = self.surface.sheet
        spot = None if sheet is None or self.surface.read_only else sheet.spot_at(point)
        if sheet is None or spot is None:
            self._drop_ghost()
            return
        if self._ghost is None or self._ghost.page != spot.page:
            self._drop_ghost()
            self._ghost = sheet.ghost(Placed(spot.page, self._made(self.stamp, spot)))
        if self._ghost is not None:
            self._ghost.setOpacity(opacity)
            self._ghost.stand_at(self._ghost.page_item.mapFromScene(point))

    def _drop_ghost(self) -> None:
        if self._ghost is not None and self._ghost.scene() is not None:
            self._ghost.scene().removeItem(self._ghost)
        self._ghost = None
