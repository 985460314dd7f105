"""A label that shows text with formulas, on exact baselines, selectable and readable aloud."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPointF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextImageFormat,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from mv_desktop.ui.tasks import Task
from mv_desktop.ui.theme import current_theme
from mv_desktop.ui.widgets.formula import Formula, FormulaKey, FormulaPress
from mv_desktop.ui.widgets.math_text import Tex, Words, plain, split

_LETTER_SIZE = 2.45
"""A formula's size in x-heights of the text: its x is then a little taller, as its indices need."""

_TALL = 0.86
"""Of a formula whose fractions are drawn as on a line of their own: its letters are as tall as those of the words."""
_FRACTION = re.compile(r"\\frac(?![A-Za-z])")

_SOURCE = int(QTextFormat.Property.UserProperty)


class MathLabel(QTextEdit):
    """Text with ``$formulas$``, as tall as it needs to be, never scrolling by itself.

    Formulas that were not typeset before leave a space of about their size until all of them are there, so that the
    text is laid out twice at most. One that cannot be typeset is shown as its source.

    Args:
        press: typesets the formulas; one for the whole program.
        text: what to show.
        tall: fractions within a line are drawn as on a line of their own, or nobody can read their exponents.

    Signals:
        reshaped(): it is higher, or lower, than before.
    """

    reshaped = Signal()

    def __init__(
        self, press: FormulaPress, text: str = "", parent: QWidget | None = None, *, tall: bool = False
    ) -> None:
        super().__init__(parent)
        self._press, self._tall = press, tall
        self._text = ""
        self._task: Task[Any] | None = None
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.document().setDocumentMargin(0)
        self.set_text(text)

    @property
    def text(self) -> str:
        """What is shown, as it was given."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show `text` instead."""
        if text == self._text and text:
            return
        self._text = text
        self.setAccessibleName(plain(text))
        self._lay_out()

    @property
    def lines(self) -> int:
        """In how many lines it is laid out."""
        document = self.document()
        blocks = (document.findBlockByNumber(number) for number in range(document.blockCount()))
        return sum(block.layout().lineCount() for block in blocks)

    @property
    def complete(self) -> bool:
        """True when no formula is still being typeset."""
        return self._task is None

    # -- private ---------------------------------------------------------------------------------------------

    def _keys(self, parts: Iterable[Words | Tex]) -> dict[Tex, FormulaKey]:
        """The keys of a text's formulas. How they look is asked once: for each it would take longer than the rest."""
        size = round(QFontMetricsF(self.font()).xHeight() * _LETTER_SIZE, 2)
        color, ratio = self._color().name(), self.devicePixelRatioF()
        return {
            part: FormulaKey(part.source, True, round(size * _TALL, 2), color, ratio)
            if self._stands_tall(part)
            else FormulaKey(part.source, part.display, size, color, ratio)
            for part in parts
            if isinstance(part, Tex)
        }

    def _stands_tall(self, tex: Tex) -> bool:
        return self._tall and not tex.display and _FRACTION.search(tex.source) is not None

    def _color(self) -> QColor:
        return self.palette().color(self.foregroundRole())

    def _lay_out(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        parts = split(self._text)
        keys = self._keys(parts)
        missing = [key for key in keys.values() if self._press.known(key) is None]
        self._fill(parts, keys)
        if missing:
            self._task = self._press.prepare(missing, self._on_press_done, receiver=self)

    def _on_press_done(self) -> None:
        self._task = None
        parts = split(self._text)
        self._fill(parts, self._keys(parts))

    def _fill(self, parts: tuple[Words | Tex, ...], keys: Mapping[Tex, FormulaKey]) -> None:
        document = self.document()
        document.clear()
        document.setDefaultFont(self.font())
        cursor = QTextCursor(document)
        plain_format = QTextCharFormat()
        plain_format.setForeground(self._color())
        cursor.beginEditBlock()
        after_display = False
        for number, part in enumerate(parts):
            if isinstance(part, Tex):
                self._insert(cursor, part, keys[part], f"mv:{number}", plain_format)
            else:
                cursor.insertText(part.text.lstrip() if after_display else part.text, plain_format)
            after_display = isinstance(part, Tex) and part.display
        cursor.endEditBlock()
        self._fit_height()

    def _insert(self, cursor: QTextCursor, tex: Tex, key: FormulaKey, name: str, plain_format: QTextCharFormat) -> None:
        formula = self._press.known(key) or self._space_for(tex)
        if formula.image is None:
            quiet = QTextCharFormat(plain_format)
            quiet.setForeground(current_theme().color("muted"))
            quiet.setFontItalic(True)
            cursor.insertText(tex.written, quiet)
            return
        if tex.display:  # no words stand beside it
            image, height = formula.image, formula.height
            alignment = QTextCharFormat.VerticalAlignment.AlignNormal
        else:
            image, height, alignment = _on_baseline(formula, formula.image, self.font())
        self.document().addResource(int(QTextDocument.ResourceType.ImageResource), QUrl(name), image)
        picture = QTextImageFormat()
        picture.setFont(self.font())
        picture.setName(name)
        picture.setWidth(formula.width)
        picture.setHeight(height)
        picture.setVerticalAlignment(alignment)
        picture.setProperty(_SOURCE, tex.written)
        if not tex.display:
            cursor.insertImage(picture)
            return
        middle = QTextBlockFormat()
        middle.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle.setTopMargin(4)
        middle.setBottomMargin(4)
        if cursor.atBlockStart():
            cursor.setBlockFormat(middle)
        else:
            cursor.insertBlock(middle)
        cursor.insertImage(picture)
        cursor.insertBlock(QTextBlockFormat(), plain_format)

    def _space_for(self, tex: Tex) -> Formula:
        """An empty place of about the size that the formula will have."""
        metrics = QFontMetricsF(self.font())
        rows = re.sub(r"\\(begin|end)\{\w+\*?\}", "", tex.source).split("\\\\")
        letters = max(len(re.sub(r"\\[A-Za-z]+|[{}^_\s$]+", "", row)) + row.count("\\") for row in rows)
        stacked = re.search(r"frac|sum|int|lim", tex.source) is not None
        width = math.ceil(metrics.averageCharWidth() * max(1, letters) * (0.6 if stacked else 0.9))
        height = math.ceil(metrics.xHeight() * (4.5 if stacked else 3.0) * len(rows))
        image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        return Formula(image, width, height, depth=height * 0.36)

    def _fit_height(self) -> None:
        document = self.document()
        document.setTextWidth(max(1, self.viewport().width()))
        height = math.ceil(document.size().height())
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)
            self.reshaped.emit()

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 60, self.minimumHeight() or metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 12, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_height()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # what is around it scrolls

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange} and hasattr(self, "_text"):
            self._lay_out()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copying gives the formulas' source, not a hole."""
        data = QMimeData()
        data.setText(_selected_text(self.textCursor()))
        return data


