"""What every kind of mark needs to know of the page that it is drawn on.

A page's own coordinates are `UNITS` across and as many down as the page is long; marks are its children.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import EXAMINER_RED, Annotation
from mv_desktop.ui.canvas.shape.formula import KnownFormulas

UNITS = 1000.0
"""The width of every page in its own coordinates."""


class Paper(NamedTuple):
    """The page that a mark stands on.

    Attributes:
        height: its length in page coordinates.
        font: the program's face, for what is written on it.
        formulas: says which formulas are typeset; without it all are shown as their source.
    """

    height: float
    font: QFont
    formulas: KnownFormulas | None = None

    def point(self, x: float, y: float) -> QPointF:
        """The point in page coordinates of a place in fractions of the page."""
        return QPointF(x * UNITS, y * self.height)


def ink_of(annotation: Annotation) -> QColor:
    """Its colour; examiner red for a colour that is none, or that nobody would see."""
    return QColor(_ink(annotation.color))


def fill(item: QGraphicsPathItem, ink: QColor) -> None:
    """Paint the item's path filled with ink, and no line around it."""
    item.setPen(_NO_LINE)
    item.setBrush(QBrush(ink))


_NO_LINE = QPen(Qt.PenStyle.NoPen)


@lru_cache(maxsize=64)
def _ink(color: str) -> QColor:
    """Read once for each colour: there may be thousands of marks."""
    ink = QColor(color)
    return ink if ink.isValid() and ink.alpha() else QColor(EXAMINER_RED)
