"""What Qt itself needs for the same: a plain scene with the same pictures and as many stamps, and nothing of ours."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsView

from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.ui.canvas.stamp_shape import BOX, stamp_shape
from tests.bench.matrix import HEIGHT, WIDTH

_PAGE = 794.0
_GAP = 36.0


class BareView(QGraphicsView):
    """A view as Qt ships it, that counts its paints."""

    paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.paints += 1


class BareScene:
    """One picture a page, in a column, with path items on them.

    Args:
        picture: the decoded page.
        pages: how many times it is there.
        ink: the stamps.
    """

    def __init__(self, picture: QImage, pages: int, ink: list[Placed]) -> None:
        self._scene = QGraphicsScene()
        self._height = _PAGE * HEIGHT / WIDTH
        pixmap = QPixmap.fromImage(picture)
        self._pages = [self._scene.addPixmap(pixmap) for _ in range(pages)]
        for number, item in enumerate(self._pages):
            item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
            item.setScale(_PAGE / picture.width())
            item.setPos(0, number * (self._height + _GAP))
        for placed in ink:
            self.stamp(placed)
        self.view = BareView(self._scene)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.view.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.view.resize(1600, 1000)
        self.view.scale(1580 / _PAGE, 1580 / _PAGE)
        self.view.show()

    def stamp(self, placed: Placed) -> None:
        """One more stamp."""
        stamp = placed.annotation
        assert isinstance(stamp, Stamp)
        item = QGraphicsPathItem(stamp_shape(stamp.stamp))
        item.setPen(QPen(Qt.PenStyle.NoPen))
        item.setBrush(QColor(stamp.color))
        item.setScale(stamp.size * _PAGE / BOX)
        top = (placed.page.page_number - 1) * (self._height + _GAP)
        item.setPos(stamp.x * _PAGE, top + stamp.y * self._height)
        self._scene.addItem(item)

    def painted(self, do: Callable[[], object], events: Callable[[], object]) -> float:
        """Milliseconds from the call to the end of the paint that follows."""
        before = self.view.paints
        start = time.perf_counter()
        do()
        while self.view.paints == before:
            events()
        return (time.perf_counter() - start) * 1000

    def close(self) -> None:
        """Away with it."""
        self.view.close()
        self.view.deleteLater()
        self._scene.deleteLater()
