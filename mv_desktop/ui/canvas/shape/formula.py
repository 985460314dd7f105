"""Formulas as outlines, so that they are ink like everything else that is written on a page.

They are typeset as SVG in a process of their own, for which the lane "math" waits; outlines are read from that once,
without a colour and at one size, and remembered by their source.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from xml.etree import ElementTree as ET

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from mv_desktop.typeset.typesetter import FormulaError, formula_svg
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.widgets.formula import LANE
from mv_desktop.ui.widgets.math_text import Tex

LETTERS = 100.0
"""The size of the letters in the outlines that are remembered."""

_REMEMBERED = 4096
_MOST_OUTLINES = 4_000
"""Of one formula: glyphs, bars and lines. The longest that anybody writes has a few hundred."""


@dataclass(frozen=True, slots=True)
class FormulaShape:
    """A typeset formula at letters of size `LETTERS`; its baseline is at y = 0 and it begins at x = 0.

    Attributes:
        path: its outline; None when its source is not understood.
        width: how far the line goes on after it.
        rise, depth: how far it reaches above and below the baseline.
    """

    path: QPainterPath | None
    width: float = 0.0
    rise: float = 0.0
    depth: float = 0.0


class KnownFormulas(Protocol):
    """Says what is typeset already."""

    def known(self, tex: Tex) -> FormulaShape | None:
        """The formula; None when it was not typeset yet."""
        ...


class FormulaShapes(QObject):
    """Typesets formulas in the background and remembers their outlines. On the GUI thread only.

    Signals:
        typeset(Tex): it can be had from `known` now.
    """

    typeset = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._known: OrderedDict[Tex, FormulaShape] = OrderedDict()
        self._wanted: set[Tex] = set()

    def known(self, tex: Tex) -> FormulaShape | None:
        """The formula; None when it was not typeset yet."""
        shape = self._known.get(tex)
        if shape is not None:
            self._known.move_to_end(tex)
        return shape

    def want(self, tex: Tex) -> None:
        """Typeset a formula, if it is neither known nor on its way."""
        if tex in self._known or tex in self._wanted or self._tasks.closed:
            return
        self._wanted.add(tex)
        self._tasks.run(LANE, partial(formula_shape, tex), partial(self._keep, tex), receiver=self)

    def _keep(self, tex: Tex, shape: FormulaShape) -> None:
        self._wanted.discard(tex)
        self._known[tex] = shape
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        self.typeset.emit(tex)


def formula_shape(tex: Tex) -> FormulaShape:
    """The outline of a formula; without one when its source is not understood. On the lane "math" only."""
    try:
        svg = ET.fromstring(formula_svg(tex.source, LETTERS, "#000000", display=tex.display))  # noqa: S314 - our own
        return _read(svg)
    except (
        FormulaError,
        ET.ParseError,
        ValueError,
        ArithmeticError,
        LookupError,
    ):  # what cannot be read is shown as source
        return FormulaShape(None)


# -- private -------------------------------------------------------------------------------------------------


def _read(svg: ET.Element) -> FormulaShape:
    left, top, width, height = (float(number) for number in (svg.get("viewBox") or "").split())
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    outlines = list(svg.iter())
    if len(outlines) > _MOST_OUTLINES or width <= 0 or height <= 0:
        return FormulaShape(None)
    for element in outlines:
        read = _ELEMENTS.get(element.tag.rpartition("}")[2])
        if read is not None:
            path.addPath(_inked(element, read(element)))
    if path.isEmpty():
        return FormulaShape(None)
    # an accent may begin before its letter; the view box has a unit of room around everything
    before = max(0.0, -left - 1.0)
    return FormulaShape(path.translated(before, 0.0), before + left + width, -top, top + height)


def _outline(element: ET.Element) -> QPainterPath:
    """A glyph or a line: what ziamath writes are M, L, Q, C and Z with absolute numbers."""
    path = QPainterPath()
    numbers: list[float] = []
    command = ""
    for word in _WORD.findall(element.get("d") or ""):
        if word.isalpha():
            command = word
            if command == "Z":
                path.closeSubpath()
            continue
        numbers.append(float(word))
        if len(numbers) == _TAKES[command]:
            points = [QPointF(numbers[at], numbers[at + 1]) for at in range(0, len(numbers), 2)]
            draw: Callable[..., None] = getattr(path, _DRAWS[command])
            draw(*points)
            numbers.clear()
    return path


def _bar(element: ET.Element) -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(*_numbers(element, "x", "y", "width", "height")))
    return path


def _ellipse(element: ET.Element) -> QPainterPath:
    x, y, across, down = _numbers(element, "cx", "cy", "rx", "ry")
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), across, down)
    return path


def _inked(element: ET.Element, path: QPainterPath) -> QPainterPath:
    """What of an outline is covered with ink: all inside it, or the line along it."""
    if element.get("stroke") in {None, "none"}:
        return path
    stroker = QPainterPathStroker()
    stroker.setWidth(_numbers(element, "stroke-width")[0] or LETTERS / 16)
    stroker.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return stroker.createStroke(path)


def _numbers(element: ET.Element, *names: str) -> tuple[float, ...]:
    return tuple(float(element.get(name) or 0) for name in names)


_WORD = re.compile(r"[A-Za-z]|-?\d+\.?\d*(?:e-?\d+)?")
_TAKES = {"M": 2, "L": 2, "Q": 4, "C": 6}
_DRAWS = {"M": "moveTo", "L": "lineTo", "Q": "quadTo", "C": "cubicTo"}
_ELEMENTS = {"path": _outline, "rect": _bar, "ellipse": _ellipse}
