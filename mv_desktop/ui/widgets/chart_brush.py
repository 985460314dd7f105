"""Paints charts, on the screen and into files."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import Colors
from mv_desktop.ui.widgets.chart import Axis, Bar, Chart, Fill, Look

_WIDEST_BAR = 56.0
_SPACED = 2.2
"""Heights of a line from the middle of one lying bar to the next at most."""
_AT_ONCE = 20
"""So many bars or dots are drawn before there is a breath."""
_DASHES = {
    Fill.FULL: Qt.PenStyle.SolidLine,
    Fill.STRIPED: Qt.PenStyle.DashLine,
    Fill.CROSSED: Qt.PenStyle.DotLine,
    Fill.EMPTY: Qt.PenStyle.DashDotLine,
}


def paint_chart(
    painter: QPainter,
    place: QRectF,
    chart: Chart,
    colors: Colors,
    font: QFont,
    current: int | None = None,
    breath: Callable[[], object] = bool,
) -> list[tuple[QRectF, Bar]]:
    """Paint a chart, and answer where each of its bars is.

    Args:
        painter: of what is painted on.
        place: where there.
        chart: what is painted.
        colors: of the palette.
        font: of its words.
        current: the number of the bar that has a frame; None for none.
        breath: is called between bars, on a lane to let the window go on.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    # of the painter's device: on paper a point is many more dots
    brush = _Brush(painter, chart, colors, QFontMetricsF(font, painter.device()), current, breath)
    below = brush.legend(place)
    match chart.look:
        case Look.LINES:
            return brush.lines(below)
        case Look.DOTS:
            return brush.dots(below)
        case _:
            return brush.upright(below) if chart.upright else brush.lying(below)


def steps(top: float, least: float = 0.0) -> list[float]:
    """Round values for an axis from 0 to at least `top`, four or five steps of them; none of less than `least`."""
    if top <= 0:
        return [0.0, 1.0]
    rough = max(top / 4, least)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough - 1e-12)
    return [number * step for number in range(math.ceil(top / step - 1e-9) + 1)]


