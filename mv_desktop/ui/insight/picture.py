"""A chart as a picture for other programs, on white whatever the palette: PNG in pixels, SVG in lines."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from mv_desktop.ui.tasks import breathe
from mv_desktop.ui.theme import FONT_FAMILY, PALETTES
from mv_desktop.ui.widgets.chart import Chart, Look
from mv_desktop.ui.widgets.chart_brush import paint_chart

_WIDE, _HIGH = 1200, 600
_LYING = 1.6
"""Heights of a line that a bar that lies has: all of them are in the picture."""
_MOST_HIGH = 12_000
_LETTERS = 17
_EDGE = 24
_SHARPER = 2
"""Pixels of a PNG for each of the picture's."""
_AT_ONCE = 500
"""So many rows are white before there is a breath."""


def to_image(chart: Chart, note: str) -> QImage:
    """The chart below its title and a note. On a lane: of many bars it takes a tenth of a second."""
    size = _size(chart)
    image = QImage(size * _SHARPER, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARPER)
    painter = QPainter(image)
    try:
        for top in range(0, size.height(), _AT_ONCE):
            painter.fillRect(0, top, size.width(), _AT_ONCE, 0xFFFFFFFF)
            breathe()
        _paint(painter, chart, note, size)
    finally:
        painter.end()
    return image


def to_png(chart: Chart, note: str) -> bytes:
    """The same as a file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(to_image(chart, note))
    return bytes(buffer.data().data())


def to_svg(chart: Chart, note: str) -> bytes:
    """The same as lines and words, which stay sharp at any size."""
    size = _size(chart)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(chart.title)
    generator.setDescription(chart.said)
    painter = QPainter(generator)
    try:
        painter.fillRect(0, 0, size.width(), size.height(), 0xFFFFFFFF)
        _paint(painter, chart, note, size)
    finally:
        painter.end()
    return bytes(buffer.data().data())


def _size(chart: Chart) -> QSize:
    if chart.upright or chart.look in {Look.LINES, Look.DOTS}:
        return QSize(_WIDE, _HIGH)
    line = QFontMetricsF(_font()).height()
    # the title, the note and the legend, which may take more than one line, are some lines more
    return QSize(_WIDE, min(round(line * (_LYING * len(chart.bars) + 8)) + 2 * _EDGE, _MOST_HIGH))


def _font() -> QFont:
    font = QFont(FONT_FAMILY)
    font.setPixelSize(_LETTERS)
    return font


def _paint(painter: QPainter, chart: Chart, note: str, size: QSize) -> None:
    font = _font()
    title = QFont(font)
    title.setPixelSize(_LETTERS * 5 // 4)
    title.setWeight(QFont.Weight.DemiBold)
    high = QFontMetricsF(title).height()
    inside = QRectF(_EDGE, _EDGE, size.width() - 2 * _EDGE, size.height() - 2 * _EDGE)
    painter.setFont(title)
    painter.setPen(PALETTES["light"].text)
    painter.drawText(inside, 0, chart.title)
    below = inside.adjusted(0, 1.2 * high, 0, 0)
    painter.setFont(font)
    painter.setPen(PALETTES["light"].muted)
    painter.drawText(below, 0, note)
    paint_chart(painter, below.adjusted(0, 1.4 * high, 0, 0), chart, PALETTES["light"], font, breath=breathe)
