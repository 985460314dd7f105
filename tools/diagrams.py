"""Draws the diagrams of the shipped questions: ``python tools/diagrams.py`` writes resources/questions/pictures/*.png.

A picture that is called as a question is its diagram; one with "-solution" behind stands beside its worked solution.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "questions" / "pictures"
_FINE = 4
_FONT = ImageFont.truetype(str(ROOT / "resources" / "fonts" / "Mukta-Medium.ttf"), 20 * _FINE)
_INK, _SHADE, _GRID = "#1c2340", "#c9d9f2", "#6b7390"

Point = tuple[float, float]


class Drawing:
    """A sheet with axes of its own, four times as fine as it is kept.

    Args:
        left, bottom, right, top: the corners, in units of the question.
        unit: pixels of a unit.
    """

    def __init__(self, left: float, bottom: float, right: float, top: float, unit: float) -> None:
        self._left, self._top, self._unit = left, top, unit * _FINE
        size = round((right - left) * self._unit), round((top - bottom) * self._unit)
        self._corners = (left, bottom, right, top)
        self.image = Image.new("L", size, 255)
        self._draw = ImageDraw.Draw(self.image)

    def at(self, point: Point) -> Point:
        """Where a point is, in fine pixels."""
        return (point[0] - self._left) * self._unit, (self._top - point[1]) * self._unit

    def line(self, *points: Point, ink: str = _INK, width: float = 2, dashed: bool = False) -> None:
        """A line through these points."""
        places = [self.at(point) for point in points]
        if not dashed:
            self._draw.line(places, fill=ink, width=round(width * _FINE), joint="curve")
            return
        for (x1, y1), (x2, y2) in itertools.pairwise(places):
            count = max(1, round(math.hypot(x2 - x1, y2 - y1) / (12 * _FINE)))
            for number in range(count):
                begin, end = number / count, (number + 0.55) / count
                part = [(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t) for t in (begin, end)]
                self._draw.line(part, fill=ink, width=round(width * _FINE))

    def fill(self, points: Iterable[Point]) -> None:
        """A shaded region."""
        self._draw.polygon([self.at(point) for point in points], fill=_SHADE)

    def circle(self, centre: Point, radius: float) -> None:
        """A circle."""
        self.line(*arc(centre, radius, 0, 360))

    def dot(self, point: Point, name: str = "", way: Point = (1, 1)) -> None:
        """A point and its name beside it, in the direction `way`."""
        x, y = self.at(point)
        r = 4 * _FINE
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=_INK)
        self.say(point, name, way)

    def dots(self, *named: tuple[Point, str, Point]) -> None:
        """Points with their names."""
        for point, name, way in named:
            self.dot(point, name, way)

    def say(self, point: Point, words: str, way: Point = (0, 0)) -> None:
        """Words beside a point."""
        x, y = self.at(point)
        away = 18 * _FINE
        self._draw.text((x + way[0] * away, y - way[1] * away), words, fill=_INK, font=_FONT, anchor="mm")

    def axes(self) -> None:
        """Both axes with arrows and their names."""
        left, bottom, right, top = self._corners
        gap = 14 * _FINE / self._unit
        self.line((left + gap, 0), (right - gap, 0), ink=_GRID, width=1.5)
        self.line((0, bottom + gap), (0, top - gap), ink=_GRID, width=1.5)
        for tip, one, other in (
            ((right - gap, 0), (-gap, gap / 2), (-gap, -gap / 2)),
            ((0, top - gap), (gap / 2, -gap), (-gap / 2, -gap)),
        ):
            self.line((tip[0] + one[0], tip[1] + one[1]), tip, (tip[0] + other[0], tip[1] + other[1]), ink=_GRID)
        self.say((right - gap, 0), "X", (-0.2, -0.9))
        self.say((0, top - gap), "Y", (-1, -0.2))
        self.say((0, 0), "O", (-0.8, -0.8))

    def graph(self, curve: Callable[[float], float], begin: float, end: float) -> None:
        """The graph of a function."""
        self.line(*over(curve, begin, end))

    def save(self, name: str) -> None:
        """Keep it."""
        size = self.image.width // _FINE, self.image.height // _FINE
        small = self.image.resize(size, Image.Resampling.LANCZOS).quantize(16)
        small.save(FOLDER / f"{name}.png", optimize=True)


def over(curve: Callable[[float], float], begin: float, end: float, count: int = 120) -> list[Point]:
    """Points of a graph."""
    steps = [begin + (end - begin) * number / count for number in range(count + 1)]
    return [(x, curve(x)) for x in steps]


def arc(centre: Point, radius: float, begin: float, end: float) -> list[Point]:
    """Points of an arc, in degrees."""
    angles = [math.radians(begin + (end - begin) * number / 120) for number in range(121)]
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


def _segment(name: str, angle: float, radius: str) -> None:
    sheet = Drawing(-1.5, -1.35, 1.5, 1.35, 150)
    begin, end = 270 - angle / 2, 270 + angle / 2
    bow = arc((0, 0), 1, begin, end)
    sheet.fill(bow)
    sheet.circle((0, 0), 1)
    sheet.line(bow[0], bow[-1])
    sheet.line(bow[0], (0, 0), bow[-1])
    sheet.line(*arc((0, 0), 0.22, begin, end), width=1.5)
    sheet.dot((0, 0), "O", (0, 1))
    sheet.dot(bow[0], "A", (-1, -0.7))
    sheet.dot(bow[-1], "B", (1, -0.7))
    sheet.say((0, -0.22), f"{angle:g}°", (0, -0.9))
    sheet.say((bow[-1][0] / 2, bow[-1][1] / 2), radius, (1.7, 0.4))
    sheet.save(name)


def _circles() -> None:
    sheet = Drawing(-1.6, -1.5, 3.6, 1.5, 120)
    angle = math.degrees(math.acos(1 / 3))
    touch = [arc((0, 0), 1, a, a)[0] for a in (angle, -angle)]
    lean = 12.0
    e = arc((0, 0), 1, lean, lean)[0]

    def meets(at: Point) -> Point:
        half = math.radians((math.degrees(math.atan2(at[1], at[0])) + lean) / 2)
        far = 1 / math.cos(math.radians(lean) - half)
        return far * math.cos(half), far * math.sin(half)

    c, d = meets(touch[0]), meets(touch[1])
    sheet.circle((0, 0), 1)
    sheet.line(touch[0], (3, 0), touch[1])
    sheet.line(c, d)
    sheet.dots(
        (touch[0], "A", (0, 1)), (touch[1], "B", (0, -1)), ((3, 0), "P", (1, 0)), (e, "E", (-1, 0)),
        (c, "C", (0.7, 0.9)), (d, "D", (0.7, -0.9)), ((0, 0), "O", (-1, 0)),
    )  # fmt: skip
    sheet.save("x-circles-sa-2")

    sheet = Drawing(-15, -15, 15, 15, 13)
    sheet.circle((0, 0), 13)
    sheet.circle((0, 0), 5)
    sheet.line((-12, -5), (12, -5))
    sheet.line((-12, -5), (0, 0), (12, -5), dashed=True)
    sheet.line((0, 0), (0, -5), dashed=True)
    sheet.dots(
        ((0, 0), "O", (0, 1)), ((-12, -5), "A", (-0.8, -0.8)), ((12, -5), "B", (0.8, -0.8)), ((0, -5), "C", (0, -1))
    )
    sheet.save("x-circles-sa-3")

    sheet = Drawing(-1.4, -1.3, 2.4, 1.3, 150)
    c = arc((0, 0), 1, 60, 60)[0]
    sheet.circle((0, 0), 1)
    sheet.line((-1, 0), (2, 0), c, (-1, 0))
    sheet.line(c, (1, 0))
    sheet.dots(
        ((-1, 0), "A", (-1, 0)), ((1, 0), "B", (0.7, -1)), (c, "C", (0.3, 1)), ((2, 0), "D", (0.8, 0.8)),
        ((0, 0), "O", (0, -1)),
    )  # fmt: skip
    sheet.say((-0.72, 0.08), "30°", (0.6, 0.1))
    sheet.save("x-circles-sa-4")


def _heights() -> None:
    sheet = Drawing(-0.8, -0.5, 6.2, 4.2, 90)
    far, low, high = 4.5, 1.2, 3.6
    sheet.line((-0.6, 0), (6, 0))
    sheet.line((far, 0), (far, low), (far + 0.9, low), (far + 0.9, 0))
    sheet.line((far, low), (far, high), width=3)
    sheet.line((0, 0), (far, low), dashed=True)
    sheet.line((0, 0), (far, high), dashed=True)
    sheet.say((0.9, 0.1), "30°", (0.6, 0.2))
    sheet.say((0.9, 0.55), "60°", (-1.6, 1.3))
    sheet.say((far, (low + high) / 2), "6 m", (1.6, 0))
    sheet.dot((0, 0), "P", (0, -0.9))
    sheet.save("x-some-applications-of-trigonometry-sa-3")


def _regions() -> None:
    sheet = Drawing(-1.2, -1.5, 5.5, 12.5, 34)
    sheet.fill([(1, 0), (1, 5), (4, 11), (4, 0)])
    sheet.axes()
    sheet.line((-1, 1), (4.6, 12.2))
    sheet.line((1, 0), (1, 5))
    sheet.line((4, 0), (4, 11))
    sheet.say((2.4, 9.2), "y = 2x + 3", (-2.2, 0.4))
    sheet.say((1, 0), "1", (0, -0.9))
    sheet.say((4, 0), "4", (0, -0.9))
    sheet.save("xii-application-of-integrals-vsa-1")

    sheet = Drawing(-0.9, -1.6, 4, 1.7, 110)
    sheet.fill([*over(math.cos, 0, math.pi), (math.pi, 0), (0, 0)])
    sheet.axes()
    sheet.graph(math.cos, -0.4, 3.5)
    sheet.line((math.pi, 0), (math.pi, -1))
    sheet.say((math.pi / 2, 0), "π/2", (0.8, 0.8))
    sheet.say((math.pi, 0), "π", (0, 0.9))
    sheet.save("xii-application-of-integrals-vsa-3")

    sheet = Drawing(-5.5, -1.2, 2.5, 4, 62)
    sheet.fill([(-4, 0), (-4, 2), (-2, 0), (1, 3), (1, 0)])
    sheet.axes()
    sheet.line((-5, 3), (-2, 0), (1.6, 3.6))
    sheet.line((-4, 0), (-4, 2))
    sheet.line((1, 0), (1, 3))
    for x in (-4, -2, 1):
        sheet.say((x, 0), str(x).replace("-", "−"), (0, -0.9))
    sheet.say((-4, 2), "y = |x + 2|", (2.6, 1.2))
    sheet.save("xii-application-of-integrals-sa-1")


def _curves() -> None:
    root = math.sqrt(8)
    sheet = Drawing(-0.9, -0.9, 3.9, 3.6, 100)
    sheet.fill([(0, 0), (2, 2), *arc((0, 0), root, 45, 0)])
    sheet.axes()
    sheet.line(*arc((0, 0), root, -8, 98))
    sheet.line((-0.5, -0.5), (3, 3))
    sheet.dot((2, 2), "(2, 2)", (1.9, -0.2))
    sheet.say((root, 0), "2√2", (0.9, -0.9))
    sheet.say((3, 3), "y = x", (1.2, 0))
    sheet.save("xii-application-of-integrals-sa-2-solution")

    sheet = Drawing(-3.4, -1.4, 3.4, 5.2, 66)
    sheet.fill(over(lambda x: 4 - x * x, -2, 2))
    sheet.axes()
    sheet.graph(lambda x: 4 - x * x, -2.25, 2.25)
    sheet.say((-2, 0), "−2", (-0.9, -0.9))
    sheet.say((2, 0), "2", (0.9, -0.9))
    sheet.say((0, 4), "4", (0.8, 0.7))
    sheet.save("xii-application-of-integrals-sa-4")

    sheet = Drawing(-5.4, -5.2, 5.8, 5.4, 42)
    sheet.fill(arc((0, 0), 4, -60, 60))
    sheet.axes()
    sheet.circle((0, 0), 4)
    sheet.line((2, -4.6), (2, 4.6))
    sheet.say((2, 4.6), "x = 2", (1.7, 0))
    sheet.say((4, 0), "4", (0.8, -0.8))
    sheet.save("xii-application-of-integrals-la-2")


def _programmes() -> None:
    sheet = Drawing(-1.4, -1.4, 8.8, 11, 44)
    sheet.fill([(0, 0), (5, 0), (3, 4), (0, 7)])
    sheet.axes()
    sheet.line((-0.3, 10.6), (5.6, -1.2))
    sheet.line((-0.8, 7.8), (8, -1))
    sheet.dots(((5, 0), "(5, 0)", (-0.6, -1)), ((3, 4), "(3, 4)", (2, 0.3)), ((0, 7), "(0, 7)", (1.9, 0.6)))
    sheet.say((0.4, 9.6), "2x + y = 10", (3.4, 0))
    sheet.say((6.2, 0.8), "x + y = 7", (2.2, 0.8))
    sheet.save("xii-linear-programming-sa-1-solution")

    sheet = Drawing(-1.6, -1.6, 12.5, 11.6, 36)
    sheet.fill([(4, 0), (10, 0), (6, 4), (0, 6), (0, 4)])
    sheet.axes()
    sheet.line((-0.8, 4.8), (4.9, -0.9))
    sheet.line((-0.5, 10.5), (11, -1))
    sheet.line((-1, 6.33), (12, 2))
    sheet.dots(
        ((4, 0), "(4, 0)", (-0.6, -1)), ((10, 0), "(10, 0)", (0.4, 1)), ((6, 4), "(6, 4)", (1.6, 0.9)),
        ((0, 6), "(0, 6)", (1.9, 0.9)), ((0, 4), "(0, 4)", (-1.2, -0.9)),
    )  # fmt: skip
    sheet.save("xii-linear-programming-la-1-solution")


def main() -> None:
    """Draw all of them."""
    FOLDER.mkdir(exist_ok=True)
    _segment("x-areas-related-to-circles-sa-1", 60, "42 cm")
    _segment("x-areas-related-to-circles-la-1", 120, "21 cm")
    _circles()
    _heights()
    _regions()
    _curves()
    _programmes()


if __name__ == "__main__":
    main()
