"""Pages painted: into a PDF, on a printer, on the screen. On a lane, in pieces between which the window goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen
from PySide6.QtSvg import QSvgRenderer

from mv_desktop.ui.paper.outline import path_of
from mv_desktop.ui.paper.sheet import UNIT, UPRIGHT, Graph, Maths, Page, Photo, Rule, Sheet, Style, Words, font
from mv_desktop.ui.tasks import breathe
from mv_desktop.ui.theme import PALETTES
from mv_desktop.ui.widgets.chart_brush import paint_chart

Told = Callable[[int, int], None]
"""Is told how many of how many are done; what it raises ends the work."""

_BLACK = QColor("#000000")
_THIN = 0.6 * UNIT
_AT_ONCE = 40
"""So many marks are painted before the window goes on."""
_PIXELS_AT_ONCE = 100_000
"""Of a picture: a PDF packs what it is given in one go, a photo of a phone for longer than a second."""


@dataclass(frozen=True, slots=True)
class Laid:
    """What is printed, on its pages.

    Attributes:
        sheet: the size of each.
        name: of a file that it is saved in, without the ending; "" for the title.
    """

    title: str
    pages: tuple[Page, ...]
    sheet: Sheet = UPRIGHT
    name: str = ""

    @property
    def orientation(self) -> QPageLayout.Orientation:
        """How A4 is held."""
        lies = self.sheet.wide > self.sheet.high
        return QPageLayout.Orientation.Landscape if lies else QPageLayout.Orientation.Portrait


def to_pdf(laid: Laid, told: Told, numbers: Iterable[int] | None = None) -> bytes:
    """A4, the fonts embedded, formulas as lines; `numbers` as in `paint_all`. On any thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(laid.title)
    writer.setCreator("Mathvidya")
    writer.setResolution(72 * UNIT)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(laid.orientation)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    paint_all(writer, laid, told, numbers)
    # the file has its end only when its writer is gone
    del writer
    return bytes(buffer.data().data())


def paint_all(
    device: QPagedPaintDevice,
    laid: Laid,
    told: Told,
    numbers: Iterable[int] | None = None,
    give_up: Callable[[], object] = bool,
) -> None:
    """Paint pages on what has some: a PDF, or a printer that uses its full page.

    Args:
        device: what is painted on.
        laid: the pages.
        told: hears how many were painted.
        numbers: of the pages, from 0, in the order in which they are painted; None for each once.
        give_up: is called when it ends early, before the device takes what it has for the whole.

    Raises:
        OSError: the device takes nothing, or no more.
    """
    wanted = range(len(laid.pages)) if numbers is None else list(numbers)
    painter = QPainter()
    if not painter.begin(device):
        raise OSError("the device takes nothing")
    try:
        painter.scale(device.logicalDpiX() / (72 * UNIT), device.logicalDpiY() / (72 * UNIT))
        for done, number in enumerate(wanted):
            told(done, len(wanted))
            if done and not device.newPage():
                raise OSError("the device takes no more")
            paint(painter, laid.pages[number])
    except BaseException:
        give_up()
        raise
    finally:
        ended = painter.end()
    if not ended:
        raise OSError("the device takes no more")
    told(len(wanted), len(wanted))


def paint(painter: QPainter, page: Page) -> None:
    """One page, in twentieths of a point from its top left. Paper is white, and what stands on it black."""
    painter.setPen(QPen(_BLACK, _THIN))
    fonts = {style: font(style) for style in Style}
    for number, mark in enumerate(page.marks, 1):
        if number % _AT_ONCE == 0:
            breathe()
        match mark:
            case Words():
                painter.setFont(fonts[mark.style])
                painter.drawText(QPointF(mark.x, mark.y), mark.text)
            case Maths():
                _draw(painter, mark)
            case Photo():
                _show(painter, mark)
            case Graph():
                _chart(painter, mark, fonts[Style.SMALL])
                painter.setPen(QPen(_BLACK, _THIN))
            case Rule():
                painter.drawLine(QPointF(mark.x, mark.y), QPointF(mark.x + mark.width, mark.y))


def picture_of(page: Page, width: int, sheet: Sheet = UPRIGHT) -> QImage:
    """A page as it will look, so many pixels wide."""
    image = QImage(width, round(width * sheet.high / sheet.wide), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    try:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(width / sheet.wide, width / sheet.wide)
        paint(painter, page)
    finally:
        painter.end()
    return image


def _draw(painter: QPainter, mark: Maths) -> None:
    if mark.art.steps is None:
        area = QRectF(mark.x, mark.y, mark.width, mark.height)
        QSvgRenderer(QByteArray(mark.art.svg)).render(painter, area)
    else:
        painter.fillPath(path_of(mark.art, mark.x, mark.y, mark.width / mark.art.width), _BLACK)


def _chart(painter: QPainter, mark: Graph, letters: QFont) -> None:
    """In the colours of the light palette, with the patterns by which series differ without any."""
    painter.save()
    place = QRectF(mark.x, mark.y, mark.width, mark.height)
    paint_chart(painter, place, mark.chart, PALETTES["light"], letters, breath=breathe)
    painter.restore()


def _show(painter: QPainter, mark: Photo) -> None:
    """A picture in strips, each a row into the next, so that no line shows between them."""
    wide, high = mark.image.width(), mark.image.height()
    rows = max(1, _PIXELS_AT_ONCE // max(1, wide))
    tall = mark.height / max(1, high)
    for top in range(0, high, rows):
        taken = min(rows + 1, high - top)
        strip = _on_white(mark.image.copy(QRect(0, top, wide, taken)))
        painter.drawImage(QRectF(mark.x, mark.y + top * tall, mark.width, taken * tall), strip)
        breathe()


def _on_white(image: QImage) -> QImage:
    """What shows through would show through twice where strips meet."""
    if not image.hasAlphaChannel():
        return image
    white = QImage(image.size(), QImage.Format.Format_RGB32)
    white.fill(Qt.GlobalColor.white)
    painter = QPainter(white)
    painter.drawImage(0, 0, image)
    painter.end()
    return white
