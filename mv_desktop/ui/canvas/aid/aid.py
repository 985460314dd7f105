"""What a ruler and a protractor have in common: a translucent body, grips to take it by, and what it reads."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsScene

from mv_desktop.ui.theme import ON_PAPER, current_theme, text_factor

_ABOVE = 14.0
"""Above marks and selection, below the pen point."""
_GRIP = 7.0  # pixels from its middle to its edge
_GRIP_REACH = 13.0
_BODY_OPACITY = 0.13
_READING_PIXELS = 14
STEP = 15.0
"""Degrees to which Shift turns."""


class Grip(Enum):
    """Where an instrument is taken hold of."""

    MIDDLE = "middle"
    START = "start"
    END = "end"
    READING = "reading"

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer's shape over it."""
        return Qt.CursorShape.SizeAllCursor if self is Grip.MIDDLE else Qt.CursorShape.CrossCursor


class Aid:
    """One instrument in a scene; everything about it is in the scene's coordinates.

    Attributes:
        grips: where each grip is.
        text: what it reads now, in words.
    """

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self.grips: dict[Grip, QPointF] = {}
        self.text = ""
        self._body = _part(filled=True)
        self._lines = _part(filled=False)
        self._lines.setParentItem(self._body)
        self._reading = _Reading()
        self._handles: dict[Grip, QGraphicsPathItem] = {}
        scene.addItem(self._body)
        scene.addItem(self._reading)

    def grip_at(self, point: QPointF, reach: float) -> Grip | None:
        """The grip under a point; `reach` is the length of a pixel in the scene."""
        found = [(_far(at, point), grip) for grip, at in self.grips.items() if _far(at, point) <= _GRIP_REACH * reach]
        return min(found, key=lambda pair: pair[0])[1] if found else None

    @property
    def edges(self) -> tuple[QLineF, ...]:
        """Where one draws along it, in the scene."""
        raise NotImplementedError

    def drag(self, grip: Grip, to: QPointF, *, stepped: bool, scales: bool) -> None:
        """A grip is dragged to a point; with Shift (`stepped`) by steps, with Ctrl (`scales`) it sets a size."""
        raise NotImplementedError

    def shift(self, by: QPointF) -> None:
        """Move it."""
        raise NotImplementedError

    def turn(self, degrees: float) -> None:
        """Turn it counterclockwise about its middle."""
        raise NotImplementedError

    def grow(self, steps: int) -> None:
        """Make its size a step larger or smaller, as a drag with Ctrl does."""
        raise NotImplementedError

    def remove(self) -> None:
        """Take it out of its scene."""
        for item in (self._body, self._reading, *self._handles.values()):
            if item.scene() is not None:
                self._scene.removeItem(item)

    def dress(self) -> None:
        """Write what it reads as large as one does now."""
        self._reading.show_text(self.text)

    # -- for the instruments ---------------------------------------------------------------------------------

    def _show(self, body: QPainterPath, lines: QPainterPath, at: QPointF, degrees: float) -> None:
        """Lie at a place, turned counterclockwise."""
        self._body.setPath(body)
        self._lines.setPath(lines)
        self._lie(at, degrees)

    def _lie(self, at: QPointF, degrees: float) -> None:
        self._body.setPos(at)
        self._body.setRotation(-degrees)

    def _show_grips(self, grips: dict[Grip, QPointF], reading_at: QPointF, text: str) -> None:
        self.grips, self.text = grips, text
        for grip, at in grips.items():
            if grip not in self._handles:
                self._handles[grip] = _handle()
                self._scene.addItem(self._handles[grip])
            self._handles[grip].setPos(at)
        self._reading.show_text(text)
        self._reading.setPos(reading_at)


class _Reading(QGraphicsPathItem):
    """A small plate with what is read, of one size at every zoom and upright."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(_ABOVE + 2)
        self.setPen(QPen(QColor(ON_PAPER), 1.0))
        self.setBrush(QBrush(QColor("#ffffff")))
        self._words = QGraphicsPathItem(self)
        self._words.setPen(QPen(Qt.PenStyle.NoPen))
        self._words.setBrush(QBrush(QColor(ON_PAPER)))
        self._shown = ("", 0)

    def show_text(self, text: str) -> None:
        """Say this."""
        pixels = round(_READING_PIXELS * text_factor())
        if (text, pixels) == self._shown:
            return
        self._shown = (text, pixels)
        font = current_theme().font(weight=QFont.Weight.DemiBold)
        font.setPixelSize(pixels)
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(text) + 14.0, metrics.height() + 6.0
        words, plate = QPainterPath(), QPainterPath()
        words.addText(QPointF(-width / 2 + 7.0, metrics.ascent() - height / 2 + 3.0), font, text)
        plate.addRoundedRect(QRectF(-width / 2, -height / 2, width, height), 4.0, 4.0)
        self.setPath(plate)
        self._words.setPath(words)


def _part(*, filled: bool) -> QGraphicsPathItem:
    item = QGraphicsPathItem()
    ink = QColor(ON_PAPER)
    item.setZValue(_ABOVE)
    if filled:
        pen = QPen(ink, 1.0)
        pen.setCosmetic(True)
        item.setPen(pen)
        glass = QColor(ink)
        glass.setAlphaF(_BODY_OPACITY)
        item.setBrush(QBrush(glass))
    else:
        item.setPen(QPen(Qt.PenStyle.NoPen))
        item.setBrush(QBrush(ink))
    return item


def _handle() -> QGraphicsPathItem:
    """A ring of one size at every zoom; what is measured can be seen through it."""
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), _GRIP, _GRIP)
    path.addEllipse(QPointF(0, 0), _GRIP / 2, _GRIP / 2)
    item = QGraphicsPathItem(path)
    item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
    item.setZValue(_ABOVE + 1)
    item.setPen(QPen(QColor(ON_PAPER), 1.5))
    item.setBrush(QBrush(QColor("#ffffff")))
    return item


def _far(first: QPointF, second: QPointF) -> float:
    off = first - second
    return max(abs(off.x()), abs(off.y()))


def stroke(path: QPainterPath, start: QPointF, end: QPointF, width: float) -> None:
    """Add a straight line to `path` as what it covers, so that all lines and figures are one filled outline."""
    along = end - start
    length = max((along.x() ** 2 + along.y() ** 2) ** 0.5, 1e-9)
    across = QPointF(-along.y(), along.x()) * (width / 2 / length)
    path.moveTo(start + across)
    for corner in (end + across, end - across, start - across):
        path.lineTo(corner)
    path.closeSubpath()


def number(path: QPainterPath, text: str, centre: QPointF, size: float, degrees: float = 0.0) -> None:
    """Add small figures to `path`, their middle at a point, turned clockwise."""
    font = current_theme().font()
    font.setPixelSize(64)
    words = QPainterPath()
    words.addText(QPointF(0, 0), font, text)
    box = words.boundingRect()
    place = QTransform().translate(centre.x(), centre.y()).rotate(degrees).scale(size / 64, size / 64)
    path.addPath(place.map(words.translated(-box.center())))
