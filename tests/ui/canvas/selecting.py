"""What tests of selecting share: marks on pages, and where they and their frame stand."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, Qt

from mv_desktop.domain.annotation.shape import PenStroke, Placed, TextNote
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.selection_frame import Handle, handle_point
from tests.fakes.picture_source import new_id
from tests.ui.canvas.conftest import Desk

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


class Edges(NamedTuple):
    x: float
    y: float
    x2: float
    y2: float


def box_on(page: int, x: float, y: float, x2: float, y2: float) -> Placed:
    """A rectangle drawn by hand."""
    points = ((x, y, 0.5), (x2, y, 0.5), (x2, y2, 0.5), (x, y2, 0.5), (x, y, 0.5))
    return Placed(PageRef(page), PenStroke(id=new_id(), points=points))


def edges(desk: Desk, box_id: AnnotationId) -> Edges:
    box = now(desk, box_id).annotation
    assert isinstance(box, PenStroke)
    across, down = [x for x, _, _ in box.points], [y for _, y, _ in box.points]
    assert across[0] == min(across), "never mirrored"
    return Edges(min(across), min(down), max(across), max(down))


def text_on(page: int, x: float, y: float, text: str = "Correct method", **rest: object) -> Placed:
    return Placed(PageRef(page), TextNote(id=new_id(), x=x, y=y, text=text, **rest))  # type: ignore[arg-type]


def put(desk: Desk, *placed: Placed) -> list[AnnotationId]:
    """This ink, with the select tool in hand; its ids."""
    desk.apply(PutAnnotations(placed))
    desk.operations.clear()
    desk.view.set_tool("select")
    return [item.annotation.annotation_id for item in placed]


def frame(desk: Desk) -> tuple[QPointF, QPointF]:
    """The frame's corners in the scene."""
    found = desk.view._tools.select._frame
    assert found is not None
    return found.inner.topLeft(), found.inner.bottomRight()


def grip(desk: Desk, across: int, down: int) -> QPoint:
    """A handle as pixels of the window."""
    found = desk.view._tools.select._frame
    assert found is not None
    handle = Handle(across, down)
    assert handle in handles(desk), "the handle is not offered"
    return desk.view.mapFromScene(handle_point(found._outer(), handle))


def handles(desk: Desk) -> set[Handle]:
    found = desk.view._tools.select._frame
    return set() if found is None else {handle for handle, item in found._handles.items() if item.isVisible()}


def now(desk: Desk, annotation_id: AnnotationId) -> Placed:
    return desk.script.ink[annotation_id]
