"""Marks made larger or smaller as a handle of their frame is pulled, on pages turned any way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from mv_desktop.domain.annotation.geometry import resized
from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.selection_frame import Handle, handle_point
from mv_desktop.ui.canvas.shape.paper import UNITS

_SMALLEST = 0.05
"""The least factor: what is pulled over its other side stays right way round."""


class Grasped(NamedTuple):
    """What is resized, on one page.

    Attributes:
        frame: the rectangle around it as it was, in the scene.
        room: where it may reach: its page, and beyond that no farther than it reaches already.
    """

    frame: QRectF
    room: QRectF


class Scaling(NamedTuple):
    """How what is selected is stretched.

    Attributes:
        handle: what is pulled; the opposite one stays where it is, on each page by itself.
        across, down: the factors, from left to right and from top to bottom for the viewer.
        letters: the factor of stamps and of letters.
    """

    handle: Handle
    across: float
    down: float
    letters: float

    def about(self, frame: QRectF) -> QPointF:
        """What stays where it is of what was in a frame."""
        return handle_point(frame, Handle(-self.handle.across, -self.handle.down))

    def rect(self, before: QRectF) -> QRectF:
        """A rectangle of the scene as it is afterwards."""
        about = self.about(before)
        x = about.x() + (before.x() - about.x()) * self.across
        y = about.y() + (before.y() - about.y()) * self.down
        return QRectF(x, y, before.width() * self.across, before.height() * self.down)


def whole(grasped: Iterable[Grasped]) -> QRectF:
    """The rectangle around all of it."""
    rect = QRectF()
    for each in grasped:
        rect = rect.united(each.frame)
    return rect


def scaling(grasped: Collection[Grasped], handle: Handle, shift: QPointF, *, proportional: bool) -> Scaling:
    """What pulling `handle` of the frame around all of it by `shift` does: on no page it leads over the edge."""
    frame = whole(grasped)
    across = _factor(frame.width(), handle.across * shift.x()) if handle.across else 1.0
    down = _factor(frame.height(), handle.down * shift.y()) if handle.down else 1.0
    broadest = min((_most(each.frame.left(), each.frame.right(), each.room.left(), each.room.right(), handle.across)
                    for each in grasped), default=1.0)  # fmt: skip
    highest = min((_most(each.frame.top(), each.frame.bottom(), each.room.top(), each.room.bottom(), handle.down)
                   for each in grasped), default=1.0)  # fmt: skip
    if not handle.is_corner or not proportional:
        return Scaling(handle, min(across, broadest), min(down, highest), 1.0)
    # along the diagonal, so that the corner stays as near to the pointer as it can
    width, height = max(frame.width(), 1e-6), max(frame.height(), 1e-6)
    pulled = handle.across * shift.x() * width + handle.down * shift.y() * height
    factor = max(_SMALLEST, 1.0 + pulled / (width * width + height * height))
    factor = min(factor, broadest, highest)
    return Scaling(handle, factor, factor, factor)


def scaled(
    placed: Iterable[tuple[Placed, PageItem]], by: Scaling, grasped: Mapping[PageItem, Grasped]
) -> tuple[Placed, ...]:
    """These annotations resized; what this version cannot draw is left out, and so is what was not grasped."""
    result = []
    for item, page in placed:
        held = grasped.get(page)
        if held is None:
            continue
        about = page.mapFromScene(by.about(held.frame))
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


def _most(first: float, last: float, least: float, most: float, way: int) -> float:
    """The largest factor by which `first`..`last`, pulled one way or the other, stays in `least`..`most`."""
    room = {1: most - first, -1: last - least, 0: last - first}[way]
    return max(1.0, room / max(last - first, 1e-6))
