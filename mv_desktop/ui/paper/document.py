"""A paper laid out on pages, and pages painted: into a PDF, on a printer, on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen
from PySide6.QtSvg import QSvgRenderer

from mv_desktop.domain.printed_paper import PrintedPaper, PrintedSection, marks_text
from mv_desktop.ui.paper.flow import Press, block_of, lines_of
from mv_desktop.ui.paper.outline import path_of
from mv_desktop.ui.paper.question_block import Kit, Look, question_blocks
from mv_desktop.ui.paper.sheet import (
    BOTTOM,
    LEFT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TOP,
    UNIT,
    WIDTH,
    Block,
    Mark,
    Maths,
    Page,
    Photo,
    Rule,
    Style,
    Words,
    font,
    metrics,
    moved,
    room,
)
from mv_desktop.ui.text import tr, tr_count

Told = Callable[[int, int], None]
"""Is told how many of how many are done; what it raises ends the work."""

_HIGH = PAGE_HEIGHT - TOP - BOTTOM
_FOOT = PAGE_HEIGHT - BOTTOM + 30 * UNIT
_BLACK = QColor("#000000")
_THIN = 0.6 * UNIT


@dataclass(frozen=True, slots=True)
class Laid:
    """A paper on its pages."""

    title: str
    pages: tuple[Page, ...]


def lay_out(paper: PrintedPaper, look: Look, press: Press, images: Mapping[str, QImage], told: Told) -> Laid:
    """Every question on a page, none cut in two that fits on one. On a lane; not twice at once."""
    kit = Kit(press, images)
    blocks: list[Block] = list(_head(paper, press))
    done = 0
    for section in paper.sections:
        blocks += _section(section, press)
        for question in section.questions:
            told(done, paper.count)
            blocks += question_blocks(question, look, kit)
            done += 1
    told(done, paper.count)
    return Laid(paper.title, _numbered(pages_of(blocks), paper.title))


def pages_of(blocks: Sequence[Block], high: float = _HIGH) -> tuple[Page, ...]:
    """Blocks on pages: what clings together goes on to the next page together, where it fits on one."""
    pages: list[list[Mark]] = [[]]
    top = 0.0
    for chain in _chains(blocks):
        whole = sum(one.height for one in chain)
        if top + whole > high and top and (whole <= high or top > high / 2):
            pages.append([])
            top = 0.0
        for one in chain:
            if top + one.height > high and top:
                pages.append([])
                top = 0.0
            pages[-1] += [moved(mark, 0, top) for mark in one.marks]
            top += one.height
    return tuple(Page(tuple(moved(mark, LEFT, TOP) for mark in marks)) for marks in pages)


def to_pdf(laid: Laid, told: Told) -> bytes:
    """A4, the fonts embedded, formulas as lines. On any thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(laid.title)
    writer.setCreator("Mathvidya")
    writer.setResolution(72 * UNIT)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    paint_all(writer, laid, told)
    # the file has its end only when its writer is gone
    del writer
    return bytes(buffer.data().data())


def paint_all(device: QPagedPaintDevice, laid: Laid, told: Told) -> None:
    """Paint every page on what has pages: a PDF, or a printer that uses its full page.

    Raises:
        OSError: the device takes nothing.
    """
    painter = QPainter()
    if not painter.begin(device):
        raise OSError("the device takes nothing")
    try:
        painter.scale(device.logicalDpiX() / (72 * UNIT), device.logicalDpiY() / (72 * UNIT))
        for number, page in enumerate(laid.pages):
            told(number, len(laid.pages))
            if number:
                device.newPage()
            paint(painter, page)
    finally:
        painter.end()
    told(len(laid.pages), len(laid.pages))


def paint(painter: QPainter, page: Page) -> None:
    """One page, in twentieths of a point from its top left. Paper is white, and what stands on it black."""
    painter.setPen(QPen(_BLACK, _THIN))
    fonts = {style: font(style) for style in Style}
    for mark in page.marks:
        match mark:
            case Words():
                painter.setFont(fonts[mark.style])
                painter.drawText(QPointF(mark.x, mark.y), mark.text)
            case Maths():
                _draw(painter, mark)
            case Photo():
                painter.drawImage(QRectF(mark.x, mark.y, mark.width, mark.height), mark.image)
            case Rule():
                painter.drawLine(QPointF(mark.x, mark.y), QPointF(mark.x + mark.width, mark.y))


