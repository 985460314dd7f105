"""A page made brighter for viewing: uneven, dim light is evened out, and on request the ink grows darker.

What is changed is the decoded picture in memory, on a thread of the pool; the file stays as it was uploaded. All work
is done in strips, because each call holds the interpreter lock, and so the window, for as long as it takes.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter, qBlue, qGreen, qRed, qRgb

from mv_desktop.domain.evaluation import BRIGHTEST
from mv_desktop.ui.canvas.picture_reader import PictureReader
from mv_desktop.ui.tasks import LONG_WORK, breathe

_CELLS = 24
"""So many samples of the light are taken across a page; between them it is taken to change evenly."""
_MOST_ROWS = 96
"""However narrow a picture is: a strip of a pixel would have thousands, and keep the processor busy for seconds."""
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
    with LONG_WORK:
        light = _light(data)
        if light is not None:
            _even_out(image, light)
        black = _BLACK[min(step, BRIGHTEST)]
        if black:
            _darken(image, _table(black))


def _light(data: bytes) -> QImage | None:
    """How much is missing to white paper, cell by cell and in each colour; None when that cannot be told."""
    reader = PictureReader(data)
    size = reader.size()
    if not size.isValid():
        return None
    rows = min(_MOST_ROWS, max(1, round(_CELLS * size.height() / size.width())))
    reader.setScaledSize(QSize(_CELLS, rows))
    small = reader.read()
    if small.isNull():
        return None
    width, height = small.width(), small.height()
    cells = [[small.pixel(x, y) for x in range(width)] for y in range(height)]
    missing = QImage(width, height, QImage.Format.Format_RGB32)
    channels = [_smooth(_lightest([[of(cell) for cell in row] for row in cells])) for of in (qRed, qGreen, qBlue)]
    for y in range(height):
        for x in range(width):
            missing.setPixel(x, y, qRgb(*(255 - max(_DARKEST_PAPER, channel[y][x]) for channel in channels)))
    return missing


def _lightest(levels: list[list[int]]) -> list[list[int]]:
    """For each cell the lightest around it: writing darkens cells, but one of them is nearly always paper."""
    return [[max(_around(levels, x, y)) for x in range(len(row))] for y, row in enumerate(levels)]


def _smooth(levels: list[list[int]]) -> list[list[int]]:
    """Each cell as the mean of those around it, so that no edge between cells is seen."""
    near = [[_around(levels, x, y) for x in range(len(row))] for y, row in enumerate(levels)]
    return [[round(sum(cells) / len(cells)) for cells in row] for row in near]


def _around(levels: list[list[int]], x: int, y: int) -> list[int]:
    return [level for row in levels[max(0, y - 1) : y + 2] for level in row[max(0, x - 1) : x + 2]]


def _even_out(image: QImage, light: QImage) -> None:
    """Divide the picture by its light, so that paper is white everywhere."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_ColorDodge)
    down = light.height() / image.height()
    for top in range(0, image.height(), _STRIP):
        # a cell more above and below: at the edge of what is drawn nothing is between two cells
        first, last = max(0.0, top * down - 1), min(float(light.height()), (top + _STRIP) * down + 1)
        painter.setClipRect(QRect(0, top, image.width(), _STRIP))
        target = QRectF(0, first / down, image.width(), (last - first) / down)
        painter.drawImage(target, light, QRectF(0, first, light.width(), last - first))
        breathe()
    painter.end()


def _darken(image: QImage, table: bytes) -> None:
    bits = memoryview(image.bits())
    for start in range(0, len(bits), _BYTES):
        end = min(start + _BYTES, len(bits))
        bits[start:end] = bytes(bits[start:end]).translate(table)
        breathe()


@cache
def _table(black: int) -> bytes:
    """What becomes of each of a channel's 256 levels: `black` and below 0, white stays white."""
    return bytes(max(0, round((value - black) * 255 / (255 - black))) for value in range(256))
