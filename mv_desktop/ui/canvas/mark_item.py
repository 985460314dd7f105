"""Marks on the page as graphics items: plain path items, so that Qt draws them without any Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGraphicsPathItem

from mv_desktop.domain.annotation.shape import (
    Annotation,
    Figure,
    Highlight,
    PenStroke,
    Placed,
    Stamp,
    TextNote,
)
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.shape.figure import dress_figure
from mv_desktop.ui.canvas.shape.formula import KnownFormulas
from mv_desktop.ui.canvas.shape.paper import Paper
from mv_desktop.ui.canvas.shape.placeholder import dress_placeholder
from mv_desktop.ui.canvas.shape.stamp import dress_stamp
from mv_desktop.ui.canvas.shape.stroke import dress_highlight, dress_pen
from mv_desktop.ui.canvas.shape.text import dress_text, text_frame
from mv_desktop.ui.canvas.sheaf import Sheaf

_DRESS: dict[type[Annotation], Callable[[QGraphicsPathItem, Any, Paper], None]] = {
    Stamp: dress_stamp,
    PenStroke: dress_pen,
    Highlight: dress_highlight,
    Figure: dress_figure,
    TextNote: dress_text,
}
"""How each kind is drawn; what is not here is shown as a placeholder."""

_TURNING = (PenStroke, Highlight, Figure)
"""What is drawn along the page turns with it; stamps and writing stay upright."""


class MarkItem(QGraphicsPathItem):
    """One annotation on its page.

    Attributes:
        placed: what it shows.
        page_item: the page that it stands on.
        home: where the script says that it stands, in page coordinates.
    """

    def __init__(
        self,
        placed: Placed,
        page: PageItem,
        font: QFont,
        formulas: KnownFormulas | None = None,
        sheaf: Sheaf | None = None,
    ) -> None:
        """The item for `placed` on `page`, upright for its viewer; in `sheaf`, or over all sheaves of the page."""
        super().__init__(page if sheaf is None else sheaf)
        self.placed = placed
        self.page_item = page
        self._paper = Paper(page.height, font, formulas)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.show_mark(placed)
        self.turn()
        if sheaf is not None:
            sheaf.take()

    @property
    def annotation_id(self) -> AnnotationId:
        """Which annotation it shows."""
        return self.placed.annotation.annotation_id

    @property
    def page(self) -> PageRef:
        """The page it stands on."""
        return self.placed.page

    def frame(self) -> QRectF:
        """What a frame around it encloses, in the scene."""
        note = self.placed.annotation
        if isinstance(note, TextNote):
            return self.mapRectToScene(text_frame(note, self.path()))
        return self.sceneBoundingRect()

    def show_mark(self, placed: Placed) -> None:
        """Show another state of the same kind of annotation on the same page."""
        self.placed = placed
        dress = _DRESS.get(type(placed.annotation), dress_placeholder)
        dress(self, placed.annotation, self._paper)
        self.home = self.pos()
        self._cover()

    def turn(self) -> None:
        """The page was turned for viewing: stamps and writing stay upright, strokes and figures turn with it."""
        upright = 0.0 if isinstance(self.placed.annotation, _TURNING) else -90.0 * self.page_item.quarter_turns
        if upright != self.rotation():
            self.setRotation(upright)
            self._cover()

    def stand_at(self, point: QPointF) -> None:
        """Be shown at another place of the page for now; `home` stays."""
        self.setPos(point)
        self._cover()

    # -- private ---------------------------------------------------------------------------------------------

    def _cover(self) -> None:
        """Let the sheaf reach around it."""
        sheaf = self.parentItem()
        if isinstance(sheaf, Sheaf):
            sheaf.cover(self)