def picture_of(page: Page, width: int) -> QImage:
    """A page as it will look, so many pixels wide."""
    image = QImage(width, round(width * PAGE_HEIGHT / PAGE_WIDTH), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    try:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(width / PAGE_WIDTH, width / PAGE_WIDTH)
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


# -- private -----------------------------------------------------------------------------------------------------


def _chains(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    chain: list[Block] = []
    for one in blocks:
        chain.append(one)
        if not one.clings:
            yield chain
            chain = []
    if chain:
        yield chain


def _head(paper: PrintedPaper, press: Press) -> Iterator[Block]:
    title = (replace(line, middle=True) for line in lines_of(paper.title, WIDTH, Style.TITLE, press))
    yield replace(block_of(title, WIDTH, after=4 * UNIT), clings=True)
    facts = [tr("Class {name}", name=paper.class_name)] if paper.class_name else []
    if paper.minutes is not None:
        facts.append(tr("Time: {time}", time=_long(paper.minutes)))
    facts.append(tr("Maximum marks: {marks}", marks=marks_text(paper.marks)))
    yield _spread(facts, Style.STRONG, 4 * UNIT)
    if paper.minutes is not None:
        yield _spread([f"{tr('Name')}: {'_' * 34}", f"{tr('Roll number')}: {'_' * 18}"], Style.BODY, 6 * UNIT)
        for words in _instructions(paper):
            yield block_of(lines_of(words, WIDTH, Style.SMALL, press), WIDTH)
    yield Block(10 * UNIT, (Rule(0, 4 * UNIT, WIDTH),))


def _instructions(paper: PrintedPaper) -> Iterator[str]:
    questions = tr_count("{count} question", "{count} questions", paper.count)
    sections = tr_count("{count} section", "{count} sections", len(paper.sections))
    yield tr("This paper has {questions} in {sections}. All of them are to be answered.", questions=questions,
             sections=sections)  # fmt: skip
    if paper.choosing:
        yield tr("Where it says OR, answer one of the two.")
    yield tr("What a question carries stands at the right margin.")


def _section(section: PrintedSection, press: Press) -> Iterator[Block]:
    if not section.name:
        return
    heading = " · ".join(filter(None, (tr("Section {name}", name=section.name), section.title)))
    count, each = len(section.questions), section.each
    whole = marks_text(section.marks)
    carried = whole if each is None else f"{count} × {marks_text(each)} = {whole}"
    block = block_of(lines_of(heading, WIDTH, Style.HEADING, press), WIDTH, after=4 * UNIT)
    x = WIDTH - metrics(Style.HEADING).horizontalAdvance(carried)
    baseline = min((mark.y for mark in block.marks if isinstance(mark, Words)), default=0.0)
    yield Block(4 * UNIT, clings=True)
    yield replace(block, marks=(*block.marks, Words(x, baseline, carried, Style.HEADING)), clings=True)


def _spread(parts: Sequence[str], style: Style, after: float) -> Block:
    """Words from the left to the right margin, the same space between them."""
    measured = metrics(style)
    widths = [measured.horizontalAdvance(part) for part in parts]
    space = (WIDTH - sum(widths)) / max(1, len(parts) - 1)
    marks, x = [], 0.0
    for part, width in zip(parts, widths, strict=True):
        marks.append(Words(x, room(style)[0], part, style))
        x += width + space
    return Block(sum(room(style)) + after, tuple(marks))


def _long(minutes: int) -> str:
    """How long one has, in words as they stand on papers."""
    hours, rest = divmod(minutes, 60)
    parts = [tr_count("{count} hour", "{count} hours", hours)] if hours else []
    if rest or not hours:
        parts.append(tr_count("{count} minute", "{count} minutes", rest))
    return " ".join(parts)


def _numbered(pages: Sequence[Page], title: str) -> tuple[Page, ...]:
    measured = metrics(Style.SMALL)
    found = []
    for number, page in enumerate(pages, 1):
        words = tr("Page {number} of {all}", number=number, all=len(pages))
        x = LEFT + (WIDTH - measured.horizontalAdvance(words)) / 2
        foot: list[Mark] = [Words(x, _FOOT, words, Style.SMALL)]
        if number > 1:
            foot.append(Words(LEFT, TOP - 16 * UNIT, _cut(title), Style.SMALL))
        found.append(Page((*page.marks, *foot)))
    return tuple(found)


def _cut(title: str) -> str:
    return metrics(Style.SMALL).elidedText(title, Qt.TextElideMode.ElideRight, WIDTH)
