"""Marks on the page as graphics items: plain path items, so that Qt draws them without any Python.

A page item's own coordinates are `UNITS` across and as many down as the page is long; marks are its children.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainterPath, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from mv_desktop.domain.annotation.shape import EXAMINER_RED, Annotation, PenStroke, Placed, Stamp, TextNote
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.marks import STEP, format_marks
from mv_desktop.ui.canvas.stamp_shape import BOX, placeholder_shape, stamp_with_marks
from mv_desktop.ui.text import tr

UNITS = 1000.0
"""The width of every page in its own coordinates."""

_PLACEHOLDER_SIZE = 0.035


class MarkItem(QGraphicsPathItem):
    """One annotation on its page.

    Attributes:
        placed: what it shows.
        page_height: the page's length in page coordinates.
        home: where the script says that it stands, in page coordinates.
    """

    def __init__(
        self, placed: Placed, page_height: float, quarter_turns: int, font: QFont, parent: QGraphicsItem
    ) -> None:
        """The item for `placed`, upright for the viewer of a page turned by `quarter_turns`."""
        super().__init__(parent)
        self.placed = placed
        self.page_height = page_height
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._shape(placed.annotation, font)
        self.home = self.pos()
        self.turn(quarter_turns)

    @property
    def annotation_id(self) -> AnnotationId:
        """Which annotation it shows."""
        return self.placed.annotation.annotation_id

    @property
    def page(self) -> PageRef:
        """The page it stands on."""
        return self.placed.page

    def turn(self, quarter_turns: int) -> None:
        """The page was turned for viewing: stamps and writing stay upright, strokes turn with the page."""
        if not isinstance(self.placed.annotation, PenStroke):
            self.setRotation(-90.0 * quarter_turns)

    # -- private ---------------------------------------------------------------------------------------------

    def _shape(self, annotation: Annotation, font: QFont) -> None:
        ink = QColor(annotation.color)
        if not ink.isValid():
            ink = QColor(EXAMINER_RED)
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setBrush(QBrush(ink))
        if isinstance(annotation, Stamp):
            self._place(annotation.x, annotation.y)
            self.setScale(annotation.size * UNITS / BOX)
            self.setPath(stamp_with_marks(annotation.stamp, carried_text(annotation), font))
        elif isinstance(annotation, TextNote):
            self._place(annotation.x, annotation.y)
            self.setPath(_text_path(annotation, font))
        elif isinstance(annotation, PenStroke):
            pen = QPen(ink, annotation.width * UNITS, Qt.PenStyle.SolidLine)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            self.setPen(pen)
            self.setBrush(QBrush(Qt.BrushStyle.NoBrush))
            self.setPath(_stroke_path(annotation, self.page_height))
        else:
            self._place(*_position(annotation))
            side = _PLACEHOLDER_SIZE * UNITS
            self.setPath(placeholder_shape(QRectF(-side / 2, -side / 2, side, side)))
            self.setToolTip(
                tr(
                    "A mark of the kind “{kind}”, made with a newer version. It is kept as it is.",
                    kind=annotation.type,
                )
            )

    def _place(self, x: float, y: float) -> None:
        self.setPos(x * UNITS, y * self.page_height)


def carried_text(annotation: Annotation) -> str:
    """What is written beside a stamp: its marks, unless the stamp itself says them or it carries none."""
    carried = annotation.carried
    if carried is None or (isinstance(annotation, Stamp) and annotation.stamp == "half" and carried == STEP):
        return ""
    return format_marks(carried)


# -- private -------------------------------------------------------------------------------------------------


def _position(annotation: Annotation) -> tuple[float, float]:
    """Where to show an annotation of an unknown kind: by its own coordinates when it has some, else in the corner."""
    extra = annotation.model_extra or {}
    x, y = extra.get("x"), extra.get("y")
    if isinstance(x, int | float) and isinstance(y, int | float) and -1 <= x <= 2 and -1 <= y <= 2:
        return float(x), float(y)
    return 0.03, 0.03


def _stroke_path(stroke: PenStroke, page_height: float) -> QPainterPath:
    path = QPainterPath()
    for number, (x, y, _) in enumerate(stroke.points):
        point = QPointF(x * UNITS, y * page_height)
        if number:
            path.lineTo(point)
        else:
            path.moveTo(point)
    if len(stroke.points) == 1:  # a dot
        path.lineTo(path.currentPosition() + QPointF(0.01, 0))
    return path


def _text_path(note: TextNote, font: QFont) -> QPainterPath:
    sized = QFont(font)
    sized.setPixelSize(max(1, round(note.size * UNITS)))
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    top = 0.0
    for paragraph in note.text.split("\n"):
        layout = QTextLayout(paragraph, sized)
        layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(note.width * UNITS)
            piece = paragraph[line.textStart() : line.textStart() + line.textLength()]
            path.addText(QPointF(0.0, top + line.ascent()), sized, piece)
            top += line.height()
        layout.endLayout()
    return path
