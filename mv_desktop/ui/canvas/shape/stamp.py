"""A stamp as a mark on the page, and what it carries."""

from __future__ import annotations

from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import Annotation, Stamp
from mv_desktop.domain.marks import STEP, format_marks
from mv_desktop.ui.canvas.shape.paper import UNITS, Paper, fill, ink_of
from mv_desktop.ui.canvas.stamp_shape import BOX, stamp_with_marks


def dress_stamp(item: QGraphicsPathItem, stamp: Stamp, paper: Paper) -> None:
    """Let `item` show a stamp."""
    fill(item, ink_of(stamp))
    item.setPos(paper.point(stamp.x, stamp.y))
    item.setScale(stamp.size * UNITS / BOX)
    item.setPath(stamp_with_marks(stamp.stamp, carried_text(stamp), paper.font))


def carried_text(annotation: Annotation) -> str:
    """What is written beside a stamp: its marks, unless the stamp itself says them or it carries none."""
    carried = annotation.carried
    if carried is None or (isinstance(annotation, Stamp) and annotation.stamp == "half" and carried == STEP):
        return ""
    return format_marks(carried)
