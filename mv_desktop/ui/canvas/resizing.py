"""Marks made larger or smaller as a handle of their frame is pulled, on pages turned any way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from mv_desktop.domain.annotation.geometry import resized
from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.selection_frame import Handle, handle_point
from mv_desktop.ui.canvas.shape.paper import UNITS

_SMALLEST = 0.05
"""The least factor: what is pulled over its other side stays right way round."""


class Scaling(NamedTuple):
    """How the scene around a point is stretched.

    Attributes:
        about: what stays where it is, in the scene.
        across, down: the factors, from left to right and from top to bottom for the viewer.
        letters: the factor of stamps and of letters.
    """

    about: QPointF
    across: float
    down: float
    letters: float

    def rect(self, before: QRectF) -> QRectF:
        """A rectangle of the scene as it is afterwards."""
        x = self.about.x() + (before.x() - self.about.x()) * self.across
        y = self.about.y() + (before.y() - self.about.y()) * self.down
        return QRectF(x, y, before.width() * self.across, before.height() * self.down)


def scaling(frame: QRectF, handle: Handle, shift: QPointF, *, proportional: bool) -> Scaling:
    """What pulling `handle` of `frame` by `shift` does."""
    about = handle_point(frame, Handle(-handle.across, -handle.down))
    across = _factor(frame.width(), handle.across * shift.x()) if handle.across else 1.0
    down = _factor(frame.height(), handle.down * shift.y()) if handle.down else 1.0
    if not handle.is_corner or not proportional:
        return Scaling(about, across, down, 1.0)
    # along the diagonal, so that the corner stays as near to the pointer as it can
    width, height = max(frame.width(), 1e-6), max(frame.height(), 1e-6)
    pulled = handle.across * shift.x() * width + handle.down * shift.y() * height
    whole = max(_SMALLEST, 1.0 + pulled / (width * width + height * height))
    return Scaling(about, whole, whole, whole)


def scaled(placed: Iterable[tuple[Placed, PageItem]], by: Scaling) -> tuple[Placed, ...]:
    """These annotations resized; what this version cannot draw is left out."""
    result = []
    for item, page in placed:
        about = page.mapFromScene(by.about)
        turned = bool(page.quarter_turns % 2)
        across, down = (by.down, by.across) if turned else (by.across, by.down)
        made = resized(
            item.annotation,
            (about.x() / UNITS, about.y() / page.height),
            across,
            down,
            letters=by.letters,
            breadth=by.across,
        )
        if made is not None:
            result.append(Placed(item.page, made))
    return tuple(result)


def _factor(length: float, pulled: float) -> float:
    return max(_SMALLEST, 1.0 + pulled / max(length, 1e-6))
