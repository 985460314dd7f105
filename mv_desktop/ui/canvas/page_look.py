"""A page that is only looked at: as large as wanted, with spots marked on it. Nothing of marking hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from mv_desktop.domain.flag import Spot
from mv_desktop.ui.canvas.picture_reader import PictureReader
from mv_desktop.ui.theme import current_theme, spacing

LARGEST_SIDE = 3000
"""A picture is made no larger than so many pixels: more shows nothing more of handwriting."""

ZOOM_STEP = 1.25
"""How much larger a page becomes by one key."""

_CLOSEST = 4.0
_RING = 11.0
_NUDGE = 0.02
_ARROWS = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}
_INK, _PAPER = "#ad0f1b", "#ffffff"
"""The page is white in every palette, so these are the same in all of them."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A spot and what is written beside it, a number or nothing."""

    spot: Spot
    label: str = ""


def decoded(data: bytes) -> QImage:
    """The picture of a page, upright; null when it is none. Takes tenths of a second: not for the GUI thread."""
    reader = PictureReader(data)
    size = reader.size()
    longest = max(size.width(), size.height())
    if longest > LARGEST_SIDE:
        reader.setScaledSize(size.scaled(LARGEST_SIDE, LARGEST_SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class PageLook(QScrollArea):
    """One page, whole at first. + and - enlarge, 0 shows all of it, 1 fits its width; arrows and Page keys scroll.

    By mouse the wheel scrolls, with Ctrl it enlarges, and the page is dragged.

    Signals:
        spot_chosen(Spot): she clicked there; or moved the cross there by Ctrl and the arrows, and pressed Enter.
    """

    spot_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper = _Paper(self)
        self._factor = 0.0
        self._wide = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("ring", "true")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidget(self._paper)

    @property
    def pins(self) -> tuple[Pin, ...]:
        """What is marked."""
        return self._paper.pins

    @property
    def shown(self) -> QSize:
        """How large the page is now, in pixels of the screen."""
        return self._paper.size()

    def show_picture(self, picture: QImage | None, words: str, pins: Sequence[Pin] = ()) -> None:
        """Show a page; without a picture `words` say why there is none."""
        self._paper.picture = None if picture is None or picture.isNull() else picture
        self._paper.words, self._paper.pins = words, tuple(pins)
        self._paper.scaled = self._paper.cross = None
        self.setAccessibleName(words)
        self._lay_out()
        if pins:
            self._lead_to(pins[0].spot)

    def show_pins(self, pins: Sequence[Pin]) -> None:
        """Mark these spots instead."""
        self._paper.pins = tuple(pins)
        self._paper.update()

    def zoom(self, by: float, at: QPoint | None = None) -> None:
        """Show it larger or smaller; what is `at` a point of the viewport, else in the middle, stays there."""
        if self._paper.picture is None:
            return
        whole = self._fit(wide=False)
        self._factor = min(max((self._factor or self._fit(wide=self._wide)) * by, whole), max(whole, _CLOSEST))
        self._lay_out(at)

    def drag(self, by: QPoint) -> None:
        """Move the page under the hand."""
        for bar, way in ((self.horizontalScrollBar(), by.x()), (self.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() - way)

    def fit(self, *, wide: bool) -> None:
        """Show all of it, or all of its width."""
        self._factor, self._wide = 0.0, wide
        self._lay_out()

    # -- private ---------------------------------------------------------------------------------------------

    def _fit(self, *, wide: bool) -> float:
        picture, room = self._paper.picture, self.viewport().size()
        if picture is None:
            return 1.0
        across = room.width() / picture.width()
        return max(0.01, across if wide else min(across, room.height() / picture.height()))

    def _lay_out(self, at: QPoint | None = None) -> None:
        picture = self._paper.picture
        if picture is None:
            self._paper.resize(self.viewport().size())
            self._paper.update()
            return
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        stays = [bar.pageStep() / 2 for bar in bars] if at is None else [at.x(), at.y()]
        old = [bar.value() + place for bar, place in zip(bars, stays, strict=True)]
        was = self._paper.width(), self._paper.height()
        factor = self._factor or self._fit(wide=self._wide)
        self._paper.resize(round(picture.width() * factor), round(picture.height() * factor))
        self._paper.update()
        now = self._paper.width(), self._paper.height()
        for bar, place, stay, before, after in zip(bars, old, stays, was, now, strict=True):
            bar.setValue(round(place * after / max(before, 1) - stay))

    def _move_cross(self, right: int, down: int) -> None:
        """It begins in the middle."""
        if self._paper.picture is None:
            return
        if self._paper.cross is None:
            self._paper.cross = Spot(0.5, 0.5)
        else:
            x, y = self._paper.cross
            self._paper.cross = Spot(min(max(x + right * _NUDGE, 0), 1), min(max(y + down * _NUDGE, 0), 1))
        self._paper.update()
        self._lead_to(self._paper.cross)

    def _lead_to(self, spot: Spot) -> None:
        at = self._paper.point(spot).toPoint()
        self.ensureVisible(at.x(), at.y(), spacing(20), spacing(20))

    # -- Qt --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position().toPoint())
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self.zoom(1 / ZOOM_STEP)
            case Qt.Key.Key_0:
                self.fit(wide=False)
            case Qt.Key.Key_1:
                self.fit(wide=True)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._paper.cross is not None:
                self.spot_chosen.emit(self._paper.cross)
            case key if key in _ARROWS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._move_cross(*_ARROWS[key])
            case _:
                super().keyPressEvent(event)


class _Paper(QWidget):
    """What is scrolled."""

    def __init__(self, look: PageLook) -> None:
        super().__init__(look)
        self._look = look
        self.picture: QImage | None = None
        self.scaled: QImage | None = None
        self.words = ""
        self.cross: Spot | None = None
        self.pins: tuple[Pin, ...] = ()
        self._held: QPoint | None = None
        self._dragged = False

    def point(self, spot: Spot) -> QPointF:
        """Where a spot is, in pixels."""
        return QPointF(spot.x * self.width(), spot.y * self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.picture is None:
            painter.setPen(QColor(current_theme().colors.muted))
            box = self.rect().adjusted(spacing(6), spacing(6), -spacing(6), -spacing(6))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.words)
            return
        sharp = self.size() * self.devicePixelRatioF()
        if self.scaled is None or self.scaled.size() != sharp:
            keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.scaled = self.picture.scaled(sharp, keep, smooth)
        painter.drawImage(QRectF(self.rect()), self.scaled)
        painter.setPen(QPen(QColor(current_theme().colors.outline), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        for pin in self.pins:
            self._paint_pin(painter, pin)
        if self.cross is not None:
            self._paint_cross(painter, self.point(self.cross))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.picture is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._look.setFocus(Qt.FocusReason.MouseFocusReason)
        self._held, self._dragged = event.globalPosition().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            return
        at = event.globalPosition().toPoint()
        if self._dragged or (at - self._held).manhattanLength() >= QApplication.startDragDistance():
            self._dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._look.drag(at - self._held)
            self._held = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked, self._held = self._held is not None and not self._dragged, None
        self.unsetCursor()
        at = event.position()
        if clicked and self.picture is not None and self.rect().contains(at.toPoint()):
            self._look.spot_chosen.emit(Spot(at.x() / max(self.width(), 1), at.y() / max(self.height(), 1)))

    def _paint_cross(self, painter: QPainter, at: QPointF) -> None:
        for color, width in ((_PAPER, 4), (_INK, 2)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawLine(at - QPointF(_RING, 0), at + QPointF(_RING, 0))
            painter.drawLine(at - QPointF(0, _RING), at + QPointF(0, _RING))

    def _paint_pin(self, painter: QPainter, pin: Pin) -> None:
        """A ring with a white edge, as large at any zoom, so that it shows on dark scans and hides no writing."""
        at = self.point(pin.spot)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((_PAPER, 6), (_INK, 3)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawEllipse(at, _RING, _RING)
        if not pin.label:
            return
        metrics = painter.fontMetrics()
        box = QRectF(0, 0, metrics.horizontalAdvance(pin.label) + spacing(2), metrics.height())
        box.moveCenter(QPointF(at.x() + _RING + box.width() / 2 + 3, at.y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_INK))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QColor(_PAPER))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, pin.label)
