"""Words with formulas in lines of a width: on one baseline, big formulas in the middle, nothing wider than fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtGui import QFontMetricsF

from mv_desktop.typeset.typesetter import FormulaError, formula_svg
from mv_desktop.ui.paper.outline import Art, steps_of
from mv_desktop.ui.paper.sheet import UNIT, Block, Mark, Maths, Style, Words, metrics, moved, room
from mv_desktop.ui.widgets.math_text import Tex, split

_LETTER_SIZE = 2.45
"""A formula's size in x-heights of the text, as on the screen (`widgets.math_label`)."""
_PIXELS = 100.0
_AIR = 1.5 * UNIT
"""Around a formula that is higher than its line."""
_VIEW_BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')
_RUNS = re.compile(r"\n|[^\S\n]+|\S+")
_AROUND_DISPLAY = 4 * UNIT


Press = Callable[[Tex], Art | None]
"""Typesets a formula; None where its source is not understood."""


class FormulaCase:
    """Typesets each formula once. On a lane: the first one waits for the process that does it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool], Art | None] = {}

    def __call__(self, tex: Tex) -> Art | None:
        key = (tex.source, tex.display)
        if key not in self._known:
            self._known[key] = _typeset(tex)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a formula in a line, from its left end on the baseline.

    Attributes:
        gap: the space before it where it does not begin a line.
    """

    marks: tuple[Mark, ...]
    width: float
    above: float
    below: float
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of pieces.

    Attributes:
        width: of what stands in it.
        middle: it stands in the middle.
    """

    pieces: tuple[Piece, ...]
    width: float
    above: float
    below: float
    middle: bool = False

    @property
    def height(self) -> float:
        """From the top of the highest to the bottom of the lowest."""
        return self.above + self.below


def lines_of(text: str, width: float, style: Style, press: Press) -> tuple[Line, ...]:
    """Words with ``$formulas$`` in lines; each line of the text begins a new one."""
    found: list[Line] = []
    for paragraph in _paragraphs(text, press, style):
        if isinstance(paragraph, Piece):
            one = _shrunk(paragraph, width)
            found.append(Line((one,), one.width, one.above + _AROUND_DISPLAY, one.below + _AROUND_DISPLAY, middle=True))
        else:
            found += _broken(paragraph, width, style)
    return tuple(found)


def natural_width(text: str, style: Style, press: Press) -> float:
    """How wide it is in one line; infinitely, where it has several."""
    lines = lines_of(text, float("inf"), style, press)
    return lines[0].width if len(lines) == 1 and not lines[0].middle else float("inf") if lines else 0.0


def block_of(lines: Iterable[Line], width: float, x: float = 0.0, after: float = 0.0, *, clings: bool = False) -> Block:
    """Lines one below the other."""
    marks: list[Mark] = []
    top = 0.0
    for line in lines:
        marks += marks_of(line, x, top + line.above, width)
        top += line.height
    return Block(top + after, tuple(marks), clings)


def marks_of(line: Line, x: float, baseline: float, width: float) -> Iterator[Mark]:
    """What a line draws, begun at a point."""
    at = x + (max(0.0, (width - line.width) / 2) if line.middle else 0.0)
    for number, piece in enumerate(line.pieces):
        at += piece.gap if number else 0.0
        for mark in piece.marks:
            yield moved(mark, at, baseline)
        at += piece.width


# -- private -----------------------------------------------------------------------------------------------------


def _typeset(tex: Tex) -> Art | None:
    try:
        svg = formula_svg(tex.source, _PIXELS, "#000000", display=tex.display)
    except FormulaError:
        return None
    found = _VIEW_BOX.search(svg)
    if found is None:
        return None
    left, top, width, height = map(float, found.groups())
    return Art(svg.encode(), left, top, width, height, steps_of(svg)) if width > 0 < height else None


def _paragraphs(text: str, press: Press, style: Style) -> Iterator[list[Piece] | Piece]:
    """Runs of pieces that are broken into lines, and formulas that stand by themselves."""
    run: list[Piece] = []
    for piece in _pieces(text, press, style):
        if piece is not None and not isinstance(piece, _Alone):
            run.append(piece)
            continue
        if run:
            yield run
            run = []
        if piece is not None:
            yield piece.piece
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class _Alone:
    """A formula on a line of its own."""

    piece: Piece


def _pieces(text: str, press: Press, style: Style) -> Iterator[Piece | _Alone | None]:
    """Words and formulas in their order; None where a line ends."""
    measured = metrics(style)  # once: a font takes longer to make than a word to measure
    space = measured.horizontalAdvance(" ")
    gap = 0.0
    for part in split(text):
        if isinstance(part, Tex):
            piece = _formula(part, press, style, measured)
            alone = part.display and isinstance(piece.marks[0], Maths)
            yield _Alone(piece) if alone else replace(piece, gap=gap)
            gap = 0.0
            continue
        for found in _RUNS.findall(part.text):
            if found == "\n":
                yield None
            elif not found.isspace():
                yield replace(_word(found, style, measured), gap=gap)
            gap = space if found != "\n" and found.isspace() else 0.0


def _word(word: str, style: Style, measured: QFontMetricsF) -> Piece:
    return Piece((Words(0, 0, word, style),), measured.horizontalAdvance(word), *room(style))


def _formula(tex: Tex, press: Press, style: Style, measured: QFontMetricsF) -> Piece:
    glyph = press(tex)
    if glyph is None:
        return _word(tex.written, style, measured)
    scale = measured.xHeight() * _LETTER_SIZE / _PIXELS
    width, height, above = glyph.width * scale, glyph.height * scale, -glyph.top * scale
    return Piece((Maths(0, -above, width, height, glyph),), width, above, height - above)


def _shrunk(piece: Piece, width: float) -> Piece:
    """No wider than fits."""
    if piece.width <= width:
        return piece
    scale = width / piece.width
    marks = tuple(
        Maths(one.x * scale, one.y * scale, one.width * scale, one.height * scale, one.art)
        if isinstance(one, Maths)
        else one
        for one in piece.marks
    )
    return Piece(marks, width, piece.above * scale, piece.below * scale, piece.gap)


def _broken(pieces: list[Piece], width: float, style: Style) -> Iterator[Line]:
    """Pieces without a gap between them stay together: "$x$," is never torn."""
    line: list[Piece] = []
    used = 0.0
    for group in _groups(pieces, width, style):
        wide = group[0].gap + sum(one.width for one in group)
        if line and used + wide > width:
            yield _line(line, style)
            line, used = [], 0.0
        used += wide - (0.0 if line else group[0].gap)
        line += group
    if line:
        yield _line(line, style)


def _groups(pieces: list[Piece], width: float, style: Style) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        if group and (piece.gap or sum(one.width for one in group) + piece.width > width):
            yield group
            group = []
        parts = _cut(piece, width, style)
        for part in parts[:-1]:
            yield [part]
        group.append(parts[-1])
    if group:
        yield group


def _cut(piece: Piece, width: float, style: Style) -> list[Piece]:
    """A word that is wider than the line in parts; a formula smaller."""
    if piece.width <= width:
        return [piece]
    mark = piece.marks[0]
    if not isinstance(mark, Words):
        return [_shrunk(piece, width)]
    found, rest = [], mark.text
    measured = metrics(style)
    while rest:
        length = len(rest)
        while length > 1 and measured.horizontalAdvance(rest[:length]) > width:
            length -= 1
        found.append(_word(rest[:length], style, measured))
        rest = rest[length:]
    return [replace(found[0], gap=piece.gap), *found[1:]]


def _line(pieces: list[Piece], style: Style) -> Line:
    above, below = room(style)
    width = sum(one.width + (one.gap if number else 0.0) for number, one in enumerate(pieces))
    above = max(above, *(one.above + _AIR for one in pieces if isinstance(one.marks[0], Maths)), 0.0)
    below = max(below, *(one.below + _AIR for one in pieces if isinstance(one.marks[0], Maths)), 0.0)
    return Line(tuple(pieces), width, above, below)