def _selected_text(cursor: QTextCursor) -> str:
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    lines: list[str] = []
    block = cursor.document().findBlock(start)
    while block.isValid() and block.position() <= end:
        line = ""
        pieces = block.begin()
        while not pieces.atEnd():
            line += _piece(pieces.fragment(), start, end)
            pieces += 1
        lines.append(line)
        block = block.next()
    return "\n".join(lines)


def _piece(fragment: QTextFragment, start: int, end: int) -> str:
    first = max(start, fragment.position())
    last = min(end, fragment.position() + fragment.length())
    if first >= last:
        return ""
    source = fragment.charFormat().property(_SOURCE)
    if source:
        return str(source)
    return fragment.text()[first - fragment.position() : last - fragment.position()]


def _on_baseline(
    formula: Formula, drawn: QImage, font: QFont
) -> tuple[QImage, float, QTextCharFormat.VerticalAlignment]:
    """The formula's picture with so much space added that Qt's alignment puts its baseline on the text's.

    Qt has no "so far below the baseline": it puts the bottom of a picture at the text's descent, or its middle at a
    fixed height. Returns the picture, its height in logical pixels, and which of the two to use.
    """
    below, shift = _qt_alignment(font.toString())
    rise = formula.height - formula.depth
    if formula.depth <= below:
        height = float(math.ceil(rise + below))
        top = height - below - rise
        alignment = QTextCharFormat.VerticalAlignment.AlignBaseline
    else:
        height = float(math.ceil(2 * max(rise - shift, formula.depth + shift)))
        top = height / 2 + shift - rise
        alignment = QTextCharFormat.VerticalAlignment.AlignMiddle
    ratio = drawn.devicePixelRatio()
    padded = QImage(
        max(1, round(formula.width * ratio)), max(1, round(height * ratio)), QImage.Format.Format_ARGB32_Premultiplied
    )
    padded.fill(0)
    padded.setDevicePixelRatio(ratio)
    painter = QPainter(padded)
    # on whole pixels of the screen, or the letters would blur
    painter.drawImage(QPointF(0, round(top * ratio) / ratio), drawn)
    painter.end()
    return padded, height, alignment


@cache
def _qt_alignment(font_key: str) -> tuple[float, float]:
    """How far below the baseline Qt puts the bottom of a picture, and how far above it the middle, read off Qt."""
    font = QFont()
    font.fromString(font_key)
    descents = []
    for alignment in (QTextCharFormat.VerticalAlignment.AlignBaseline, QTextCharFormat.VerticalAlignment.AlignMiddle):
        document = QTextDocument()
        document.setDefaultFont(font)
        document.addResource(
            int(QTextDocument.ResourceType.ImageResource), QUrl("a"), QImage(10, 100, QImage.Format.Format_ARGB32)
        )
        picture = QTextImageFormat()
        picture.setFont(font)
        picture.setName("a")
        picture.setWidth(10)
        picture.setHeight(100)
        picture.setVerticalAlignment(alignment)
        QTextCursor(document).insertImage(picture)
        document.size()  # lays out
        descents.append(document.firstBlock().layout().lineAt(0).descent())
    return descents[0], 50 - descents[1]
