"""What stands on a page: words, formulas, pictures and lines at their places, in twentieths of a point."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtGui import QFont, QFontMetricsF, QImage

from mv_desktop.ui.paper.outline import Art
from mv_desktop.ui.theme import FONT_FAMILY
from mv_desktop.ui.widgets.chart import Chart

UNIT = 20
"""So many to a point: fonts are measured so large that no hinting for screens shows."""
PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
"""A4."""
LEFT, RIGHT, TOP, BOTTOM = 1134, 1021, 1134, 1134
WIDTH = PAGE_WIDTH - LEFT - RIGHT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's size."""

    wide: int
    high: int

    @property
    def width(self) -> int:
        """Between the margins."""
        return self.wide - LEFT - RIGHT

    @property
    def height(self) -> int:
        """Between the margins."""
        return self.high - TOP - BOTTOM


UPRIGHT, LYING = Sheet(PAGE_WIDTH, PAGE_HEIGHT), Sheet(PAGE_HEIGHT, PAGE_WIDTH)


class Style(Enum):
    """How words look: their size in points and their weight."""

    TITLE = (16.0, QFont.Weight.DemiBold)
    HEADING = (12.0, QFont.Weight.DemiBold)
    BODY = (11.0, QFont.Weight.Normal)
    STRONG = (11.0, QFont.Weight.DemiBold)
    SMALL = (9.0, QFont.Weight.Normal)
    SMALL_STRONG = (9.0, QFont.Weight.DemiBold)


def font(style: Style) -> QFont:
    """The bundled font, which the PDF takes along."""
    size, weight = style.value
    made = QFont(FONT_FAMILY)
    made.setPixelSize(round(size * UNIT))
    made.setWeight(weight)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # says what holds anyway; without a feature that is set, figures are other signs for who copies them from a PDF
    made.setFeature(QFont.Tag("kern"), 1)
    return made


def metrics(style: Style) -> QFontMetricsF:
    """How large words are."""
    return QFontMetricsF(font(style))


ABOVE, BELOW = 0.98, 0.40
"""So much of its size a line has above and below its baseline: the font's own measure is for lists on a screen."""


def room(style: Style) -> tuple[float, float]:
    """How high a line of words is, above and below its baseline."""
    size = style.value[0] * UNIT
    return size * ABOVE, size * BELOW


@dataclass(frozen=True, slots=True)
class Words:
    """Words whose baseline begins at a point."""

    x: float
    y: float
    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Maths:
    """A formula, drawn as the lines that it consists of."""

    x: float
    y: float
    width: float
    height: float
    art: Art


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture."""

    x: float
    y: float
    width: float
    height: float
    image: QImage


@dataclass(frozen=True, slots=True)
class Graph:
    """A chart, drawn as the lines and words that it consists of."""

    x: float
    y: float
    width: float
    height: float
    chart: Chart


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across."""

    x: float
    y: float
    width: float


Mark = Words | Maths | Photo | Graph | Rule


@dataclass(frozen=True, slots=True)
class Block:
    """What is never cut over two pages.

    Attributes:
        height: with the space below it.
        marks: counted from its own top left.
        clings: it does not stand at the end of a page without what follows.
        head: stands above it again where it begins a page.
    """

    height: float
    marks: tuple[Mark, ...] = field(default=())
    clings: bool = False
    head: Block | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, marks counted from its top left."""

    marks: tuple[Mark, ...]


def moved(mark: Mark, x: float, y: float) -> Mark:
    """The same, elsewhere."""
    match mark:
        case Words():
            return Words(mark.x + x, mark.y + y, mark.text, mark.style)
        case Maths():
            return Maths(mark.x + x, mark.y + y, mark.width, mark.height, mark.art)
        case Photo():
            return Photo(mark.x + x, mark.y + y, mark.width, mark.height, mark.image)
        case Graph():
            return Graph(mark.x + x, mark.y + y, mark.width, mark.height, mark.chart)
        case Rule():
            return Rule(mark.x + x, mark.y + y, mark.width)
