"""A calendar of a year or a month: which days are closed and why, walked through by keys."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.deadline_text import _DAYS, _MONTHS, day

FIRST_YEAR, LAST_YEAR = 2024, 2100
_ACROSS = 6
"""Months side by side."""
_WEEKS = 6
_APART = 1.15
"""Of the widest number of a day, the room that it needs in a year."""
_TURNS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day that is otherwise than its weekday.

    Attributes:
        words: what it is called; of several, one a line.
        working: it is a working day, whatever else says that it is closed.
    """

    words: str
    working: bool = False


class YearCalendar(QWidget):
    """Paints a closed day filled, a working day that would be closed in a ring, and today underlined.

    Args:
        today: where the cursor stands at first.
        weekly_off: the weekdays that are closed every week, Monday = 0.

    Signals:
        moved(date): the cursor went there by a key or the mouse.
        opened(date): Enter, or a double click.
        turned(): a month is shown instead of the year, or the year again.

    Attributes:
        looked_at: the day with the cursor.
        month_only: one month fills the place, and its days say their names.
    """

    moved = Signal(object)
    opened = Signal(object)
    turned = Signal()

    def __init__(self, today: date, weekly_off: frozenset[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today, self._off = today, weekly_off
        self._marks: Mapping[date, DayMark] = {}
        self.looked_at, self.month_only = today, False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(spacing(80))
        self._say()

    # -- public ----------------------------------------------------------------------------------------------

    def show_marks(self, marks: Mapping[date, DayMark]) -> None:
        """Show these days otherwise than their weekday."""
        self._marks = dict(marks)
        self._say()
        self.update()

    def show_week(self, today: date, weekly_off: frozenset[int]) -> None:
        """It is another day by now, or other weekdays are closed."""
        self._today, self._off = today, weekly_off
        self._say()
        self.update()

    def go_to(self, when: date) -> None:
        """Look at this day; nobody is told."""
        self.looked_at = min(max(when, date(FIRST_YEAR, 1, 1)), date(LAST_YEAR, 12, 31))
        self._say()
        self.update()

    def spoken(self, when: date) -> str:
        """A day in words: what a screen reader and the tip say."""
        mark = self._marks.get(when)
        if mark is None:
            state = tr("closed every week") if when.weekday() in self._off else tr("working day")
            return f"{day(when, year=True)}: {state}"
        state = tr("working day") if mark.working else tr("closed")
        return f"{day(when, year=True)}: {', '.join(mark.words.splitlines())}, {state}"

    def turn(self) -> None:
        """Show the month instead of the year, or the year again."""
        self.month_only = not self.month_only
        self.update()
        self.turned.emit()

    def rect_of(self, when: date) -> QRectF:
        """Where a day stands; nothing where it is not shown."""
        return next((rect for shown, rect in self._days() if shown == when), QRectF())

    # -- private ---------------------------------------------------------------------------------------------

    def _go(self, when: date) -> None:
        self.go_to(when)
        self.moved.emit(self.looked_at)

    def _say(self) -> None:
        self.setAccessibleName(tr("Calendar"))
        self.setAccessibleDescription(self.spoken(self.looked_at))

    def _font(self, factor: float = 0.85, *, strong: bool = False) -> QFont:
        return current_theme().font(factor, QFont.Weight.DemiBold if strong else QFont.Weight.Normal)

    def _day_font(self, room: float, *, strong: bool) -> QFont:
        """That of a day's number: no larger than that two of them side by side are not read as one."""
        font = self._font(strong=strong)
        wide = QFontMetricsF(font).horizontalAdvance("30") * _APART
        if wide > room > 0:
            font.setPointSizeF(font.pointSizeF() * room / wide)
        return font

    def _line(self) -> float:
        return QFontMetricsF(self._font()).height()

    def _months(self) -> Iterable[tuple[int, QRectF]]:
        """Each month that is shown, and where."""
        if self.month_only:
            yield self.looked_at.month, QRectF(self.rect())
            return
        down = 12 // _ACROSS
        width, height = self.width() / _ACROSS, self.height() / down
        for month in range(1, 13):
            row, column = divmod(month - 1, _ACROSS)
            yield month, QRectF(column * width, row * height, width - spacing(2), height - spacing(1))

    def _days(self) -> Iterable[tuple[date, QRectF]]:
        for month, area in self._months():
            head = self._line() * (2 if self.month_only else 1)
            width, height = area.width() / 7, (area.height() - head) / _WEEKS
            first, count = calendar.monthrange(self.looked_at.year, month)
            for number in range(count):
                row, column = divmod(first + number, 7)
                rect = QRectF(area.left() + column * width, area.top() + head + row * height, width, height)
                yield date(self.looked_at.year, month, number + 1), rect

    def _day_at(self, point: QPointF) -> date | None:
        return next((when for when, rect in self._days() if rect.contains(point)), None)

    def _paint_day(self, painter: QPainter, when: date, rect: QRectF) -> None:
        colors, mark = current_theme().colors, self._marks.get(when)
        inner = rect.adjusted(1, 0.5, -1, -0.5)
        ink = colors.muted if when.weekday() in self._off else colors.text
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark is not None and not mark.working:
            ink = colors.on_accent
            painter.setBrush(QColor(colors.accent))
            painter.drawRoundedRect(inner, 3, 3)
        elif mark is not None:
            ink = colors.text  # work is done on it, also on a Sunday
            painter.setPen(QPen(QColor(colors.done), 2))
            half = inner.height() / 2 - 1  # a pill where there is room for a name
            painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), min(half, inner.width() / 2), half)
        if when == self.looked_at:
            painter.setPen(
                QPen(QColor(colors.text if self.hasFocus() else colors.outline), 2 if self.hasFocus() else 1)
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(inner)
        painter.setPen(QColor(ink))
        font = self._day_font(inner.width(), strong=mark is not None)
        font.setUnderline(when == self._today)
        painter.setFont(font)
        if not self.month_only:
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, str(when.day))
            return
        number = QFontMetricsF(font).horizontalAdvance("30 ")
        painter.drawText(inner.adjusted(4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, str(when.day))
        if mark is not None:
            painter.setFont(self._font(0.8))
            room = inner.adjusted(4 + number, 0, -2, 0)
            words = QFontMetricsF(painter.font()).elidedText(
                mark.words.replace("\n", ", "), Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_head(self, painter: QPainter, month: int, area: QRectF) -> None:
        colors = current_theme().colors
        painter.setFont(self._font(strong=True))
        painter.setPen(QColor(colors.text))
        title = QRectF(area.left() + 2, area.top(), area.width(), self._line())
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, f"{tr(_MONTHS[month - 1])} {self.looked_at.year}")
        if not self.month_only:
            return
        painter.setFont(self._font(0.8))
        painter.setPen(QColor(colors.muted))
        for column, name in enumerate(_DAYS):
            place = QRectF(area.left() + column * area.width() / 7 + 4, title.bottom(), area.width() / 7, self._line())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, tr(name))

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(spacing(160), int(self._line() * 15) + spacing(2))

    def minimumSizeHint(self) -> QSize:
        return QSize(spacing(80), int(self._line() * 12))  # lines closer together, for small screens and large words

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for month, area in self._months():
            self._paint_head(painter, month, area)
        for when, rect in self._days():
            self._paint_day(painter, when, rect)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in _TURNS:
            self._go(self.looked_at + timedelta(days=_TURNS[key]))
        elif key in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            self._go(_months_on(self.looked_at, 1 if key == Qt.Key.Key_PageDown else -1))
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._go(date(self.looked_at.year, 1, 1) if key == Qt.Key.Key_Home else date(self.looked_at.year, 12, 31))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit(self.looked_at)
        elif key == Qt.Key.Key_M:
            self.turn()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        when = self._day_at(event.position())
        if when is not None:
            self._go(when)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        when = self._day_at(event.position())
        if when is not None:
            self.opened.emit(when)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            when = self._day_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if when is None else self.spoken(when), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self.updateGeometry()
            self.update()


def _months_on(when: date, by: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(when.year * 12 + when.month - 1 + by, 12)
    return date(year, month + 1, min(when.day, calendar.monthrange(year, month + 1)[1]))
