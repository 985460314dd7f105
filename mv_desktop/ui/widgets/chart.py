"""What a chart is: bars, lines or dots. Series have patterns besides colours, and every point its value in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole

_SAID = 12
"""So many bars are told to a screen reader; the table beside it has them all."""


class Fill(Enum):
    """How the bars of a series are filled, its line is broken, or its dots are shaped: it differs without colour."""

    FULL = "full"
    STRIPED = "striped"
    CROSSED = "crossed"
    EMPTY = "empty"


class Look(Enum):
    """What a value is drawn as.

    Attributes:
        BARS: as long as it is.
        LINES: from one place on the axis to the next.
        DOTS: two values are a place between two axes.
        REACHES: a dot, and how far it may be off to either side: the values are the lower end, it, and the upper end.
    """

    BARS = "bars"
    LINES = "lines"
    DOTS = "dots"
    REACHES = "reaches"


@dataclass(frozen=True, slots=True)
class Series:
    """What the bars of one kind are: a name, and how they look."""

    name: str
    role: ColorRole
    fill: Fill = Fill.FULL


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the two axes of dots.

    Attributes:
        shares: its numbers are told in percent.
        bound: a line that parts what is good from what is not; None for none.
    """

    name: str
    low: float
    high: float
    shares: bool = False
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One place on the axis, or one dot.

    Attributes:
        values: one for each series, none below zero; of dots and reaches as `Look` says.
        told: the value that stands at it, short.
        tip: all of it, in words.
        series: of a dot or a reach, the number of the series it belongs to.
    """

    label: str
    values: tuple[float, ...]
    told: str
    tip: str
    series: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """What is painted.

    Attributes:
        title: for a screen reader, and above it in a file.
        upright: bars stand side by side, as days do; else they lie below one another, as names do.
        stacked: the values of a bar stand on one another; else beside one another.
        unit: written at the axis.
        top: the end of the axis; None for whatever is largest.
        axes: of dots, the one along the bottom and the one at the side.
    """

    title: str
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    upright: bool = False
    stacked: bool = False
    unit: str = ""
    top: float | None = None
    look: Look = Look.BARS
    axes: tuple[Axis, Axis] | None = None

    @property
    def said(self) -> str:
        """The bars in words, as many as one listens to."""
        words = [bar.tip for bar in self.bars[:_SAID]]
        if len(self.bars) > _SAID:
            words.append(tr("{count} more are in the table.", count=len(self.bars) - _SAID))
        return "\n".join(words)

    @property
    def walk(self) -> tuple[int, ...]:
        """The numbers of the bars as arrow keys walk through them: dots from left to right."""
        numbers = range(len(self.bars))
        if self.look is Look.DOTS:
            return tuple(sorted(numbers, key=lambda number: self.bars[number].values))
        return tuple(numbers)
