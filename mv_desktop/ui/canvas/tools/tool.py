"""What every tool has: a gesture is press, move, release, and Escape rolls it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from PySide6.QtCore import QLineF, QPoint, QPointF, Qt

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.annotation.ink import Ink
from mv_desktop.domain.annotation.shape import Placed, StampName
from mv_desktop.domain.annotation.stroke import EVEN_PRESSURE
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.script import Change
from mv_desktop.ui.canvas.scene import PageScene, Spot

STAMP_SIZE = 0.03
"""The width of a stamp, as a fraction of the page's."""
DRAG = 4.0
"""Pixels that make a click a drag."""


@dataclass(frozen=True, slots=True)
class StampInk:
    """What the next stamp or other ink carries.

    Attributes:
        question_number, alternative: what it counts for, or None.
        marks: what it is worth, or None.
        size: its width as a fraction of the page's.
        color: ``#rrggbb``, None for the ink in hand.
        step: the step of the question's scheme, from 1, that its marks are for, or None.
    """

    question_number: int | None = None
    alternative: str | None = None
    marks: Decimal | None = None
    size: float = STAMP_SIZE
    color: str | None = None
    step: int | None = None


class Inkwell(Protocol):
    """Says what ink carries that is about to be placed (`stamp` None: no stamp); the owner of the marks knows."""

    def __call__(self, stamp: StampName | None, page: PageRef) -> StampInk: ...


class Pointer(NamedTuple):
    """Where the pointer is.

    Attributes:
        scene: in the scene; view: in pixels of the window.
        extend: Shift or Ctrl is held: add to what is selected.
        shift, alt: that key is held.
        pressure: 0..1; a mouse's is even.
        keyed: it is the keyboard's pen point, with which the window goes along.
    """

    scene: QPointF
    view: QPoint
    extend: bool = False
    shift: bool = False
    alt: bool = False
    pressure: float = EVEN_PRESSURE
    keyed: bool = False


class Notes(Protocol):
    """Writes on a page; see `NoteDesk`."""

    def write(self, spot: Spot, width: float | None = None) -> bool: ...
    def edit(self, annotation_id: AnnotationId) -> bool: ...
    def finish(self) -> bool: ...


class Surface(Protocol):
    """What a tool needs of the page view."""

    @property
    def notes(self) -> Notes:
        """The note that is being written."""
        ...

    @property
    def sheet(self) -> PageScene | None:
        """The script that is shown."""
        ...

    @property
    def ids(self) -> IdSource:
        """Where new annotations get their ids."""
        ...

    @property
    def read_only(self) -> bool:
        """Nothing may be changed."""
        ...

    @property
    def ink(self) -> Ink:
        """What is drawn with."""
        ...

    def ink_for(self, stamp: StampName | None, page: PageRef) -> StampInk:
        """What a stamp, or with None any other ink, would carry that is placed on `page`."""
        ...

    def reach(self, pixels: float) -> float:
        """A distance on the screen, in units of the scene."""
        ...

    def edge_near(self, point: QPointF) -> QLineF | None:
        """The edge of a ruler or protractor within reach of a point of the scene, in the scene."""
        ...

    def pan(self, dx: int, dy: int) -> QPoint:
        """Move what is seen by so many pixels, as far as there is more; how far it went."""
        ...

    def put(self, placed: Sequence[Placed]) -> None:
        """Ask the owner for these annotations."""
        ...

    def delete(self, annotation_ids: Sequence[AnnotationId]) -> None:
        """Ask the owner to delete these annotations."""
        ...

    def show_cursor(self, shape: Qt.CursorShape | None) -> None:
        """Give the pointer another shape while it is where it is; None for that of the tool in hand."""
        ...

    def selection_changed_to(self, annotation_ids: Sequence[AnnotationId]) -> None:
        """Tell whoever listens what is selected."""
        ...


def pixels_between(start: Pointer, end: Pointer, surface: Surface) -> float:
    """How far a gesture has come, in pixels of the screen.

    A mouse's is told by the window alone: pages that still roll on below a click make no drag of it. The pen point's is
    told by the pages, which stand still beneath it at the edge of the window.
    """
    if end.keyed:
        return (end.scene - start.scene).manhattanLength() / surface.reach(1)
    return (end.view - start.view).manhattanLength()


class Tool:
    """One tool; this one does nothing.

    Attributes:
        cursor: the pointer's shape over the pages.
        spans: a gesture leads from one place to another; by keyboard, Enter begins it and Enter again ends it.
        drags: a gesture may do so, and does something else then; by keyboard, Shift+Enter begins that.
    """

    cursor = Qt.CursorShape.ArrowCursor
    spans = False
    drags = False

    def __init__(self, surface: Surface) -> None:
        self.surface = surface

    def hover(self, pointer: Pointer) -> None:
        """The pointer moves with no button down."""

    def away(self) -> None:
        """The pointer left the pages with no button down."""

    def leave(self) -> None:
        """Another tool takes over."""

    def press(self, pointer: Pointer) -> None:
        """A gesture begins."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moves in a gesture."""

    def release(self, pointer: Pointer) -> None:
        """The gesture ends, and does what it does."""

    def open_at(self, pointer: Pointer) -> bool:  # noqa: ARG002 - for tools that do
        """A double click: open what is there; False lets it be a press like any other."""
        return False

    def cancel(self) -> bool:
        """Roll the gesture back, or let go of what is selected; False when there was nothing."""
        return False

    def refreshed(self, change: Change) -> None:
        """The script was changed."""

    def closed(self) -> None:
        """The script is no longer shown: let go of everything on it."""
