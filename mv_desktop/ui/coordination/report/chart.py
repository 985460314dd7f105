"""A bar chart, painted on the screen and into files: series have patterns besides colours, bars have their values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole, Colors, current_theme, spacing

_SAID = 12
"""So many bars are told to a screen reader; the table below has them all."""
_WIDEST_BAR = 56.0


class Fill(Enum):
    """How the bars of a series are filled, so that they differ without colour."""

    FULL = "full"
    STRIPED = "striped"
    CROSSED = "crossed"


@dataclass(frozen=True, slots=True)
class Series:
    """What the bars of one kind are: a name, and how they look."""

    name: str
    role: ColorRole
    fill: Fill = Fill.FULL


@dataclass(frozen=True, slots=True)
class Bar:
    """One place on the axis.

    Attributes:
        values: one for each series, none below zero.
        told: the value that stands at it, short.
        tip: all of it, in words.
    """

    label: str
    values: tuple[float, ...]
    told: str
    tip: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is painted.

    Attributes:
        title: for a screen reader, and above it in a file.
        upright: bars stand side by side, as days do; else they lie below one another, as names do.
        stacked: the values of a bar stand on one another; else beside one another.
        unit: written at the axis.
        top: the end of the axis; None for whatever is largest.
    """

    title: str
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    upright: bool = False
    stacked: bool = False
    unit: str = ""
    top: float | None = None

    @property
    def said(self) -> str:
        """The bars in words, as many as one listens to."""
        words = [bar.tip for bar in self.bars[:_SAID]]
        if len(self.bars) > _SAID:
            words.append(tr("{count} more are in the table.", count=len(self.bars) - _SAID))
        return "\n".join(words)


class ChartView(QWidget):
    """A chart on the screen; the pointer on a bar tells all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: Chart | None = None
        self._places: list[tuple[QRectF, Bar]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(spacing(40))

    @property
    def chart(self) -> Chart | None:
        """What is shown."""
        return self._chart

    def show_chart(self, chart: Chart) -> None:
        """Show this instead."""
        self._chart = chart
        self._places = []
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(chart.said)
        self.update()

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(spacing(150), spacing(60))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._chart is None:
            return
        painter = QPainter(self)
        theme = current_theme()
        self._places = paint_chart(painter, QRectF(self.rect()), self._chart, theme.colors, theme.font(0.9))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = QPointF(event.pos())
            tip = next((bar.tip for place, bar in self._places if place.contains(at)), "")
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self.update()


def paint_chart(
    painter: QPainter, place: QRectF, chart: Chart, colors: Colors, font: QFont
) -> list[tuple[QRectF, Bar]]:
    """Paint a chart, and answer where each of its bars is."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    # of the painter's device: on paper a point is many more dots
    brush = _Brush(painter, chart, colors, QFontMetricsF(font, painter.device()))
    below = brush.legend(place)
    return brush.upright(below) if chart.upright else brush.lying(below)


