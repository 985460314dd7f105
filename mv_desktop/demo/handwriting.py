"""Text and mathematics in a student's handwriting.

A line of text with maths between dollar signs becomes pieces that wrap like words; a piece is a `Box` of
letters and pen strokes. `write` puts a box on a page's layer of ink, with the unsteadiness of a hand.
Lengths are in pixels; y grows downwards, as in images, and a box's own zero is on its baseline.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from mv_desktop.core.paths import resource
from mv_desktop.demo.latex import Accent, Fence, Fraction, Grid, Node, Root, Row, Script, Symbol, parse
from mv_desktop.demo.stroke import SIGNS, Point, Sign, smooth

_AXIS = 0.27  # height of fraction bars and minus signs, in sizes
_SMALL = 0.66  # size of what is raised or lowered
_METRIC = 200  # the size at which letters are measured
_LOW = frozenset("gjpqyQ(){}[]|,;")
_MATHS = re.compile(r"\$([^$]+)\$")
_FINE = 3  # strokes are drawn this much larger and reduced


@dataclass(frozen=True, slots=True)
class Hand:
    """How one student writes.

    Attributes:
        size: of the letters, in pixels.
        heavy: a thick pen.
        slant: how far letters lean, as width over height; negative leans back.
        unsteady: from 0 (an engraver) to 1 (a moving bus).
        spacing: between words, in sizes.
    """

    size: float
    heavy: bool = False
    slant: float = 0.0
    unsteady: float = 0.4
    spacing: float = 0.32

    @property
    def pen(self) -> float:
        """The pen's width in pixels."""
        return self.size * (0.072 if self.heavy else 0.05)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of the font."""

    x: float
    y: float
    text: str
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """One stroke of the pen."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Something written: its extent around the baseline and the marks that make it up."""

    width: float
    ascent: float
    descent: float
    letters: tuple[Letter, ...] = ()
    lines: tuple[Line, ...] = ()

    def at(self, dx: float, dy: float) -> Box:
        """The same, moved; the extent still counts from where the box was."""
        return Box(
            self.width + dx,
            self.ascent - dy,
            self.descent + dy,
            tuple(Letter(one.x + dx, one.y + dy, one.text, one.size) for one in self.letters),
            tuple(Line(tuple((x + dx, y + dy) for x, y in one.points)) for one in self.lines),
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line that is not broken: a word, or a stretch of maths up to the next relation."""

    box: Box
    space: float
    breakable: bool


def together(boxes: Sequence[Box], width: float | None = None) -> Box:
    """One box of several that already are in their places."""
    return Box(
        max((box.width for box in boxes), default=0.0) if width is None else width,
        max((box.ascent for box in boxes), default=0.0),
        max((box.descent for box in boxes), default=0.0),
        tuple(letter for box in boxes for letter in box.letters),
        tuple(line for box in boxes for line in box.lines),
    )


@dataclass
class Scribe:
    """Turns text into boxes in one student's hand.

    Args:
        hand: how the student writes.
        chance: where the unsteadiness comes from.
    """

    hand: Hand
    chance: random.Random = field(default_factory=random.Random)

    def pieces(self, line: str) -> list[Piece]:
        """The pieces of a line of text with maths between dollar signs.

        Raises:
            UnreadableMathsError: the maths is beyond `latex`.
        """
        found: list[Piece] = []
        space = False
        for text, maths in _parts(line):
            if maths:
                boxes = self._stretches(parse(text))
                for number, box in enumerate(boxes):
                    gap = self._word_space() if space and number == 0 else 0.15 * self.hand.size if number else 0.0
                    found.append(Piece(box, gap, breakable=space or number > 0))
                space = False
                continue
            for word in re.findall(r"\s+|\S+", text):
                if word.isspace():
                    space = True
                    continue
                found.append(Piece(self.word(word), self._word_space() if space else 0.04 * self.hand.size, space))
                space = False
        return found

    def word(self, text: str) -> Box:
        """A word of plain text."""
        return self._text(text, self.hand.size)

    def maths(self, node: Node, size: float) -> Box:
        """The box of a formula at `size`."""
        match node:
            case Symbol():
                return self._text(node.text, size * (1.35 if node.text == "∫" else 1.15 if node.text == "∑" else 1))
            case Row():
                return self._row(node.items, size)
            case Fraction():
                return self._fraction(node, size)
            case Root():
                return self._root(node, size)
            case Script():
                return self._script(node, size)
            case Fence():
                return self._fence(node, size)
            case Grid():
                return self._grid(node, size)
            case Accent():
                return self._accent(node, size)

    def crossed_out(self, box: Box) -> Box:
        """A box with the scribble of a student who changed her mind."""
        middle, size = (box.descent - box.ascent) / 2, self.hand.size
        strokes = []
        for _ in range(self.chance.choice((1, 2, 3))):
            count = max(3, int(box.width / size * 2.2))
            swing = self.chance.uniform(0.05, 0.3) * (box.ascent + box.descent)
            points = [
                (
                    box.width * step / count + self._stray(0.08 * size),
                    middle + (-1) ** step * swing + self._stray(0.1 * size),
                )
                for step in range(count + 1)
            ]
            strokes.append(Line(tuple(smooth(points))))
        return together([box, Box(box.width, 0, 0, (), tuple(strokes))])

    def _word_space(self) -> float:
        return self.hand.size * self.hand.spacing * self.chance.uniform(0.8, 1.35)

    def _stray(self, width: float) -> float:
        return self.chance.uniform(-width, width) * (0.4 + self.hand.unsteady)

    def _text(self, text: str, size: float) -> Box:
        x = 0.0
        letters: list[Letter] = []
        lines: list[Line] = []
        low = False
        for char in text:
            sign = SIGNS.get(char)
            if sign is None:
                letters.append(Letter(x, 0.0, char, size))
                low = low or char in _LOW
                x += _advance(char, heavy=self.hand.heavy) * size
                continue
            lines += self._sign(sign, x, 0.12 * size if char == "∫" else 0.0, size)
            low = low or char in "∫γβμ"
            x += sign.width * size
        return Box(
            x, (0.95 if "∫" in text else 0.74) * size, (0.26 if low else 0.04) * size, tuple(letters), tuple(lines)
        )

    def _sign(self, sign: Sign, x: float, drop: float, size: float) -> list[Line]:
        lean = 0.12  # as the font's letters do
        return [
            Line(tuple((x + (a + lean * b) * size, drop - b * size + self._stray(0.012 * size)) for a, b in points))
            for points in (*(smooth(curve) for curve in sign.curves), *sign.lines)
        ]

    def _row(self, items: Sequence[Node], size: float) -> Box:
        boxes: list[Box] = []
        x = 0.0
        for before, item in zip((None, *items), items, strict=False):
            x += self._gap(before, item) * size
            box = self.maths(item, size)
            boxes.append(box.at(x, 0))
            x += box.width
        return together(boxes, x)

    def _gap(self, before: Node | None, item: Node) -> float:
        """The space between neighbours in a formula, in sizes."""
        if before is None:
            return 0.0
        first, second = _role(before), _role(item)
        signed = first in ("relation", "operator") or before == Symbol("(")
        if second == "relation" or first == "relation":
            return 0.2
        if second == "operator":
            return 0.0 if signed else 0.13
        if first == "operator":
            return 0.1
        return 0.14 if "word" in (first, second) and item != Symbol("(") else 0.02

    def _stretches(self, row: Row) -> list[Box]:
        """A formula cut where a line may break: before its relations, and after a comma."""
        cuts: list[list[Node]] = [[]]
        for item in row.items:
            if cuts[-1] and (_role(item) == "relation" or cuts[-1][-1] == Symbol(",")):
                cuts.append([])
            cuts[-1].append(item)
        return [self._row(cut, self.hand.size) for cut in cuts]

    def _fraction(self, node: Fraction, size: float) -> Box:
        above, below = self.maths(node.above, size * 0.88), self.maths(node.below, size * 0.88)
        width = max(above.width, below.width) + 0.24 * size
        axis = -_AXIS * size
        tilt = self._stray(0.04 * size)
        bar = Line(((0.03 * size, axis + tilt), (width - 0.03 * size, axis - tilt)))
        return together(
            [
                above.at((width - above.width) / 2, axis - above.descent - 0.13 * size),
                below.at((width - below.width) / 2, axis + below.ascent + 0.1 * size),
                Box(width, 0, 0, (), (bar,)),
            ],
            width + 0.06 * size,
        )

    def _root(self, node: Root, size: float) -> Box:
        body = self.maths(node.body, size)
        boxes = []
        start = 0.0
        if node.degree is not None:
            degree = self.maths(node.degree, size * 0.55)
            start = max(0.0, degree.width - 0.15 * size)
            boxes.append(degree.at(0, -0.45 * size))
        top, bottom = -body.ascent - 0.12 * size, body.descent
        left = start + 0.48 * size
        right = left + body.width + 0.08 * size
        hook = ((start, -0.25 * size), (start + 0.12 * size, -0.33 * size), (start + 0.26 * size, bottom))
        roof = ((left, top), (right, top + self._stray(0.05 * size)))
        boxes += [body.at(left + 0.03 * size, 0), Box(right, -top, bottom, (), (Line((*hook, *roof)),))]
        return together(boxes, right + 0.05 * size)

    def _script(self, node: Script, size: float) -> Box:
        base = self.maths(node.base, size)
        above = self.maths(node.above, size * _SMALL) if node.above is not None else None
        below = self.maths(node.below, size * _SMALL) if node.below is not None else None
        if node.stacked:
            return self._stacked(base, above, below, size)
        boxes = [base]
        lean = 0.16 * size if node.base == Symbol("∫") else 0.0
        x = base.width + 0.02 * size
        if above is not None:
            boxes.append(above.at(x + lean, -max(0.42 * size, base.ascent - 0.3 * size)))
        if below is not None:
            boxes.append(below.at(x - lean, max(0.16 * size, base.descent)))
        return together(boxes)

    def _stacked(self, base: Box, above: Box | None, below: Box | None, size: float) -> Box:
        width = max(box.width for box in (base, above, below) if box is not None)
        boxes = [base.at((width - base.width) / 2, 0)]
        if above is not None:
            boxes.append(above.at((width - above.width) / 2, -base.ascent - above.descent - 0.06 * size))
        if below is not None:
            boxes.append(below.at((width - below.width) / 2, base.descent + below.ascent + 0.06 * size))
        return together(boxes, width)

    def _fence(self, node: Fence, size: float) -> Box:
        body = self.maths(node.body, size)
        top, bottom = -body.ascent - 0.08 * size, body.descent + 0.08 * size
        boxes, x = [], 0.0
        for char, mirrored in ((node.left, False), (node.right, True)):
            if char:
                points = [(x + a * size, top + (bottom - top) * b) for a, b in _bracket(char)]
                curved = char in "(){}"
                line = Line(tuple(smooth(points) if curved else points))
                boxes.append(Box(x + 0.3 * size, -top, bottom, (), (line,)))
                x += 0.32 * size
            if not mirrored:
                boxes.append(body.at(x, 0))
                x += body.width + 0.06 * size
        return together(boxes, x)

    def _grid(self, node: Grid, size: float) -> Box:
        rows = [[self.maths(cell, size * 0.92) for cell in row] for row in node.rows]
        columns = max((len(row) for row in rows), default=0)
        widths = [max((row[c].width for row in rows if c < len(row)), default=0.0) for c in range(columns)]
        gap = 0.22 * size
        heights = [(max(c.ascent for c in row), max(c.descent for c in row)) for row in rows]
        total = sum(a + d for a, d in heights) + gap * (len(rows) - 1)
        y = -_AXIS * size - total / 2
        boxes = []
        for row, (ascent, descent) in zip(rows, heights, strict=True):
            x = 0.08 * size
            for cell, width in zip(row, widths, strict=False):
                boxes.append(cell.at(x + (width - cell.width) / 2 + self._stray(0.04 * size), y + ascent))
                x += width + 0.42 * size
            y += ascent + descent + gap
        return together(boxes, sum(widths) + 0.42 * size * max(0, columns - 1) + 0.16 * size)

    def _accent(self, node: Accent, size: float) -> Box:
        body = self.maths(node.body, size)
        small = body.width < 0.7 * size and node.mark != "arrow" and _is_short(node.body)
        top = -(0.62 if small else 0.84) * size
        left, right = 0.06 * size, max(body.width, 0.3 * size) + 0.06 * size
        if node.mark == "hat":
            middle = (left + right) / 2
            lines = [
                Line(
                    (
                        (middle - 0.15 * size, top),
                        (middle + 0.03 * size, top - 0.14 * size),
                        (middle + 0.18 * size, top),
                    )
                )
            ]
        else:
            lines = [Line(((left, top), (right, top + self._stray(0.03 * size))))]
        if node.mark == "arrow":
            lines.append(
                Line(((right - 0.13 * size, top - 0.09 * size), (right, top), (right - 0.12 * size, top + 0.1 * size)))
            )
        return together([body, Box(right, -top + 0.14 * size, 0, (), tuple(lines))], body.width + 0.03 * size)


def write(ink: Image.Image, box: Box, x: float, baseline: float, hand: Hand, chance: random.Random) -> None:
    """Put `box` on `ink`, a page's layer of ink ("L", 0 is none), with its baseline's start at (x, baseline).

    The box as a whole and each of its letters stray a little, as a hand does.
    """
    size, shake = hand.size, hand.unsteady
    baseline += chance.uniform(-0.1, 0.1) * size * shake
    pressure = chance.randint(205, 255)
    for letter in box.letters:
        picture, left, top = _picture(
            letter.text, round(letter.size), hand.slant, chance.randrange(5), heavy=hand.heavy
        )
        dx, dy = (chance.uniform(-0.035, 0.035) * size * shake for _ in range(2))
        place = (round(x + letter.x + dx + left), round(baseline + letter.y + dy + top))
        ink.paste(min(255, pressure + chance.randint(-12, 12)), place, picture)
    for line in box.lines:
        _draw(ink, [(x + a, baseline + b) for a, b in line.points], hand.pen, pressure)


def wrap(pieces: Sequence[Piece], width: float, indent: float) -> list[tuple[float, list[Piece]]]:
    """Lines of pieces no wider than `width`, each with where it starts; all but the first are indented.

    A single piece that is wider stays whole.
    """
    lines: list[tuple[float, list[Piece]]] = [(0.0, [])]
    x = 0.0
    for piece in pieces:
        if piece.breakable and lines[-1][1] and x + piece.space + piece.box.width > width:
            lines.append((indent, []))
            x = indent
        x += (piece.space if lines[-1][1] else 0.0) + piece.box.width
        lines[-1][1].append(piece)
    return lines


def drawable(text: str) -> bool:
    """True when every character of `text` is a sign or in the handwriting font."""
    return all(char in SIGNS or char.isspace() or _in_font(char) for char in text)


def _parts(line: str) -> Iterator[tuple[str, bool]]:
    for number, part in enumerate(_MATHS.split(line)):
        if part:
            yield part, number % 2 == 1


def _role(node: Node) -> str:
    return node.role if isinstance(node, Symbol) else _role(node.base) if isinstance(node, Script) else "ordinary"


def _is_short(node: Node) -> bool:
    text = node.text if isinstance(node, Symbol) else ""
    if isinstance(node, Row) and len(node.items) == 1:
        return _is_short(node.items[0])
    return bool(text) and all(char in "acemnorsuvwxzαγμσω" for char in text)


def _bracket(char: str) -> tuple[Point, ...]:
    """A bracket's points in a frame of sizes across and its height down."""
    return {
        "(": ((0.24, 0.0), (0.08, 0.3), (0.08, 0.7), (0.24, 1.0)),
        ")": ((0.04, 0.0), (0.2, 0.3), (0.2, 0.7), (0.04, 1.0)),
        "[": ((0.24, 0.0), (0.08, 0.01), (0.08, 0.99), (0.24, 1.0)),
        "]": ((0.04, 0.0), (0.2, 0.01), (0.2, 0.99), (0.04, 1.0)),
        "|": ((0.14, 0.0), (0.13, 1.0)),
        "{": ((0.28, 0.0), (0.16, 0.08), (0.17, 0.4), (0.04, 0.5), (0.17, 0.6), (0.16, 0.92), (0.28, 1.0)),
        "}": ((0.02, 0.0), (0.14, 0.08), (0.13, 0.4), (0.26, 0.5), (0.13, 0.6), (0.14, 0.92), (0.02, 1.0)),
    }[char]


@cache
def _font(size: int, *, heavy: bool) -> ImageFont.FreeTypeFont:
    path = resource("fonts", "Kalam-Regular.ttf" if heavy else "Kalam-Light.ttf")
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _in_font(char: str) -> bool:
    font = _font(_METRIC, heavy=True)
    return bytes(font.getmask(char)) != bytes(font.getmask("\U0010ffff"))


@cache
def _advance(char: str, *, heavy: bool) -> float:
    return _font(_METRIC, heavy=heavy).getlength(char) / _METRIC


@cache
def _picture(char: str, size: int, slant: float, variant: int, *, heavy: bool) -> tuple[Image.Image, int, int]:
    """A letter's picture and where its corner is from the pen's position; each has five variants."""
    steady = random.Random(f"{char}{variant}")
    font = _font(max(6, round(size * steady.uniform(0.93, 1.08))), heavy=heavy)
    room = size
    side = size * 3
    picture = Image.new("L", (side, side), 0)
    ImageDraw.Draw(picture).text((room, room * 2), char, fill=255, font=font, anchor="ls")
    lean = slant + steady.uniform(-0.05, 0.05)
    picture = picture.transform(
        picture.size, Image.Transform.AFFINE, (1, lean, -lean * room * 2, 0, 1, 0), Image.Resampling.BILINEAR
    ).rotate(steady.uniform(-4, 4), Image.Resampling.BICUBIC, center=(room, room * 2))
    box = picture.getbbox()
    if box is None:
        return Image.new("L", (1, 1), 0), 0, 0
    return picture.crop(box), box[0] - room, box[1] - room * 2


def _draw(ink: Image.Image, points: Sequence[Point], pen: float, pressure: int) -> None:
    reach = math.ceil(pen) + 2
    left, top = int(min(x for x, _ in points)) - reach, int(min(y for _, y in points)) - reach
    right, bottom = int(max(x for x, _ in points)) + reach, int(max(y for _, y in points)) + reach
    tile = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE), 0)
    draw = ImageDraw.Draw(tile)
    fine = [((x - left) * _FINE, (y - top) * _FINE) for x, y in points]
    width = pen * _FINE
    draw.line(fine, fill=255, width=max(1, round(width)), joint="curve")
    for x, y in (fine[0], fine[-1]):
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    ink.paste(pressure, (left, top), tile.reduce(_FINE))
