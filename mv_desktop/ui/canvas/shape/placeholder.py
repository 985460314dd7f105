"""The place of an annotation that this version cannot draw."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import Annotation, UnknownAnnotation, is_known
from mv_desktop.ui.canvas.shape.paper import UNITS, Paper, fill, ink_of
from mv_desktop.ui.canvas.stamp_shape import placeholder_shape
from mv_desktop.ui.text import tr

_SIDE = 0.035 * UNITS
_LONGEST_NAME = 40


def dress_placeholder(item: QGraphicsPathItem, annotation: Annotation, paper: Paper) -> None:
    """Let `item` say that something is here which cannot be drawn."""
    fill(item, ink_of(annotation))
    item.setPos(paper.point(*_position(annotation)))
    item.setPath(placeholder_shape(QRectF(-_SIDE / 2, -_SIDE / 2, _SIDE, _SIDE)))
    kind = annotation.type[:_LONGEST_NAME]
    if not kind or is_known(annotation.type):
        item.setToolTip(tr("A damaged mark. It cannot be shown and is kept as it is."))
    else:
        item.setToolTip(tr("A mark of the kind “{kind}”, made with a newer version. It is kept as it is.", kind=kind))


# -- private -------------------------------------------------------------------------------------------------


def _position(annotation: Annotation) -> tuple[float, float]:
    """Where to show an annotation of an unknown kind: by its own coordinates when it has some, else in the corner."""
    body = (annotation.body if isinstance(annotation, UnknownAnnotation) else None) or {}
    x, y = body.get("x"), body.get("y")
    if isinstance(x, int | float) and isinstance(y, int | float) and -1 <= x <= 2 and -1 <= y <= 2:
        return float(x), float(y)
    return 0.03, 0.03
