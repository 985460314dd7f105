"""A chart on the screen: the pointer and the arrow keys tell each point of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.announcement import Announcer
from mv_desktop.ui.widgets.chart import Bar, Chart
from mv_desktop.ui.widgets.chart_brush import paint_chart

_PAGE = 10
"""Points that a page key goes over."""


class ChartView(QWidget):
    """A chart on the screen. The pointer on a bar tells all of it; arrow keys go from one to the next and say it.

    Signals:
        stepped(int): the bar with this number was gone to, by keys or a click.
        chosen(int): Enter or a double click on it.
    """

    stepped = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: Chart | None = None
        self._places: list[tuple[QRectF, Bar]] = []
        self._current: int | None = None
        self._announcer = Announcer(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(spacing(40))

    @property
    def chart(self) -> Chart | None:
        """What is shown."""
        return self._chart

    @property
    def current(self) -> int | None:
        """The number of the bar one is at; None before one went to any."""
        return self._current

    def show_chart(self, chart: Chart) -> None:
        """Show this instead."""
        if chart == self._chart:
            return
        self._chart = chart
        self._places = []
        self._current = None
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(chart.said)
        self.update()

    def go_to(self, number: int) -> None:
        """Be at a bar; nothing is said and nobody told."""
        if self._chart is not None and 0 <= number < len(self._chart.bars) and number != self._current:
            self._current = number
            self.setAccessibleDescription(self._chart.bars[number].tip)
            self.update()

    # -- private ---------------------------------------------------------------------------------------------

    def _step_to(self, number: int) -> None:
        if self._chart is None or number == self._current or number >= len(self._chart.bars):
            return
        self.go_to(number)
        self._announcer.say(self.accessibleDescription)
        self.stepped.emit(number)

    def _bar_at(self, at: QPointF) -> int | None:
        """Of those that lie above one another, the nearest."""
        if self._chart is None:
            return None
        near = [(place, bar) for place, bar in self._places if place.contains(at)]
        if not near:
            return None
        bar = min(near, key=lambda one: (one[0].center() - at).manhattanLength())[1]
        return next(number for number, one in enumerate(self._chart.bars) if one is bar)

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(spacing(150), spacing(60))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._chart is None:
            return
        painter = QPainter(self)
        theme = current_theme()
        inside = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        self._places = paint_chart(painter, inside, self._chart, theme.colors, theme.font(0.9), self._current)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colors.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        walk = () if self._chart is None else self._chart.walk
        at = walk.index(self._current) if self._current in walk else None
        match event.key():
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                to = 0 if at is None else at + 1
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                to = len(walk) - 1 if at is None else at - 1
            case Qt.Key.Key_Home:
                to = 0
            case Qt.Key.Key_End:
                to = len(walk) - 1
            case Qt.Key.Key_PageDown:
                to = (at or 0) + _PAGE
            case Qt.Key.Key_PageUp:
                to = (at or 0) - _PAGE
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._current is not None:
                self.chosen.emit(self._current)
                return
            case _:
                super().keyPressEvent(event)
                return
        if walk:
            self._step_to(walk[min(max(to, 0), len(walk) - 1)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._bar_at(event.position())
        if number is not None:
            self._step_to(number)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        number = self._bar_at(event.position())
        if number is not None:
            self.chosen.emit(number)
        super().mouseDoubleClickEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._bar_at(QPointF(event.pos()))
            tip = "" if number is None or self._chart is None else self._chart.bars[number].tip
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self.update()
