"""A page made brighter for viewing: uneven, dim light is evened out, and on request the ink grows darker.

What is changed is the decoded picture in memory, on a thread of the pool; the file stays as it was uploaded. All work
is done in strips, because each call holds the interpreter lock, and so the window, for as long as it takes.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QBuffer, QIODevice, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QImageReader, QPainter, qBlue, qGreen, qRed, qRgb

from mv_desktop.domain.evaluation import BRIGHTEST

_CELLS = 24
"""So many samples of the light are taken across a page; between them it is taken to change evenly."""
_DARKEST_PAPER = 72
"""Paper darker than this is not made white: that would show nothing but grain."""
_BLACK = (0, 0, 95, 150)
"""What becomes black at each step, once the paper is white: pencil is far from it, and grows darker still."""
_STRIP = 32
_BYTES = 1 << 19


def brighten(image: QImage, data: bytes, step: int) -> None:
    """Change `image`, of Format_RGB32, as `step` (0..`BRIGHTEST`) asks.

    Args:
        image: the picture of a page, whole.
        data: its file, from which the light is measured.
        step: 0 changes nothing.
    """
    if step <= 0:
        return
    light = _light(data)
    if light is not None:
        _even_out(image, light)
    black = _BLACK[min(step, BRIGHTEST)]
    if black:
        _darken(image, _table(black))


def _light(data: bytes) -> QImage | None:
    """How bright and of what colour the paper is, cell by cell, as what is missing to white."""
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid():
        return None
    cells = max(1, round(_CELLS * size.height() / size.width()))
    reader.setScaledSize(QSize(_CELLS, cells))
    small = reader.read()
    if small.isNull():
        return None
    width, height = small.width(), small.height()
    pixels = [[small.pixel(x, y) for x in range(width)] for y in range(height)]
    light = QImage(width, height, QImage.Format.Format_RGB32)
    for y in range(height):
        for x in range(width):
            # writing darkens a cell; of its neighbourhood one is nearly always paper
            near = [p for row in pixels[max(0, y - 1) : y + 2] for p in row[max(0, x - 1) : x + 2]]
            light.setPixel(x, y, qRgb(*(255 - max(_DARKEST_PAPER, *map(of, near)) for of in (qRed, qGreen, qBlue))))
    return light


def _even_out(image: QImage, light: QImage) -> None:
    """Divide the picture by its light, so that paper is white everywhere."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_ColorDodge)
    across, down = light.width() / image.width(), light.height() / image.height()
    for top in range(0, image.height(), _STRIP):
        strip = QRect(0, top, image.width(), min(_STRIP, image.height() - top))
        source = QRectF(0, top * down, image.width() * across, strip.height() * down)
        painter.drawImage(QRectF(strip), light, source)
    painter.end()


def _darken(image: QImage, table: bytes) -> None:
    bits = memoryview(image.bits())
    for start in range(0, len(bits), _BYTES):
        end = min(start + _BYTES, len(bits))
        bits[start:end] = bytes(bits[start:end]).translate(table)


@cache
def _table(black: int) -> bytes:
    """What becomes of each of a channel's 256 levels: `black` and below 0, white stays white."""
    return bytes(max(0, round((value - black) * 255 / (255 - black))) for value in range(256))
