"""Text with formulas painted into a row of a list: a line or two, on one baseline, cut off with an ellipsis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from mv_desktop.ui.widgets.formula import FormulaKey, FormulaPress
from mv_desktop.ui.widgets.math_text import Tex, plain, split

LETTER_SIZE = 2.45
"""A formula's size in x-heights of the text, as in `MathLabel`."""

_TOKEN = re.compile(r"\S+\s*|\s+")
_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class Pen:
    """How a row is written.

    Attributes:
        ratio: the screen's pixels to a logical pixel.
    """

    font: QFont
    color: QColor
    ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class _Token:
    """A word with the space after it, or a formula."""

    text: str
    width: float
    above: float
    below: float
    image: QImage | None = None
    squeezed: bool = False


class MathLines:
    """Paints rows. On the GUI thread only.

    Args:
        press: has the formulas that were typeset; others are shown as they are said until somebody prepares them.
    """

    def __init__(self, press: FormulaPress) -> None:
        self._press = press
        self._laid_out: dict[tuple[object, ...], list[list[_Token]]] = {}

    def paint(self, painter: QPainter, rect: QRectF, text: str, pen: Pen, most: int = 2) -> tuple[FormulaKey, ...]:
        """Write `text` into `rect`, in the middle of its height, in at most `most` lines that fit into it.

        Returns:
            The formulas that are still to be typeset.
        """
        key = (text, rect.width(), rect.height(), most, pen.font.key(), pen.color.rgba(), pen.ratio)
        lines = self._laid_out.get(key)
        missing: tuple[FormulaKey, ...] = ()
        if lines is None:
            missing = self._missing(text, pen)
            lines = self._lay_out(rect, text, pen, most)
            if not missing:
                if len(self._laid_out) >= _REMEMBERED:
                    self._laid_out.clear()
                self._laid_out[key] = lines
        top = rect.top() + max(0.0, (rect.height() - sum(_height(line) for line in lines)) / 2)
        painter.setFont(pen.font)
        painter.setPen(pen.color)
        for line in lines:
            baseline = top + max(token.above for token in line)
            _write(painter, rect.left(), baseline, line)
            top += _height(line)
        return missing

    def _missing(self, text: str, pen: Pen) -> tuple[FormulaKey, ...]:
        keys = (_key(part, pen) for part in split(text) if isinstance(part, Tex))
        return tuple(key for key in keys if self._press.known(key) is None)

    def _lay_out(self, rect: QRectF, text: str, pen: Pen, most: int) -> list[list[_Token]]:
        tokens = list(self._tokens(text, pen))
        lines: list[list[_Token]] = []
        for allowed in range(most, 0, -1):
            lines = _broken(tokens, rect.width(), allowed, pen)
            if sum(_height(line) for line in lines) <= rect.height() + 1:
                break
        return lines

    def _tokens(self, text: str, pen: Pen) -> Iterator[_Token]:
        metrics = QFontMetricsF(pen.font)
        for part in split(text):
            if isinstance(part, Tex):
                formula = self._press.known(_key(part, pen))
                if formula is not None and formula.image is not None:
                    above = formula.height - formula.depth
                    yield _Token("", formula.width, above, formula.depth, formula.image)
                    continue
                words = plain(part.written) if formula is None else part.written
            else:
                words = " ".join(part.text.split("\n"))
            for word in _TOKEN.findall(words):
                yield _Token(word, metrics.horizontalAdvance(word), metrics.ascent(), metrics.descent())


def _key(tex: Tex, pen: Pen) -> FormulaKey:
    size = QFontMetricsF(pen.font).xHeight() * LETTER_SIZE
    return FormulaKey(tex.source, False, round(size, 2), pen.color.name(), pen.ratio)


def _broken(tokens: Iterable[_Token], width: float, most: int, pen: Pen) -> list[list[_Token]]:
    """The tokens in lines; the last ends with an ellipsis when not all have room."""
    metrics = QFontMetricsF(pen.font)
    dots = _Token("…", metrics.horizontalAdvance("…"), metrics.ascent(), metrics.descent())
    lines: list[list[_Token]] = [[]]
    used = 0.0
    for token in tokens:
        if lines[-1] and used + token.width > width:
            if len(lines) == most:
                return [*lines[:-1], _cut(lines[-1], width, dots)]
            lines.append([])
            used = 0.0
        if not lines[-1] and token.width > width:  # a word longer than the line
            return [*lines[:-1], [_squeezed(token, width, metrics)]]
        lines[-1].append(token)
        used += token.width
    return [line for line in lines if line]


def _cut(line: list[_Token], width: float, dots: _Token) -> list[_Token]:
    kept = list(line)
    while kept and sum(token.width for token in kept) + dots.width > width:
        kept.pop()
    return [*kept, dots]


def _squeezed(token: _Token, width: float, metrics: QFontMetricsF) -> _Token:
    if token.image is not None:
        scale = width / token.width
        return _Token("", width, token.above * scale, token.below * scale, token.image, squeezed=True)
    text = token.text
    while text and metrics.horizontalAdvance(text + "…") > width:
        text = text[:-1]
    return _Token(text + "…", width, token.above, token.below)


def _height(line: list[_Token]) -> float:
    return max(token.above for token in line) + max(token.below for token in line) if line else 0.0


def _write(painter: QPainter, left: float, baseline: float, line: list[_Token]) -> None:
    for token in line:
        if token.image is None:
            painter.drawText(QPointF(left, baseline), token.text)
        elif token.squeezed:
            painter.drawImage(QRectF(left, baseline - token.above, token.width, token.above + token.below), token.image)
        else:
            # on whole pixels, or the letters would blur
            painter.drawImage(QPointF(round(left), round(baseline - token.above)), token.image)
        left += token.width
