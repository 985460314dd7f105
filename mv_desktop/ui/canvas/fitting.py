"""A page's picture as wide as it stands on the screen, so that painting it is copying it.

To scale a picture each time it is painted costs 3 ms of a window of 1600×1000, 13 ms where the page is turned; and Qt
shares such work out among threads, for which the window waits when the processors are busy with decoding. Copying costs
half a millisecond and waits for nobody. Nothing is drawn otherwise: the same filter makes both.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QTransform

from mv_desktop.ui.tasks import breathe

_STRIP = 64
_EXACT = 1e-6


def fitted(image: QImage, width: int) -> QImage:
    """`image` so many pixels wide. In strips: each call holds the interpreter lock, and so the window.

    Args:
        image: of Format_RGB32.
        width: at least 1.
    """
    result = QImage(width, max(1, round(image.height() * width / image.width())), QImage.Format.Format_RGB32)
    across, down = image.width() / result.width(), image.height() / result.height()
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for top in range(0, result.height(), _STRIP):
        strip = QRect(0, top, width, min(_STRIP, result.height() - top))
        source = QRectF(0, strip.y() * down, width * across, strip.height() * down)
        painter.drawImage(QRectF(strip), image, source)
        breathe()
    painter.end()
    return result


def width_on_screen(painter: QPainter, width: float) -> int:
    """How many pixels `width` of the painter's units take across, where it neither leans nor flips; 0 otherwise."""
    turned = painter.deviceTransform()
    if abs(turned.m11()) < _EXACT and abs(turned.m22()) < _EXACT and turned.m12() * turned.m21() < 0:
        return round(abs(turned.m12()) * width)
    if abs(turned.m12()) < _EXACT and abs(turned.m21()) < _EXACT and turned.m11() * turned.m22() > 0:
        return round(abs(turned.m11()) * width)
    return 0


def draw_fitted(painter: QPainter, image: QImage, exposed: QRectF) -> None:
    """Copy `image`, which stands at the painter's origin, to the screen as far as it is exposed.

    Args:
        painter: turned by quarters and scaled, but not leaning.
        image: as wide as it is on the screen.
        exposed: in the painter's units.
    """
    pixels = painter.device().devicePixelRatioF()
    world = painter.worldTransform()
    scale = max(abs(world.m11()), abs(world.m12()))
    turn = QTransform(
        world.m11() / scale, world.m12() / scale, world.m21() / scale, world.m22() / scale, 0, 0
    ) * QTransform.fromTranslate(round(world.dx() * pixels), round(world.dy() * pixels))
    scale *= pixels
    shown = QRectF(exposed.x() * scale, exposed.y() * scale, exposed.width() * scale, exposed.height() * scale)
    part = shown.toAlignedRect().adjusted(-1, -1, 1, 1).intersected(image.rect())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.setWorldTransform(turn * QTransform.fromScale(1 / pixels, 1 / pixels))
    painter.drawImage(QPoint(part.x(), part.y()), image, part)
    painter.restore()