def steps(top: float) -> list[float]:
    """Round values for an axis from 0 to at least `top`, four or five steps of them."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough - 1e-12)
    return [number * step for number in range(math.ceil(top / step - 1e-9) + 1)]


class _Brush:
    """Paints one chart with one painter."""

    def __init__(self, painter: QPainter, chart: Chart, colors: Colors, metrics: QFontMetricsF) -> None:
        self._painter, self._chart, self._colors, self._metrics = painter, chart, colors, metrics
        self._line = metrics.height()
        self._gap = self._line / 4
        # on paper, a line as thin as a dot is not seen
        self._thin = max(1.0, self._line / 18)

    def legend(self, place: QRectF) -> QRectF:
        """The series' names with what they look like; what is left of the place."""
        x, y, size = place.left() + self._gap, place.top(), self._line * 0.75
        for number, series in enumerate(self._chart.series):
            wide = size + self._gap + self._metrics.horizontalAdvance(series.name)
            if x + wide > place.right() and x > place.left() + self._gap:
                x, y = place.left() + self._gap, y + self._line + self._gap
            self._block(QRectF(x, y + (self._line - size) / 2, size, size), number)
            self._words(QRectF(x + size + self._gap, y, wide, self._line), series.name)
            x += wide + 4 * self._gap
        if self._chart.unit:
            self._words(place, self._chart.unit, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, quiet=True)
        return place.adjusted(0, y + 1.8 * self._line - place.top(), 0, 0)

    def upright(self, place: QRectF) -> list[tuple[QRectF, Bar]]:
        """Bars from left to right."""
        marks = self._marks()
        left = max(self._metrics.horizontalAdvance(self._number(mark)) for mark in marks) + 2 * self._gap
        field = place.adjusted(left, self._line / 2, -self._gap, -self._line - self._gap)
        for mark in marks:
            y = field.bottom() - field.height() * mark / marks[-1]
            self._rule(QPointF(field.left(), y), QPointF(field.right(), y))
            at = QRectF(place.left(), y - self._line / 2, left - 2 * self._gap, self._line)
            self._words(at, self._number(mark), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, quiet=True)
        bars = self._chart.bars
        pitch = field.width() / max(1, len(bars))
        labelled = max(1, math.ceil((self._widest([bar.label for bar in bars]) + 2 * self._gap) / pitch))
        told = self._widest([bar.told for bar in bars]) + self._gap <= pitch
        places = []
        for number, bar in enumerate(bars):
            slot = QRectF(field.left() + number * pitch, field.top(), pitch, field.height())
            top = self._standing(slot, bar, marks[-1])
            centre = slot.center().x()
            if told:
                at = QRectF(centre - pitch / 2, top - self._line, pitch, self._line)
                self._words(at, bar.told, Qt.AlignmentFlag.AlignCenter)
            if number % labelled == 0:
                wide = self._metrics.horizontalAdvance(bar.label) + self._gap
                at = QRectF(centre - wide / 2, field.bottom() + self._gap, wide, self._line)
                at.moveRight(min(at.right(), place.right()))
                self._words(at, bar.label, Qt.AlignmentFlag.AlignCenter)
            places.append((slot, bar))
        return places

    def lying(self, place: QRectF) -> list[tuple[QRectF, Bar]]:
        """Bars from top to bottom, as many as there is room for."""
        marks, bars = self._marks(), self._chart.bars
        room = max(1, int(place.height() / (self._line * 1.5)))
        if len(bars) > room:
            place = place.adjusted(0, 0, 0, -self._line - self._gap)
            room = max(1, int(place.height() / (self._line * 1.5)))
            more = tr("{count} more are in the table.", count=len(bars) - room)
            at = QRectF(place.left(), place.bottom() + self._gap, place.width(), self._line)
            self._words(at, more, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, quiet=True)
            bars = bars[:room]
        left = min(self._widest([bar.label for bar in bars]) + 2 * self._gap, place.width() / 3)
        right = self._widest([bar.told for bar in bars]) + 2 * self._gap
        field = place.adjusted(left, 0, -right, 0)
        pitch = min(self._line * 2, place.height() / max(1, room))
        places = []
        for number, bar in enumerate(bars):
            slot = QRectF(field.left(), place.top() + number * pitch, field.width(), pitch)
            end = self._lain(slot, bar, marks[-1])
            at = QRectF(place.left(), slot.top(), left - 2 * self._gap, pitch)
            label = self._metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, at.width())
            self._words(at, label, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            at = QRectF(end + self._gap, slot.top(), right, pitch)
            self._words(at, bar.told, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            places.append((QRectF(place.left(), slot.top(), place.width(), pitch), bar))
        bottom = place.top() + len(bars) * pitch
        self._rule(QPointF(field.left(), place.top()), QPointF(field.left(), bottom))
        return places

    # -- private ---------------------------------------------------------------------------------------------

    def _marks(self) -> list[float]:
        if self._chart.top is not None:
            return [self._chart.top * number / 4 for number in range(5)]
        sums = [sum(bar.values) if self._chart.stacked else max(bar.values, default=0) for bar in self._chart.bars]
        return steps(max(sums, default=0))

    def _standing(self, slot: QRectF, bar: Bar, top: float) -> float:
        """One bar, or several beside one another; answers the height of what is highest."""
        wide = min(slot.width() * 0.7, _WIDEST_BAR * self._thin * len(bar.values))
        x, y = slot.center().x() - wide / 2, slot.bottom()
        highest = y
        for number, value in enumerate(bar.values):
            high = slot.height() * min(1.0, value / top)
            each = wide if self._chart.stacked else wide / len(bar.values)
            if value > 0:
                self._block(QRectF(x, y - high, each, high), number)
            highest = min(highest, y - high)
            x, y = (x, y - high) if self._chart.stacked else (x + each, y)
        return highest

    def _lain(self, slot: QRectF, bar: Bar, top: float) -> float:
        """One bar, or several below one another; answers where the longest ends."""
        high = slot.height() * 0.66
        x, y = slot.left(), slot.center().y() - high / 2
        farthest = x
        for number, value in enumerate(bar.values):
            long = slot.width() * min(1.0, value / top)
            each = high if self._chart.stacked else high / len(bar.values)
            if value > 0:
                self._block(QRectF(x, y, long, each), number)
            farthest = max(farthest, x + long)
            x, y = (x + long, y) if self._chart.stacked else (x, y + each)
        return farthest

    def _block(self, place: QRectF, series: int) -> None:
        look = self._chart.series[series]
        color = QColor(getattr(self._colors, look.role))
        self._painter.setPen(QPen(color, self._thin))
        self._painter.setBrush(color if look.fill is Fill.FULL else QColor(self._colors.base))
        self._painter.drawRect(place)
        if look.fill is not Fill.FULL:
            self._stripe(place, crossed=look.fill is Fill.CROSSED)

    def _stripe(self, place: QRectF, *, crossed: bool) -> None:
        """Lines from corner to corner, as far from one another on paper as on the screen; Qt's patterns are of dots."""
        self._painter.save()
        self._painter.setClipRect(place)
        pitch, high = self._line / 2.5, place.height()
        # of one grid for all bars, so that stripes do not shift where bars meet
        x = math.floor((place.left() - high) / pitch) * pitch
        lines = []
        while x < place.right():
            lines.append(QLineF(x, place.bottom(), x + high, place.top()))
            if crossed:
                lines.append(QLineF(x, place.top(), x + high, place.bottom()))
            x += pitch
        self._painter.drawLines(lines)
        self._painter.restore()

    def _rule(self, start: QPointF, end: QPointF) -> None:
        self._painter.setPen(QPen(QColor(self._colors.border), self._thin))
        self._painter.drawLine(start, end)

    def _words(
        self,
        place: QRectF,
        words: str,
        alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
        *,
        quiet: bool = False,
    ) -> None:
        self._painter.setPen(QColor(self._colors.muted if quiet else self._colors.text))
        self._painter.drawText(place, alignment | Qt.TextFlag.TextSingleLine, words)

    def _number(self, value: float) -> str:
        return f"{value * 100:.0f} %" if self._chart.top == 1 else f"{value:g}"

    def _widest(self, words: list[str]) -> float:
        return max((self._metrics.horizontalAdvance(one) for one in words), default=0.0)
