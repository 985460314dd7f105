"""Two computers' ink of one question on the page: each with its number, one in front, the other faint."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QBrush, QColor, QFont, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsSimpleTextItem

from mv_desktop.domain.conflict import MarkConflict
from mv_desktop.domain.decision import Side, both_ink, side_ink
from mv_desktop.domain.identifier import AnnotationId
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.theme import current_theme

NUMBERS = {Side.MINE: "1", Side.THEIRS: "2"}
"""What stands beside the ink of each, as on its card and its key."""

_FAINT, _OTHERS = 0.18, 0.4
_PAUSE = 0.05


class Shown(StrEnum):
    """Whose ink is in front."""

    BOTH = "both"
    MINE = "mine"
    THEIRS = "theirs"


class InkLayers(QObject):
    """Shows on `view` the ink of one question so that it can be told whose it is, by more than its colour."""

    def __init__(self, view: PageView, tasks: Tasks) -> None:
        super().__init__(view)
        self._view, self._tasks = view, tasks
        self._conflict: MarkConflict | None = None
        self._shown = Shown.BOTH
        self._signs: list[QGraphicsItem] = []
        self._again: Periodic | None = None

    def show(self, conflict: MarkConflict | None, shown: Shown = Shown.BOTH) -> None:
        """Show the ink of a question; without one all ink is as it is on the script."""
        self._conflict, self._shown = conflict, shown
        self._dress()

    def fade(self, wanted: Collection[AnnotationId]) -> None:
        """Of both sides' ink, let only what is in `wanted` be in front."""
        sheet, conflict = self._view.sheet, self._conflict
        if sheet is None or conflict is None:
            return
        for placed in both_ink(conflict):
            item = sheet.mark(placed.annotation.annotation_id)
            if item is not None:
                item.setOpacity(1.0 if placed.annotation.annotation_id in wanted else _FAINT)

    def forget(self) -> None:
        """The script is no longer shown, and what was drawn on it went with it."""
        self._conflict = None
        self._signs.clear()
        if self._again is not None:
            self._again.cancel()

    # -- private ---------------------------------------------------------------------------------------------

    def _dress(self) -> None:
        sheet = self._view.sheet
        if sheet is None:
            return
        for sign in self._signs:
            sheet.removeItem(sign)
        self._signs.clear()
        whose = {} if self._conflict is None else {i: side for side in Side for i in side_ink(self._conflict, side)}
        for annotation_id in sheet.script.ink:
            item = sheet.mark(annotation_id)
            if item is not None:
                self._show_mark(item, whose.get(annotation_id))
        if sheet.marks_waiting:  # a script with very much ink gets its marks turn by turn
            self._again = self._tasks.after(_PAUSE, self._dress, receiver=self)

    def _show_mark(self, item: MarkItem, side: Side | None) -> None:
        if side is None:
            item.setOpacity(1.0 if self._conflict is None else _OTHERS)
            return
        front = self._shown is Shown.BOTH or self._shown.value == side.value
        item.setOpacity(1.0 if front else _FAINT)
        if front:
            self._signs.append(_sign(item, NUMBERS[side]))


def _sign(item: MarkItem, number: str) -> QGraphicsItem:
    """The number of its side at the upper right of a mark, of one size at every zoom."""
    theme = current_theme()
    text = QGraphicsSimpleTextItem(number)
    font = theme.font(0.8, QFont.Weight.DemiBold)
    text.setFont(font)
    text.setBrush(QBrush(QColor(theme.colors.on_accent)))
    room = text.boundingRect()
    side = max(room.width(), room.height())
    badge = QGraphicsRectItem(0.0, -side, side, side)
    badge.setBrush(QBrush(QColor(theme.colors.accent)))
    badge.setPen(QPen(QColor(theme.colors.on_accent)))
    text.setParentItem(badge)
    text.setPos(QPointF((side - room.width()) / 2, -side + (side - room.height()) / 2))
    badge.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
    badge.setZValue(10)
    badge.setPos(item.sceneBoundingRect().topRight())
    scene = item.scene()
    scene.addItem(badge)
    return badge
