"""Formulas as outlines on whole twentieths of a point, as a PDF writes them shortest.

A page of formulas that is painted from their SVG takes a tenth of a second to be packed, which Qt does in one piece and
without letting the window go on; in whole numbers it takes a third of that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath

_ELEMENT = re.compile(r"<(\w+)([^>]*)>")
_DATA = re.compile(r' d="([^"]*)"')
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_COUNTS = {"M": 2, "L": 2, "Q": 4, "Z": 0}
_SIDES = ("x", "y", "width", "height")
_THINNEST = 6.0
"""A line of a fraction is no thinner than this, in twentieths of a point."""

Step = tuple[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Art:
    """A formula as it was typeset.

    Attributes:
        svg: as ziamath wrote it.
        left, top, width, height: what it takes up; the baseline is at 0.
        steps: its outline; None where it holds what no outline says.
    """

    svg: bytes
    left: float
    top: float
    width: float
    height: float
    steps: tuple[Step, ...] | None


def steps_of(svg: str) -> tuple[Step, ...] | None:
    """The outline of an SVG of filled paths and rectangles; None where it holds anything else."""
    found: list[Step] = []
    for name, rest in _ELEMENT.findall(svg):
        if name == "path" and "stroke" not in rest and "transform" not in rest:
            data = _DATA.search(rest)
            if data is None:
                return None
            for letter, numbers in _STEP.findall(data[1]):
                values = tuple(map(float, numbers.replace(",", " ").split()))
                if len(values) != _COUNTS.get(letter):
                    return None
                found.append((letter, values))
        elif name == "rect" and "stroke" not in rest and "transform" not in rest:
            sides = [re.search(rf' {side}="([^"]+)"', rest) for side in _SIDES]
            if None in sides:
                return None
            found.append(("R", tuple(float(side[1]) for side in sides if side is not None)))
        elif name != "svg":
            return None
    return tuple(found)


def path_of(art: Art, x: float, y: float, scale: float) -> QPainterPath:
    """The outline with the top left of the formula at a point, every coordinate a whole number."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    x, y = x - art.left * scale, y - art.top * scale

    def at(across: float, down: float) -> QPointF:
        return QPointF(round(x + across * scale), round(y + down * scale))

    here: tuple[float, ...] = (0.0, 0.0)
    for letter, values in art.steps or ():
        match letter:
            case "M":
                path.moveTo(at(*values))
            case "L":
                path.lineTo(at(*values))
            case "Q":
                bent, end = values[:2], values[2:]
                first, second = (
                    tuple(point[n] + (bent[n] - point[n]) * 2 / 3 for n in (0, 1)) for point in (here, end)
                )
                path.cubicTo(at(*first), at(*second), at(*end))
            case "Z":
                path.closeSubpath()
            case "R":
                corner = at(values[0], values[1])
                high = max(round(_THINNEST), round(values[3] * scale))
                path.addRect(corner.x(), corner.y(), round(values[2] * scale), high)
        here = values[-2:] if values and letter != "R" else here
    return path
