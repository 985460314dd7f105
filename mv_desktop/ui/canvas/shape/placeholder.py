"""The place of an annotation that this version cannot draw."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import Annotation
from mv_desktop.ui.canvas.shape.paper import UNITS, Paper, fill, ink_of
from mv_desktop.ui.canvas.stamp_shape import placeholder_shape
from mv_desktop.ui.text import tr

_SIDE = 0.035 * UNITS


def dress_placeholder(item: QGraphicsPathItem, annotation: Annotation, paper: Paper) -> None:
    """Let `item` say that something of an unknown kind is here."""
    fill(item, ink_of(annotation))
    item.setPos(paper.point(*_position(annotation)))
    item.setPath(placeholder_shape(QRectF(-_SIDE / 2, -_SIDE / 2, _SIDE, _SIDE)))
    item.setToolTip(
        tr("A mark of the kind “{kind}”, made with a newer version. It is kept as it is.", kind=annotation.type)
    )


# -- private -------------------------------------------------------------------------------------------------


def _position(annotation: Annotation) -> tuple[float, float]:
    """Where to show an annotation of an unknown kind: by its own coordinates when it has some, else in the corner."""
    extra = annotation.model_extra or {}
    x, y = extra.get("x"), extra.get("y")
    if isinstance(x, int | float) and isinstance(y, int | float) and -1 <= x <= 2 and -1 <= y <= 2:
        return float(x), float(y)
    return 0.03, 0.03
