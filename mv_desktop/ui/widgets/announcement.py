"""What a screen reader says of something that happens away from where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


class Announcer(QObject):
    """Costs nothing while no screen reader listens.

    Args:
        widget: for which it speaks.

    Signals:
        announced(str): this was said.
    """

    announced = Signal(str)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget

    def say(self, words: Callable[[], str]) -> None:
        """Say what `words` answers, if somebody listens; "" says nothing."""
        if not QAccessible.isActive():
            return
        text = words()
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._widget, text))
            self.announced.emit(text)