class _Brush:
    """Paints one chart with one painter."""

    def __init__(
        self,
        painter: QPainter,
        chart: Chart,
        colors: Colors,
        metrics: QFontMetricsF,
        current: int | None,
        breath: Callable[[], object],
    ) -> None:
        self._painter, self._chart, self._colors, self._metrics = painter, chart, colors, metrics
        self._current, self._breath, self._drawn = current, breath, 0
        self._line = metrics.height()
        self._gap = self._line / 4
        # on paper, a line as thin as a dot is not seen
        self._thin = max(1.0, self._line / 18)

    def legend(self, place: QRectF) -> QRectF:
        """The series' names with what they look like; what is left of the place."""
        x, y, size = place.left() + self._gap, place.top(), self._line * 0.75
        unit = self._metrics.horizontalAdvance(self._chart.unit) + 2 * self._gap if self._chart.unit else 0.0
        for number, series in enumerate(self._chart.series):
            wide = size + self._gap + self._metrics.horizontalAdvance(series.name)
            if x + wide > place.right() - unit and x > place.left() + self._gap:
                x, y, unit = place.left() + self._gap, y + self._line + self._gap, 0.0  # it stands in the first line
            sample = QRectF(x, y + (self._line - size) / 2, size, size)
            if self._chart.look is Look.BARS:
                self._block(sample, number)
            else:
                self._sample(sample, number)
            self._words(QRectF(x + size + self._gap, y, wide, self._line), series.name)
            x += wide + 4 * self._gap
        if self._chart.unit:
            self._words(place, self._chart.unit, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, quiet=True)
        return place.adjusted(0, y + 1.8 * self._line - place.top(), 0, 0)

    def upright(self, place: QRectF) -> list[tuple[QRectF, Bar]]:
        """Bars from left to right."""
        top, field, places = self._standing_field(place)
        told = self._widest([bar.told for bar in self._chart.bars]) + self._gap <= field.width() / max(1, len(places))
        for slot, bar in places:
            high = self._standing(slot, bar, top)
            if told:
                at = QRectF(slot.left(), high - self._line, slot.width(), self._line)
                self._words(at, bar.told, Qt.AlignmentFlag.AlignCenter)
        self._frame(places)
        return places

    def lines(self, place: QRectF) -> list[tuple[QRectF, Bar]]:
        """Each series as a line from left to right, with a mark at each value while there is room."""
        top, field, places = self._standing_field(place)
        size = min(self._line * 0.6, field.width() / max(1, len(places)) * 0.8)
        for number, series in enumerate(self._chart.series):
            points = [
                QPointF(slot.center().x(), slot.bottom() - slot.height() * min(1.0, bar.values[number] / top))
                for slot, bar in places
            ]
            color = QColor(getattr(self._colors, series.role))
            self._painter.setPen(QPen(color, 2 * self._thin, _DASHES[series.fill]))
            self._painter.drawPolyline(QPolygonF(points))
            for point in points if size > 4 * self._thin or len(points) == 1 else ():
                self._dot(point, size, number)
        self._frame(places)
        return places

    def dots(self, place: QRectF) -> list[tuple[QRectF, Bar]]:
        """Each point where its two values are."""
        if self._chart.axes is None:
            raise ValueError("dots need two axes")
        along, up = self._chart.axes
        across, above = _ticks(along), _ticks(up)
        left = self._widest([_axis_number(up, mark) for mark in above]) + 2 * self._gap
        self._words(place, up.name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, quiet=True)
        field = place.adjusted(left, 1.5 * self._line, -2 * self._gap, -2.2 * self._line)
        for mark in above:
            y = field.bottom() - field.height() * (mark - up.low) / (up.high - up.low)
            self._rule(QPointF(field.left(), y), QPointF(field.right(), y))
            at = QRectF(place.left(), y - self._line / 2, left - 2 * self._gap, self._line)
            self._words(at, _axis_number(up, mark), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for mark in across:
            x = field.left() + field.width() * (mark - along.low) / (along.high - along.low)
            self._rule(QPointF(x, field.top()), QPointF(x, field.bottom()))
            wide = self._metrics.horizontalAdvance(_axis_number(along, mark)) + self._gap
            at = QRectF(x - wide / 2, field.bottom() + self._gap, wide, self._line)
            at.moveRight(min(at.right(), place.right()))
            self._words(at, _axis_number(along, mark), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        at = QRectF(field.left(), place.bottom() - self._line, field.width(), self._line)
        self._words(at, along.name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, quiet=True)
        self._bound(field, up)
        places, size = [], self._line * 0.55
        for bar in self._chart.bars:
            x, y = bar.values
            point = QPointF(
                field.left() + field.width() * _within(along, x), field.bottom() - field.height() * _within(up, y)
            )
            self._dot(point, size, bar.series)
            reach = size * 0.8
            places.append((QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach), bar))
        self._frame(places)
        return places

    def lying(self, place: QRectF) -> list[tuple[QRectF, Bar]]:
        """Bars from top to bottom, as many as there is room for, the current one among them."""
        marks, bars = self._marks(), self._chart.bars
        room = max(1, int(place.height() / (self._line * 1.5)))
        if len(bars) > room:
            place = place.adjusted(0, 0, 0, -self._line - self._gap)
            room = max(1, int(place.height() / (self._line * 1.5)))
            more = tr("{count} more are in the table.", count=len(bars) - room)
            at = QRectF(place.left(), place.bottom() + self._gap, place.width(), self._line)
            self._words(at, more, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, quiet=True)
            first = max(0, (self._current or 0) - room + 1)
            bars = bars[first : first + room]
        left = min(self._widest([bar.label for bar in bars]) + 3 * self._gap, place.width() / 3)
        right = self._widest([bar.told for bar in bars]) + 2 * self._gap
        field = place.adjusted(left, 0, -right, 0)
        pitch = min(self._line * _SPACED, place.height() / max(1, min(room, len(bars))))
        places = []
        for number, bar in enumerate(bars):
            slot = QRectF(field.left(), place.top() + number * pitch, field.width(), pitch)
            end = (self._reach if self._chart.look is Look.REACHES else self._lain)(slot, bar, marks[-1])
            at = QRectF(place.left() + self._gap, slot.top(), left - 2 * self._gap, pitch)
            label = self._metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, at.width())
            self._words(at, label, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            at = QRectF(end + self._gap, slot.top(), right, pitch)
            self._words(at, bar.told, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            places.append((QRectF(place.left(), slot.top(), place.width(), pitch), bar))
        bottom = place.top() + len(bars) * pitch
        self._rule(QPointF(field.left(), place.top()), QPointF(field.left(), bottom))
        self._frame(places)
        return places

    # -- private ---------------------------------------------------------------------------------------------

    def _standing_field(self, place: QRectF) -> tuple[float, QRectF, list[tuple[QRectF, Bar]]]:
        """The rules and labels of an axis that stands at the left; its end, the field, and each bar's part of it."""
        marks = self._marks()
        left = max(self._metrics.horizontalAdvance(self._number(mark)) for mark in marks) + 2 * self._gap
        field = place.adjusted(left, self._line / 2, -self._gap, -self._line - self._gap)
        for mark in marks:
            y = field.bottom() - field.height() * mark / marks[-1]
            self._rule(QPointF(field.left(), y), QPointF(field.right(), y))
            at = QRectF(place.left(), y - self._line / 2, left - 2 * self._gap, self._line)
            self._words(at, self._number(mark), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, quiet=True)
        bars = self._chart.bars
        pitch = max(1.0, field.width()) / max(1, len(bars))  # between two panes there may be no room at all
        labelled = max(1, math.ceil((self._widest([bar.label for bar in bars]) + 2 * self._gap) / pitch))
        places, labelled_to = [], place.left()
        for number, bar in enumerate(bars):
            slot = QRectF(field.left() + number * pitch, field.top(), pitch, field.height())
            if number % labelled == 0:
                wide = self._metrics.horizontalAdvance(bar.label) + self._gap
                at = QRectF(slot.center().x() - wide / 2, field.bottom() + self._gap, wide, self._line)
                at.moveRight(min(at.right(), place.right()))
                # moved to the left, that of the last bar may have no room beside the one before
                if not number or at.left() >= labelled_to:
                    self._words(at, bar.label, Qt.AlignmentFlag.AlignCenter)
                    labelled_to = at.right()
            places.append((slot, bar))
        return marks[-1], field, places

    def _frame(self, places: list[tuple[QRectF, Bar]]) -> None:
        """A frame around the current bar, as far as it is on the chart."""
        if self._current is None or self._current >= len(self._chart.bars):
            return
        current = self._chart.bars[self._current]
        place = next((place for place, bar in places if bar is current), None)
        if place is not None:
            self._painter.setPen(QPen(QColor(self._colors.text), 2 * self._thin))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRoundedRect(place, self._gap, self._gap)

    def _bound(self, field: QRectF, up: Axis) -> None:
        if up.bound is None:
            return
        y = field.bottom() - field.height() * _within(up, up.bound)
        self._painter.setPen(QPen(QColor(self._colors.text), self._thin, Qt.PenStyle.DashLine))
        self._painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))

    def _reach(self, slot: QRectF, bar: Bar, top: float) -> float:
        """A dot with how far it may be off; answers where that ends."""
        low, middle, high = (slot.left() + slot.width() * min(1.0, value / top) for value in bar.values)
        y, cap = slot.center().y(), slot.height() / 5
        color = QColor(getattr(self._colors, self._chart.series[bar.series].role))
        self._painter.setPen(QPen(color, 2 * self._thin))
        for start, end in (
            (QPointF(low, y), QPointF(high, y)),
            (QPointF(low, y - cap), QPointF(low, y + cap)),
            (QPointF(high, y - cap), QPointF(high, y + cap)),
        ):
            self._painter.drawLine(start, end)
        self._dot(QPointF(middle, y), self._line * 0.6, bar.series)
        return high

    def _sample(self, place: QRectF, number: int) -> None:
        """A series in the legend: a piece of its line, and its dot."""
        series = self._chart.series[number]
        if self._chart.look is not Look.DOTS:
            color = QColor(getattr(self._colors, series.role))
            self._painter.setPen(QPen(color, 2 * self._thin, _DASHES[series.fill]))
            self._painter.drawLine(
                QPointF(place.left(), place.center().y()), QPointF(place.right(), place.center().y())
            )
        self._dot(place.center(), place.width() * 0.7, number)

    def _dot(self, point: QPointF, size: float, number: int) -> None:
        """Round, square or a cross, by the series."""
        self._count()
        series = self._chart.series[number]
        color, half = QColor(getattr(self._colors, series.role)), size / 2
        self._painter.setPen(QPen(color, 1.5 * self._thin))
        place = QRectF(point.x() - half, point.y() - half, size, size)
        match series.fill:
            case Fill.FULL:
                self._painter.setBrush(color)
                self._painter.drawEllipse(place)
            case Fill.STRIPED:
                self._painter.setBrush(QColor(self._colors.base))
                self._painter.drawRect(place)
            case Fill.EMPTY:
                self._painter.setBrush(QColor(self._colors.base))
                self._painter.drawEllipse(place)
            case Fill.CROSSED:
                self._painter.drawLines(
                    [QLineF(place.topLeft(), place.bottomRight()), QLineF(place.bottomLeft(), place.topRight())]
                )

    def _marks(self) -> list[float]:
        if self._chart.top is not None:
            return [self._chart.top * number / 4 for number in range(5)]
        sums = [sum(bar.values) if self._chart.stacked else max(bar.values, default=0) for bar in self._chart.bars]
        counts = all(float(value).is_integer() for bar in self._chart.bars for value in bar.values)
        return steps(max(sums, default=0), 1.0 if counts else 0.0)  # nobody counts half a script

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

    def _count(self) -> None:
        """One more is drawn."""
        self._drawn += 1
        if self._drawn % _AT_ONCE == 0:
            self._breath()

    def _block(self, place: QRectF, series: int) -> None:
        self._count()
        look = self._chart.series[series]
        color = QColor(getattr(self._colors, look.role))
        self._painter.setPen(QPen(color, self._thin))
        self._painter.setBrush(color if look.fill is Fill.FULL else QColor(self._colors.base))
        self._painter.drawRect(place)
        if look.fill in {Fill.STRIPED, Fill.CROSSED}:
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


def _ticks(axis: Axis) -> list[float]:
    """Round values from its low to its high end."""
    step = steps(axis.high - axis.low)[1]
    first = math.ceil(axis.low / step - 1e-9)
    return [number * step for number in range(first, math.floor(axis.high / step + 1e-9) + 1)]


def _within(axis: Axis, value: float) -> float:
    """Where a value is between the ends of an axis, 0 to 1; what is beyond them is at them."""
    return min(1.0, max(0.0, (value - axis.low) / (axis.high - axis.low)))


def _axis_number(axis: Axis, value: float) -> str:
    return f"{value * 100:.0f} %" if axis.shares else f"{value:g}".replace("-", "−")
