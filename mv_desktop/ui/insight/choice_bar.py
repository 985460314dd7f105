"""What a dashboard is of: days, class, by day or week, and which questions first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QWidget

from mv_desktop.domain.insight import CLASSES, Chosen, Order, Pace
from mv_desktop.domain.report import Span
from mv_desktop.ui.insight.topic import IN_TIME, OF_ALL_DAYS, ORDERS, PACES, SPANS, Topic
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.span_picker import SpanPicker

ALL_CLASSES = "All classes"


class ChoiceBar(QWidget):
    """Keeps what was chosen from one dashboard to the next; shows what the one that is looked at can use.

    Signals:
        picked(): something else is wanted.

    Args:
        today: the day it is at the school.
    """

    picked = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.days = SpanPicker(today, self, SPANS)
        classes = {"": tr(ALL_CLASSES)} | {name: name for name in CLASSES}
        self._class = _choice(self, tr("Class"), classes)
        self._pace = _choice(self, tr("Day or week"), {one: tr(words) for one, words in PACES.items()})
        self._pace.setCurrentIndex(list(PACES).index(Pace.WEEK))
        self._order = _choice(self, tr("Order"), {one: tr(words) for one, words in ORDERS.items()})
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        for widget in (self.days, self._class, self._pace, self._order):
            row.addWidget(widget)
        row.addStretch(1)
        self.days.picked.connect(self.picked)
        for box in (self._class, self._pace, self._order):
            box.currentIndexChanged.connect(self._on_box_changed)
        self.setFocusProxy(self._class)

    @property
    def chosen(self) -> Chosen | None:
        """Days and class, today where no days are chosen for it; None while one's own days make no span."""
        span = self.days.span if self.days.isEnabled() else self._this_day()
        return None if span is None else Chosen(span, str(self._class.currentData()))

    @property
    def pace(self) -> Pace:
        """What one point of a line is."""
        return Pace(self._pace.currentData())

    @property
    def order(self) -> Order:
        """What the questions begin with."""
        return Order(self._order.currentData())

    def fit(self, topic: Topic) -> None:
        """Offer what this dashboard can use."""
        focused = QApplication.focusWidget()
        if topic in OF_ALL_DAYS and focused is not None and self.days.isAncestorOf(focused):
            self._class.setFocus()  # disabled, it would lead nobody's keys anywhere
        self.days.setEnabled(topic not in OF_ALL_DAYS)
        self._pace.setVisible(topic in IN_TIME)
        self._order.setVisible(topic is Topic.QUESTIONS)

    def _this_day(self) -> Span:
        today = self._today()
        return Span(today, today)

    def next_class(self) -> None:
        """The next class, or all."""
        self._class.setCurrentIndex((self._class.currentIndex() + 1) % self._class.count())

    def next_order(self) -> None:
        """By week instead of by day, or the questions in another order: what is offered."""
        box = self._order if self._order.isVisibleTo(self) else self._pace
        if box.isVisibleTo(self):
            box.setCurrentIndex((box.currentIndex() + 1) % box.count())

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_box_changed(self, _index: int) -> None:
        self.picked.emit()


_Value = TypeVar("_Value", bound=str)


def _choice(parent: QWidget, name: str, choices: Mapping[_Value, str]) -> QComboBox:
    box = QComboBox(parent)
    box.setAccessibleName(name)
    for value, words in choices.items():
        box.addItem(words, str(value))
    return box
